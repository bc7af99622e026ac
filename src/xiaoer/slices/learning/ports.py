"""What learning may ask of a language model (草稿润色), and what it sees of an entry."""

from typing import Protocol

from xiaoer.kernel.ids import ShopId


class RewritesDrafts(Protocol):
    """Puts an agent's words into the shop's tone. A proposal only: a person reads it before it is published.

    Return the better wording, or None to leave the answer as it is. Must keep every number and date; the caller
    checks that and drops a wording that lost one. Never raise.
    """

    async def rewrite(self, shop: ShopId, question: str, answer: str) -> str | None: ...


class Written(Protocol):
    """An entry as it is written, in the words of a channel."""

    @property
    def channel(self) -> str: ...

    @property
    def product_id(self) -> str: ...

    def said_on(self, channel: str) -> str: ...
