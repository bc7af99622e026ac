"""What an agent must not write, what he should know first, what he could say."""

import pytest

from xiaoer.kernel.decision import Source
from xiaoer.slices.assist.rules.compliance import check_text
from xiaoer.slices.assist.rules.ranking import choose, next_actions, warnings
from xiaoer.slices.assist.rules.summary import summarise
from xiaoer.slices.assist.types import Line, Story, Suggestion

LABELS = {"ship.stuck": "物流停滞", "after.return": "退货"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("打我电话 13800138000", "leak.phone"),
        ("我的号是138-0013-8000", "leak.phone"),
        ("1 3 8 0 0 1 3 8 0 0 0", "leak.phone"),
        ("您加我微信聊", "leak.wechat"),
        ("加个vx吧", "leak.wechat"),
        ("微信号：abc_12345", "leak.wechat"),
        ("看这个 https://example.net/pay", "leak.link"),
        ("您直接微信转账给我更快", "leak.offline_pay"),
        ("这是全网第一的面料", "ad.absolute"),
        ("质量最好的一款", "ad.absolute"),
        ("这款是国家级标准", "ad.absolute"),
        ("这个能治疗湿疹", "ad.medical"),
        ("喝了降血压", "ad.medical"),
        ("五星好评返 5 元", "promise.review"),
        ("返现，给个好评", "promise.review"),
        ("您把差评删一下，删差评我们补偿", "promise.review_pressure"),
        ("保证明天到货", "promise.time"),
        ("给您退 20 元", "promise.money"),
        ("终身保修", "promise.forever"),
        ("你自己没看清楚", "tone.blame"),
        ("不归我管", "tone.blame"),
        ("确实是假货", "tone.admit"),
        ("一三八一二三四五六七八", "leak.phone"),
        ("打１３８１２３４５６７８", "leak.phone"),
        ("①③⑧⓪⓪①③⑧⓪⓪⓪ 找我", "leak.phone"),
        ("加V：abc12345", "leak.wechat"),
        ("加v聊", "leak.wechat"),
        ("➕微 abc", "leak.wechat"),
        ("微❤信聊", "leak.wechat"),
        ("联系我 wei xin", "leak.wechat"),
        ("扫码加群领券", "leak.wechat"),
        ("支付宝转我就行", "leak.offline_pay"),
        ("这款最好用了", "ad.absolute"),
        ("全网最好", "ad.absolute"),
        ("国家免检产品", "ad.absolute"),
        ("独家工艺", "ad.absolute"),
        ("100%正品", "ad.absolute"),
        ("这个保证治好", "ad.medical"),
        ("保证一个月瘦十斤", "ad.medical"),
        ("百分百治好湿疹", "ad.medical"),
        ("两周长高五厘米", "ad.medical"),
        ("改善失眠", "ad.medical"),
        ("能提高免疫力", "ad.medical"),
        ("绝不起球", "promise.never"),
        ("爱退不退", "tone.blame"),
        ("删了差评给您补偿", "promise.review_pressure"),
        ("这个药效果特别好", "ad.medical"),
        ("第一名的口碑", "ad.absolute"),
        ("无效退款您放心", "promise.forever"),
        ("明天一定到", "promise.time"),
        ("绝对不会过敏", "promise.never"),
        ("我们承诺三天必到", "promise.time"),
    ],
)
def test_what_must_not_be_written(text: str, rule: str) -> None:
    found = check_text(text)
    assert rule in [finding.rule_id for finding in found]
    assert all(text[finding.start : finding.end] == finding.matched for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "您好，您的订单 202606150012345 今天 18 点前发出",
        "预计明天送到，具体以物流为准",
        "最好先量一下肩宽再选码",
        "本品不能代替药物，有不适建议就医",
        "这款 170 能穿，建议 L 码",
        "详情看 https://item.taobao.com/item.htm?id=1",
        "已为您登记退货，收到后 48 小时内处理",
        "运单 YT2260123456789 还在路上",
        "给您添麻烦了，我马上去核实",
        "最好您先量一下肩宽",
        "您最好看一下吊牌",
        "面料是100%纯棉",
        "加V领的那款有货",
        "用微波炉加热",
        "再加微量柔顺剂",
        "这款是卫衣，微信支付也可以",
        "订单一共三八二十四件",
        "第一次洗用冷水",
        "一般不会过敏，敏感肌先试一下",
        "药箱里没有药品，需要自备",
        "您明天一定要记得取件哦",
        "三个月质保，瘦一点的版型",
    ],
)
def test_plain_service_is_let_through(text: str) -> None:
    assert check_text(text) == ()


def story(**values: object) -> Story:
    lines = (Line("buyer", "我的快递三天没动了"), Line("bot", "停在杭州转运中心", acts=("lookup",)))
    return Story(**{"lines": lines, "intents": ("ship.stuck",), "reason": "unsatisfied", **values})  # type: ignore[arg-type]


def test_the_summary_says_wish_reason_answer_order_promise_and_feeling() -> None:
    found = summarise(story(orders=("订单尾号 0012 已发货",), tickets=("工单 T1 物流核实",), anger=0.8), LABELS)
    assert found == (
        "诉求：物流停滞，「我的快递三天没动了」机器人答：停在杭州转运中心",
        "转接原因：机器人多次没答到点上",
        "涉及：订单尾号 0012 已发货",
        "已答应：工单 T1 物流核实",
        "情绪：生气，先道歉再处理",
    )


def test_the_summary_tells_what_the_buyer_came_with_and_what_he_says_now() -> None:
    said = (Line("buyer", "我的快递三天没动了"), Line("bot", "停在杭州"), Line("buyer", "那我要退款不要了"))
    assert summarise(story(lines=said), LABELS) == (
        "诉求：物流停滞，「我的快递三天没动了」机器人答：停在杭州",
        "转接原因：机器人多次没答到点上",
        "现在说：「那我要退款不要了」",
    )


def test_a_long_talk_is_told_by_its_first_and_newest_exchanges_without_courtesies() -> None:
    said = [Line("buyer", f"第{n}个问题怎么办呀") for n in range(9)]
    said = [part for line in said for part in (line, Line("agent", f"亲亲，{line.text[1:2]}号办法是这样的哦~"))]
    full = summarise(story(lines=tuple(said), orders=("订单 12",), tickets=("工单 T1",), anger=0.8), LABELS)
    assert len(full) == 6
    assert full[0] == "诉求：物流停滞，「第0个问题怎么办」客服答：0号办法是这样"
    assert full[2] == "又问：「第8个问题怎么办」客服答：8号办法是这样"
    assert full[-1].startswith("情绪：")
    short = summarise(story(lines=tuple(said), reason=""), LABELS)
    assert [line[:3] for line in short] == ["诉求：", "又问：", "又问："]


@pytest.mark.parametrize("wish", ["转人工", "叫个真人来"])
def test_the_summary_of_a_bare_wish_for_a_person(wish: str) -> None:
    found = summarise(Story((Line("buyer", wish),), "requested", ("service.human",)), LABELS)
    assert found == ("诉求：还没说明，只要求人工", "转接原因：买家要求人工")


def test_the_summary_tells_which_answer_the_buyer_put_his_thumb_down_on() -> None:
    talk = (Line("buyer", "这件会掉色吗"), Line("bot", "首次洗会有浮色", is_disliked=True))
    assert summarise(story(lines=talk), LABELS)[0].endswith("「这件会掉色吗」机器人答（买家点了踩）：首次洗会有浮色")


def test_lines_of_an_answer_are_joined_as_one_writes() -> None:
    talk = (Line("buyer", "给我推荐件外套"), Line("bot", "给您挑了几款：\n1. 羽绒服\n2. 风衣"))
    assert "给您挑了几款：1. 羽绒服，2. 风衣" in summarise(story(lines=talk), LABELS)[0]


def test_no_line_of_the_summary_is_long() -> None:
    found = summarise(story(lines=(Line("buyer", "很" * 500), Line("bot", "长" * 500)), product="商品" * 90), LABELS)
    assert len(found) <= 6
    assert max(len(line) for line in found) <= 88


def test_three_suggestions_at_most_and_none_twice() -> None:
    hit = Suggestion("k", "knowledge", "七天无理由退货，运费买家承担", (Source("knowledge", "k", "", 0.9),))
    same = Suggestion("d", "draft", "七天无理由退货，运费买家承担。")
    others = [Suggestion(str(n), "canned", text) for n, text in enumerate(("好的稍等", "马上为您查询", "感谢光临本店"))]
    assert [one.id for one in choose([*others, hit, same])] == ["d", "0", "1"]


@pytest.mark.parametrize(
    ("anger", "score", "waited", "count"),
    [(0.9, 0, 0, 1), (0, -0.5, 0, 1), (0, 0, 120, 1), (0.9, -1, 200, 2), (0, 0, 0, 0)],
)
def test_warnings(anger: float, score: float, waited: float, count: int) -> None:
    assert len(warnings(anger, score, waited)) == count


@pytest.mark.parametrize(
    ("intents", "anger", "order", "types"),
    [
        (["after.return"], 0.0, "1", ["ticket", "order"]),
        (["after.return"], 0.9, "1", ["apologise", "ticket", "order"]),
        (["promo.coupon"], 0.0, None, ["coupon"]),
        (["chat.thanks"], 0.0, None, ["close"]),
        (["product.stock"], 0.0, None, []),
    ],
)
def test_the_next_best_action(intents: list[str], anger: float, order: str | None, types: list[str]) -> None:
    assert [action.type for action in next_actions(intents, anger, order, bought=False)] == types


def test_first_words_lead_where_only_a_person_was_asked_for() -> None:
    known = Suggestion("k", "knowledge", "满 59 元包邮", (Source("knowledge", "k", "", 0.9),))
    hello = Suggestion("opening", "canned", "您好，我是小林。")
    assert [one.id for one in choose([known], [hello], first_leads=True)] == ["opening", "k"]
    assert [one.id for one in choose([known], [hello])] == ["k", "opening"]
