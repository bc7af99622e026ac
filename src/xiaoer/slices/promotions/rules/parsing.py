"""Promotions as a shop writes them (TOML, JSON) into `Promotion`s; every refusal is in plain Chinese.

`parse_promotions` reads all of them or none: an offer that is half understood is a wrong promise.
What is allowed but looks like a slip is named by `rules.review`.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import InvalidBody
from xiaoer.slices.promotions.rules.fields import Fields, Refused, choices, read_count, read_money, read_rate
from xiaoer.slices.promotions.rules.parts import (
    COUNTED,
    read_audience,
    read_coupon,
    read_gift,
    read_presale,
    read_scope,
)
from xiaoer.slices.promotions.types import (
    Benefit,
    Level,
    Promotion,
    Tier,
)

_LEVELS = {**choices(list(Level)), "cross_shop": Level.PLATFORM}
_PIECES = frozenset({Benefit.NTH_PIECE_RATE, Benefit.FIXED_PRICE})
_CUTS = frozenset({Benefit.AMOUNT_OFF, Benefit.PERCENT_OFF})
_ALLOWED: Mapping[Level, frozenset[Benefit]] = {
    Level.ITEM: _CUTS | {Benefit.FIXED_PRICE, Benefit.BUNDLE_PRICE, Benefit.PRESALE},
    Level.SHOP_ACTIVITY: frozenset(Benefit) - {Benefit.FREIGHT_OFF, Benefit.PRESALE},
    Level.SHOP_COUPON: _CUTS | {Benefit.NTH_PIECE_RATE, Benefit.FIXED_PRICE},
    Level.PLATFORM: _CUTS,
    Level.ASSET: _CUTS,
    Level.PAYMENT: _CUTS,
    Level.FREIGHT: frozenset({Benefit.FREIGHT_OFF}),
}


class InvalidPromotion(InvalidBody):
    """`problems` are the single refusals, in Chinese."""

    code = "invalid_promotion"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems[:20]))
        self.problems = tuple(problems)


def parse_promotions(data: Any, zone: ZoneInfo = SHOP_ZONE) -> list[Promotion]:
    """Read a list of promotions, or a table with the key `promotions`.

    Raises:
        InvalidPromotion: with every problem of every promotion.
    """
    rows = data.get("promotions", data.get("promotion")) if isinstance(data, Mapping) else data
    if not isinstance(rows, list | tuple):
        raise InvalidPromotion(['没有找到优惠：TOML 写 [[promotions]]，JSON 写 {"promotions": [...]}'])
    problems: list[str] = []
    parsed: list[Promotion] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        try:
            promotion = parse_promotion(row, zone, number)
        except InvalidPromotion as invalid:
            problems += invalid.problems
            continue
        if promotion.id in seen:
            problems.append(f"优惠“{promotion.id}”的 id：和前面的重复了，每个优惠要用不同的编号")
        seen.add(promotion.id)
        parsed.append(promotion)
    if problems:
        raise InvalidPromotion(problems)
    return parsed


def parse_promotion(row: Any, zone: ZoneInfo = SHOP_ZONE, number: int = 1) -> Promotion:
    """Read one promotion; `number` names it when it has no id.

    Raises:
        InvalidPromotion: with every problem of this promotion.
    """
    if not isinstance(row, Mapping):
        raise InvalidPromotion([f"第{number}个优惠：要写成一张表（名称 = 值）"])
    row = _flatten_benefit(row)
    name = row.get("id") or row.get("name")
    fields = Fields(row, f"优惠“{str(name)[:64]}”" if name else f"第{number}个优惠", [], zone)
    promotion = _read(fields)
    if promotion is not None:
        fields.close()
    if fields.problems or promotion is None:
        raise InvalidPromotion(fields.problems)
    return promotion


def _flatten_benefit(row: Mapping[str, Any]) -> dict[str, Any]:
    """`benefit = { kind = "percent_off", rate = 9000 }` means the same as the keys side by side."""
    flat = dict(row)
    if isinstance(flat.get("benefit"), Mapping):
        inner = dict(flat["benefit"])
        flat["benefit"] = inner.pop("kind", None)
        flat = {**inner, **flat}
    return flat


def _read(fields: Fields) -> Promotion | None:
    level: Level | None = fields.word("level", _LEVELS)
    benefit: Benefit | None = fields.word("benefit", choices(list(Benefit)))
    starts_at, ends_at = fields.instant("starts_at"), fields.instant("ends_at")
    for key in ("id", "level", "benefit", "starts_at", "ends_at"):
        if not fields.has(key):
            fields.refuse(key, "这一项必须写")
    if starts_at and ends_at and ends_at <= starts_at:
        fields.refuse("ends_at", "结束时间要晚于开始时间")
    if level and benefit and benefit not in _ALLOWED[level]:
        words = "、".join(sorted(_ALLOWED[level]))
        fields.refuse("benefit", f"{level} 这一层只能用 {words}，现在是 {benefit}")
    if level is None or benefit is None or starts_at is None or ends_at is None:
        return None
    piecewise = benefit in _PIECES and level is not Level.ITEM
    default = "pieces" if piecewise else "amount" if fields.has("tiers") else "none"
    threshold = fields.word("threshold", choices(("amount", "pieces", "none")), default)
    if piecewise and threshold != "pieces":
        fields.refuse("threshold", f"{benefit} 按件数计算，要写 pieces")
    tiers = _read_tiers(fields, benefit, threshold)
    nth = fields.count("nth", tiers[0].threshold if benefit is Benefit.NTH_PIECE_RATE and tiers else 2) or 2
    repeat = fields.flag("repeat", piecewise or benefit is Benefit.BUNDLE_PRICE)
    if repeat and benefit is Benefit.AMOUNT_OFF and threshold != "none" and any(t.threshold == 0 for t in tiers):
        fields.refuse("repeat", "每满减的门槛要大于 0")
    id_, title = fields.text("id", longest=64), fields.text("title")
    promotion = Promotion(
        id_,
        fields.text("name") or title or id_,
        level,
        benefit,
        starts_at,
        ends_at,
        title,
        tiers,
        threshold,
        (fields.names("channel") | fields.names("channels")) - {"all"},
        fields.count("priority", 100) or 0,
        fields.text("stack_group", longest=64),
        fields.count("max_per_order", None),
        fields.count("max_per_line", None),
        fields.names("excludes"),
        read_scope(fields),
        read_audience(fields),
        fields.word("base_mode", choices(("inherit", "parallel", "sequential")), "inherit"),
        fields.word("threshold_base", choices(("item_price", "goods_payable"))),
        repeat,
        fields.count("repeat_cap") or 0,
        fields.money("cap"),
        nth,
        fields.flag("same_sku_only"),
        read_gift(fields, benefit),
        read_presale(fields, benefit),
        fields.money("freight"),
        fields.count("per_user_limit") or 0,
        fields.count("per_order_limit") or 0,
        fields.money("budget_left"),
        read_coupon(fields),
        fields.flag("price_protected", True),
        fields.flag("enabled", True),
    )
    if benefit is Benefit.NTH_PIECE_RATE and nth < 2:
        fields.refuse("nth", "要从 2 起（第二件半价写 2）")
    if benefit is Benefit.BUNDLE_PRICE and len(promotion.scope.skus) < 2:
        fields.refuse("scope", "搭配价要在 skus 里写两个以上的 SKU")
    return promotion


def _read_tiers(fields: Fields, benefit: Benefit, threshold: str) -> tuple[Tier, ...]:
    rows = fields.raw("tiers")
    rate, amount = fields.rate("rate"), fields.money("amount")
    if rows is None:
        if rate is not None:
            return (Tier(0, rate),)
        if amount is not None:
            return (Tier(0, amount.fen),)
        if benefit in _CUTS or benefit in _PIECES or benefit is Benefit.BUNDLE_PRICE:
            fields.refuse("tiers", '要写成 [{ threshold = "300.00", benefit = "30.00" }] 这样的列表')
        return () if benefit not in COUNTED else (Tier(0, 1),)
    if not isinstance(rows, list | tuple) or not rows:
        fields.refuse("tiers", '要写成 [{ threshold = "300.00", benefit = "30.00" }] 这样的列表')
        return ()
    tiers: list[Tier] = []
    for number, row in enumerate(rows, 1):
        try:
            tiers.append(_read_tier(row, benefit, threshold, rate))
        except Refused as refused:
            fields.refuse(f"tiers 第{number}档", str(refused))
    steps = [tier.threshold for tier in tiers]
    if threshold != "none" and any(a >= b for a, b in pairwise(steps)):
        fields.refuse("tiers", "各档门槛要从低到高，不能重复")
    return tuple(tiers)


def _read_tier(row: Any, benefit: Benefit, threshold: str, rate: int | None) -> Tier:
    if isinstance(row, list | tuple) and len(row) == 2:
        row = {"threshold": row[0], "benefit": row[1]}
    if not isinstance(row, Mapping):
        raise Refused('要写成 { threshold = "300.00", benefit = "30.00" }')
    if unknown := set(row) - {"threshold", "benefit"}:
        raise Refused(f"不认识 {'、'.join(sorted(map(str, unknown)))}，只能有 threshold 和 benefit")
    step = row.get("threshold", 0)
    low = read_count(step) if threshold == "pieces" else read_money(step).fen
    value = row.get("benefit")
    if benefit in (Benefit.PERCENT_OFF, Benefit.NTH_PIECE_RATE):
        return Tier(low, read_rate(rate if value is None else value))
    if benefit in COUNTED:
        return Tier(low, read_count(1 if value is None else value))
    if benefit is Benefit.FREIGHT_OFF:
        return Tier(low, 0 if value is None else read_money(value).fen)
    if value is None:
        raise Refused("缺少 benefit（优惠多少）")
    money = read_money(value)
    if benefit is Benefit.AMOUNT_OFF and money.fen == 0:
        raise Refused("优惠金额要大于 0")
    return Tier(low, money.fen)
