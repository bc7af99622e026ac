"""The pure parts (kernel, types, rules, a connector's mapping) touch no disk, net, clock, database or dice."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2] / "src" / "xiaoer"
_PURE_NAMES = {"types", "rules", "mapping"}
_IMPURE_MODULES = {
    *(
        "aiosqlite",
        "asyncio",
        "glob",
        "httpx2",
        "httpx2",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "psycopg",
        "random",
    ),
    *("redis", "requests", "secrets", "shutil", "socket", "sqlalchemy", "sqlite3", "structlog", "subprocess"),
    *("tempfile", "threading", "time", "urllib", "uuid", "xiaoer.infra"),
}
_IMPURE_CALLS = {
    *("open", "input", "print", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("random", "uuid4", "read_text", "read_bytes", "write_text", "write_bytes", "Path.open"),
}


def _is_pure_room(path: Path) -> bool:
    parts = path.relative_to(_ROOT).with_suffix("").parts
    return parts[0] == "kernel" or (parts[0] in ("slices", "connectors") and bool(_PURE_NAMES & set(parts[1:])))


_PURE = sorted(path for path in _ROOT.rglob("*.py") if path.name != "__init__.py" and _is_pure_room(path))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name):
                    yield name
                case ast.Attribute(value=ast.Name(id=owner), attr=name):
                    yield f"{owner}.{name}"
                    yield name
                case ast.Attribute(attr=name):
                    yield name


def impurities(source: str) -> list[str]:
    """What a pure module must not contain: imports and calls that reach outside."""
    tree = ast.parse(source)
    imported = [name for name in _imports(tree) if any(f"{name}.".startswith(f"{bad}.") for bad in _IMPURE_MODULES)]
    called = [name for name in _calls(tree) if name in _IMPURE_CALLS]
    return imported + called


@pytest.mark.parametrize("path", _PURE, ids=lambda path: str(path.relative_to(_ROOT)))
def test_pure_modules_reach_nothing_outside(path: Path) -> None:
    assert impurities(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import random", ["random"]),
        ("from datetime import datetime\ndatetime.now()", ["datetime.now"]),
        ("from sqlalchemy import Connection", ["sqlalchemy.Connection"]),
        ("from xiaoer.infra import idgen", ["xiaoer.infra.idgen"]),
        ("with open('x') as f: pass", ["open"]),
        ("from pathlib import Path\nPath('x').read_text()", ["read_text"]),
        ("from datetime import datetime, timedelta\nlast = datetime(2026, 1, 1) + timedelta(1)", []),
    ],
)
def test_the_check_finds_what_it_should(source: str, found: list[str]) -> None:
    assert impurities(source) == found
