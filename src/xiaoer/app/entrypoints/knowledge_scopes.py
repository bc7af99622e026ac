"""Whom an entry is for (适用范围) is checked when somebody writes it: goods, channels and groups of buyers that do not
exist are refused.

Only what a change names anew is looked at, so an entry whose product has gone meanwhile can still be edited. Files are
more patient: their rows may come before the goods, and the import report names what is missing.
"""

from msgspec import structs

from xiaoer.app.wiring import Wiring
from xiaoer.kernel.channels import CHANNELS, channel_code, channel_codes
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.rules import InvalidEntry
from xiaoer.slices.knowledge.types import EntryDraft


class UnknownProduct(InvalidEntry):
    code = "unknown_product"

    def __init__(self, product_id: str) -> None:
        super().__init__(
            f"This shop has no product “{product_id[:60]}”. Write one that it has, or import the product first."
        )


class UnknownChannel(InvalidEntry):
    code = "unknown_channel"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name[:40]}” is not a channel. Use one of {', '.join(CHANNELS)}, joined by |.")


async def fit_scopes(product: Wiring, shop: ShopId, draft: EntryDraft, before: EntryDraft | None = None) -> EntryDraft:
    """The draft with its channels by their codes (抖音 is douyin).

    Raises:
        UnknownProduct, UnknownChannel, UnknownAudience: one that is named anew does not exist in this shop.
    """
    product_id = draft.product_id.strip()
    if product_id and (before is None or product_id != before.product_id):
        known = await product.catalog.product(shop, product_id) is not None
        if not known and (await product.catalog.page(shop, "", 0, 1))[1]:
            raise UnknownProduct(product_id)
    channel = channel_codes(draft.channel)
    answers = {channel_code(name): answer for name, answer in draft.channel_answers.items()}
    old = {*before.channel.split("|"), *before.channel_answers} if before else set()
    strange = await product.brain.audiences.strange_channels(shop, {*channel.split("|"), *answers} - old)
    if strange:
        raise UnknownChannel(min(strange))
    audience = await product.brain.audiences.check(shop, draft.audience, before.audience if before else "")
    return structs.replace(draft, channel=channel, channel_answers=answers, audience=audience)
