"""What a decision is made from."""

from datetime import datetime

from msgspec import Struct

from xiaoer.kernel.decision import Act, Facts, HandoffReason, Need, Todo
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.turn import Turn
from xiaoer.kernel.worktime import BusinessHours

_GUESSED = 0.4


class RedLineHit(Struct, frozen=True):
    """A red line (红线) that the turn crossed, and the words that did it; `rule_id` goes into trace and audit."""

    rule_id: str
    reason: HandoffReason
    skill: str = "general"
    matched: str = ""


class Limits(Struct, frozen=True):
    """Settings of the shop that steer hand-over. Defaults are the product's."""

    unsatisfied_tries: int = 3
    unsure_tries: int = 2
    anger_handoff: float = 0.8
    return_days: int = 7


class Situation(Struct, frozen=True):
    """Everything that `decide` may look at, besides the facts it asks for.

    `now` is aware UTC; `unsatisfied` and `unsure` count earlier tries of this conversation; `people_on` is whether
    somebody is at the desk although it is off hours.
    """

    turn: Turn
    heard: Heard
    now: datetime
    hits: tuple[RedLineHit, ...] = ()
    hours: BusinessHours = BusinessHours()
    limits: Limits = Limits()
    unsatisfied: int = 0
    unsure: int = 0
    shop_name: str = ""
    people_on: bool = False


class Ask(Struct, frozen=True):
    """One segment to be dealt with, with all that its rule needs."""

    index: int
    segment: Segment
    situation: Situation
    facts: Facts
    product_id: str | None
    memory: Memory = Memory()
    told_of: str = ""  # id of the order that an earlier part of this message is answered about, or that it names
    resumed: str = ""  # what was asked for before, now that what it waited for has come

    @property
    def said(self) -> str:
        """All words of the turn, or those that it takes up again."""
        return self.resumed or "\n".join(message.text for message in self.situation.turn.messages if message.text)

    @property
    def is_guess(self) -> bool:
        """Whether the intent is a mere guess: nothing is asked about a product or an order on its strength."""
        return self.segment.confidence < _GUESSED

    @property
    def is_free(self) -> bool:
        """Whether these words may be the value that was asked for, since they ask for nothing themselves."""
        segment = self.segment
        if segment.text.rstrip().endswith(("？", "?", "吗", "呢", "么")):
            return False
        talk = segment.intent.startswith(("chat.", "oos."))
        return talk or segment.confidence < 0.6 or segment.by == "context"


class Move(Struct, frozen=True):
    """What a rule does about one segment: an act, or what must be read (`needs`) or done (`todo`) before there is one.

    `memory` is what the talk remembers afterwards; None leaves it as it is. `matter` is the matter that the act is
    about: when several segments of a turn belong to one matter, the last one speaks for all. `beside` are further acts
    about the same segment: another order, what is taken up after this.
    """

    act: Act | None = None
    needs: tuple[Need, ...] = ()
    todo: Todo | None = None
    memory: Memory | None = None
    matter: str = ""
    beside: tuple[Act, ...] = ()
