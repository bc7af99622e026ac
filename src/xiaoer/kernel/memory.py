"""What a talk has open (会话记忆): matters that wait for the buyer's word, and orders proven to be his.

A matter (事项) is one thing that takes several turns: a cancellation that waits for 「确认」, a return whose
reason is asked for. It is kept with the conversation, in the same versioned write as the answer, so it
survives a restart, is never advanced twice by two workers, and ends with the conversation. Orders that were
proven by number and phone digits count in this conversation only.
"""

from msgspec import Struct, field
from msgspec.structs import replace

MOST = 4  # open matters of one talk; the oldest falls out
PARKED = "parked"  # the slot of a matter that waits until another of its kind is ended


class Matter(Struct, frozen=True, omit_defaults=True):
    """One open matter. `asks` is the slot that the bot asked for last; `id` makes its actions idempotent."""

    id: str
    kind: str
    order_id: str = ""
    asks: str = ""
    slots: dict[str, str] = field(default_factory=dict)


class Wish(Struct, frozen=True, omit_defaults=True):
    """What a buyer would like recommended (求推荐), as told over several turns: 送妈妈的, 她六十了, 两百以内.

    `words` are the phrases, oldest first; `shown` the products offered for it already, which are not offered again;
    `color` and `size` those asked for, `not_colors` those refused.
    `is_total`: the budget is for all `pieces` together; `is_about`: it was
    said roughly. `bad` for the body, or
    `unliked`, is what must not be in it.
    `asked` counts the recommendations that were asked for in this talk, without what only narrows one.
    """

    words: tuple[str, ...] = ()
    relation: str = ""
    audience: tuple[str, ...] = ()
    budget_yuan: float | None = None
    least_yuan: float | None = None
    is_total: bool = False
    is_about: bool = False
    pieces: int = 0
    age_years: float | None = None
    bad: tuple[str, ...] = ()
    unliked: tuple[str, ...] = ()
    color: str = ""
    not_colors: tuple[str, ...] = ()
    size: str = ""
    asked: int = 0
    shown: tuple[str, ...] = ()


class Tried(Struct, frozen=True, omit_defaults=True):
    """A matter that the buyer asked for in his newest turn, and how often in a row without accepting an answer.

    `told` is what his words told of it, `words` their telling characters, `sources` what the last answer rested on,
    `fault` what he says is wrong with the goods.
    """

    intent: str
    product_id: str = ""
    told: tuple[str, ...] = ()
    words: str = ""
    sources: tuple[str, ...] = ()
    times: int = 1
    fault: str = ""


class Memory(Struct, frozen=True, omit_defaults=True):
    """Open matters, the one talked about last first; `v` is the version of this shape.

    `asking` is the matter that the bot's last reply asked about: only then does a bare 「好的」 answer it.
    `order_id` is the order that was talked about last; `product_id` the product that was named last, while the page
    `page_id` was open. `choices` (id, title) is the list of goods shown last, `choice_intent` the question it was shown
    for; `listed` are the ids of the orders, if orders were shown last.
    `cart` are the goods that were priced together last (`variant*count,…`).
    `wish` is what she would like recommended; `tried` what was asked for last, and how often.
    """

    v: int = 1
    matters: tuple[Matter, ...] = ()
    verified: tuple[str, ...] = ()
    asking: str = ""
    order_id: str = ""
    product_id: str = ""
    page_id: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    choice_intent: str = ""
    listed: tuple[str, ...] = ()
    cart: str = ""
    wish: Wish | None = None
    tried: tuple[Tried, ...] = ()

    def product_in_focus(self, page_id: str | None) -> str | None:
        """The product named last while this page was open, else the page's."""
        return self.product_id if self.product_id and self.page_id == (page_id or "") else page_id

    def order_in_focus(self, page_id: str | None) -> str | None:
        """The order of the newest open matter, else the one talked about last, else the page's."""
        of_matter = next((matter.order_id for matter in self.matters if matter.order_id), "")
        return of_matter or self.order_id or page_id

    @property
    def asked(self) -> Matter | None:
        """The matter that waits for the answer to the bot's last reply."""
        return next((matter for matter in self.matters if matter.id == self.asking), None)

    def of_kind(self, *kinds: str) -> Matter | None:
        """The newest open matter of these kinds."""
        return next((matter for matter in self.matters if matter.kind in kinds), None)

    def keeping(self, matter: Matter) -> "Memory":
        """With `matter` in front and asked about; an older one of the same kind is replaced."""
        slots = {name: value for name, value in matter.slots.items() if name != PARKED}
        matter = replace(matter, slots=slots)
        others = tuple(m for m in self.matters if m.id != matter.id and (m.kind != matter.kind or PARKED in m.slots))
        return replace(self, matters=(matter, *others)[:MOST], asking=matter.id if matter.asks else "")

    def parking(self, matter: Matter) -> "Memory":
        """With `matter` put aside behind the others: its turn comes when the one in front is ended."""
        others = tuple(m for m in self.matters if m.id != matter.id)
        kept = replace(matter, slots={**matter.slots, PARKED: "1"})
        asking = "" if self.asking == matter.id else self.asking
        return replace(self, matters=(*others[: MOST - 1], kept), asking=asking)

    @property
    def all_parked(self) -> tuple[Matter, ...]:
        """The matters that were put aside, the first one first."""
        return tuple(matter for matter in self.matters if PARKED in matter.slots)

    def without(self, matter_id: str) -> "Memory":
        """With that matter ended."""
        kept = tuple(m for m in self.matters if m.id != matter_id)
        return replace(self, matters=kept, asking="" if self.asking == matter_id else self.asking)

    def knowing(self, order_id: str) -> "Memory":
        """With one more order that this visitor has proven to be his."""
        return replace(self, verified=tuple(dict.fromkeys((*self.verified, order_id))))
