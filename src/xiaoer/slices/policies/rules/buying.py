"""Buying and paying (怎么买, 怎么付, 退到哪): what only the buyer, the platform or the law decides.

The bot never orders or pays for a buyer: it names the product, its price and where to order. Ways of paying are those
of the order page. A refund goes back the way it was paid, each way for its own share (《暂行办法》 art. 14).
"""

import re

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.decision import Act, Need, Source
from xiaoer.slices.policies.rules import products
from xiaoer.slices.policies.rules.needs import AGAIN, GIVING_BACK
from xiaoer.slices.policies.rules.picking import pick_order
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.types import Ask, Move

_OF_BUYING = ("order.how_to_buy", "product.", "price.", "oos.", "chat.")

_WAYS = (
    r"(?:花呗|白条|信用卡|微信|支付宝|E卡|e卡|礼品卡|购物卡|购物金|银行卡|储蓄卡|余额|分期|货到付款|云闪付|数字人民币)"
)
_PAY = re.compile(
    rf"(?:用|拿|刷|走|支持|可以|能|有没有|怎么).{{0,6}}{_WAYS}.{{0,8}}(?:付|买|拍|下单|支付|结|吗|么|不)?|{_WAYS}(?:支付|付款|能用|可以|行)"
)
# whether goods may be given back at all, with nothing said of them (不合适能退不)
_GIVE_BACK = re.compile(
    r"(?:要是|如果|万一|那|买了?|收到|穿着?|用着?|试了)*(?:不合适|不喜欢|不满意|不想要)?(?:了|的话|\W)*"
    r"还?(?:能|可以|给|包|支持|让)(?:不能|不可以)?退(?:货|换)?(?:吗|不|么|嘛|呢|\W)*$"
)
_OF_RETURN = re.compile(r"无理由|退换|(?:能|可|包)[不否]?(?:能|可)?退|不(?:能|可|支持)退")
_POLICY = re.compile(
    r"(?:售后|退换货?|退货退款)(?:的)?(?:政策|服务|保障|流程|规则|规定|须知|条款|说明|制度)|售后(?:有保障|怎么样|咋样|如何|好不好|怎么处理|怎么弄|是什么样)"
)
_ROUTE = re.compile(
    rf"退(?:款|钱|回)?.{{0,3}}(?:到|回|去|进|至).{{0,8}}(?:{_WAYS}|卡里|卡上|账户|账号|哪里去|哪儿去|哪张|哪个账)|退.{{0,6}}别的(?:卡|账)|原路退|换.{{0,2}}[张个](?:银行)?(?:卡|账户|账号)[^，。]{{0,3}}[收退]"
)
_INSURANCE = re.compile(r"(?:运费|退货)险")
_OF_INSURANCE = re.compile(r"[吗么没不]|多少|怎么|咋|谁|哪|几|有")
_PROGRESS = re.compile(r"什么时候|啥时候|几天|多久|还没|没到|没收到|到账|好了没|哪一?步")


def tell_how_to_buy(ask: Ask) -> Act | None:
    """Tell where to order what was named, or that ways of paying are the order page's; None when it is neither."""
    intent = ask.segment.intent
    if intent == "order.pay" and _PAY.search(ask.segment.text) and not ask.facts.answerable.get(ask.index):
        return Act("answer", ask.index, "buy.pay_ways", {}, (Source("policy", "pay.ways", "支付方式"),), "buy.pay_ways")
    product = ask.facts.products.get(ask.product_id or "") if intent == "order.how_to_buy" else None
    if product is None:
        return _which(ask) if intent == "order.how_to_buy" else None
    return _how(ask, product, ask.facts.variants.get(product.id, ()))


def _which(ask: Ask) -> Act | None:
    """The words name goods, but more than one of them."""
    named = ask.facts.recommended.get(ask.index, ())
    if len(named) < 2:
        return None
    slots = {"products": [[one.id, one.title] for one in named]}
    return Act("ask", ask.index, "buy.which_of", slots, tuple(map(product_source, named)), "buy.which_of")


def buy_again(ask: Ask) -> Move | None:
    """Where to order once more what was bought last (上次那个再来一单), at today's price; None when not asked."""
    if not AGAIN.search(ask.segment.text) or not ask.segment.intent.startswith(_OF_BUYING) or ask.product_id:
        return None
    turn = ask.situation.turn
    order = pick_order(ask.facts.orders or (), ask.segment, turn.order_in_focus, ask.situation.now)
    if order is None or not order.items:
        return None
    key = f"of:{order.items[0].variant_id}"
    needs = (Need("product", ask.index, key), Need("variants", ask.index, key))
    if needs[0] not in ask.facts.asked and key not in ask.facts.products:
        return Move(needs=needs)
    product = ask.facts.products.get(key)
    return Move(_how(ask, product, ask.facts.variants.get(key, ()))) if product else None


def _how(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act:
    ready = [variant.pays for variant in variants if variant.stock > 0]
    slots = {"product": product, "title": product.title, "price": min(ready, default=None), "link": product.url}
    template = "buy.sold_out" if variants and not ready else "buy.how"
    return Act("answer", ask.index, template, slots, (product_source(product),), "buy.how")


def tell_after_sales(ask: Ask) -> Act | None:
    """The shop's after-sales in short (售后政策), by law and its own terms, or what the sheet in focus says of giving
    the goods back; None when neither is asked."""
    if not (_POLICY.search(ask.segment.text) or _GIVE_BACK.match(ask.segment.text.strip())):
        return None
    if own := _own_return(ask):
        return own
    terms = ask.facts.terms
    template = "after.policy_insured" if terms.freight_insurance else "after.policy"
    slots = {"days": terms.days, "back_days": terms.refund_within_days}
    return Act("answer", ask.index, template, slots, (Source("policy", "law.25", "售后政策"),), "after.policy")


def tell_own_return(ask: Ask) -> Act | None:
    """To who asks of giving back: what the sheet in focus says of it (拆封不支持七天无理由), not of all goods."""
    asks = ask.segment.intent in GIVING_BACK and QUESTION.search(ask.segment.text)
    return _own_return(ask) if asks else None


def _own_return(ask: Ask) -> Act | None:
    product = ask.facts.products.get(ask.product_id or "")
    own = [(key, value) for key, value in product.attributes.items() if _OF_RETURN.search(key)] if product else []
    return products.say_facts(ask, product, tuple(own[:1])) if product is not None and own else None


def asks_route(text: str) -> bool:
    """Whether the words ask where the money of a refund goes."""
    return _ROUTE.search(text) is not None and _PROGRESS.search(text) is None


def asks_insurance(text: str) -> bool:
    """Whether the words ask about the insurance of the way back (运费险有没有，能赔多少)."""
    return _INSURANCE.search(text) is not None and _OF_INSURANCE.search(_INSURANCE.sub("", text)) is not None


def tell_insurance(ask: Ask) -> Act | None:
    """Whether orders have 运费险, and what the policy decides; no amount is named. None when that is not asked."""
    if not asks_insurance(ask.segment.text):
        return None
    template = "insurance.yes" if ask.facts.terms.freight_insurance else "insurance.unknown"
    return Act(
        "answer", ask.index, template, {}, (Source("policy", "freight.insurance", "退货运费险"),), "policy.insurance"
    )


def tell_refund_route(ask: Ask) -> Act | None:
    """Where the money of a refund goes; None when that is not asked."""
    about_refund = ask.segment.intent.startswith(("after.", "order.", "oos.platform"))
    text = ask.segment.text
    if not about_refund or not asks_route(text):
        return None
    return Act(
        "answer", ask.index, "refund.route", {}, (Source("policy", "law.refund_route", "退款路径"),), "refund.route"
    )
