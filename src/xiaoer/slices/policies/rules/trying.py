"""Asking again (又问一遍): whether the buyer still tries for the same matter, in whatever words, and how often.

A matter is an intent about the same goods with nothing new told. 什么时候发货, 哪天能寄出来, 到底几号发 are three tries
for one matter although each may get another answer; 那M呢 (a new size), another product or page, and whatever follows a
好的，谢谢 are not. Under an intent that many questions share (商品参数), the words or the entry that was said must be
alike as well. The words alone are enough where they are nearly the same (however they are understood), so is the
same fault told again, and a buyer who says that the answer missed (不是这个) tries again by saying so.
"""

from collections.abc import Sequence

from msgspec import structs

from xiaoer.kernel.decision import Act
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.kernel.memory import Tried
from xiaoer.slices.policies.rules import size_words
from xiaoer.slices.policies.rules.follow_ups import READ
from xiaoer.slices.policies.types import Situation

_DEMANDS = 2  # times that it was said that the number is still wanted
_MOST = 3  # matters of one turn that are followed
_SURE = 0.5
_MAY_BE = 0.1  # a second reading from this confidence is the matter of before
_NEARLY = 0.75  # from here on two wordings ask the same, whatever they were understood as
_WORDS = 3  # telling characters that say what a question is about
_ALIKE = 0.6  # shared among all characters that tell something
# Asked over and over by nature: other goods, a better price, a feeling.
_NEVER = frozenset({"product.recommend", "product.compare", "promo.bargain", "service.complaint", "service.human"})
# One intent, one question; all others hold many.
_ONE_QUESTION = frozenset({
    "ship.when", "ship.urge", "ship.track", "ship.stuck", "ship.deliver", "ship.lost", "ship.eta", "ship.carrier",
    "ship.fee", "ship.from", "after.progress", "after.refund_progress", "after.return_address", "order.invoice",
    "order.cancel", "order.change_address", "order.status", "promo.not_applied", "promo.price_protect",
    "product.restock", "product.stock", "product.size_advice", "product.size_chart",
    "product.shelf_life", "price.query",
})  # fmt: skip
_FAMILIES = (
    {"ship.when", "ship.urge"},
    {"ship.track", "ship.stuck", "ship.deliver"},
    {"after.progress", "after.refund_progress"},
)
_TELLS_NOTHING = frozenset(
    "怎么样咋啥什吗嘛呢啊呀吧的了是在有没不能可以要想该应我你您他她它们这那个件款到底究竟请问一下给把就都也还再又说告诉知道多少几"
    "哪里儿时候会得去来上流程办法步骤如何为何呗哦噢嗯对于关从往向跟和与及让叫被才只总很太真"
)
_FOR_WHOM = "男女童"  # 男款有货吗, 女款呢
_OF_PRODUCT = ("product_ids", "product_words", "variant_words")
_POINTS = ("这", "那", "它", "本", "哪", "啥", "什")


def tried(situation: Situation, acts: tuple[Act, ...]) -> tuple[Tried, ...]:
    """The matters of this turn, each with how often it was tried for; those of before when the turn names none."""
    turn, heard = situation.turn, situation.heard
    before = turn.memory.tried
    about = [segment for segment in heard.segments if not _is_talk(segment)]
    if not about:
        return () if _accepts(heard) else before
    asked = turn.memory.asked  # a turn that answers the bot's question goes on; one that leaves it open tries again
    goes_on = (asked is not None and asked.asks != "order_no") or any(a.rule_id.startswith("action.") for a in acts)
    found = []
    for index, segment in enumerate(heard.segments):
        if segment not in about or segment.intent in _NEVER:
            continue
        now = Tried(
            segment.intent,
            turn.product_in_focus or "",
            (*_told(segment), *(c for c in _FOR_WHOM if c in segment.text)),
            "".join(sorted(_telling(segment.text))),
            tuple(source.id for act in acts if act.segment == index for source in act.sources),
            fault=segment.entities.defect or "",
        )
        insists = heard.satisfied is False
        same = next((one for one in before if not goes_on and _is_same(now, one, segment, insists)), None)
        found.append(structs.replace(now, told=same.told, times=same.times + 1) if same else now)
    return tuple(found[:_MOST])


def is_enough(times: tuple[Tried, ...], situation: Situation) -> bool:
    """Whether a person must help: the shop's number of tries, 「不是这个」 between them counted too."""
    most = max((one.times for one in times), default=0)
    return most > 1 and most + situation.unsatisfied >= situation.limits.unsatisfied_tries


def demands(acts: Sequence[Act]) -> bool:
    """Whether the same is demanded a third time without the order's number that was asked for (退钱！你倒是退啊)."""
    return any(act.slots.get("tries", 0) >= _DEMANDS for act in acts)


def tells_news(situation: Situation) -> bool:
    """Whether the buyer asks the same of something else (那175呢), which may well get the same answer."""
    now = [(s.intent, _told(s)) for s in situation.heard.segments]
    before = situation.turn.memory.tried
    return any(one.intent == intent and set(told) - set(one.told) for intent, told in now for one in before)


def _is_talk(segment: Segment) -> bool:
    """Whether a segment asks for nothing; one that is only guessed to be talk may be a question not understood."""
    return segment.intent.startswith(("chat.", "oos.")) and segment.confidence >= _SURE


def _accepts(heard: Heard) -> bool:
    """Thanks, a 「好的」, a goodbye: what was asked before is settled."""
    return heard.satisfied is not False and any(
        segment.intent in ("chat.thanks", "chat.ack", "chat.bye", "chat.praise") for segment in heard.segments
    )


def _is_same(now: Tried, before: Tried, segment: Segment, insists: bool) -> bool:
    if now.product_id != before.product_id or set(now.told) - set(before.told):
        return False
    if now.fault and now.fault == before.fault:
        return True
    if insists and (now.intent == before.intent or set(now.words) & set(before.words)):
        return True
    if now.words == before.words and len(now.words) > 1:
        return True
    if _of_matter(now.words, before.words) >= _NEARLY or _same_trouble(now, before):
        return True
    if segment.by in ("context", "choice", *READ) or segment.confidence < _SURE:  # it goes on, it does not begin again
        return False
    others = {intent for intent, confidence in segment.alternatives if confidence >= _MAY_BE}
    kin = any({now.intent, before.intent} <= family for family in _FAMILIES)
    if now.intent != before.intent and not kin and before.intent not in others:
        return False
    if (now.intent == before.intent or kin) and before.intent in _ONE_QUESTION:
        return True
    return bool(set(now.sources) & set(before.sources)) or _likeness(now.words, before.words) >= _ALIKE


def _told(segment: Segment) -> tuple[str, ...]:
    """What the words tell of their matter: sizes, measures, places, days, goods; never 这件, nor a fault in other
    words."""
    told = [f"body={name}" for name in map(size_words.name_of, size_words.shapes_in(segment.text))]
    for of in (segment.entities, *segment.bodies):
        for name in of.__struct_fields__:
            value = getattr(of, name)
            if value is None or value in ("", ()) or name == "defect":
                continue
            values = [one for one in (value if isinstance(value, tuple) else (value,)) if one is not None]
            told += [f"{name}={one}" for one in values if not (name in _OF_PRODUCT and str(one).startswith(_POINTS))]
    return tuple(sorted(told))


def _telling(text: str) -> set[str]:
    return {c for c in text.lower() if c.isalnum() and c not in _TELLS_NOTHING}


def _same_trouble(now: Tried, before: Tried) -> bool:
    """Whether the shorter of two reports of trouble mostly says what the longer says (涂层掉了, 锅底涂层掉了怎么办)."""
    shared = len(set(now.words) & set(before.words))
    reports = now.intent == before.intent and now.intent.startswith("after.")
    return reports and shared >= _WORDS and shared >= _ALIKE * min(len(now.words), len(before.words))


def _of_matter(one: str, other: str) -> float:
    """How much two questions share, when each says enough to be one."""
    return _likeness(one, other) if min(len(one), len(other)) >= _WORDS else 0.0


def _likeness(one: str, other: str) -> float:
    left, right = set(one), set(other)
    return len(left & right) / len(left | right) if left and right else 0.0
