"""Every segment gets one act, red lines come first, and nothing is said without a source."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from xiaoer.kernel.commerce import Order, OrderItem, Product, Shipment, TraceStep, Variant
from xiaoer.kernel.decision import Facts, KnowledgeHit, Need
from xiaoer.kernel.heard import Body, Entities, Heard, Segment, Sentiment
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.turn import BuyerMessage, ImageContent, TextContent, Turn
from xiaoer.slices.policies.api import decide
from xiaoer.slices.policies.types import RedLineHit, Situation

NOW = datetime(2026, 6, 18, 4, tzinfo=UTC)
COAT = Product(
    "P1",
    "冰丝防晒外套",
    attributes={"材质": "锦纶 87%，氨纶 13%", "孕妇可用": "可以"},
    size_chart=({"size": "M", "height_cm": [158, 166]}, {"size": "L", "height_cm": [166, 174]}),
)
VARIANTS = (
    Variant("V1", "P1", Money(12_900), {"颜色": "白色", "尺码": "M"}, 5),
    Variant("V2", "P1", Money(12_900), {"颜色": "白色", "尺码": "L"}, 0, NOW + timedelta(days=3)),
)


def situation(
    *segments: Segment, hits: tuple[RedLineHit, ...] = (), anger: float = 0.0, **changes: object
) -> Situation:
    turn = Turn(
        ShopId("s"),
        ConversationId("c"),
        BuyerId("b"),
        "api",
        (BuyerMessage(MessageId("m"), TextContent("…"), NOW),),
        product_in_focus="P1",
    )
    heard = Heard(segments, Sentiment("neutral", 0.0, anger), "normal")
    return Situation(turn, heard, NOW, hits, **changes)  # type: ignore[arg-type]


def ask(intent: str, text: str = "…", **entities: object) -> Segment:
    bodies = (Body(height_cm=tall),) if isinstance(tall := entities.get("height_cm"), int) else ()
    return Segment(text, intent, 0.95, Entities(**entities), bodies=bodies)  # type: ignore[arg-type]


def facts(**values: object) -> Facts:
    return Facts(products={"P1": COAT, "of:V1": COAT}, variants={"P1": VARIANTS}, **values)  # type: ignore[arg-type]


def order(status: str, **values: object) -> Order:
    item = OrderItem("V1", "冰丝防晒外套", 1, Money(12_900), Money(12_900))
    return Order("20260617001", "b", status, NOW - timedelta(days=1), Money(12_900), (item,), **values)  # type: ignore[arg-type]


def parcel(hours_ago: int, text: str) -> Shipment:
    return Shipment("YT123", "20260617001", "圆通", (TraceStep(NOW - timedelta(hours=hours_ago), text),))


def test_without_facts_it_names_what_it_needs() -> None:
    decision = decide(situation(ask("product.stock", "L有货吗", size="L")))
    assert [need.kind for need in decision.needs] == ["knowledge", "product", "variants", "similar", "named"]
    assert decision.needs[0] == Need("knowledge", 0, "L有货吗")
    assert not decision.acts


def test_a_red_line_comes_before_any_fact_is_read() -> None:
    hit = RedLineHit("human.asked", "requested", "general", "转人工")
    decision = decide(situation(ask("product.stock"), ask("ship.when"), hits=(hit,)))
    assert decision.handoff is not None
    assert (decision.handoff.reason, decision.handoff.rule_id) == ("requested", "human.asked")
    assert [act.segment for act in decision.acts] == [0, 1]


def test_a_number_that_the_buyer_sends_is_not_confirmed_as_a_change() -> None:
    act = decide(situation(ask("chat.ack", "13900001111", phone="13900001111")), facts()).acts[0]
    assert act.template == "talk.details"


def test_a_useless_answer_is_owned_up_to() -> None:
    asked = situation(ask("chat.ack", "不是这个"))
    missed = msgspec.structs.replace(asked, heard=msgspec.structs.replace(asked.heard, satisfied=False))
    assert decide(missed, facts()).acts[0].template == "talk.missed"
    assert decide(asked, facts()).acts[0].template == "chat.ack"


def test_rage_and_pictures_and_a_third_failure_go_to_people() -> None:
    assert decide(situation(ask("ship.urge"), anger=0.9)).handoff.reason == "negative_sentiment"  # type: ignore[union-attr]
    unsatisfied = situation(ask("ship.urge"), unsatisfied=3)
    assert decide(unsatisfied).handoff.reason == "unsatisfied"  # type: ignore[union-attr]
    picture = situation(ask("oos.unclear"))
    turn = picture.turn
    seen = Turn(
        turn.shop,
        turn.conversation_id,
        turn.buyer_id,
        "api",
        (BuyerMessage(MessageId("m"), ImageContent("/x.png"), NOW),),
    )
    assert decide(Situation(seen, picture.heard, NOW)).handoff.reason == "image"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("segment", "template", "slots"),
    [
        (ask("product.size_advice", height_cm=170), "size.advice", {"size": "L"}),
        (ask("product.size_advice"), "size.ask", {"measures": ["height_cm"]}),
        (ask("product.stock", size="M"), "stock.yes", {"specs": ["白色 M"]}),
        (ask("product.stock", size="L"), "restock.back_at", {"back": NOW + timedelta(days=3)}),
        (ask("product.stock", color="黑色"), "stock.no_such_variant", {"offered": ["白色"]}),
        (ask("price.query"), "price.one", {"low": Money(12_900)}),
        (ask("product.color"), "product.colors", {"colors": ["白色"]}),
        (ask("product.material", "什么面料"), "product.facts", {"facts": [["材质", "锦纶 87%，氨纶 13%"]]}),
        (ask("product.safety", "孕妇能穿吗"), "product.facts", {"facts": [["孕妇可用", "可以"]]}),
    ],
)
def test_the_catalogue_answers_for_the_product_in_focus(
    segment: Segment, template: str, slots: dict[str, object]
) -> None:
    (act,) = decide(situation(segment), facts()).acts
    assert act.template == template
    assert {name: act.slots[name] for name in slots} == slots
    assert [source.id for source in act.sources] == ["P1"]


@pytest.mark.parametrize(
    ("intent", "placed", "template"),
    [
        ("ship.when", order("unpaid"), "ship.unpaid"),
        ("ship.when", order("paid", promise_ship_at=NOW + timedelta(hours=9)), "ship.promise"),
        ("ship.urge", order("paid", promise_ship_at=NOW + timedelta(hours=9)), "urge.in_time"),
        ("ship.eta", order("shipped", shipments=(parcel(3, "到达【杭州】"),)), "ship.moving"),
        ("ship.track", order("shipped", shipments=(parcel(80, "到达【杭州】"),)), "ship.stuck"),
        ("ship.lost", order("delivered", shipments=(parcel(8, "已签收"),)), "lost.look"),
        ("order.cancel", order("paid"), "cancel.confirm"),
        ("order.cancel", order("shipped"), "cancel.shipped"),
        ("after.return", order("delivered", delivered_at=NOW - timedelta(days=7)), "after_sale.reason"),
        ("after.return", order("delivered", delivered_at=NOW - timedelta(days=8)), "after_sale.reason_late"),
        ("order.change_address", order("paid"), "change_address.ask"),
        ("after.progress", order("refunding"), "refund.unknown"),
    ],
)
def test_orders_answer_by_their_state(intent: str, placed: Order, template: str) -> None:
    (act,) = decide(situation(ask(intent)), facts(orders=(placed,))).acts
    assert act.template == template
    assert act.sources[0].id == placed.id


def test_an_order_number_of_somebody_else_is_not_confirmed_to_exist() -> None:
    looked_up = (Need("product", 0, "99999999"), Need("variants", 0, "99999999"))  # it might have been a product's
    known = facts(orders=(order("paid"),), asked=looked_up)
    (act,) = decide(situation(ask("ship.track", order_no="99999999")), known).acts
    assert (act.template, act.sources) == ("verify.digits", ())


def test_knowledge_answers_when_the_systems_cannot() -> None:
    hit = KnowledgeHit("K1", "发什么快递", "默认发中通。", 0.93)
    known = facts(knowledge={0: (hit,)}, answerable={0: True})
    (act,) = decide(situation(ask("ship.carrier", "发什么快递")), known).acts
    assert (act.template, act.sources[0].id) == ("knowledge", "K1")


def test_what_nothing_answers_is_said_so_and_twice_in_a_row_goes_to_people() -> None:
    segment = ask("service.hours", "你们几点下班")
    (act,) = decide(situation(segment), facts()).acts
    assert act.type == "fallback"
    again = decide(situation(segment, unsure=1), facts())
    assert again.handoff is not None
    assert again.handoff.reason == "low_confidence"


def test_each_of_several_asks_is_answered_and_thanks_stay_silent() -> None:
    decision = decide(
        situation(ask("product.stock", size="M"), ask("price.query"), ask("chat.thanks", "谢谢")), facts()
    )
    assert [(act.segment, act.template) for act in decision.acts] == [
        (0, "stock.yes"),
        (1, "price.one"),
        (2, "silent"),
    ]


def test_a_source_that_is_down_is_named() -> None:
    known = facts(missing=(("orders", ""),))
    (act,) = decide(situation(ask("ship.track", "到哪了")), known).acts
    assert act.template == "source.down"


@pytest.mark.parametrize(
    ("intent", "text", "template"),
    [
        ("ship.track", "快递到哪了", "source.down"),
        ("order.cancel", "帮我取消订单", "source.down"),
        ("ship.when", "我的订单发货了吗", "source.down"),
        ("ship.when", "一般多久发货", "knowledge"),
        ("after.return", "能退吗", "knowledge"),
    ],
)
def test_general_words_never_stand_for_an_order_that_could_not_be_read(intent: str, text: str, template: str) -> None:
    general = {0: (KnowledgeHit("K1", "查物流", "把订单号发我。", 0.93),)}
    known = facts(missing=(("orders", ""),), knowledge=general, answerable={0: True})
    (act,) = decide(situation(ask(intent, text)), known).acts
    assert act.template == template


@pytest.mark.parametrize(
    ("intent", "text", "template"),
    [
        ("after.refund_only", "退钱！！！", "order.which"),
        ("after.return", "我要退货", "order.which"),
        ("after.return", "拆开了还能退吗", "knowledge"),
        ("after.refund_progress", "退款几天到账", "knowledge"),
    ],
)
def test_a_demand_without_an_order_asks_for_it_and_a_question_is_told_the_rule(
    intent: str, text: str, template: str
) -> None:
    known = facts(orders=(), knowledge={0: (KnowledgeHit("K1", "能退吗", "七天内可以。", 0.7),)}, answerable={0: True})
    assert [act.template for act in decide(situation(ask(intent, text)), known).acts] == [template]


def nothing_in_focus(*segments: Segment) -> Situation:
    at_home = situation(*segments)
    return Situation(at_home.turn.__class__(**{**_fields(at_home.turn), "product_in_focus": None}), at_home.heard, NOW)


def _fields(turn: Turn) -> dict[str, object]:
    return {name: getattr(turn, name) for name in turn.__struct_fields__}


def test_a_price_with_no_product_in_sight_asks_which_of_those_that_the_words_fit() -> None:
    trousers = Product("P2", "防晒长裤")
    known = Facts(
        recommended={0: (COAT, trousers)},
        knowledge={0: (KnowledgeHit("K1", "多少钱包邮", "满59包邮。", 0.6),)},
        answerable={0: True},
    )
    [act] = decide(nothing_in_focus(ask("price.query", "防晒的多少钱")), known).acts
    assert (act.type, act.template, act.slots["products"]) == (
        "ask",
        "product.which_of",
        [["P1", "冰丝防晒外套"], ["P2", "防晒长裤"]],
    )


def test_a_call_for_a_person_in_unlisted_words_reaches_one() -> None:
    decision = decide(situation(ask("service.human", "啥都问不出来，换个人")))
    assert decision.handoff is not None
    assert (decision.handoff.reason, decision.handoff.rule_id) == ("requested", "intent.human")


def test_what_is_hardly_talk_is_not_taken_for_assent() -> None:
    hardly = Segment("说话", "chat.ack", 0.17, Entities())
    assert decide(situation(hardly), facts()).acts[0].template == "unclear"


def test_a_sure_matter_of_the_marketplace_is_not_answered_by_a_look_alike_entry() -> None:
    near = (KnowledgeHit("K1", "支持花呗吗", "支持。", 0.7),)
    segment = Segment("花呗咋关", "oos.platform", 0.99, Entities())
    assert decide(situation(segment), facts(knowledge={0: near}, answerable={0: True})).acts[0].template == (
        "oos.platform"
    )


def test_the_only_product_that_the_words_name_is_read_and_answered_about() -> None:
    at_home = nothing_in_focus(ask("product.material", "防晒外套什么料子"))
    wanted = decide(at_home).needs
    assert wanted == (Need("knowledge", 0, "防晒外套什么料子"), Need("named", 0, "防晒外套什么料子"))
    more = decide(at_home, Facts(recommended={0: (COAT,)}, asked=wanted)).needs
    assert Need("product", 0, "P1") in more
    known = Facts(products={"P1": COAT}, variants={"P1": VARIANTS}, recommended={0: (COAT,)}, asked=more)
    [act] = decide(at_home, known).acts
    assert (act.template, act.slots["facts"]) == ("product.facts", [["材质", "锦纶 87%，氨纶 13%"]])
    gone = Facts(recommended={0: (COAT,)}, asked=more)
    assert decide(at_home, gone).acts[0].template == "product.which_of"


def test_an_entry_of_another_product_is_not_said_of_the_one_that_was_named() -> None:
    lipstick = (KnowledgeHit("K9", "口红掉色吗", "喝水会掉，要补涂。", 0.9, product_id="P9"),)
    at_home = nothing_in_focus(ask("product.quality", "外套掉不掉色"))
    known = Facts(recommended={0: (COAT,)}, knowledge={0: lipstick}, answerable={0: True}, products={"P1": COAT})
    assert decide(at_home, known).acts[0].template == "not_found"
