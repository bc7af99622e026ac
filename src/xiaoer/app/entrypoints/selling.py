"""Greetings, scenes and pick rules over HTTP (欢迎语, 场景, 推荐): editing, preview, and a box to try a sentence."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.entrypoints.rule_routes import BODY, Kind, add_routes, check_variables, editor
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.kernel.clock import to_utc
from xiaoer.kernel.decision import Pick
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, Entry, TextContent, Turn, TurnContext
from xiaoer.slices.policies import api as policies
from xiaoer.slices.selling.rules import greeting as greetings
from xiaoer.slices.selling.rules.greeting import VARIABLES, choose_greeting
from xiaoer.slices.selling.rules.scenes import conflicts
from xiaoer.slices.selling.types import Greeting, PickRules, Scene

router = APIRouter(prefix="/api/v1/selling")
Word = Annotated[str, Meta(min_length=1, max_length=60)]
Words = Annotated[tuple[Word, ...], Meta(max_length=50)]
Ids = Annotated[tuple[Id, ...], Meta(max_length=200)]
Title = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
Number = Annotated[int, Meta(ge=0, le=10_000)]


class GreetingIn(Struct, frozen=True):
    """A greeting. Variables: {商品} {店铺} {昵称} {时段}. Several texts are variants, one per buyer for good."""

    title: Title
    texts: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=4)]
    entries: Annotated[tuple[Entry, ...], Meta(max_length=7)] = ()
    products: Ids = ()
    categories: Words = ()
    campaigns: Words = ()
    search_words: Words = ()
    when: Literal["always", "on_duty", "off_hours"] = "always"
    visitor: Literal["any", "new", "returning"] = "any"
    order_state: Literal["any", "unpaid", "after_sales", "none"] = "any"
    chips: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=20)], ...], Meta(max_length=4)] = ()
    asks: bool = True
    priority: Number = 100
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class SceneIn(Struct, frozen=True):
    """What is shown after the answer. At least one of words, intents, audience."""

    title: Title
    say: Text
    words: Words = ()
    intents: Words = ()
    audience: Words = ()
    products: Ids = ()
    categories: Words = ()
    url: Annotated[str, Meta(max_length=500, pattern=r"^(https?://\S+)?$")] = ""
    promotion_id: Annotated[str, Meta(max_length=64)] = ""
    show: Annotated[tuple[Id, ...], Meta(max_length=3)] = ()
    priority: Number = 100
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class MarginIn(Struct, frozen=True):
    """The margin of a product id or a category, in basis points of the price."""

    of: Word
    ratio: Number


class PicksIn(Struct, frozen=True):
    """What may be recommended. Keep one, with the id `picks`."""

    least_stock: Annotated[int, Meta(ge=1, le=10_000)] = 1
    never_products: Ids = ()
    never_categories: Words = ()
    first_products: Ids = ()
    at_once: Annotated[int, Meta(ge=1, le=5)] = 3
    most_a_talk: Annotated[int, Meta(ge=0, le=20)] = 3
    least_margin: Number = 0
    margins: Annotated[tuple[MarginIn, ...], Meta(max_length=200)] = ()


def _period(body: Any) -> dict[str, Any]:
    values = msgspec.structs.asdict(body)
    for name in ("valid_from", "valid_to"):
        if values.get(name) is not None:
            values[name] = to_utc(values[name])
    start, end = values.get("valid_from"), values.get("valid_to")
    if start is not None and end is not None and end <= start:
        raise InvalidBody("结束时间要晚于开始时间。")
    return values


def _greeting(body: GreetingIn, _shop: ShopId | None = None) -> Greeting:
    check_variables(body.texts, VARIABLES)
    return Greeting(**_period(body))


def _scene(body: SceneIn, _shop: ShopId) -> Scene:
    if not (body.words or body.intents or body.audience):
        raise InvalidBody("什么时候出现还没填：关键词、意图、人群至少写一样，不然这个场景永远不会出现。")
    return Scene(**_period(body))


async def _greeting_conflicts(product: Wiring, shop: ShopId, id_: str, greeting: Greeting) -> tuple[str, ...]:
    others = [(d.id, d.value) for d in await product.selling.rules.greetings.all(shop) if d.enabled]
    return greetings.conflicts(id_, greeting, others)


async def _scene_conflicts(product: Wiring, shop: ShopId, id_: str, scene: Scene) -> tuple[str, ...]:
    return conflicts(id_, scene, [(d.id, d.value) for d in await product.selling.rules.scenes.all(shop) if d.enabled])


_GREETING = {"title": "商品页", "texts": ["在看「{商品}」吧？尺码、发货都可以问我。"], "entries": ["product"]}
_SCENE = {
    "title": "孕妇",
    "say": "妈妈专区在这里，都是标明孕妇可用的：",
    "words": ["孕妇"],
    "url": "https://shop.example/mama",
}
add_routes(
    router,
    Kind("greetings", "Greetings", _GREETING, GreetingIn, lambda p: p.selling.rules.greetings,
         _greeting, lambda v, _who: GreetingIn(**msgspec.structs.asdict(v)), _greeting_conflicts),
)  # fmt: skip
add_routes(
    router,
    Kind("scenes", "Scenes", _SCENE, SceneIn, lambda p: p.selling.rules.scenes, _scene,
         lambda v, _who: SceneIn(**msgspec.structs.asdict(v)), _scene_conflicts),
)  # fmt: skip
add_routes(
    router,
    Kind("picks", "Pick rules", {"least_stock": 2}, PicksIn, lambda p: p.selling.rules.picks,
         lambda body, _shop: msgspec.convert(msgspec.to_builtins(body), PickRules),
         lambda v, _who: msgspec.convert(msgspec.to_builtins(v), PicksIn)),
)  # fmt: skip


class PreviewIn(Struct, frozen=True):
    """A visit to preview. `greeting` is tried before it is kept."""

    entry: Entry = "home"
    product_id: Id | None = None
    campaign_id: Id | None = None
    search: Annotated[str, Meta(max_length=100)] | None = None
    buyer_id: Id | None = None
    greeting: GreetingIn | None = None


class PreviewOut(Struct, frozen=True):
    rule: str
    texts: tuple[str, ...]
    chips: tuple[str, ...]


@router.post(
    "/greetings/preview",
    **describe("What a visitor would be greeted with", request=PreviewIn, response=PreviewOut,
               example={"entry": "product", "product_id": "P1001"}, errors=(401, 403, 422)),
)  # fmt: skip
async def preview(request: Request) -> Response:
    """The greeting that wins for such a visit, with its chips; nothing is kept."""
    who, product = await editor(request, read=True), wiring(request)
    body = await read_body(request, PreviewIn, BODY)
    greet, now = product.selling.greet, product.clock.now()
    context = TurnContext(body.entry, body.product_id, body.campaign_id, None, body.search)
    visit = await greet.visit(who.shop, context, body.buyer_id or "", now)
    kept = [(d.id, d.value) for d in await product.selling.rules.greetings.live(who.shop)]
    tried = [("tried", _greeting(body.greeting))] if body.greeting else kept
    chosen = choose_greeting(tried, visit, now)
    parts = await greet.words(who.shop, visit, chosen, now)
    chips = next((tuple(p.content.options) for p in parts if hasattr(p.content, "options")), ())
    texts = tuple(p.text for p in parts if isinstance(p.content, TextContent))
    return reply(PreviewOut(chosen[0] if chosen else "", texts, chips))


class TryIn(Struct, frozen=True):
    """A buyer's sentence, on a product's page."""

    text: Text
    product_id: Id | None = None


class TryOut(Struct, frozen=True):
    """What was understood, and which scene (with its name, page, coupon and goods) or picks would follow the answer."""

    intents: tuple[str, ...]
    scene: str
    say: str
    picks: tuple[str, ...]
    title: str = ""
    url: str = ""
    offer: str = ""
    shown: tuple[str, ...] = ()


@router.post(
    "/scenes/try",
    **describe("Try a sentence", request=TryIn, response=TryOut, example={"text": "孕妇能用吗", "product_id": "P1001"},
               errors=(401, 403, 422)),
)  # fmt: skip
async def try_sentence(request: Request) -> Response:
    """Which scene a sentence calls for, and what would be recommended; nothing is kept."""
    who, product = await editor(request, read=True), wiring(request)
    body = await read_body(request, TryIn, BODY)
    now = product.clock.now()
    await product.understanding.refresh(who.shop)
    turn = Turn(
        who.shop,
        ConversationId("try"),
        BuyerId(""),
        "web",
        (BuyerMessage(MessageId("try"), TextContent(body.text), now),),
        product_in_focus=body.product_id,
    )
    heard = policies.look_again(product.understanding.understand(turn), turn)
    scene = await product.selling.picks.scene(turn, heard, now)
    picks: list[Pick] = []
    for segment in heard.segments:
        if segment.intent == "product.recommend":
            picks += await product.selling.picks.for_need(turn, segment, now) or ()
    said = tuple(f"{pick.product.title}，{pick.price.spoken} 元：{pick.reason}" for pick in picks)
    intents = tuple(segment.intent for segment in heard.segments)
    if scene is None:
        return reply(TryOut(intents, "", "", said))
    titles = {document.id: document.value.title for document in await product.selling.rules.scenes.all(who.shop)}
    shown = tuple(pick.product.title for pick in scene.picks)
    offer = scene.offer.title if scene.offer else ""
    return reply(TryOut(intents, scene.id, scene.say, said, titles.get(scene.id, ""), scene.url, offer, shown))
