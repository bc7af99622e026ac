"""Several goods named in one breath (两件防晒衣一件T恤, 这个和手环哪个好): which each part means, and how many.

The words are cut where they join (和, 跟, 、) and where a number of pieces begins. A part means the product whose name
has the rarest of its character pairs; a name is the title and what the attribute 品类 calls it: buyers say 防晒衣
where a title says 防晒外套. 「这件」 is the product in sight, and so is nothing at all: 「跟那个手环一起买」.
A part that fits several products alike means the one in sight, else none: a price of the wrong goods is worse than
one more question. So a part must surely name what it means: by its kind, by more than one pair, or by one that is all
the part tells; numbers name nothing (跟黑的比贵40 is no lotion of 400ml). A misspelt name is heard by its sound.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator

from xiaoer.kernel.asking import telling_letters
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.counting import PIECE, PLUS
from xiaoer.slices.catalog.heads import Heads
from xiaoer.slices.catalog.rules import compact

_JOINS = re.compile(rf"跟(?!不跟|价|进|[吗么嘛]|$)(?<!跟不跟)|[和与同及、,，;；/+＋&]|{PLUS}|还有|以及|搭配|再加|再来")
_PIECES = re.compile(
    rf"(?<![第一二两三四五六七八九十])(?!(?<=\d)\d)(\d{{1,3}}|[一二两俩三四五六七八九十])(?:{PIECE}|(?<=俩))(?![套装入组钱]|多(?!少))"
)
_ONES = {one: n for n, one in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "俩": 2}
_NOTHING = re.compile(
    r"(?:我|要|想|买|拍|来|的话?|一共|总共|到手|算下来|多少钱?|几多|什么价|啥价|优惠|便宜|能|可以|怎么算|给|一起|加|了|吗|呢|啊|呀|不|\W)*"
)
_ADDS = re.compile(r"(?:加|再|配|搭|送)(?:来|买|要|拍)?$")
_ONE_MORE = re.compile(r"\s*(?:个|件|条|双|顶|瓶|盒|袋|包|把|只|支|台|套|罐|桶|本|张)[^\s的人]{2}")  # 再加个帽子
_THIS = re.compile(r"^(?:那|我)?(?:这(?!么|样|会|时|边|里)|此款|本款|它(?!们))")
_NO_NAME = re.compile(
    r"补贴|红包|包邮|一起|一块儿?|多少|便宜|优惠|哪个|哪款|哪件|对比|比较|推荐|适合|新款|两件|两个|加厚|四季|百搭|方便|礼物"
)
_EACH = re.compile(
    rf"各(?:来|要|买|拍|拿|订|带)?(\d{{1,2}}|[一二两三四五六七八九十]){PIECE}|每[样种款个](?:来|要|买|拍|拿)?(\d{{1,2}}|[一二两三四五六七八九十]){PIECE}"
)
_SUM = re.compile(r"一共|总共|合计|加起来|到手|[各每][来要买拍拿样种款一二两三\d]|都[要来买拿拍]")
_NO_GOODS = re.compile(
    r"运费|邮费|快递|安装|包装|礼盒|贺卡|发票|[券税]|满减|活动|会员|积分|红包|赠品|朋友|同事|老[公婆师]|[爸妈]"
)
_MEASURED = re.compile(r"\d+(?:\.\d+)?[\u4e00-\u9fff]")  # 1.5米 is no rice
_DIGIT = re.compile(r"\d")
_LATIN = re.compile(r"(?<![a-z\d])[a-z]{2,}(?![a-z])")
_WORDS = re.compile(r"[\u4e00-\u9fff]+")
_TO_TELL = 2  # letters from which a part names something
_MOST_TOLD = 6  # letters of a part that is but a name
_PLAIN = re.compile(r"这|那|款|一共|总共|合计|到手|多少|几多|好多|[钱来各份件个要买拍拿都样]")
_COVERS = 0.5  # of what a part tells
_SOUTHERN = re.compile(r"([zcs])h")
_END = 3  # letters of a kind that may be said alone (饮水机 of 宠物饮水机)
_SOUNDS = 3  # letters from which a name is heard by its sound
_KIND = "品类"
_MOST_ALIKE = 0.05  # a pair that a larger share of the catalogue has names nothing, unless the catalogue is small
_FEW = 4
_FRONT = 10  # characters of a title in which the name of the thing stands


class MentionIndex:
    """The names of one shop's goods by their character pairs; built once per catalogue revision."""

    def __init__(self, products: Iterable[Product], sound: Callable[[str], str] | None = None) -> None:
        products = tuple(products)
        self._sound = sound
        self._titles = {product.id: f"{product.title} {product.attributes.get(_KIND, '')}" for product in products}
        self._sounds: dict[str, str] = {}
        self._heads = Heads(products)
        self._holders: dict[str, set[str]] = {}
        self._kinds: dict[str, set[str]] = {}
        self._kind: dict[str, str] = {}
        self._fronts = [product.title[:_FRONT] for product in products]
        count = 0
        for product in products:
            count += 1
            kind = _pairs(product.attributes.get(_KIND, ""))
            self._kinds[product.id] = kind
            if len(told := product.attributes.get(_KIND, "")) > 1:
                self._kind[product.id] = told
            for pair in _pairs(product.title) | kind:
                self._holders.setdefault(pair, set()).add(product.id)
        self._most = max(_FEW, round(count * _MOST_ALIKE))
        self._weight = {pair: math.log((count + 1) / len(holders)) for pair, holders in self._holders.items()}

    def goods(self, text: str, in_sight: str = "") -> list[tuple[str, int]]:
        """Id and number of pieces of each product that the parts of `text` mean, in the order of the words; the one in
        sight comes first where the words leave it out. Empty when a part fits several goods, or counts pieces of what
        is not found: a price of less than was asked for is wrong. Fewer than two: no several are named."""
        found: dict[str, int] = {}
        each = _EACH.search(text)
        times = next(((_ONES.get(one) or int(one)) for one in each.groups() if one), 1) if each else 1
        text = _EACH.sub(" ", text)
        if not _JOINS.search(text) and not _PIECES.search(text) and (listed := self._listed(text)):
            return [(product_id, times) for product_id in listed]
        sums_up = each is not None or _SUM.search(text) is not None
        for part, count in self._parts(text, in_sight):
            if count and _NOTHING.fullmatch(part):  # 防晒衣，两件
                last = next(reversed(found), in_sight)
                if last:
                    found[last] = count
                continue
            meant = self._in_part(part, in_sight)
            missed = count or (sums_up and _JOINS.search(text) and _names_something(part))
            if (len(meant) > 1 and in_sight not in meant) or (missed and not meant):
                return []
            for product_id in [in_sight] if in_sight in meant else meant:
                found[product_id] = count or 1
        if in_sight and len(found) == 1 and in_sight not in found:
            return [(in_sight, 1), *found.items()]
        return [(product_id, count * times) for product_id, count in found.items()]

    def surely(self, text: str) -> list[str]:
        """The products that the words name without doubt, in the order of the words."""
        parts = (self._meant(part) for part, _ in self._parts(text, ""))
        return list(dict.fromkeys(meant[0] for meant in parts if len(meant) == 1))

    def _listed(self, text: str) -> dict[str, int]:
        """Goods whose kinds stand side by side with nothing between (猫粮猫砂一起), one of each."""
        places: dict[str, int] = {}
        for product_id, kind in self._kind.items():
            at = max(text.find(kind), text.find(kind[-_END:]) if len(kind) > _END else -1)
            if at >= 0:
                places[product_id] = at
        goods = sorted(places, key=lambda one: places[one])
        named = [self._kind[one] for one in goods]
        clear = len(set(named)) == len(named) and len(set(places.values())) == len(places)
        return dict.fromkeys(goods, 1) if len(goods) > 1 and clear else {}

    def of_kind(self, text: str) -> list[str]:
        """The products whose kind (品类) stands in the text as the shop calls it."""
        return [one for one, kind in self._kind.items() if kind in text]

    def is_called(self, thing: str) -> bool:
        """Whether any product is called so: its kind (品类) ends in it, or its title begins with it."""
        return any(kind.endswith(thing) for kind in self._kind.values()) or any(
            thing in front for front in self._fronts
        )

    def _parts(self, text: str, in_sight: str) -> Iterator[tuple[str, int]]:
        """The parts of the words, each with its number of pieces; 0: none is told. A number counts what follows it,
        and what stands before it where names come first (防晒衣两件牛仔裤一条)."""
        for joined in _JOINS.split(text):
            pieces = list(_PIECES.finditer(joined))
            starts, ends = [0, *(one.end() for one in pieces)], [*(one.start() for one in pieces), len(joined)]
            words = [joined[start:end] for start, end in zip(starts, ends, strict=True)]
            counts = [0, *(_ONES.get(one[1]) or int(one[1]) for one in pieces)]
            if pieces and not _ADDS.search(words[0]) and self._in_part(words[0], in_sight):
                counts = [*counts[1:], 0]
            for part, count in zip(words, counts, strict=True):
                yield part, count or int(_ONE_MORE.match(part) is not None)

    def _in_part(self, part: str, in_sight: str) -> list[str]:
        return [in_sight] if in_sight and _THIS.search(part.strip()) else self._meant(part)

    def _meant(self, part: str) -> list[str]:
        """The products whose names fit the part best; what a product is (品类) counts twice."""
        scores: dict[str, float] = {}
        rare: dict[str, set[str]] = {}
        sure: set[str] = set()
        part = _NO_NAME.sub(" ", part)
        for pair in _pairs(part):
            holders = self._holders.get(pair, ())
            for product_id in holders:
                of_kind = pair in self._kinds[product_id]
                scores[product_id] = scores.get(product_id, 0.0) + (2 if of_kind else 1) * self._weight[pair]
                if of_kind:
                    sure.add(product_id)
                if len(holders) <= self._most or of_kind:
                    rare.setdefault(product_id, set()).add(pair)
        told = telling_letters(_PLAIN.sub(" ", part))
        for product_id, pairs in rare.items():
            if len(pairs) > 1 or len(set("".join(pairs)) & told) >= _COVERS * max(len(told), 1):
                sure.add(product_id)
        if not sure:  # 桌子, which no title writes so
            heads = [one for goods in self._heads.named(_MEASURED.sub(" ", part)).values() for one in goods]
            return heads or self._by_sound(part)
        best = max(scores[one] for one in sure)
        alike = [one for one in sorted(sure) if scores[one] == best]
        ends = {one for goods in self._heads.named(part).values() for one in goods} if len(alike) > 1 else set()
        return [one for one in alike if one in ends] or alike  # 书桌 is the desk, and no lamp for one

    def _by_sound(self, part: str) -> list[str]:
        """The products in whose names a word of the part stands by its sound (螺丝粉 for 螺蛳粉)."""
        words = [word for word in _WORDS.findall(_PLAIN.sub(" ", part)) if _SOUNDS <= len(word) <= _MOST_TOLD]
        if self._sound is None or not words:
            return []
        if not self._sounds:
            self._sounds = {
                one: "|".join(f" {self._heard(run)} " for run in _WORDS.findall(title))
                for one, title in self._titles.items()
            }
        for word in words:
            said = f" {self._heard(word)} "
            if found := [one for one, sounds in self._sounds.items() if said in sounds]:
                return sorted(found)
        return []

    def _heard(self, word: str) -> str:
        """The syllables of a word as the South says them: zh is z, ing is in."""
        return _SOUTHERN.sub(r"\1", self._sound(word)).replace("ng", "n") if self._sound else word


def _names_something(part: str) -> bool:
    """Whether a part between joining words is but a name (帽子), so that it may not be left out of a sum."""
    told = telling_letters(_PLAIN.sub(" ", part))
    return _TO_TELL <= len(told) <= _MOST_TOLD and not _NO_GOODS.search(part) and not _NOTHING.fullmatch(part)


def _pairs(text: str) -> set[str]:
    """Pairs of letters with a Han one, and whole words of Latin letters; numbers name nothing."""
    parts = [compact(part) for part in re.split(r"[\W_]+", text)]
    pairs = {part[at : at + 2] for part in parts for at in range(len(part) - 1)}
    return {pair for pair in pairs if not pair.isascii() and not _DIGIT.search(pair)} | {
        one for part in parts for one in _LATIN.findall(part)
    }
