"""One simulated buyer (买家的一天): looks, asks, haggles, orders, pays or does not, waits, returns, complains.

A buyer has dice of his own, seeded by the run and his number, so what one does never depends on who came before. How he
decides does depend on the shop: answers and a better price make him buy, silence and a hand-over to nobody do not.
"""

from datetime import timedelta
from random import Random

from xiaoer.app.demo.shelf import Good, write_yuan
from xiaoer.app.simulation.market import Market, Script
from xiaoer.app.simulation.personas import Persona, draw_persona
from xiaoer.kernel.ids import BuyerId
from xiaoer.kernel.turn import TurnContext

_CHANNELS = ("web", "web", "web", "api", "taobao", "douyin")
_ENTRIES = ("product", "product", "product", "search", "live")
PAYS_LATER = 0.30  # of those who left an order unpaid: pay in their own time, reminded or not


class SimulatedBuyer:
    """One buyer with his plan."""

    def __init__(self, market: Market, number: int, seed: int, goods: list[Good], effect: float) -> None:
        dice = self.dice = Random(f"{seed}:{number}")  # a text seeds the same in every process
        self.id, self.market, self.good = f"sim-{number:05d}", market, dice.choice(goods)
        self.persona: Persona = draw_persona(dice)
        self.voice = dice.choice(market.words.voices)
        self.channel = dice.choice(_CHANNELS)
        entry = dice.choice(_ENTRIES)
        self.context = TurnContext(entry, self.good.product_id)  # type: ignore[arg-type]
        self.order, self.unpaid, self.done, self.amount = f"S{number:06d}", False, False, self.good.price
        self._pays_by_himself = dice.random() < PAYS_LATER
        self._moved_by_a_word = dice.random() < effect / (1 - PAYS_LATER)

    async def live(self) -> Script:
        """The visit and what follows from it."""
        market, dice, persona, now = self.market, self.dice, self.persona, self.market.clock.now
        dwell = int(dice.expovariate(1 / 50)) + 3
        seen = {"product_id": self.good.product_id, "dwell_s": dwell, "channel": self.channel}
        await market.happens("page.viewed", self.id, **seen)
        market.counts["greeted"] += bool(await market.product.greet(market.shop, self.context, BuyerId(self.id)))
        if dice.random() < persona.agrees:
            await market.product.selling.remind.consent(market.shop, self.id, True, "sim")
            market.counts["agreed"] += 1
        wish = persona.buys
        for _ in range(dice.randint(*persona.questions)):
            yield now() + timedelta(seconds=dice.uniform(8, 90))
            answer = await self._say(market.words.ask(dice, self.voice, self.good.category, self.good.title))
            wish += 0.03 if answer else -0.08
        if dice.random() < persona.haggles:
            for _ in range(dice.randint(1, 4)):
                yield now() + timedelta(seconds=dice.uniform(8, 60))
                acts = await self._say(market.words.talk(dice, self.voice, "price", self.good.title))
                wish += 0.08 if "bargain" in acts else 0
            yield now() + timedelta(seconds=dice.uniform(8, 60))
            await self._say(market.words.talk(dice, "plain", "accept" if dice.random() < wish + 0.2 else "decline"))
        yield now() + timedelta(seconds=dice.uniform(20, 400))
        if dice.random() >= wish:
            if dice.random() < persona.carts:
                items = [{"product_id": self.good.product_id}]
                await market.happens("cart.updated", self.id, title=self.good.title[:40], items=items)
            return
        async for at in self._buy():
            yield at

    async def return_to_it(self) -> Script:
        """A reminder was read: whoever is moved by it pays now; a basket is sometimes bought after all."""
        if self.unpaid and self._moved_by_a_word:
            async for at in self._pay():
                yield at
        elif not self.unpaid and not self.done and self.dice.random() < 0.15:
            async for at in self._buy():
                yield at

    async def _buy(self) -> Script:
        market, dice, now = self.market, self.dice, self.market.clock.now
        line = {"variant_id": self.good.variant_id, "title": self.good.title, "quantity": 1}
        self.unpaid = True
        price = write_yuan(self.amount)
        items = [{**line, "price": price}]
        await market.happens("order.created", self.id, order_id=self.order, pay_amount=price, items=items)
        if dice.random() >= self.persona.leaves_unpaid:
            yield now() + timedelta(seconds=dice.uniform(20, 240))
        elif self._pays_by_himself:
            yield now() + timedelta(hours=dice.uniform(1, 20))
        else:
            return
        async for at in self._pay():
            yield at

    async def _pay(self) -> Script:
        market, dice, now = self.market, self.dice, self.market.clock.now
        if self.done:
            return
        self.unpaid, self.done = False, True
        await market.happens("order.paid", self.id, order_id=self.order, pay_amount=write_yuan(self.amount))
        yield now() + timedelta(hours=dice.uniform(3, 30))
        waybill = f"SIM{self.order[1:]}"
        await market.happens("order.shipped", self.id, order_id=self.order, waybill_no=waybill, carrier="圆通速递")
        yield now() + timedelta(hours=dice.uniform(6, 20))
        scan = {"waybill_no": waybill, "order_id": self.order, "text": "快件已到达转运中心"}
        await market.happens("shipment.updated", self.id, **scan)
        if dice.random() < 0.35:
            yield now() + timedelta(hours=dice.uniform(1, 10))
            await self._say(market.words.talk(dice, self.voice, "parcel"))
            if dice.random() < self.persona.complains:
                yield now() + timedelta(minutes=dice.uniform(1, 5))
                market.counts["complaints"] += 1
                await self._say(market.words.talk(dice, "plain", "complain"))
        yield now() + timedelta(hours=dice.uniform(10, 30))
        await market.happens("order.delivered", self.id, order_id=self.order)
        if dice.random() < self.persona.returns:
            yield now() + timedelta(hours=dice.uniform(2, 30))
            reason, words = market.words.back(dice, self.voice, self.good.category)
            await self._say(words)
            yield now() + timedelta(minutes=dice.uniform(3, 30))
            back = {"order_id": self.order, "reason": reason, "amount": write_yuan(self.amount)}
            await market.happens("order.refund_requested", self.id, **back)
            yield now() + timedelta(hours=dice.uniform(10, 40))
            await market.happens("order.refunded", self.id, **back)

    async def _say(self, text: str) -> list[str]:
        """Say something; return what the answer did, nothing when nobody answered."""
        answer = await self.market.say(self.id, self.channel, text, self.context)
        return [act["type"] for act in answer.get("turn", {}).get("acts", ())]
