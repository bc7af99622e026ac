"""The space of the sides of goods, and which fact or entry of a sheet a question asks for in words of its own."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import KnowledgeHit
from xiaoer.slices.policies.learnt import load_learnt
from xiaoer.slices.policies.sides import contrast, matching
from xiaoer.slices.policies.sides.build import Line, build, fingerprint_of, read_lines
from xiaoer.slices.policies.sides.space import SPACES, read_space, space_of, write_space

WATCH = Product(
    "W",
    "自动机械腕表男款",
    attributes={
        "机芯": "国产自动上链",
        "动力储存": "约41小时",
        "表镜": "蓝宝石玻璃",
        "防水深度": "50米，不可潜水",
        "适合腕围": "15到20cm",
    },
)
SEAT = Product(
    "S",
    "人体工学椅",
    attributes={"承重": "135kg", "靠背材质": "尼龙网布", "后仰角度": "135度", "质保": "3年", "脚轮": "静音PU"},
)


@pytest.mark.parametrize("space", SPACES)
def test_the_file_is_of_the_lines_of_the_pack(space: str) -> None:
    assert space_of(space).fingerprint == fingerprint_of(list(read_lines(space))), (
        f"{space}/ changed: run `make model`."
    )


def test_each_space_is_loaded_once_and_before_the_first_buyer() -> None:
    load_learnt()
    matching.ranked(WATCH, "能游泳不")
    assert space_of.cache_info().misses == len(SPACES)


@pytest.mark.parametrize(
    ("product", "question", "key"),
    [
        (WATCH, "镜面会不会一蹭就花", "表镜"),
        (WATCH, "戴着能游泳不", "防水深度"),
        (WATCH, "我手脖子粗戴得上不", "适合腕围"),
        (SEAT, "我家那口子二百三十斤坐上去塌不塌", "承重"),
        (SEAT, "中午能放倒眯一会儿不", "后仰角度"),
        (SEAT, "夏天坐着捂屁股吗", "靠背材质"),
    ],
)
def test_the_fact_that_is_asked_for_in_other_words(product: Product, question: str, key: str) -> None:
    first, second = matching.ranked(product, question)[:2]
    assert first.key == key
    assert first.sure > second.sure


def test_what_has_nothing_to_do_with_the_sheet_is_unlikely() -> None:
    assert matching.ranked(SEAT, "今天天气不错呀")[0].sure < matching.STATED


def test_a_rule_of_words_makes_its_fact_likelier() -> None:
    alone = matching.sure_of(matching.ranked(SEAT, "质量好不好"), ("质保", "3年"))
    named = matching.sure_of(matching.ranked(SEAT, "质量好不好", ("质保", "3年")), ("质保", "3年"))
    assert named > alone


def test_an_entry_is_weighed_by_what_it_asks_and_says() -> None:
    hits = [
        KnowledgeHit("1", "表带太长怎么截短", "收到后发腕围给我们，免费寄截带器，两分钟自己拆。", 0.2, "W"),
        KnowledgeHit("2", "什么时候发货", "16点前付款当天发。", 0.15),
    ]
    (right, _), (other, _) = matching.chances_of_entries("我手腕细，链子晃荡，咋弄短", hits, WATCH)
    assert right > 5 * other


def test_an_entry_is_found_by_the_story_of_its_matter() -> None:
    hits = [
        KnowledgeHit("1", "指纹识别不灵怎么办", "先擦净指纹头，老人指纹浅，同一根手指录三次或改用门卡。", 0.05, "L"),
        KnowledgeHit("2", "智能锁包安装吗", "县级以上城市免费上门安装。", 0.06, "L"),
        KnowledgeHit("3", "退款多久到账", "验收后24小时内原路退回。", 0.08),
    ]
    lock = Product("L", "智能门锁指纹锁家用防盗门")
    (right, _), *others = matching.chances_of_entries("姥姥手糙 怼了七八回都刷不开", hits, lock)
    assert right > 3 * max(sure for sure, _ in others)


def test_a_sentence_about_other_things_is_told_nothing_of_the_sheet() -> None:
    for said in ("快递三天没动了", "你们几点下班", "帮我改下收货地址", "谢谢啦回头再说"):
        assert max(one.blind for one in matching.ranked(WATCH, said)) < 0.2, said
    asked = max(matching.ranked(WATCH, "戴着能游泳不"), key=lambda one: one.blind)
    assert (asked.key, asked.blind > 0.2) == ("防水深度", True)


def test_a_space_is_built_written_and_read_the_same() -> None:
    lines = [
        Line(side, word == "多少", f"{side}{word}{n}")
        for side in ("重量", "尺寸", "颜色", "产地")
        for word in ("多少", "咋样")
        for n in range(3)
    ]
    built = build(lines)
    again = read_space(np.frombuffer(write_space(built), np.uint8))
    assert again.likeness("重量多少", "重量咋样") == pytest.approx(built.likeness("重量多少", "重量咋样"), abs=1e-3)
    assert built.likeness("重量多少", "重量咋样") > built.likeness("重量多少", "产地咋样")
    assert again.fingerprint == fingerprint_of(lines)


def test_what_is_said_is_drawn_to_what_is_written_of_its_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two sides whose words share nothing between asking and telling."""
    monkeypatch.setattr(contrast, "BATCH", 8)
    monkeypatch.setattr(contrast, "ROUNDS", 40)
    texts, side, told = [], [], []
    for at, (written, said) in enumerate((("ab", "cd"), ("ef", "gh"), ("ij", "kl"), ("mn", "op"))):
        for _ in range(4):
            for words, is_told in ((written, True), (said, False)):
                texts.append([ord(word) - ord("a") for word in words])
                side.append(at)
                told.append(is_told)
    rows = np.zeros((len(texts), 16), np.float32)
    for at, places in enumerate(texts):
        rows[at, places] = np.sqrt(0.5)
    start = np.random.default_rng(1).standard_normal((16, 6)).astype(np.float32)
    moved = contrast.drawn_together(start, sparse.csr_matrix(rows), np.array(side), np.array(told))

    def ahead(weights: NDArray[np.float32]) -> float:
        ends = rows @ weights
        ends /= np.linalg.norm(ends, axis=1, keepdims=True)
        near = ends[0] @ ends[1]
        return float(near - max(ends[1] @ ends[at] for at in range(8, len(ends), 8)))

    assert ahead(moved) > max(ahead(start), 0.3)
