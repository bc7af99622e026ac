# ruff: noqa: E501  patterns read better unbroken
"""Several goods, or several orders, in one breath (一句话里几件): which lines are meant, which are to be left alone, and
which go apart because something else is wanted of them, or for another reason (it decides freight and evidence)."""

import re
from collections.abc import Sequence

from xiaoer.kernel.commerce import Order, OrderItem
from xiaoer.kernel.money import Money
from xiaoer.slices.policies.rules.matters import reading
from xiaoer.slices.policies.rules.picking import THINGS, is_called

_CLAUSES = re.compile(r"[，,。；;！!？?\n\s]+|另外|还有|然后|但是?|可是|不过")
_OF_BOTH = re.compile(r"(?:我|就|也)?(?:都|全|统统|一起)")
_JOINED = re.compile(r"[和跟与、及]|都|各")
_KEEPS = re.compile(r"除外|留着|留下|保留|要留|不动|(?<![退换能])不(?:用|想|要)?[退换]")
_PRAISES = re.compile(r"没(?:啥|什么)?(?:问题|毛病)|[挺很蛮]好|还(?:行|可以)|满意|(?<!不)喜欢|(?<!不)合适|正好")
_WANTS = re.compile(r"[退换修补赔]")
_ALL_BUT = re.compile(r"除了?(?P<but>[^，,。]{1,12}?)(?:以?外|之外)?[，,]?(?:其[他它余]|别的|剩下)?的?(?:都|全|统统)")
_ALL = ("全部", "都退", "整单", "都要退", "所有", "全退", "全都", "都换", "全换")
_ALL_ORDERS = re.compile(
    r"(?:[两俩三四几]|所有|全部)的?(?:个)?(?:订?单|笔)(?:子)?[^，,。]{0,3}(?:都|全|退|取消)|(?:都|全部?)(?:给我|帮我|一起)?(?:取消|退了?单)|订单(?:都|全)"
)


def means_all_orders(text: str) -> bool:
    """Whether every order that comes into question is meant (两单都退了)."""
    return _ALL_ORDERS.search(text) is not None


def lines_named(words: str, order: Order) -> list[OrderItem]:
    """The lines that the words name, without those that they leave alone; every line for 全退; else none."""
    but = _ALL_BUT.search(words)
    if but is not None and (spared := _in_clause(but["but"], order)):
        return [line for line in order.items if line not in spared]
    named: list[OrderItem] = []
    spared = []
    for clause in filter(None, _CLAUSES.split(words)):
        (spared if _is_kept(clause) else named).extend(_in_clause(clause, order))
    if chosen := [line for line in order.items if line in named and line not in spared]:
        return chosen
    if any(word in words for word in _ALL):
        return [line for line in order.items if line not in spared]
    return []


def _is_kept(clause: str) -> bool:
    """Whether a clause says that its goods stay: 四件套留着, 四件套挺好."""
    praised = (
        _PRAISES.search(clause) is not None
        and not _WANTS.search(clause)
        and not reading.reason_of(clause.replace("质量", ""))
    )
    return praised or _KEEPS.search(clause) is not None


def _in_clause(words: str, order: Order) -> list[OrderItem]:
    """Lines that are named by letters which no other line's title has, or by a thing's one letter (鞋)."""
    signs = {words[at : at + 2] for at in range(len(words) - 1)} | (THINGS & set(words))
    found = []
    for line in order.items:
        others = "|".join(other.title for other in order.items if other is not line)
        if any(sign in line.title and sign not in others for sign in signs):
            found.append(line)
    if found or len(order.items) < 2:
        return found
    called = [line for line in order.items if is_called(line.title, words)]
    return called if len(called) == 1 else []


def as_one(lines: list[OrderItem], order: Order) -> OrderItem:
    """These lines as one: `*` for the whole order, else their ids, and what was paid for them."""
    if len(lines) == 1:
        return lines[0]  # with all its pieces
    whole = len(lines) == len(order.items)
    ids = "*" if whole else ",".join(line.variant_id for line in lines)
    paid = order.pay_amount if whole else Money(sum(line.pay_amount.fen for line in lines))
    return OrderItem(ids, "、".join(line.title for line in lines), 1, paid, paid)


def lines_of(ids: str, order: Order) -> list[OrderItem]:
    """The lines that `as_one` named by these ids."""
    return [line for line in order.items if ids == "*" or line.variant_id in ids.split(",")]


def of_ids(ids: str, order: Order) -> OrderItem | None:
    """What `as_one` named by these ids; None for none."""
    lines = lines_of(ids, order) if ids else []
    return as_one(lines, order) if lines else None


def parts_of(words: str, order: Order) -> list[tuple[str, str]]:
    """The lines of each part that wants something of its own, by their ids, with the words of that part."""
    parts: dict[str, list[str]] = {}
    ids = ""
    for clause in filter(None, _CLAUSES.split(words)):
        if _is_kept(clause):
            continue
        if found := _in_clause(clause, order):
            ids = as_one(found, order).variant_id
            parts.setdefault(ids, [])
        elif _OF_BOTH.match(clause):  # 都想退，不喜欢: of all that was named so far
            ids = ""
        for each in [ids] if ids else parts:
            parts[each].append(clause)
    return [(ids, "，".join(clauses)) for ids, clauses in parts.items()]


def spares(words: str) -> bool:
    """Whether part of the words leaves goods alone."""
    return any(_is_kept(clause) for clause in filter(None, _CLAUSES.split(words)))


def parts_over(words: str, orders: Sequence[Order]) -> list[tuple[Order, str]]:
    """The orders that the words name by their goods, with what they say of each; none where they name fewer than two,
    or a word only happens to stand in the titles of several."""
    titles = {order.id: "|".join(line.title for line in order.items) for order in orders}
    parts: dict[str, list[str]] = {}
    meant: list[str] = []
    for clause in filter(None, _CLAUSES.split(words)):
        if _is_kept(clause):
            continue
        signs = {clause[at : at + 2] for at in range(len(clause) - 1)} | (THINGS & set(clause))
        found = [
            id_
            for id_, title in titles.items()
            if any(
                sign in title and not any(sign in other for key, other in titles.items() if key != id_)
                for sign in signs
            )
        ]
        if len(found) > 1 and not _JOINED.search(clause):
            return []
        meant = found or meant
        for id_ in meant:
            parts.setdefault(id_, []).append(clause)
    named = [(order, "，".join(parts[order.id])) for order in orders if order.id in parts]
    return named if len(named) > 1 else []


def goods_of(ids: str, order: Order) -> list[str]:
    """Titles of the lines that these ids name, where the order has others; else none."""
    found = of_ids(ids, order) if ids and ids != "*" and len(order.items) > 1 else None
    return found.title.split("、") if found else []
