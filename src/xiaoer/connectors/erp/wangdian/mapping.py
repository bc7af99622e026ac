"""旺店通 payloads → orders, products, variants. Yuan as text with four decimals; times in Beijing time.

Sellable stock (可售) is on hand less locked, summed over warehouses; `avaliable_num` (spelled so) wins where sent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from xiaoer.connectors.payload import UNKNOWN, Json, instant, needed, needed_instant, pieces, rows, text, whole, yuan
from xiaoer.kernel.commerce import Order, OrderItem, Product, Shipment, Variant

_STATUS = {"5": "closed", "10": "unpaid", "12": "unpaid", "15": "unpaid", "95": "shipped", "110": "completed"}
_PREPARING = frozenset(
    {"13", "16", "19", "20", "21", "22", "25", "27", "30", "35", "40", "45", "50", "53", "55"}
)  # from choosing a warehouse (待选仓) to checked (已审核): paid, not yet sent


def to_order(trade: Json, order_id: str) -> Order:
    """Read a trade; `order_id` is the platform's number, which the buyer knows (a trade may merge several)."""
    raw, number = text(trade, "trade_status"), text(trade, "logistics_no")
    place = text(trade, "receiver_area").replace(" ", "") + text(trade, "receiver_address")
    return Order(
        order_id,
        text(trade, "customer_no", "buyer_nick"),
        "paid" if raw in _PREPARING else _STATUS.get(raw, UNKNOWN),
        needed_instant(trade.get("trade_time")),
        yuan(trade.get("paid")),
        tuple(_to_item(line) for line in rows(trade, "goods_list")),
        (Shipment(number, order_id, text(trade, "logistics_name")),) if number else (),
        paid_at=instant(trade.get("pay_time")),
        shipped_at=instant(trade.get("consign_time")),
        address=place,
        receiver=text(trade, "receiver_name"),
        phone=text(trade, "receiver_mobile"),
        raw_status=raw,
    )


def _to_item(line: Json) -> OrderItem:
    quantity, paid = whole(line.get("num")), yuan(line.get("paid") or line.get("share_amount"))
    return OrderItem(text(line, "spec_no"), text(line, "goods_name"), quantity, yuan(line.get("price")), paid)


def names_order(trade: Json, order_id: str) -> bool:
    """Say whether a trade holds this platform order."""
    return order_id in text(trade, "src_tids").split(",")


def to_product(goods: Json) -> Product:
    return Product(needed(goods, "goods_no"), text(goods, "goods_name"), text(goods, "class_name"))


def to_variants(goods: Json, stock: Mapping[str, int]) -> tuple[Variant, ...]:
    product_id = needed(goods, "goods_no")
    return tuple(
        Variant(
            text(spec, "spec_no"),
            product_id,
            yuan(spec.get("retail_price")),
            {"规格": text(spec, "spec_name")} if text(spec, "spec_name") else {},
            stock.get(text(spec, "spec_no"), 0),
        )
        for spec in rows(goods, "spec_list")
    )


def sellable(stocks: Iterable[Json]) -> dict[str, int]:
    """Sum the sellable pieces of each spec over all warehouses."""
    found: defaultdict[str, int] = defaultdict(int)
    for row in stocks:
        told = row.get("avaliable_num")
        count = (
            pieces(told)
            if told not in (None, "")
            else max(0, pieces(row.get("stock_num")) - pieces(row.get("lock_num")))
        )
        found[text(row, "spec_no")] += count
    return dict(found)
