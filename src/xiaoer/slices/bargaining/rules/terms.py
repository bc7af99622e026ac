"""Which terms hold for a product, and which terms make no sense (议价条款)."""

from collections.abc import Sequence

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.money import ZERO
from xiaoer.slices.bargaining.types import Terms

_FULL = 10_000
_MOST_STEPS = 10


class InvalidTerms(XiaoerError):
    """The terms contradict themselves; `problems` are told in Chinese to the person who wrote them."""

    code = "invalid_terms"
    status = 422

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)


def terms_for(product: Product, terms: Sequence[tuple[str, Terms]]) -> tuple[str, Terms] | None:
    """The terms of a product: those that name it, then those of its category (the longest name), then the shop's.

    Within a kind the lower priority number comes first.
    """
    best: tuple[tuple[int, int, int, str], tuple[str, Terms]] | None = None
    for id_, entry in terms:
        rank = _rank(product, entry)
        if rank is None:
            continue
        key = (rank[0], rank[1], entry.priority, id_)
        if best is None or key < best[0]:
            best = (key, (id_, entry))
    return best[1] if best else None


def _rank(product: Product, terms: Terms) -> tuple[int, int] | None:
    if product.id in terms.products:
        return 0, 0
    inside = [c for c in terms.categories if c and _is_in(product.category, c)]
    if inside:
        return 1, -max(len(c) for c in inside)
    return (2, 0) if not terms.products and not terms.categories else None


def _is_in(category: str, wanted: str) -> bool:
    return category == wanted or category.startswith((f"{wanted}/", f"{wanted}>", f"{wanted} >"))


def check_terms(terms: Terms) -> None:
    """Refuse terms that contradict themselves.

    Raises:
        InvalidTerms: with every problem that was found.
    """
    problems = []
    if not 0 <= terms.floor_ratio <= _FULL:
        problems.append("底价比例要在 1 到 10000 之间（8 折写 8000）")
    if terms.floor is not None and terms.floor <= ZERO:
        problems.append("底价要大于 0")
    if terms.max_off is not None and terms.max_off < ZERO:
        problems.append("最多让利不能是负数")
    if len(terms.steps) > _MOST_STEPS or any(not 0 < step <= _FULL for step in terms.steps):
        problems.append(f"让利步骤最多 {_MOST_STEPS} 步，每步在 1 到 10000 之间")
    if any(a >= b for a, b in zip(terms.steps, terms.steps[1:], strict=False)):
        problems.append("让利步骤要一步比一步大")
    problems += _missing(terms)
    if terms.buyer_budget < ZERO or terms.day_budget < ZERO:
        problems.append("预算不能是负数")
    if len({gift.title for gift in terms.gifts}) != len(terms.gifts):
        problems.append("赠送的名称不能重复")
    problems += [f"赠送“{gift.title}”的成本不能是负数" for gift in terms.gifts if gift.cost < ZERO]
    problems += [
        f"赠送“{gift.title}”要选一张优惠券" for gift in terms.gifts if gift.kind == "coupon" and not gift.promotion_id
    ]
    if problems:
        raise InvalidTerms(problems)


def _missing(terms: Terms) -> list[str]:
    """What was left out, without which the terms would give away what nobody meant, or never anything."""
    limits = (terms.floor is not None, bool(terms.floor_ratio), terms.max_off is not None)
    if not any(limits):
        return ["最低能到多少还没填：“底价”“底价不低于现价的 %”“每件最多让”至少填一样；一分不让就在“每件最多让”填 0"]
    gives = bool(terms.gifts) or terms.max_off != ZERO
    if gives and not (terms.buyer_budget and terms.day_budget):
        return ["预算还没填：每位买家和每天最多让多少都要填，不填就一分也让不出去"]
    return []
