"""Turning the values of an act into words for its template. Every slot type is spoken in one place."""

from datetime import datetime
from typing import Any

from xiaoer.kernel.commerce import Order, Product, Refund, Shipment, say_fact
from xiaoer.kernel.decision import Act
from xiaoer.kernel.money import Money
from xiaoer.kernel.variables import fill
from xiaoer.slices.replies.rules import wording
from xiaoer.slices.replies.rules.fitting import say_beyond, say_fit, say_person, say_upto
from xiaoer.slices.replies.rules.matters import speak_matter

_EXACT = frozenset({"promise", "until", "due", "since"})  # told to the minute
_NAMELESS = ("product.facts", "stock.yes", "stock.plenty", "stock.low", "stock.none", "stock.back_at")


def speak(act: Act, now: datetime) -> dict[str, str]:
    """Return the slots of `act` as strings, with the derived ones that templates use."""
    slots = act.slots
    words: dict[str, str] = {}
    for name, value in slots.items():
        match value:
            case Order():
                words |= _order(value)
            case Shipment():
                words |= _shipment(value, now)
            case Refund():
                words["refund_kind"] = wording.REFUND_KIND.get(value.kind, "售后")
                words["refund_status"] = wording.say_refund_status(value.status)
                words["refund_amount"] = value.amount.spoken
            case Money():
                words[name] = value.spoken
            case datetime():
                spoken = wording.say_end if name == "until" else wording.say_instant
                words[name] = spoken(value, now) if name in _EXACT else wording.say_day(value, now)
            case str() | int():
                words[name] = str(value)
    words |= _derived(slots, now)
    words |= speak_matter(slots, now)
    if "answer" in words:
        words["answer"] = _entry(words["answer"], slots, now)
    if "title" in words:
        words["title"] = wording.short(words["title"])
    return words


def name_it(spoken: str, act: Act) -> str:
    """The sentence with the product's name when it is not the one on the buyer's screen (slot `it`): for 「这款」, and
    before a fact of the sheet or what is in stock, which name nothing themselves."""
    it = act.slots.get("it")
    if it and act.template in _NAMELESS:
        return f"「{wording.short(it)}」{spoken}"
    return f"「{wording.short(it)}」{spoken[2:]}" if it and spoken.startswith("这款") else spoken


def _entry(answer: str, slots: dict[str, Any], now: datetime) -> str:
    """A knowledge entry with its variables filled and its links and files under it, one a line."""
    values = {name: _value(name, value, now) for name, value in slots.get("values", {}).items()}
    links = [f"{card['title']}：{card['url']}" for card in slots.get("cards", ()) if card["type"] in ("link", "file")]
    return "\n".join((fill(answer, values), *links))


def _value(name: str, value: Any, now: datetime) -> str:
    match value:
        case datetime():
            if name == "预计送达":
                return wording.say_day(value, now)
            return wording.say_instant(value, now) + ("前" if name in ("发货时间", "承诺发货时间") else "")
        case Money():
            return f"{value.spoken} 元"
        case Order():
            return _order(value)["order_status"]
        case Refund():
            return wording.say_refund_status(value.status)
    return str(value)


def _order(order: Order) -> dict[str, str]:
    title = wording.short(order.items[0].title) if order.items else f"尾号{order.id[-6:]}"
    if len(order.items) > 1:
        title += f"等{len(order.items)}件"
    return {"order_title": title, "order_status": wording.say_order_status(order.status, order.raw_status)}


def _shipment(shipment: Shipment, now: datetime) -> dict[str, str]:
    words = {"carrier": shipment.carrier, "waybill_no": shipment.waybill_no, "last_text": "", "last_at": ""}
    if shipment.traces:
        last = shipment.traces[-1]
        words["last_text"], words["last_at"] = last.text.rstrip("。"), wording.say_scan(last.at, now)
    return words


def _derived(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    words: dict[str, str] = {}
    if "measures" in slots:
        words["measures"] = wording.say_measures(slots["measures"])
    if "because" in slots:
        words["because"] = wording.say_body(slots["because"])
    if "by_measure" in slots:
        words |= say_fit(slots)
    if "people" in slots:
        words["people"] = "；".join(map(say_person, slots["people"]))
    if "upto" in slots:
        words["upto"] = say_upto(slots["upto"])
    if slots.get("beyond"):
        words["beyond"] = say_beyond(slots["beyond"])
    if "rows" in slots:
        rows = slots["rows"]
        words["rows"] = (
            wording.say_chart(rows)
            if rows and isinstance(rows[0], dict)
            else "\n".join(f"{key}：{' ｜ '.join(values)}" for key, *values in rows)
        )
    if "compared" in slots:
        words["compared_words"] = "、".join(f"「{wording.short(title)}」" for title in slots["compared"])
    if "facts" in slots:
        words["facts"] = "；".join(say_fact(key, value) for key, value in slots["facts"]) + "。"
        if slots.get("missed"):
            words["facts"] += f"「{slots['missed']}」这点资料里没写。"
    if "titles" in slots:
        words["titles"] = "、".join(slots["titles"])
    title, code, payable, for_new = slots.get("claim") or ("", "", None, False)
    first = "头一次下单的话，" if for_new else ""
    words["claim_note"] = f"\n{first}再领「{title}」（券码 {code}），下单付 {payable.spoken} 元。" if payable else ""
    words["short_note"] = f"\n这会儿{slots['short']}，这么多要等补货。" if slots.get("short") else ""
    out = slots.get("out_of_stock")
    words["out_note"] = f"，{wording.say_list(out)}暂时没货" if out else ""
    words["gift_note"] = f"，另外{'、'.join(slots['gifts'])}" if slots.get("gifts") else ""
    for name in ("dear", "cheap"):
        if name in slots:
            words[f"{name}_short"] = wording.short(slots[name])
    if slots.get("better"):
        words["better"] = f"{slots['better']}。"
    words["offers_note"] = f"（{'、'.join(slots['offers_used'])}）" if slots.get("offers_used") else ""
    wished, is_less = slots.get("wished") or (None, False)
    over = f"比您说的 {wished.spoken} 元还低，直接拍就行。" if wished else ""
    less = f"{wished.spoken} 元我这边定不了。" if wished else ""
    less += "想再谈的话说一声「转人工」，我请同事给您报。" if slots.get("may_ask") else ""
    words["wished_note"] = less if is_less else over
    if "amounts" in slots:
        words["amounts"] = "\n".join(
            f"· {called}：到手 {price} 元{'（' + '、'.join(titles) + '）' if titles else ''}"
            for called, price, titles in slots["amounts"]
        )
    if "deposits" in slots:
        words["deposits"] = "\n".join(
            f"· {called + '：' if called else ''}现在付定金 {now_} 元，尾款 {rest} 元，一共 {total} 元"
            for called, now_, rest, total in slots["deposits"]
        )
    if "colors" in slots:
        words["colors"] = wording.say_list(slots["colors"], 10)
        out = slots.get("sold_out")
        words["sold_out_note"] = f"，{wording.say_list(out, 10)}暂时没货" if out else ""
    if "specs" in slots:
        words["specs"] = wording.say_list(slots["specs"])
        words["all"] = "都" if len(slots["specs"]) > 1 else ""
    if "products" in slots:
        words["products"] = "\n".join(f"· {title}" for _, title in slots["products"])
    if "picks" in slots:
        picks = enumerate(slots["picks"], start=1)
        words["picks"] = "\n".join(f"{n}. {wording.short(t)}，{price} 元：{why}" for n, (t, price, why) in picks)
    if "offers" in slots:
        words["offers"] = _offers(slots["offers"])
    if "offered" in slots:
        words["offered"] = _offered(slots["offered"], "wish" in slots and ("back" in slots or "asks" in slots))
    if "arrival" in slots:
        arrival = slots["arrival"]
        words["arrival_note"] = f"预计{wording.say_day(arrival, now)}送到" if arrival else "到达时间还说不准"
    if "opens_at" in slots:
        words["away"] = _off_duty(slots["opens_at"], now)
    if "product" in slots and isinstance(slots["product"], Product):
        words["price_note"] = f"，{slots['price'].spoken} 元起" if slots.get("price") else ""
    return words


def _off_duty(opens_at: datetime | None, now: datetime) -> str:
    if opens_at is None:  # no opening is in sight
        return "人工这会儿都不在，回来会先处理您这边"
    return f"人工{wording.say_scan(opens_at, now)}上班，会先处理您这边"


def _offers(offers: list[Any]) -> str:
    return "\n".join(f"· {title}{'：' + detail if detail else ''}" for title, detail in offers)


def _offered(offered: list[str], in_sentence: bool) -> str:
    if not offered:
        return "" if in_sentence else "暂时都没货"
    return f"，现在有货的是{wording.say_list(offered)}" if in_sentence else wording.say_list(offered)
