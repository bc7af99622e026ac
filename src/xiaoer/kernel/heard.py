"""What was understood (理解结果): the output of `slices.understanding`, read by everything after it.

A message, or a burst of short ones, is cut into segments; each carries exactly one intent of the label
set (`packs/ecommerce/intents.toml`). Feeling belongs to the whole turn.
"""

from typing import Literal, Protocol

from msgspec import Struct

THANKS = frozenset({"chat.thanks", "chat.praise"})
COURTESY = frozenset({"chat.ack", "chat.bye"})
SentimentLabel = Literal["negative", "neutral", "positive"]
Urgency = Literal["low", "normal", "high"]


class Body(Struct, frozen=True, omit_defaults=True):
    """Measures of one who wears it (身材): cm, kg, mm. `wearer` is whose they are, where that is said (我, 男朋友)."""

    height_cm: float | None = None
    weight_kg: float | None = None
    age_years: float | None = None
    age_months: float | None = None
    foot_length_mm: float | None = None
    chest_cm: float | None = None
    waist_cm: float | None = None
    hip_cm: float | None = None
    shoulder_cm: float | None = None
    wearer: str = ""


class Entities(Struct, frozen=True, omit_defaults=True):
    """Values found in a segment (槽位), normalised: cm, kg, mm, yuan, `HH:MM`, plain colour words.

    `product_ids`, `variant_ids` are resolved against the shop's catalogue; `product_words` and
    `variant_words` are the buyer's own words for them (这款, 白色那件).
    """

    height_cm: float | None = None
    weight_kg: float | None = None
    age_years: float | None = None
    age_months: float | None = None
    foot_length_mm: float | None = None
    size: str | None = None
    color: str | None = None
    quantity: int | None = None
    money_yuan: float | None = None
    order_no: str | None = None
    waybill_no: str | None = None
    phone: str | None = None
    date: str | None = None
    time: str | None = None
    place: str | None = None
    relation: str | None = None
    audience: tuple[str, ...] = ()
    defect: str | None = None
    courier: str | None = None
    product_ids: tuple[str, ...] = ()
    variant_ids: tuple[str, ...] = ()
    product_words: tuple[str, ...] = ()
    variant_words: tuple[str, ...] = ()


class Segment(Struct, frozen=True, omit_defaults=True):
    """One ask of a turn. `confidence` is calibrated, 0..1; `by` names the mechanism that decided (for the trace);
    `bodies` are the measures that are told, of each who is told of."""

    text: str
    intent: str
    confidence: float
    entities: Entities = Entities()
    alternatives: tuple[tuple[str, float], ...] = ()
    by: str = "model"
    bodies: tuple[Body, ...] = ()


class Sentiment(Struct, frozen=True):
    """Feeling of the turn: score -1..1, anger 0..1."""

    label: SentimentLabel
    score: float
    anger: float = 0.0
    sarcasm: bool = False


class Heard(Struct, frozen=True):
    """Everything understood about one turn. `satisfied` is about the bot's last answer; None when not said."""

    segments: tuple[Segment, ...]
    sentiment: Sentiment
    urgency: Urgency
    normal: str = ""
    satisfied: bool | None = None
    repeats: int = 0


class TextForms(Struct, frozen=True):
    """One text in the spellings that matching needs.

    `normal`: width, script, slang and noise removed. `compact`: letters, digits and Han characters only.
    `pinyin`: one toneless syllable per Han character, space-separated (the fuzzy sound key).
    `pictured`: the same with pictures read as what they show (差🍎 is 差苹 to the ear); None where none is.
    """

    normal: str
    compact: str
    pinyin: str
    pictured: "TextForms | None" = None


class TextAnalyser(Protocol):
    """Gives the forms of a text; pure, under 0.1 ms. Implemented by `slices.understanding`, injected elsewhere."""

    def forms(self, text: str) -> TextForms: ...
