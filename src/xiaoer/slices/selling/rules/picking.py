"""What is recommended (推荐): safe for whom it is for, in stock, not owned; varied; each with its reason."""

import re
from collections.abc import Collection, Sequence

from xiaoer.kernel.commerce import Product
from xiaoer.slices.selling.rules.greeting import in_categories
from xiaoer.slices.selling.rules.safety import AUDIENCES, facts_of, fits_age, is_free_of, is_safe
from xiaoer.slices.selling.types import Candidate, Limits, PickRules

_NO_PRAISE = re.compile(
    r"不|别|勿|禁|忌|慎|无|没|少[吃喝用]|过敏|提示|注意|以下|含麸|医生|先|请|建议|避免|除外|[吗么]$|^(?:是|否|可以?|能)$"
)
# true, but no reason to buy
_SAYS_LITTLE = re.compile(r"含量|容量|重量|保质期|产地|备案|清单|日期|储存|品类|发票|质保|标准|[吗么不]")
_EMPTY = frozenset(" ，,。的了不要给我你他她太吗呢吧么有没是在也都就还能会可以想买点个啥什送人")
_LONGEST = 16  # characters of a clause that is told as a reason; a longer one is left out, never cut


def choose_picks(
    candidates: Sequence[Candidate],
    rules: PickRules,
    limits: Limits,
    owned: Collection[str],
    limit: int,
) -> tuple[Candidate, ...]:
    """The best allowed candidates in their order, first of as many categories as there are. With a total, as many as
    it pays for together."""
    allowed = [
        c
        for c in candidates
        if c.stock >= max(rules.least_stock, 1)
        and c.product.id not in owned
        and c.product.id not in rules.never_products
        and not in_categories(c.product.category, rules.never_categories)
        and (limits.most is None or c.price <= limits.most)
        and earns_enough(c.product, rules)
        and _is_allowed(c.product, limits)
    ]
    allowed.sort(key=lambda c: c.product.id not in rules.first_products)
    chosen: list[Candidate] = []
    for fresh in (True, False):
        for candidate in allowed:
            used = {c.product.category for c in chosen}
            if (
                len(chosen) < limit
                and candidate not in chosen
                and (not fresh or candidate.product.category not in used)
                and (limits.total is None or sum((c.price for c in chosen), candidate.price) <= limits.total)
            ):
                chosen.append(candidate)
    return tuple(sorted(chosen, key=allowed.index))


def _is_allowed(product: Product, limits: Limits) -> bool:
    return (
        all(is_safe(product, audience) for audience in limits.audiences)
        and fits_age(product, limits.audiences, limits.age_years)
        and all(is_free_of(product, words, strictly=True) for words in limits.bad)
        and all(is_free_of(product, words, strictly=False) for words in limits.unliked)
    )


def earns_enough(product: Product, rules: PickRules) -> bool:
    """Whether a product's margin allows recommending it; its own figure counts before that of a category, of which the
    narrowest counts. What is not known is allowed."""
    own = [margin.ratio for margin in rules.margins if margin.of == product.id]
    wider = [margin for margin in rules.margins if in_categories(product.category, (margin.of,))]
    known = own or [margin.ratio for margin in sorted(wider, key=lambda margin: -len(margin.of))]
    return not known or known[0] >= rules.least_margin


def reason_for(candidate: Candidate, need: str, limits: Limits, likes: Collection[str] = ()) -> str:
    """Why this one, in one sentence, from its own facts; `likes` are words that speak for it. A fact is told whole."""
    if candidate.why:
        return candidate.why
    product, parts = candidate.product, []
    clauses = [(key, clause) for key, clause in facts_of(product) if len(clause) <= _LONGEST and clause]
    for audience in limits.audiences:
        words = AUDIENCES.get(audience, (audience,))
        fits = [(key, c) for key, c in clauses if any(w in f"{key}{c}" for w in words) and not _NO_PRAISE.search(c)]
        if fits:
            key, clause = fits[0]
            parts.append(f"标明{clause}" if any(word in clause for word in words) else f"标明{key}：{clause}")
    told = [tag for tag in product.tags if any(word in tag for word in likes) and tag not in " ".join(parts)]
    if told and len(parts) < 2:
        parts.append("、".join(_spoken(tag) for tag in told[:2]))
    pairs = {need[at : at + 2] for at in range(len(need) - 1) if not _EMPTY & set(need[at : at + 2])}
    pairs = {pair for pair in pairs if re.fullmatch(r"[\u4e00-\u9fff]{2}", pair)} - {"合适", "适合", "推荐"}
    for key, clause in clauses:
        silent = not key or _SAYS_LITTLE.search(key) or _NO_PRAISE.search(clause) or clause in " ".join(parts)
        silent = silent or any(word in key for words in AUDIENCES.values() for word in words)
        if len(parts) < 2 and not silent and any(pair in clause for pair in pairs):
            parts.append(f"{key}：{clause}")
    tags = [tag for tag in product.tags if tag not in " ".join((*told, *parts)) and any(pair in tag for pair in pairs)]
    if tags and len(parts) < 2:
        parts.append(_spoken(tags[0]))
    if limits.most is not None and len(parts) < 2:
        parts.append(f"在您说的 {limits.most.spoken} 元以内")
    if not parts and product.tags:
        parts.append("主打" + "、".join(product.tags[:2]))
    return "，".join(parts) or f"{product.category.split('/')[-1] or '同类'}里最贴近您说的"


def _spoken(tag: str) -> str:
    """A tag as a reason: 送长辈 and 礼物 say what it is good for."""
    if tag in ("礼物", "送礼"):
        return "适合送礼"
    return f"适合{tag}" if tag.startswith("送") or tag == "长辈" else tag
