"""What learning may ask of a language model (草稿润色)."""

from typing import Protocol

from xiaoer.kernel.ids import ShopId


class RewritesDrafts(Protocol):
    """Puts an agent's words into the shop's tone. A proposal only: a person reads it before it is published.

    Return the better wording, or None to leave the answer as it is. Must keep every number and date; the caller
    checks that and drops a wording that lost one. Never raise.
    """

    async def rewrite(self, shop: ShopId, question: str, answer: str) -> str | None: ...
