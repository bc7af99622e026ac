"""`xiaoer simulate`: a shop with thousands of simulated buyers, over days of virtual time, through the real flows."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from xiaoer.app.commands.opening import out, run
from xiaoer.app.simulation.run import Outcome, Plan
from xiaoer.app.simulation.run import simulate as simulate_run
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings

_LEAST = 20  # buyers that the smaller arm needs before a difference is told
_KINDS = {"recommend": "缺货时推荐同类", "bargain": "议价"}
_SENT = {"order_unpaid": "催付", "cart_abandoned": "加购", "interested": "问得多没下单", "back_in_stock": "到货",
         "price_drop": "降价", "coupon_expiring": "券到期", "delivered": "签收关怀", "review": "邀评",
         "replenish": "复购"}  # fmt: skip


def simulate(
    buyers: Annotated[int, typer.Option(min=1, max=200_000, help="How many buyers come.")] = 500,
    days: Annotated[int, typer.Option(min=1, max=90, help="Over how many days of virtual time.")] = 3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 1,
    home: Annotated[Path, typer.Option(help="Folder of the simulated shop; must be new or empty.")] = Path(
        "xiaoer-sim"
    ),
    effect: Annotated[float, typer.Option(min=0, max=0.7, help="Share of unpaid orders that a reminder saves.")] = 0.2,
    hold_out: Annotated[int, typer.Option(min=0, max=50, help="Percent of buyers that no journey writes to.")] = 20,
    until: Annotated[str, typer.Option(help="Where virtual time ends, such as 2026-06-18T20:00+08:00; now.")] = "",
) -> None:
    """Run a shop with simulated buyers through the real flows: for demo data, for load, to check uplift figures.

    Buyers of six kinds (quick, curious, haggling, hesitating, returning, demanding) look, ask in their own words,
    haggle, order, pay or leave it, ask for parcels, return and complain. Every message takes the whole path; orders
    come as shop events; reminders fire from durable timers; people at the desk take what is handed over.

    The shop lives in a folder of its own, so no running shop is touched. Look at it afterwards:

        XIAOER_HOME=xiaoer-sim xiaoer serve        (log in as owner / xiaoer-owner)

    At the end: what happened, and for every automation the uplift against its hold-out. The effect of payment reminders
    is planted (--effect), so you see whether the figures find it. The fingerprint is equal for equal runs (same seed,
    buyers, days and --until). 400 buyers over a week took half a minute of one core (2026-11-26).
    """
    settings = Settings(home=home.resolve(), database_url="")
    settings.home.mkdir(parents=True, exist_ok=True)
    upgrade(settings.url)
    end = datetime.fromisoformat(until) if until else datetime.now(UTC)
    if end.tzinfo is None:
        raise typer.BadParameter("Give --until with an offset, such as 2026-06-18T20:00+08:00.")
    plan = Plan(buyers, days, seed, end.astimezone(UTC), effect, hold_out * 100)
    if not out.is_terminal:  # piped or logged: a line for each tenth, so that nobody waits before a silent screen
        outcome = run(simulate_run(settings, plan, _tenths(f"{buyers} 位买家，{days} 天")))
        _show(outcome, plan, home)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=out) as bar:
        task = bar.add_task(f"{buyers} 位买家，{days} 天", total=1.0)
        outcome = run(simulate_run(settings, plan, lambda share: bar.update(task, completed=share)))
        bar.update(task, completed=1.0)
    _show(outcome, plan, home)


def _tenths(what: str) -> Callable[[float], None]:
    """Prints every tenth of virtual time that is over, with the seconds that it took."""
    began, told = monotonic(), -1

    def progress(share: float) -> None:
        nonlocal told
        if (tenth := int(share * 10)) > told:
            told = tenth
            out.print(f"{what}：{tenth * 10}%，{monotonic() - began:.0f} 秒", highlight=False)

    return progress


def _show(outcome: Outcome, plan: Plan, home: Path) -> None:
    n = outcome.counts
    table = Table("发生了什么", "", show_header=False, box=None)
    per_second = n["messages"] / outcome.cpu_s if outcome.cpu_s else 0.0
    rows = (
        ("消息", f"{n['messages']}，机器人答 {n['answered']}，转人工 {n['handed']}（人工接待 {n['served']}）"),
        ("买家", f"{plan.buyers} 位，被问候 {n['greeted']}，同意营销 {n['agreed']}，投诉 {n['complaints']}"),
        (
            "订单",
            f"下单 {n['order.created']}，付款 {n['order.paid']}，签收 {n['order.delivered']}，"
            f"退款 {n['order.refunded']}",
        ),
        ("净收入", f"{outcome.revenue.yuan} 元，议价让利 {outcome.granted.yuan} 元"),
        ("提醒", "，".join(f"{name} {n[f'sent.{key}']}" for key, name in _SENT.items() if n[f"sent.{key}"]) or "没有"),
        ("用时", f"处理器 {outcome.cpu_s:.1f} 秒，每秒 {per_second:.0f} 条消息（连订单和定时任务一起算）"),
        ("指纹", outcome.digest),
    )
    for row in rows:
        table.add_row(*row)
    out.print(table)
    shown = Table(title="增量（两组随机分，97% 区间）")
    for heading in ("自动化", "收到的", "对照", "付款率差", "净收入差/人", "结论"):
        shown.add_column(heading, overflow="fold")
    for name, report in sorted(outcome.reports.items()):
        conversion, revenue = report.conversion, report.revenue
        smaller = min(report.treated.buyers, report.held_out.buyers)
        if conversion is None:
            continue
        span = f"{conversion.difference:+.1%}（{conversion.low:+.1%} ~ {conversion.high:+.1%}）"
        money = (
            f"{revenue.difference / 100:+.2f}（{revenue.low / 100:+.2f} ~ {revenue.high / 100:+.2f}）"
            if revenue
            else "—"
        )
        told = (
            "有一组人太少，不比"
            if smaller < _LEAST
            else "说得清"
            if conversion.is_certain
            else f"可能是偶然，还要约 {conversion.needed} 位"
        )
        title = outcome.titles.get(name) or _KINDS.get(name, name)
        shown.add_row(title, str(report.treated.buyers), str(report.held_out.buyers), span, money, told)
    out.print(shown)
    planted = outcome.reports.get("journey:demo-unpaid")
    if planted and planted.conversion and min(planted.treated.buyers, planted.held_out.buyers) >= 30:
        found = planted.conversion.low <= plan.effect <= planted.conversion.high
        out.print(f"催付埋下的效果 {plan.effect:+.1%}：{'在' if found else '不在'}区间里。")
    out.print(f"打开看看：XIAOER_HOME={home} xiaoer serve（owner / xiaoer-owner）", highlight=False)
