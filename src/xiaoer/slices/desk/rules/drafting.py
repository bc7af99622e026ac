"""A draft that goes out by itself (辅助模式自动发送): where that is decent, and when.

In 辅助 a person sends. When nobody has answered nor typed for as long as the shop allows, the buyer gets the draft, so
that he is not left waiting, whoever has the talk. Where people were called for by a red line, a person speaks.
"""

from datetime import datetime, timedelta

from xiaoer.kernel.turn import State

_BY_MODE = "assist"  # the reason of a hand-over that only the mode asked for


def may_go_out(state: State, reason: str) -> bool:
    """Whether a draft may speak in this talk. `reason` is why people have it; empty when one took it by himself."""
    return state in ("queued", "agent") and reason in ("", _BY_MODE)


def due_at(asked_at: datetime, typed_at: datetime | None, after_s: int) -> datetime:
    """When the draft goes out: so many seconds after the buyer's words, or after the last key that an agent pressed."""
    return max(asked_at, typed_at or asked_at) + timedelta(seconds=after_s)
