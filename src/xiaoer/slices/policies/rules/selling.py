"""Picks and scenes as acts (推荐与场景): the answer comes first, then at most one thing more."""

import re
from typing import Any

from msgspec.structs import replace

from xiaoer.kernel.audiences import audiences_in
from xiaoer.kernel.decision import UNANSWERED, Act, Decision, Facts, Pick, Refusal, Source
from xiaoer.kernel.memory import Wish
from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.policies.rules import nearness, wish_terms, wish_words
from xiaoer.slices.policies.rules.conditions import read_budget
from xiaoer.slices.policies.rules.entries import Said
from xiaoer.slices.policies.rules.opting_out import is_opt_out
from xiaoer.slices.policies.types import Ask, Situation

# what follows names the thing that is not wanted (别给我推荐茶): that is a condition, not a no
_NO = re.compile(
    r"(?:不要|别|不用|不想|不需要|停止|少)(?:再)?(?:给我)?(?:推荐|推销|安利|介绍)(?:商品|东西|产品|任何|别的|其他|其它)*"
    r"(?:$|[了啦吧哈呀啊行好谢\s,，。.!！~])"
)
_CONDITION = 8  # characters of words that only add a condition (200以内)
_WISH_YIELDS = 0.75  # where no goods fit: an entry as near as this is what was asked for
_LIKELY = 0.5  # an entry this likely answers what only sounds like a wish
_OUT = frozenset({"stock.none", "stock.back_at", "restock.unknown", "restock.back_at"})


def say_opt_out(situation: Situation) -> Decision | None:
    """The buyer ends all proactive messages (退订): decided before anything else, said in one line."""
    texts = [message.text for message in situation.turn.messages]
    if not any(is_opt_out(text) for text in texts):
        return None
    first = Act("answer", 0, "outreach.stopped", rule_id="outreach.opt_out", effect=Refusal("proactive"))
    count = max(1, len(situation.heard.segments))
    rest = tuple(Act("answer", n, "silent", rule_id="outreach.opt_out") for n in range(1, count))
    return Decision(acts=(first, *rest))


def say_picks(ask: Ask) -> Act | None:
    """Recommend for the need of this segment, or take a clear no; None when there is nothing to recommend."""
    if ask.segment.intent != "product.recommend" and not _NO.search(ask.segment.text):
        return None
    if _NO.search(ask.segment.text):
        return Act("answer", ask.index, "recommend.stopped", rule_id="recommend.no", effect=Refusal("recommend"))
    picks = ask.facts.picks.get(ask.index, ())
    wish = wish_terms.told(ask.segment, ask.situation.turn)
    if picks:
        if _are_shown(ask, picks) and (limits := _told(ask, wish)):
            sources = tuple(Source("product", one.product.id, one.product.title) for one in picks)
            return Act("recommend", ask.index, "recommend.all_within", {"limits": "、".join(limits)}, sources)
        if picks[0].product.id == ask.product_id and wish_words.asks_about_it(ask.segment.text):
            slots: dict[str, Any] = {"reason": picks[0].reason, "products": [[ask.product_id, picks[0].product.title]]}
            source = Source("product", picks[0].product.id, picks[0].product.title)
            return Act("answer", ask.index, "recommend.suits", slots, (source,), "recommend.suits")
        if wish_words.asks_which(ask.segment.text) and len(picks) == 1:
            return act_of_picks(ask.index, "recommend.which", picks, "recommend.which")
        if picks[0].near:
            near = act_of_picks(ask.index, "recommend.near", picks, "recommend.near")
            return replace(near, slots={**near.slots, "limits": "、".join(_told(ask, wish))})
        if wish.is_total and len(picks) > 1:
            return act_of_picks(ask.index, "recommend.picks_total", picks, "recommend.need")
        bare = not wish.shown and wish.budget_yuan is None and not wish_words.is_alike(ask.segment.text)
        if bare and wish_words.wants_cheap(ask.segment.text):
            return act_of_picks(ask.index, "recommend.cheapest", picks, "recommend.cheapest")
        is_vague = wish.relation and wish.budget_yuan is None and len(wish.words) == 1 and not wish.shown
        template = "recommend.picks_first" if is_vague else "recommend.picks"
        return act_of_picks(ask.index, template, picks, "recommend.need")
    no_more = Act("answer", ask.index, "recommend.no_more", rule_id="recommend.no_more")
    if ask.index not in ask.facts.picks:  # enough was shown, or the shelf could not be read
        earlier = ask.situation.turn.memory.wish
        enough = Act("answer", ask.index, "recommend.enough", rule_id="recommend.enough")
        return enough if earlier is not None and earlier.shown else None
    if wish.shown and wish_words.says_no(ask.segment.text):
        return no_more
    return _none(ask, wish) or (no_more if wish.shown else None)


def _are_shown(ask: Ask, picks: tuple[Pick, ...]) -> bool:
    """Whether what would be shown is the list that was shown last: all of it is within the budget that is told now."""
    shown = [id_ for id_, _ in ask.memory.choices]
    told = len(ask.segment.text) <= _CONDITION and read_budget(ask.segment.text) is not None
    return told and len(shown) > 0 and [one.product.id for one in picks] == shown


def not_sold(ask: Ask) -> Act | None:
    """That the shop sells no such thing (有没有空气炸锅): before anything else is taken for it."""
    thing = ask.facts.unsold.get(ask.index)
    if not thing:
        return None
    return Act("answer", ask.index, "recommend.not_sold", {"thing": thing}, rule_id="recommend.not_sold")


def is_better(picked: Act, ask: Ask, hit: Said) -> bool:
    """Whether what was picked answers better than an entry: also than one in the buyer's own words, when these name
    goods and it does not (推荐一款口红, an entry 帮我推荐一款)."""
    if ask.segment.by == "wish":  # 充电器坐飞机让带不 only sounds like one
        return picked.type == "recommend" or hit.hit.score < _WISH_YIELDS
    if picked.type != "recommend" and picked.template != "recommend.none_such":
        return hit.hit.score < nearness.OWN_WORDS
    named = wish_words.left_of(ask.segment.text)
    told = f"{hit.hit.question}{hit.hit.answer}"
    shares = any(named[at : at + 2] in told for at in range(len(named) - 1))
    if picked.type != "recommend":
        return not shares and hit.hit.score < nearness.OWN_WORDS and nearness.chances(ask)[hit.hit.id].sure < _LIKELY
    return hit.hit.score < nearness.OWN_WORDS or (len(named) > 1 and not shares)


def _none(ask: Ask, wish: Wish) -> Act | None:
    """Nothing met the conditions: they are told back, and safety is not given way; None for a wish without any."""
    audiences = audiences_in(" ".join(wish.words), wish.audience, wish.age_years)
    care = [f"标明适合{name}" for name in audiences] + [f"不含{term}" for term in wish.bad]
    told = _told(ask, wish)
    if care or told:
        template = "recommend.none_safe" if care else "recommend.none"
        return Act("answer", ask.index, template, {"limits": "、".join((*care, *told))}, rule_id=template)
    if wish_words.is_specific(ask.segment) and not wish_words.asks_what_to_do(ask.segment.text):
        return Act("answer", ask.index, "recommend.none_such", rule_id="recommend.none_such")
    return None


def _told(ask: Ask, wish: Wish) -> list[str]:
    """What was told of the goods, apart from what is bad for somebody."""
    told = [f"不要{term}" for term in wish.unliked]
    told += [f"{wish.color.removesuffix('色')}色" for _ in wish.color[:1]]
    told += [f"{wish.size.removesuffix('码')}码" for _ in wish.size[:1]]
    if wish_words.than_another(ask.segment.text):
        told.append("比这款便宜")
    elif (wish.shown or ask.product_id) and wish_words.is_too_dear(ask.segment.text):
        told.append("比看过的便宜")
    if wish.least_yuan is not None and not (wish.is_total or wish.is_about):
        told.append(f"{Money(round(wish.least_yuan * 100)).spoken} 元以上")
    if wish.budget_yuan is not None:
        bound = "左右" if wish.is_about else "以内"
        told.append(f"{'一共 ' if wish.is_total else ''}{Money(round(wish.budget_yuan * 100)).spoken} 元{bound}")
    return told


def with_more(acts: tuple[Act, ...], facts: Facts) -> tuple[Act, ...]:
    """Add what goes with the answers: a similar product for one that is out of stock, or one scene."""
    for act in acts:
        picks = facts.picks.get(act.segment, ())
        if act.template in _OUT and picks and not act.slots.get("offered"):  # other colours of it are there
            return (*acts, act_of_picks(act.segment, "recommend.similar", picks, "recommend.out_of_stock"))
    scene = facts.scene
    answered = {act.segment for act in acts if act.type in ("answer", "lookup", "quote", "ask") and not _is_lost(act)}
    if scene is None or scene.segment not in answered or any(act.type in ("handoff", "fallback") for act in acts):
        return acts
    slots: dict[str, Any] = {"say": scene.say + (f"\n{scene.url}" if scene.url else "")}
    if scene.offer is not None:
        slots["say"] += f"\n{scene.offer.title}{f'：{scene.offer.detail}' if scene.offer.detail else ''}"
    if scene.picks:
        slots["say"] += "\n" + "\n".join(f"· {p.product.title[:24]}，{p.price.spoken} 元起" for p in scene.picks)
    sources: tuple[Source, ...] = (Source("policy", f"scene:{scene.id}", "场景"),)
    if scene.offer is not None:
        sources = (*sources, Source("promotion", scene.offer.id, scene.offer.title))
    type_: Any = "offer_coupon" if scene.offer is not None and scene.offer.kind == "coupon" else "recommend"
    return (*acts, Act(type_, scene.segment, "scene.offer", slots, sources, f"scene.{scene.id}"))


def _is_lost(act: Act) -> bool:
    return act.template in (*UNANSWERED, "unclear", "silent")


def act_of_picks(index: int, template: str, picks: tuple[Pick, ...], rule_id: str) -> Act:
    """One recommendation: every pick with price and reason, and as a card."""
    slots: dict[str, Any] = {"picks": [[p.product.title, p.price.spoken, p.reason] for p in picks]}
    slots["sum"] = sum((p.price for p in picks), ZERO)
    slots["cards"] = tuple({"type": "product", "product": p.product, "price": p.price} for p in picks)
    slots["products"] = [[p.product.id, p.product.title] for p in picks]
    sources = tuple(Source("product", p.product.id, p.product.title) for p in picks)
    return Act("recommend", index, template, slots, sources, rule_id)
