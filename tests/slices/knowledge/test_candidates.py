"""Texts give questions with their passages; old chats give what people answered, most asked first."""

import pytest

from xiaoer.infra.documents import read_text
from xiaoer.slices.knowledge.candidates.chatlog import ChatLine, Talk, parse_chatlog
from xiaoer.slices.knowledge.candidates.clusters import cluster
from xiaoer.slices.knowledge.candidates.mining import exchanges_of, mine, tidy_answer
from xiaoer.slices.knowledge.candidates.rules import GUESSED, find_questions
from xiaoer.slices.knowledge.candidates.sameness import say_the_same


def pairs(text: str, suffix: str = ".md") -> list[tuple[str, str]]:
    found = find_questions(read_text(text, suffix), "text", "说明", lambda sentence: "")
    return [(proposal.draft.question, proposal.draft.answer) for proposal in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("问：发什么快递？\n答：中通。\n偏远发邮政。", [("发什么快递？", "中通。\n偏远发邮政。")]),
        ("Q1: 能退吗 A1: 能。\nQ2：包邮吗\nA2：满 59 包。", [("能退吗", "能。"), ("包邮吗", "满 59 包。")]),
        ("1、能机洗吗？\n不能。\n\n2、会掉色吗\n头两次会。", [("能机洗吗？", "不能。"), ("会掉色吗", "头两次会。")]),
        ("# 发货时间\n48 小时内。\n周末也发。", [("发货时间是怎样的", "48 小时内。\n周末也发。")]),
        ("# 退换\n## 怎么退\n点申请。", [("怎么退", "点申请。")]),
        ("| 问题 | 答案 |\n|---|---|\n| 保修 | 一年 |", [("保修", "一年")]),
        ("| 参数 | 内容 |\n|---|---|\n| 材质 | 纯棉 |", [("材质是什么", "材质：纯棉")]),
        ("| 尺寸 | 适合身高 |\n|---|---|\n| 3/4 | 1米3 起 |", [("3/4的适合身高是什么", "尺寸3/4：适合身高 1米3 起")]),
        ("# 琴弓要不要松开\n松两圈。", [("琴弓要不要松开", "松两圈。")]),
        (
            "怕潮吗\n放防潮剂。\n多大开始学合适\n五岁以后。",
            [("怕潮吗", "放防潮剂。"), ("多大开始学合适", "五岁以后。")],
        ),
        ("几号能到？\n多久都说不准\n看快递。", [("几号能到？", "多久都说不准\n看快递。")]),
        ("- 问：送托盘吗\n  答：大号送。\n- 答非所问", [("送托盘吗", "大号送。\n- 答非所问")]),
        (
            "多久发货\n两天内。\n少了一个怎么办：拍照给我们补发。\n地址：龙湖天街",
            [("多久发货", "两天内。"), ("少了一个怎么办", "拍照给我们补发。")],
        ),
        ("能暴晒吗\n不能。\n【保养】\n晾干再收。", [("能暴晒吗", "不能。"), ("保养是怎样的", "晾干再收。")]),
        ("<b>只有</b>一句没有问题的话", []),
        ("问：只有问题没有答案？", []),
    ],
)
def test_questions_are_found_with_their_answers(text: str, found: list[tuple[str, str]]) -> None:
    assert pairs(text) == found


def test_prose_gets_a_guessed_question_and_says_so() -> None:
    def about(sentence: str) -> str:
        return "什么时候发货" if "发货" in sentence else "运费怎么算" if "包邮" in sentence else ""

    text = "付款后48小时内发货，周末照常。节假日会提前公告通知。满59元就可以包邮了。"
    found = find_questions(read_text(text), "document", "须知.docx", about)
    assert [(p.draft.question, p.draft.answer, p.note) for p in found] == [
        ("什么时候发货", "付款后48小时内发货，周末照常。节假日会提前公告通知。", GUESSED),
        ("运费怎么算", "满59元就可以包邮了。", GUESSED),
    ]
    assert found[0].draft.source["name"] == "须知.docx"
    assert found[0].evidence[0].passage


_QIANNIU = """------------------------------------------------------------
消息对象：tb_xiaoyu88
------------------------------------------------------------
tb_xiaoyu88 (2026-05-01 10:00:01): 在吗
云朵旗舰店:小林 (2026-05-01 10:00:09): 亲，在的呢
tb_xiaoyu88 (2026-05-01 10:00:30): 这件会缩水吗
[图片]
云朵旗舰店:小林 (2026-05-01 10:01:00): 做过预缩处理，
正常水洗不会缩
------------------------------------------------------------
消息对象：风铃
------------------------------------------------------------
风铃 (2026-05-02 09:00:00): 会不会缩水
云朵旗舰店:小周 (2026-05-02 09:00:20): 预缩过的，不会缩
"""
_FEIGE = """用户昵称：阿宁
阿宁 2026/05/01 10:00:00
多久发货
客服小林 2026/05/01 10:00:20
付款后 48 小时内发
智能客服 2026/05/01 10:00:30
还有什么可以帮您
"""
_LEADING_TIME = "[2026-05-01 10:00] 小雨: 包邮吗\n[2026-05-01 10:01] 云朵专营店:小林: 满 59 包邮\n"
_TIMES_ONLY = "小雨 10:01\n能机洗吗\n云朵旗舰店:小林 10:02\n可以机洗\n小雨 10:03\n好的\n"
_TIMES_FIRST = "[10:01:22] 阿宁：发票怎么开\n[10:02:11] 小林：备注抬头\n[10:03:00] 阿宁：好\n"
_TABS = "10:01:22\t风铃\t多久发货\n10:02:00\t云朵官方:小周\t48小时内\n"
_SPOKEN_DAYS = "小雨 昨天 10:01\n能机洗吗\n客服小林 昨天 下午2:02\n可以\n"
_TIME_ABOVE = "10:01:00\n阿宁：发票怎么开\n10:02:00\n客服小林：备注抬头\n"
_OPENING = "上班时间：9:00\n午休：12:00\n下班：18:00\n周一至周五 9:00-18:00\n周六 10:00-16:00\n"
_BY_HAND = "买家：有发票吗\n客服：有的，电子发票\n买家：多久开\n客服：两天内发到邮箱\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (_QIANNIU, [["buyer", "agent", "buyer", "agent"], ["buyer", "agent"]]),
        (_FEIGE, [["buyer", "agent", "bot"]]),
        (_LEADING_TIME, [["buyer", "agent"]]),
        (_BY_HAND, [["buyer", "agent", "buyer", "agent"]]),
        (_TIMES_ONLY, [["buyer", "agent", "buyer"]]),
        (_TIMES_FIRST, [["buyer", "agent", "buyer"]]),
        (_TABS, [["buyer", "agent"]]),
        (_SPOKEN_DAYS, [["buyer", "agent"]]),
        (_TIME_ABOVE, [["buyer", "agent"]]),
        (_OPENING, []),
        ("营业时间 9:00\n发货截止 16:00\n就这些。", []),
        ("", []),
    ],
    ids=[
        "qianniu",
        "feige",
        "leading-time",
        "by-hand",
        "times-only",
        "times-first",
        "tabs",
        "spoken-days",
        "time-above",
        "opening-hours",
        "no-chat",
        "empty",
    ],
)
def test_exports_of_chats_are_read_by_speaker(text: str, lines: list[list[str]]) -> None:
    assert [[line.author for line in talk.lines] for talk in parse_chatlog(text, "导出")] == lines


def test_where_names_stand_on_lines_of_their_own_a_colon_belongs_to_the_name() -> None:
    text = (
        "消息对象: tb_月亮\n2026-05-01 10:00:01 tb_月亮\n松香要另买吗\n2026-05-01 10:00:02 弦木琴行:机器人\n欢迎光临\n"
        "2026-05-01 10:00:09 弦木琴行:小蔡\n不用另买\n配一块"
    )
    assert [(line.author, line.name, line.text) for line in parse_chatlog(text, "x")[0].lines] == [
        ("buyer", "tb_月亮", "松香要另买吗"),
        ("bot", "弦木琴行:机器人", "欢迎光临"),
        ("agent", "弦木琴行:小蔡", "不用另买\n配一块"),
    ]


def test_a_number_of_the_talk_is_no_buyer_and_roles_may_stand_in_brackets() -> None:
    text = (
        "会话ID：77881\n【用户】王** 2026/11/05 09:10:00\n地毯掉毛吗\n【客服】木木 2026/11/05 09:10:30\n前两周会掉。\n"
    )
    text += "会话ID：77882\n李** 2026/11/06 19:10:00\n地毯会掉毛不\n客服木木 2026/11/06 19:11:30\n会掉浮毛。\n"
    talks = parse_chatlog(text, "飞鸽")
    assert [[(line.author, line.text) for line in talk.lines] for talk in talks] == [
        [("buyer", "地毯掉毛吗"), ("agent", "前两周会掉。")],
        [("buyer", "地毯会掉毛不"), ("agent", "会掉浮毛。")],
    ]


def test_a_message_of_several_lines_stays_one() -> None:
    talk = parse_chatlog(_QIANNIU, "导出")[0]
    assert talk.buyer_id == "tb_xiaoyu88"
    assert talk.lines[3].text == "做过预缩处理，\n正常水洗不会缩"
    assert talk.lines[3].at is not None
    assert talk.lines[3].at.hour == 2


def _talk(name: str, *lines: tuple[str, str]) -> Talk:
    return Talk(name, f"buyer-{name}", tuple(ChatLine(author, "小林", text) for author, text in lines))


def test_only_what_a_person_answered_counts() -> None:
    talk = _talk("1", ("buyer", "会缩水吗"), ("bot", "不清楚"), ("buyer", "那多久发货"), ("agent", "今天就发"))
    assert [(e.asked, e.answer) for e in exchanges_of(talk)] == [(("会缩水吗", "那多久发货"), "今天就发")]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("您好在的", ""),
        ("您好，在的，可以机洗", "可以机洗"),
        ("在的亲，可以机洗", "可以机洗"),
        ("你好呀，小林为您服务，可以机洗", "可以机洗"),
        ("在杭州发货", "在杭州发货"),
        ("亲，您好～", ""),
        ("亲亲，预缩过的哦~ 不会缩", "预缩过的 不会缩"),
        ("稍等\n满59包邮", "满59包邮"),
    ],
)
def test_an_answer_is_kept_without_its_greeting(said: str, kept: str) -> None:
    assert tidy_answer(said) == kept


def test_questions_of_many_talks_come_first_with_the_best_human_answer(analyser) -> None:  # type: ignore[no-untyped-def]
    talks = [
        _talk("1", ("buyer", "这件会缩水吗"), ("agent", "亲，预缩过的，正常洗不会缩水")),
        _talk("2", ("buyer", "会不会缩水"), ("agent", "预缩过的，正常洗不会缩水")),
        _talk("3", ("buyer", "洗了会缩水吗"), ("agent", "稍等我问下")),
        _talk("4", ("buyer", "能开发票吗"), ("agent", "可以开电子发票，发到邮箱")),
        _talk("5", ("buyer", "可以开发票吗"), ("agent", "您电话13812345678我联系您")),
        _talk("6", ("buyer", "模特穿的什么鞋"), ("agent", "是白色板鞋，本店没有卖")),
    ]

    def understand(texts):  # type: ignore[no-untyped-def]
        return [
            (text, "product.quality" if "缩" in text else "order.invoice" if "票" in text else "product.detail")
            for text in texts
        ]

    found = mine(talks, understand, analyser, lambda text: text.replace("13812345678", "138****5678"))
    assert [(p.draft.answer, p.conversations, p.buyers) for p in found] == [
        ("预缩过的，正常洗不会缩水", 3, 3),
        ("可以开电子发票，发到邮箱", 2, 2),
    ]
    assert "13812345678" not in str(found)
    assert set(found[0].draft.similar) | {found[0].draft.question} == {"这件会缩水吗", "会不会缩水", "洗了会缩水吗"}


def test_what_a_buyer_says_before_asking_is_no_part_of_the_question(analyser) -> None:  # type: ignore[no-untyped-def]
    talks = [
        _talk("1", ("buyer", "在吗，请问竹席可以水洗吗"), ("agent", "您好，在的，竹席不能水洗，湿布擦就行")),
        _talk("2", ("buyer", "竹席能不能水洗呀"), ("agent", "亲，竹席不能水洗，湿布擦")),
    ]
    (found,) = mine(talks, lambda texts: [(text, "product.usage") for text in texts], analyser, lambda text: text)
    assert found.draft.question in ("竹席可以水洗吗", "竹席能不能水洗呀")
    assert found.draft.answer.startswith("竹席不能水洗，湿布擦")


def test_every_question_is_in_exactly_one_group(analyser) -> None:  # type: ignore[no-untyped-def]
    questions = ["多久发货", "什么时候发货", "多久发货", "怎么开发票", "可以开发票吗", "12345", "", "？？"]
    groups = cluster(questions, analyser, lambda text: "ship.when" if "发货" in text else "")
    assert sorted(at for group in groups for at in group) == list(range(len(questions)))
    assert {0, 1, 2} <= set(groups[0])


def test_questions_that_people_answered_in_the_same_words_are_one(analyser) -> None:  # type: ignore[no-untyped-def]
    said, lid = "新锅先用清水煮开，再抹点油小火烧两分钟就可以了", "锅盖是玻璃的，别进烤箱。"
    talks = [_talk(str(n), ("buyer", "第一次用要开锅吗"), ("agent", said)) for n in range(3)]
    talks += [_talk(f"x{n}", ("buyer", "需要开锅不"), ("agent", said)) for n in range(2)]
    talks += [_talk(f"y{n}", ("buyer", "锅盖能进烤箱吗"), ("agent", lid)) for n in range(2)]
    found = mine(talks, lambda texts: [(text, "product.usage") for text in texts], analyser, lambda text: text)
    assert [(one.draft.question, one.conversations) for one in found] == [
        ("第一次用要开锅吗", 5),
        ("锅盖能进烤箱吗", 2),
    ]
    assert found[0].draft.similar == ("需要开锅不",)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("水封口的，密封很好", "水封口设计，不漏气密封很好", True),
        ("用小苏打煮十分钟再刷", "放小苏打煮十分钟，再刷就行", True),
        ("可以放洗衣机里轻柔洗", "不可以放洗衣机里轻柔洗", False),
        ("满59元全国都包邮哦", "满99元全国都包邮哦", False),
        ("断弦免费补一根备用的", "断弦免费补两根备用的", False),
        ("大号的送一只木托盘", "大号的不送木托盘", False),
        ("可以的", "可以的", False),
        ("竹子的，怕潮，要晾干再收", "陶瓷的，磕了容易碎", False),
    ],
)
def test_answers_that_say_the_same_are_told_from_those_that_deny_it(one: str, other: str, same: bool) -> None:
    assert say_the_same(one, other) is say_the_same(other, one) is same


def test_unlike_questions_that_people_answered_alike_are_one(analyser) -> None:  # type: ignore[no-untyped-def]
    asked = {"泡菜坛密封吗": "水封口的，密封很好", "坛子密封性怎么样": "水封口设计，不漏气密封很好"}
    apart = {"坛子包邮吗": "满59元全国都包邮哦", "盖子包邮吗": "满99元全国都包邮哦"}
    talks = [_talk(asks, ("buyer", asks), ("agent", said)) for asks, said in (asked | apart).items()]
    found = mine(talks, lambda texts: [(text, text) for text in texts], analyser, lambda text: text)
    assert [{one.draft.question, *one.draft.similar} for one in found] == [set(asked)]


def test_canned_words_join_questions_that_only_one_buyer_each_asked(analyser) -> None:  # type: ignore[no-untyped-def]
    said = "签收七天内断弦免费补一根，超过七天一根15元"
    talks = [_talk(str(n), ("buyer", asked), ("agent", said)) for n, asked in enumerate(("断弦给补不", "断弦赔不赔呀"))]
    talks.append(_talk("z", ("buyer", "琴盒能装谱架吗"), ("agent", "装得下折叠谱架")))
    found = mine(talks, lambda texts: [(text, text) for text in texts], analyser, lambda text: text)
    assert [(one.draft.answer, one.conversations) for one in found] == [(said, 2)]
