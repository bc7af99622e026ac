"""What a quote says in Chinese: the printed calculation, and why a promotion does not count."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.types import Applied, Level, Quote

_NAME = 16  # letters of a title in a bill
_SOON = timedelta(days=30)  # an end further off is told to nobody
_REASONS = {
    "disabled": "活动已停用",
    "not_started": "活动{at}才开始",
    "ended": "活动已在{at}结束",
    "channel": "这个渠道不参加",
    "audience": "只限指定会员或新客使用",
    "user_limit": "每人可用次数已经用完",
    "budget_exhausted": "活动名额已经用完",
    "out_of_scope": "购物车里没有参加活动的商品",
    "below_threshold": "还差{gap}",
    "line_taken": "商品已参加另一个不能同享的活动",
    "lower_price_exists": "商品已按更低的价格计算",
    "not_best": "不能同时使用，已为您选了更省的",
    "nothing_left": "金额已经抵完，用不上了",
    "not_held": "还没有领这张券",
    "coupon_used": "这张券已经用过",
    "coupon_not_started": "这张券{at}起才能用",
    "coupon_expired": "这张券已在{at}过期",
    "coupon_unknown": "没有找到这张券",
    "add_on_open": "已满足条件，可以加{gap}换购",
}


def say_instant(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """「6月18日20:00」 in the shop's zone; with the year when it is another than that of `now`."""
    local = at.astimezone(zone)
    year = f"{local.year}年" if now is not None and now.astimezone(zone).year != local.year else ""
    return f"{year}{local.month}月{local.day}日{local.hour}:{local.minute:02d}"


def say_end(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """The last moment before an end: 「12月6日24:00」 of what is over at midnight, so that nobody comes on the 7th."""
    local = at.astimezone(zone)
    if (local.hour, local.minute) != (0, 0):
        return say_instant(at, zone, now)
    return say_instant(at - timedelta(minutes=1), zone, now).removesuffix("23:59") + "24:00"


def say_gap(gap: Money | None, gap_pieces: int | None) -> str:
    if gap is not None:
        return f"{gap.spoken}元"
    return f"{gap_pieces}件" if gap_pieces is not None else "一些条件"


def say_reason(reason: str, gap: Money | None, gap_pieces: int | None, at: datetime | None, zone: ZoneInfo) -> str:
    """One clause: why a promotion does not count."""
    shown = (say_end if reason == "ended" else say_instant)(at, zone) if at else "之前"
    return _REASONS[reason].format(at=shown, gap=say_gap(gap, gap_pieces))


def _minus(amount: Money) -> str:
    return f"-{amount.yuan}" if amount.fen else amount.yuan


def _say_applied(entry: Applied) -> str:
    mark = "用券" if entry.coupon_id else ""
    return (
        f"{mark}「{entry.title}」：{_minus(entry.amount)}" if entry.amount.fen else f"{mark}「{entry.title}」：已满足"
    )


def explain(quote: Quote, zone: ZoneInfo, now: datetime, *, freight_known: bool = True) -> str:
    """The calculation, line by line; amounts in yuan with two places. Not `freight_known`: the shop has told nothing of
    freight, so none is said to be free."""
    bought = [line for line in quote.lines if not line.gift]
    rows = [f"{line.title or line.variant_id} ×{line.quantity}：{line.base.yuan}" for line in bought]
    rows += _say_level(quote.applied, (Level.ITEM,))
    rows.append(f"商品小计：{Money(sum(line.item_total.fen for line in bought)).yuan}")
    rest = (Level.SHOP_ACTIVITY, Level.SHOP_COUPON, Level.PLATFORM, Level.ASSET, Level.PAYMENT)
    rows += _say_level(quote.applied, rest)
    rows += [
        f"{'赠品' if line.paid.fen == 0 else '换购'} {line.title} ×{line.quantity}：{line.paid.yuan}"
        for line in quote.lines
        if line.gift
    ]
    rows.append(f"商品实付：{quote.goods_payable.yuan}")
    rows.append(f"运费：{quote.freight.yuan}" if freight_known else "运费：以下单页为准")
    freight = [entry for entry in quote.applied if entry.level is Level.FREIGHT]
    if freight:
        rows[-1] += f"（{'，'.join(f'{entry.title}，省{entry.amount.yuan}' for entry in freight)}）"
    rows.append(f"应付{'' if freight_known else '（不含运费）'}：{quote.payable.yuan}")
    if quote.presale:
        plan = quote.presale
        rows.append(f"其中定金 {plan.deposit.yuan}，尾款 {plan.balance.yuan}")
        if plan.balance_starts_at:
            rows[-1] += f"，{say_instant(plan.balance_starts_at, zone, now)}开始付尾款"
    if quote.valid_until:
        rows.append(f"以上价格到{say_end(quote.valid_until, zone, now)}前有效")
    return "\n".join(rows)


def bill(quote: Quote, zone: ZoneInfo, now: datetime, *, freight_known: bool) -> str:
    """The calculation as it is told in a talk: what the goods cost, what comes off, what is paid; nothing twice.
    `freight_known` as for `explain`."""
    bought = [line for line in quote.lines if not line.gift]
    rows = [f"{_short(line.title or line.variant_id)} ×{line.quantity}：{line.base.yuan}" for line in bought]
    told = [replace(entry, title=tier_told(entry)) for entry in quote.applied if entry.level is not Level.FREIGHT]
    rows += map(_say_applied, told)
    rows += [
        f"{'赠品' if line.paid.fen == 0 else '换购'} {line.title} ×{line.quantity}：{line.paid.yuan}"
        for line in quote.lines
        if line.gift
    ]
    rows.append(f"运费：{quote.freight.yuan}" if freight_known else "运费：以下单页为准")
    rows.append(f"应付{'' if freight_known else '（不含运费）'}：{quote.payable.yuan}")
    if quote.presale:
        rows.append(f"其中定金 {quote.presale.deposit.yuan}，尾款 {quote.presale.balance.yuan}")
        if quote.presale.balance_starts_at:
            rows[-1] += f"，{say_instant(quote.presale.balance_starts_at, zone, now)}开始付尾款"
    ends = [entry.ends_at for entry in quote.applied if entry.ends_at and entry.level is not Level.FREIGHT]
    if ends and min(ends) - now <= _SOON:
        rows.append(f"这个价到{say_end(min(ends), zone, now)}")
    return "\n".join(rows)


def tier_told(entry: Applied) -> str:
    """The title of an offer; of one with several steps (满199减15，满299减30) only the step that counted."""
    rate = 10 - entry.amount.fen * 10 / entry.base.fen if entry.base.fen else 0.0
    wanted = (f"满\\d+减{re.escape(entry.amount.spoken)}", f"\\d件{rate:g}折")
    steps = [part for part in entry.title.split("，") if any(re.search(f"{one}$", part) for one in wanted)]
    return steps[0] if len(steps) == 1 else entry.title


def _short(title: str) -> str:
    """A long title cut, its spec kept whole."""
    name, mark, spec = title.partition("（")
    return f"{name if len(name) <= _NAME else name[: _NAME - 1] + '…'}{mark}{spec}"


def _say_level(applied: Sequence[Applied], levels: Sequence[Level]) -> list[str]:
    return [_say_applied(entry) for entry in applied if entry.level in levels]
