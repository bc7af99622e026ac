"""Files stay small, named after what they hold, explained, and free of this machine's paths."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PACKAGE = _ROOT / "src" / "xiaoer"
_BUDGET = 300
_HARD_LIMIT = 400  # for the few whose parts belong together
_OVER_BUDGET_ALLOWED = 6
_SPEAKS_FOR_ITSELF = 12  # lines; below that a full name is enough
_VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}
_WRITTEN_BY_A_PROGRAM = {"m0001_initial.py"}
# Put together here so that this file does not contain what it forbids.
_LOCAL = re.compile("|".join(("/" + "work/", r"\.\./" + "shared", "/" + "root/", "/" + r"home/\w+/")))

_PYTHON = sorted(
    path
    for folder in ("src", "tests", "benchmarks", "tools")
    for path in (_ROOT / folder).rglob("*.py")
    if path.name not in _WRITTEN_BY_A_PROGRAM
)
_SOURCE = [path for path in _PYTHON if path.is_relative_to(_PACKAGE)]


def _name(path: Path) -> str:
    return str(path.relative_to(_ROOT))


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=_ROOT, capture_output=True, check=False)
    if listed.returncode != 0:  # an unpacked archive: the Python files are enough
        return _PYTHON
    return [_ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_file_is_longer_than_the_hard_limit() -> None:
    assert {_name(path): _lines(path) for path in _PYTHON if _lines(path) > _HARD_LIMIT} == {}


def test_few_files_are_longer_than_the_budget() -> None:
    over = {_name(path): _lines(path) for path in _PYTHON if _lines(path) > _BUDGET}
    assert len(over) <= _OVER_BUDGET_ALLOWED, f"{over}: a file past {_BUDGET} lines becomes a folder of that name"


def test_package_files_are_empty() -> None:
    filled = [
        _name(path) for path in _PYTHON if path.name == "__init__.py" and path.read_text(encoding="utf-8").strip()
    ]
    assert filled == []


def test_no_module_has_a_vague_name() -> None:
    assert [_name(path) for path in _PYTHON if {path.stem, path.parent.name} & _VAGUE] == []


def test_imports_are_absolute() -> None:
    relative = [
        f"{_name(path)}:{node.lineno}"
        for path in _PYTHON
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = []
    for path in _tracked():
        if path.is_symlink() or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{_name(path)}: {match.group()}" for match in _LOCAL.finditer(text)]
    assert found == []


@pytest.mark.parametrize("path", [path for path in _SOURCE if path.name != "__init__.py"], ids=_name)
def test_modules_and_their_public_parts_are_explained(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    missing = [] if ast.get_docstring(tree) else ["module"]
    missing += [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and (node.end_lineno or 0) - node.lineno >= _SPEAKS_FOR_ITSELF
        and not _is_record(node)
        and "store" not in path.relative_to(_PACKAGE).with_suffix("").parts  # a query's name and arguments say it
    ]
    assert missing == []


def _is_record(node: ast.AST) -> bool:
    """A class of fields only: its name, its fields and the module's words say what it is."""
    return isinstance(node, ast.ClassDef) and not any(isinstance(part, ast.FunctionDef) for part in node.body)
