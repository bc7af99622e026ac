"""Kinds of goods by all their names (品类词表): 电饭锅 and 电饭煲 are one thing, a 登山鞋 is a 鞋, a 空气炸锅 no 炒锅.

The pack's `goods.txt` has a kind a line: its names, then, after `<`, the wider kinds that it is a case of; `*` marks
what other goods are made for (手机, 汽车). A shop sells what its goods are called, by 品类 or by their titles; of a
title that names a bearer behind another thing (充电器 手机平板通用), the thing counts. So it can be said that there is
no 空气炸锅 where only woks are sold. What is asked for is a kind that ends a clause of words that want something (想买,
推荐, 有没有), not one that is only spoken of (放冰箱里的).
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from xiaoer.kernel.asking import wants_goods
from xiaoer.kernel.commerce import Product

_MANY = 16_384  # products whose kinds are kept
_SHORT = 14  # characters of a clause that may be nothing but a name and that it is wanted
_LONGEST = 8  # characters of a name
_HAVE = r"有(?:推荐|吗|么|没(?!有?现?货)|不|卖|$|[^\u4e00-\u9fff]|.{1,4}的[吗么没不])"
_AFTER = re.compile(
    r"(?:子|类)?(?:$|[^\u4e00-\u9fff]|[吗么没呢吧哪卖啊呀嘛不要求来买]|推荐|都行|也行|[一二两三四五六七八九十]"
    rf"|{_HAVE}|的(?:[吗么没不有]|$|[^\u4e00-\u9fff]))"
)
_SPOKEN_OF = re.compile(r"(?:[用给配装洗放充擦比像跟和去没]|不让|不是|不要|别|买了|送的|收到|[上那这]个?)$")
_DENIED = re.compile(r"(?:不要|别|不想要?|除了|不喜欢|不爱|不吃|不喝|不用)[^，。]{0,6}$")
# what may stand around a name where nothing but goods is wanted: 那猫粮呢, 还要卷笔刀, 书包有哪些, 给孩子买书包
_WANTED_BEFORE = re.compile(
    r"(?:那么?|还|再|也|就|我们?|俺|咱|想|要|需要|买|来|看看?|看下|找|有没有|有|请问|你们?|家|店里?|里|别的|(?:给|帮)[\u4e00-\u9fff]{1,4}?(?=买|来|找|挑|选)|挑|选|[个款支双条件把张套瓶盒包点些])*"
)
_WANTED_AFTER = re.compile(
    r"(?:都?有(?:哪些|什么|啥|几种|几款|推荐|没有)?|[哪][些种个款](?:最|更|比较)?(?:好|合适|值得买)?|怎么[选挑买]|咋选|推荐(?:一?下|几款|一款)?|呢|吗|么|没有?|的|款|牌子|求|看看)*"
)
_CLAUSE = re.compile(r"[^，。；,;！!？?\s]+")
_PIECE = "[个双款只条顶把盏张口件支台]"
_ONE = re.compile(rf"(?:{_PIECE}|(?:买|有没有|推荐)(?!{_PIECE}))(?P<what>[\u4e00-\u9fff])")  # 推荐个包, 想买鞋


class Kind(Struct, frozen=True):
    """One kind: its first name, and the wider kinds from near to far. `bears`: other goods are made for it."""

    name: str
    wider: tuple[str, ...] = ()
    bears: bool = False


class Named(Struct, frozen=True):
    """A kind that stands in a text, by which of its names, and where."""

    kind: Kind
    said: str
    at: int


class Thesaurus:
    """All kinds by all their names."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._kinds: dict[str, Kind] = {}
        self._products: dict[tuple[str, str], frozenset[str]] = {}  # what products are, by title and 品类
        for line in lines:
            row = line.strip()
            if not row or row.startswith("#"):
                continue
            names, _, wider = row.removeprefix("* ").partition("<")
            first, *others = names.split()
            kind = Kind(first, tuple(wider.split()), row.startswith("* "))
            for name in (first, *others):
                self._kinds.setdefault(name.lower(), kind)

    def named_in(self, text: str) -> list[Named]:
        """The kinds that the text names, in their order; of names that overlap the longest, from the left."""
        low, found, at = text.lower(), [], 0
        while at < len(low):
            ends = range(min(_LONGEST, len(low) - at), 1, -1)
            size = next((size for size in ends if low[at : at + size] in self._kinds), 0)
            if size:
                found.append(Named(self._kinds[low[at : at + size]], text[at : at + size], at))
            at += size or 1
        return found

    def asked_for(self, text: str) -> list[Named]:
        """The kinds that somebody wants or asks for, clause by clause; none where goods are only spoken of."""
        return [
            one
            for clause in _CLAUSE.findall(text)
            for one in (self._asked_in(clause) if wants_goods(clause) else self.only_named(clause))
        ]

    def _asked_in(self, clause: str) -> list[Named]:
        named = self.named_in(clause)
        for one in _ONE.finditer(clause):
            kind, at = self._kinds.get(one["what"]), one.start("what")
            if kind is not None and not any(other.at <= at < other.at + len(other.said) for other in named):
                named.append(Named(kind, one["what"], at))
        return [
            one
            for one in named
            if _AFTER.match(clause, one.at + len(one.said))
            and not _SPOKEN_OF.search(clause[: one.at])
            and not _DENIED.search(clause[: one.at])
        ]

    def only_named(self, text: str) -> list[Named]:
        """The kind that the first clause names when it says no more than that such goods are wanted (还要卷笔刀); none
        where it is nothing but a name."""
        clause = next(iter(_CLAUSE.findall(text)), "")
        named = self.named_in(clause) if len(clause) <= _SHORT else []
        if len(named) != 1 or named[0].said == clause:
            return []
        before, after = clause[: named[0].at], clause[named[0].at + len(named[0].said) :]
        is_asked = before or after != "呢"  # 书包呢 may ask where it stays
        return named if is_asked and _WANTED_BEFORE.fullmatch(before) and _WANTED_AFTER.fullmatch(after) else []

    def spoken_of(self, text: str) -> frozenset[str]:
        """The kinds that a text is about, with what is wider: without what other goods are made for, and without what
        is only used with them (放冰箱, 别用烘干机)."""
        named = (one for one in self.named_in(text) if not one.kind.bears and not _SPOKEN_OF.search(text[: one.at]))
        return frozenset(word for one in named for word in self.closed(one.kind))

    def kinds_of(self, product: Product) -> frozenset[str]:
        """All that a product is, with what is wider."""
        name = product.title, product.attributes.get("品类", "")
        if name not in self._products:
            if len(self._products) >= _MANY:
                self._products.clear()
            self._products[name] = self._kinds_by(*name)
        return self._products[name]

    def _kinds_by(self, title: str, sort: str) -> frozenset[str]:
        called = re.split(r"[\W_]+", sort.lower())
        own = [kind for name in called if (kind := self._ends(name)) is not None]
        titled = [one.kind for one in self.named_in(title)]
        if own:
            wider, names = {word for kind in own for word in self.closed(kind)}, {kind.name for kind in own}
            titled = [kind for kind in titled if kind.name in wider or names & {*kind.wider}]
        else:
            titled = [kind for at, kind in enumerate(titled) if at == 0 or not kind.bears]
        return frozenset(word for kind in (*own, *titled) for word in self.closed(kind))

    def _ends(self, name: str) -> Kind | None:
        """The kind that a name ends in: 保温杯 of 儿童保温杯."""
        return next((self._kinds[name[at:]] for at in range(len(name)) if name[at:] in self._kinds), None)

    def closed(self, kind: Kind) -> Iterable[str]:
        """The kind and all that it is a case of."""
        yield kind.name
        for word in kind.wider:
            yield word
            wider = self._kinds.get(word)
            if wider is not None and wider.name != kind.name:
                yield from (wider.name, *wider.wider)
