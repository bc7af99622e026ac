"""预售: deposit now, balance later.

膨胀: the deposit D counts as E, the balance is P − E. 付定立减 R: the balance is P − D − R. Nothing else lowers
the deposit. The threshold base of later levels is 定金 + 尾款, what is paid in all.
"""

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.types import Presale, PresalePlan


def plan_presale(price: Money, terms: Presale) -> PresalePlan:
    """Deposit, balance and total of one piece at presale price `price`, before other promotions."""
    balance = max(price.fen - max(terms.deposit_worth.fen, terms.deposit.fen) - terms.instant_off.fen, 0)
    total = Money(terms.deposit.fen + balance)
    return PresalePlan(terms.deposit, Money(balance), total, total, terms.balance_starts_at, terms.balance_ends_at)
