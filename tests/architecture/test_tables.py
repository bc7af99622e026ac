"""Every row has its shop, every query takes it first."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import Table

from xiaoer.migrations.tables import load_tables

_SLICES = Path(__file__).parents[2] / "src" / "xiaoer" / "slices"
_STORES = sorted(
    {*_SLICES.glob("*/store.py"), *_SLICES.glob("*/store/*.py")} - set(_SLICES.glob("*/store/__init__.py"))
)


@pytest.mark.parametrize("table", load_tables().sorted_tables, ids=lambda table: table.name)
def test_shop_is_the_first_primary_key_column(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "shop"


@pytest.mark.parametrize("path", _STORES, ids=lambda path: str(path.relative_to(_SLICES)))
def test_store_functions_take_connection_and_shop_first(path: Path) -> None:
    wrong = [
        f"{node.name}, line {node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (names := [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)])[:1] == ["connection"]
        and names[:2] != ["connection", "shop"]
    ]
    assert wrong == []


@pytest.mark.parametrize("path", _STORES, ids=lambda path: str(path.relative_to(_SLICES)))
def test_public_store_functions_are_queries(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not node.name.endswith("_of")  # a row turned into a value
        and [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)][:2] != ["connection", "shop"]
    ]
    assert wrong == []
