"""Assistance for agents (坐席辅助): what may not be sent, what was promised, how often the bot would have agreed."""

from collections.abc import Collection, Sequence

from xiaoer.kernel.errors import XiaoerError
from xiaoer.slices.assist import store
from xiaoer.slices.assist.rules import agreement as agreement_rules
from xiaoer.slices.assist.rules import compliance, promises
from xiaoer.slices.assist.types import Finding


class ComplianceRefused(XiaoerError):
    """The text crosses a rule that only an explicit confirmation may cross."""

    code = "compliance"
    status = 422


def refuse_blocked(findings: Sequence[Finding], *, confirmed: bool, never: Collection[str] = ()) -> None:
    """Refuse a text that crosses a blocking rule, unless the agent confirmed that he means it.

    What crosses a rule in `never` is refused whatever he confirms.

    Raises:
        ComplianceRefused: it names the words and what to do instead.
    """
    blocked = compliance.blocking(findings)
    if blocked and (not confirmed or any(finding.rule_id in never for finding in blocked)):
        raise ComplianceRefused("；".join(f"「{finding.matched}」{finding.advice}" for finding in blocked[:3]))


check_text = compliance.check_text
agreement = store.agreement
agrees = agreement_rules.agrees
begin_anew = store.begin_anew
count = store.count
day_of = store.day_of
find_promises = promises.find_promises
owed_s = promises.owed_s
finish_promise = store.finish_promise
keep_promises = store.keep_promises
open_promises = store.open_promises
overdue_promises = store.overdue_promises
