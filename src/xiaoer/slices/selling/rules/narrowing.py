"""Of goods that would do, those that say most of what was told (按条件收窄): 要轻, 一整套, 电陶炉上用的, 圆脸.

Those with most of the qualities are kept; where none has any, all are: these are wishes, not conditions. What a product
denies (能明火烧：不能) is not said of it. Goods for one place (车载, 自行车) yield to others where the words do not
name that place.
"""

import re
from collections.abc import Callable, Iterable, Sequence

import rjieba

from xiaoer.kernel.commerce import Product, Taste
from xiaoer.slices.selling.rules.safety import facts_of
from xiaoer.slices.selling.types import Candidate

_CANNOT = re.compile(r"不支持|不能|不可|不建议|不适合|不宜|别|勿")  # what it cannot do; what it comes without is none
_PLAIN_NO = re.compile(rf"(?:{_CANNOT.pattern}).{{0,2}}")  # 洗碗机：不建议
_DENIES = re.compile(r"不|别|勿|禁|忌|慎|没有|无法|未|非(?!常)|除外")
_HAN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{2,}")
# words of asking, of people and of occasions: that goods hold them says nothing of what was told
_EMPTY = re.compile(
    r"推荐|有没有|合适|适合|左右|以内|以下|大概|预算|东西|这种|那种|一个|一下|什么|哪个|哪款|可以|能用|想要|想买|随便|礼物|送礼|生日|"
    r"朋友|女友|妈妈|爸爸|老婆|老公|同事|领导|客户|老师|孩子|宝宝|儿童|学生|男生|女生|男士|女士|女款|男款|家里|自己|平时|使用|专用|时候|最好|便宜|"
    r"产品|商品|新手|每天|天天|一天|包装|通用|容易|需要|注意|支持"
)


def narrow(candidates: Sequence[Candidate], taste: Taste) -> list[Candidate]:
    """The candidates without those that another of them beats in what was told, in their order."""
    kept = _keep(candidates, lambda one: not any(word in _front(one.product) for word in taste.elsewhere))
    said = {one.product.id: _says(one.product) for one in kept}
    wished = {
        id_: sum(any(word.lower() in text for word in group) for group in taste.prefers) for id_, text in said.items()
    }
    kept = [one for one in kept if wished[one.product.id] == max(wished.values())]
    if taste.broad or not taste.said:
        return kept
    told = {one.product.id: _told(taste.said, said[one.product.id]) for one in kept}
    return [one for one in kept if not any(told[one.product.id] < other for other in told.values())]


def denies(product: Product, said: str) -> bool:
    """Whether a product says of itself that it cannot do what the words ask for (量血压的手环: 不支持测血压). What its
    title claims is not denied by a fact (防水, and 表带不防水)."""
    front = _front(product).lower()
    words = [re.escape(word) for word in _words(said) if word not in front]
    if not words:
        return False
    asked = re.compile("|".join(words))
    refused = ((key.lower(), clause.lower()) for key, clause in facts_of(product) if _CANNOT.search(clause))
    return any(
        (_PLAIN_NO.fullmatch(clause) and asked.search(key))
        or re.search(rf"(?:{_CANNOT.pattern}).{{0,3}}(?:{asked.pattern})", clause)
        for key, clause in refused
    )


def _keep(candidates: Iterable[Candidate], is_kept: Callable[[Candidate], bool]) -> list[Candidate]:
    everything = list(candidates)
    return [one for one in everything if is_kept(one)] or everything


def _front(product: Product) -> str:
    return " ".join((product.title, product.category, *product.tags))


def _says(product: Product) -> str:
    """What a product says of itself and does not deny."""
    clauses = (f"{key}{clause}" for key, clause in facts_of(product))
    return " ".join((product.category, *(clause for clause in clauses if not _DENIES.search(clause)))).lower()


def _told(need: str, said: str) -> frozenset[str]:
    """The words of the need that a product says."""
    return frozenset(word for word in _words(need) if word in said)


def _words(need: str) -> list[str]:
    return [word for word in rjieba.cut(need.lower()) if _HAN.fullmatch(word) and not _EMPTY.search(word)]
