"""Industry default packs (行业默认知识): general rules worded for buyers, each with its layer and article.

They are off until the shop confirms them. Switched on, a rule is an ordinary entry with the id `pack.<rule>` that the
shop may edit."""

import tomllib
from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct, convert

from xiaoer.kernel.terms import Terms
from xiaoer.slices.knowledge.types import EntryDraft

Layer = Literal["law", "platform", "shop"]
# a rule that stands on a promise of the shop: whether it is made, and what to do when it is not
_NEEDS: dict[str, tuple[Callable[[Terms], bool], str]] = {
    "price_protect": (lambda terms: terms.price_protect_days > 0, "店铺规则里没有开价保，先在“规则”里填价保天数。"),
    "no_price_protect": (lambda terms: terms.price_protect_days == 0, "店铺规则里开了价保，这一条就不对了。"),
    "freight_insurance": (lambda terms: terms.freight_insurance, "店铺规则里没有送运费险，先在“规则”里打开。"),
}


class PackRule(Struct, frozen=True):
    """One rule of a pack. `needs` names a promise without which it may not be said; `only` a category of goods."""

    id: str
    question: str
    answer: str
    article: str
    similar: tuple[str, ...] = ()
    layer: Layer = "law"
    since: str = ""
    needs: str = ""
    only: str = ""

    @property
    def entry_id(self) -> str:
        return f"pack.{self.id}"


class Pack(Struct, frozen=True):
    """Rules that belong together."""

    id: str
    title: str
    rules: tuple[PackRule, ...]


def parse_pack(id_: str, text: str) -> Pack:
    """A pack from its TOML text.

    Raises:
        ValueError: a rule is written wrong; a test over the shipped packs excludes it.
    """
    data: dict[str, Any] = tomllib.loads(text)
    rules = tuple(convert(row, PackRule) for row in data["entry"])
    unknown = {rule.needs for rule in rules} - {"", *_NEEDS}
    if unknown:
        raise ValueError(f"Pack {id_} needs {', '.join(unknown)}, which nobody promises.")
    return Pack(id_, data["title"], rules)


def why_not(rule: PackRule, terms: Terms) -> str:
    """Why a rule may not be switched on in a shop with these terms; "" when it may."""
    if not rule.needs:
        return ""
    holds, advice = _NEEDS[rule.needs]
    return "" if holds(terms) else advice


def draft_of(rule: PackRule, pack: Pack) -> EntryDraft:
    """The entry that a rule becomes."""
    source = {"kind": "pack", "pack": pack.id, "layer": rule.layer, "article": rule.article, "since": rule.since}
    return EntryDraft(
        rule.question,
        rule.answer,
        rule.similar,
        category=pack.title,
        product_category=rule.only,
        source={name: value for name, value in source.items() if value},
    )
