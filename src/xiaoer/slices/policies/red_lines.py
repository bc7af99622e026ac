"""Red lines (红线): what a person must take over at once.

Words decide, not a model: every rule of the pack's `red_lines.toml` is tried on the buyer's text without spaces and
punctuation (so that spreading the characters hides nothing), on the text with other disguises undone (`disguises.py`,
words written by ear among them), and on its sound (so that a homophone hides nothing, nor letters among the
characters: 转ren工 sounds as 转人工).
An exception silences its own rule only: 「会不会过敏」 asks before buying, 「过敏了」 reports an injury.
Understanding adds two signals: an intent that is a red line by itself, and the anger of the turn. What crosses no rule
is read once more by a second net, learnt from messages that tell of harm in words of their own (`stops`).
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from xiaoer.kernel.decision import HandoffReason
from xiaoer.kernel.heard import Heard, TextForms
from xiaoer.kernel.quick_pattern import QuickPattern
from xiaoer.slices.policies.disguises import by_ear, undisguise
from xiaoer.slices.policies.stops.net import stop_net
from xiaoer.slices.policies.types import RedLineHit

_ANGER = "anger"
_NEVER = 2.0  # likelier than anything is
_CLAUSE = re.compile(r"[,。!?;\s]+")
_BARE = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_MARKED = re.compile(r"[^\x00-\x7f\u3400-\u9fff]")  # what may be a letter with a mark (ē)
_LETTERS_OR_HAN = re.compile(r"[a-z]+|[\u3400-\u9fff]")
# What may stand around a word that is all that is said: 我要…, 已经…, …你们, …了啊.
_BEFORE = r"(?: wo| yao| jiu| qu| gei| bie| yi| yi jing| zhi jie| ma shang)*"
_AFTER = r"(?: ni| men| le| a| ba| ya| de| o| la| zai| ma| ne| bu)* "

# One Mandarin syllable in letters; few stand without an initial.
_FINAL = "iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|ve|er|a|o|e|i|u|v"
_SYLLABLE = re.compile(f"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])(?:{_FINAL})|ang|eng|ai|ei|ao|ou|an|en|er|a|o|e")
_LONGEST, _SPELT_OUT = 6, 60  # letters of a syllable, and of a run that anybody spells
# Numbers for the letters that they look like (t0usu), within a run of letters.
_LETTERS_AND_NUMBERS = re.compile(r"(?<![0-9a-z])(?=[0-9a-z]*[01])(?:[01]?[a-z]+)+[01]?(?![0-9a-z])")
_ALIKE = str.maketrans("01", "oi")
_TONED = re.compile(r"(?<![0-9a-z])(?:[a-z]{1,6}[1-5] ?){2,}(?![0-9a-z])")  # ren2 gong1
_LEAST_TOLD = 4  # characters in which something can be told
_LEAST_SPELT = 4  # letters of such a run
# How accents say a syllable (zuan yin gong): flat or curled tongue, the end of the nose, r as y or l.
_ACCENTS = (
    (re.compile(r"^(?:z|c|s)h?(?=[aeiou])"), lambda found: f"{found.group()[0]}h?"),
    (re.compile(r"^ren$"), lambda _: "(?:ren|reng|yin|len)"),
    (re.compile(r"(?<=[ei])ng?$"), lambda _: "ng?"),
)
_LONG = 3  # syllables from which a sound is told by accents too: shorter ones have too many homophones


class _Spoken(Struct, frozen=True):
    """A turn read aloud. `written`: with the syllables of Han characters masked."""

    sound: str
    written: str


class RedLine(Struct, frozen=True, eq=False):
    """One rule; each is the same as itself only.

    `intents` maps codes to the confidence from which they trip it; `anger` 0 means never by itself; `told` is how
    surely the second net (`stops`) must read it in words that cross no rule."""

    id: str
    reason: HandoffReason
    skill: str
    patterns: QuickPattern | None = None
    unless: re.Pattern[str] | None = None
    unless_anywhere: re.Pattern[str] | None = None
    sounds: re.Pattern[str] | None = None
    spelt: re.Pattern[str] | None = None
    said_alone: re.Pattern[str] | None = None
    spoken: re.Pattern[str] | None = None  # every sound and spelling
    intents: tuple[tuple[str, float], ...] = ()
    anger: float = 0.0
    told: float = _NEVER


@lru_cache(maxsize=4)  # a pack is read once a process
def parse_red_lines(text: str) -> tuple[RedLine, ...]:
    """The rules of a `red_lines.toml`, in file order; the first that is crossed gives the reason."""
    rules = tomllib.loads(text)
    return tuple(
        RedLine(
            id=name,
            reason=row["reason"],
            skill=row["skill"],
            patterns=QuickPattern(*row["patterns"]) if row.get("patterns") else None,
            unless=_any(row.get("unless", ())),
            unless_anywhere=_any(row.get("unless_anywhere", ())),
            sounds=_any(f" {_accented(syllables)}(?= )" for syllables in row.get("sounds", ())),
            spelt=_any(f" {syllables}(?= )" for syllables in row.get("spelt", ())),
            spoken=_any(f" {_accented(one)}(?= )" for key in ("sounds", "spelt") for one in row.get(key, ())),
            said_alone=_any(f"{_BEFORE} {syllables}{_AFTER}" for syllables in row.get("spelt", ())),
            intents=tuple(row.get("intents", {}).items()),
            anger=row.get("anger", 0.0),
            told=row.get("told", _NEVER),
        )
        for name, row in rules.items()
    )


def match_red_lines(heard: Heard, forms: TextForms, rules: Sequence[RedLine]) -> tuple[RedLineHit, ...]:
    """The red lines that a turn crosses, in the order of the rules. `forms` are of the whole turn."""
    return match_words(heard, forms, rules) or _told(forms, rules)


def match_words(heard: Heard, forms: TextForms, rules: Sequence[RedLine]) -> tuple[RedLineHit, ...]:
    """The same by words, intents and anger alone."""
    hits = _words(heard, forms, rules)
    return hits if hits or forms.pictured is None else _words(heard, forms.pictured, rules)


def _words(heard: Heard, forms: TextForms, rules: Sequence[RedLine]) -> tuple[RedLineHit, ...]:
    # Clause by clause, then as one: an exception in one clause does not excuse the next.
    clauses = [bare for clause in _CLAUSE.split(forms.normal.lower()) if (bare := _BARE.sub("", clause))]
    texts = [*clauses, forms.compact] if len(clauses) > 1 else [forms.compact]
    spoken = _spoken(forms)
    hits = _crossed(heard, texts, spoken, rules)
    if hits:
        return hits
    if (plain := undisguise(forms.compact)) != forms.compact:
        hits = _crossed(heard, [*map(undisguise, texts[:-1]), plain], spoken, rules)
    if not hits and (spelt := by_ear(*_read(forms.compact, forms.pinyin))) is not None:
        hits = _crossed(heard, [undisguise(spelt)], spoken, rules)
    return hits


def _told(forms: TextForms, rules: Sequence[RedLine]) -> tuple[RedLineHit, ...]:
    """What is told without the words of any rule."""
    rules = [rule for rule in rules if rule.told < _NEVER]
    if not rules or len(forms.compact) < _LEAST_TOLD:
        return ()
    label, sure = stop_net().told(forms.normal)
    return tuple(
        RedLineHit(rule.id, rule.reason, rule.skill, "") for rule in rules if rule.id == label and sure >= rule.told
    )


def _crossed(heard: Heard, texts: Sequence[str], spoken: _Spoken, rules: Sequence[RedLine]) -> tuple[RedLineHit, ...]:
    if not _first_look(tuple(rules)).sees(heard, texts, spoken):
        return ()
    return tuple(
        RedLineHit(rule.id, rule.reason, rule.skill, by)
        for rule in rules
        if (by := _tripped(rule, heard, texts, spoken)) is not None
    )


def _spoken(forms: TextForms) -> _Spoken:
    """The turn read aloud, letters included."""
    pieces, sounds = _read(forms.normal.lower(), forms.pinyin)
    if not pieces:
        return _Spoken(f" {forms.pinyin} ", "")
    written = ["-" * len(heard) if not piece.isascii() else piece for piece, heard in zip(pieces, sounds, strict=True)]
    return _Spoken(f" {' '.join(sounds)} ", f" {' '.join(written)} ")


@lru_cache(maxsize=4)  # most messages are the same without spaces and punctuation, and are read as both
def _read(text: str, pinyin: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The characters and spelt syllables of a text, and their sounds; nothing when the two do not agree."""
    if _MARKED.search(text):
        text = "".join(c for c in unicodedata.normalize("NFD", text.replace("ü", "v")) if not unicodedata.combining(c))
    text = _LETTERS_AND_NUMBERS.sub(_as_letters, _TONED.sub(_without_tones, text))
    found = _LETTERS_OR_HAN.findall(text)
    syllables = pinyin.split()
    if sum(1 for piece in found if not piece.isascii()) != len(syllables):
        return (), ()
    at = iter(syllables)
    pieces: list[str] = []
    sounds: list[str] = []
    for piece in found:
        if not piece.isascii():
            pieces.append(piece)
            sounds.append(next(at))
            continue
        spelt = _syllables(piece) or (piece,)
        pieces += spelt
        sounds += spelt
    return tuple(pieces), tuple(sounds)


def _as_letters(run: re.Match[str]) -> str:
    """A run with numbers in it as the syllables that it spells; as it is when it spells none."""
    letters = run.group().translate(_ALIKE)
    return letters if len(letters) >= _LEAST_SPELT and len(_syllables(letters)) > 1 else run.group()


@lru_cache(maxsize=1024)
def _syllables(run: str) -> tuple[str, ...]:
    """The syllables that a run of letters spells, each as long as it can be (zhuan ren gong); () for none."""
    if len(run) > _SPELT_OUT:
        return ()
    for length in range(min(_LONGEST, len(run)), 0, -1):
        if _SYLLABLE.fullmatch(run, 0, length):
            if length == len(run):
                return (run,)
            if rest := _syllables(run[length:]):
                return (run[:length], *rest)
    return ()


def _without_tones(run: re.Match[str]) -> str:
    syllables = re.findall(r"[a-z]+", run.group())
    return " ".join(syllables) if all(map(_SYLLABLE.fullmatch, syllables)) else run.group()


def _accented(syllables: str) -> str:
    """A pattern of the syllables as accents say them, when there are enough of them to tell."""
    parts = syllables.split()
    return " ".join(map(_with_accents, parts)) if len(parts) >= _LONG else syllables


def _with_accents(syllable: str) -> str:
    for sound, spoken in _ACCENTS:
        syllable = sound.sub(spoken, syllable) if "(" not in syllable else syllable
    return syllable


class _FirstLook:
    """Whether anything of some rules is there, before exceptions and places are looked at; nearly always nothing is."""

    def __init__(self, rules: Sequence[RedLine]) -> None:
        self._words = QuickPattern.any_of(rule.patterns for rule in rules if rule.patterns is not None)
        self._sounds = _any(rule.spoken.pattern for rule in rules if rule.spoken is not None)
        self._others = [rule for rule in rules if rule.intents or rule.anger]

    def sees(self, heard: Heard, texts: Sequence[str], spoken: _Spoken) -> bool:
        return (
            any(map(self._words.search, texts))
            or (self._sounds is not None and self._sounds.search(spoken.sound) is not None)
            or any(_intended(rule, heard) is not None or _angry(rule, heard) for rule in self._others)
        )


_first_look = lru_cache(maxsize=64)(_FirstLook)  # by the rules of a shop


def _tripped(rule: RedLine, heard: Heard, texts: Sequence[str], spoken: _Spoken) -> str | None:
    found_in = [rule.patterns.search(text) if rule.patterns is not None else None for text in texts]
    otherwise = _by_other_means(rule, heard, spoken)
    if otherwise is None and not any(found_in):
        return None
    if rule.unless_anywhere is not None and rule.unless_anywhere.search(texts[-1]):
        return None
    excused = False
    for text, found in zip(texts, found_in, strict=True):
        if rule.unless is not None and rule.unless.search(text):
            excused = True
        # The joined text must not trip a rule over words that only became neighbours by joining.
        elif found is not None and not (excused and text is texts[-1] and len(texts) > 1):
            return found.group()
    if otherwise is not None and (otherwise == _ANGER or not excused):
        return otherwise
    return _ANGER if _angry(rule, heard) else None


def _by_other_means(rule: RedLine, heard: Heard, spoken: _Spoken) -> str | None:
    """What trips a rule besides its patterns: its sounds, its spellings, an intent, anger."""
    if rule.sounds is not None and (heard_as := rule.sounds.search(spoken.sound)):
        return heard_as.group().strip()
    if rule.said_alone is not None and rule.said_alone.fullmatch(spoken.sound):
        return spoken.sound.strip()
    for spelt in rule.spelt.finditer(spoken.sound) if rule.spelt is not None else ():
        if any(c.isalpha() for c in spoken.written[spelt.start() : spelt.end()]):
            return spelt.group().strip()
    return _intended(rule, heard) or (_ANGER if _angry(rule, heard) else None)


def _intended(rule: RedLine, heard: Heard) -> str | None:
    for code, confidence in rule.intents:
        if any(segment.intent == code and segment.confidence >= confidence for segment in heard.segments):
            return code
    return None


def _angry(rule: RedLine, heard: Heard) -> bool:
    return bool(rule.anger and heard.sentiment.anger >= rule.anger)


def _any(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(f"(?:{p})" for p in patterns)
    return re.compile(joined) if joined else None
