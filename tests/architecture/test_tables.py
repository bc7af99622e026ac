"""Every row has its shop, every query takes it first."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table

from xiaoer.migrations.tables import load_tables

_SOURCE = Path(__file__).parents[2] / "src" / "xiaoer"
_ROOMS = sorted(path for path in (_SOURCE / "slices").rglob("*.py") if path.name != "tables.py")
_QUERIES = {"select", "update", "delete"}
_OVER_ALL_SHOPS = {"shop_ids"}  # asked by sweeps, which then go shop by shop


@pytest.mark.parametrize("table", load_tables().sorted_tables, ids=lambda table: table.name)
def test_shop_is_the_first_primary_key_column(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "shop"


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in (*tree.body, *(part for owner in classes for part in owner.body)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in _OVER_ALL_SHOPS:
            yield node


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return names[1:] if names[:1] == ["self"] else names


@pytest.mark.parametrize("path", _ROOMS, ids=lambda path: str(path.relative_to(_SOURCE)))
def test_whoever_gets_a_connection_gets_the_shop_next(path: Path) -> None:
    wrong = [
        f"{node.name}, line {node.lineno}"
        for node in _functions(path)
        if not node.name.startswith("_")
        and _arguments(node)[:1] == ["connection"]
        and _arguments(node)[:2] != ["connection", "shop"]
        and len(_arguments(node)) > 1
    ]
    assert wrong == []


@pytest.mark.parametrize("path", _ROOMS, ids=lambda path: str(path.relative_to(_SOURCE)))
def test_every_query_names_the_shop(path: Path) -> None:
    statements = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.Assign)]
    wrong = [
        f"line {node.lineno}"
        for node in (*_functions(path), *statements)
        if _mentions(node, _calls_of_a_query) and not _mentions(node, _names_the_shop)
    ]
    assert wrong == []


def _mentions(node: ast.AST, wanted: Callable[[ast.AST], bool]) -> bool:
    return any(wanted(part) for part in ast.walk(node))


def _calls_of_a_query(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _QUERIES


def _names_the_shop(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id == "shop") or (
        isinstance(node, ast.Attribute) and node.attr == "shop"
    )
