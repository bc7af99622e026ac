"""Which offers go together, in words: one line for two kinds of them."""

from datetime import datetime
from typing import Any

_OFFER_WORDS = {"coupon": "店铺券", "activity": "满减这类活动", "direct": "直降价", "member": "会员价",
                "platform": "平台优惠", "asset": "红包"}  # fmt: skip


def say_stacking(slots: dict[str, Any], now: datetime) -> dict[str, str]:
    return {"stacking_words": "\n".join(_stacked(*row) for row in slots["stacking"])}


def _stacked(first: str, second: str, together: list[Any], apart: list[Any]) -> str:
    """One line for two kinds of offers: whether they go together, with the pair that does not."""
    one, other = _OFFER_WORDS[first], _OFFER_WORDS[second]
    if first == second == "coupon" and not together:
        return f"{one}一单只能用一张，付款时会挑最划算的那张。"
    if first == second and not together:
        return (
            f"同一件商品只算一个{one.removesuffix('这类活动')}活动，按更划算的算。"
            if first == "activity"
            else f"{one}只算更低的那个。"
        )
    pair = f"「{apart[0][0]}」和「{apart[0][1]}」" if apart else ""
    if not together:
        return f"{one}和{other}不能同享，付款时按更划算的算。"
    both = f"{one}之间" if first == second else f"{one}和{other}"
    return f"{both}能一起用，各自够门槛就行{f'，只是{pair}不能同享' if pair else ''}。"
