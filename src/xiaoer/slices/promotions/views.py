"""A quote as outside programs see it (`POST /api/v1/quotes`): amounts as decimal strings in yuan."""

from datetime import datetime

from msgspec import Struct

from xiaoer.slices.promotions.types import Quote


class LineView(Struct, frozen=True):
    """`base` is the list price of the whole line, `paid` what is paid for it after every promotion."""

    variant_id: str
    quantity: int
    base: str
    paid: str
    title: str
    gift: bool


class AppliedView(Struct, frozen=True):
    promotion_id: str
    title: str
    amount: str
    level: str
    coupon_id: str
    ends_at: datetime | None


class NotAppliedView(Struct, frozen=True):
    """`gap` in yuan or `gap_pieces` when something is missing; `words` say the reason in Chinese."""

    promotion_id: str
    reason: str
    gap: str | None
    gap_pieces: int | None
    title: str
    coupon_id: str
    at: datetime | None
    words: str


class NextStepView(Struct, frozen=True):
    promotion_id: str
    gap: str | None
    gap_pieces: int | None
    saving: str
    title: str


class PresaleView(Struct, frozen=True):
    deposit: str
    balance: str
    total: str
    balance_starts_at: datetime | None
    balance_ends_at: datetime | None


class QuoteView(Struct, frozen=True):
    payable: str
    goods_payable: str
    freight: str
    lines: tuple[LineView, ...]
    applied: tuple[AppliedView, ...]
    not_applied: tuple[NotAppliedView, ...]
    next_steps: tuple[NextStepView, ...]
    valid_until: datetime | None
    source: str
    mode: str
    explanation: str
    presale: PresaleView | None


def view_quote(quote: Quote) -> QuoteView:
    """The answer of the API for a quote."""
    plan = quote.presale
    return QuoteView(
        quote.payable.yuan,
        quote.goods_payable.yuan,
        quote.freight.yuan,
        tuple(LineView(x.variant_id, x.quantity, x.base.yuan, x.paid.yuan, x.title, x.gift) for x in quote.lines),
        tuple(
            AppliedView(x.promotion_id, x.title, x.amount.yuan, x.level.value, x.coupon_id, x.ends_at)
            for x in quote.applied
        ),
        tuple(
            NotAppliedView(
                x.promotion_id,
                x.reason,
                x.gap.yuan if x.gap is not None else None,
                x.gap_pieces,
                x.title,
                x.coupon_id,
                x.at,
                x.words,
            )
            for x in quote.not_applied
        ),
        tuple(
            NextStepView(
                x.promotion_id, x.gap.yuan if x.gap is not None else None, x.gap_pieces, x.saving.yuan, x.title
            )
            for x in quote.next_steps
        ),
        quote.valid_until,
        quote.source,
        quote.mode,
        quote.explanation,
        PresaleView(plan.deposit.yuan, plan.balance.yuan, plan.total.yuan, plan.balance_starts_at, plan.balance_ends_at)
        if plan
        else None,
    )
