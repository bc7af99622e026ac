"""What the importer needs: where the rows of a kind go, and who may refuse them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Connection

from xiaoer.kernel.ids import ShopId

Check = Callable[[Any], str | None]
Pairs = Sequence[tuple[Any, str]]


class Sink(Protocol):
    """Takes the rows of one kind into its slice.

    `rows` are (row, hash) pairs with ids unique among them; a row whose id exists is replaced, except for
    the fields named in `keep`. `existing_hashes` returns the hash of every id that exists.
    """

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str], /) -> dict[str, str]: ...

    def upsert(
        self,
        connection: Connection,
        shop: ShopId,
        rows: Sequence[tuple[Any, str]],
        now: datetime,
        keep: Collection[str] = ...,
        /,
    ) -> None: ...


@runtime_checkable
class KnowsSame(Protocol):
    """A sink that looks behind the fingerprint: ids of `rows` that would change nothing."""

    def same(
        self, connection: Connection, shop: ShopId, rows: Sequence[tuple[Any, str]], keep: Collection[str]
    ) -> set[str]: ...


class Guard(Protocol):
    """Looks at all rows of a file before the first is written; `override` names the reason to go on all the same.

    Raises:
        Conflict: they must not be written.
    """

    async def __call__(self, shop: ShopId, rows: Pairs, keep: Collection[str], by: str, override: str, /) -> None: ...


class Vet(Protocol):
    """Says which rows do not fit a shop: by id the column, a code and the reason in Chinese."""

    async def __call__(self, shop: ShopId, rows: Sequence[Any], /) -> Mapping[str, tuple[str, str, str]]: ...
