"""The goods of a quote carried on (接着算): 「A 和 B 一起买」, then 「再加一件 C 呢」, 「第一个要两件」.

A cart is written `variant*count,…`, as the price needs have it. Words that neither add nor change stand for themselves.
"""

import re

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.counting import PIECE
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.numerals import arabic
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules import kinds_of_one, pieces
from xiaoer.slices.policies.rules.specs import matching
from xiaoer.slices.policies.types import Ask

_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_COUNT = r"[一二两三四五六1-9]"
_ADDS = re.compile(
    r"再(?:加|来|拿|买|拍|要)|加上|加(?:多)?一|另外(?:加|再)|还(?:要|想加)|多(?:加|拿|拍)|"
    r"^(?:那|要是|如果|就)*加(?!湿[器度]|[绒厚急钱价班热宽长大密盟购粗固])[\u4e00-\u9fff]{2}"
)
_NTH = re.compile(rf"第({_COUNT})(?:个|件|款|样)")
_MANY = re.compile(rf"(?:要|拍|买|来|换成|改成|变成)({_COUNT}){PIECE}")
_COUNTED = re.compile(rf"(?<!第)[一二两俩三四五六七八九十\d]{PIECE}(?![套装入组])")
_SUM = re.compile(r"一共|总共|加起来|合计|一起|一块")
_AND = re.compile(r"[\u4e00-\u9fff](?:[和跟与、+＋]|加上?)(?!运费|邮费|快递|安装|税|包装)[\u4e00-\u9fff]{2}")
_DROPS = re.compile(r"不要|去掉|删掉|不买|减掉|拿掉")
_HAN_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")
_FILLER = re.compile(
    r"[一二两三四五六七八九十口呢吧吗啊么的再加来拿买拍要多少钱个件条双盒瓶那就还一共总到手我想给\s，。？?！!、]"
)
_MOST = 20  # lines of a cart that is talked about
# the goods that the talk named, and not pieces of one of them
_BOTH = re.compile(
    rf"(?:[两俩二2](?:{PIECE}|[样款种])?|它们?|这[些俩两](?:{PIECE}|[样款种])?)(?:东西)?(?:都|全)?(?:一起|一块儿?|一并|加起来|合起来|合计|都[要买拿拍])|^(?:那|要是|如果)*一(?:起|块儿?)(?:买|拍|拿|下单)"
)
_MAY_ADD = ("order.change_item", "product.stock", "product.detail", "chat.", "oos.", "order.how_to_buy")
_TEXTS = 6  # of the buyer, among which goods are looked for that were named
# whose measures were told: each wears a piece
_PERSON = re.compile(
    r"女朋友|男朋友|女友|男友|老公|老婆|媳妇|对象|爸|妈|儿子|女儿|闺女|闺蜜|朋友|弟|妹|哥|姐|婆婆|公公|同事|孩子|宝宝|[他她]"
)
_MEASURED = re.compile(r"\d{2,3}")
_PEOPLE = re.compile(r"(\d{1,2})个?人(?!份)")
_EACH_ONE = re.compile(r"[一每]人(?:一|各|要|买|来)|各(?:要|买|来)?一")
_OF_BOTH = re.compile(r"一共|总共|加起来|合计|一起|两个人|我们俩|我俩|一人一")


def counts_several(text: str) -> bool:
    """Whether pieces are counted more than once (两件防晒衣一件T恤), so that one number holds for none alone."""
    return len(_COUNTED.findall(text)) > 1


def sums_up(text: str) -> bool:
    """Whether the sum of several goods is asked (车子加头盔一共多少), so that the price of one of them is no answer."""
    return _SUM.search(text) is not None and _AND.search(text) is not None


def goes_on(segment: Segment, turn: Turn) -> bool:
    """Whether the words add to the goods that were reckoned just before (再加一件黑L), whatever they sound like."""
    last = next((past for past in reversed(turn.history) if past.act_types), None)
    just_quoted = bool(turn.memory.cart) and last is not None and "quote" in last.act_types
    return just_quoted and segment.intent.startswith(_MAY_ADD) and _ADDS.search(segment.text) is not None


def adds(ask: Ask) -> bool:
    """Whether the words go on with the goods that were priced just before."""
    return bool(ask.memory.cart) and bool(_ADDS.search(ask.segment.text) or _NTH.search(ask.segment.text))


def means_both(ask: Ask) -> bool:
    """Whether the words mean the goods that the talk named (两个一起多少钱), and name none themselves."""
    named = (
        ask.segment.entities.product_ids or ask.facts.together.get(ask.index) or ask.facts.recommended.get(ask.index)
    )
    return not named and not ask.memory.cart.count(",") and _BOTH.search(ask.segment.text) is not None


def spoken_before(ask: Ask) -> str:
    """The products in sight (page, topic), then the buyer's words, newest first: a line each."""
    turn = ask.situation.turn
    in_sight = dict.fromkeys(one for one in (turn.context.product_id, ask.product_id) if one)
    said = [past.text for past in reversed(turn.history) if past.author == "buyer" and past.text][:_TEXTS]
    return "\n".join([",".join(in_sight), *(text.replace("\n", " ") for text in said)])


def options(ask: Ask) -> list[pieces.Pieces]:
    """What the words count of the one product in sight (两件多少钱 三件呢): each is a quote of its own."""
    product = ask.facts.products.get(ask.product_id or "")
    if product is None or adds(ask) or len(ask.facts.together.get(ask.index, ())) > 1:
        return []
    variants = ask.facts.variants.get(product.id, ())
    known = " ".join((product.title, *product.attributes.values(), *(v for one in variants for v in one.spec.values())))
    if pieces.counts_others(ask.segment.text, known) or kinds_of_one.named(variants, ask.segment.text, product.title):
        return []
    return pieces.asked(variants, ask.segment.entities, ask.segment.text, product.title)


def named_now(ask: Ask) -> str:
    """The pieces that the words name, as `variant*count` joined by commas; empty when a product is not in sight."""
    goes_on = adds(ask)
    held = {part.partition("*")[0] for part in ask.memory.cart.split(",")} if goes_on else set()
    of_cart = any(v.id in held for v in ask.facts.variants.get(ask.product_id or "", ()))
    sight = ask.facts.products.get(ask.product_id or "")
    new = not of_cart or (sight is not None and _names_it(ask, sight))
    in_sight = (ask.product_id,) if ask.product_id and new else ()
    seen = (ask.product_id, ask.situation.turn.product_in_focus)
    together = {
        one.product.id: one.count
        for one in ask.facts.together.get(ask.index, ())
        if not (
            one.product.id in seen
            and not _names(one.product, ask.segment.text)
            and any(v.id in held for v in ask.facts.variants.get(one.product.id, ()))
        )
    }
    ids = tuple(together) or tuple(dict.fromkeys((*in_sight, *ask.segment.entities.product_ids)))
    parts: list[str] = []
    for number, product_id in enumerate(ids):
        variants = ask.facts.variants.get(product_id, ())
        title = product.title if (product := ask.facts.products.get(product_id)) else ""
        if len(ids) == 1 and (several := kinds_of_one.named(variants, ask.segment.text, title)):
            parts += [one.key for one in several]
            continue
        told = pieces.asked(variants, ask.segment.entities, ask.segment.text, title) if len(ids) == 1 else []
        if told and (told[0].number > 1 or people(ask) == 1):
            parts.append(told[0].key)
            continue
        words = pieces.without_counts(ask.segment.text)
        chosen = matching(variants, ask.segment.entities, words) if number == 0 else variants
        one = pieces.one_of(chosen or variants, title)
        if one is None:
            return ""
        alone = max(ask.segment.entities.quantity or 1, people(ask)) if len(ids) == 1 else 1
        count = together.get(product_id) or alone
        parts.append(pieces.Pieces(one, count).key)
    return carried(ask, ",".join(parts)) if goes_on else ",".join(parts)


def _names(product: Product, text: str) -> bool:
    """Whether the words have two letters of what a product is called."""
    called = f"{product.title} {product.attributes.get('品类', '')}"
    return any(pair in called for pair in (text[at : at + 2] for at in range(len(text) - 1)) if _HAN_PAIR.match(pair))


def _names_it(ask: Ask, product: Product) -> bool:
    """Whether words that add mean one more of the product: all their letters are its own (再加一口32的, but not
    再加个火箭筒); words that name nothing do where it is all that was reckoned."""
    specs = (value for one in ask.facts.variants.get(product.id, ()) for value in one.spec.values())
    known = " ".join((product.title, *product.attributes.values(), *specs))
    rest = _FILLER.sub("", pieces.without_counts(_ADDS.sub("", ask.segment.text)))
    return all(letter in known for letter in rest) if rest else "," not in ask.memory.cart


def people(ask: Ask) -> int:
    """For how many the one product is, where a sum is asked: 我们三个人, or those whose measures were told before."""
    if not _OF_BOTH.search(ask.segment.text):
        return 1
    if told := _PEOPLE.search(arabic(ask.segment.text)):
        return int(told[1])
    if _EACH_ONE.search(ask.segment.text):
        return max("我" in ask.segment.text, 0) + len(set(_PERSON.findall(ask.segment.text))) or 1
    measured = [
        past.text
        for past in ask.situation.turn.history
        if past.author == "buyer" and "product.size_advice" in past.intents and _MEASURED.search(past.text)
    ]
    return max(len({found[0] if (found := _PERSON.search(text)) else "" for text in measured}), 1)


def names_kinds(ask: Ask) -> bool:
    """Whether the words name several variants of the one product in sight."""
    product = ask.facts.products.get(ask.product_id or "")
    variants = ask.facts.variants.get(product.id, ()) if product and not ask.facts.together.get(ask.index) else ()
    return product is not None and len(kinds_of_one.named(variants, ask.segment.text, product.title)) > 1


def names_one_variant(ask: Ask) -> bool:
    """Whether the words name a variant of the product in sight, so that their numbers are of its spec (六瓶一箱)."""
    variants = ask.facts.variants.get(ask.product_id or "", ())
    return 0 < len(matching(variants, ask.segment.entities, ask.segment.text)) < len(variants)


def counted_before(ask: Ask, named: str) -> str:
    """The cart that this very message, or the talk just before it, reckoned, for words that name no goods
    (还差多少到下一档) or only ones of it; else empty."""
    cart, just_now = ask.memory.cart, ask.memory.cart != ask.situation.turn.memory.cart
    if (
        not cart
        or ask.segment.entities.product_ids
        or any(named_by.get(ask.index) for named_by in (ask.facts.together, ask.facts.recommended))
    ):
        return ""
    held = {part.partition("*")[0] for part in cart.split(",")}
    mine = not named or {part.partition("*")[0] for part in named.split(",")} <= held
    return cart if just_now or mine else ""


def carried(ask: Ask, named: str) -> str:
    """The cart of before with what the words change; `named` are the pieces that they name, may be empty."""
    text, parts = ask.segment.text, ask.memory.cart.split(",")
    nth, many = _NTH.search(text), _MANY.search(text)
    place = _number(nth.group(1)) - 1 if nth else -1
    if 0 <= place < len(parts):
        if _DROPS.search(text):
            return ",".join(parts[:place] + parts[place + 1 :])
        if many:
            parts[place] = f"{parts[place].partition('*')[0]}*{_number(many.group(1))}"
            return ",".join(parts)
    held = {part.partition("*")[0]: int(part.partition("*")[2]) for part in parts}
    for part in filter(None, named.split(",")):
        variant_id, _, count = part.partition("*")
        held[variant_id] = held.get(variant_id, 0) + int(count)
    return ",".join(f"{variant_id}*{min(count, 999)}" for variant_id, count in list(held.items())[:_MOST])


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)
