"""Goods called by a spec of theirs (按规格叫货): 卡其的有货没, 10斤的还有没有, where only one product comes so.

A buyer who has looked at the page leaves the name out and says what tells the variant, or asks for a fact that only
one sheet has (头围57戴哪个号). A value counts when it stands in the text as the shop writes it, as one of its parts
(烤盘 of 炉+烤盘) or as the same measure (1200克 of 1200g). What many goods come in (黑色) leads nowhere.
"""

import re
from collections.abc import Iterable

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.measures import Measure, in_base, measures

_PARTS = re.compile(r"[\W_]+")
_LEAST = 2  # characters of a value that names itself
_SAYS_NO_GOODS = frozenset(("标准", "默认", "均码", "其他", "普通", "常规", "单个", "一个", "套装", "正常", "通用"))
_COLOR = "色"
_BY_SPEC = re.compile(r"(?:按规格|是否|会不会|能否)")
# names of facts that any goods may have: that one product's sheet tells of it makes that no name of the product
_COMMON = frozenset(
    re.findall(
        r"\S+",
        "材质 面料 成分 配料 质保 保修 尺寸 重量 净重 净含量 颜色 产地 安装 功率 电池 续航 容量 规格 噪音 防水 包装 "
        "保质期 洗涤 清洗 承重 件数 味道 储存 适用 等级 季节 发货 库存 价格 配件 型号 款式 数量 品牌 收纳 用途 折叠 "
        "供电 充电",
    )
)
# what sheets tell of terms (能不能退): asked of any order
_OF_TERMS = re.compile(r"退|换货|发货|发票|运费|包邮|售后|保修|质保|赠")
_SIZE = re.compile(r"(?:x{0,4}[sml]|\d{2,3})码?", re.IGNORECASE)
_SIZE_SAID = re.compile(r"(?<![a-z\d.])(?:x{0,4}[sml](?![a-z\d])|\d{2,3}(?=码))", re.IGNORECASE)


class SpecIndex:
    """The spec values and measures of one shop's variants, with their products; built once per catalogue revision."""

    def __init__(self, variants: Iterable[Variant], products: Iterable[Product] = ()) -> None:
        self._values: dict[str, set[str]] = {}
        self._sizes: dict[str, set[str]] = {}
        self._measures: dict[Measure, set[str]] = {}
        for variant in variants:
            for axis, value in variant.spec.items():
                for word in _words_of(axis, value):
                    self._values.setdefault(word, set()).add(variant.product_id)
                if _SIZE.fullmatch(value.strip()):
                    self._sizes.setdefault(_size(value), set()).add(variant.product_id)
                for measure in measures(value):
                    self._measures.setdefault(in_base(measure), set()).add(variant.product_id)

        for product in products:
            for key in product.attributes:
                word = _BY_SPEC.sub("", key).lower()
                if len(word) >= _LEAST and word not in _COMMON and not _OF_TERMS.search(word):
                    self._values.setdefault(word, set()).add(product.id)

    def named(self, text: str, limit: int) -> list[str]:
        """The products that come in everything that the text tells of specs; empty when it tells of none, or when
        more than `limit` do."""
        low = text.lower()
        said = [goods for word, goods in self._values.items() if word in low]
        said += [goods for one in measures(text) if (goods := self._measures.get(in_base(one)))]
        said += [goods for one in _SIZE_SAID.findall(text) if (goods := self._sizes.get(_size(one)))]
        meant = set.intersection(*said) if said else set()
        return sorted(meant) if len(meant) <= limit else []


def _size(value: str) -> str:
    return value.strip().upper().removesuffix("码")


def _words_of(axis: str, value: str) -> set[str]:
    """The words by which a value is said: itself and its parts; a colour before 的 by its last character too (粉的)."""
    whole = value.lower().strip()
    words = {one for one in (whole, *_PARTS.split(whole)) if len(one) >= _LEAST and not one.isdigit()}
    if _COLOR in axis:
        words |= {f"{whole.removesuffix(_COLOR)}的", f"{whole.removesuffix(_COLOR)[-1:]}的"}
    return {one for one in words - _SAYS_NO_GOODS if not one.isascii() or not one.isalpha()}
