"""News of the shelf (到货、降价): what came back into stock and what costs less, whoever wrote it.

An import, a person and a connected system all write variants through one sink, so this is the one place that sees the
figures before and after. The news is a job in the same transaction (`infra/jobs.py`); who handles it speaks to buyers.
It waits a moment, and is checked again before anybody is told: a figure that jumps back at once tells nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from xiaoer.infra import jobs
from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money

GOODS_NEWS = "goods.news"
_SETTLE = timedelta(seconds=30)
_MOST = 200  # variants one job tells of


def variants_changed(
    connection: Connection,
    shop: ShopId,
    before: Mapping[str, tuple[Money, int]],
    after: Sequence[Variant],
    kept: Collection[str],
    now: datetime,
) -> int:
    """Order the news about variants whose figures were `before`; columns in `kept` were not written. Return how many
    variants there is news of."""
    news: list[dict[str, Any]] = []
    for variant in after:
        old = before.get(variant.id)
        if old is None:
            continue
        price, stock = old
        if "stock" not in kept and stock <= 0 < variant.stock:
            news.append({"what": "back", "variant_id": variant.id, "product_id": variant.product_id})
        if "price" not in kept and variant.price < price and variant.stock > 0:
            one = {"what": "dropped", "variant_id": variant.id, "product_id": variant.product_id}
            news.append({**one, "old": price.fen, "new": variant.price.fen})
    for start in range(0, len(news), _MOST):
        jobs.enqueue(connection, shop, GOODS_NEWS, {"news": news[start : start + _MOST]}, at=now + _SETTLE)
    return len(news)
