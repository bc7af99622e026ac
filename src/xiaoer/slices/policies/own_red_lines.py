"""A shop's own red lines (店铺红线): plain words of the shop beside the pack's rules.

A shop types words, not patterns: a word is looked for in the text without spaces and punctuation, and, from two
characters on, in its sound, so spreading the characters, a homophone or pinyin hides nothing. Some of the pack's
rules can be switched off by the shop; those that protect people or that the law asks for cannot.
"""

import re
from collections.abc import Callable, Sequence

from msgspec import Struct, field

from xiaoer.kernel.decision import HandoffReason
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.quick_pattern import QuickPattern
from xiaoer.slices.policies.red_lines import RedLine
from xiaoer.slices.policies.types import Limits

ALWAYS_ON = frozenset({"human", "injury", "danger", "minor", "privacy"})  # people on request, safety, rights by law
_BARE = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_MOST_WORDS = 200
_TOO_COMMON = 2  # a word of one character would stop half of all talks


class OwnRule(Struct, frozen=True):
    """One rule as a shop writes it. `unless`: words that excuse the clause they stand in."""

    id: str
    title: str
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    reason: HandoffReason = "sensitive"
    skill: str = "complaints"
    enabled: bool = True


class RuleBook(Struct, frozen=True):
    """What a shop decided about hand-over: own rules, pack rules that are off, and how patient the bot is."""

    own: tuple[OwnRule, ...] = ()
    off: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)


def check_rule(rule: OwnRule) -> OwnRule:
    """The rule with its words cleaned.

    Raises:
        InvalidBody: no words, too many, or a word of one character.
    """
    words = tuple(dict.fromkeys(word.strip() for word in rule.words if word.strip()))
    if not words or len(words) > _MOST_WORDS:
        raise InvalidBody(f"Rule “{rule.title}” needs 1 to {_MOST_WORDS} words.")
    for word in words:
        if len(_bare(word)) < _TOO_COMMON:
            raise InvalidBody(
                f"“{word}” is too short to be a red line: it would stop ordinary talk. Write two characters."
            )
    return OwnRule(
        rule.id, rule.title.strip() or words[0], words, _clean(rule.unless), rule.reason, rule.skill, rule.enabled
    )


def check_off(off: Sequence[str], known: Sequence[RedLine]) -> frozenset[str]:
    """The pack rules that are switched off.

    Raises:
        InvalidBody: an unknown rule, or one that cannot be switched off.
    """
    names = {rule.id for rule in known}
    for id_ in off:
        if id_ not in names:
            raise InvalidBody(f"There is no rule {id_}. Known: {', '.join(sorted(names))}.")
        if id_ in ALWAYS_ON:
            raise InvalidBody(f"Rule {id_} protects people and cannot be switched off.")
    return frozenset(off)


def red_lines_of(book: RuleBook, pack: Sequence[RedLine], sound_of: Callable[[str], str]) -> tuple[RedLine, ...]:
    """The rules in force, the pack's first; `sound_of` gives toneless syllables of a text."""
    kept = [rule for rule in pack if rule.id not in book.off]
    return (*kept, *(compile_rule(rule, sound_of) for rule in book.own if rule.enabled))


def compile_rule(rule: OwnRule, sound_of: Callable[[str], str]) -> RedLine:
    """A shop's words as a red line."""
    heard = {sound for word in rule.words if len((sound := sound_of(word)).split()) >= _TOO_COMMON}
    sounds = re.compile("|".join(f" {re.escape(sound)}(?= )" for sound in sorted(heard))) if heard else None
    return RedLine(
        id=f"own.{rule.id}",
        reason=rule.reason,
        skill=rule.skill,
        patterns=QuickPattern(*words) if (words := _escaped(rule.words)) else None,
        unless=re.compile("|".join(unless)) if (unless := _escaped(rule.unless)) else None,
        sounds=sounds,
        spoken=sounds,
    )


def _escaped(words: Sequence[str]) -> list[str]:
    return [re.escape(bare) for word in words if (bare := _bare(word))]


def _bare(word: str) -> str:
    return _BARE.sub("", word.lower())


def _clean(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))[:_MOST_WORDS]
