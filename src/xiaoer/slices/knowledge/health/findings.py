"""Each kind of finding, from facts to a sentence that tells the operator what is wrong. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import structs

from xiaoer.kernel.channels import CHANNELS
from xiaoer.slices.knowledge.health.differing import difference
from xiaoer.slices.knowledge.health.facts import ShopFacts, against_shop
from xiaoer.slices.knowledge.health.goods import ProductFacts, against_product
from xiaoer.slices.knowledge.health.judge import SURE, conflict
from xiaoer.slices.knowledge.health.kinds import Kind
from xiaoer.slices.knowledge.health.meeting import Reading, same_words
from xiaoer.slices.knowledge.health.sayings import Reader, Saying
from xiaoer.slices.knowledge.health.standing import name_apart
from xiaoer.slices.knowledge.health.types import Found, Usage
from xiaoer.slices.knowledge.types import Entry, EntryDraft

ANY_INTENT = 0.78  # score from which two entries answer the same question whatever their intents
NEARLY = 0.3  # chance of a conflict of the standard questions where two other wordings meet
_UNUSED = timedelta(days=90)
_SOON = timedelta(days=7)
_LEAST_USES, _HANDOFF_RATIO = 3, 0.4
_LEAST_RATED, _GOOD_RATIO = 2, 0.5
_LEAST_ASKED = 2  # conversations on a product without an answer

Products = Mapping[str, tuple[str, bool, ProductFacts]]


def compare(entry: Entry, other: Entry, asked: tuple[str, str], score: float, reader: Reader) -> Found | None:
    """Two entries by two of their questions: they answer one differently, alike, or there is no finding.

    `score` is how near retrieval finds the questions.
    """
    mine, theirs = entry.draft, other.draft
    newer, older = sorted((entry, other), key=lambda one: one.updated_at, reverse=True)
    ids, detail = (str(newer.id), str(older.id)), {"score": round(score, 2)}
    questions = f"“{newer.draft.question[:40]}”和“{older.draft.question[:40]}”"
    alike, standard = False, (mine.question, theirs.question)
    for channel, answers in spoken(mine, theirs):
        one, two = (reader.read(question, answer) for question, answer in zip(asked, answers, strict=True))
        differs = contradict(one, two, reader.reading)
        if differs and asked != standard:  # what limits the standard question limits the others too
            first, second = (reader.read(question, answer) for question, answer in zip(standard, answers, strict=True))
            differs = contradict(first, second, reader.reading, NEARLY) and differs
        if differs:
            where = f"在 {CHANNELS.get(channel, channel)} 上，" if channel else ""
            says = f"{questions}问的是一回事，{where}{differs}说得不一样"
            return Found("conflict", says, *ids, weight=90, detail=detail)
        if score >= ANY_INTENT and same_words(*answers):
            alike |= reader.reading.apart(*asked) <= 1 and not name_apart(one, two)
    if alike:
        return Found("duplicate", f"{questions}问法和答案都差不多", *ids, weight=30, detail=detail)
    return None


def contradict(one: Saying, other: Saying, reading: Reading, least: float = SURE) -> str:
    """In what two entries that answer one question cannot both be right (时间, 快递, 是否), or "".

    `least` is the chance of a conflict from which it is told.
    """
    return difference(one, other, reading) if conflict(one, other, least) >= least else ""


def spoken(one: EntryDraft, other: EntryDraft) -> Iterator[tuple[str, tuple[str, str]]]:
    """What two entries say to the same buyer: on channels without words of their own ("") and on each that has some."""
    yield "", (one.answer, other.answer)
    scopes = [set(filter(None, draft.channel.split("|"))) for draft in (one, other)]
    for channel in sorted({*one.channel_answers, *other.channel_answers}):
        if all(not scope or channel in scope for scope in scopes):
            yield channel, (one.said_on(channel), other.said_on(channel))


def by_date(live: Sequence[Entry], usage: Mapping[str, Usage], now: datetime) -> list[Found]:
    """What has expired, expires within a week, or was said by nobody for long."""
    found = []
    for entry in live:
        draft, id_ = entry.draft, str(entry.id)
        if draft.valid_to and draft.valid_to <= now:
            found.append(Found("expired", f"“{draft.question[:40]}”已经过期，不会再说给买家", id_, weight=40))
        elif draft.valid_to and draft.valid_to <= now + _SOON:
            days = max(0, (draft.valid_to - now).days)
            says = f"“{draft.question[:40]}”{'今天' if days == 0 else f'{days} 天后'}过期"
            found.append(Found("expiring", says, id_, weight=60))
        elif entry.updated_at <= now - _UNUSED and not usage.get(id_):
            found.append(Found("unused", f"“{draft.question[:40]}”很久没有人问到", id_, weight=10))
    return found


def by_use(live: Sequence[Entry], usage: Mapping[str, Usage]) -> list[Found]:
    """What leads to people, or to bad ratings; what was put right since it was last said has yet to show itself."""
    found = []
    for entry in live:
        used = usage.get(str(entry.id))
        if used is None or (used.last_used_at and entry.updated_at > used.last_used_at):
            continue
        detail = {"uses": used.uses, "handoffs": used.handoffs, "rated": used.rated, "satisfied": used.satisfied}
        if used.uses >= _LEAST_USES and used.handoffs / used.uses >= _HANDOFF_RATIO:
            says = f"“{entry.draft.question[:40]}”说了 {used.uses} 次，{used.handoffs} 次之后转了人工"
            found.append(Found("handoffs", says, str(entry.id), weight=70, detail=detail))
        if used.rated >= _LEAST_RATED and used.satisfied / used.rated < _GOOD_RATIO:
            says = f"“{entry.draft.question[:40]}”之后的评价里，{used.rated - used.satisfied} 个不满意"
            found.append(Found("low_rating", says, str(entry.id), weight=65, detail=detail))
    return found


def against(entry: Entry, facts: ShopFacts, products: Products, kinds: Sequence[Kind] = ()) -> Found | None:
    """What the shop's own data deny, of the answer or of what is said on one channel instead, or have overtaken."""
    draft, id_ = entry.draft, str(entry.id)
    about = f"“{draft.question[:40]}”"
    known = products.get(draft.product_id)
    answers = {"": draft.answer, **draft.channel_answers}
    for channel, answer in answers.items():
        said = structs.replace(draft, answer=answer)
        says = against_shop(said, facts, kinds) or (against_product(said, known[2], kinds) if known else "")
        if says:
            where = f"在 {CHANNELS.get(channel, channel)} 上，" if channel else ""
            return Found("contradiction", f"{about}{where}{says}", id_, product_id=draft.product_id, weight=95)
    if draft.product_id and known is None:
        return Found("gone_product", f"{about}的商品已经不在店里", id_, product_id=draft.product_id, weight=50)
    if known and known[2].changed_at and known[2].changed_at > entry.updated_at:
        says = f"{about}写好以后，商品“{known[0][:20]}”改过，请看看答案还对不对"
        return Found("changed_product", says, id_, product_id=draft.product_id, weight=45)
    return None


def uncovered(missing: Mapping[str, Mapping[str, set[str]]], products: Products) -> list[Found]:
    """Products about which buyers asked without an answer; `missing` are conversations by product and intent."""
    found = []
    for product_id, intents in missing.items():
        title, sized, _ = products.get(product_id, (product_id, True, None))
        talks = set().union(*intents.values())
        if any(intent.startswith("product.size") for intent in intents) and not sized:
            says = f"“{title[:20]}”没有尺码表，{len(talks)} 段会话问到尺码"
            found.append(Found("no_size_chart", says, product_id=product_id, weight=75))
        if len(talks) >= _LEAST_ASKED:
            most = sorted(intents, key=lambda intent: -len(intents[intent]))
            detail = {"intents": most[:5], "conversations": sorted(talks)[:10]}
            says = f"“{title[:20]}”有 {len(talks)} 段会话没答上来"
            found.append(
                Found("uncovered", says, product_id=product_id, weight=55 + min(len(talks), 20), detail=detail)
            )
    return found
