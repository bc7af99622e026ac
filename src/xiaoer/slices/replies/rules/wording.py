"""How values are spoken (措辞): dates absolute and relative, money with its unit, lists in Chinese."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from xiaoer.kernel.clock import SHOP_ZONE

_DAYS = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
ORDER_STATUS = {
    "unpaid": "待付款",
    "paid": "已付款、待发货",
    "shipped": "已发货",
    "delivered": "已签收",
    "completed": "交易完成",
    "closed": "已关闭",
    "refunding": "售后处理中",
    "refunded": "已退款",
}
REFUND_KIND = {"refund_only": "退款", "return_refund": "退货退款", "exchange": "换货"}
# states of after-sale requests as shops import them; states told in Chinese are said as they are
REFUND_STATUS = {
    "pending_review": "等商家审核",
    "waiting_return": "等您寄回",
    "waiting_receipt": "等商家收货",
    "waiting_refund": "等待退款",
    "waiting_reship": "等商家寄出新的",
    "reshipped": "新的已寄出",
    "completed": "已完成",
    "refunded": "已退款",
    "rejected": "商家没有同意",
    "withdrawn": "已撤销",
    "timed_out": "超时关闭",
    "platform_review": "平台处理中",
}
_MEASURES = {
    "height_cm": "身高", "weight_kg": "体重", "foot_length_mm": "脚长", "age_months": "月龄",
    "chest_cm": "胸围", "waist_cm": "腰围", "hip_cm": "臀围", "shoulder_cm": "肩宽",
}  # fmt: skip
_CHART_HEADS = {
    "size": "尺码",
    "height_cm": "身高cm",
    "weight_kg": "体重kg",
    "chest_cm": "胸围cm",
    "waist_cm": "腰围cm",
    "hip_cm": "臀围cm",
    "length_cm": "衣长cm",
    "shoulder_cm": "肩宽cm",
    "sleeve_cm": "袖长cm",
    "foot_length_mm": "脚长mm",
    "age_months": "月龄",
    "width": "宽窄",
}

_HALF_A_YEAR = timedelta(days=150)


def say_refund_status(status: str) -> str:
    """The state in Chinese; an unknown foreign word is not shown to a buyer."""
    return REFUND_STATUS.get(status, "处理中" if status.isascii() else status)


def say_order_status(status: str, raw: str) -> str:
    """The state in Chinese; a platform's own word is said when it is Chinese, never guessed from when it is not."""
    return ORDER_STATUS.get(status) or (raw if raw and not raw.isascii() else "处理中")


def say_day(at: datetime, now: datetime) -> str:
    """「明天（6月19日）」 or 「6月25日」; a day far off with its year."""
    local, today = at.astimezone(SHOP_ZONE), now.astimezone(SHOP_ZONE)
    word = _DAYS.get((local.date() - today.date()) // timedelta(days=1))
    date = f"{local.month}月{local.day}日"
    if abs(local.date() - today.date()) > _HALF_A_YEAR and local.year != today.year:
        date = f"{local.year}年{date}"
    return f"{word}（{date}）" if word else date


def say_instant(at: datetime, now: datetime) -> str:
    """「今天（6月18日）20:00」."""
    local = at.astimezone(SHOP_ZONE)
    return f"{say_day(at, now)}{local:%H:%M}"


def say_end(at: datetime, now: datetime) -> str:
    """The last moment before an end: 「12月6日24:00」 of what is over at midnight, so that nobody comes on the 7th."""
    local = at.astimezone(SHOP_ZONE)
    if (local.hour, local.minute) == (0, 0):
        return f"{say_day(at - timedelta(minutes=1), now)}24:00"
    return say_instant(at, now)


def say_scan(at: datetime, now: datetime) -> str:
    """When a parcel was scanned, inside brackets: 「今天 10:00」 or 「6月16日 10:00」."""
    local, today = at.astimezone(SHOP_ZONE), now.astimezone(SHOP_ZONE)
    word = _DAYS.get((local.date() - today.date()) // timedelta(days=1), f"{local.month}月{local.day}日")
    return f"{word} {local:%H:%M}"


def say_list(words: Sequence[str], limit: int = 6) -> str:
    """「黑色、白色、燕麦色等」."""
    return "、".join(words[:limit]) + ("等" if len(words) > limit else "")


def short(title: str, length: int = 16) -> str:
    """A long marketplace title cut for a sentence."""
    return title if len(title) <= length else title[: length - 1] + "…"


def say_measures(names: Sequence[str]) -> str:
    return "和".join(_MEASURES.get(name, name) for name in names)


def say_body(because: dict[str, float]) -> str:
    """「身高170cm、体重55kg」."""
    told = (
        "刚出生" if (name, value) == ("age_months", 0) else f"{_MEASURES[name]}{say_amount(name, value)}"
        for name, value in because.items()
    )  # fmt: skip
    return "、".join(told)


def say_amount(measure: str, value: float) -> str:
    """「170cm」."""
    unit = "个月" if measure == "age_months" else measure.rpartition("_")[2]
    return f"{value:g}{unit}"


def say_chart(rows: Sequence[dict[str, Any]]) -> str:
    """A size chart, one size a line."""
    lines = []
    for row in rows:
        cells = [f"{_CHART_HEADS.get(key, key)} {_cell(value)}" for key, value in row.items() if key != "size"]
        lines.append(f"{row.get('size', '')}：{'，'.join(cells)}")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return "-".join(f"{part:g}" for part in value) if isinstance(value, list | tuple) else str(value)
