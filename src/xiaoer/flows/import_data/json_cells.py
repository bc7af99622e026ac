"""Cells that hold JSON objects and lists of them, and order states by name; see `cells` for the rest."""

from typing import Any

from xiaoer.flows.import_data.cells import MOST_ITEMS, BadCell, Parser, structure, text, texts
from xiaoer.kernel.channels import channel_code


def by_channel(limit: int) -> Parser:
    """Texts by channel, as people call them: a JSON object."""
    key_text, value_text = text(100), text(limit)

    def parse(value: Any) -> dict[str, str]:
        return {
            channel_code(key_text(key)): value_text(held)
            for key, held in one_object(value).items()
            if held not in (None, "")
        }

    return parse


def one_object(value: Any) -> dict[str, Any]:
    """A JSON object."""
    found = structure(value)
    if not isinstance(found, dict):
        raise BadCell("not_an_object", "要写成 JSON 对象 {…}")
    if len(found) > MOST_ITEMS:
        raise BadCell("too_many", f"有 {len(found)} 项，最多 {MOST_ITEMS} 项")
    return {str(key): held for key, held in found.items()}


def objects(value: Any) -> tuple[dict[str, Any], ...]:
    """A JSON list of objects."""
    found = structure(value)
    if not isinstance(found, list | tuple) or not all(isinstance(part, dict) for part in found):
        raise BadCell("not_a_list", "要写成 JSON 列表，每一项是 {…}")
    return tuple({str(key): held for key, held in part.items()} for part in found)


ORDER_STATE_WORDS = {"none": "none", "没有订单": "none", "未下单": "none"}


def order_states(value: Any) -> str:
    """Order states joined by `|`, in the contract's words or in Chinese."""
    return "|".join(dict.fromkeys(ORDER_STATE_WORDS.get(word, word) for word in texts(100)(value)))
