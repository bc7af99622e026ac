"""Canned replies as rows of a spreadsheet (话术导入导出): what is exported is imported back unchanged."""

from typing import Any

from xiaoer.infra.sheets import GoodRow, Sheet
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.canned.rules import MOST_IMAGES, is_picture
from xiaoer.slices.canned.types import Canned, Reader, RowProblem

COLUMNS = ("范围", "小组", "文件夹", "标题", "内容", "短码", "顺序", "图片")
_NAMES = {
    "范围": ("范围", "scope"),
    "小组": ("小组", "team"),
    "文件夹": ("文件夹", "分组", "分类", "folder"),
    "标题": ("标题", "名称", "title"),
    "内容": ("内容", "话术", "话术内容", "text"),
    "短码": ("短码", "快捷编码", "编码", "code"),
    "顺序": ("顺序", "position"),
    "图片": ("图片", "images"),
}
_SCOPES = {"我的": "own", "个人": "own", "own": "own", "小组": "team", "team": "team", "店铺": "shop", "shop": "shop"}
_WORDS = {"own": "我的", "team": "小组", "shop": "店铺"}
_LONGEST = {"文件夹": 200, "标题": 100, "内容": 2000, "短码": 40, "小组": 40}
_MOST_ROWS = 5_000
_FORMULA = ("'=", "'+", "'-", "'@")  # how an exported CSV keeps a spreadsheet from running a text


def write(items: list[Canned]) -> list[dict[str, str]]:
    """Rows by column title."""
    return [
        {
            "范围": _WORDS[item.scope],
            "小组": item.owner if item.scope == "team" else "",
            "文件夹": item.folder,
            "标题": item.title,
            "内容": item.text,
            "短码": item.code,
            "顺序": str(item.position),
            "图片": " ".join(item.images),
        }
        for item in items
    ]


def read(sheet: Sheet, reader: Reader, shop: ShopId) -> tuple[list[tuple[int, Canned]], list[RowProblem]]:
    """The replies of a file with their lines, and what cannot be one. Without 范围 they are the reader's own.

    Raises:
        InvalidBody: no columns for title and text, or too many rows.
    """
    headers = {str(header).strip().lower() for header in sheet.headers}
    lacking = [name for name in ("标题", "内容") if not headers & set(_NAMES[name])]
    if lacking:
        raise InvalidBody(f"The file has no column {' and no column '.join(lacking)}.")
    if len(sheet.rows) > _MOST_ROWS:
        raise InvalidBody(f"The file has {len(sheet.rows)} rows, at most {_MOST_ROWS} are taken at once.")
    found: list[tuple[int, Canned]] = []
    problems: list[RowProblem] = []
    for number, row in enumerate(sheet.rows):
        value = _reply(row, reader, number, shop) if isinstance(row, GoodRow) else "这一行读不出来，已跳过"
        if isinstance(value, Canned):
            found.append((row.line, value))
        else:
            problems.append(RowProblem(row.line, value))
    return found, problems


def _reply(row: GoodRow, reader: Reader, number: int, shop: ShopId) -> Canned | str:
    """The reply of a row, or why it is none."""
    cells = {name: _cell(row.cells, name) for name in COLUMNS}
    images = tuple(cells["图片"].split())
    if not cells["标题"] or not (cells["内容"] or images):
        return "标题和内容都要写，已跳过"
    if len(images) > MOST_IMAGES or not all(is_picture(image, shop) for image in images):
        return f"图片最多 {MOST_IMAGES} 张，要写本店传过的地址（/uploads/…）或 https 地址，用空格隔开，已跳过"
    long = next((name for name, most in _LONGEST.items() if len(cells[name]) > most), "")
    if long:
        return f"「{long}」有 {len(cells[long])} 个字，最多 {_LONGEST[long]} 个，已跳过"
    scope = _SCOPES.get(cells["范围"].lower() or "own")
    if scope is None:
        return f"范围『{cells['范围']}』不认识，要写我的、小组或店铺，已跳过"
    team = cells["小组"] or reader.team
    if scope == "team" and not team:
        return "小组话术要写是哪个小组的，已跳过"
    position = cells["顺序"] or str(number)
    if not position.removesuffix(".0").isdecimal() or float(position) > 100_000:
        return f"顺序『{position}』不是数字，已跳过"
    owner = {"own": reader.staff_id, "team": team, "shop": ""}[scope]
    text, code = cells["内容"], cells["短码"].lstrip("/")
    return Canned("", scope, owner, cells["文件夹"], cells["标题"], text, code, 0, int(float(position)), images)


def _cell(cells: dict[str, Any], name: str) -> str:
    for header, value in cells.items():
        if str(header).strip().lower() in _NAMES[name] and value is not None:
            text = str(value).strip()
            return text[1:] if text.startswith(_FORMULA) else text
    return ""
