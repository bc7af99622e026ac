"""What is recommended (推荐): safe for whom it is for, in stock, not owned; varied; each with its reason."""

import re
from collections.abc import Collection, Sequence

from xiaoer.kernel.commerce import Product
from xiaoer.slices.selling.rules.greeting import in_categories
from xiaoer.slices.selling.types import Candidate, PickRules

# audience -> the words for it in attributes; the spoken forms lead to the same audience
AUDIENCES: dict[str, tuple[str, ...]] = {
    "孕妇": ("孕妇", "孕期", "怀孕", "备孕", "准妈妈", "孕妈"),
    "哺乳期": ("哺乳",),
    "婴儿": ("婴儿", "宝宝", "新生儿", "婴幼儿", "奶娃"),
    "儿童": ("儿童", "小孩", "孩子"),
    "敏感肌": ("敏感肌", "敏感皮", "敏感皮肤", "敏皮", "过敏"),
}
_NOT_FOR = re.compile(r"禁用|慎用|不适合|不建议|不宜|不可用|不能用|不要用|别用|避免|勿用|除外|忌")
_ON_SKIN = ("美妆", "护肤", "个护", "彩妆", "母婴", "香")
_TAKEN_IN = ("美妆", "护肤", "个护", "食品", "保健", "母婴", "彩妆", "药", "饮", "零食", "酒", "香")
_AGED = ("酒", "咖啡因", "酒精", "视黄醇", "水杨酸", "A醇")
_WARNS = re.compile(rf"{_NOT_FOR.pattern}|过敏|提示|注意|不满|以下|含麸|是不是|能不能|会不会|吗$")
_EMPTY = frozenset(" ，,。的了不要给我你他她太吗呢吧么有没是在也都就还能会可以想买点个啥什送人")
_SAYS_NO = re.compile(r"(?:不要|别|不用|不想|不需要|停止|少)(?:再)?(?:给我)?(?:推荐|推销|安利|推|介绍)")


def audiences_in(text: str, named: Collection[str] = ()) -> tuple[str, ...]:
    """The audiences that words name and that need care."""
    found = [name for name, words in AUDIENCES.items() if any(word in text for word in words)]
    found += [name for name, words in AUDIENCES.items() for one in named if one in (name, *words)]
    return tuple(dict.fromkeys(found))


def is_safe(product: Product, audience: str) -> bool:
    """Whether a product may be recommended to an audience: never against its own words; what is eaten or put on the
    skin only when its attributes or tags say that it suits."""
    words = AUDIENCES.get(audience, (audience,))
    facts = [f"{key}：{value}" for key, value in product.attributes.items()] + [product.title, *product.tags]
    about = [fact for fact in facts if any(word in fact for word in words)]
    if any(_NOT_FOR.search(fact) for fact in about):
        return False
    text = " ".join(facts)
    if audience in ("孕妇", "哺乳期", "婴儿", "儿童") and any(word in text for word in _AGED) and "不含" not in text:
        return False
    cared = _ON_SKIN if audience == "敏感肌" else _TAKEN_IN
    if any(word in product.category for word in cared):
        return bool(about)
    return True


def says_no(text: str) -> bool:
    """A clear no to recommendations (别推荐了)."""
    return _SAYS_NO.search(text) is not None


def choose_picks(
    candidates: Sequence[Candidate],
    rules: PickRules,
    audiences: Collection[str],
    owned: Collection[str],
    limit: int,
    max_fen: int | None = None,
) -> tuple[Candidate, ...]:
    """The best allowed candidates in their order, first of as many categories as there are."""
    allowed = [
        c
        for c in candidates
        if c.stock >= max(rules.least_stock, 1)
        and c.product.id not in owned
        and c.product.id not in rules.never_products
        and not in_categories(c.product.category, rules.never_categories)
        and (max_fen is None or c.price.fen <= max_fen)
        and earns_enough(c.product, rules)
        and all(is_safe(c.product, audience) for audience in audiences)
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
            ):
                chosen.append(candidate)
    return tuple(sorted(chosen, key=allowed.index))


def earns_enough(product: Product, rules: PickRules) -> bool:
    """Whether a product's margin allows recommending it; its own figure counts before that of a category, of which the
    narrowest counts. What is not known is allowed."""
    own = [margin.ratio for margin in rules.margins if margin.of == product.id]
    wider = [margin for margin in rules.margins if in_categories(product.category, (margin.of,))]
    known = own or [margin.ratio for margin in sorted(wider, key=lambda margin: -len(margin.of))]
    return not known or known[0] >= rules.least_margin


def reason_for(
    candidate: Candidate, need: str, audiences: Collection[str], max_fen: int | None, likes: Collection[str] = ()
) -> str:
    """Why this one, in one sentence, from its own facts; `likes` are words that speak for it."""
    if candidate.why:
        return candidate.why
    product, parts = candidate.product, []
    for audience in audiences:
        words = AUDIENCES.get(audience, (audience,))
        fact = next((v for v in (*product.attributes.values(), *product.tags) if any(w in v for w in words)), "")
        if fact:
            parts.append(f"标明{fact[:16]}")
    told = [tag for tag in product.tags if any(word in tag for word in likes)]
    if told and len(parts) < 2:
        parts.append("、".join(_spoken(tag) for tag in told[:2]))
    pairs = {need[at : at + 2] for at in range(len(need) - 1) if not _EMPTY & set(need[at : at + 2])}
    for key, value in product.attributes.items():
        praise = re.split("[，；。,;]", value)[0][:16]
        if len(parts) < 2 and any(pair in praise for pair in pairs) and not _WARNS.search(f"{key}{value}"):
            parts.append(f"{key}：{praise}")
    tags = [tag for tag in product.tags if tag not in " ".join((*told, *parts)) and any(pair in tag for pair in pairs)]
    if tags and len(parts) < 2:
        parts.append(_spoken(tags[0]))
    if max_fen is not None and len(parts) < 2:
        parts.append(f"在您说的 {max_fen // 100} 元以内")
    if not parts and product.tags:
        parts.append("主打" + "、".join(product.tags[:2]))
    return "，".join(parts) or f"{product.category.split('/')[-1] or '同类'}里最贴近您说的"


def _spoken(tag: str) -> str:
    """A tag as a reason: 送长辈 and 礼物 say what it is good for."""
    if tag in ("礼物", "送礼"):
        return "适合送礼"
    return f"适合{tag}" if tag.startswith("送") or tag == "长辈" else tag
