"""What the desk shows an agent while he writes (坐席辅助)."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from xiaoer.kernel.decision import Source

Level = Literal["block", "warn"]


class Finding(Struct, frozen=True):
    """Words that had better not be sent. `start` and `end` count characters of the text that was checked."""

    level: Level
    rule_id: str
    start: int
    end: int
    matched: str
    advice: str


class Suggestion(Struct, frozen=True):
    """One candidate reply with what it rests on."""

    id: str
    kind: Literal["draft", "knowledge", "canned"]
    text: str
    sources: tuple[Source, ...] = ()


class NextAction(Struct, frozen=True):
    type: Literal["ticket", "order", "coupon", "apologise", "close"]
    label: str
    value: str = ""


class Line(Struct, frozen=True):
    """One message of the talk, as the summary needs it."""

    author: str
    text: str
    intents: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    is_disliked: bool = False  # the buyer put his thumb down


class Story(Struct, frozen=True):
    """What the summary (前情提要) is made from."""

    lines: tuple[Line, ...]
    reason: str = ""
    intents: tuple[str, ...] = ()
    anger: float = 0.0
    score: float = 0.0
    urgency: str = "normal"
    product: str = ""
    orders: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()


class Agreement(Struct, frozen=True):
    """How often people said what the bot would have said, of one intent; `unchanged` were sent as drafted."""

    intent: str
    cases: int
    agreed: int
    unchanged: int


class Kept(Struct, frozen=True):
    """承诺: what an agent promised a buyer, and until when."""

    id: str
    conversation_id: str
    buyer_id: str
    staff_id: str
    text: str
    due_at: datetime
    made_at: datetime
    done_at: datetime | None = None
    done_by: str = ""
