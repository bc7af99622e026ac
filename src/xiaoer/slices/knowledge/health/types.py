"""What is wrong with the shop's knowledge (知识体检), and how often each entry is used."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

FindingKind = Literal[
    "conflict", "contradiction", "duplicate", "expired", "expiring", "unused", "changed_product", "gone_product",
    "uncovered", "no_size_chart", "handoffs", "low_rating",
]  # fmt: skip
Mending = Literal["archive", "archive_other", "merge", "extend", "draft", "write", "dismiss"]
# What one click can do about a finding; the first is the one that is offered.
MENDINGS: dict[str, tuple[Mending, ...]] = {
    "conflict": ("archive_other", "archive"),
    "contradiction": ("draft", "archive"),
    "duplicate": ("merge", "archive_other"),
    "expired": ("archive", "extend"),
    "expiring": ("extend",),
    "unused": ("archive",),
    "changed_product": ("draft",),
    "gone_product": ("archive",),
    "uncovered": ("write",),
    "no_size_chart": ("write",),
    "handoffs": ("draft",),
    "low_rating": ("draft",),
}


class Found(Struct, frozen=True):
    """One finding. `says` tells the operator in Chinese what is wrong; a higher `weight` matters more."""

    kind: FindingKind
    says: str
    entry_id: str = ""
    other_id: str = ""
    product_id: str = ""
    weight: int = 10
    detail: dict[str, Any] = field(default_factory=dict)


class Finding(Struct, frozen=True):
    """A kept finding; `state` open, mended or dismissed. A dismissed one does not come back."""

    id: str
    found: Found
    state: str
    found_at: datetime
    decided_by: str = ""


class Mended(Struct, frozen=True):
    """What one click did: the finding's new state, and the draft that it made, if it made one."""

    id: str
    state: str
    entry_id: str = ""


class Far(Struct, frozen=True):
    """How far a check is: entries that were held against the others, of how many to hold (each is held twice)."""

    done: int = 0
    total: int = 0


class Usage(Struct, frozen=True):
    """28 days of one entry: times said, hand-overs after it in the same talk, thumbs or ratings, and good ones."""

    uses: int = 0
    handoffs: int = 0
    rated: int = 0
    satisfied: int = 0
    last_used_at: datetime | None = None
