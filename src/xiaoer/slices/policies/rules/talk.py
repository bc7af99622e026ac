"""Talk (寒暄): greetings, thanks, praise and the like; short, and never in the way of an ask."""

import re

from xiaoer.kernel.decision import Act, Source
from xiaoer.slices.policies.rules import handoff, remarks
from xiaoer.slices.policies.types import Ask

_FOREIGN = re.compile(r"[\x00-\x7f]*[A-Za-z]{2,}(?:[^A-Za-z\d]+[A-Za-z']+){3,}[\x00-\x7f]*")  # a sentence
_ELSEWHERE = re.compile(
    r"加[^，。？?]{0,4}(?:微信|vx|wx|v信|薇信|QQ|qq)(?!群)|私下(?:转账?|交易|付|给|买|拍)|线下(?:转账?|交易|付款)|(?:微信|支付宝)(?:直接)?转(?:账|给|你)"
)
_OWN_ANSWER = 0.8  # an entry that asks just this
_CROSS = 0.3  # anger from which a bare word is not answered with cheer
_ANGRY = 0.5  # from which it is no mere 答非所问

_TEMPLATES = {
    "chat.thanks": "chat.thanks",
    "chat.bye": "chat.bye",
    "chat.praise": "chat.praise",
    "chat.smalltalk": "chat.smalltalk",
    "service.bot": "service.bot",
    "oos.other": "oos.other",
    "oos.platform": "oos.platform",
}
_LEFT = r"算了|不(?:买|要|拍|下单)了"
_NOT_BUYING = re.compile(rf"(?:那就?|哎|唉|还是|我|太贵了?|[\s，,])*(?:{_LEFT})(?:{_LEFT}|[吧谢啊呀哦了\s，,])*\W*")


def answer_talk(ask: Ask) -> Act | None:
    """Answer small talk; None when the segment is an ask."""
    intent = ask.segment.intent
    if _FOREIGN.fullmatch(ask.segment.text.strip()):
        return Act("fallback", ask.index, "talk.foreign", rule_id="talk.foreign")
    if intent == "chat.greeting":
        return _greet(ask)
    if intent.startswith(("chat.", "oos.")) and remarks.is_haste(ask.segment.text):
        return Act("ask", ask.index, "talk.haste", rule_id="talk.haste")
    felt = ask.situation.heard.sentiment
    if intent == "chat.ack" and ask.situation.heard.satisfied is False and felt.anger < _ANGRY:  # 👎, 答非所问
        return _offer_people(ask, "talk.missed", "talk.missed")
    mocks = intent in ("chat.praise", "chat.thanks") and felt.label == "negative"  # 服务真好啊，呵呵
    if mocks or (intent in ("chat.ack", "chat.smalltalk", "chat.bye") and felt.anger >= _CROSS):
        return _offer_people(ask, "talk.cross", "talk.cross")
    if intent == "service.bot" and (felt.label == "negative" or felt.anger >= _CROSS):  # 智障机器人
        return _offer_people(ask, "talk.scolded", "talk.scolded")
    if intent == "service.complaint":  # milder than the red line: own it and offer a person
        return _offer_people(ask, "talk.cross", "talk.complaint")
    if intent == "chat.smalltalk" and ask.situation.heard.satisfied is False:
        return _offer_people(ask, "talk.missed", "talk.missed")
    if intent == "chat.ack" and (ask.segment.entities.phone or ask.segment.entities.place):
        # An address or a number sounds like a change that is done once the bot says 收到: nothing has been changed.
        return Act("answer", ask.index, "talk.details", rule_id="talk.details")
    if intent == "chat.ack":
        return Act("answer", ask.index, "chat.ack", rule_id="talk.ack")
    template = _TEMPLATES.get(intent)
    return Act("answer", ask.index, template, rule_id=f"talk.{intent}") if template else None


def _offer_people(ask: Ask, template: str, rule_id: str) -> Act:
    name, slots = handoff.of_people(template, ask.situation)
    return Act("answer", ask.index, name, slots, rule_id=rule_id)


def let_go(ask: Ask) -> Act | None:
    """算了不买了, of somebody who has ordered nothing: no order's number is asked for."""
    if ask.facts.orders != () or not _NOT_BUYING.fullmatch(ask.segment.text.strip()):
        return None
    return Act("answer", ask.index, "talk.not_buying", rule_id="talk.not_buying")


def keep_here(ask: Ask) -> Act | None:
    """加微信, 私下转账: neither, unless the shop has written its own answer; on the platform the buyer is protected."""
    own = any(hit.score >= _OWN_ANSWER for hit in ask.facts.knowledge.get(ask.index, ()))
    if own or not _ELSEWHERE.search(ask.segment.text):
        return None
    return Act("answer", ask.index, "talk.keep_here", rule_id="talk.keep_here")


def _greet(ask: Ask) -> Act:
    if any(past.author == "bot" for past in ask.situation.turn.history):  # nobody is greeted twice in a talk
        times = sum("chat.greeting" in past.intents for past in ask.situation.turn.history if past.author == "buyer")
        return Act("answer", ask.index, "greet.again", {"round": times}, rule_id="greet.again")
    product = ask.facts.products.get(ask.product_id or "")
    if product is None:
        return Act("greet", ask.index, "greet.home", {"shop": ask.situation.shop_name}, rule_id="greet.home")
    source = Source("product", product.id, product.title)
    return Act("greet", ask.index, "greet.product", {"title": product.title}, (source,), rule_id="greet.product")


def without_small_talk(acts: list[Act]) -> list[Act]:
    """Every segment keeps its act; acknowledgements are marked silent beside a real answer."""
    real = [act for act in acts if act.template != "silent" and not act.rule_id.startswith(("talk.", "greet."))]
    if not real or len(real) == len(acts):
        return acts
    return [
        Act(act.type, act.segment, "silent", {}, act.sources, act.rule_id)
        if act.rule_id.startswith(("talk.ack", "talk.chat.thanks", "greet.", "talk.chat.bye"))
        else act
        for act in acts
    ]
