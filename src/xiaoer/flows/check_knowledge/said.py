"""What people said against what the shop knows (答复与知识对照): a day, a price, a yes or no that contradicts the live
entry which answers the buyer's question, or the shop's own rules, offers and goods.

Talks in which an agent spoke wait (`insights.unchecked`) until they are looked at, imported ones too.
What is found becomes a fact with an id made of the message, so looking again adds nothing; it names the message and the
entry and holds no text. Judged is by what the shop knows when it is looked at. A statement about one parcel or order
is no claim about the rule, and one that agrees with an entry about another part of the question is let be.
Of several questions in one breath, those that nobody touched (`left_out.py`) become facts too. A talk is looked at when
it has rested for a while: the second answer may be under way.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.flows.check_knowledge.check import ReadsTerms
from xiaoer.flows.check_knowledge.facts import products_of, shop_facts
from xiaoer.flows.check_knowledge.left_out import left_out, parts_of
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import KnowledgeHit
from xiaoer.kernel.events import Event
from xiaoer.kernel.heard import Heard, TextAnalyser
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, TextContent, Turn
from xiaoer.slices.conversations import told
from xiaoer.slices.conversations.types import Message
from xiaoer.slices.insights import api as insights
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.health import findings
from xiaoer.slices.knowledge.health.claims import claims_of, differ
from xiaoer.slices.knowledge.health.differing import IN_ALL, YES_OR_NO
from xiaoer.slices.knowledge.health.facts import ShopFacts, against_shop
from xiaoer.slices.knowledge.health.goods import against_product
from xiaoer.slices.knowledge.health.judge import SURE
from xiaoer.slices.knowledge.health.meeting import weight
from xiaoer.slices.knowledge.health.sayings import Reader
from xiaoer.slices.knowledge.ports import IntentOf
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.shops.service import Shops

_RESTS = timedelta(minutes=10)
_BATCH = 20  # talks of one step
_MOST = 2_000  # talks of one run; the rest waits for the next
_QUESTIONS = 3  # of the buyer's last words before an answer
_HITS = 3
_SURE = 0.7  # retrieval's score from which the entry is what was asked for
_ONE_CASE = re.compile(
    r"(?:[您你](?:的|这)?|这|该|那)(?:个|一)?(?:订?单|快递|包裹|件货|物流)|单号|物流显示|已经?(?:发|寄|到|退|签)|在路上|帮[您你]|给[您你](?:催|申请|安排|登记|补偿)"
    r"|(?:[和跟与向找问]|联系)(?:了|过)?(?:快递|物流|仓库|网点|派件员|驿站|厂家)[^，,。！!]{0,6}(?:核实|确认|联系|沟通|催|问|查|了)"
)

_HEAD = re.compile(
    r"^(?:亲爱的|亲亲?|您好|你好|抱歉|不好意思|是的|我们|咱们|本店|目前|这个|这款|暂时|都|也|[呢哦哈的，,。！!~～ ])*"
    r"(?:可以|可(?!能)|能|行|支持|会|有|是|不|没|无|包|送|需要|要(?!您)|不用)"
)
_CALLED = re.compile(
    r"^(?:(?:老板娘?|掌柜的?|店家|客服|小二|亲亲?|你好|您好|请问|问下|问一下|在吗)[呀啊哦，,。！!？? ]*)+"
)


class Hears(TextAnalyser, Protocol):
    """Reads what buyers write."""

    def understand(self, turn: Turn) -> Heard: ...


class Denied(Struct, frozen=True):
    """An answer that contradicts: what differs (时间, 是否), and the entry, or "" where the shop's own data deny it."""

    about: str
    entry_id: str = ""


class Judge(Struct, frozen=True):
    """How one answer is weighed; made once for a run."""

    shop: ShopId
    knowledge: Knowledge
    reader: Reader
    facts: ShopFacts
    products: findings.Products
    now: datetime

    def weigh(self, asked: Sequence[str], said: str, product_id: str) -> Denied | None:
        """The contradiction of an answer to these words of the buyer; None when there is none."""
        if _ONE_CASE.search(said):
            return None
        found = None
        for question in asked:
            for hit in self._hits(question, product_id):
                pair = (hit.matched or hit.question, question)
                about = self._differs(pair, (hit.answer, said), hit.score)
                if not about and _agrees(hit.answer, said):
                    return None
                if about and found is None:
                    found = Denied(about, hit.id)
        return found or next(filter(None, (self._against_data(q, said, product_id) for q in asked)), None)

    def _hits(self, question: str, product_id: str) -> Iterator[KnowledgeHit]:
        result = self.knowledge.search(self.shop, question, now=self.now, product_id=product_id, top_k=_HITS)
        return (hit for hit in result.hits if hit.product_id in ("", product_id))

    def _differs(self, asked: tuple[str, str], answers: tuple[str, str], score: float) -> str:
        """What differs, where the entry answers the question; surer where the bot would say it in any case."""
        known, said = (self.reader.read(question, answer) for question, answer in zip(asked, answers, strict=True))
        least = findings.NEARLY if score >= _SURE else SURE
        about = findings.contradict(known, said, self.reader.reading, least)
        return "" if about in (YES_OR_NO, IN_ALL) and not self._says_yes_or_no(asked[1], answers[1]) else about

    def _says_yes_or_no(self, question: str, said: str) -> bool:
        """Whether an answer begins with yes or no, or repeats most of what was asked; 稍等，我查一下 does neither."""
        about = self.reader.reading.wording.about(question)
        return bool(_HEAD.match(said)) or weight(about & self.reader.reading.wording.about(said)) * 2 > weight(about)

    def _against_data(self, question: str, said: str, product_id: str) -> Denied | None:
        draft = EntryDraft(question, said, product_id=product_id)
        says = against_shop(draft, self.facts, self.reader.reading.kinds)
        if not says and (known := self.products.get(product_id)):
            says = against_product(draft, known[2], self.reader.reading.kinds)
        return Denied(says) if says else None


def _agrees(one: str, other: str) -> bool:
    """Whether two answers make a claim in the same unit and do not differ."""
    mine, theirs = claims_of(one), claims_of(other)
    return bool(mine.spans.keys() & theirs.spans.keys()) and not differ(mine, theirs)


class CheckSaid:
    """Looks at the talks that wait."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        knowledge: Knowledge,
        promotions: Promotions,
        shops: Shops,
        terms: ReadsTerms,
        analyser: Hears,
        intent_of: IntentOf,
        new_reader: Callable[[], Reader],
    ) -> None:
        self._db = db
        self._clock = clock
        self._knowledge = knowledge
        self._promotions = promotions
        self._shops = shops
        self._terms = terms
        self._analyser = analyser
        self._intent_of = intent_of
        self._new_reader = new_reader

    async def __call__(self, shop: ShopId) -> int:
        """Look at what waits; return how many answers contradict."""
        judge, denied, last = None, 0, ""
        for _ in range(_MOST // _BATCH):

            def waiting(connection: Connection, after: str = last) -> list[str]:
                return insights.unchecked(connection, shop, _BATCH, after)

            talks = await self._db.read(waiting)
            if not talks:
                break
            last = talks[-1]
            judge = judge or await self._judge(shop)
            facts, spoken = await self._look_at(judge, talks)

            def keep(connection: Connection, facts: list[Event] = facts, spoken: dict[str, int] = spoken) -> int:
                insights.set_checked(connection, shop, spoken)
                return insights.append_new(connection, shop, facts)

            denied += await self._db.write(keep)
        return denied

    async def _judge(self, shop: ShopId) -> Judge:
        await self._knowledge.ensure_loaded(shop)
        terms, hours, now = await self._terms.of(shop), (await self._shops.shop(shop)).hours, self._clock.now()
        facts = shop_facts(terms, hours, await self._promotions.all(shop), now)
        products = await self._db.read(lambda c: products_of(c, shop))
        return Judge(shop, self._knowledge, self._new_reader(), facts, products, now)

    async def _look_at(self, judge: Judge, talks: Sequence[str]) -> tuple[list[Event], dict[str, int]]:
        """What is found, and how many messages of agents each talk had."""

        def query(connection: Connection) -> tuple[dict[str, list[Message]], list[Event]]:
            lines = told.messages_of(connection, judge.shop, talks)
            return lines, insights.facts_of(connection, judge.shop, talks)

        lines, facts = await self._db.read(query)
        found, spoken = list[Event](), dict[str, int]()
        for talk in talks:
            mine = sorted((f for f in facts if f.conversation_id == talk), key=lambda fact: fact.at)
            if mine and judge.now - mine[-1].at < _RESTS:
                continue
            spoken[talk] = sum(map(insights.is_said, mine))
            found += self._left_out(judge, lines.get(talk, ()), mine)
            for message, asked in _answers(lines.get(talk, ())):
                told_of = [str(f.data["product_id"]) for f in mine if f.at <= message.at and f.data.get("product_id")]
                product = told_of[-1] if told_of else ""
                denied = judge.weigh(asked, message.text, product)
                if denied is not None:
                    found.append(_fact(judge.shop, message, mine, denied, product))
            await asyncio.sleep(0)  # buyers are answered in between
        return found, spoken

    def _left_out(self, judge: Judge, lines: Sequence[Message], facts: Sequence[Event]) -> Iterator[Event]:
        """The questions of each breath that people, who answered others of it, left out."""
        shop = judge.shop
        for breath, said in _breaths(lines):
            words = " ".join(line.text for line in breath)
            turn = Turn(
                shop, ConversationId(breath[-1].conversation_id), BuyerId(""), "",
                (BuyerMessage(MessageId(str(breath[-1].id)), TextContent(words), breath[-1].at),), (),
            )  # fmt: skip
            heard = [(segment.intent, segment.text) for segment in self._analyser.understand(turn).segments]
            about = judge.reader.reading.wording.about
            left = left_out(parts_of(heard, self._intent_of), [line.text for line in said], self._intent_of, about)
            if left:
                yield _fact(shop, said[0], facts, Denied(left[0].intent), "", insights.LEFT_OUT, str(breath[-1].id))


def _breaths(lines: Sequence[Message]) -> Iterator[tuple[list[Message], list[Message]]]:
    """What the buyer said in one go, where a person spoke next, with all that people said from there on."""
    spoken = [line for line in lines if line.author != "event" and line.text.strip()]
    people = [line for line in spoken if line.author == "agent"]
    breath: list[Message] = []
    for line in spoken:
        if line.author == "buyer":
            breath.append(line)
            continue
        if breath and line.author == "agent":
            yield breath, [one for one in people if one.seq >= line.seq]
        breath = []


def _answers(lines: Sequence[Message]) -> Iterator[tuple[Message, list[str]]]:
    """Each message of an agent with the buyer's last words before it."""
    asked: list[str] = []
    before = ""
    for line in lines:
        if line.author == "buyer" and line.text.strip():
            asked = [*(asked if before == "buyer" else ()), _CALLED.sub("", line.text.strip()) or line.text][
                -_QUESTIONS:
            ]
        elif line.author == "agent" and line.text.strip() and asked:
            yield line, asked
        if line.author != "event":
            before = line.author


def _fact(
    shop: ShopId,
    message: Message,
    facts: Sequence[Event],
    denied: Denied,
    product: str,
    type_: str = insights.DENIED,
    asked_id: str = "",
) -> Event:
    """`asked_id` is the buyer's message of a question left out; `about` is then the intent of what was left out."""
    sent = [f for f in facts if f.at <= message.at and insights.is_said(f)]
    data = {
        "message_id": asked_id or str(message.id),
        "entry_id": denied.entry_id,
        "about": denied.about,
        "agent_id": str(sent[-1].data.get("agent_id") or "") if sent else message.author_name,
        "product_id": product,
        "channel": next((str(f.data["channel"]) for f in facts if f.data.get("channel")), ""),
    }
    buyer = next((f.buyer_id for f in facts if f.buyer_id), "")
    id_ = f"left:{asked_id}" if asked_id else f"denied:{message.id}"
    return Event(shop, id_, type_, message.at, message.conversation_id, buyer, data)
