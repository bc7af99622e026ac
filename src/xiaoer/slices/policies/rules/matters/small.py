"""Matters of one or two questions: invoice (发票), withdrawing (撤销售后), 到货提醒, proving an order (核验)."""

import re

from msgspec.structs import replace

from xiaoer.kernel.asking import telling_letters
from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.decision import Act, Need
from xiaoer.kernel.memory import Matter
from xiaoer.slices.policies.rules import refunds
from xiaoer.slices.policies.rules.matters import choosing, reading
from xiaoer.slices.policies.rules.matters.invoice_title import is_tax_no, of_company, title_of
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, question, say, todo
from xiaoer.slices.policies.rules.needs import tells_own
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.rules.specs import matching
from xiaoer.slices.policies.rules.stock import wish_of
from xiaoer.slices.policies.types import Ask, Move

KINDS = ("invoice", "withdraw", "restock", "verify")
_WANTS_INVOICE = (
    "开票",
    "开发票",
    "开个",
    "开张",
    "要发票",
    "发票要",
    "抬头",
    "税号",
    "专票",
    "开一下",
    "开一张",
    "补开",
    "给我开",
    "帮我开",
    "发票也要",
    "发票补",
    "补发票",
)
# asked by one who has an order: it can be made right here
_HOW_TO_INVOICE = re.compile(
    r"(?:请问|那|你们?|这单|我这单|另外|还有|\W)*(?:(?:电子)?(?:发票|票)(?:怎么|咋|如何|在哪)(?:开|弄|申请)|(?:能|可以|给)(?:不能)?开(?:一?[张个])?(?:发票|票))(?:吗|么|不|没|呢|啊|的|\W)*"
)
_PLEASE_TELL = ("提醒", "通知", "告诉", "叫我", "喊我", "说一声")


def start_invoice(ask: Ask) -> Move | None:
    """An invoice is asked for, or where it is; general questions are left to the knowledge base."""
    order = choosing.order_of(ask)
    if order is None:
        return None
    tickets = ask.facts.tickets
    if tickets is None:
        need = Need("tickets", ask.index)
        if need not in ask.facts.asked:
            return Move(needs=(need,))
        tickets = ()
    known = next((t for t in tickets if t.type == "invoice" and t.order_id in ("", order.id)), None)
    title = title_of(ask.said)
    wants = any(word in ask.said for word in _WANTS_INVOICE) or "tax_no" in title
    if known is not None and not title:
        state = "done" if known.state in ("done", "closed") else "open"
        return Move(say(ask, f"invoice.state_{state}", order, no=known.no, due=known.due_at))
    question_only = any(w in ask.segment.text for w in ("能开", "可以开", "怎么开", "能不能", "可不可以", "支持"))
    question_only = question_only and not of_company(ask.said)
    offers = _HOW_TO_INVOICE.fullmatch(ask.segment.text.strip()) is not None and order.status not in (
        "unpaid",
        "closed",
    )
    if not offers and (not wants or (question_only and not title)):
        return None
    matter = ask.memory.of_kind("invoice") or new_matter(ask, "invoice", order.id)
    return _invoice(ask, _titled(ask, matter))


def go_on_invoice(ask: Ask, matter: Matter) -> Move | None:
    """The title, the number or the go-ahead was asked for."""
    if matter.asks == "confirm_number" and reading.is_yes(ask.segment.text):
        return _invoice(ask, replace(matter, asks="", slots={**matter.slots, "odd_number": "1"}))
    titled = _titled(ask, matter)
    return _invoice(ask, titled) if titled.slots != matter.slots else None


def _titled(ask: Ask, matter: Matter) -> Matter:
    found = title_of(ask.said)
    text = ask.said.strip()
    free = matter.asks == "title" and ask.is_free and "tax_no" not in found
    if free and "title" not in found and 2 <= len(text) <= 40:
        found["title"] = text
    return replace(matter, slots={**matter.slots, **found})


def _invoice(ask: Ask, matter: Matter) -> Move:
    order, slots = choosing.by_id(ask, matter.order_id), matter.slots
    if order is None or order.status in ("unpaid", "closed"):
        return Move(say(ask, "invoice.unpaid", order), memory=ask.memory.without(matter.id), matter=matter.id)
    if "title" not in slots:
        template = "invoice.company" if of_company(ask.said) else "invoice.title"
        return question(ask, replace(matter, asks="title"), template, order)
    company = slots["title"] != "个人" and len(slots["title"]) > 3
    number = slots.get("tax_no", "")
    if company and not number:
        return question(ask, replace(matter, asks="tax_no"), "invoice.tax_no", order, invoice_title=slots["title"])
    if number and not is_tax_no(number) and "odd_number" not in slots:
        return question(ask, replace(matter, asks="confirm_number"), "invoice.odd_number", order, tax_no=number)
    wanted = todo(matter, "ticket", "invoice", title=slots["title"], tax_no=number, email=slots.get("email", ""))
    return done(ask, matter, wanted, order, "invoice", invoice_title=slots["title"], tax_no=number,
                amount=order.pay_amount, hours=ask.facts.terms.invoice_within_hours)  # fmt: skip


def start_withdraw(ask: Ask) -> Move | None:
    """Withdraw an after-sale request, after a yes."""
    order = next((o for o in ask.facts.orders or () if any(not refunds.is_over(r) for r in o.refunds)), None)
    if order is None:
        return None
    matter = ask.memory.of_kind("withdraw") or new_matter(ask, "withdraw", order.id)
    refund = refunds.newest(order)
    return question(ask, replace(matter, asks="confirm"), "withdraw.confirm", order, refund=refund)


def go_on_withdraw(ask: Ask, matter: Matter) -> Move | None:
    """The yes or no that was asked for."""
    order = choosing.by_id(ask, matter.order_id)
    if reading.is_yes(ask.segment.text):
        return done(ask, matter, todo(matter, "action", "withdraw_after_sale"), order, "withdraw")
    if reading.is_no(ask.segment.text):
        return Move(say(ask, "matter.kept", order), memory=ask.memory.without(matter.id))
    return None


def start_restock(ask: Ask) -> Move | None:
    """When is it back: the date if the shop gave one, and the offer to tell; at once when the buyer asked for it."""
    product = ask.facts.products.get(ask.product_id or "")
    if product is None:
        return None
    variants = ask.facts.variants.get(product.id, ())
    wished = wish_of(ask)  # 黑色XL没货了吗，到货叫我: of that one
    meant = matching(variants, wished, ask.segment.text)
    chosen = tuple(v for v in meant if v.stock <= 0)
    if not chosen or (ask.segment.intent == "product.stock" and len(chosen) < len(meant)):
        return None
    one = chosen[0]
    named = wished.size or wished.color
    wish = " ".join(one.spec.values()) if len(chosen) == 1 or named else ""
    matter = new_matter(ask, "restock", asks="confirm", product_id=product.id, variant_id=one.id, title=product.title,
                        wish=wish)  # fmt: skip
    if any(word in ask.said for word in _PLEASE_TELL):
        return _subscribe(ask, matter)
    others = [_spec(v) for v in variants if v.stock > 0][:5]
    back = min((v.restock_at for v in chosen if v.restock_at), default=None)
    template = "restock.back_at" if back else "restock.unknown"
    move = question(ask, matter, template, wish=wish or "这款", back=back, offered=others)
    assert move.act is not None
    return replace(move, act=replace(move.act, type="answer", sources=(product_source(product),)))


def _spec(variant: Variant) -> str:
    return " ".join(variant.spec.values())


def go_on_restock(ask: Ask, matter: Matter) -> Move | None:
    """The consent that was asked for: one message about one variant."""
    if reading.is_yes(ask.segment.text) or any(word in ask.segment.text for word in _PLEASE_TELL):
        return _subscribe(ask, matter)
    if reading.is_no(ask.segment.text):
        return Move(say(ask, "matter.dropped"), memory=ask.memory.without(matter.id))
    return None


def _subscribe(ask: Ask, matter: Matter) -> Move:
    data = {name: matter.slots[name] for name in ("product_id", "variant_id", "title") if name in matter.slots}
    wanted = todo(matter, "subscribe", "stock_alert", consent=ask.segment.text[:200], **data)
    wish = matter.slots.get("wish") or "这款"
    return done(ask, matter, wanted, None, "restock", wish=wish, title=matter.slots.get("title", ""))


def unsubscribe(ask: Ask) -> Move:
    """Take back every 到货提醒 of this buyer, at once and without a question."""
    matter = ask.memory.of_kind("restock") or new_matter(ask, "restock")
    return done(ask, matter, todo(matter, "subscribe", "stop", consent=ask.segment.text[:100]), None, "unsubscribe")


def ask_proof(ask: Ask, order_no: str) -> Move:
    """An order that is not the visitor's own: the same words whether it exists or not, and a proof."""
    intent = ask.segment.intent
    words = ask.said.replace(order_no, " ")
    is_new = reading.address_of(words) or reading.contact_of(words)  # 改成…电话 137…: not that of the order
    ending = reading.said_ending(words, named_only=bool(is_new))
    if ending:
        return _prove(ask, new_matter(ask, "verify", "", asks="digits", no=order_no, intent=intent), ending)
    matter = new_matter(ask, "verify", "", asks="digits", no=order_no, intent=intent, said=ask.segment.text[:200])
    return question(ask, matter, "verify.digits", rule="identity.proof", order_no=order_no[-6:])


def ask_order_no(ask: Ask) -> Move:
    """No order is known of this visitor: ask for its number, and remember what it was for; not on a mere guess."""
    if ask.is_guess and ask.segment.by == "model":
        return Move(Act("ask", ask.index, "unclear", rule_id="unclear"))
    matter = new_matter(ask, "verify", "", asks="order_no", intent=ask.segment.intent, said=ask.segment.text[:200])
    asked = ask.memory.asked
    if ask.segment.intent.startswith("after.") and asked is not None and asked.kind == "verify":
        tries = int(asked.slots.get("tries", "0")) + 1
        again = replace(matter, slots={**matter.slots, "tries": str(tries)})
        return question(ask, again, "order.still_sorry", rule="identity.ask_number", tries=tries)
    cross = ask.segment.intent.startswith("after.") and ask.situation.heard.sentiment.label == "negative"
    return question(ask, matter, "order.which_sorry" if cross else "order.which", rule="identity.ask_number")


_TO_MAKE_GOOD = ("after.compensation", "after.defect", "after.damaged", "after.refund_only", "after.missing")
_TELLS = 2  # letters that tell something
_NUMBER_WANTED = re.compile(
    r"(?:订单号|单号)[^。；]{0,8}(?:发|给|告诉|提供|报)|(?:发|给|告诉|提供|报)[^。；]{0,8}(?:订单号|单号)"
)


def with_number(ask: Ask, act: Act) -> Move:
    """An entry told to who has no order here; the next words may be the order's number that it asks for, or that is
    asked for beside it where something is to be made good (上次买的起球了，咋赔)."""
    wants_it = act.template == "knowledge" and ask.segment.intent in _TO_MAKE_GOOD and tells_own(ask.segment.text)
    if ask.facts.orders != () or not (wants_it or asks_number(str(act.slots.get("answer", "")))):
        return Move(act)
    return asking_number(ask, replace(act, template="knowledge.and_order") if wants_it else act)


def asks_number(answer: str) -> bool:
    """Whether the words of an entry ask for an order's number themselves."""
    return _NUMBER_WANTED.search(answer) is not None


def asking_number(ask: Ask, act: Act) -> Move:
    """The act, after which an order's number is waited for."""
    matter = new_matter(ask, "verify", "", asks="order_no", intent=ask.segment.intent, said=ask.segment.text[:200])
    asking = replace(act, slots={**act.slots, "asks": matter.asks})
    return Move(asking, memory=ask.memory.keeping(matter), matter=matter.id)


def go_on_verify(ask: Ask, matter: Matter) -> Move | None:
    """The number or the digits came: try the proof."""
    order_no = ask.segment.entities.order_no or matter.slots.get("no", "")
    if matter.asks == "order_no":
        if not ask.segment.entities.order_no and ask.segment.entities.phone:
            return Move(say(ask, "order.no_phone", asks=matter.asks))
        if not ask.segment.entities.order_no:
            return _still_waiting(ask, matter)
        if choosing.by_id(ask, order_no) is not None:
            return Move(memory=ask.memory.without(matter.id))
        carried = replace(ask, segment=replace(ask.segment, intent=matter.slots.get("intent", ask.segment.intent)))
        return ask_proof(carried, order_no)
    ending = reading.digits_of(ask.said.replace(order_no, " ") if order_no else ask.said)
    if not ending and reading.lacks_number(ask.segment.text):
        return Move(say(ask, "verify.no_digits", asks=matter.asks))
    return _prove(ask, replace(matter, slots={**matter.slots, "no": order_no}), ending) if ending else None


def _still_waiting(ask: Ask, matter: Matter) -> Move | None:
    """What is no number but no other ask either: there is none at hand; 质量问题; 好的. The number is still wanted."""
    text = ask.segment.text
    if reading.lacks_number(text):
        return Move(say(ask, "order.where_number", asks=matter.asks))
    if ask.segment.intent != "chat.ack" or ask.situation.heard.satisfied is False:
        return None  # another ask, or a reproach
    bare = reading.is_yes(text) or reading.is_murmur(text) or len(telling_letters(text)) < _TELLS
    return Move(say(ask, "order.waits" if bare else "order.still_number", asks=matter.asks))


def _prove(ask: Ask, matter: Matter, ending: str) -> Move:
    order_no = matter.slots["no"]
    outcome = ask.facts.verified.get(order_no)
    need = Need("verify", ask.index, f"{order_no}|{ending}")
    if outcome is None:
        if need not in ask.facts.asked:
            return Move(needs=(need,))
        return Move(say(ask, "source.down", type_="fallback", rule="source.unavailable"))
    if outcome == "ok":
        return Move(memory=ask.memory.without(matter.id).knowing(order_no))
    template = "verify.locked" if outcome == "locked" else "verify.wrong"
    if outcome == "locked":
        act = say(ask, template, type_="ask", rule="identity.locked")
        return Move(act, memory=ask.memory.without(matter.id))
    return question(ask, replace(matter, asks="digits"), template, rule="identity.proof", order_no=order_no[-6:])
