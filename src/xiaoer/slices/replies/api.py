"""Composing a reply (组织回复) from a decision: every act spoken once, cards and chips after the words.

Only values from the acts' slots reach the text, and those came from sources, so a reply cannot claim
what no source says. `unspoken` is the check that stays even when a model rephrases: acts whose source
values are missing from the text.
"""

import hashlib
import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from xiaoer.kernel.decision import Act, Decision
from xiaoer.kernel.reply import Reply, ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.replies.rules import cards, slots
from xiaoer.slices.replies.types import Templates

_REGRETS = re.compile("抱歉|对不起|不好意思|添麻烦|添堵|别急|别着急")
_OPENING = 30  # characters in which a reply's own regret stands


def load_templates(path: Path) -> Templates:
    """Read a template file (TOML: name = list of wordings)."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Templates({name: tuple(wordings) for name, wordings in data.items()})


def compose(decision: Decision, templates: Templates, now: datetime, voice: str) -> Reply:
    """Speak a decision. `voice` (the conversation id) chooses among wordings, the same one all through a talk."""
    acts = _spoken_once(decision.acts)
    text = "\n".join(dict.fromkeys(line for act in acts if (line := say(act, templates, now, voice))))
    if text and decision.regret and not _REGRETS.search(text[:_OPENING]):
        text = say(decision.regret, templates, now, voice) + text
    parts = [ReplyPart(TextContent(text), text)] if text else []
    for act in acts:
        parts += (card for card in cards.cards_for(act, now) if card not in parts)
    parts += cards.chips_for(decision)
    sources = tuple(dict.fromkeys(source for act in decision.acts for source in act.sources))
    asked = tuple(name for act in decision.acts if act.type == "ask" for name in act.slots.get("measures", ()))
    asked += tuple(str(act.slots["asks"]) for act in decision.acts if act.slots.get("asks"))
    return Reply(tuple(parts), sources, asked)


def say(act: Act, templates: Templates, now: datetime, voice: str) -> str:
    """The sentence of one act.

    Raises:
        KeyError: a template or slot is missing, which a test over all templates excludes.
    """
    wordings = templates.wordings[act.template]
    digest = hashlib.blake2b(f"{voice}|{act.template}".encode(), digest_size=2).digest()
    chosen = int.from_bytes(digest, "big") + int(act.slots.get("round") or 0)  # another round, other words
    spoken = wordings[chosen % len(wordings)].format_map(slots.speak(act, now)).strip()
    return slots.name_it(spoken, act)


def _spoken_once(acts: Sequence[Act]) -> Sequence[Act]:
    """Acts that would say the same words (one answer for two segments) are spoken once."""
    if len(acts) < 2:
        return acts
    seen: set[str] = set()
    kept: list[Act] = []
    for act in acts:
        key = f"{act.template}|{act.slots!r}"
        if key not in seen:
            seen.add(key)
            kept.append(act)
    return kept


def uncovered(decision: Decision, segment_count: int) -> tuple[int, ...]:
    """Segments that no act deals with; must be empty before a reply is sent."""
    dealt = {act.segment for act in decision.acts}
    return tuple(index for index in range(segment_count) if index not in dealt)
