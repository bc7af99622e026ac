"""A newcomer is greeted (问候) by where the visit began; never in the middle of a talk."""

from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import Act, Decision, Source
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TurnContext
from xiaoer.slices.catalog.ports import ProductSource
from xiaoer.slices.replies import api as replies
from xiaoer.slices.replies.types import Templates
from xiaoer.slices.shops.service import Shops


class GreetVisitor:
    """Words and chips for a buyer who has just opened the chat."""

    def __init__(self, shops: Shops, products: ProductSource, templates: Templates, clock: Clock) -> None:
        self._shops = shops
        self._products = products
        self._templates = templates
        self._clock = clock

    async def __call__(self, shop: ShopId, context: TurnContext, buyer_id: BuyerId) -> tuple[ReplyPart, ...]:
        """Return the greeting's parts; nothing is stored."""
        act = await self._act(shop, context)
        return replies.compose(Decision((act,)), self._templates, self._clock.now(), buyer_id).parts

    async def _act(self, shop: ShopId, context: TurnContext) -> Act:
        if context.product_id:
            product = await self._products.product(shop, context.product_id)
            if product is not None:
                source = Source("product", product.id, product.title)
                return Act("greet", 0, "greet.product", {"title": product.title}, (source,), "greet.product")
        if context.entry == "order":
            return Act("greet", 0, "greet.order", rule_id="greet.order")
        if context.entry == "campaign":
            return Act("greet", 0, "greet.campaign", rule_id="greet.campaign")
        name = (await self._shops.shop(shop)).name
        return Act("greet", 0, "greet.home", {"shop": name}, rule_id="greet.home")
