"""Money: whole fen (分), never floating point.

Every amount inside the product is a `Money`; yuan exist only at the edges, as decimal strings with two
places. Parsing refuses what is not exact to the fen, because a silently rounded price is a wrong promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from xiaoer.kernel.errors import InvalidMoney

_MAX_FEN = 10**13  # 100 billion yuan: anything above is a data error, not a price


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen; may be negative (a discount, a refund)."""

    fen: int

    @classmethod
    def from_yuan(cls, text: str | int | Decimal) -> Money:
        """Parse yuan such as `"299"`, `"299.00"`, `"¥1,299.5"`.

        Raises:
            InvalidMoney: not a number, more than two decimals, or absurdly large.
        """
        raw = str(text).strip().lstrip("¥￥").replace(",", "").removesuffix("元").strip()
        try:
            fen = Decimal(raw) * 100
        except InvalidOperation:
            raise InvalidMoney(str(text), "it is not a number") from None
        if not fen.is_finite():
            raise InvalidMoney(str(text), "it is not a number")
        if abs(fen) > _MAX_FEN:
            raise InvalidMoney(str(text), "it is too large")
        if fen != fen.to_integral_value():
            raise InvalidMoney(str(text), "it has more than two decimals")
        return cls(int(fen))

    @property
    def yuan(self) -> str:
        """Decimal string with two places, as the API writes it: `"408.00"`."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"

    @property
    def spoken(self) -> str:
        """As a shop writes it to a buyer: `"408"`, `"39.9"`, `"0.01"`."""
        return self.yuan.rstrip("0").rstrip(".")

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __mul__(self, count: int) -> Money:
        return Money(self.fen * count)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        return self.yuan


ZERO = Money(0)


def foreign(code: Any) -> str:
    """The code of a currency other than yuan, at most eight letters; empty for yuan and where none is told."""
    word = str(code or "").strip().upper()
    return "" if word in ("", "CNY", "RMB", "CNH", "人民币", "元", "¥", "￥") else word[:8]


def round_half_up(numerator: int, denominator: int) -> int:
    """Divide non-negative integers, halves upwards (四舍五入)."""
    return (2 * numerator + denominator) // (2 * denominator)
