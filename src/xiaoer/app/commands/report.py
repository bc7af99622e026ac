"""`xiaoer report`: the weekly or monthly report as a file, or as text on the screen."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from xiaoer.app.commands.opening import Shop, out, prepared, run
from xiaoer.app.reports import Kind
from xiaoer.app.wiring import running
from xiaoer.flows.show_insights.report.html import text_of
from xiaoer.infra.settings import Settings
from xiaoer.kernel.errors import InvalidBody, NotFound
from xiaoer.kernel.ids import DEFAULT_SHOP, ShopId

_FORMS = ("html", "pdf", "xlsx")


def report(
    week: Annotated[bool, typer.Option("--week", help="The last seven days that are over (the default).")] = False,
    month: Annotated[bool, typer.Option("--month", help="The last calendar month.")] = False,
    to: Annotated[str, typer.Option(help="Last day of the period, such as 2026-06-18.")] = "",
    output: Annotated[Path | None, typer.Option("--out", help="A file: .html, .pdf or .xlsx.")] = None,
    shop: Shop = DEFAULT_SHOP,
) -> None:
    """Write the report: five findings that matter, charts, and actions with owner and date."""
    if week and month:
        raise typer.BadParameter("Choose --week or --month.")
    if output is not None and output.suffix.lstrip(".") not in _FORMS:
        raise typer.BadParameter("The file ends in .html, .pdf or .xlsx.")
    if output is not None and not output.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {output.parent}. Make it first, or name another.")
    try:
        run(_report(prepared(), ShopId(shop), "month" if month else "week", to, output))
    except (InvalidBody, NotFound) as problem:
        raise typer.BadParameter(problem.detail) from problem


async def _report(settings: Settings, shop: ShopId, kind: Kind, to: str, output: Path | None) -> None:
    async with running(settings) as product:
        found = await product.reports.compose(shop, kind, to)
        if output is None:
            out.print(text_of(found), highlight=False, markup=False)
            return
        data, _, _ = product.reports.file_of(found, output.suffix.lstrip("."))
        await asyncio.to_thread(output.write_bytes, data)
    out.print(f"报告写好了：{output}", highlight=False)
