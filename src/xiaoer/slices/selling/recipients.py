"""Whom a wish is for (送给谁): what speaks for a product and what rules it out, as the industry pack writes it.

A wish names a person (我妈, 领导), an audience (宝宝) or a sort of goods (护肤品, 吃的); the pack's `recipients.toml`
says which words of titles, tags and categories that means. What the buyer himself asks for is never ruled out.
"""

import tomllib
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
    """People of one sort: entity values that name them, the words for them, and their taste."""

    who: tuple[str, ...]
    said: tuple[str, ...]
    likes: tuple[str, ...]
    never: tuple[str, ...]


class Recipients(Struct, frozen=True):
    """The whole table; `things` leads from a word for a sort of goods to words of such goods."""

    recipients: tuple[Recipient, ...] = ()
    things: dict[str, tuple[str, ...]] = {}

    def taste_of(self, wish: Wish) -> Taste:
        """What speaks for and against a product for this wish."""
        said = " ".join(wish.words)
        one = self._recipient(wish)
        likes = (one.likes if one else ()) + (_GIFT_LIKES if any(word in said for word in _GIFT) else ())
        never = tuple(word for word in one.never if word not in said) if one else ()
        return Taste(tuple(dict.fromkeys(likes)), never, self._things(wish))

    def need_of(self, wish: Wish) -> str:
        """The words of the wish that may be about goods: without those for the person and the sort of goods."""
        one = self._recipient(wish)
        text = " ".join(wish.words)
        for word in (*(one.said if one else ()), *self.things):
            text = text.replace(word, " ")
        return text

    def _recipient(self, wish: Wish) -> Recipient | None:
        named = [wish.relation, *wish.audience]
        return next((one for name in named for one in self.recipients if name and name in one.who), None)

    def _things(self, wish: Wish) -> tuple[str, ...]:
        """Of the sort that was named last."""
        for words in reversed(wish.words):
            found = [(words.rfind(name), goods) for name, goods in self.things.items() if name in words]
            if found:
                return max(found)[1]
        return ()


@lru_cache(maxsize=4)
def recipients_of(pack: str = "ecommerce") -> Recipients:
    """The table of an industry pack; a pack without one knows no recipients."""
    path = _PACKS / pack / "recipients.toml"
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Recipients) if path.exists() else Recipients()
