"""What starts a journey and what stops it (触发与停止), inside the change that keeps what happened.

A payment ends every marketing journey of its buyer (but for 复购 of goods that were not bought again) and the
reminders of its order; a refund, a complaint and a talk
with people end all of them; a changed basket, and more interest in the same product, start the time anew. Who agreed to
nothing is not even begun with.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from xiaoer.flows.remind_buyer.timers import order_step, stop_buyer, stop_subject
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.catalog import alerts
from xiaoer.slices.catalog import store as catalog
from xiaoer.slices.orders.store import reads as orders
from xiaoer.slices.outreach import store
from xiaoer.slices.outreach.rules.intent import score_intent
from xiaoer.slices.outreach.rules.steps import before_quiet, end_of, in_categories
from xiaoer.slices.outreach.store import Run
from xiaoer.slices.outreach.types import SERVICE, Caps, Interest, Journey, Trigger
from xiaoer.slices.promotions.types import Coupon

_AGAIN_OF = "again:{product}:{buyer}"
_STARTS: dict[str, tuple[tuple[Trigger, str], ...]] = {  # event -> what it starts, and the subject it is about
    "order.created": (("order_unpaid", "order:{order}"),),
    "cart.updated": (("cart_abandoned", "cart:{buyer}"),),
    "order.delivered": (
        ("delivered", "care:{order}"),
        ("review", "review:{order}"),
        ("replenish", _AGAIN_OF),
    ),
}
_ANEW = frozenset(
    {"cart_abandoned", "interested", "replenish"}
)  # a new cause for the same subject starts the time anew
_ONE_COUPON = timedelta(days=1)
LOOK_EVERY = timedelta(hours=1)  # how often coupons that end soon are looked for
_AGAIN = timedelta(days=14)  # nobody is written to about the same product twice within this time
_LIVE = Sequence[tuple[str, Journey]]


class StartJourneys:
    """Starts and stops, with the journeys as they were read before the change."""

    def __init__(self, live: _LIVE, caps: Caps, now: datetime) -> None:
        self._live = live
        self._caps = caps
        self._now = now

    def events(self, connection: Connection, shop: ShopId, events: Sequence[Event]) -> None:
        """Take shop events in the order in which they happened."""
        for event in sorted(events, key=lambda e: e.at):
            order_id = str(event.data.get("order_id") or "")
            buyer_id = event.buyer_id or (orders.buyer_of(connection, shop, order_id) if order_id else "")
            self._stops(connection, shop, event, order_id, buyer_id)
            if buyer_id:
                self._starts(connection, shop, event, order_id, buyer_id)

    @staticmethod
    def _stops(connection: Connection, shop: ShopId, event: Event, order_id: str, buyer_id: str) -> None:
        match event.type:
            case "order.paid":
                stop_subject(connection, shop, f"order:{order_id}", "paid")
                if buyer_id:
                    bought = _bought(connection, shop, event, order_id)
                    again = {_AGAIN_OF.format(product=id_, buyer=buyer_id) for id_ in bought}
                    stop_buyer(
                        connection, shop, buyer_id, "paid", service=False,
                        keeps=lambda subject: bool(bought) and subject.startswith("again:") and subject not in again,
                    )  # fmt: skip
                    store.forget_interests(connection, shop, buyer_id)
            case "order.refund_requested" | "order.refunded":
                stop_subject(connection, shop, f"order:{order_id}", "refund")
                if buyer_id:
                    stop_buyer(connection, shop, buyer_id, "refund")
            case "order.closed":
                stop_subject(connection, shop, f"order:{order_id}", "closed")

    def _starts(self, connection: Connection, shop: ShopId, event: Event, order_id: str, buyer_id: str) -> None:
        at, data = min(event.at, self._now), event.data
        if event.type in ("page.viewed", "cart.updated"):
            self.interests(connection, shop, _seen(event, buyer_id), at)
        if event.type == "cart.updated" and data.get("items") == []:
            stop_subject(connection, shop, f"cart:{buyer_id}", "emptied")
            return
        for trigger, form in _STARTS.get(event.type, ()):
            journeys = self._of(trigger)
            if not journeys:
                continue
            product = _product(connection, shop, event, order_id)
            names = {"order": order_id, "buyer": buyer_id, "product": product.id if product else ""}
            if not all(names[part] for part in names if f"{{{part}}}" in form):
                continue
            values = {
                "商品": str(data.get("title") or (product.title if product else "") or "您看的商品")[:40],
                "订单尾号": order_id[-6:],
                "昵称": str(data.get("nick") or "")[:20],
                "order_id": order_id,
                "product_id": names["product"],
            }
            for id_, journey in journeys:
                if _fits(journey, product):
                    subject, channel = form.format(**names)[:200], str(data.get("channel") or "")[:32]
                    key = f"{id_}:{event.id}"[:200]
                    self._begin(connection, shop, (id_, journey), key, buyer_id, subject, values, channel, at)

    def interests(self, connection: Connection, shop: ShopId, found: Sequence[Interest], at: datetime) -> None:
        """Add what a buyer did about products; whoever has done much and bought nothing is thought of."""
        store.add_interests(connection, shop, found, at)
        journeys = self._of("interested")
        for one in found if journeys else ():
            whole = store.interest_of(connection, shop, one.buyer_id, one.product_id) or one
            score, why = score_intent(whole)
            reached = [(id_, journey) for id_, journey in journeys if score >= journey.least_score]
            product = catalog.get_product(connection, shop, one.product_id) if reached else None
            for id_, journey in reached:
                if product is None or not _fits(journey, product):
                    continue
                values = {"商品": product.title[:40], "昵称": "", "product_id": product.id}
                values |= {"why": "；".join(why), "score": str(score)}
                subject = f"interest:{product.id}:{one.buyer_id}"[:200]
                chosen = (id_, journey)
                self._begin(connection, shop, chosen, new_id(), one.buyer_id, subject, values, whole.channel, at)

    def news(self, connection: Connection, shop: ShopId, items: Sequence[Mapping[str, Any]]) -> None:
        """Goods are back or cost less: whoever asked about them and bought nothing is thought of."""
        for item in items:
            back = item["what"] == "back"
            journeys = self._of("back_in_stock" if back else "price_drop")
            product = catalog.get_product(connection, shop, item["product_id"]) if journeys else None
            if product is None:
                continue
            people = store.interested_in(connection, shop, product.id, self._now - store.FORGET)
            told = alerts.buyers_of(connection, shop, item["variant_id"]) if back else frozenset()
            variants = catalog.variants_of(connection, shop, product.id)
            others = [v for v in variants if v.id != item["variant_id"]]
            # what holds for one variant only is told of that one: 129 for the others is no 59
            alike = not others if back else all(v.price.fen <= item["new"] for v in others)
            spec = next((v.spec for v in variants if v.id == item["variant_id"] and not alike), {})
            only_asked = back and any(v.stock > 0 for v in others)  # a basket may hold what was never out
            values = {
                "商品": product.title[:40],
                "规格": " ".join(spec.values())[:40],
                "昵称": "",
                **{k: str(item[k]) for k in ("variant_id", "product_id")},
            }
            if not back:
                values |= {
                    "原价": Money(item["old"]).spoken,
                    "现价": Money(item["new"]).spoken,
                    "new": str(item["new"]),
                }
            for id_, journey in journeys:
                if not _fits(journey, product) or (not back and _drop(item) < journey.least_drop):
                    continue
                for one in people:
                    waited = one.stock_talk or (one.carts and not only_asked)
                    if one.buyer_id in told or (back and not waited):
                        continue
                    subject = f"{item['what']}:{product.id}:{one.buyer_id}"[:200]
                    chosen, channel = (id_, journey), one.channel
                    self._begin(connection, shop, chosen, new_id(), one.buyer_id, subject, values, channel, self._now)

    def coupons(self, connection: Connection, shop: ShopId, coupons: Sequence[tuple[Coupon, str]]) -> None:
        """Coupons with their titles that end soon, the next one first: a buyer is told of one a day.

        A run is begun within the hour before its time. Where its first step would wait through the quiet hours until
        the coupon is gone, its time lies before them.
        """
        for coupon, title in coupons:
            assert coupon.valid_to is not None  # every issued coupon has an end
            values = {"券": title[:40], "到期": end_of(coupon.valid_to), "昵称": ""}
            values |= {"coupon_id": coupon.id, "商品": "您看中的商品", "ends_at": coupon.valid_to.isoformat()}
            for id_, journey in self._of("coupon_expiring"):
                opens = max(self._now, coupon.valid_to - timedelta(hours=journey.before_h))
                first = opens + timedelta(minutes=journey.steps[0].after_min)
                at = min(opens, before_quiet(first, coupon.valid_to, self._caps, self._now))
                if coupon.valid_to <= self._now or at - self._now > LOOK_EVERY:
                    continue
                if not store.began(connection, shop, id_, coupon.buyer_id, self._now - _ONE_COUPON):
                    key, subject = f"{id_}:coupon:{coupon.id}"[:200], f"coupon:{coupon.id}"[:200]
                    self._begin(connection, shop, (id_, journey), key, coupon.buyer_id, subject, values, "", at)

    def _of(self, trigger: Trigger) -> list[tuple[str, Journey]]:
        return [(id_, journey) for id_, journey in self._live if journey.trigger == trigger and journey.steps]

    def _begin(
        self,
        connection: Connection,
        shop: ShopId,
        chosen: tuple[str, Journey],
        id_: str,
        buyer_id: str,
        subject: str,
        values: dict[str, str],
        channel: str,
        at: datetime,
    ) -> None:
        journey_id, journey = chosen
        if store.get_run(connection, shop, id_) is not None:  # the same event once more
            return
        if store.consent(connection, shop, buyer_id, store.PROACTIVE) is False:
            return
        if journey.trigger not in SERVICE and not store.consent(connection, shop, buyer_id, store.MARKETING):
            return
        seldom = journey.trigger not in SERVICE and journey.trigger != "cart_abandoned"
        if seldom and store.was_told(connection, shop, journey_id, subject, self._now - _AGAIN):
            return
        if journey.trigger in _ANEW:
            stop_subject(connection, shop, subject, "changed", journey_id)
        run = Run(id_, journey_id, journey.trigger, buyer_id, subject, "running", "", 0, values, channel, at)
        if store.add_run(connection, shop, run):
            order_step(connection, shop, run, journey, 0, self._caps, self._now)


Taking = Callable[[Connection, Sequence[Event]], None]


def _fits(journey: Journey, product: Product | None) -> bool:
    return not journey.categories or (product is not None and in_categories(product.category, journey.categories))


def _bought(connection: Connection, shop: ShopId, event: Event, order_id: str) -> set[str]:
    """The products of an order, as far as they are told."""
    rows = event.data.get("items")
    told = (
        {str(row.get("product_id") or "") for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
    )
    order = orders.get(connection, shop, order_id) if order_id else None
    variants = [catalog.get_variant(connection, shop, item.variant_id) for item in (order.items if order else ())]
    return (told | {variant.product_id for variant in variants if variant}) - {""}


def _drop(item: Mapping[str, Any]) -> float:
    return 100 * (item["old"] - item["new"]) / item["old"] if item["old"] else 0.0


def _seen(event: Event, buyer_id: str) -> list[Interest]:
    """The products that a look or a changed basket is about."""
    data, channel = event.data, str(event.data.get("channel") or "")[:32]
    rows = data.get("items")
    listed = [row.get("product_id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    named = [*listed, data.get("product_id")]
    products = dict.fromkeys(one[:128] for one in named if isinstance(one, str) and one)
    dwell = data.get("dwell_s")
    seconds = min(int(dwell), 3_600) if isinstance(dwell, int | float) and 0 < dwell < 1e9 else 0
    if event.type == "cart.updated":
        return [Interest(buyer_id, product, carts=1, channel=channel) for product in products]
    return [Interest(buyer_id, product, views=1, dwell_s=seconds, channel=channel) for product in products]


def _product(connection: Connection, shop: ShopId, event: Event, order_id: str) -> Product | None:
    """The product that an event is about, as far as it can be told."""
    items = event.data.get("items")
    first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
    product_id = event.data.get("product_id") or first.get("product_id")
    if not isinstance(product_id, str) or not product_id:
        order = orders.get(connection, shop, order_id) if order_id else None
        variant_id = order.items[0].variant_id if order and order.items else ""
        variant = catalog.get_variant(connection, shop, variant_id) if variant_id else None
        product_id = variant.product_id if variant else ""
    return catalog.get_product(connection, shop, product_id[:128]) if product_id else None
