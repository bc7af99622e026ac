"""Asked much, bought nothing (问得多没下单): an intent score from behaviour, and why it is what it is.

Points are judgement, not a fit: a question tells more than a look, a basket most, and each kind saturates, so that one
buyer who reloads a page all day does not look eager. A journey starts at its `least_score` (60 by default: about three
questions and two looks, or a basket with some questions).
"""

from xiaoer.kernel.heard import Segment
from xiaoer.slices.outreach.types import Interest

# field -> (points each, at most so many, how it is told)
_POINTS = (
    ("questions", 12, 5, "问了 {n} 个问题"),
    ("price_talk", 10, 2, "谈了 {n} 次价格"),
    ("views", 6, 4, "看了 {n} 次商品"),
    ("carts", 20, 1, "放进了购物车"),
)
_DWELL_S, _DWELL_POINTS, _DWELL_MOST = 30, 4, 5
_PRICE = ("price.", "promo.")
_ASKS = ("product.", "price.", "promo.", "ship.when", "ship.eta", "ship.fee", "after.freight")
_STOCK = ("product.stock", "product.restock")


def score_intent(interest: Interest) -> tuple[int, tuple[str, ...]]:
    """The score and its parts, each as a sentence in Chinese with its points."""
    total, why = 0, []
    for name, points, most, told in _POINTS:
        count = getattr(interest, name)
        if count:
            total += points * min(count, most)
            why.append(f"{told.format(n=count)} +{points * min(count, most)}")
    times = min(interest.dwell_s // _DWELL_S, _DWELL_MOST)
    if times:
        total += times * _DWELL_POINTS
        why.append(f"停留了 {interest.dwell_s} 秒 +{times * _DWELL_POINTS}")
    return total, tuple(why)


def asked_about(segments: tuple[Segment, ...], buyer_id: str, product_in_focus: str, channel: str) -> list[Interest]:
    """What the segments of one turn add, by product; nothing for talk about orders and after-sales."""
    found: dict[str, Interest] = {}
    for segment in segments:
        if not segment.intent.startswith(_ASKS):
            continue
        for product in segment.entities.product_ids or ((product_in_focus,) if product_in_focus else ()):
            old = found.get(product, Interest(buyer_id, product, channel=channel))
            found[product] = Interest(
                buyer_id,
                product,
                old.questions + 1,
                old.price_talk + segment.intent.startswith(_PRICE),
                old.stock_talk + (segment.intent in _STOCK),
                channel=channel,
            )
    return list(found.values())
