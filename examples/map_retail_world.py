"""Turns a public retail benchmark world into a folder that `xiaoer import` takes.

    python examples/map_retail_world.py path/to/ecombench_zh out/ && xiaoer import out/

Knows three worlds by their files: ECom-Bench (Chinese keys, one appliance shop), tau2-bench retail (English) and
the Yanxuan catalogue. It is also the pattern for mapping any other shop's dump: one function per world, each
yielding rows of the import contract. What the world does not tell (order times, stock figures) is derived and said so:
an order's time is its first parcel trace, else `--at`; an "available" variant counts 100 pieces.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
_PIECES = 100
_ECOM_STATUS = {
    "已付款": "paid", "处理中": "paid", "已发货": "shipped", "运输中": "shipped", "已送达": "delivered",
    "已签收": "completed", "已退货": "refunded", "已取消": "closed", "未付款": "unpaid",
}  # fmt: skip
_TAU_STATUS = {"pending": "paid", "processed": "shipped", "delivered": "delivered", "cancelled": "closed"}


def read(folder: Path, name: str) -> list[Row]:
    """Every row of one JSON Lines file."""
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def ecombench(folder: Path, at: datetime) -> Iterator[tuple[str, Row]]:
    """Products with their service texts as knowledge, buyers, orders with parcels."""
    products = {row["商品ID"]: row for row in read(folder, "products")}
    for id_, row in products.items():
        related = [other["商品ID"] for other in row.get("可换货商品") or () if other["商品ID"] in products]
        yield "products", {"id": id_, "title": row["商品名称"], "category": "家用电器", "related": related}
        yield "variants", {"id": id_, "product_id": id_, "price": row["商品价格"], "stock": _PIECES}
        yield from _texts(id_, row)
    for row in read(folder, "users"):
        yield "buyers", {"id": row["用户ID"], "nick": row["用户姓名"], "phone": row["电话号码"]}
    parcels = {row["订单ID"]: row for row in read(folder, "logistics")}
    for row in read(folder, "orders"):
        order_id, parcel, to = row["订单ID"], parcels.get(row["订单ID"]), row["收货地址"]
        traces = _traces(parcel) if parcel else []
        status = _ECOM_STATUS.get(row["订单状态"], row["订单状态"])
        created = min((step["at"] for step in traces), default=at.isoformat())
        yield "orders", {
            "id": order_id, "buyer_id": row["用户ID"], "status": status, "created_at": created, "paid_at": created,
            "delivered_at": parcel["实际送达时间"] if parcel and status in ("delivered", "completed") else None,
            "address": "".join(to.get(part) or "" for part in ("省份", "城市", "区县", "详细地址")),
            "receiver": to["收件人姓名"], "phone": to["电话号码"], "pay_amount": row["订单总金额"],
        }  # fmt: skip
        for number, item in enumerate(row["订单商品列表"]):
            title = products.get(item["商品ID"], {}).get("商品名称", "")
            yield "order_items", {
                "id": f"{order_id}-{number}", "order_id": order_id, "variant_id": item["商品ID"], "title": title,
                "quantity": item["数量"], "price": item["单价"],
            }  # fmt: skip
        if parcel and status not in ("paid", "unpaid", "closed"):
            yield "shipments", {
                "waybill_no": parcel["物流单号"], "order_id": order_id, "carrier": parcel["物流公司"], "traces": traces,
            }  # fmt: skip


def _traces(parcel: Row) -> list[Row]:
    return [
        {"at": step["时间"], "text": f"{step.get('位置') or ''} {step['描述']}".strip()} for step in parcel["物流轨迹"]
    ]


def _texts(id_: str, row: Row) -> Iterator[tuple[str, Row]]:
    """The shop's own texts of a product, each under the question that buyers ask."""
    gifts, parts = (_listed(row.get(name)) for name in ("赠品信息", "辅材材料"))
    told = (
        ("detail", "这款商品怎么样，有什么参数", row.get("商品描述"), ["介绍一下这款", "功率多大", "尺寸多少"]),
        ("install", "怎么安装，安装收费吗", row.get("安装说明"), ["安装流程", "安装要多少钱", "有没有安装教程"]),
        ("repair", "怎么维修，保修多久", row.get("维修说明"), ["质保几年", "坏了找谁修", "维修服务"]),
        ("gift", "有什么赠品", gifts, ["送不送东西", "赠品什么时候发"]),
        ("parts", "安装需要哪些辅材", parts, ["要不要另外买角阀", "配件要自己买吗"]),
    )
    for name, question, answer, similar in told:
        if answer:
            yield "knowledge", {
                "id": f"{id_}-{name}", "question": question, "answer": answer, "similar": similar, "product_id": id_,
            }  # fmt: skip
    for number, fault in enumerate(row.get("常见故障") or ()):
        names = [f"{fault['故障代码']} 是什么故障"] if fault.get("故障代码") else []
        yield "knowledge", {
            "id": f"{id_}-fault-{number}", "question": f"{fault['故障名称']}怎么办", "answer": fault["故障解决方案"],
            "similar": names, "product_id": id_,
        }  # fmt: skip


def _listed(things: list[Row] | str | None) -> str:
    """Write 「名称：说明；…」 of a list whose keys differ from row to row; a text stays as it is."""
    if not things or isinstance(things, str):
        return things or ""
    return "；".join("：".join(str(value) for value in thing.values() if value) for thing in things)


def tau2(folder: Path, at: datetime) -> Iterator[tuple[str, Row]]:
    """Products with variants, users, orders; amounts in the world's currency are taken as yuan."""
    for product in read(folder, "products"):
        yield "products", {"id": product["product_id"], "title": product["name"]}
        for variant in product["variants"]:
            yield "variants", {
                "id": variant["item_id"], "product_id": product["product_id"], "spec": variant["options"],
                "price": variant["price"], "stock": _PIECES if variant["available"] else 0,
            }  # fmt: skip
    for user in read(folder, "users"):
        yield "buyers", {"id": user["user_id"], "nick": " ".join(user["name"].values())}
    for number, row in enumerate(read(folder, "orders")):
        status, created = _TAU_STATUS.get(row["status"], row["status"]), at - timedelta(hours=number % 720)
        paid = sum(one["amount"] for one in row["payment_history"] if one["transaction_type"] == "payment")
        yield "orders", {
            "id": row["order_id"], "buyer_id": row["user_id"], "status": status, "created_at": created.isoformat(),
            "address": ", ".join(str(part) for part in row["address"].values()), "pay_amount": f"{paid:.2f}",
        }  # fmt: skip
        for line, item in enumerate(row["items"]):
            yield "order_items", {
                "id": f"{row['order_id']}-{line}", "order_id": row["order_id"], "variant_id": item["item_id"],
                "title": item["name"], "quantity": 1, "price": item["price"],
            }  # fmt: skip
        for parcel in row["fulfillments"]:
            for waybill_no in parcel["tracking_id"]:
                yield "shipments", {"waybill_no": waybill_no, "order_id": row["order_id"], "traces": []}


def yanxuan(folder: Path, at: datetime) -> Iterator[tuple[str, Row]]:
    """A catalogue only."""
    for row in read(folder, "products"):
        attributes = {one["name"]: one["value"] for one in row["attributes"]}
        category = f"{row['parent_category']}/{row['category']}"
        yield "products", {"id": row["goods_id"], "title": row["name"], "category": category, "attributes": attributes}
        names = list(row["specifications"])
        for sku in row["skus"]:
            spec = dict(zip(names, sku["specifications"], strict=False))
            yield "variants", {
                "id": f"{row['goods_id']}-{sku['sku_id']}", "product_id": row["goods_id"], "spec": spec,
                "price": sku["price"], "stock": sku["stock"],
            }  # fmt: skip


WORLDS = {"logistics.jsonl": ecombench, "users.jsonl": tau2, "categories.jsonl": yanxuan}


def main() -> None:
    """Read a world, write the import files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", type=Path, help="folder of the world's JSON Lines files")
    parser.add_argument("out", type=Path, help="folder for the import files")
    parser.add_argument(
        "--at", type=datetime.fromisoformat, default="2025-06-10T12:00:00", help="time of undated orders"
    )
    given = parser.parse_args()
    mapper = next((known for name, known in WORLDS.items() if (given.world / name).exists()), None)
    if mapper is None:
        parser.error(f"{given.world} holds none of {', '.join(WORLDS)}; this world is not known.")
    given.out.mkdir(parents=True, exist_ok=True)
    written: dict[str, list[str]] = {}
    for kind, row in mapper(given.world, given.at):
        written.setdefault(kind, []).append(
            json.dumps({k: v for k, v in row.items() if v is not None}, ensure_ascii=False)
        )
    for kind, lines in written.items():
        (given.out / f"{kind}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{kind}: {len(lines)}")


if __name__ == "__main__":
    main()
