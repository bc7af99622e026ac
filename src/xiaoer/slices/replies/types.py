"""What composing needs besides the decision."""

from msgspec import Struct


class Templates(Struct, frozen=True):
    """The wordings by name; at least one each."""

    wordings: dict[str, tuple[str, ...]]
