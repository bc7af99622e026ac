"""What a talk has open (会话记忆): matters that wait for the buyer's word, and orders proven to be his.

A matter (事项) is one thing that takes several turns: a cancellation that waits for 「确认」, a return whose
reason is asked for. It is kept with the conversation, in the same versioned write as the answer, so it
survives a restart, is never advanced twice by two workers, and ends with the conversation. Orders that were
proven by number and phone digits count in this conversation only.
"""

from msgspec import Struct, field

MOST = 4  # open matters of one talk; the oldest falls out


class Matter(Struct, frozen=True, omit_defaults=True):
    """One open matter. `asks` is the slot that the bot asked for last; `id` makes its actions idempotent."""

    id: str
    kind: str
    order_id: str = ""
    asks: str = ""
    slots: dict[str, str] = field(default_factory=dict)


class Memory(Struct, frozen=True, omit_defaults=True):
    """Open matters, the one talked about last first; `v` is the version of this shape."""

    v: int = 1
    matters: tuple[Matter, ...] = ()
    verified: tuple[str, ...] = ()

    def keeping(self, matter: Matter) -> "Memory":
        """With `matter` in front; a matter of the same kind and order is replaced."""
        others = tuple(m for m in self.matters if m.id != matter.id and (m.kind, m.order_id) != _key(matter))
        return Memory(self.v, (matter, *others)[:MOST], self.verified)

    def without(self, matter_id: str) -> "Memory":
        """With that matter ended."""
        return Memory(self.v, tuple(m for m in self.matters if m.id != matter_id), self.verified)

    def knowing(self, order_id: str) -> "Memory":
        """With one more order that this visitor has proven to be his."""
        return Memory(self.v, self.matters, tuple(dict.fromkeys((*self.verified, order_id))))


def _key(matter: Matter) -> tuple[str, str]:
    return matter.kind, matter.order_id
