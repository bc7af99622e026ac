"""A message about several of the buyer's own goods (一句话几样货), taken asunder: 四件套退了，咖啡换个口味.

Understanding does not know what a buyer bought, so it may hear two wishes as one. With his orders at hand, the clauses
are put together by the goods that they name, and each part is heard by itself. What is only told to stay (鞋留着) is
no wish; a short question about the deed (运费谁出) is one more. Parts that ask the same stay together: `several` and
`over_orders` tell them apart.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules.matters import several, swap_words
from xiaoer.slices.policies.rules.picking import SORTS, THINGS

_DEED = re.compile(
    r"退|换|修|补|赔|取消|不要|别[发送]|拒收|拦|截回|[改催寄减]|票|备注|[少漏坏碎破裂]|[掉褪]色|起球|缩水|开线|发错|[大小]了|退款|到哪|发了?(?:没|吗|货)"
)
_JOINTS = re.compile(r"另外|还有|然后|但是?|可是|不过")
_CLAUSE = re.compile(r"[^，,。；;！!？?\n\s]+[？?]?")
_VAGUE = re.compile(r"(?:我)?(?:该)?(?:怎么|咋|如何)(?:办|整|弄|搞|处理|说|解决|回事)(?:啊|呀|呢|吧)*[？?]?")
_SURE = 0.9  # a clause that names no goods is a question of its own when it is heard as surely as this
_CLEAR = 0.6  # below this, a part is heard again with its goods called 这个
_HEARD = 0.7  # what is said before it counts for itself from this
_ALSO_IT = re.compile(r"(?:那|还有)?(?:呢|咧|哩)[？?]?")  # 吸奶器呢: the same is asked of it
_THIS = ("这个", "东西")
_OF_OWN = ("order.", "ship.", "after.")
_NOT_OF_OWN = ("product.recommend", "product.restock", "oos.platform", "oos.other", "oos.unclear", "chat.ack")
_COMES = re.compile(r"(?:什么时候|啥时候|几时|几号|几点|哪天|多久|几天)(?:能|会|可以|才|送|得)*(?:到|收到|来)")
_TO_COME = ("unpaid", "paid", "shipped")
_ENDED = ("refunding", "refunded")

Hear = Callable[[str], tuple[Segment, ...]]
# The lines that a clause names, each by its order and variant.
Goods = frozenset[tuple[str, str]]


class _Part(NamedTuple):
    """What is said of some goods: `words` are heard, `text` also tells what of the same order stays."""

    goods: Goods
    name: str
    comes: bool  # not here yet: 什么时候到 asks for the parcel, not for new stock
    words: list[str]
    text: list[str]


def may_be(turn: Turn, heard: tuple[Segment, ...]) -> bool:
    """Whether a message may want something done about goods, so that the buyer's orders are worth reading first."""
    text = _words_of(turn)
    wishes = any(segment.by == "wish" for segment in heard)
    return wishes or _COMES.search(text) is not None or _DEED.search(text) is not None or len(_clauses(text)) > 1


def hear_apart(turn: Turn, heard: tuple[Segment, ...], orders: Sequence[Order], hear: Hear) -> tuple[Segment, ...]:
    """What is wanted of each of the goods that the message names; what was heard where nothing is gained by it."""
    parts, spares = _parts(_clauses(_words_of(turn)), orders, turn.memory)
    plain = len(parts) == 1 and len(parts[0].words) == 1 and not spares
    if not any(part.goods for part in parts) or (plain and not _is_doubtful(heard)):
        return heard
    again = tuple(segment for part in parts for segment in _heard_of(part, hear))
    if any(segment.intent.startswith(("chat.", "oos.")) for segment in again):
        return heard  # 昨天拍了鞋，今天又拍了条裤子，能一起发吗: a story, and one wish
    kinds, before = {segment.intent for segment in again}, {segment.intent for segment in heard}
    if len(parts) == 1 and not spares and len(again) == 1:
        clear = again[0].intent.startswith(_OF_OWN) and not _is_doubtful(again)
        return again if clear and _is_doubtful(heard) else heard
    if len(kinds) > 1:
        return again if len(again) > len(heard) or spares else heard
    if not kinds or (kinds == before and not spares):
        return heard
    one = max(again, key=lambda segment: segment.confidence)
    joined = "，".join(segment.text for segment in again)
    return (replace(one, text=joined),)  # of all of them the same: which goods is told by `several`


def _is_doubtful(heard: tuple[Segment, ...]) -> bool:
    """Whether words about own goods were heard as a wish for others (芝麻丸发霉了), or hardly heard at all."""
    return any(one.intent in _NOT_OF_OWN or one.confidence < _CLEAR for one in heard)


def _words_of(turn: Turn) -> str:
    return "\n".join(message.text for message in turn.messages if message.text)


def _clauses(text: str) -> list[str]:
    return _CLAUSE.findall(_JOINTS.sub("，", text))


def _parts(clauses: Sequence[str], orders: Sequence[Order], memory: Memory) -> tuple[list[_Part], bool]:
    """The clauses by the goods that they name, one after the other, and whether some goods are to be left alone."""
    parts: list[_Part] = []
    spares = False
    for clause in clauses:
        goods, name = _goods_in(clause, orders)
        comes = any(
            (order.id, line.variant_id) in goods for order in orders if order.status in _TO_COME for line in order.items
        )
        if goods and several.is_kept(clause) and not _has_request(goods, orders, memory):
            spares = True
            for part in parts[-1:]:
                if {order for order, _ in goods} == {order for order, _ in part.goods}:
                    part.text.append(clause)
        elif not goods and len(parts) > 1 and several.is_of_all(clause):  # 都给我换
            for part in parts:
                part.words.append(clause)
                part.text.append(clause)
        elif parts and name and _ALSO_IT.fullmatch(clause.replace(name, "", 1)):
            parts[-1].words.append(clause)
            parts[-1].text.append(clause)
        elif parts and (goods <= parts[-1].goods or not parts[-1].goods):
            last = parts.pop()
            parts.append(
                _Part(
                    last.goods or goods,
                    last.name or name,
                    last.comes or comes,
                    [*last.words, clause],
                    [*last.text, clause],
                )
            )
        else:
            parts.append(_Part(goods, name, comes, [clause], [clause]))
    return parts, spares


def _goods_in(clause: str, orders: Sequence[Order]) -> tuple[Goods, str]:
    """The lines whose titles have most of a clause's pairs of letters, or the one letter of a thing (鞋); and what the
    clause calls them."""
    signs = {pair for at in range(len(clause) - 1) if (pair := clause[at : at + 2]).isalpha()} | (THINGS & set(clause))
    signs |= {sign for sort, of_sort in SORTS.items() if sort in clause for sign in of_sort}
    found = {
        (order.id, line.variant_id): (sum(sign in line.title for sign in signs), line.title)
        for order in orders
        for line in order.items
    }
    best, title = max(found.values(), default=(0, ""))
    goods = frozenset(line for line, (score, _) in found.items() if score == best > 0)
    named = [at for at in range(len(clause)) if clause[at : at + 2] in signs and clause[at : at + 2] in title]
    name = clause[named[0] : named[-1] + 2] if named else ""
    return goods, name if len(name) <= len(named) + 1 else ""


def _has_request(goods: Goods, orders: Sequence[Order], memory: Memory) -> bool:
    """Whether something is under way for these goods, which 不退了 takes back."""
    ids = {order for order, _ in goods}
    asked = any(matter.order_id in ids for matter in memory.matters)
    return asked or any(order.id in ids and order.status in _ENDED for order in orders)


def _heard_of(part: _Part, hear: Hear) -> tuple[Segment, ...]:
    """What a part asks; a short question at its end that asks something else (运费谁出) is one more."""
    *before, last = part.words
    whole, text = _surely_heard(part.words, part, hear), "，".join(part.text)
    if before and QUESTION.search(last) and not _VAGUE.fullmatch(last):
        first, own = _surely_heard(before, part, hear), hear(last)
        surely = len(own) == len(first) == 1 and own[0].confidence >= _SURE and _is_wish(first[0])
        if surely and first[0].intent != own[0].intent:
            return (replace(first[0], text=text.removesuffix(last).rstrip("，")), own[0])
    return (replace(whole[0], text=text),) if len(whole) == 1 else whole


def _is_wish(segment: Segment) -> bool:
    """Whether words want something of an order by themselves, and do not only tell the story of what is asked."""
    return segment.intent.startswith(_OF_OWN) and segment.by != "context" and segment.confidence >= _HEARD


def _surely_heard(words: Sequence[str], part: _Part, hear: Hear) -> tuple[Segment, ...]:
    """What the words ask; where that is doubtful, with the goods called as what they are to the buyer: this thing."""
    text = "，".join([word for word in words if not _VAGUE.fullmatch(word)] or words)
    found = hear(text)
    fewer = part.comes and len(found) == 1 and not found[0].intent.startswith(_OF_OWN)
    if fewer and swap_words.read(text, (), None).counts:  # 跑鞋三双减到两双: of what is on its way to be sent
        return (replace(found[0], intent="order.change_item", confidence=_SURE),)
    if not part.name or not _is_doubtful(found):
        return found
    if part.comes and len(found) == 1 and _COMES.search(text):
        return (replace(found[0], intent="ship.eta", confidence=max(found[0].confidence, _SURE)),)
    tries = [again for word in _THIS if len(again := hear(text.replace(part.name, word))) == 1]
    best = max(tries, key=lambda again: again[0].confidence, default=found)
    sure = best[0].intent.startswith(_OF_OWN) and best[0].confidence >= _CLEAR
    return (replace(best[0], text=text),) if sure else found
