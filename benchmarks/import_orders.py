"""Import of 100,000 orders from a CSV file into SQLite, next to a bare executemany of the same rows.

    python benchmarks/import_orders.py [rows]

Prints seconds, rows per second, the ratio to the bare insert of the same run and processor seconds; then the same
file again, which must change nothing. The target is 100,000 orders in under 30 s on one core.
"""

import asyncio
import csv
import io
import random
import sqlite3
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from xiaoer.flows.import_data.importer import Importer
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.db import Database, metadata
from xiaoer.kernel.ids import DEFAULT_SHOP

_HEADERS = ("订单号", "买家ID", "状态", "下单时间", "付款时间", "发货时间")
_HEADERS += ("收货地址", "收件人", "电话", "实付", "承诺发货时间")
_STATUS = ("待付款", "待发货", "已发货", "已签收", "交易成功", "交易关闭", "退款中", "已退款")


def make_rows(count: int) -> list[list[str]]:
    """Orders with the columns that a shop's export has; fixed seed."""
    dice, start = random.Random(7), datetime(2026, 1, 1)  # noqa: DTZ001 (the file holds the shop's own time)
    rows = []
    for number in range(count):
        at = start + timedelta(seconds=97 * number)
        times = [(at + timedelta(hours=hours)).isoformat(" ") for hours in (0, 1, 20, 48)]
        rows.append(
            [
                f"2026{number:012d}",
                f"b-{dice.randrange(count // 6 + 1)}",
                _STATUS[number % 8],
                *times[:3],
                f"浙江省杭州市西湖区文三路{number % 900}号",
                "王小明",
                f"139{number % 100_000_000:08d}",
                f"{dice.randrange(990, 99_900) / 100:.2f}",
                times[3],
            ]
        )
    return rows


def bare_insert(rows: list[list[str]], folder: Path) -> float:
    """Seconds of one executemany of the same rows, one commit."""
    connection = sqlite3.connect(folder / "bare.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"CREATE TABLE orders ({', '.join(f'c{i} TEXT' for i in range(11))}, PRIMARY KEY (c0))")
    started = time.perf_counter()
    connection.executemany(f"INSERT INTO orders VALUES ({','.join('?' * 11)})", rows)
    connection.commit()
    taken = time.perf_counter() - started
    connection.close()
    return taken


async def main(count: int) -> None:
    rows = make_rows(count)
    text = io.StringIO()
    csv.writer(text).writerows([_HEADERS, *rows])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "orders.csv").write_text(text.getvalue(), encoding="utf-8-sig")
        bare = bare_insert(rows, folder)
        print(f"bare executemany   {bare:7.2f} s  {count / bare:10,.0f} rows/s  ratio 1.0")
        db = Database(f"sqlite:///{folder / 'shop.db'}")
        with db.transaction() as connection:
            metadata.create_all(connection)
        importer = Importer(db, SystemClock())
        for label in ("first import", "same file again"):
            started, worked = time.perf_counter(), time.process_time()
            run = await importer.import_file(DEFAULT_SHOP, folder / "orders.csv")
            taken = time.perf_counter() - started
            cpu = time.process_time() - worked
            counts = f"added {run.added}, changed {run.changed}, unchanged {run.unchanged}, refused {run.refused}"
            print(
                f"{label:<18} {taken:7.2f} s  {count / taken:10,.0f} rows/s  ratio {taken / bare:.1f}, CPU {cpu:.2f} s"
            )
            print(f"  {counts}")
        await db.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
