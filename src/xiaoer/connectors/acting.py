"""Changing an order in another system (办理): what its state allows, the change itself, the proof that it holds.

The order is read before, so that one that moved on meanwhile is told as it is and the same wish twice is done once;
and read again after, because "accepted" is not "done". A change whose answer was lost counts when the order shows it.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable

from xiaoer.kernel.commerce import Order, Refund
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.orders.types import OrderAction

_ENDED = ("closed", "refunding", "refunded")
_NOT_SENT = ("unpaid", "paid")
_LATER_S = (0.3, 0.7)  # some systems work in the background: looked at again after these pauses
_PLACE = re.compile(
    r"(?P<province>(?:北京|天津|上海|重庆)市|[^\d市]{2,8}?(?:省|自治区|特别行政区))?"
    r"(?P<city>[^\d市]{2,10}?(?:市|自治州|地区|盟))?(?P<rest>.+)"
)

Read = Callable[[], Awaitable[Order | None]]
Write = Callable[[Order], Awaitable[Outcome | None]]


def open_request(order: Order) -> Refund | None:
    """The after-sale request of the order that is not over."""
    return next((refund for refund in order.refunds if not refund.is_over), None)


def before(order: Order, action: OrderAction) -> Outcome | None:
    """What the order's state says before anything is changed; None when it may go on."""
    status, present = order.status, open_request(order)
    if action.kind in ("cancel", "change_address", "change_note") and status == "unknown":
        raise SourceUnavailable(f"The order is in a state without a word here ({order.raw_status}).")
    match action.kind:
        case "cancel" if status in _ENDED:
            return Outcome("already", status=status)
        case "cancel" | "change_address" | "change_note" if status not in _NOT_SENT:
            return Outcome("refused" if status == "closed" else "too_late", status=status)
        case "open_after_sale" if present is not None:
            return Outcome("already", no=present.id, amount=present.amount, status=present.status)
        case "open_after_sale" if status not in _may_open(action):
            return Outcome("refused", status=status)
        case "withdraw_after_sale" if present is None:
            return Outcome("already", status=status)
    return None


def _may_open(action: OrderAction) -> tuple[str, ...]:
    early = ("paid", "shipped") if action.data.get("kind") == "refund_only" else ()
    return (*early, "delivered", "completed")


def holds(order: Order, action: OrderAction) -> bool:
    """Whether the order shows what was wanted."""
    match action.kind:
        case "cancel":
            return order.status in _ENDED
        case "change_address":
            return _shows_contact(order, action)
        case "change_note":
            return action.data["note"].strip() in order.note
        case "open_after_sale":
            return open_request(order) is not None
        case "withdraw_after_sale":
            return open_request(order) is None
        case _:
            return False


def _shows_contact(order: Order, action: OrderAction) -> bool:
    """Each part that was given; a part that the system hides behind stars cannot speak against it."""
    told = {"address": order.address, "receiver": order.receiver, "phone": order.phone}
    for name, shown in told.items():
        wanted = _bare(action.data.get(name, ""))
        if name == "address":
            wanted = _bare(split_address(action.data.get(name, ""))[2])
        if wanted and "*" not in shown and not _bare(shown).endswith(wanted):
            return False
    return True


def _bare(text: str) -> str:
    return "".join(text.split())


def split_address(address: str) -> tuple[str, str, str]:
    """Province, city and the rest of a Chinese address without blanks; what is not written is empty."""
    found = _PLACE.fullmatch(_bare(address))
    if found is None:
        return "", "", _bare(address)
    return found["province"] or "", found["city"] or "", found["rest"]


async def act_on(
    read: Read, write: Write, action: OrderAction, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> Outcome | None:
    """Read, change, read back. `write` returns a refusal of the system, or None when it cannot do this one; both end as
    None, which people take over.

    Raises:
        SourceUnavailable: the system cannot be asked, or said done while the order does not show it.
    """
    found = await read()
    if found is None:
        return Outcome("refused")
    early = before(found, action)
    if early is not None:
        return early
    if action.kind in ("change_address", "change_note") and holds(found, action):
        return Outcome("already", status=found.status)
    lost: SourceUnavailable | None = None
    try:
        told = await write(found)
        if told is None or told.state == "refused":
            return None  # its state allows it and the system does not: people look why
        if told.state not in ("done", "already"):
            return told
    except SourceUnavailable as problem:  # the answer was lost, the change may have happened
        lost, told = problem, Outcome("done")
    for wait in (0.0, *(_LATER_S if lost is None else ())):
        if wait:
            await pause(wait)
        after = await read()
        if after is not None and holds(after, action):
            return _read_back(found, after, action, told)
    raise lost or SourceUnavailable("The system said that it was done, but the order does not show it.")


def _read_back(found: Order, after: Order, action: OrderAction, told: Outcome) -> Outcome:
    known = {refund.id for refund in found.refunds}
    new = next((refund for refund in after.refunds if refund.id not in known), None)
    amount = told.amount
    if action.kind == "cancel":
        amount = Money(0) if found.status == "unpaid" else new.amount if new else found.pay_amount
    elif action.kind == "open_after_sale" and new is not None and new.amount:
        amount = new.amount
    status = after.status if action.kind != "open_after_sale" else (new.status if new else told.status)
    return Outcome(told.state, no=told.no or (new.id if new else ""), due_at=told.due_at, amount=amount, status=status)
