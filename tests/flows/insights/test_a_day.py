"""Every metric on one day of a shop that is small enough to be counted by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from xiaoer.app.figures import formulas_of
from xiaoer.flows.show_insights import narrowed
from xiaoer.flows.show_insights.metrics import cards_of
from xiaoer.flows.show_insights.pages import PAGES, show_page
from xiaoer.flows.show_insights.report.compose import write_report
from xiaoer.flows.show_insights.view import View
from xiaoer.infra.db import Database
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.around import place_talks
from xiaoer.slices.insights.rules.days import day_of, micros
from xiaoer.slices.insights.rules.formulas import fingerprint
from xiaoer.slices.insights.rules.free_days import Calendar
from xiaoer.slices.insights.rules.measures import row_of_day, row_of_refund, row_of_talk
from xiaoer.slices.insights.types import Ask, Beat, BuyerDay, Deal, RefundFacts, Step, Talk

SHOP = ShopId("s")
FORMULAS = formulas_of(Path("/no/such/folder"))
_MIDNIGHT = datetime(2026, 6, 18, tzinfo=UTC) - timedelta(hours=8)  # in the shop
_S, _HOUR_MS = 1_000, 3_600_000


def at(hour: float) -> int:
    return micros(_MIDNIGHT + timedelta(hours=hour))


# Ann asks about P1 and buys it: 100 yuan, 20 back. The bot answers in 2 s; she gives five stars when she is asked to.
ANN = Talk(
    "t1", "ann", "web", at(10), product="P1", rating=5, invited=True,
    beats=(Beat(0, "b", owner="bot"), Beat(2 * _S, "r")), asks=(Ask(0, ("product.detail",), product="P1", acts=("answer",)),),
)  # fmt: skip
ANNS_ORDER = Deal("o1", at(10.5), at(10.75), 10_000, 2_000, at(18), ("P1",))
# Bob is handed over after 1 s, hears Amy after 60 s more, asks again and waits for her 240 s: two stars.
BOB = Talk(
    "t2", "bob", "web", at(10), product="P2", rating=2,
    beats=(
        Beat(0, "b", owner="bot"), Beat(1 * _S, "r"), Beat(61 * _S, "a", "amy", 4),
        Beat(120 * _S, "b", owner="agent"), Beat(360 * _S, "a", "amy", 4),
    ),
    asks=(Ask(0, ("price.query",), product="P2", acts=("handoff",)),),
    steps=(Step(1 * _S, "handoff", "requested"), Step(5 * _S, "assigned", "amy")),
)  # fmt: skip
# Cat complains to nobody; her ticket is done two hours later.
CAT = Talk(
    "t3", "cat", "web", at(11), beats=(Beat(0, "b", owner="queued"),), asks=(Ask(0, ("service.complaint",)),),
    steps=(Step(10 * _S, "ticket", "complaint", "k1"), Step(2 * _HOUR_MS, "ticket_state", "done", "k1")),
)  # fmt: skip
# Ann asks how to use what she paid for: no inquiry; and she came again, so the first talk did not settle everything.
ANN_AGAIN = Talk(
    "t4", "ann", "web", at(20), product="P1",
    beats=(Beat(0, "b", owner="bot"), Beat(2 * _S, "r")), asks=(Ask(0, ("product.usage",), product="P1", acts=("answer",)),),
)  # fmt: skip
REFUND = RefundFacts("r1", "o1", "ann", at(12), "refund_only", "size", amount=2_000, product="P1", done_in_s=5_400)
LOOKED = [
    BuyerDay("dan", day_of(at(9)), at(9), viewed=True),
    BuyerDay("eve", day_of(at(9)), at(9), viewed=True, paid=5_000),
    BuyerDay("ann", day_of(at(9)), at(9), viewed=True, consulted=True, paid=10_000),
]
EXPECTED = {
    "taobao.reply_3min": 0.3333, "douyin.reply_3min": 0.5, "jd.first_30s": 0.0, "jd.leave_message": 0.0,
    "jd.avg_response": 150.5, "jd.reply_3min": 0.3333, "jd.bad_rating": 0.5, "jd.tickets_24h": 1.0,
    "jd.bad_service_order": None, "pdd.reply": 0.6667, "xhs.reply_3min": 0.5, "xhs.first_45s": 0.0,
    "kuaishou.reply_3min": 0.5, "kuaishou.reply_3min_people": 0.0, "kuaishou.good": 0.5, "kuaishou.bad": 0.5,
    "kuaishou.good_people": 0.5, "kuaishou.bad_people": 0.5, "kuaishou.no_service": 0.5, "kuaishou.conversion": 0.5,
    "kuaishou.per_buyer": 100.0, "kuaishou.sales": 80.0, "first_response": 60.0, "avg_response": 150.5,
    "bot_response": 1.6667, "talk_length": 91.0, "effective_talks": 1.0, "answer_ask": 1.0, "agent_chars": 8.0,
    "satisfied": 0.5, "im_dissatisfied": 0.5, "invited": 0.25, "took_part": 1.0, "connected": 0.5, "replied": 1.0,
    "transferred_out": 0.0, "no_service": 0.5, "inquiry_buyers": 2.0, "inquiry_paid_day": 0.5,
    "inquiry_paid_next": 0.5, "inquiry_paid_final": 0.5, "inquiry_ordered": 0.5, "inquiry_shipped": 0.5,
    "sales_net": 80.0, "sales_gross": 100.0, "sales_refunded": 20.0, "alone": 0.5, "bot_solved_strict": 0.3333,
    "bot_solved_lax": 0.6667, "to_people": 0.3333, "complaints": 0.25, "refund_only_hours": 1.5,
    "return_refund_hours": None, "disputes_lost": None, "silent": 0.5,
}  # fmt: skip


@pytest.fixture
async def shop(db: Database) -> Database:
    anns = place_talks([ANN, ANN_AGAIN], [ANNS_ORDER])
    talks = [*anns, *place_talks([BOB], []), *place_talks([CAT], [])]
    for rows in ([row_of_talk(t) for t in talks], [row_of_refund(REFUND)], [row_of_day(day) for day in LOOKED]):
        await db.write(lambda c, rows=rows: store.put_units(c, SHOP, rows, FORMULAS))
    return db


def look(connection: object, **only: object) -> View:
    day = day_of(at(9))
    return View(connection, SHOP, (day, day), (day - 1, day - 1), {}, FORMULAS, **only)  # type: ignore[arg-type]


async def test_every_metric_is_what_a_person_counts(shop: Database) -> None:
    cards = await shop.read(lambda c: cards_of(look(c), FORMULAS))
    assert {card.id: card.value for card in cards} == EXPECTED


@pytest.mark.parametrize(
    ("only", "talks", "rate"),
    [
        ({"product": "P1"}, 2, None),
        ({"product": "P2"}, 1, 0.5),
        ({"agent": "amy"}, 1, 0.5),
        ({"product": "P9"}, 0, None),
    ],
    ids=["what-the-bot-did-alone", "a-product", "an-agent", "nothing"],
)
async def test_a_page_narrowed_to_a_product_or_an_agent_counts_only_that(
    shop: Database, only: dict[str, str], talks: int, rate: float | None
) -> None:
    page = await shop.read(lambda c: PAGES["service"](look(c, **only)))
    values = {row["id"]: row["value"] for row in page.tables[0].rows}
    assert values["taobao.reply_3min@1"] == rate
    funnel = await shop.read(lambda c: PAGES["funnel"](look(c, **only)))
    assert funnel.charts[0].series[0].values[0] == talks
    for name in PAGES:
        assert (await shop.read(lambda c, name=name: PAGES[name](look(c, **only)))).id == name


@pytest.mark.parametrize(
    ("reasons", "says"),
    [
        (("size",), "退款最多的原因是尺码：1 单，20 元"),
        (("size", "quality", "price"), "退款并列最多的 3 种原因里花钱最多的是价格：1 单，22 元"),
        (("late",) * 6 + ("size",) * 4, "退款最多的原因是未按时发货：6 单，135 元（占 60%）"),
    ],
    ids=["one", "equally-many", "enough-for-a-share"],
)
async def test_a_report_is_written_of_however_few_refunds(db: Database, reasons: tuple[str, ...], says: str) -> None:
    refunds = [
        structs.replace(REFUND, id=f"r{n}", reason=reason, amount=2_000 + 100 * n, product=f"P{n}")
        for n, reason in enumerate(reasons)
    ]
    await db.write(lambda c: store.put_units(c, SHOP, [row_of_refund(one) for one in refunds], FORMULAS))
    report = await db.read(lambda c: write_report(look(c), "店", "week", ""))
    assert [finding.text for finding in report.findings if finding.kind == "returns"] == [says]


async def test_what_comes_back_for_one_reason_weighs_what_it_costs(db: Database) -> None:
    refunds = [structs.replace(REFUND, id=f"r{n}", detail="too_small", size="M", amount=150_000) for n in range(4)]
    await db.write(lambda c: store.put_units(c, SHOP, [row_of_refund(one) for one in refunds], FORMULAS))
    told = (await db.read(lambda c: write_report(look(c), "店", "week", ""))).findings[0]
    assert told.text == "「商品 P1」的退货 4 单里有 4 单是尺码偏小（6,000 元），主要是 M"
    assert (told.weight, told.owner) == (1_200_000, "商品")
    assert told.action.startswith("把尺码表改大一档")


async def test_nothing_is_compared_with_a_time_that_was_not_recorded(shop: Database) -> None:
    page = await shop.read(lambda c: show_page(look(c), "hot-questions"))
    assert (page.begins, page.finding) == ("2026-06-18", "问得最多的是「price.query」1 次，占 25%")
    assert all(card.before is None for card in page.cards)
    assert [table.id for table in page.tables if table.id in ("rising", "new", "falling")] == []
    assert not {column.key for table in page.tables for column in table.columns} & {"change", "before"}

    earlier = structs.replace(BOB, id="t0", opened=at(-10))
    await shop.write(lambda c: store.put_units(c, SHOP, [row_of_talk(earlier)], FORMULAS))
    page = await shop.read(lambda c: show_page(look(c), "hot-questions"))
    assert (page.begins, page.finding) == ("", "问得最多的是「price.query」1 次，占 25%，和上期差不多")
    assert {"rising", "new", "falling"} <= {table.id for table in page.tables}


async def test_a_day_that_is_not_over_is_compared_with_the_same_hours(shop: Database) -> None:
    rows = [row_of_talk(structs.replace(BOB, id=f"y{hour}", opened=at(hour - 24))) for hour in (8, 9, 20, 21)]
    rows += [row_of_talk(structs.replace(BOB, id="w", opened=at(8 - 48)))]
    await shop.write(lambda c: store.put_units(c, SHOP, rows, FORMULAS))
    noon = _MIDNIGHT + timedelta(hours=12, minutes=30)

    def asked(now: datetime | None, **only: object) -> Callable[[object], tuple[float | None, str]]:
        def read(connection: object) -> tuple[float | None, str]:
            page = show_page(look(connection, now=now, **only), "hot-questions")
            return page.cards[0].before, page.until

        return read

    assert await shop.read(asked(noon)) == (2, "12:30")
    assert await shop.read(asked(noon, product="P2")) == (2, "12:30")
    assert await shop.read(asked(noon + timedelta(days=1))) == (4, "")  # a day that is over, with a whole one
    assert await shop.read(asked(None)) == (4, "")


async def test_of_very_many_talks_an_even_part_is_measured_and_the_page_says_so(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row_of_talk(structs.replace(ANN, id=f"n{n:03}", opened=ANN.opened + n)) for n in range(90)]
    await db.write(lambda c: store.put_units(c, SHOP, rows, FORMULAS))
    monkeypatch.setattr(narrowed, "MOST", 30)

    def funnel(connection: object) -> tuple[float | None, int]:
        view = look(connection, product="P1")
        return PAGES["funnel"](view).charts[0].series[0].values[0], view.sampled

    assert await db.read(funnel) == (90, 30)


def test_an_owner_changes_what_a_platform_profile_says(tmp_path: Path) -> None:
    (tmp_path / "metrics.toml").write_text('[[metric]]\nid = "pdd.reply"\nlimit_s = 200\n', encoding="utf-8")
    changed = formulas_of(tmp_path)
    assert next(f.limit_s for f in changed if f.id == "pdd.reply") == 200
    assert fingerprint(changed) != fingerprint(FORMULAS)
    reworded = [structs.replace(f, how="说法") for f in FORMULAS]
    assert fingerprint(reworded) == fingerprint(FORMULAS)


@pytest.mark.parametrize(
    "text", ["id =", '[[metric]]\nid = "no.such"\nlimit_s = 1\n', '[[metric]]\nid = "alone"\nx = 1\n']
)
def test_a_profile_that_cannot_be_used_names_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "metrics.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidBody, match=r"metrics\.toml"):
        formulas_of(tmp_path)


@pytest.mark.parametrize(
    ("years", "note"),
    [((2026,), ""), ((2025,), "还没有 2026 年的放假安排，只算了夜里和周末")],
    ids=["known", "not-known"],
)
async def test_the_page_and_the_report_say_whose_holidays_they_do_not_know(
    db: Database, years: tuple[int, ...], note: str
) -> None:
    talks = place_talks([ANN], [structs.replace(ANNS_ORDER, off_hours=True)])
    await db.write(lambda c: store.put_units(c, SHOP, [row_of_talk(t) for t in talks], FORMULAS))
    calendar = Calendar(years)
    page = await db.read(lambda c: show_page(look(c, calendar=calendar), "value"))
    night = next(card for card in page.cards if card.id == "night")
    assert (night.title, night.value, night.note) == ("夜里和假日成交", 80.0, note)
    report = await db.read(lambda c: write_report(look(c, calendar=calendar), "店", "week", ""))
    told = next(finding.text for finding in report.findings if finding.kind == "value")
    assert told == "夜里、周末和节假日机器人接待成交 80 元" + (f"（{note}）" if note else "")
