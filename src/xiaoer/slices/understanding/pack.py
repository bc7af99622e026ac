"""Reading an industry pack: label set, lexicons and utterances. The only module here that touches files.

A pack is a folder: `intents.toml`, `lexicons/*.toml`, `intents/<code>.txt` (one utterance a line, `#` comments),
`intents/<code>.context.jsonl` (rows `{prev_buyer, prev_agent, text}`), `categories/*.toml`, `compounds.jsonl` (rows
`{parts: [[text, code], ...]}`: messages with several asks, or a long one with one), `talks/*.txt` (whole talks of
buyers and agents: `training.talks`), `model.bin`.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from xiaoer.slices.understanding.lexicon import Lexicon, read_lexicon
from xiaoer.slices.understanding.model import Model, read_model
from xiaoer.slices.understanding.patterns import Pattern, compile_patterns

MODEL_FILE = "model.bin"
COMPOUNDS_FILE = "compounds.jsonl"


@dataclass(frozen=True, slots=True)
class Intent:
    """One row of the label set; `feeling` is how the matter itself weighs on the mood.

    `takes`: matters that are only its story when they are told beside it (太小了 before 想换大一码).
    """

    code: str
    title: str
    knowledge: bool
    means: str
    feeling: float = 0.0
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """One training line. `prev_buyer` and `prev_agent` are set on lines that need the turns before."""

    text: str
    intent: str
    prev_buyer: str | None = None
    prev_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack in memory, without its utterances (they are read for training only)."""

    name: str
    intents: dict[str, Intent]
    lexicon: Lexicon
    patterns: tuple[Pattern, ...]


def folder(name: str = "ecommerce") -> Traversable:
    return files("xiaoer") / "packs" / name


def read_intents(name: str = "ecommerce") -> dict[str, Intent]:
    """The label set of a pack by code."""
    rows = tomllib.loads((folder(name) / "intents.toml").read_text("utf-8"))
    return {
        f"{group}.{key}": Intent(f"{group}.{key}", **row)
        for group, members in rows.items()
        for key, row in members.items()
    }


def read_pack(name: str = "ecommerce") -> Pack:
    root, intents = folder(name), read_intents(name)
    patterns = compile_patterns(tomllib.loads((root / "patterns.toml").read_text("utf-8")))
    return Pack(name, intents, read_lexicon(root / "lexicons", root / "pictures.toml"), patterns)


def takes_of(pack: Pack) -> dict[str, tuple[str, ...]]:
    """Code → the matters that are only its story."""
    return {code: tuple(intent.takes) for code, intent in pack.intents.items() if intent.takes}


def shipped_model(name: str = "ecommerce") -> Model:
    return read_model((folder(name) / MODEL_FILE).read_bytes())


def red_lines_text(name: str = "ecommerce") -> str:
    """The pack's `red_lines.toml`, for `policies.red_lines.parse_red_lines`."""
    return (folder(name) / "red_lines.toml").read_text("utf-8")


def read_utterances(name: str = "ecommerce") -> list[Utterance]:
    """Every training line of a pack, in a stable order."""
    lines: list[Utterance] = []
    for path in sorted((folder(name) / "intents").iterdir(), key=lambda p: p.name):
        text = path.read_text("utf-8")
        if path.name.endswith(".context.jsonl"):
            code = path.name.removesuffix(".context.jsonl")
            for row in map(json.loads, filter(str.strip, text.splitlines())):
                lines.append(Utterance(row["text"], code, row.get("prev_buyer") or "", row.get("prev_agent") or ""))
        elif path.name.endswith(".txt"):
            code = path.name.removesuffix(".txt")
            lines += [Utterance(t.strip(), code) for t in text.splitlines() if t.strip() and not t.startswith("#")]
    for path in sorted((folder(name) / "categories").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            for code, texts in tomllib.loads(path.read_text("utf-8")).get("utterances", {}).items():
                lines += [Utterance(t, code) for t in texts]
    return lines


def read_compounds(name: str = "ecommerce") -> list[tuple[Utterance, ...]]:
    """Messages written with their asks apart, in a stable order; joined as they stand, the parts are the message."""
    path = folder(name) / COMPOUNDS_FILE
    if not path.is_file():
        return []
    rows = map(json.loads, filter(str.strip, path.read_text("utf-8").splitlines()))
    return [tuple(Utterance(text, code) for text, code in row["parts"]) for row in rows]


def pack_hash(name: str = "ecommerce") -> str:
    """Fingerprint of everything that the model is trained from."""
    digest = hashlib.sha256()
    for part in ("intents", "lexicons", "categories", "talks"):
        for path in sorted((folder(name) / part).iterdir(), key=lambda p: p.name):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    compounds = folder(name) / COMPOUNDS_FILE
    if compounds.is_file():
        digest.update(compounds.read_bytes())
    return digest.hexdigest()[:16]
