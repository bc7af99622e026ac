"""Carriers (快递公司): their names and what the two query services call them.

A number alone tells the carrier only when it starts with the carrier's own letters; digits are shared, so
they are not guessed from.
"""

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from xiaoer.kernel.commerce import TraceStep


class Carrier(Struct, frozen=True):
    """`asks_phone`: the carrier shows traces only with the last digits of a phone."""

    name: str
    kuaidi100: str
    kdniao: str
    words: tuple[str, ...]
    number: str = ""
    asks_phone: bool = False


CARRIERS = (
    Carrier("顺丰速运", "shunfeng", "SF", ("顺丰",), r"SF\d{10,15}", asks_phone=True),
    Carrier("圆通速递", "yuantong", "YTO", ("圆通",), r"YT\d{10,18}"),
    Carrier("中通快递", "zhongtong", "ZTO", ("中通",), asks_phone=True),
    Carrier("申通快递", "shentong", "STO", ("申通",)),
    Carrier("韵达快递", "yunda", "YD", ("韵达", "yunda")),
    Carrier("极兔速递", "jtexpress", "JTSD", ("极兔", "jtexpress", "jtsd"), r"JT\d{10,15}"),
    Carrier("京东快递", "jd", "JD", ("京东", "jdl"), r"JD[A-Z]{0,2}\d{10,16}"),
    Carrier("德邦快递", "debangkuaidi", "DBL", ("德邦", "debang"), r"DPK\d{9,15}"),
    Carrier("邮政快递包裹", "youzhengguonei", "YZPY", ("邮政", "youzheng", "yzpy")),
    Carrier("EMS", "ems", "EMS", ("ems",), r"E[A-Z]\d{9}CN"),
    Carrier("丹鸟", "danniao", "DNWL", ("丹鸟", "菜鸟", "danniao", "dnwl")),
)


def find_carrier(name: str, waybill_no: str) -> Carrier | None:
    """Tell the carrier by what the shop calls it, else by the letters of the number; None when neither tells."""
    wanted = name.strip().lower()
    for carrier in CARRIERS:
        if wanted and (wanted in (carrier.kuaidi100, carrier.kdniao.lower()) or carrier.name == name.strip()):
            return carrier
    for carrier in CARRIERS:
        if wanted and any(word in wanted for word in carrier.words):
            return carrier
    number = waybill_no.strip().upper()
    return next((c for c in CARRIERS if c.number and re.fullmatch(c.number, number)), None)


def name_of(code: str) -> str:
    """The Chinese name of a service's code; an unknown code stays as it is."""
    return next((c.name for c in CARRIERS if code.lower() in (c.kuaidi100, c.kdniao.lower())), code)


def phone_of(hint: str) -> str:
    """The phone that a carrier query may name: whole, or its last four digits when the rest is hidden; ciphertext and
    nothing give nothing."""
    if hint.isascii() and hint.isdigit():
        return hint
    shown = hint[-4:]
    plain = all(char in "0123456789*+- " for char in hint)
    return shown if plain and len(shown) == 4 and shown.isdigit() else ""


def with_state(steps: Sequence[TraceStep], state: str) -> list[TraceStep]:
    """Scans, oldest first, with the parcel's state at the newest one unless that has a code of its own."""
    if not steps or steps[-1].state:
        return list(steps)
    return [*steps[:-1], replace(steps[-1], state=state)]
