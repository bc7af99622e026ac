"""Variables in answers (变量): `{发货时间}` stands for a fact that is looked up when the answer is said.

`LIVE` names every variable that the product can fill and the need that must be read for it ("" when nothing need be
read). A shop may add names of its own, and may give a live one a value for when no fact is at hand. Full-width braces
count too, because Chinese keyboards type them.
"""

import re
from collections.abc import Mapping

from xiaoer.kernel.decision import NeedKind

LIVE: dict[str, NeedKind | None] = {
    "店铺名": None, "客服时间": None,
    "昵称": "buyer", "会员等级": "buyer",
    "发货时间": "orders", "承诺发货时间": "orders", "订单号": "orders", "订单状态": "orders", "快递公司": "orders",
    "运单号": "orders", "物流状态": "orders", "预计送达": "orders", "退款进度": "orders",
    "优惠券": "offers", "优惠活动": "offers", "满减活动": "offers", "活动结束时间": "offers",
    "商品名": "product", "价格": "variants", "库存": "variants", "尺码": "variants", "颜色": "variants",
    "截单时间": None, "退货地址": None,
    "价保天数": None, "退货天数": None,
}  # fmt: skip

VARIABLE = re.compile(r"[{｛]\s*([^{}｛｝\s]{1,20})\s*[}｝]")
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]?")


def variables_in(text: str) -> tuple[str, ...]:
    """Names of the variables in `text`, each once, in order."""
    return tuple(dict.fromkeys(VARIABLE.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with every variable that has a value filled; the others stay as they are. One pass."""
    return VARIABLE.sub(lambda match: values.get(match.group(1), match.group(0)), text)


def unsaid_variables(text: str, said: str) -> tuple[str, ...]:
    """Variables of `text` whose sentences do not stand in what was said: they had no value."""
    missing: dict[str, None] = {}
    for part in _SENTENCE.findall(text):
        names = variables_in(part)
        written = max(VARIABLE.split(part)[::2], key=len).strip() if names else ""
        if names and (not written or written not in said):
            missing.update(dict.fromkeys(names))
    return tuple(missing)


def without(text: str, missing: frozenset[str]) -> str:
    """`text` without the sentences that name a variable in `missing`: what has no value is not said."""
    if not missing:
        return text
    kept = [part for part in _SENTENCE.findall(text) if not missing & set(variables_in(part))]
    return "".join(kept).strip()
