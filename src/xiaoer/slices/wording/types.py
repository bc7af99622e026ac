"""A shop's own words and intents (店铺词与意图)."""

from typing import Literal

from msgspec import Struct

Kind = Literal["word", "intent"]


class Wording(Struct, frozen=True):
    """One lesson.

    `word`: `text` is the shop's own word, `means` the plain words for it (「薅薅节」 → 「活动」).
    `intent`: `text` is a title for people, `intent` the code, `examples` what buyers say; a code outside the pack's
    label set is an intent of the shop's own (`shop.taster`).
    """

    id: str
    kind: Kind
    text: str
    means: str = ""
    intent: str = ""
    examples: tuple[str, ...] = ()


class Teaching(Struct, frozen=True):
    """Words and intents as they would be (预演), made from `revision` of them.

    `lessons` are new (empty id) or changed ones, `forgotten` ids that would go; `model` is the version of the shop's
    model that would serve (0: as shipped), None for the one in force.
    """

    lessons: tuple[Wording, ...] = ()
    forgotten: tuple[str, ...] = ()
    revision: int = 0
    model: int | None = None
