"""Canned replies (话术): personal, of a group, or of the whole shop."""

from msgspec import Struct


class Canned(Struct, frozen=True):
    """话术. `scope` own belongs to the staff member `owner` only, team to the group (小组) of that name, shop to
    everybody; `folder` is a path such as 售后/退货; `code` is typed after `/`. `images` are addresses of pictures that
    are sent after the words; with one the words may be empty."""

    id: str
    scope: str
    owner: str
    folder: str
    title: str
    text: str
    code: str = ""
    uses: int = 0
    position: int = 0
    images: tuple[str, ...] = ()


class Reader(Struct, frozen=True):
    """Who looks for a reply: a staff member of a group, or somebody who `leads` and sees every group's."""

    staff_id: str
    team: str = ""
    leads: bool = False


class Filled(Struct, frozen=True):
    """A canned reply with its variables filled; `missing` could not be, and stay in braces."""

    text: str
    missing: tuple[str, ...]
    images: tuple[str, ...] = ()


class RowProblem(Struct, frozen=True):
    """A line of a file that was not taken; `text` tells a person why."""

    line: int
    text: str


class Taken(Struct, frozen=True):
    """What a file changed."""

    added: int
    changed: int
    unchanged: int
    problems: tuple[RowProblem, ...]
