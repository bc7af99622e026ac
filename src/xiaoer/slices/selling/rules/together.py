"""Bought together (一起买): from orders, by lift with support; what everybody buys is not tied to everything."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

LEAST_ORDERS = 3  # support: fewer orders together are chance
LEAST_LIFT = 1.2


def bought_together(baskets: Iterable[Iterable[str]], limit: int = 5) -> dict[str, tuple[tuple[str, float, int], ...]]:
    """For every product the ones that stand in the same orders: (product, lift, orders), best first."""
    single: Counter[str] = Counter()
    pair: Counter[tuple[str, str]] = Counter()
    total = 0
    for basket in baskets:
        goods = sorted(set(basket))
        if not goods:
            continue
        total += 1
        single.update(goods)
        pair.update(combinations(goods[:20], 2))
    found: dict[str, list[tuple[str, float, int]]] = {}
    for (a, b), count in pair.items():
        lift = count * total / (single[a] * single[b])
        if count >= LEAST_ORDERS and lift >= LEAST_LIFT:
            found.setdefault(a, []).append((b, round(lift, 2), count))
            found.setdefault(b, []).append((a, round(lift, 2), count))
    return {
        product: tuple(sorted(others, key=lambda o: (-o[1], -o[2], o[0]))[:limit]) for product, others in found.items()
    }
