"""What is said (回复): messages of the bot, each with a plain-text rendering for channels without cards."""

from msgspec import Struct

from xiaoer.kernel.decision import Source
from xiaoer.kernel.turn import ImageContent, TextContent


class ProductCard(Struct, frozen=True, tag="product_card"):
    product_id: str
    title: str
    price: str
    url: str = ""
    image: str = ""
    note: str = ""


class OrderCard(Struct, frozen=True, tag="order_card"):
    order_id: str
    status: str
    title: str
    amount: str
    note: str = ""


class ShipmentCard(Struct, frozen=True, tag="shipment_card"):
    waybill_no: str
    carrier: str
    status: str
    last_text: str = ""
    last_at: str = ""


class CouponCard(Struct, frozen=True, tag="coupon"):
    promotion_id: str
    title: str
    amount: str
    valid_until: str = ""
    code: str = ""


CHIPS_SAY = "您可以问："  # how the text of questions to choose from begins, where nothing can be tapped


class QuickReplies(Struct, frozen=True, tag="quick_replies"):
    options: tuple[str, ...]


class CsatCard(Struct, frozen=True, tag="csat"):
    question: str


ReplyContent = (
    TextContent | ImageContent | ProductCard | OrderCard | ShipmentCard | CouponCard | QuickReplies | CsatCard
)


class ReplyPart(Struct, frozen=True):
    """One outgoing message; `text` is what a plain channel shows."""

    content: ReplyContent
    text: str


class Reply(Struct, frozen=True):
    """The whole answer to a turn. `asked_for` names the slots that the reply asks the buyer for."""

    parts: tuple[ReplyPart, ...]
    sources: tuple[Source, ...] = ()
    asked_for: tuple[str, ...] = ()
