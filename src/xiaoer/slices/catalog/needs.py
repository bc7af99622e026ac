"""Products for a need (求推荐): 「送妈妈，200 以内，敏感肌」.

What speaks for a product adds to its score (`Taste.likes`: words of its title, tags and category, and of the attributes
that tell what it is, of what and for whom), up to as much as the need's own words; what it must be and must not be is
looked up there too.

Title, category, tags and attribute values of every product are cut into character pairs; a pair weighs the
more, the fewer products have it. A product's score is the weight of the need's pairs that it has, as a
share of all their weight; pairs that no product has weigh too, so that one word met by chance in a long sentence is no
match. Words about asking and money weigh nothing. A kind of thing that is named (裙子, 枕头) must stand in the title,
however well the rest fits. The shop's own words for what its goods are for (its tags, categories, purposes: 钓鱼, 练字)
count whole: where the buyer says one, only goods that have it are shown, unless a thing or a situation narrows more.
What a situation calls for (`Taste.fits`: 久坐腰疼 for 护腰) must stand in what the product is or is for, never in what
it is made of; the first of these words say most.
"""

import math
import re
from collections.abc import Iterable
from functools import cached_property
from itertools import islice

from msgspec.structs import replace

from xiaoer.kernel.commerce import Product, Taste
from xiaoer.slices.catalog.heads import Heads
from xiaoer.slices.catalog.kinds import KindIndex
from xiaoer.slices.catalog.rules import compact

_ASKING = re.compile(
    r"推荐|有没有|合适|不要|不想|不含|不能|不吃|不喝|没有|过敏|不耐受|有啥|有什么|适合|以内|以下|左右|预算|想买|想要|想给|帮我|挑一|选一|一下|一款|哪款|哪个好|求|送给?|给我|"
    r"买(?:个|点|些)|东西|单件|每件|一共|总共|随便|几个|(?:不|别)超过|最多|预算|便宜|什么好|过?生日|礼物|过节|别的|其他|还有|"
    r"\d+(?:\.\d+)?\s*(?:元|块|块钱)?"
)
_KIND = re.compile(r"([裙裤鞋帽袜杯被椅桌毯箱柜架瓶垫席])子|(枕|裤|裙)(?:头|装)")
_JOINED = re.compile(r"[和跟与、+＋]|一起|一块|还有|加")  # several goods may be named in one breath
_ENOUGH = 0.12  # least share of the need's weight that a pick must cover
_BY_CHANCE = 0.75  # what a pair weighs that no product has, as a share of the rarest
_TOLD = 0.3  # share of the need's weight from which goods are what the words ask for
_OPENING = 24  # characters of a title in which the thing itself is named; what follows praises it
_LONGEST_NAME = 6
_THINGS = frozenset("锅枕鞋杯伞裤裙帽椅")
_NO_THING = frozenset(
    (
        "孕妇",
        "宝宝",
        "儿童",
        "婴儿",
        "男士",
        "女士",
        "男女",
        "家用",
        "夏季",
        "冬季",
        "春秋",
        "新款",
        "新品",
        "轻薄",
        "加厚",
        "宽松",
        "纯棉",
        "全棉",
        "真皮",
        "防晒",
        "保湿",
        "补水",
        "加绒",
        "透明",
        "大码",
        "个月",
        "以上",
        "以下",
        "左右",
        "大概",
        "平时",
        "自己",
        "一个",
        "天然",
        "简约",
        "专用",
        "方便",
        "成人",
        "男女",
        "全身",
        "整箱",
        "一套",
        "全套",
        "套装",
        "一把",
        "一支",
    )
)
_TELLING = re.compile(r"品类|类型|材质|面料|成分|填充|适用|适合|人群|性别|功能|功效|用途|场景|风格|特点|卖点|口味|香型")
_PURPOSE = re.compile(r"适用|适合|人群|功能|功效|用途|场景|特点|卖点")
_FIT_BESIDE_BEST = 0.8  # least share of the best fit: 可收纳 of a coat is far from 收纳箱
_FIT_OF_MANY = 0.6  # the same where several kinds of goods are wanted
_FOND_OF = re.compile(r"(?:爱|喜欢|好)(?:喝|吃|玩|弹|打|看|写|画|养|收藏)?([\u4e00-\u9fff]{2,4})")  # 老丈人爱喝普洱
_ALSO_SAID = re.compile(r"[和跟与、]|也|还")
_BOTH = re.compile(r"男女(?:[生士款]|同款|通用)?|猫眼|猫步")  # both sexes; no cat
_NAMED_FIRST = 0.6  # of a title's characters: what stands there tells the thing, what follows praises it
_FOR_WHOM = 0.4  # of a title's characters: goods for somebody particular say so there
_ALSO = 0.3  # what a second situation that it suits adds, as a share
_MANY_LIKES = 3  # as many liked words weigh as much as all of the need's own
_BESIDE_BEST = 0.4  # least share of the best pick's score
_OWN_WORD = re.compile(r"[\u4e00-\u9fff]{2,4}")
# tags that tell of whom, when or how good, not what it is for: they never narrow a wish by themselves
_WEAK = re.compile(
    r"学生|新手|入门|初学|热卖|爆款|百搭|礼|送|男|女|儿童|宝宝|婴|孕|长辈|老人|囤货|平价|大容量|便携|家庭|家用|新款|[春夏秋冬]|套装|配件|轻便|四季|成人|通用|安全|其他"
)


class NeedIndex:
    """All products of one shop, ready to be ranked for a need; built once per catalogue revision."""

    def __init__(self, products: Iterable[Product]) -> None:
        products = tuple(products)
        self._heads = Heads(products)
        self._titles: dict[str, str] = {}
        self._front: dict[str, str] = {}  # what it is at first sight: this rules a product in or out
        self._kept_from: dict[str, str] = {}  # the same without words for both sexes: who it is not for
        self._shelf: dict[str, str] = {}
        self._whom: dict[str, str] = {}
        self._sort: dict[str, str] = {}  # the opening of its title, category, tags
        self._purpose: dict[str, str] = {}  # what it is, and what and whom it says it is for
        self._holders: dict[str, list[str]] = {}
        self._named: dict[str, list[str]] = {}
        self._own: dict[str, set[str]] = {}
        self._kinds = KindIndex()
        sorts: set[str] = set()
        for product in products:
            sorts.update(re.split(r"[\W_]+", f"{product.category} {product.attributes.get('品类', '')}"))
            text = [product.title, product.category, *product.tags, *product.attributes, *product.attributes.values()]
            self._titles[product.id] = product.title
            telling = [value for key, value in product.attributes.items() if _TELLING.search(key)]
            sort = product.attributes.get("品类", "")
            self._front[product.id] = " ".join((product.title, product.category, *product.tags, sort))
            self._kept_from[product.id] = _BOTH.sub(" ", self._front[product.id])
            self._shelf[product.id] = " ".join((self._front[product.id], *telling))
            opening, first = (product.title[: round(len(product.title) * s)] for s in (_NAMED_FIRST, _FOR_WHOM))
            self._sort[product.id] = " ".join((opening, product.category, *product.tags, sort))
            self._whom[product.id] = " ".join((first, product.category, *product.tags))
            purposes = [value for key, value in product.attributes.items() if _PURPOSE.search(key)]
            self._purpose[product.id] = " ".join((self._front[product.id], *purposes))
            self._kinds.add(product)
            for word in _OWN_WORD.findall(" ".join((*product.tags, product.category, sort, *purposes))):
                if not _WEAK.search(word):
                    self._own.setdefault(word, set()).add(product.id)
            for pair in set().union(*(_pairs(compact(part)) for part in text)):
                self._holders.setdefault(pair, []).append(product.id)
            for part in _parts(product.title[:_OPENING]):
                self._named.setdefault(part, []).append(product.id)
        self.sorts = frozenset(word for word in sorts if len(word) > 1)  # the shop's own words for kinds of goods
        total = len(self._titles)
        self._weight = {pair: math.log((total + 1) / len(holders)) for pair, holders in self._holders.items()}

    def rank(self, need: str, limit: int, taste: Taste = Taste()) -> list[str]:  # noqa: B008  frozen
        """Product ids, best first; empty when nothing in the need is about a product."""
        if taste.wide and taste.fits and not any(self._may(one, taste) for one in self._titles):
            taste = replace(taste, things=())  # 练普拉提穿什么: a situation knows better what is worn
        others = tuple(one for one in taste.fits if one[0] not in taste.places) if taste.places else ()
        if others and any(self._fit(one, replace(taste, fits=others)) > 0 for one in self._titles):
            taste = replace(taste, fits=others)  # what is wrong says more than where: 宿舍 of 宿舍插座不够
        wanted = {pair for part in re.split(r"[\W_]+", _ASKING.sub(" ", need)) for pair in _pairs(compact(part))}
        said = _ASKING.sub(" ", taste.said or need)
        only, own = self._kinds.named_in(said), self._own_words(said)
        if only and own and _ALSO_SAID.search(said):  # 喜欢钓鱼和弹吉他
            only = only.union(*own.values())
        kinds = set() if only else {first or second for first, second in _KIND.findall(need)}
        if taste.fits:  # 墙上钉个架子, where no 架 helps: a part of what is told
            helpful = [self._titles[one] for one in self._titles if kinds and self._fit(one, taste) > 0]
            kinds = {kind for kind in kinds if any(kind in title for title in helpful)}
        weights = {pair: self._weight[pair] for pair in wanted if pair in self._weight}
        unmet = _BY_CHANCE * math.log(len(self._titles) + 1) * (len(wanted) - len(weights))
        wanted_so = only or own or kinds or taste.likes or taste.things or taste.musts or taste.fits
        narrow = only or kinds or taste.things or taste.fits
        if not (weights or wanted_so):
            return self.rank("", limit, replace(taste, likes=taste.anybody, anybody=())) if taste.anybody else []
        total = sum(weights.values()) + unmet or 1.0
        scores = dict.fromkeys(self._titles, 0.0) if wanted_so else {}
        for pair, weight in weights.items():
            for product_id in self._holders[pair] if wanted_so else self._told(pair):
                scores[product_id] = scores.get(product_id, 0.0) + weight / total
        if not wanted_so:  # what is called so, before what only has such a part (外套 of a pillow)
            called = [one for one in scores if any(pair in self._titles[one].lower() for pair in weights)]
            scores = {one: scores[one] for one in called} or scores
        told = max(scores.values(), default=0.0)
        if taste.likes and told >= _TOLD:  # what was asked for in words, before what such people like (学生党)
            scores = {one: score for one, score in scores.items() if score >= _BESIDE_BEST * told}
        fits = {product_id: self._fit(product_id, taste) for product_id in scores} if taste.fits else {}
        loose = replace(taste, things=()) if only else taste
        may_fit = (fits[one] for one in fits if (not only or one in only) and self._may(one, loose))
        if taste.places and others:  # of what helps, that for this place (开车, 手机掉电: 车载)
            here = {one for one in fits if fits[one] > 0 and taste.places[0] in self._sort[one]}
            fits = {one: fit for one, fit in fits.items() if one in here} or fits
            scores = {one: scores[one] for one in fits}
        least_fit = (_FIT_OF_MANY if taste.broad else _FIT_BESIDE_BEST) * max(may_fit, default=0.0)
        scored = [
            (
                score
                + _liked(self._shelf[product_id], taste)
                + fits.get(product_id, 0.0)
                + sum(product_id in holders for holders in own.values()),
                product_id,
            )
            for product_id, score in scores.items()
            if all(kind in self._titles[product_id].replace("连帽", "") for kind in kinds)
            and (not only or product_id in only)
            and (narrow or not own or any(product_id in holders for holders in own.values()))
            and self._may(product_id, loose)
            and fits.get(product_id, 0.0) >= least_fit
        ]
        best_of_all = max((score for score, _ in scored), default=0.0)
        # who likes many things, or asks for what suits a situation, is shown many
        beside = 0.0 if taste.likes or taste.fits or own else _BESIDE_BEST * best_of_all
        at_least = beside if taste.musts else max(_ENOUGH, beside)
        least = 0.0 if narrow or own else at_least
        best = sorted((pair for pair in scored if pair[0] >= least), key=lambda pair: (-pair[0], pair[1]))
        if not best and taste.anybody and not wanted_so:
            return self.rank("", limit, replace(taste, likes=taste.anybody, anybody=()))
        return [product_id for _, product_id in best[:limit]]

    def shelf(self, need: str, limit: int, taste: Taste) -> dict[str, bool]:
        """Product ids of all goods that say what they must, those first that hold most of the need; whether nothing
        else of the taste rules each out."""
        loose = replace(taste, fits=(), things=())
        held = dict.fromkeys(self._titles, 0.0)
        for pair in _pairs(compact(need)):
            for product_id in self._holders.get(pair, ()):
                held[product_id] += self._weight[pair]
        near = sorted(held, key=lambda one: (-held[one], one))
        such = (one for one in near if all(any(w in self._shelf[one] for w in group) for group in taste.musts))
        return {one: self._may(one, loose) for one in islice(such, limit)}

    def names_thing(self, need: str) -> bool:
        """Whether the words name a kind of this shop's goods."""
        return bool(self._kinds.named_in(need))

    def _own_words(self, need: str) -> dict[str, set[str]]:
        """The shop's own words for what goods are for that stand in the need; the longest where one holds another."""
        said = [word for word in self._own if word in need]
        for run in _FOND_OF.findall(need):
            name = next((run[:size] for size in range(len(run), 1, -1) if self.is_title_word(run[:size])), "")
            if name and name not in self._own and not _WEAK.search(name):
                return {name: {one for one, front in self._front.items() if name in front}}
        return {word: self._own[word] for word in said if not any(word != one and word in one for one in said)}

    def _told(self, pair: str) -> list[str]:
        """Products that have the pair in what they are, of what or for whom; not only in how they are used."""
        return [product_id for product_id in self._holders[pair] if pair in compact(self._shelf[product_id])]

    def _may(self, product_id: str, taste: Taste) -> bool:
        """Whether it is of the wanted sort, says what it must, and nothing rules it out."""
        shelf, front = self._shelf[product_id], self._front[product_id]
        is_such = not taste.things or any(word in front for word in taste.things)
        told = all(any(word in shelf for word in group) for group in taste.musts)
        fits = not taste.fits or self._fit(product_id, taste) > 0
        particular = any(word in self._whom[product_id] for word in taste.unasked)
        return (
            is_such
            and told
            and fits
            and not particular
            and not any(word in self._kept_from[product_id] for word in taste.never)
        )

    def _fit(self, product_id: str, taste: Taste) -> float:
        """Up to two for the situation that it suits best, and some more for others that it suits too."""
        each = sorted((self._fit_one(product_id, words, taste.places) for words in taste.fits), reverse=True)
        return each[0] + _ALSO * sum(each[1:]) if each else 0.0

    def _fit_one(self, product_id: str, words: tuple[str, ...], places: tuple[str, ...]) -> float:
        """More for the words that say most, and for where they stand."""
        purpose, sort = self._purpose[product_id], self._sort[product_id]
        return max(
            (
                (1.0 if word in places or word in sort else 0.4) + 0.9 * (1 - place / len(words))
                for place, word in enumerate(words)
                if word in purpose
            ),
            default=0.0,
        )

    def is_title_word(self, word: str) -> bool:
        """Whether a word stands in some title."""
        return any(word in title for title in self._titles.values())

    def named(self, text: str, limit: int, kinds: Iterable[str] = ()) -> list[str]:
        """Product ids whose title's opening shares a name with the text, the longest name first; often none. Where
        the text names a kind of thing (面膜), only such things are looked at."""
        near = {product_id for part in _parts(text) for product_id in self._named.get(part, ())}
        near = {one for one in near if any(kind in self._titles[one] for kind in kinds)} or near
        near = (near & self._kinds.named_in(text)) or near  # who says 吉他 means no strings
        shares = ((_shared(text, self._titles[product_id][:_OPENING]), product_id) for product_id in near)
        named = sorted(((run, product_id) for run, product_id in shares if run), key=lambda one: (-len(one[0]), one[1]))
        longest = len(named[0][0]) if named else 0
        best = {product_id: run for run, product_id in named if len(run) == longest}
        return self._by_heads(text, best)[:limit]

    def _by_heads(self, text: str, best: dict[str, str]) -> list[str]:
        """The goods that `best` names by a longest run, or those that the text names by their end: 桌子, 手机膜. A run
        that is what some goods are (便宜的吉他) leaves out those that it only describes (吉他弦)."""
        ends = {run for one, run in best.items() if self._heads.is_end(run, one)}
        several = _JOINED.search(text) is not None
        kept = [
            one
            for one, run in best.items()
            if self._heads.is_end(run, one) or (run not in ends and (several or not ends))
        ]
        said = self._heads.named(text) if not ends else {}
        named = [one for head, goods in said.items() if head not in "".join(best.values()) for one in goods]
        return [one for one in named if one in best] or named or kept

    @cached_property
    def fronts(self) -> dict[str, str]:
        """The part of each title that tells the thing; what follows praises it."""
        return {one: title[: max(_OPENING, round(len(title) * _NAMED_FIRST))] for one, title in self._titles.items()}


def _liked(shelf: str, taste: Taste) -> float:
    return min(1.0, sum(word in shelf for word in taste.likes) / _MANY_LIKES)


def kinds_in(text: str, kinds: frozenset[str]) -> list[str]:
    """The words of `kinds` that stand in the text."""
    spans = (text[at : at + size] for size in range(2, _LONGEST_NAME + 1) for at in range(len(text) - size + 1))
    return [span for span in dict.fromkeys(spans) if span in kinds]


def _shared(text: str, opening: str) -> str:
    """The longest run of two characters or more that both hold and that names a thing, else one of the characters that
    are a thing by themselves (锅); empty when there is none."""
    for size in range(min(len(text), _LONGEST_NAME), 1, -1):
        for at in range(len(text) - size + 1):
            run = text[at : at + size]
            if run.isalpha() and not run.isascii() and run in opening and run not in _NO_THING:
                return run
    return next((one for one in sorted(_THINGS) if one in text and one in opening), "")


def _parts(text: str) -> set[str]:
    """What two texts that name the same thing share: a pair of characters, or one that is a thing by itself."""
    return _pairs(text) | (_THINGS & set(text))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
