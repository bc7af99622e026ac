"""The language model at work (大模型), where one is set up: what it is asked for, and what every call took.

Each call is a fact (`model.called`) with its tokens, and its cost by the shop's price of that day, so that spend adds
up per shop and per use. What is sent is masked already; what comes back is a proposal that a person reads.
"""

import time

import structlog
from sqlalchemy import Connection

from xiaoer.flows.show_insights.value import costs_of_shop
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.llm import Llm, Told
from xiaoer.infra.settings import Settings
from xiaoer.infra.web import Web, WebPolicy
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import MODEL_CALLED, Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import api as insights

_log = structlog.get_logger(__name__)
_POLICY = WebPolicy(attempt_s=20.0, total_s=25.0, attempts=1)
_MOST_TOKENS = 600
_REWRITE = (
    "你是网店客服主管。把客服的回答改成知识库里的标准答案：简短、客气、直接，先说结论；"
    "所有数字、日期、金额、条件一个都不能改、不能加；不写称呼，不写承诺以外的话。只输出改好的答案。"
)


class LanguageModel:
    """The model of this installation; without one every question is answered by None at once."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, web: Web | None = None) -> None:
        self._db = db
        self._clock = clock
        self._web = (web or Web(clock, _POLICY)) if settings.llm_url else None
        self._llm = Llm(self._web, settings.llm_url, settings.llm_key, settings.llm_model) if self._web else None

    async def close(self) -> None:
        if self._web is not None:
            await self._web.close()

    async def rewrite(self, shop: ShopId, question: str, answer: str) -> str | None:
        """See `slices.learning.ports.RewritesDrafts`."""
        return await self._ask(shop, "gap.draft", _REWRITE, f"买家的问题：{question}\n客服的回答：{answer}")

    async def _ask(self, shop: ShopId, purpose: str, task: str, text: str) -> str | None:
        if self._llm is None:
            return None
        began = time.monotonic()
        try:
            told = await self._llm.ask(task, text, _MOST_TOKENS)
        except SourceUnavailable as problem:
            _log.warning("model_away", shop=shop, purpose=purpose, reason=problem.detail)
            told = None
        took_ms = round(1000 * (time.monotonic() - began))
        await self._db.write(lambda c: self._keep(c, shop, purpose, told, took_ms))
        return told.text or None if told else None

    def _keep(self, connection: Connection, shop: ShopId, purpose: str, told: Told | None, took_ms: int) -> None:
        assert self._llm is not None
        data = {"purpose": purpose, "model": self._llm.model, "ok": told is not None, "took_ms": took_ms}
        if told is not None:
            costs = costs_of_shop(connection, shop)
            # yuan for a million tokens are millionths of a yuan for one
            spent = told.tokens_in * costs.model_in_yuan + told.tokens_out * costs.model_out_yuan
            data |= {"model": told.model, "tokens_in": told.tokens_in, "tokens_out": told.tokens_out}
            data["microyuan"] = round(spent)
        insights.append(connection, shop, [Event(shop, new_id(), MODEL_CALLED, self._clock.now(), data=data)])
