"""Rows that the importer hands to slices which keep their own form of them: knowledge, promotions, dialogues."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field


class KnowledgeRow(Struct, frozen=True):
    """One question and answer. Validity is half-open, UTC; an empty `product_id` or `channel` means all."""

    id: str
    question: str
    answer: str
    similar: tuple[str, ...] = ()
    product_id: str = ""
    channel: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    category: str = ""
    audience: str = ""
    order_state: str = ""
    product_category: str = ""
    status: str = "published"
    attachments: tuple[dict[str, Any], ...] = ()
    channel_answers: dict[str, str] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)


class PromotionRow(Struct, frozen=True):
    """One promotion as written in TOML or JSON, unchecked but for its id; the promotions slice parses `data`."""

    id: str
    data: dict[str, Any]


class DialogueRow(Struct, frozen=True):
    """One line of an old conversation. `id` is the file's id, with `#2`, `#3`, … where a dialogue's lines share it.

    `number` counts the lines of the dialogue from 1; the intake sets it when the whole file has been read.
    """

    id: str
    dialogue_id: str
    at: datetime
    buyer_id: str
    author: Literal["buyer", "agent", "bot"]
    agent: str
    text: str
    number: int = 1
    is_last: bool = False
