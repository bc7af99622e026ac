"""The tables inside a written promotion: scope, audience, gift, presale, coupon."""

from xiaoer.kernel.money import ZERO
from xiaoer.slices.promotions.rules.fields import Fields, choices
from xiaoer.slices.promotions.types import Audience, Benefit, CouponTerms, Gift, Presale, Scope

COUNTED = frozenset({Benefit.GIFT, Benefit.ADD_ON})
_AUDIENCES = choices(("all", "new_customer", "member_tier", "tag"))


def read_scope(fields: Fields) -> Scope:
    """Which goods: a table, or `all`."""
    if isinstance(fields.raw("scope"), str):
        if fields.raw("scope") not in ("all", "shop"):
            fields.refuse("scope", '全店写 "all"，否则写成 { categories = ["服装"] }')
        return Scope()
    table = fields.table("scope", "scope")
    if table is None:
        return Scope()
    table.flag("all")
    keys = ("skus", "items", "categories", "sellers", "exclude_skus", "exclude_items", "exclude_categories")
    scope = Scope(*(table.names(key) for key in keys))
    table.close()
    return scope


def read_audience(fields: Fields) -> Audience:
    """Who may use it: a table, or one word."""
    if isinstance(fields.raw("audience"), str):
        return Audience(fields.word("audience", {"all": "all", "new_customer": "new_customer"}, "all"))
    table = fields.table("audience", "audience")
    if table is None:
        return Audience()
    kind = table.word("kind", _AUDIENCES, "all")
    values = table.names("tiers") | table.names("tags") | table.names("values")
    if kind in ("member_tier", "tag") and not values:
        table.refuse("tiers" if kind == "member_tier" else "tags", '要写出名称，如 ["金卡"]')
    table.close()
    return Audience(kind, values)


def read_gift(fields: Fields, benefit: Benefit) -> Gift | None:
    """The gift, or the goods of 加价购."""
    table = fields.table("gift", "gift") or fields.table("add_on", "add_on")
    if table is None:
        if benefit in COUNTED:
            fields.refuse("gift", '要写成 { title = "赠品名", quantity = 1 }')
        return None
    gift = Gift(
        table.text("title"),
        table.text("variant_id", longest=64),
        table.count("quantity", 1) or 1,
        table.money("value") or ZERO,
        table.money("price") or ZERO,
        table.count("left", None),
    )
    if not gift.title:
        table.refuse("title", "这一项必须写")
    if benefit is Benefit.ADD_ON and gift.price.fen == 0:
        table.refuse("price", '换购价要大于 0，写成 "9.90"')
    table.close()
    return gift


def read_presale(fields: Fields, benefit: Benefit) -> Presale | None:
    """The terms of a presale."""
    table = fields.table("presale", "presale")
    if table is None:
        if benefit is Benefit.PRESALE:
            fields.refuse("presale", '要写成 { deposit = "50.00", deposit_worth = "100.00" }')
        return None
    deposit = table.money("deposit") or ZERO
    terms = Presale(
        deposit,
        table.money("deposit_worth") or deposit,
        table.money("instant_off") or ZERO,
        table.money("price"),
        table.instant("balance_starts_at"),
        table.instant("balance_ends_at"),
        table.count("ship_within_hours", None),
    )
    if deposit.fen == 0:
        table.refuse("deposit", "定金要大于 0")
    if terms.deposit_worth < deposit:
        table.refuse("deposit_worth", "定金抵扣的金额不能少于定金")
    table.close()
    return terms


def read_coupon(fields: Fields) -> CouponTerms | None:
    """How its coupons are handed out; `true` for a promotion that simply needs one."""
    if fields.raw("coupon") is True:
        return CouponTerms()
    table = fields.table("coupon", "coupon")
    if table is None:
        return None
    terms = CouponTerms(
        table.text("code", longest=64),
        table.count("total", None),
        table.count("claimed") or 0,
        table.count("used") or 0,
        table.instant("valid_from"),
        table.instant("valid_to"),
    )
    if terms.valid_from and terms.valid_to and terms.valid_to <= terms.valid_from:
        table.refuse("valid_to", "结束时间要晚于开始时间")
    table.close()
    return terms
