"""Saying a knowledge entry (引用知识): what its variables and cards want, and what is left when some are missing.

A variable is filled from what is true at this moment; failing that, from what the shop wrote for it; failing that, its
sentence is not said. An entry of which nothing is left is no answer.
"""

import re
from datetime import datetime
from typing import Any

from msgspec import Struct

from xiaoer.kernel.commerce import Order, Product
from xiaoer.kernel.decision import Act, KnowledgeHit, Need, Source
from xiaoer.kernel.variables import LIVE, variables_in, without
from xiaoer.kernel.worktime import clock_of
from xiaoer.slices.policies.rules import parcels
from xiaoer.slices.policies.rules.picking import pick_order
from xiaoer.slices.policies.types import Ask

_DOUBTS = re.compile(r"假|仿|山寨|冒牌|翻新|二手|次品|残次|[aA]货|莆田|水货|贴牌")
_YES = re.compile(r"^(?:是的?|对的?|嗯|没错)[，,、。！!]\s*")


class Said(Struct, frozen=True):
    """An entry as it may be said: `values` fill the answer's variables, `cards` go with it, `sources` back it."""

    hit: KnowledgeHit
    answer: str
    values: dict[str, Any]
    cards: tuple[dict[str, Any], ...]
    sources: tuple[Source, ...]


def needs_of_entry(ask: Ask, hit: KnowledgeHit) -> tuple[Need, ...]:
    """What must be read before the entry can be said, beyond what was asked for already."""
    wanted: list[Need] = []
    for name in variables_in(hit.answer):
        match LIVE.get(name):
            case "product" | "variants" as kind if ask.product_id:
                wanted.append(Need(kind, ask.index, ask.product_id))
            case "orders" | "offers" | "buyer" as kind:
                wanted.append(Need(kind, ask.index))
    for card in hit.attachments:
        if card.get("type") == "product":
            wanted.append(Need("product", ask.index, str(card["product_id"])))
            wanted.append(Need("variants", ask.index, str(card["product_id"])))
    known = {(need.kind, need.key) for need in ask.facts.asked}
    return tuple(need for need in dict.fromkeys(wanted) if (need.kind, need.key) not in known)


def say_entry(ask: Ask, hit: KnowledgeHit) -> Said | None:
    """The entry with its values; None when nothing of it can be said now."""
    values: dict[str, Any] = {}
    sources: list[Source] = [Source("knowledge", hit.id, hit.question, hit.score)]
    for name in variables_in(hit.answer):
        value, source = _value(ask, name)
        if value is None and name in hit.defaults:
            value = hit.defaults[name]
        if value is not None:
            values[name] = value
        if value is not None and source is not None:
            sources.append(source)
    answer = without(hit.answer, frozenset(variables_in(hit.answer)) - values.keys())
    if not answer:
        return None
    spoken = set(variables_in(answer))
    values = {name: value for name, value in values.items() if name in spoken}
    return Said(hit, answer, values, _cards(ask, hit), tuple(dict.fromkeys(sources)))


def say(ask: Ask, said: Said) -> Act:
    """The act that says an entry."""
    answer = said.answer
    if _DOUBTS.search(ask.segment.text) and not _DOUBTS.search(said.hit.question):
        answer = _YES.sub("", answer)  # 是不是卖假货的, answered by 是正品吗: its yes would own to it
    slots: dict[str, Any] = {"answer": answer}
    if said.values:
        slots["values"] = said.values
    if said.cards:
        slots["cards"] = said.cards
    return Act("answer", ask.index, "knowledge", slots, said.sources, "knowledge.hit")


def _cards(ask: Ask, hit: KnowledgeHit) -> tuple[dict[str, Any], ...]:
    """Cards whose product is still there, and everything else."""
    cards: list[dict[str, Any]] = []
    for card in hit.attachments:
        if card.get("type") != "product":
            cards.append(card)
            continue
        product = ask.facts.products.get(str(card["product_id"]))
        if product is not None:
            prices = [variant.pays for variant in ask.facts.variants.get(product.id, ())]
            cards.append({"type": "product", "product": product, "price": min(prices, default=None)})
    return tuple(cards)


def _value(ask: Ask, name: str) -> tuple[Any, Source | None]:
    """What a live variable stands for now, and the fact that says so; None when there is no such fact."""
    facts, situation = ask.facts, ask.situation
    match LIVE.get(name):
        case "orders":
            order = pick_order(facts.orders or (), ask.segment, situation.turn.order_in_focus, situation.now)
            return (_of_order(order, name, situation.now), Source("order", order.id)) if order else (None, None)
        case "offers":
            return _of_offers(ask, name)
        case "product" | "variants":
            product = facts.products.get(ask.product_id or "")
            if name == "商品名":
                return (product.title, Source("product", product.id, product.title)) if product else (None, None)
            return _of_variants(ask, name, product)
        case "buyer":
            buyer = facts.buyer
            return ((buyer.nick if name == "昵称" else buyer.level) or None, None) if buyer else (None, None)
    if name == "店铺名":
        return situation.shop_name or None, None
    if name == "退货地址":
        return facts.terms.return_address or None, None
    if name == "截单时间":
        return facts.terms.ship_cutoff or None, None
    if name == "退货天数":
        return str(facts.terms.days), None
    if name == "价保天数":
        return str(facts.terms.price_protect_days) if facts.terms.price_protect_days else None, None
    if name == "客服时间":
        hours = situation.hours
        whole_day = hours.opens_min == hours.closes_min
        return ("全天" if whole_day else f"{clock_of(hours.opens_min)} 到 {clock_of(hours.closes_min)}"), None
    return None, None


def _of_order(order: Order, name: str, now: datetime) -> Any:
    shipment = order.shipments[-1] if order.shipments else None
    match name:
        case "发货时间" | "承诺发货时间":
            return order.promise_ship_at if order.status == "paid" else None
        case "订单号":
            return f"尾号 {order.id[-6:]}"
        case "订单状态":
            return order  # its state has words of its own
        case "快递公司":
            return shipment.carrier or None if shipment else None
        case "运单号":
            return shipment.waybill_no if shipment else None
        case "物流状态":
            return shipment.traces[-1].text.rstrip("。") if shipment and shipment.traces else None
        case "预计送达":
            return parcels.arrival_of(shipment, now, parcels.city_of(order.address)) if shipment else None
        case "退款进度":
            return order.refunds[-1] if order.refunds else None
    return None


def _of_offers(ask: Ask, name: str) -> tuple[Any, Source | None]:
    offers = ask.facts.offers or ()
    match name:
        case "优惠券":
            fitting = [offer for offer in offers if offer.kind == "coupon"]
        case "满减活动":
            fitting = [offer for offer in offers if offer.kind == "activity" and "满" in offer.title]
        case "优惠活动":
            fitting = [offer for offer in offers if offer.kind == "activity"]
        case _:
            fitting = sorted((o for o in offers if o.ends_at), key=lambda o: o.ends_at or ask.situation.now)
            if not fitting:
                return None, None
            return fitting[0].ends_at, Source("promotion", fitting[0].id, fitting[0].title)
    if not fitting:
        return None, None
    return "、".join(offer.title for offer in fitting[:3]), Source("promotion", fitting[0].id, fitting[0].title)


def _of_variants(ask: Ask, name: str, product: Product | None) -> tuple[Any, Source | None]:
    variants = ask.facts.variants.get(ask.product_id or "", ())
    if not variants:
        return None, None
    ready = [variant for variant in variants if variant.stock > 0]
    source = Source("product", ask.product_id or "", product.title if product else "")
    match name:
        case "价格":
            return min(variant.pays for variant in variants), source
        case "库存":
            return f"有货（{sum(variant.stock for variant in ready)} 件）" if ready else "暂时没货", source
    wanted = ("尺码", "尺寸", "码数") if name == "尺码" else ("颜色", "色")
    values = dict.fromkeys(
        value for variant in ready for axis, value in variant.spec.items() if any(word in axis for word in wanted)
    )
    return "、".join(values) or None, source
