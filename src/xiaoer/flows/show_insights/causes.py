"""Why goods come back (退货原因): the causes that stand out in a product's refunds, and what to change."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from xiaoer.flows.show_insights.view import FEW, View, percent
from xiaoer.slices.insights.rules.reasons import reason_name

_TWO = 2  # reasons that are equally frequent and both named
_FEWEST = 3  # refunds of one reason below which nothing is concluded about a product
ACTIONS = {
    "too_small": "把尺码表改大一档说明，或在详情页写「偏小，建议拍大一码」",
    "too_big": "在详情页写「偏大，建议拍小一码」",
    "too_short": "在尺码表补衣长、裤长",
    "too_long": "在尺码表补衣长、裤长",
    "color": "换实拍图，写明光线造成的差别",
    "material": "把面料成分和厚薄写清楚",
    "function": "核对参数，改掉做不到的说法",
    "short_life": "在详情页写明实测续航小时数",
    "smell": "出货前散味，联系供应商查这一批",
    "pilling": "联系供应商查面料，写明洗护办法",
    "fading": "写明首次洗涤会浮色，联系供应商查固色",
    "seam": "加一道出货质检",
    "not_working": "加一道通电质检，附上使用说明",
    "noise": "写明正常声音大小，查这一批",
    "leak": "换封口和缓冲包装",
    "wrong_item": "查拣货和面单核对",
    "missing_part": "按清单复核出库，包装里放清单",
    "crushed": "加固包装，和快递谈破损赔付",
    "lost": "和快递核对丢件，换一家试",
    "stuck": "和快递核对滞留线路，换一家试",
    "attitude": "和快递反映派送问题",
    "cheaper": "活动前后说明价保规则",
    "coupon": "在商品页写明优惠怎么用",
    "size": "改尺码表",
    "quality": "查这一批的质检",
    "late": "核对发货承诺，缺货的先下架",
    "fake": "放上授权和防伪查询办法，转主管处理",
    "damaged": "加固包装",
    "not_as_described": "核对详情页的说法",
    "price": "说明价保规则",
    "missing": "复核出库",
    "courier": "和快递核对，换一家试",
    "unwanted": "看看主图和标题是不是让人误会",
    "other": "抽几段会话看看",
}


def part_of(n: int, total: int) -> str:
    """How much of it that is: 占 62%, of few refunds 5 单里有 3 单."""
    return f"占 {percent(n / total)}" if total >= FEW else f"{total} 单里有 {n} 单"


def most_frequent(reasons: Mapping[str, tuple[int, int]]) -> str:
    """The reason of most refunds with its part: 「质量，占 31%」; of two that are equal both, of more their number."""
    total, most = sum(n for n, _ in reasons.values()), max(n for n, _ in reasons.values())
    first = [reason_name(code) for code, (n, _) in reasons.items() if n == most]
    if len(first) > _TWO:
        return f"{'、'.join(first[:_TWO])}等 {len(first)} 种，各 {most} 单"
    return f"{first[0]}，{part_of(most, total)}" if len(first) == 1 else f"{'和'.join(first)}，各 {most} 单"


class Cause(NamedTuple):
    """Why a product comes back, and what to do: `fen` were asked back for this reason."""

    fen: int
    refunds: int
    what: str
    action: str

    @property
    def sentence(self) -> str:
        return f"{self.what}：{self.action}"


def causes(view: View, most: int = 5) -> list[Cause]:
    """The causes that stand out in a product's refunds, the costliest first."""
    by_product: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for a, b, n, v in view.sums("refund.d", ("a", "b"), b=view.product):
        by_product[b].append((n, v, a))
    sizes: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for a, b, n, _ in view.sums("refund.s", ("a", "b")):
        product, _, size = b.rpartition("|")
        sizes[(product, a)].append((n, size))
    found = []
    for product, rows in by_product.items():
        total = sum(n for n, _, _ in rows)
        n, v, code = max(rows, key=lambda row: (row[0], row[1]))
        if n < _FEWEST or n / total < 0.3:
            continue
        detail, where = code.partition("/")[2] or code, ""
        spread = sorted(sizes.get((product, code), ()), reverse=True)
        if spread and spread[0][0] / sum(c for c, _ in spread) >= 0.5 and detail.startswith("too_"):
            where = f"，主要是 {spread[0][1]}"
        of = f"{n}/{total} 单，" if total >= FEW else ""
        few = f" {total} 单里有 {n} 单是{reason_name(code)}"
        part = f"里{reason_name(code)}{part_of(n, total)}" if total >= FEW else few
        what = f"「{view.product_name(product)}」的退货{part}（{of}{v / 100:,.0f} 元）{where}"
        found.append(Cause(v, n, what, ACTIONS.get(detail, "抽几段会话看看")))
    return sorted(found, reverse=True)[:most]
