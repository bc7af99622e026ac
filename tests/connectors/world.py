"""One small shop that every fake platform shows in its own words, and every connector must give back."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Refund, Shipment, TraceStep, Variant
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.kernel.money import Money

SHOP = DEFAULT_SHOP
NOW = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)  # noon in Beijing


@dataclass(frozen=True)
class World:
    """What is true. `odd_order` has a state that nobody described."""

    products: dict[str, Product]
    variants: dict[str, Variant]
    orders: dict[str, Order]
    parcels: dict[str, Shipment]
    buyers: dict[str, Buyer]
    search: tuple[str, str]
    odd_order: str = ""
    unknown_order: str = "599999"
    unknown_product: str = "199999"
    unknown_variant: str = "1999991"
    unknown_waybill: str = "YT0000000000000"
    unknown_buyer: str = "299999"
    status_of: dict[str, str] = field(default_factory=dict)

    def variants_of(self, product_id: str) -> list[Variant]:
        return [variant for variant in self.variants.values() if variant.product_id == product_id]


def _at(days: int, hour: int = 2) -> datetime:
    return NOW.replace(hour=hour) - timedelta(days=days)


_V1 = Variant("10011", "1001", Money(29_900), {"颜色": "黑色", "尺码": "M"}, 12)
_V2 = Variant("10012", "1001", Money(29_900), {"颜色": "红色", "尺码": "XL"}, 0)
_V3 = Variant("10021", "1002", Money(15_900), {"颜色": "白色", "尺码": "L"}, 3)
_COAT, _SHIRT = "轻薄羽绒服 女款", "纯棉短袖T恤"
_PARCEL_3 = Shipment(
    "YT1234567890123",
    "5003",
    "圆通速递",
    (TraceStep(_at(2, 10), "杭州转运中心已发出"), TraceStep(_at(1, 3), "快件到达上海浦东营业部")),
)
_PARCEL_4 = Shipment(
    "YT9876543210987",
    "5004",
    "圆通速递",
    (TraceStep(_at(9, 4), "已揽收"), TraceStep(_at(7, 5), "已签收，签收人：本人")),
)


def _coat(paid: int = 29_900) -> OrderItem:
    return OrderItem("10011", _COAT, 1, Money(29_900), Money(paid))


def _shirt(count: int = 1, paid: int = 15_900) -> OrderItem:
    return OrderItem("10021", _SHIRT, count, Money(15_900), Money(paid))


def _order(id: str, status: str, days: int, paid: int, *items: OrderItem, buyer: str = "2001", **more: object) -> Order:
    contact = {"address": "浙江省杭州市西湖区文三路1号", "receiver": "王小明", "phone": "13800138000"}
    if buyer != "2001":
        contact = {"address": "上海市浦东新区世纪大道2号", "receiver": "李四", "phone": "13900139999"}
    return Order(id, buyer, status, _at(days), Money(paid), items, **contact, **more)  # type: ignore[arg-type]


_REFUND = Refund("7001", "5006", "refund_only", "退款成功", Money(15_900), "不想要了", _at(3))

WORLD = World(
    products={"1001": Product("1001", _COAT), "1002": Product("1002", _SHIRT)},
    variants={variant.id: variant for variant in (_V1, _V2, _V3)},
    orders={
        order.id: order
        for order in (
            _order("5001", "unpaid", 0, 15_900, _shirt()),
            _order("5002", "paid", 1, 40_800, _coat(26_636), _shirt(paid=14_164), paid_at=_at(1, 3)),
            _order("5003", "shipped", 3, 29_900, _coat(), shipments=(_PARCEL_3,), paid_at=_at(3, 3)),
            _order("5004", "completed", 10, 31_800, _shirt(2, 31_800), shipments=(_PARCEL_4,), paid_at=_at(10, 3)),
            _order("5005", "closed", 12, 29_900, _coat()),
            _order("5006", "paid", 5, 15_900, _shirt(), refunds=(_REFUND,), paid_at=_at(5, 3)),
            _order("5007", "paid", 2, 29_900, _coat(), buyer="2002", paid_at=_at(2, 3)),
            _order("5008", "unknown", 6, 15_900, _shirt(), paid_at=_at(6, 3)),
        )
    },
    parcels={parcel.waybill_no: parcel for parcel in (_PARCEL_3, _PARCEL_4)},
    buyers={
        "2001": Buyer("2001", "小明", phone="13800138000"),
        "2002": Buyer("2002", "李四家", phone="13900139999"),
    },
    search=("羽绒服", "1001"),
    odd_order="5008",
)
