"""Words for what is asked, done and computed (办理与算价的措辞): options, dates, freight, what can be done now.

Addresses are spoken to the city only: the buyer has just written the rest himself, it need not stand there twice.
"""

import re
from datetime import date, datetime
from typing import Any

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.money import Money
from xiaoer.slices.replies.rules import wording
from xiaoer.slices.replies.rules.stacking import say_stacking

_AREA = re.compile(r"^.{2,20}?(?:[区县旗]|市(?!.{0,6}[区县旗]))")
_TOWN = 4  # characters of an address without 区 or 县 that are read back (广州天河…)
_NEXT = {"return": "要退", "exchange": "要换", "refund_only": "要退款", "repair": "要修", "resend": "要补发"}
_NEXT |= {"cancel": "要取消", "change_address": "要改地址", "note": "要加备注", "change_item": "要改"}
_GOALS = {"return": "退货退款", "exchange": "换货", "refund_only": "退款"}


def speak_matter(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    """The derived words of an act's slots; only those whose values are there."""
    words: dict[str, str] = {}
    for name, speaker in _SPEAKERS.items():
        if name in slots:
            words |= speaker(slots, now)
    return words


def _orders(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    """Orders as a list: title, end of the number, state, what was paid."""
    rows = []
    for number, (title, ending, status, raw, paid) in enumerate(slots["orders"], start=1):
        state = wording.say_order_status(status, raw)
        cost = paid if isinstance(paid, str) else f"{paid.spoken} 元"
        rows.append(f"{number}. {wording.short(title)}（尾号 {ending}）：{state}，{cost}")
    return {"orders": "\n".join(rows)}


def _options(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    lines = [f"{number}. {_shorter(title)}" for number, title in enumerate(slots["options"], start=1)]
    return {"options": "\n".join(lines)}


def _shorter(title: str) -> str:
    name, mark, rest = title.partition("（尾号")
    return f"{wording.short(name)}{mark}{rest}"


def _due(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    due = slots["due"]
    return {"due_note": f"，{wording.say_instant(due, now)}前处理" if due else ""}


def _eta(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    cutoff = slots.get("cutoff")
    return {
        "shipped_day": wording.say_day(slots["shipped"], now),
        "cutoff_note": f"（{cutoff} 前付款当天发）" if cutoff else "",
    }


_BY_THEN = {"no": "{}到不了。", "perhaps": "{}不一定能到。", "yes": "{}应该能到。"}


def _road(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    low, high = slots["days_low"], slots["days_high"]
    days = f"{low} 天" if low == high else f"{low}–{high} 天"
    basis = f"（最近 {slots['parcels']} 单的情况）" if slots["parcels"] else ""
    words = {"road_note": f"{'（按您上次的收货地）' if slots['guessed'] else ''}路上一般 {days}{basis}"}
    if "first" in slots:
        hoped, comes = slots.get("hoped") or ("", "")
        words["soon_note"] = _BY_THEN[comes].format(hoped) if hoped else ""
        first, last = wording.say_day(slots["first"], now), wording.say_day(slots["last"], now)
        words["arrival_days"] = first if first == last else f"{first}到{last}"
    return words


def _buy(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    price = slots["price"]
    return {
        "buy_note": f"现在 {price.spoken} 元起" if price else "可以直接拍",
        "link_note": f"：{slots['link']}" if slots["link"] else "",
    }


def _goods(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    """Of an order with several lines, the ones that it is about."""
    titles = "、".join(wording.short(title) for title in slots["goods"])
    titles += f" {slots['pieces']} 件" if titles and slots.get("pieces") else ""
    return {"order_title": titles, "of_goods": f"「{titles}」"} if titles else {"of_goods": ""}


_KINDS = {
    "cancel": "取消订单",
    "change_address": "改地址",
    "note": "加备注",
    "redirect": "联系快递",
    "after_sale": "售后申请",
    "withdraw": "撤销售后",
    "restock": "到货提醒",
    "claim": "领券",
    "urge": "登记加急",
    "hasten": "催快递",
}


def _also(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    return {"also_words": _KINDS.get(slots["also"], "刚才说的另一件事")}


def _next_kind(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    return {"next_words": _NEXT.get(slots.get("goal", "") or slots["next_kind"], "的售后")}


def _visit(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    return {"visit_words": "安装" if slots["visit"] == "install" else "维修"}


def _by(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    by = slots["by"]
    if by is None:
        return {"by_note": ""}
    return {
        "by_note": f"，最晚{wording.say_day(by, now)}有结果" if by > now else "，已经超过时限，可以说「转人工」催一下"
    }


def _limit(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    limit = slots["limit"]
    if not isinstance(limit, date):
        return {"limit": "期限"}
    noon = datetime(limit.year, limit.month, limit.day, 12, tzinfo=SHOP_ZONE)
    return {"limit": wording.say_day(noon, now)}


def _signed(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    signed = slots["signed"]
    return {"signed_day": wording.say_day(datetime(signed.year, signed.month, signed.day, 12, tzinfo=SHOP_ZONE), now)}


def _new_address(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    area = _AREA.match(slots["new_address"])
    place = f"{area.group() if area else slots['new_address'][:_TOWN] + '…'}（门牌按您写的）"
    contact = ""
    if slots.get("new_receiver"):
        contact += f"，收件人 {slots['new_receiver'][:1]}**"
    if slots.get("new_phone"):
        contact += f"，电话 {slots['new_phone'][:3]}****{slots['new_phone'][-4:]}"
    return {"new_place": place, "new_contact": contact}


def _freight(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    if slots["freight"] == "seller":
        return {"freight_words": "寄回的运费我们出"}
    insured = "，运费险能赔多少以保单页面为准" if slots.get("insurance") else ""
    return {"freight_words": f"不是质量问题，寄回的运费要您先付{insured}"}


def _goal(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    goal = slots["goal"]
    address = slots.get("return_address")
    if goal == "refund_only":
        send = "货不用寄回，通过后钱原路退回。"
    elif address:
        send = f"通过后寄到：{address}，寄出后把运单号填到售后页。"
    else:
        send = "通过后售后页会显示退货地址，请按那个寄，先别寄出。"
    return {"goal_words": _GOALS.get(goal, "售后"), "send_words": send}


def _wish(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    wish = slots["wish"]
    return {"wish_words": f"换成「{wish}」" if wish else "换一件同样的"}


def _reason(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    third = {"少件": "补发", "错发": "补发"}
    return {"third": third.get(slots["reason_words"], "别的处理")}


def _back(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    status = str(slots["back"] or "")
    return {"back_words": wording.ORDER_STATUS.get(status) or wording.say_refund_status(status or "处理中")}


def _refund_words(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    refund = slots["refund"]
    return {"refund_sum": f"，金额 {refund.amount.spoken} 元" if refund is not None and refund.amount.fen else ""}


def _return_address(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    address = slots["return_address"]
    return {"return_words": f"到：{address}" if address else "，地址在售后页"}


def _offered_list(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    offered = slots["offered_list"]
    return {"offered_words": f"，有货的是{wording.say_list(offered)}" if offered else "，别的也都没货"}


def _swaps(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    return {"swap_words": "；".join(f"「{wording.short(title)}」{words}" for title, words in slots["swaps"])}


def _tax(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    return {"tax_words": f"，税号 {slots['tax_no']}" if slots["tax_no"] else ""}


def _late_rule(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    return {"late_rule": f"按店里的规则：{slots['late_rule']}" if slots["late_rule"] else ""}


def _held(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    lines = []
    for title, until, state in slots["held"]:
        end = (
            f"（{wording.say_end(until, now)}到期{'，还没到使用时间' if state == 'not_yet' else ''}）" if until else ""
        )
        lines.append(f"· {title}{end}")
    return {"held_words": "\n".join(lines)}


def _claimable(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    lines = [
        f"· {title}，券码 {code}{f'，{wording.say_end(until, now)}截止' if until else ''}"
        for title, until, code in slots["claimable"]
    ]
    head = "\n还可以领：\n" if lines and slots.get("held") else ""
    offer = "\n要我帮您领的话，说一声「帮我领」就行。" if lines and slots.get("may_give") else ""
    return {"claim_words": head + "\n".join(lines) + offer}


def _counted(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    told = [f"「{title}」减 {amount.spoken} 元" for title, amount in slots["counted"] if amount.fen]
    return {"counted_words": "、".join(told), "counted_note": f"已经用上的是{'、'.join(told)}。" if told else ""}


def _now_what(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    price, gap = slots.get("now_price"), slots.get("now_gap")
    spoken = price.spoken if isinstance(price, Money) else ""
    saved = gap.spoken if isinstance(gap, Money) else ""
    words = {
        "unpaid_cheaper": f"这单还没付款，关掉重拍现在到手 {spoken} 元，能省 {saved} 元。",
        "unpaid_same": f"现在重拍到手 {spoken} 元，没有更便宜，直接付这单就行。",
        "paid_cheaper": f"还没发货，来得及：取消重拍到手 {spoken} 元，能省 {saved} 元，要的话说「取消订单」。",
        "paid_same": f"还没发货可以改，不过现在重拍到手 {spoken} 元，没有更便宜，不建议折腾。",
        "sent": "这单已经发出，价格改不了了。",
        "protect_unsent": f"还没发货，不用取消重拍：符合价保，可以退差价 {saved} 元，要的话说「申请价保」。",
        "protect": f"符合价保，可以退差价 {saved} 元，要的话说「申请价保」。",
        "unknown": "",
    }
    return {"now_words": words.get(slots["now_what"], "")}


def _explanation(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    return {"explanation": slots["explanation"]}


def _reached(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    titles = slots["titles"]
    return {"reached": f"，{'、'.join(titles)}都用上了" if titles else ""}


_SPEAKERS = {
    "stacking": say_stacking,
    "options": _options,
    "orders": _orders,
    "due": _due,
    "by": _by,
    "limit": _limit,
    "signed": _signed,
    "new_address": _new_address,
    "freight": _freight,
    "goal": _goal,
    "wish": _wish,
    "reason_words": _reason,
    "back": _back,
    "refund": _refund_words,
    "return_address": _return_address,
    "offered_list": _offered_list,
    "tax_no": _tax,
    "swaps": _swaps,
    "late_rule": _late_rule,
    "held": _held,
    "claimable": _claimable,
    "counted": _counted,
    "now_what": _now_what,
    "explanation": _explanation,
    "titles": _reached,
    "shipped": _eta,
    "days_low": _road,
    "link": _buy,
    "visit": _visit,
    "also": _also,
    "goods": _goods,
    "next_kind": _next_kind,
}
