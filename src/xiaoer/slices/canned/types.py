"""Canned replies (话术), personal or of the whole shop."""

from msgspec import Struct


class Canned(Struct, frozen=True):
    """话术. `scope` own belongs to `owner` only; `folder` is a path such as 售后/退货; `code` is typed after `/`."""

    id: str
    scope: str
    owner: str
    folder: str
    title: str
    text: str
    code: str = ""
    uses: int = 0
    position: int = 0


class Filled(Struct, frozen=True):
    """A canned reply with its variables filled; `missing` could not be, and stay in braces."""

    text: str
    missing: tuple[str, ...]
