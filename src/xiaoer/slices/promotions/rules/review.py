"""What a promotion may say but probably does not mean (疑似写错): told to the shop, never refused."""

from itertools import pairwise

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.types import Benefit, Level, Promotion


def review_promotion(promotion: Promotion) -> list[str]:
    """What is allowed but looks like a slip, in Chinese."""
    found: list[str] = []
    for tier in promotion.tiers:
        generous = promotion.threshold == "amount" and promotion.benefit is Benefit.AMOUNT_OFF
        if generous and promotion.level is not Level.ITEM and 0 < tier.threshold < tier.value:
            low, off = Money(tier.threshold).spoken, Money(tier.value).spoken
            found.append(f"优惠“{promotion.id}”满{low}减{off}，减得比门槛还多，请确认没有写错")
    rates = [tier.value for tier in promotion.tiers]
    if promotion.benefit is Benefit.PERCENT_OFF:
        if any(rate < 1_000 for rate in rates):
            found.append(f"优惠“{promotion.id}”的折扣低于1折，请确认没有写错（9折写 9000）")
        if any(a <= b for a, b in pairwise(rates)):
            found.append(f"优惠“{promotion.id}”买得越多折扣反而没有更低，请确认各档折扣")
    values = rates if promotion.benefit is Benefit.AMOUNT_OFF else []
    if any(a >= b for a, b in pairwise(values)):
        found.append(f"优惠“{promotion.id}”门槛高的一档没有减得更多，请确认各档金额")
    if promotion.scope.skus & promotion.scope.exclude_skus or promotion.scope.items & promotion.scope.exclude_items:
        found.append(f"优惠“{promotion.id}”有商品既参加又排除，会按排除处理")
    return found
