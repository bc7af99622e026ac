"""Entities (槽位) of one segment: every reader in turn, each taking what it read out of the text.

Long numbers go first, then clock and calendar, body measures, sizes, money and counts; words come last.
"""

import re
from typing import Any

from xiaoer.kernel.audiences import without_pupils
from xiaoer.kernel.heard import Body, Entities
from xiaoer.kernel.numerals import arabic
from xiaoer.kernel.regions import region_in
from xiaoer.slices.understanding.entities.body import read_body, read_girths
from xiaoer.slices.understanding.entities.contact import read_contact
from xiaoer.slices.understanding.entities.goods import (
    read_color,
    read_money,
    read_quantity,
    read_size,
    read_standard_size,
)
from xiaoer.slices.understanding.entities.people import read_bodies
from xiaoer.slices.understanding.entities.when import read_when
from xiaoer.slices.understanding.lexicon import Lexicon
from xiaoer.slices.understanding.phrases import PhraseTable

_HAS_NUMBER = re.compile(r"[0-9一二两三四五六七八九十百千俩仨]")
_LINK_ID = re.compile(r"(?:item(?:\.[a-z.]+)?/|[?&](?:id|itemId|goods_id|sku)=)([A-Za-z0-9_-]{2,32})")
_URL = re.compile(r"https?://[\x21-\x7e]+")
# Pointing words for goods (这款) and for one of several variants (白色那件, 第二个).
_POINTED = re.compile(
    r"(?:[这那哪](?:一)?(?:款|件|个|双|条|套|种|瓶|盒|台|只|本|张|把|块|支|顶)|第[一二三四五\d](?:个|款|件|种|张|条|双)|上面(?:那|这)个|前面(?:那|这)个|刚才(?:那|这)?[个款件]?)(?!月|星期|礼拜|人|时候|问题|快递|订单|钱|客服|情况|事)"
)
_VARIANT = re.compile(
    r"(?:[\u4e00-\u9fff]{1,3}色|[黑白红蓝绿黄灰粉紫棕]|[大中小]码|[大中小]号|加绒|加厚|薄款|厚款|长款|短款|男款|女款|标准版|升级版|旧款|新款|[SMLX]{1,4}码?)的?(?:那|这)[款件个双条套种]"
)
_NO_RELATION = re.compile(
    r"老板(?:娘)?(?:在|你|好|[,!]|$|能|给|便宜|发|,)|^老板|领导(?:层|力)|小朋友|(?:跟|和|找)(?:你们?)?(?:的)?领导|叫(?:你们?)?(?:的)?(?:领导|老板)|老师傅|师兄弟|(?:你们?|贵店)(?:的)?(?:领导|老板)|先生(?=[,!]|$)|店?老板"
)


def read_entities(normal: str, lexicon: Lexicon, products: PhraseTable | None = None) -> Entities:
    """All values of a normalised segment; `products` maps a shop's product words to ids."""
    found: dict[str, Any] = {}
    text = normal
    if products is not None and len(products):
        hits = [hit for hit in products.find(text.lower()) if _stands_alone(text, hit.start, hit.end)]
        if hits:
            found["product_ids"] = tuple(dict.fromkeys(i for hit in hits for i in hit.value.split("|")))
            found["product_words"] = tuple(dict.fromkeys(text[hit.start : hit.end] for hit in hits))
            for hit in hits:  # a product's number is no order number
                if text[hit.start : hit.end].isascii():
                    text = f"{text[: hit.start]}{' ' * (hit.end - hit.start)}{text[hit.end :]}"
    if "://" in text:
        ids = _LINK_ID.findall(text)
        if ids:
            found["product_ids"] = tuple(dict.fromkeys((*found.get("product_ids", ()), *ids)))
        text = _URL.sub(" ", text)
    values = lexicon.values
    if _HAS_NUMBER.search(text):
        text = read_contact(text, found)
        text = arabic(text)
        text = read_standard_size(text, found)
        text = read_when(text, found, values["festivals"])
        text = read_money(text, found)
        text = read_body(read_girths(text, {}), found)
        if "size" not in found:
            text = read_size(text, found)
        read_quantity(text, found)
    else:
        text = read_when(text, found, values["festivals"])
        text = read_size(text, found)
    _words(text, found, lexicon)
    pointed = tuple(dict.fromkeys(_POINTED.findall(normal)))
    variants = tuple(dict.fromkeys(_VARIANT.findall(normal)))
    if pointed and not found.get("product_words"):
        found["product_words"] = pointed
    if variants:
        found["variant_words"] = variants
    return Entities(**found) if found else _NOTHING


def bodies_in(normal: str, lexicon: Lexicon) -> tuple[Body, ...]:
    """The measures that a normalised segment tells, of each who is told of."""
    text = arabic(read_contact(normal, {})) if _HAS_NUMBER.search(normal) else normal
    return read_bodies(read_money(read_when(text, {}, lexicon.values["festivals"]), {}), lexicon.values["relations"])


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a name of letters and digits does not run on (`P1001` in `P10011`); Chinese names may stand anywhere."""
    if not text[start:end].isascii():
        return True
    sides = text[max(0, start - 1) : start] + text[end : end + 1]
    return not any(char.isascii() and char.isalnum() for char in sides)


def _words(text: str, found: dict[str, Any], lexicon: Lexicon) -> None:
    values, district = lexicon.values, len(text)
    read_color(text, found, values["colors"])
    for key, table in (("courier", "couriers"), ("place", "places"), ("defect", "defects")):
        first = next(iter(values[table].find(text)), None)
        if first is not None:
            found[key] = first.value
            if key == "place":
                district = first.start
    region = region_in(text)
    if region is not None and region.start <= district:
        found["place"] = region.name
    relation = next(iter(values["relations"].find(text)), None)
    if relation is not None and not _NO_RELATION.search(text):
        found["relation"] = relation.value
    audience = tuple(dict.fromkeys(hit.value for hit in values["audiences"].find(without_pupils(text))))
    if audience:
        found["audience"] = audience


_NOTHING = Entities()
