"""The command `xiaoer`: serve, import, evaluate, explain, administer. `xiaoer COMMAND --help` teaches each one."""

import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from xiaoer.app.commands import report as report_command
from xiaoer.app.commands.opening import Shop, out, prepared, run
from xiaoer.app.commands.simulate import simulate
from xiaoer.app.commands.train import train
from xiaoer.app.commands.words import words
from xiaoer.app.evaluation import evaluate_file
from xiaoer.app.wiring import running
from xiaoer.flows.evaluate.rows import readable
from xiaoer.infra.settings import Settings
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.ids import DEFAULT_SHOP, ShopId
from xiaoer.slices.imports.types import ImportRun

app = typer.Typer(help="Xiaoer 小二: the AI front desk of an online shop.", no_args_is_help=True)
key_app = typer.Typer(help="API keys for programs.", no_args_is_help=True)
db_app = typer.Typer(help="The database.", no_args_is_help=True)
staff_app = typer.Typer(help="Accounts of the people who work in the shop.", no_args_is_help=True)
app.add_typer(key_app, name="key")
app.add_typer(db_app, name="db")
app.add_typer(staff_app, name="staff")
app.command()(train)
app.command("report")(report_command.report)
app.command()(simulate)
app.command("words")(words)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = -1,
    workers: Annotated[int, typer.Option(help="Server processes.")] = 0,
) -> None:
    """Serve the API, the widget, the console and the workbench."""
    from xiaoer.app.running import serve as run_server  # noqa: PLC0415  imports the web stack, which --help does not need

    settings = prepared()
    run(_ensure_default(settings))
    run_server(settings, host or settings.host, settings.port if port < 0 else port, workers or settings.workers)


async def _ensure_default(settings: Settings) -> None:
    async with running(settings) as product:
        await product.shops.ensure_shop(DEFAULT_SHOP, "我的小店")


@app.command()
def demo(port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = 8000) -> None:
    """Create the sample shop (once), serve everything on one port, print URLs and log-ins."""
    from xiaoer.app.demo.start import prepare_demo  # noqa: PLC0415
    from xiaoer.app.running import serve as run_server  # noqa: PLC0415

    os.environ["XIAOER_DEMO"] = "true"
    settings = prepared()
    log_ins = run(prepare_demo(settings, out))
    run_server(settings, "127.0.0.1", port, 1, log_ins=log_ins)


@app.command("import")
def import_files(
    path: Annotated[Path, typer.Argument(help="A file, or a folder of files.", exists=True)],
    kind: Annotated[str, typer.Option(help="What the file holds, when its name does not tell.")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a file that has any bad row.")] = False,
    shop: Shop = DEFAULT_SHOP,
) -> None:
    """Import the shop's data: knowledge, products, variants, orders, parcels, buyers, promotions, dialogues.

    CSV, XLSX and JSONL, Chinese or English headers; the kind is told by the file's name. The same file twice
    changes nothing; a file that cannot be read changes nothing at all.
    """
    settings = prepared()
    failed = run(_import(settings, ShopId(shop), path, kind, strict, path.is_dir()))
    raise typer.Exit(1 if failed else 0)


async def _import(settings: Settings, shop: ShopId, path: Path, kind: str, strict: bool, folder: bool) -> bool:
    async with running(settings) as product:
        await product.shops.ensure_shop(shop, "我的小店")
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=out
        ) as bar:
            task = bar.add_task(path.name, total=None)

            def progress(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            if folder:
                runs = await product.importer.import_folder(shop, path, strict=strict, by="命令行", progress=progress)
            else:
                runs = [
                    await product.importer.import_file(
                        shop, path, kind=kind, strict=strict, by="命令行", progress=progress
                    )
                ]
    for each in runs:
        _report(each)
    return not runs or any(each.status != "done" for each in runs)


def _report(run: ImportRun) -> None:
    out.print(
        f"[bold]{run.file_name}[/]（{run.kind}）：新增 {run.added}，更新 {run.changed}，"
        f"没变 {run.unchanged}，跳过 {run.refused}"
    )
    if run.error:
        out.print(f"  {run.error}", style="red", markup=False)
    for warning in run.warnings:
        out.print(f"  {warning}", style="yellow", markup=False)
    for refusal in run.refusals[:20]:
        out.print(f"  {refusal.text}", style="yellow", markup=False)
    if run.refused > 20:
        out.print(f"  …还有 {run.refused - 20} 行，完整清单在后台「导入」里")


@app.command()
def explain(message_id: Annotated[str, typer.Argument(help="A message id.")], shop: Shop = DEFAULT_SHOP) -> None:
    """Print why a message was answered as it was."""
    run(_explain(prepared(), ShopId(shop), message_id))


async def _explain(settings: Settings, shop: ShopId, message_id: str) -> None:
    async with running(settings) as product:
        text, _ = await product.explain(shop, message_id)
    out.print(text, highlight=False, markup=False)


@app.command("eval")
def evaluate(
    path: Annotated[Path, typer.Argument(help="JSON Lines: intents, entities, sentiment or retrieval.", exists=True)],
    kb: Annotated[Path | None, typer.Option(help="The knowledge that a retrieval file asks about.")] = None,
    slices: Annotated[bool, typer.Option("--slices", help="Figures per slice.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Measure understanding or retrieval on a file of expected answers.

    Intent rows: text, intents, previous, prev_agent, slice, sentiment, red_line. Entity rows: text, entities.
    Sentiment rows: text, label. Retrieval rows: query, kb_id (null when there is no entry).
    """
    report = run(evaluate_file(path, kb))
    if not slices:
        report = msgspec.structs.replace(report, slices={})
    typer.echo(msgspec.json.encode(report).decode() if as_json else readable(report))


@key_app.command("create")
def key_create(name: Annotated[str, typer.Option(help="What it is for.")] = "API", shop: Shop = DEFAULT_SHOP) -> None:
    """Make an API key and print it; it is shown this once."""

    async def work() -> str:
        async with running(prepared()) as product:
            await product.shops.ensure_shop(ShopId(shop), "我的小店")
            return str((await product.shops.create_key(ShopId(shop), name))[1])

    typer.echo(run(work()))


@key_app.command("list")
def key_list(shop: Shop = DEFAULT_SHOP) -> None:
    """List the keys of a shop (never their secrets)."""

    async def work() -> None:
        async with running(prepared()) as product:
            for key in await product.shops.keys(ShopId(shop)):
                state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "in force"
                typer.echo(f"{key.id}  {key.name}  {key.created_at:%Y-%m-%d}  {state}")

    run(work())


@key_app.command("revoke")
def key_revoke(key_id: Annotated[str, typer.Argument(help="The key's id.")], shop: Shop = DEFAULT_SHOP) -> None:
    """Take a key out of force."""

    async def work() -> None:
        async with running(prepared()) as product:
            await product.shops.revoke_key(ShopId(shop), key_id)

    run(work())


@staff_app.command("add")
def staff_add(
    username: Annotated[str, typer.Argument(help="Log-in name.")],
    role: Annotated[str, typer.Option(help="owner, operator, supervisor or agent.")] = "agent",
    name: Annotated[str, typer.Option(help="Name shown to buyers and colleagues.")] = "",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, help="At least 8 characters.")] = "",
    shop: Shop = DEFAULT_SHOP,
) -> None:
    """Add an account."""
    from xiaoer.slices.shops.types import Role  # noqa: PLC0415

    if role not in set(Role):
        raise typer.BadParameter(f"“{role}” is not a role. Choose owner, operator, supervisor or agent.")

    async def work() -> None:
        async with running(prepared()) as product:
            await product.shops.ensure_shop(ShopId(shop), "我的小店")
            await product.shops.add_staff(ShopId(shop), username, name or username, Role(role), password)

    run(work())


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version's tables."""
    prepared()
    typer.echo("The database is up to date.")


def main() -> None:
    """Run the command; expected failures are one line, not a stack trace."""
    try:
        app()
    except XiaoerError as error:
        typer.echo(f"{error.code}: {error.detail}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
