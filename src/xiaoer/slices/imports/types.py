"""Import runs (导入记录): what was taken in, what was refused and why."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

RunStatus = Literal["running", "done", "refused", "failed"]


class Refusal(Struct, frozen=True):
    """A row that was not taken. `text` is the whole sentence for people, `code` the reason for programs."""

    line: int
    column: str
    code: str
    text: str


class ImportRun(Struct, frozen=True):
    """One file that was imported, or is being imported.

    `refused`: the file as a whole was not taken (`error` says why) and nothing was changed. `failed`: it
    stopped in the middle; importing it again completes it. The numbers count rows; `refusals` holds the
    first 1,000 of the `refused` ones.
    """

    id: str
    kind: str
    file_name: str
    status: RunStatus
    strict: bool
    at: datetime
    by: str = ""
    done: int = 0
    total: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    error_code: str = ""
    finished_at: datetime | None = None
