"""Whom a wish is for (送给谁): what speaks for a product and what rules it out, as the industry pack writes it.

A wish names a person (我妈, 领导), an audience (宝宝), a sort of goods (护肤品, 吃的) or a situation (久坐腰疼); the
pack's `recipients.toml` and `situations.toml` say which words of titles, tags and categories that means. What the buyer
himself asks for is never ruled out.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from xiaoer.kernel.audiences import AUDIENCES, audiences_in
from xiaoer.kernel.commerce import Taste
from xiaoer.kernel.memory import Wish
from xiaoer.packs.goods import thesaurus_of
from xiaoer.slices.selling.preferences import preferences_of
from xiaoer.slices.selling.situations import Situation, situations_of

_PACKS = Path(__file__).resolve().parents[2] / "packs"
_GIFT = ("送", "礼", "生日", "过节", "中秋", "过年")
_GIFT_LIKES = ("礼物", "送礼", "礼盒")
_ANYTHING = re.compile(r"随便|爆款|热卖|热销|卖得(?:最)?(?:好|火)|畅销|都行|都可以|看着(?:推|选|挑)")
_BROAD = re.compile(
    r"哪些|几样|一套|全套|装备|列(?:一下|给我|个)|(?:准备|备|买|带|要|需要)(?:点|些|个)?(?:什么|啥)(?!茶|鞋|笔)"
)
# categories and words of goods made for these: a friend who expects is shown them
_MADE_FOR = dict.fromkeys(("孕妇", "哺乳期"), ("孕", "待产", "母婴")) | dict.fromkeys(
    ("婴儿", "儿童"), ("母婴", "儿童", "宝宝", "婴儿")
)
_YOUNG = ("儿童", "宝宝")
_LONGEST_KIND = 6  # characters of a word that names a kind of thing
_GROWN = 14  # years
_NO_BABY = 3  # years
_FOR_BABIES = ("婴儿", "新生儿", "奶娃")
_ANY_SORT = re.compile(r"[穿戴用](?:什么|啥|的)")
_GIVEN_TO = re.compile(r"送|女友|闺蜜|情侣|长辈")
_FUR = re.compile(r"(?:猫|狗|宠物)(?:的)?(?:毛|尿味|味|抓)")  # 猫毛满地: something for the floor
# 卧室想弄点香味, then 家里有猫: not for the cat
_AT_HOME = re.compile(r"(?:家里|我家|屋里|家)(?:还|也)?(?:有|养了?|养着)[一两几]?(?:[只条个])?小?(?:猫|狗|宠物)")
_AND = re.compile(r"和|跟|与|、|一半|各|每人|分别")
_EACH = re.compile(r"各|一半|分别")
_OR = re.compile(r"或者?|和|跟|与|、|还是|以及|都(?:行|可以|好)")


class Recipient(Struct, frozen=True):
    """People of one sort: entity values that name them, the words for them, and their taste. Those with `only` are
    named by their words too (给狗子买点吃的), and only goods with one of these are for them; those of `oneself` speak
    of themselves (男生用的). For the young ones among them goods must have one of `young`, unless a sort is named."""

    who: tuple[str, ...]
    said: tuple[str, ...]
    likes: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    young: tuple[str, ...] = ()
    oneself: bool = False


class Recipients(Struct, frozen=True):
    """The whole table; `things` leads from a word for a sort of goods to words of such goods, `materials` from a word
    for what they are made of, `avoids` from what must not be in them to its words. Goods with words of `unasked` are
    for somebody particular, those of `pets` for animals: nobody is shown them who did not name them. `anybody` likes
    what most people like. `couples` are words that name two people at once (爸妈). `sexes`: who wears what is made for
    women or for men only."""

    recipients: tuple[Recipient, ...] = ()
    unasked: tuple[str, ...] = ()
    pets: tuple[str, ...] = ()
    anybody: tuple[str, ...] = ()
    things: dict[str, tuple[str, ...]] = {}
    materials: dict[str, tuple[str, ...]] = {}
    avoids: dict[str, tuple[str, ...]] = {}
    couples: dict[str, tuple[str, ...]] = {}
    sexes: dict[str, tuple[str, ...]] = {}

    def taste_of(self, wish: Wish, with_situations: bool = True) -> Taste:
        """What speaks for and against a product for this wish; without what its situations call for, where the shop has
        nothing for them."""
        said = " ".join(wish.words)
        one = self._recipient(wish)
        found = self._situations(wish) if with_situations else ()
        likes = (one.likes if one else ()) + (_GIFT_LIKES if any(word in said for word in _GIFT) else ())
        fits = tuple(situation.fits for situation in found)
        # a situation knows better than the person what is right (结婚的同学: 四件套)
        knows_better = [word for row in found if row.occasion or row.users for word in row.fits]
        at_odds = one is not None and any(word in one.never for word in knows_better)
        # who is named does not take the goods in (带娃出门 背的): they are for who says it
        at_odds = at_odds or any(row.users for row in found)
        ruled_out = () if one is None or at_odds else one.never
        ruled_out += () if (one and one.only) or any(word in said for word in self.pets) else self.pets
        called_for = {word for situation in found for word in situation.fits}
        ruled_out += tuple(word for situation in found for word in situation.never if word not in called_for)
        cared = [word for name in audiences_in(said) for word in (*AUDIENCES[name], *_MADE_FOR.get(name, ()))]
        never = tuple(word for word in ruled_out if word not in said and word not in cared)
        if found and not any(word in said for word in _GIFT):  # 妈妈手裂口子: for her, though it says 送女友
            never = tuple(word for word in never if not _GIVEN_TO.search(word))
        for term in wish.unliked:
            never += tuple(word for name in self.things if name in term for word in self.things[name])
        about_self = not wish.audience and (one is None or one.oneself)
        unasked = tuple(word for word in self.unasked if about_self and word not in said)
        if (wish.age_years or 0) >= _NO_BABY:
            unasked += _FOR_BABIES
        unwanted = self.unwanted(wish)
        musts = [words for name, words in self.materials.items() if name in said and not _within(name, unwanted)]
        musts += [one.only] if one and one.only else []
        is_young = any(who in _YOUNG for who in wish.audience) or (wish.age_years or _GROWN) < _GROWN
        is_young = (is_young or "儿童" in audiences_in(said)) and not (one and one.only)
        things, anybody = self._things(wish), self._anybody(wish, said)
        own = self._said(wish) if with_situations else said
        musts += [one.young] if one and one.young and is_young and not fits else []
        broad = _BROAD.search(said) is not None
        places = tuple(situation.fits[0] for situation in found if situation.place)
        wished = preferences_of()
        return Taste(
            tuple(dict.fromkeys(likes)),
            never,
            things,
            tuple(musts),
            fits,
            unasked,
            anybody,
            own,
            places,
            broad,
            wished.features_in(said),
            wished.elsewhere(said),
            _ANY_SORT.search(said) is not None,
        )

    def _said(self, wish: Wish) -> str:
        """The words without those that only tell a situation or what is not wanted."""
        return situations_of().without(self.without_unwanted(" ".join(wish.words), wish)) or " "

    def unwanted(self, wish: Wish) -> frozenset[str]:
        """The words of what is not wanted; with a present also those of the things meant by it (她不化妆: 口红)."""
        meant = [word for group in self.groups_of(wish.unliked if wish.relation else ()) for word in group]
        return frozenset({*wish.bad, *wish.unliked, *(word for word in meant if len(word) > 1)})

    def without_unwanted(self, text: str, wish: Wish) -> str:
        """The text without the words of what is not wanted."""
        for word in sorted(self.unwanted(wish), key=len, reverse=True):
            text = text.replace(word, " ")
        return text

    def _anybody(self, wish: Wish, said: str) -> tuple[str, ...]:
        return self.anybody if wish.budget_yuan is not None or _ANYTHING.search(said) else ()

    def _situations(self, wish: Wish) -> tuple[Situation, ...]:
        return situations_of().told_in(" ".join(wish.words))

    def since_named(self, wish: Wish, kinds: frozenset[str]) -> Wish:
        """The wish without the phrases before the last that names goods (推荐个耳机, then 推荐个键盘: a keyboard).
        For whom it is and what was told in amounts stay."""
        named = [at for at, words in enumerate(wish.words) if self._names_goods(words, wish, kinds)]
        return replace(wish, words=wish.words[named[-1] :]) if len(named) > 1 else wish

    def _names_goods(self, words: str, wish: Wish, kinds: frozenset[str]) -> bool:
        if any(not _within(one.said, self.unwanted(wish)) for one in thesaurus_of().asked_for(words)):
            return True
        plain, unwanted = situations_of().without(words), self.unwanted(wish)
        spans = (plain[at : at + size] for size in range(2, _LONGEST_KIND + 1) for at in range(len(plain) - size + 1))
        return any((span in kinds or span in self.things) and not _within(span, unwanted) for span in spans)

    def sex_of(self, wish: Wish) -> str:
        """男 or 女, of whom the wish is for; empty when that was not told."""
        one = self._recipient(wish)
        who = wish.relation or (one.who[0] if one and one.oneself else "")
        return next((sex for sex, people in self.sexes.items() if who in people), "")

    def is_occasion(self, wish: Wish) -> bool:
        """Whether the wish is for an occasion (乔迁, 结婚): where nothing is made for it, other gifts will do."""
        return any(situation.occasion for situation in self._situations(wish))

    @staticmethod
    def is_gift(wish: Wish) -> bool:
        """Whether something is wanted as a present for somebody."""
        return bool(wish.relation) and any(word in said for said in wish.words for word in _GIFT)

    def spared(self, wish: Wish) -> frozenset[str]:
        """Audiences that the words of a situation name without being who takes the goods in (待产包)."""
        one = self._recipient(wish)
        users = frozenset(user for situation in self._situations(wish) for user in situation.users)
        return users | {*_YOUNG, "婴儿"} if one and one.only else users

    def people_in(self, text: str) -> tuple[tuple[str, str], ...]:
        """The people, two or more, for each of whom something is wanted (给爸妈, 我妈和我姐), each with the word for
        him; else nobody."""
        for word, both in self.couples.items():
            if word in text:
                return tuple((one, one) for one in both)
        if not _AND.search(text):
            return ()
        named: dict[int, tuple[str, str]] = {}
        all_words = [word for one in self.recipients for word in (*one.who, *one.said) if word in text]
        within = {word for word in all_words if any(word != one and word in one for one in all_words)}  # 男朋友
        for one in self.recipients:
            words = [word for word in (*one.who, *one.said) if word in text and word not in within]
            found = [(text.find(word), word) for word in words]
            place = min((place for place, _ in found), default=-1)
            pet = one.only and not _EACH.search(text)
            if place >= 0 and not (pet or one.oneself) and place not in named:
                word = max((word for at, word in found if at == place), key=len)
                named[place] = (next((who for who in one.who if who in text), one.who[0]), word)
        return tuple(named[place] for place in sorted(named)) if len(named) > 1 else ()

    def groups_of(self, terms: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """The words of what must not be in it (酒精: 酒精, 乙醇), for each term."""
        return tuple(self._group(term) for term in terms)

    def _group(self, term: str) -> tuple[str, ...]:
        named = [words for name, words in self.avoids.items() if name in term]
        bare: tuple[str, ...] = (
            (term[0],) if len(term) == 2 and term[1] == "子" else ()
        )  # 裙子 stands in titles as 连衣裙
        bare += (term[:-1],) if len(term) > 2 and term.endswith("味") else ()  # 三文鱼味
        return tuple(dict.fromkeys(word for words in named for word in words)) or (term, *bare)

    def need_of(self, wish: Wish) -> str:
        """The words of the wish that may be about goods: without those for the person, the sort of goods, the situation
        and what is not wanted."""
        one = self._recipient(wish)
        text = self.without_unwanted(" ".join(wish.words), wish)
        for word in (*(one.said if one else ()), *self.things):
            text = text.replace(word, " ")
        return situations_of().without(text)

    def _recipient(self, wish: Wish) -> Recipient | None:
        named = [wish.relation, *wish.audience]
        said = " ".join(wish.words)
        pets_wanted = any(word in words for words in wish.words[:1] for word in self.pets)
        plain = _FUR.sub(" ", said if pets_wanted else _AT_HOME.sub(" ", said))
        for one in self.recipients:
            if one.only and any(word in plain for word in one.said):
                return one
        if not wish.relation and any(word in said for word in _GIFT):  # 送客户: nobody whom the words of the trade name
            named += [name for one in self.recipients if any(w in said for w in one.said) for name in one.who[:1]]
        found = next((one for name in named for one in self.recipients if name and name in one.who), None)
        if found is None and (wish.age_years or _GROWN) < _GROWN:
            found = next((one for one in self.recipients if "儿童" in one.who), None)
        alone = (one for one in self.recipients if one.oneself and any(word in said for word in one.said))
        return found or next(alone, None)

    def _things(self, wish: Wish) -> tuple[str, ...]:
        """Of the sort that was named last; of all that are named side by side (耳机或者手环)."""
        unwanted = self.unwanted(wish)
        for words in map(situations_of().without, reversed(wish.words)):
            named = [name for name in self.things if name in words and not _within(name, unwanted)]
            found = [(words.rfind(name), self.things[name]) for name in named]
            if found and _OR.search(words):
                return tuple(dict.fromkeys(word for _, sort in sorted(found, reverse=True) for word in sort))
            if found:
                return max(found)[1]
        return ()


def _within(name: str, terms: Iterable[str]) -> bool:
    return any(name in term or term in name for term in terms)


@lru_cache(maxsize=4)
def recipients_of(pack: str = "ecommerce") -> Recipients:
    """The table of an industry pack; a pack without one knows no recipients."""
    path = _PACKS / pack / "recipients.toml"
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Recipients) if path.exists() else Recipients()
