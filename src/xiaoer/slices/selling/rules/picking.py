"""What is recommended (推荐): safe for whom it is for, in stock, not owned; varied; each with its reason."""

import re
from collections.abc import Collection, Sequence

from xiaoer.kernel.audiences import AUDIENCES
from xiaoer.kernel.commerce import Product, Taste
from xiaoer.slices.selling.rules.greeting import in_categories
from xiaoer.slices.selling.rules.measures import reaches
from xiaoer.slices.selling.rules.narrowing import narrow
from xiaoer.slices.selling.rules.safety import facts_of, fits_age, is_free_of, is_safe, suits_sex
from xiaoer.slices.selling.types import Candidate, Limits, PickRules

_NO_PRAISE = re.compile(
    r"不|别|勿|禁|忌|慎|无|没|少[吃喝用]|过敏|提示|注意|以下|含麸|医生|先|请|建议|避免|除外|[吗么]$|^(?:是|否|可以?|能)$"
)
# true, but no reason to buy
_SAYS_LITTLE = re.compile(
    r"方法|用法|吃法|步骤|含量|容量|重量|保质期|产地|备案|清单|日期|储存|品类|发票|质保|标准|[吗么不]"
)
_EMPTY = frozenset(" ，,。的了不要给我你他她太吗呢吧么有没是在也都就还能会可以想买点个啥什送人")
_PLAIN_YES = re.compile(r"(?:是|可以?|能)[吃用喝穿]?$|适合$|可[吃用喝]$")
_FOR = re.compile(r"适用|适合|功能|功效|用途|场景|特点|卖点|噪音")
_ALIKE = 0.4  # share of the pairs of characters of two titles from which they name the same thing
_PARTS = 2  # reasons told of one pick
_ANY = Taste()
_LONGEST = 16  # characters of a clause that is told as a reason; a longer one is left out, never cut


def choose_picks(
    candidates: Sequence[Candidate],
    rules: PickRules,
    limits: Limits,
    owned: Collection[str],
    limit: int,
    by_title: bool = False,
    taste: Taste = _ANY,
) -> tuple[Candidate, ...]:
    """The best allowed candidates in their order, first of as many categories as there are; `by_title`: first of as
    many different things, whatever their category. Those that say less of what was told (`taste`) are left out. With a
    total, as many as it pays for together."""
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
    # what the shop puts first, then what says that it is for her before what only says nothing against it
    allowed.sort(key=lambda c: (c.product.id not in rules.first_products, not _is_for(c.product, limits.audiences)))
    made = [c for c in allowed if limits.audiences and _is_for(c.product, limits.audiences)]
    allowed = narrow(made or allowed, taste)
    chosen: list[Candidate] = []
    for fresh in (True, False):
        for candidate in allowed:
            if (
                len(chosen) < limit
                and candidate not in chosen
                and (not fresh or not any(_is_same_sort(candidate, one, by_title) for one in chosen))
                and (limits.total is None or sum((c.price for c in chosen), candidate.price) <= limits.total)
            ):
                chosen.append(candidate)
    return tuple(sorted(chosen, key=allowed.index))


def _is_for(product: Product, audiences: Collection[str]) -> bool:
    words = [word for audience in audiences for word in AUDIENCES.get(audience, (audience,))]
    return any(word in text for word in words for text in (product.title, *product.tags))


def _is_same_sort(one: Candidate, other: Candidate, by_title: bool) -> bool:
    """Whether two goods are of one category; `by_title` only when their titles name much the same too."""
    if one.product.category != other.product.category:
        return False
    pairs, others = ({t[at : at + 2] for at in range(len(t) - 1)} for t in (one.product.title, other.product.title))
    return not by_title or len(pairs & others) >= _ALIKE * min(len(pairs), len(others))


def _is_allowed(product: Product, limits: Limits) -> bool:
    return (
        all(is_safe(product, audience) for audience in limits.audiences)
        and fits_age(product, limits.audiences, limits.age_years)
        and reaches(product, limits.measures)
        and suits_sex(product, limits.sex)
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


def reason_for(candidate: Candidate, need: str, limits: Limits, taste: Taste = _ANY) -> str:
    """Why this one, in one sentence, from its own facts: first for whom it is stated to be safe, then what the
    situation calls for, then the words of the need, then the price. A fact is told whole."""
    if candidate.why:
        return candidate.why
    product = candidate.product
    clauses = [(key, clause) for key, clause in facts_of(product) if len(clause) <= _LONGEST and clause]
    asked = f"{limits.color}色" * bool(limits.color) + f"{limits.size}码" * bool(limits.size)
    parts = [f"有{asked}" for _ in asked[:1]] + _stated(product.title, clauses, limits.audiences)
    for words in taste.fits:
        parts += _fitting(product, clauses, words, parts)[: max(0, _PARTS - len(parts))]
    told = [tag for tag in product.tags if any(word in tag for word in taste.likes) and tag not in " ".join(parts)]
    if told and len(parts) < _PARTS:
        parts.append("、".join(_spoken(tag) for tag in told[:2]))
    pairs = {need[at : at + 2] for at in range(len(need) - 1) if not _EMPTY & set(need[at : at + 2])}
    pairs = {pair for pair in pairs if re.fullmatch(r"[\u4e00-\u9fff]{2}", pair)} - {
        "合适",
        "适合",
        "推荐",
        "左右",
        "以内",
        "大概",
    }
    for key, clause in clauses:
        if len(parts) < _PARTS and _tells(key, clause, parts) and any(pair in clause for pair in pairs):
            parts.append(f"{key}：{clause}")
    tags = [tag for tag in product.tags if tag not in " ".join((*told, *parts)) and any(pair in tag for pair in pairs)]
    if tags and len(parts) < _PARTS:
        parts.append(_spoken(tags[0]))
    if limits.most is not None and len(parts) < _PARTS:
        bound = f"在您说的 {limits.most.spoken} 元以内" if limits.told is None else f"{limits.told.spoken} 元左右"
        parts.append("比刚才那几款便宜" if limits.cheaper else bound)
    if not parts and product.tags:
        parts.append("主打" + "、".join(product.tags[:2]))
    return "，".join(parts) or f"{product.category.split('/')[-1] or '同类'}里最贴近您说的"


def _stated(title: str, clauses: Sequence[tuple[str, str]], audiences: Collection[str]) -> list[str]:
    """What the product states for each audience (标明敏感肌可用)."""
    parts = []
    for audience in audiences:
        words = AUDIENCES.get(audience, (audience,))
        named = [(key, clause) for key, clause in clauses if any(word in f"{key}{clause}" for word in words)]
        fits = next(((key, clause) for key, clause in named if not _NO_PRAISE.search(clause)), None)
        if fits is not None and not fits[0] and fits[1] == title:
            parts.append(f"名字里就写明{next(word for word in words if word in title)}用")
        elif fits is not None:
            key, clause = fits
            parts.append(f"标明{clause}" if any(word in clause for word in words) else f"标明{key}：{clause}")
        elif any(_PLAIN_YES.match(clause) for key, clause in named if any(word in key for word in words)):
            parts.append(f"标明{audience}可用")
    return parts[:_PARTS]


def _fitting(
    product: Product, clauses: Sequence[tuple[str, str]], fits: Sequence[str], parts: Sequence[str]
) -> list[str]:
    """What of the product suits the situation: a tag, a fact, or the word of its title that says so."""
    said = " ".join(parts)
    for word in fits:
        tag = next((tag for tag in product.tags if word in tag and tag not in said), "")
        fact = next((f"{k}：{c}" for k, c in clauses if _FOR.search(k) and word in c and _tells(k, c, parts)), "")
        if tag or fact:
            return [_spoken(tag) if tag else fact]
    word = next((word for word in fits if len(word) > 1 and word in product.title and not _shares(word, said)), "")
    return [f"主打{word}"] if word else []


def _shares(word: str, said: str) -> bool:
    return any(word[at : at + 2] in said for at in range(len(word) - 1))


def _tells(key: str, clause: str, parts: Sequence[str]) -> bool:
    """Whether a fact is a reason to buy, and none that was told already."""
    silent = not key or _SAYS_LITTLE.search(key) or _NO_PRAISE.search(clause) or clause in " ".join(parts)
    return not (silent or any(word in key for words in AUDIENCES.values() for word in words))


def _spoken(tag: str) -> str:
    """A tag as a reason: 送长辈 and 礼物 say what it is good for."""
    if tag in ("礼物", "送礼"):
        return "适合送礼"
    return f"适合{tag}" if tag.startswith("送") or tag == "长辈" else tag
