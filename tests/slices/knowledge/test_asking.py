"""Questions find the right entry, in buyers' spelling, and only when it may be cited."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.retrieval.blocks import Asked
from xiaoer.slices.knowledge.retrieval.index import ShopIndex
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.types import Entry, EntryDraft

SHOP = ShopId("one")

_QUESTIONS = {
    "ship": ("付款之后多久发货", ("什么时候能寄出", "今天下单今天发吗")),
    "courier": ("默认发什么快递", ("可以指定顺丰吗", "用哪家物流")),
    "return": ("不喜欢可以退货吗", ("支持七天无理由吗", "拆开了还能退不")),
    "freight": ("退货运费谁出", ("退回去的邮费算谁的", "有运费险吗")),
    "invoice": ("可以开发票吗", ("怎么开电子发票", "能开公司抬头吗")),
    "coupon": ("优惠券怎么用不了", ("领的券抵扣不了", "为什么不能用优惠券")),
    "cancel": ("怎么取消订单", ("不想要了怎么撤销", "下错单能取消吗")),
    "address": ("下单后怎么改收货地址", ("地址写错了怎么办", "能换个收件地址吗")),
    "points": ("会员积分怎么获得", ("积分有什么用",)),
    "wash": ("羊毛衫可以机洗吗", ("毛衣怎么洗不缩水",)),
    "english": ("How long does shipping take", ("When will my order ship",)),
}


async def _fill(entries: EntryService) -> None:
    for name, (question, similar) in _QUESTIONS.items():
        await entries.create(SHOP, EntryDraft(question, f"答案：{name}", similar), "小王", name)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("请问一下付款以后多长时间发货呀", "ship"),
        ("啥时候发货", "ship"),
        ("多久能发火", "ship"),
        ("默认用的啥块递", "courier"),
        ("有没有运费线", "freight"),
        ("退货的邮费是谁承担", "freight"),
        ("可以开花票吗", "invoice"),
        ("我要開發票", "invoice"),
        ("优惠卷为啥用不了", "coupon"),
        ("想把订单撤销掉", "cancel"),
        ("定单怎么取消", "cancel"),
        ("收件地址填错了能改吗", "address"),
        ("这个羊毛衫能不能用洗衣机洗", "wash"),
        ("how long for shipping?", "english"),
        ("积份怎么获得", "points"),
    ],
)
async def test_a_question_in_other_words_or_with_typos_finds_its_entry(
    entries: EntryService, knowledge: Knowledge, clock, asked: str, wanted: str
) -> None:
    await _fill(entries)
    await knowledge.ensure_loaded(SHOP)
    result = knowledge.search(SHOP, asked, now=clock.now())
    assert result.hits[0].id == wanted
    assert result.answerable
    assert 0.0 <= result.hits[0].score <= 1.0


@pytest.mark.parametrize(
    "asked",
    [
        "小孩发烧三十九度吃什么药",
        "胃癌术后化疗期间饮食",
        "最新一集电视剧在线观看",
        "明天杭州天气预报",
        "1+1等于几",
        "",
        "   ",
        "😀😀😀",
        "!!!???",
        "\x00\x07",
        "zxqv wvut",
    ],
)
async def test_a_question_about_something_else_is_refused(
    entries: EntryService, knowledge: Knowledge, clock, asked: str
) -> None:
    await _fill(entries)
    await knowledge.ensure_loaded(SHOP)
    assert not knowledge.search(SHOP, asked, now=clock.now()).answerable


async def test_an_empty_shop_has_no_answer(knowledge: Knowledge, clock) -> None:
    await knowledge.ensure_loaded(SHOP)
    result = knowledge.search(SHOP, "几时发货", now=clock.now())
    assert (result.answerable, result.hits) == (False, ())


async def test_a_shop_that_is_not_loaded_says_so(knowledge: Knowledge, clock) -> None:
    with pytest.raises(LookupError, match="ensure_loaded"):
        knowledge.search(SHOP, "几时发货", now=clock.now())


async def test_entries_live_and_die_to_the_second(entries: EntryService, knowledge: Knowledge, clock) -> None:
    start, end = clock.now() + timedelta(seconds=10), clock.now() + timedelta(seconds=20)
    await entries.create(SHOP, EntryDraft("今晚有什么活动", "八点开抢", valid_from=start, valid_to=end), "小王", "sale")
    await knowledge.ensure_loaded(SHOP)
    found = [
        bool(knowledge.search(SHOP, "今晚有什么活动", now=clock.now() + timedelta(seconds=s)).hits)
        for s in (9.999, 10, 19.999, 20)
    ]
    assert found == [False, True, True, False]


@pytest.mark.parametrize("status", ["draft", "review", "archived"])
async def test_only_published_entries_answer(entries: EntryService, knowledge: Knowledge, clock, status) -> None:
    await entries.create(SHOP, EntryDraft("几时发货", "今天", status=status), "小王", "K1")
    await knowledge.ensure_loaded(SHOP)
    assert knowledge.search(SHOP, "几时发货", now=clock.now()).hits == ()


async def test_scopes_are_kept(entries: EntryService, knowledge: Knowledge, clock) -> None:
    question = "这款会起球吗"
    await entries.create(SHOP, EntryDraft(question, "一般不会"), "小王", "shop")
    for product in ("P1", "P2"):
        await entries.create(SHOP, EntryDraft(question, product, product_id=product), "小王", product)
    await entries.create(SHOP, EntryDraft(question, "抖音", channel="douyin|kuaishou"), "小王", "douyin")
    await entries.create(SHOP, EntryDraft(question, "孕妇", audience="孕妇"), "小王", "pregnant")
    await entries.create(SHOP, EntryDraft(question, "已签收", order_state="delivered"), "小王", "delivered")
    await knowledge.ensure_loaded(SHOP)

    def ids(**where) -> list[str]:
        return [hit.id for hit in knowledge.search(SHOP, question, now=clock.now(), top_k=9, **where).hits]

    everywhere = {"channel": "taobao", "audience": ("老人",), "order_state": "paid"}
    assert ids(product_id="P2", **everywhere) == ["P2", "shop"]
    assert ids(product_id="P9", **everywhere) == ["shop"]
    assert set(ids(**everywhere)) == {"shop", "P1", "P2"}
    assert "douyin" in ids(channel="kuaishou")
    assert "pregnant" in ids(audience=("孕妇", "学生"))
    assert "delivered" in ids(order_state="delivered")


async def test_the_right_product_is_found_among_thousands_with_the_same_question(analyser, clock) -> None:
    now = clock.now()
    rows = [
        Entry(f"K{n}", EntryDraft("这款会起球吗", f"答{n}", product_id=f"P{n}"), 1, "h", now, "小王")
        for n in range(2_000)
    ]
    index = ShopIndex(rows, 1, analyser)
    hits = index.search(Asked(analyser.forms("会不会起球"), now, product_id="P1234")).hits
    assert [hit.id for hit in hits] == ["K1234"]


async def test_an_agreeing_intent_decides_between_two_near_entries(analyser, clock) -> None:
    rows = [
        Entry(name, EntryDraft(question, "答"), 1, "h", clock.now(), "小王")
        for name, question in (("when", "货什么时候到"), ("ship", "货什么时候发"))
    ]
    index = ShopIndex(rows, 1, analyser, lambda text: "ship.when" if "发" in text else "ship.eta")
    for intent, first in (("ship.when", "ship"), ("ship.eta", "when")):
        assert index.search(Asked(analyser.forms("货什么时候"), clock.now(), intent)).hits[0].id == first


async def test_an_intent_that_was_read_ahead_is_not_read_while_a_buyer_waits(analyser, clock) -> None:
    asked = ("货什么时候到", "货什么时候发", "货什么时候退")
    read: list[str] = []

    def intent_of(text: str) -> str:
        read.append(text)
        return "ship.when"

    rows = [Entry(text, EntryDraft(text, "答"), 1, "h", clock.now(), "小王") for text in asked]
    index = ShopIndex(rows, 1, analyser, intent_of)
    while index.read_ahead(2):
        pass
    assert tuple(read) == asked
    assert index.search(Asked(analyser.forms("货什么时候发"), clock.now(), "ship.when")).hits
    assert tuple(read) == asked


async def test_each_shop_answers_from_its_own_entries(entries: EntryService, knowledge: Knowledge, clock) -> None:
    other = ShopId("two")
    await entries.create(SHOP, EntryDraft("几时发货", "今天"), "小王", "K1")
    await knowledge.ensure_loaded(SHOP)
    await knowledge.ensure_loaded(other)
    assert knowledge.search(other, "几时发货", now=clock.now()).hits == ()


async def test_the_shop_asked_least_recently_leaves_memory(entries: EntryService, database, analyser, clock) -> None:
    small = Knowledge(database, analyser, shops_held=2)
    for name in ("one", "two"):
        await small.ensure_loaded(ShopId(name))
    small.search(SHOP, "几时发货", now=clock.now())
    await small.ensure_loaded(ShopId("three"))
    assert list(small.loaded()) == ["one", "three"]


_TEXTS = st.one_of(st.text(), st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(_TEXTS, max_size=6), _TEXTS)
def test_no_text_breaks_the_search(analyser, clock, questions: list[str], asked: str) -> None:
    rows = [Entry(f"K{n}", EntryDraft(q, "答"), 1, "h", clock.now(), "小王") for n, q in enumerate(questions)]
    index = ShopIndex(rows[:3], 1, analyser)
    index.apply(rows[3:], 2)
    result = index.search(Asked(analyser.forms(asked), clock.now()))
    assert all(0.0 <= hit.score <= 1.0 for hit in result.hits)
    assert [hit.score for hit in result.hits] == sorted((hit.score for hit in result.hits), reverse=True)
    assert len({hit.id for hit in result.hits}) == len(result.hits)


async def test_a_pasted_page_is_answered_like_any_other_text(
    entries: EntryService, open_worker: Callable[[], Knowledge], clock
) -> None:
    await _fill(entries)
    worker = open_worker()
    await worker.ensure_loaded(SHOP)
    assert not worker.search(SHOP, "呵呵" * 50_000, now=clock.now()).answerable


@pytest.mark.parametrize(
    ("asked", "other", "same"),
    [
        ("保温杯保质期多久", "保温杯保修多久", "保温杯的保质期是多久"),
        ("电饭煲能退吗", "电饭煲包邮吗", "电饭煲可以退货吗"),
    ],
)
async def test_another_question_about_the_same_product_is_no_answer(
    entries: EntryService, knowledge: Knowledge, clock, asked: str, other: str, same: str
) -> None:
    for number, goods in enumerate(("面膜", "耳机", "台灯", "床单", "行李箱", "猫粮")):
        await entries.create(SHOP, EntryDraft(f"{goods}是什么材质", "-"), "小王", f"N{number}")
    await entries.create(SHOP, EntryDraft(other, "-"), "小王", "other")
    await knowledge.ensure_loaded(SHOP)
    wrong = knowledge.search(SHOP, asked, now=clock.now()).hits[0].score
    await entries.create(SHOP, EntryDraft(same, "-"), "小王", "same")
    await knowledge.refresh(SHOP)
    right = knowledge.search(SHOP, asked, now=clock.now()).hits[0]
    assert right.id == "same"
    assert right.score > 0.6
    assert wrong < right.score - 0.2


async def test_goods_that_the_words_name_are_told_nothing_that_is_for_other_goods(
    entries: EntryService, open_worker: Callable[[], Knowledge], clock
) -> None:
    await entries.create(SHOP, EntryDraft("摔坏了能补寄吗", "拍照补一只。", product_category="餐具"), "小王", "bowls")
    worker = open_worker()
    await worker.ensure_loaded(SHOP)
    found = worker.search(SHOP, "摔坏了能补寄吗", now=clock.now())
    of_bowls = worker.of_named(found, "摔坏了能补寄吗", Product("P1", "青瓷碗", "家居/餐具"))
    assert ([hit.id for hit in of_bowls.hits], of_bowls.answerable) == (["bowls"], True)
    of_vests = worker.of_named(found, "摔坏了能补寄吗", Product("P2", "竹马甲", "服装"))
    assert (of_vests.hits, of_vests.answerable) == ((), False)
