"""The report as one HTML file: no script, no outside file, readable on a phone and in a mail."""

from html import escape

from xiaoer.flows.show_insights.page import Table, notes_of
from xiaoer.flows.show_insights.report.compose import Report
from xiaoer.flows.show_insights.report.drawing import draw, titled, written

_STYLE = """
body{margin:0;background:#f7f8fa;color:#1d2129;
font:15px/1.7 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:760px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:24px;margin:0}h2{font-size:18px;margin:32px 0 8px}h3{font-size:15px;margin:16px 0 4px}
.hint{color:#667080;font-size:13px}section,li.finding{background:#fff;border:1px solid #e5e6eb;border-radius:8px}
section{padding:12px 16px;margin-top:12px}ol{padding:0;list-style:none;counter-reset:n}
li.finding{padding:12px 16px 12px 48px;margin:8px 0;position:relative;counter-increment:n}
li.finding:before{content:counter(n);position:absolute;left:16px;top:12px;font-weight:600;color:#b73a23}
.do{color:#b73a23}table{border-collapse:collapse;width:100%;font-size:13px}
td,th{border-top:1px solid #e5e6eb;padding:6px 8px;text-align:left}th{color:#667080;font-weight:400}
.scroll{overflow-x:auto}.short{white-space:nowrap}td:not(.short){min-width:8em}
"""
_SHORT = 10  # letters that stay in one line
_TABLES = {"ranking": 8, "reasons": 8, "blockers": 6, "agents": 10, "coaching": 10, "gaps": 8}


def html_of(report: Report) -> str:
    """The whole document."""
    parts = [
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>{escape(report.title)}</title><style>{_STYLE}</style><main>",
        f"<h1>{escape(report.title)}</h1><p class=hint>{report.first} 至 {report.last}</p>",
        f"<p>{escape(report.summary)}</p><h2>这段时间最要紧的 {len(report.findings)} 件事</h2><ol>",
    ]
    for finding in report.findings:
        parts.append(
            f"<li class=finding><strong>{escape(finding.text)}</strong><br>"
            f"<span class=do>要做：{escape(finding.action)}</span><br>"
            f"<span class=hint>负责：{escape(finding.owner)}　截止：{finding.due}</span></li>"
        )
    parts.append("</ol>" if report.findings else "</ol><p class=hint>没有需要处理的事。</p>")
    parts.append("<h2>走势</h2>")
    parts += [f"<section><h3>{escape(titled(chart))}</h3>{draw(chart)}</section>" for chart in report.charts]
    for page in report.pages:
        if page.empty:
            continue
        parts.append(f"<h2>{escape(page.title)}</h2><p>{escape(page.finding)}</p>")
        parts.append(f"<p class=hint>{note}</p>" if (note := notes_of(page)) else "")
        cards = "　".join(f"{escape(c.title)} <b>{escape(written(c.value, c.show))}</b>" for c in page.cards)
        parts.append(f"<section>{cards}</section>")
        parts += [_table(table, _TABLES[table.id]) for table in page.tables if table.id in _TABLES and table.rows]
    parts.append("<h2>怎么算的</h2><section><details><summary>每个数字的算法</summary>")
    seen: set[str] = set()
    for page in report.pages:
        for how in page.how:
            if how.name not in seen:
                seen.add(how.name)
                parts.append(f"<p class=hint><b>{escape(how.title)}</b>（{how.name}）{escape(how.text)}</p>")
    parts.append(f"</details></section><p class=hint>生成于 {escape(report.made_at)}</p></main></html>")
    return "".join(parts)


def _table(table: Table, most: int) -> str:
    columns = [c for c in table.columns if c.show not in ("trend", "talks")][:6]
    head = "".join(f"<th class=short>{escape(c.title)}</th>" for c in columns)
    rows = []
    for row in table.rows[:most]:
        cells = []
        for column in columns:
            value = row.get(column.key)
            text = written(value, column.show) if isinstance(value, int | float) else str(value or "–")
            cells.append(f"<td{' class=short' if len(text) <= _SHORT else ''}>{escape(text)}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    body = f"<table><tr>{head}</tr>{''.join(rows)}</table>"
    return f"<section><h3>{escape(table.title)}</h3><div class=scroll>{body}</div></section>"


def text_of(report: Report, link: str = "") -> str:
    """The report as the few lines that a chat group reads."""
    lines = [f"【{report.title}】{report.first} 至 {report.last}", report.summary, ""]
    for number, finding in enumerate(report.findings, 1):
        lines += [f"{number}. {finding.text}", f"   要做：{finding.action}（{finding.owner}，{finding.due} 前）"]
    return "\n".join([*lines, "", f"完整报告：{link}"] if link else lines)
