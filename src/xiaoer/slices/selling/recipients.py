"""Whom a wish is for (送给谁): what speaks for a product and what rules it out, as the industry pack writes it.

A wish names a person (我妈, 领导), an audience (宝宝) or a sort of goods (护肤品, 吃的); the pack's `recipients.toml`
says which words of titles, tags and categories that means. What the buyer himself asks for is never ruled out.
"""

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from xiaoer.kernel.commerce import Taste
from xiaoer.kernel.memory import Wish

_PACKS = Path(__file__).resolve().parents[2] / "packs"
_GIFT = ("送", "礼", "生日", "过节", "中秋", "过年")
_GIFT_LIKES = ("礼物", "送礼", "礼盒")


class Recipient(Struct, frozen=True):
    """People of one sort: entity values that name them, the words for them, and their taste. Those with `only` are
    named by their words too (给狗子买点吃的), and only goods with one of these are for them."""

    who: tuple[str, ...]
    said: tuple[str, ...]
    likes: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


class Recipients(Struct, frozen=True):
    """The whole table; `things` leads from a word for a sort of goods to words of such goods, `materials` from a word
    for what they are made of, `avoids` from what must not be in them to its words. Goods with words of `unasked` are
    for somebody particular, those of `pets` for animals: nobody is shown them who did not name them. `anybody` likes
    what most people like."""

    recipients: tuple[Recipient, ...] = ()
    unasked: tuple[str, ...] = ()
    pets: tuple[str, ...] = ()
    anybody: tuple[str, ...] = ()
    things: dict[str, tuple[str, ...]] = {}
    materials: dict[str, tuple[str, ...]] = {}
    avoids: dict[str, tuple[str, ...]] = {}

    def taste_of(self, wish: Wish) -> Taste:
        """What speaks for and against a product for this wish."""
        said = " ".join(wish.words)
        one = self._recipient(wish)
        likes = (one.likes if one else ()) + (_GIFT_LIKES if any(word in said for word in _GIFT) else ())
        ruled_out = one.never if one else () if wish.audience else self.unasked
        ruled_out = ruled_out if one and one.only else (*ruled_out, *self.pets)
        never = tuple(word for word in ruled_out if word not in said)
        never += tuple(word for term in wish.unliked for word in self.things.get(term, ()))
        unwanted = {*wish.bad, *wish.unliked}
        musts = [words for name, words in self.materials.items() if name in said and not _within(name, unwanted)]
        musts += [one.only] if one and one.only else []
        return Taste(tuple(dict.fromkeys(likes)), never, self._things(wish), tuple(musts), self._anybody(wish))

    def _anybody(self, wish: Wish) -> tuple[str, ...]:
        return self.anybody if wish.budget_yuan is not None else ()

    def groups_of(self, terms: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """The words of what must not be in it (酒精: 酒精, 乙醇), for each term."""
        return tuple(self._group(term) for term in terms)

    def _group(self, term: str) -> tuple[str, ...]:
        named = [words for name, words in self.avoids.items() if name in term]
        return tuple(dict.fromkeys(word for words in named for word in words)) or (term,)

    def need_of(self, wish: Wish) -> str:
        """The words of the wish that may be about goods: without those for the person and the sort of goods."""
        one = self._recipient(wish)
        text = " ".join(wish.words)
        for word in (*(one.said if one else ()), *self.things, *wish.bad, *wish.unliked):
            text = text.replace(word, " ")
        return text

    def _recipient(self, wish: Wish) -> Recipient | None:
        named = [wish.relation, *wish.audience]
        said = " ".join(wish.words)
        for one in self.recipients:
            if one.only and any(word in said for word in one.said):
                return one
        if not wish.relation and any(word in said for word in _GIFT):  # 送客户: nobody whom the words of the trade name
            named += [name for one in self.recipients if any(w in said for w in one.said) for name in one.who[:1]]
        return next((one for name in named for one in self.recipients if name and name in one.who), None)

    def _things(self, wish: Wish) -> tuple[str, ...]:
        """Of the sort that was named last."""
        unwanted = {*wish.bad, *wish.unliked}
        for words in reversed(wish.words):
            named = [name for name in self.things if name in words and not _within(name, unwanted)]
            found = [(words.rfind(name), self.things[name]) for name in named]
            if found:
                return max(found)[1]
        return ()


def _within(name: str, terms: Iterable[str]) -> bool:
    return any(name in term or term in name for term in terms)


@lru_cache(maxsize=4)
def recipients_of(pack: str = "ecommerce") -> Recipients:
    """The table of an industry pack; a pack without one knows no recipients."""
    path = _PACKS / pack / "recipients.toml"
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Recipients) if path.exists() else Recipients()
