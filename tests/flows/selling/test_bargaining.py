"""A buyer haggles over the whole path: message in, answer and coupon out."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from tests.flows.selling.conftest import TERMS, SalesWorld, acts, words

from xiaoer.kernel.money import Money
from xiaoer.slices.bargaining.rules.asking import read_ask
from xiaoer.slices.bargaining.types import Ask
from xiaoer.slices.outreach.types import Comparing


async def test_each_push_brings_the_price_nearer_and_yes_brings_a_coupon_that_the_quote_uses(world: SalesWorld) -> None:
    await world.terms(TERMS)
    first = await world.say("b1", "能便宜点吗")
    assert acts(first) == ["counter_offer"]
    assert "280" in words(first)
    second = await world.say("b1", "再少点嘛")
    assert "263" in words(second)
    assert words(first) != words(second)
    agreed = await world.say("b1", "好的")
    assert acts(agreed) == ["offer_coupon"]
    card = next(part["content"] for part in agreed["replies"] if part["content"]["type"] == "coupon")
    assert card["amount"] == "36.00" and len(card["code"]) == 12
    assert await world.payable("b1") == 26_300
    assert await world.payable("b2") == 29_900
    assert await world.given() == 3_600


async def test_without_terms_the_answer_is_a_friendly_no(world: SalesWorld) -> None:
    answer = await world.say("b1", "能便宜点吗")
    assert acts(answer) == ["answer"]
    assert await world.given() == 0


async def test_zero_is_zero(world: SalesWorld) -> None:
    await world.terms(replace(TERMS, max_off=Money(0), gifts=()))
    for text in ("便宜点", "再便宜点", "抹个零", "送点啥", "200卖不卖", "求求了"):
        assert "offer_coupon" not in acts(await world.say("b1", text))
    assert await world.given() == 0


async def test_when_rounds_are_used_up_a_favour_comes_then_a_firm_no_and_the_offer_still_stands(
    world: SalesWorld,
) -> None:
    await world.terms(TERMS)
    for text in ("便宜点", "再便宜点", "再便宜点", "再便宜点"):
        last = await world.say("b1", text)
    assert "收纳袋" in words(last)  # the cheaper favour first
    stand = await world.say("b1", "再便宜点")
    assert acts(stand) == ["counter_offer"] and "250" in words(stand)
    assert acts(await world.say("b1", "行，就这个价")) == ["offer_coupon"]
    assert await world.payable("b1") == 25_000


async def test_after_the_last_round_people_take_over_when_the_shop_wants_that(world: SalesWorld) -> None:
    await world.terms(replace(TERMS, after="people", gifts=()))
    for text in ("便宜点", "再便宜点", "再便宜点", "再便宜点"):
        last = await world.say("b1", text)
    assert last["turn"]["handoff"]["reason"] == "bargain_exhausted"
    assert last["state"] == "queued"


async def test_the_same_message_again_gives_the_same_offer(world: SalesWorld) -> None:
    await world.terms(TERMS)
    first = await world.say("b1", "便宜点", message_id="x")
    again = await world.say("b1", "便宜点", message_id="x")
    assert words(first) == words(again)
    assert "280" in words(await world.say("b1", "你们底价多少"))
    assert await world.given() == 1_900


async def test_rounds_go_on_over_conversations_channels_and_accounts_of_one_person(world: SalesWorld) -> None:
    await world.terms(TERMS)
    await world.account("a1", "13800138000")
    await world.account("a2", "13800138000")
    await world.say("a1", "便宜点", channel="web")
    world.clock.advance(timedelta(hours=2))
    assert "263" in words(await world.say("a2", "便宜点", channel="api"))
    assert acts(await world.say("a2", "成交")) == ["offer_coupon"]
    assert "263" in words(await world.say("a1", "便宜点"))
    assert await world.given() == 3_600
    assert await world.payable("a1") == 29_900


async def test_an_offer_that_nobody_takes_gives_its_budget_back(world: SalesWorld) -> None:
    await world.terms(TERMS)
    await world.say("b1", "便宜点")
    assert await world.given() == 1_900
    world.clock.advance(timedelta(hours=25))
    assert await world.product.selling.bargaining.release_lapsed(world.shop, world.clock.now()) == 1
    assert await world.given() == 0
    assert "263" in words(await world.say("b1", "便宜点"))  # rounds are remembered, the offer is new
    assert await world.given() == 3_600


async def test_a_price_that_is_named_within_the_step_is_taken_at_once(world: SalesWorld) -> None:
    await world.terms(TERMS)
    answer = await world.say("b1", "285卖不卖")
    assert acts(answer) == ["offer_coupon"]
    assert await world.payable("b1") == 28_500


async def test_a_public_offer_and_the_agreed_price_together_never_go_below_the_floor(world: SalesWorld) -> None:
    await world.terms(replace(TERMS, day_budget=Money(100_000), buyer_budget=Money(100_000)))
    for text in ("便宜点", "再便宜点", "再便宜点", "成交"):
        await world.say("b1", text)
    now = world.clock.now()
    for level, id_ in (("shop_activity", "act"), ("platform", "cross")):
        await world.product.promotions.save(
            world.shop,
            {
                "id": id_,
                "name": id_,
                "level": level,
                "benefit": "amount_off",
                "starts_at": (now - timedelta(days=1)).isoformat(),
                "ends_at": (now + timedelta(days=1)).isoformat(),
                "threshold": "amount",
                "tiers": [{"threshold": "100.00", "benefit": "20.00"}],
                "repeat": True,
            },
        )
    single = await world.payable("b1")
    assert single == 25_000 or single == await world.payable("nobody")
    assert await world.payable("b1", quantity=3) >= min(75_000, await world.payable("nobody", quantity=3))


@pytest.mark.parametrize("sum_", ["260元", "２６０块", "2️⃣6️⃣0️⃣元", "②⑥⓪元", "贰佰陆拾块", "两百六十块"])
async def test_an_amount_is_a_price_in_whatever_digits_it_comes(world: SalesWorld, sum_: str) -> None:
    await world.terms(TERMS)
    assert acts(await world.say("b1", f"{sum_}")) == ["counter_offer"]


@pytest.mark.parametrize("question", ["那比200高吗", "是不是250"])
async def test_after_an_offer_a_question_is_answered_with_it_and_earns_nothing(
    world: SalesWorld, question: str
) -> None:
    await world.terms(TERMS)
    assert "280" in words(await world.say("b1", "能便宜点吗"))
    answer = await world.say("b1", question)
    assert "统一" not in words(answer) and "263" not in words(answer) and "250" not in words(answer)
    assert "263" in words(await world.say("b1", "再少点嘛"))


async def test_whether_it_is_still_sold_is_no_haggling(world: SalesWorld) -> None:
    await world.terms(TERMS)
    assert acts(await world.say("b1", "这款还卖吗")) == ["answer"]
    assert await world.given() == 0


async def test_who_is_held_out_hears_a_no_to_his_price_and_not_the_stock(world: SalesWorld) -> None:
    await world.terms(TERMS)
    await world.compare(Comparing(0, 0, 0, 10_000))
    assert "没法再少" in words(await world.say("b1", "-100元卖吗"))


@pytest.mark.parametrize("probe", ["最低价比200高吗", "那是不是260", "有没有270以下"])
def test_a_price_that_is_asked_about_is_not_offered(probe: str) -> None:
    assert read_ask(probe, offered=True) == Ask("floor")


@pytest.mark.parametrize("offer", ["能降到260吗", "给到260吗", "260行吗"])
def test_a_price_that_is_wished_is_offered(offer: str) -> None:
    assert read_ask(offer, offered=True) == Ask("push", Money(26_000))


@pytest.mark.parametrize("claim", ["另一个客服说给我打五折", "昨天小二给了我260", "主播说是199"])
async def test_what_somebody_else_is_said_to_have_offered_moves_nothing(world: SalesWorld, claim: str) -> None:
    await world.terms(TERMS)
    await world.say("b1", "能便宜点吗")
    answer = await world.say("b1", claim)
    assert acts(answer) == ["counter_offer"] and "280" in words(answer)
    assert await world.given() == 1_900


@pytest.mark.parametrize("said", ["刚才你们说是280，就280吧", "280", "280吧", "那280"])
async def test_the_offer_on_the_table_named_again_is_taken(world: SalesWorld, said: str) -> None:
    await world.terms(TERMS)
    await world.say("b1", "能便宜点吗")
    assert acts(await world.say("b1", said)) == ["offer_coupon"]
    assert await world.payable("b1") == 28_000


@pytest.mark.parametrize(
    "words_", ["好贵啊", "好像有点贵", "买不起", "行情价是多少", "给我个对折", "给我个区间也行", "发我底价", "好家伙"]
)
def test_what_begins_like_a_yes_takes_no_offer(words_: str) -> None:
    assert read_ask(words_, offered=True).kind != "accept"


@pytest.mark.parametrize(
    "yes",
    [
        "好滴",
        "好的成交",
        "行吧就按这个价",
        "好好好",
        "嗯嗯，好的谢谢",
        "那就这个价吧",
        "可以的发券吧",
        "那我买了",
        "就它了",
    ],
)
def test_a_yes_in_whatever_words_takes_the_offer(yes: str) -> None:
    assert read_ask(yes, offered=True).kind == "accept"


@pytest.mark.parametrize("said", ["再见", "好贵啊", "用拼音说", "给我个区间也行"])
async def test_after_an_offer_words_that_ask_for_nothing_earn_nothing(world: SalesWorld, said: str) -> None:
    await world.terms(TERMS)
    await world.say("b1", "能便宜点吗")
    answer = await world.say("b1", said)
    assert "offer_coupon" not in acts(answer)
    if said != "好贵啊":  # that it is dear does ask for less
        assert await world.given() == 1_900
