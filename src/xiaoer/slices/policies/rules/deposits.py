"""What is paid now and what later of goods in a presale (定金预售): 现在付多少, 尾款多少, 剩下的呢, 到手一共多少."""

import re

from xiaoer.kernel.decision import Need
from xiaoer.slices.policies.rules import pieces, quotes
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.rules.specs import matching
from xiaoer.slices.policies.types import Ask, Move

_ASKS = re.compile(
    r"(?:付|交|给|拍|买|到手|定金|尾款|剩下|剩余|一共|总共|下来|现在|预售价?|价格?)[^，。]{0,6}(?:多少|几[块钱元]|几多)|多少钱|什么价|啥价|剩下的?呢|尾款呢|怎么付|分几次"
)
_NOT = re.compile(r"退|不付|不要|取消|券|减|优惠|便宜|活动")
_BACK = re.compile(r"(?:不付|没付|不想付|不要了|不想要)[^，。]{0,10}退|(?:定金|那?50)[^，。]{0,6}退")
_ABOUT_BACK = "预售定金能退吗"
_MOST = 4  # prices that are told one by one


def answer(ask: Ask) -> Move | None:
    """Deposit, balance and sum of the variants that the words name, else of one of each price; None where the goods in
    sight are in no presale, or the amounts are not asked."""
    product = ask.facts.products.get(ask.product_id or "")
    if product is None or not any(offer.kind == "presale" and offer.fits for offer in ask.facts.offers or ()):
        return None
    if _BACK.search(ask.segment.text):
        known = Need("knowledge", ask.index, _ABOUT_BACK)
        return None if known in ask.facts.asked else Move(needs=(known,))
    if not _ASKS.search(ask.segment.text) or _NOT.search(ask.segment.text):
        return None
    variants = ask.facts.variants.get(product.id, ())
    chosen = matching(variants, ask.segment.entities, pieces.without_counts(ask.segment.text)) or variants
    counted = pieces.asked(variants, ask.segment.entities, ask.segment.text, product.title)
    told = [one for one in counted if one.number > 1]
    of_each = [pieces.Pieces(one, 1) for one in {v.pays: v for v in reversed(chosen)}.values()]
    lines = sorted(told or of_each, key=lambda one: one.variant.pays)[:_MOST]
    unread = tuple(Need("priced", ask.index, one.key) for one in lines if one.key not in ask.facts.priced)
    if unread:
        return None if set(unread) <= set(ask.facts.asked) else Move(needs=unread)
    parts = [(one, found, plan) for one in lines if (plan := (found := ask.facts.priced[one.key]).presale) is not None]
    if not parts:
        return None
    rows = [
        [_called(one, len(variants) > 1), plan.now.spoken, plan.balance.spoken, found.payable.spoken]
        for one, found, plan in parts
    ]
    plan = parts[0][2]
    used = {source.id: source for _, found, _ in parts for source in quotes.causes(found.causes)}
    dated = plan.starts_at is not None and plan.ends_at is not None
    template = "presale.parts" if dated else "presale.parts_undated"
    return Move(say(ask, template, type_="quote", sources=tuple(used.values()), rule="presale.parts", deposits=rows,
                    since=plan.starts_at, until=plan.ends_at, cart=parts[0][0].key))  # fmt: skip


def _called(one: pieces.Pieces, named: bool) -> str:
    spec = " ".join(one.variant.spec.values()) if named else ""
    return f"{spec} ×{one.number}" if one.number > 1 else spec
