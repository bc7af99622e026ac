"""What people answered to a gap (人工怎么答): an agent's words after the question, in the same conversation.

A person's first words are often only a greeting, so the next ones count too. The bot's own words never count: they
would teach it its own mistakes.
"""

from collections.abc import Callable, Mapping, Sequence

from xiaoer.kernel.heard import TextAnalyser
from xiaoer.slices.conversations.types import Message
from xiaoer.slices.knowledge.candidates.mining import Said, rank_answers
from xiaoer.slices.learning.rules.drafting import best_first, without_people
from xiaoer.slices.learning.types import Ask, GapAnswer

_BURSTS = 2  # answers of people after one question that may be the answer
_LINES = 4
_KEPT = 5


def answers_to(
    asks: Sequence[Ask],
    lines: Mapping[str, Sequence[Message]],
    analyser: TextAnalyser,
    mask: Callable[[str], str],
) -> tuple[GapAnswer, ...]:
    """Different answers of people, best first; corrections of the bot before all others."""
    said: list[Said] = []
    for ask in asks:
        for text, name in _bursts_after(ask, lines.get(ask.conversation_id, ())):
            said.append(Said(without_people(text, mask), ask.conversation_id, name, ask.at))
    answers = []
    for text, backers in rank_answers(said, analyser, mask):
        held = [said[number] for number in backers]
        talks = list(dict.fromkeys(one.conversation_id for one in held))
        answers.append(GapAnswer(text, len(talks), len({one.agent_name for one in held}), talks[0]))
    corrections: dict[str, GapAnswer] = {}
    for ask in sorted((ask for ask in asks if ask.correction), key=lambda ask: ask.at, reverse=True):
        text = without_people(ask.correction, mask)
        if text:
            known = corrections.get(text)
            count = known.conversations + 1 if known else 1
            corrections[text] = GapAnswer(text, count, 1, ask.conversation_id, "correction")
    return best_first(list(corrections.values()), answers)[:_KEPT]


def _bursts_after(ask: Ask, lines: Sequence[Message]) -> list[tuple[str, str]]:
    """The first answers of people after a question, each as one text with the agent's name."""
    bursts: list[tuple[list[str], str]] = []
    speaking = False
    for line in lines:
        if line.at < ask.at:
            continue
        if line.author == "agent" and line.text and not line.meta.get("recalled"):
            if not speaking:
                if len(bursts) == _BURSTS:
                    break
                bursts.append(([], line.author_name))
            bursts[-1][0].append(line.text)
            speaking = True
        elif line.author == "buyer":
            speaking = False
    return [("\n".join(texts[:_LINES]), name) for texts, name in bursts]
