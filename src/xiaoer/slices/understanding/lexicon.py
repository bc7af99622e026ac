"""The lexicons of an industry pack, ready for look-up.

Everything here is data read once from `packs/<pack>/lexicons/*.toml`; nothing is decided. A shop's own words come
on top, see `overlay`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from xiaoer.kernel.regions import province_of
from xiaoer.slices.understanding.letters import Letters
from xiaoer.slices.understanding.phrases import PhraseTable
from xiaoer.slices.understanding.sounds import pinyin

# Only words of two to four characters are mended by sound: shorter ones are ambiguous, longer ones contain these.
_MENDED = range(2, 5)


@dataclass(frozen=True, slots=True)
class Mood:
    """Feeling words and the patterns read around them."""

    words: PhraseTable
    anger: PhraseTable
    degree: tuple[str, ...]
    negation: tuple[str, ...]
    sarcasm: tuple[str, ...]
    unsatisfied: tuple[str, ...]
    satisfied: tuple[str, ...]
    urgent: tuple[str, ...]
    patient: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All look-up tables of a pack."""

    spoken: PhraseTable
    near: PhraseTable
    near_by: Mapping[str, tuple[str, ...]]
    letters: Letters
    term_sounds: Mapping[str, str]
    sound_begins: frozenset[str]
    emoji_says: PhraseTable
    emoji_feels: PhraseTable
    pictures: PhraseTable
    mood: Mood
    values: Mapping[str, PhraseTable]
    concepts: PhraseTable
    outbursts: tuple[str, ...]


def read_lexicon(folder: Traversable, pictures: Traversable) -> Lexicon:
    """Reads the `lexicons` folder of a pack, and the file of what pictures show."""
    spoken: dict[str, str] = {}
    for words in _toml(folder / "dialect.toml").values():
        spoken.update(words)
    spoken.update(_toml(folder / "slang.toml")["replace"])
    typos = _toml(folder / "typos.toml")
    spoken.update(typos["always"])
    terms = [t for t in _lines(folder / "terms.txt") for t in t.split()]
    emoji = _toml(folder / "emoji.toml")
    term_sounds = {pinyin(t): t for t in reversed(terms) if len(t) in _MENDED}
    return Lexicon(
        spoken=PhraseTable(_settled(spoken)),
        near=PhraseTable({wrong: row["to"] for wrong, row in typos["near"].items()}),
        near_by={wrong: tuple(row["by"]) for wrong, row in typos["near"].items()},
        letters=Letters(_toml(folder / "letters.toml")["initials"], terms),
        term_sounds=term_sounds,
        sound_begins=frozenset("".join(sounds.split(" ")[:2]) for sounds in term_sounds),
        emoji_says=PhraseTable(emoji["says"]),
        emoji_feels=PhraseTable({sign: str(weight) for sign, weight in emoji["feels"].items()}),
        pictures=PhraseTable(
            {
                sign: shown
                for shown, signs in tomllib.loads(pictures.read_text("utf-8")).items()
                for sign in signs.split()
            }
        ),
        mood=_mood(_toml(folder / "mood.toml")),
        values=_values(_toml(folder / "entities.toml")),
        concepts=PhraseTable(_concepts(_toml(folder / "concepts.toml"))),
        outbursts=tuple(_lines(folder / "outbursts.txt")),
    )


def _settled(spoken: Mapping[str, str]) -> dict[str, str]:
    """Replacements applied to their own results, so that one pass is enough and a second changes nothing."""
    table = PhraseTable(spoken)
    return {wrong: table.replace(right) if table.get(right) is None else right for wrong, right in spoken.items()}


def _mood(rows: Mapping[str, Any]) -> Mood:
    return Mood(
        words=PhraseTable({word: str(weight) for word, weight in rows["words"].items()}),
        anger=PhraseTable(dict.fromkeys(rows["anger"]["words"].split(), "1")),
        degree=tuple(rows["degree"]["words"].split()),
        negation=tuple(rows["negation"]["words"].split()),
        sarcasm=tuple(rows["sarcasm"]["patterns"]),
        unsatisfied=tuple(rows["unsatisfied"]["patterns"]),
        satisfied=tuple(rows["satisfied"]["patterns"]),
        urgent=tuple(rows["urgency"]["high"]),
        patient=tuple(rows["urgency"]["low"]),
    )


def _values(rows: Mapping[str, Any]) -> dict[str, PhraseTable]:
    tables = {kind: PhraseTable(_inverted(words)) for kind, words in rows.items() if kind != "places"}
    # Provinces and cities are read by `kernel.regions`, which knows where their letters belong to other words.
    others = [name for name in rows["places"]["names"].split() if not province_of(name)]
    tables["places"] = PhraseTable({name: name for name in others})
    return tables


def _inverted(rows: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {word: value for value, words in rows.items() for word in words}


def _concepts(rows: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Word → its concepts joined by `|`: one word may speak of several things."""
    words: dict[str, list[str]] = {}
    for concept, phrases in rows.items():
        for phrase in phrases:
            words.setdefault(phrase.lower(), []).append(concept)
    return {word: "|".join(dict.fromkeys(concepts)) for word, concepts in words.items()}


def _toml(path: Traversable) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _lines(path: Traversable) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
