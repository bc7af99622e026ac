"""What whole talks teach (整段对话): how a message is read after the turns before it.

A talk shows what no single line does: how buyers go on, answer, push, refuse and change the matter, in the shares of
real service. Each of its messages of one ask that has turns before it is practice for the gate and the listener.

A file of `talks/` holds one message a line: `b CODE | words` of the buyer, `a | words` of the agent; of several asks in
one message, `b CODE/CODE | words‖words`. `# ` with the trade begins the next talk; empty lines count for nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from xiaoer.kernel.errors import XiaoerError
from xiaoer.slices.understanding.pack import Utterance, folder, read_pack

APART = "‖"


class TalkUnreadable(XiaoerError):
    """A line of a file of talks is not written as they are."""

    code = "talk_unreadable"
    status = 500

    def __init__(self, file: str, number: int, why: str) -> None:
        super().__init__(f"Line {number} of the talks in {file} {why}.")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a talk: the agent's where it has no codes; the parts of several asks are kept apart by `‖`."""

    words: str
    codes: tuple[str, ...] = ()


def read_talks(name: str = "ecommerce") -> list[list[Said]]:
    """The talks of a pack, in a stable order.

    Raises:
        TalkUnreadable: see `parse_talks`.
    """
    codes = read_pack(name).intents
    files = sorted((folder(name) / "talks").iterdir(), key=lambda path: path.name)
    return [talk for path in files for talk in parse_talks(path.read_text("utf-8"), path.name, codes)]


def parse_talks(text: str, file: str, codes: Collection[str]) -> list[list[Said]]:
    """The talks of one file.

    Raises:
        TalkUnreadable: a line is none of the four kinds, stands before the first talk, has no words, a code that is
            none of `codes`, or not as many parts as codes.
    """
    talks: list[list[Said]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# "):
            talks.append([])
            continue
        if not line.strip():
            continue
        head, _, words = line.partition(" | ")
        said = Said(words.strip(), tuple(head[2:].split("/")) if head.startswith("b ") else ())
        unknown = next((code for code in said.codes if code not in codes), None)
        if not talks:
            raise TalkUnreadable(file, number, "stands before the first `# `: begin the talk with its trade")
        if (head != "a" and not said.codes) or not said.words:
            raise TalkUnreadable(file, number, "is neither `b CODE | words` nor `a | words`")
        if unknown is not None:
            raise TalkUnreadable(file, number, f"has the code {unknown!r}, which intents.toml does not know")
        if said.codes and len(said.words.split(APART)) != len(said.codes):
            raise TalkUnreadable(
                file, number, f"has {len(said.codes)} codes: write as many parts, with {APART} between"
            )
        talks[-1].append(said)
    return talks


def lines_of(talks: Iterable[Sequence[Said]]) -> list[Utterance]:
    """Every message of one ask after another of the buyer, with the last words of both before it."""
    found = []
    for talk in talks:
        buyer, agent = "", ""
        for said in talk:
            if not said.codes:
                agent = said.words
                continue
            if buyer and len(said.codes) == 1:
                found.append(Utterance(said.words, said.codes[0], buyer, agent))
            buyer = said.words.replace(APART, " ")
    return found
