"""Claiming a coupon (领券): one that everybody may claim is issued to the buyer, after a yes.

Only where the shop lets the bot issue coupons; elsewhere their list and its codes are all that is told.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.decision import Need, Source
from xiaoer.kernel.memory import Matter
from xiaoer.kernel.shop_facts import HeldCoupon
from xiaoer.slices.policies.rules.matters import reading
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, question, say, todo
from xiaoer.slices.policies.types import Ask, Move

KINDS = ("claim",)
_WANTS = re.compile(
    r"(?:帮|给|替)我?(?:也)?(?:领|发|来|弄)|我(?:想|要)领|^领|领(?:取|了)?(?:一?张|一下|吧)|发(?:我|一?张)|(?:要|来)一?张"
)
_GET_ME = re.compile(r"(?:帮|给|替)我领(?!过|到|了)")
_BARE = re.compile(r"(?:好的?|行|嗯+|那就?|可以)?[，, ]*(?:帮我|给我)?领(?:了|取)?(?:一张|一下)?(?:吧|呗)?[。!！~～]*")
_ONLY_ASKS = re.compile(r"哪|怎么|咋|如何|什么|啥|有没有|过期|到期|补发|退|用不|领过|领到|刚领")


def start(ask: Ask) -> Move | None:
    """Begin when one is wanted; None when it is only asked about, or there is none that the bot may give."""
    text = ask.segment.text
    if ask.segment.intent != "promo.coupon" and not _BARE.fullmatch(text.strip()):
        return None
    wants = _GET_ME.search(text) or (_WANTS.search(text) and not _ONLY_ASKS.search(text))
    if not ask.facts.terms.auto.coupon or not wants:
        return None
    if ask.facts.coupons is None:
        need = Need("coupons", ask.index)
        return Move(needs=(need,)) if need not in ask.facts.asked else None
    open_ = _open(ask)
    if not open_:
        return None
    matter = new_matter(ask, "claim")
    picked = open_[0].title if len(open_) == 1 else reading.choice_of(text, [one.title for one in open_])
    if not picked:
        return question(ask, replace(matter, asks="which"), "claim.which", options=[one.title for one in open_])
    return _next(ask, matter, next(one for one in open_ if one.title == picked))


def go_on(ask: Ask, matter: Matter) -> Move | None:
    """Which one, or the yes, was asked for."""
    text, open_ = ask.segment.text, _open(ask)
    if ask.facts.coupons is None:
        need = Need("coupons", ask.index)
        return Move(needs=(need,)) if need not in ask.facts.asked else None
    if matter.asks == "which":
        picked = reading.choice_of(text, [one.title for one in open_])
        return _next(ask, matter, next(one for one in open_ if one.title == picked)) if picked else None
    slots = matter.slots
    if reading.is_yes(text) or "领" in text:
        wanted = todo(matter, "action", "issue_coupon", promotion_id=slots["promotion"])
        outcome = ask.facts.outcomes.get(wanted.id)
        sources = (Source("promotion", slots["promotion"], slots["title"]),)
        until = outcome.due_at if outcome else None
        return done(ask, matter, wanted, None, "claim", sources=sources, title=slots["title"], until=until)
    if reading.is_no(text):
        return Move(say(ask, "matter.dropped"), memory=ask.memory.without(matter.id))
    return None


def _open(ask: Ask) -> list[HeldCoupon]:
    return [coupon for coupon in ask.facts.coupons or () if coupon.state == "claimable" and not coupon.for_new]


def _next(ask: Ask, matter: Matter, coupon: HeldCoupon) -> Move:
    kept = replace(matter, asks="confirm", slots={"promotion": coupon.id, "title": coupon.title})
    sources = (Source("promotion", coupon.id, coupon.title),)
    return question(ask, kept, "claim.confirm", sources=sources, title=coupon.title, until=coupon.until)
