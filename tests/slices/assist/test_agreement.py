"""Whether the bot would have said the same, and what follows; which words are a promise."""

from datetime import UTC, datetime

import pytest

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.slices.assist.rules.agreement import Proposal, Terms, agrees, propose
from xiaoer.slices.assist.rules.promises import find_promises

NOW = datetime(2026, 6, 18, 7, tzinfo=UTC)  # 15:00 in the shop's zone


@pytest.mark.parametrize(
    ("draft", "sent", "same"),
    [
        ("今天 18 点前发货。", "今天 18 点前发货。", True),
        ("今天 18 点前发货。", "您好，今天18点前就能发货哦~", True),
        ("今天 18 点前发货。", "今天 20 点前发货。", False),
        ("今天发货。", "明天发货。", False),
        ("这款可以机洗。", "这款不可以机洗。", False),
        ("退 20 元给您。", "退 20.00 元给您。", True),
        ("退 20 元给您。", "退 25 元给您。", False),
        ("签收次日起七天内可以退。", "签收第二天起 7 天内都可以退的", True),
        ("默认发中通快递。", "帮您看看库存", False),
        ("默认发中通快递。", "默认发中通快递，需要顺丰可以补差价", True),
        ("", "您好", False),
    ],
)
def test_the_same_facts_in_other_words_agree(draft: str, sent: str, same: bool) -> None:
    assert agrees(draft, sent) is same


@pytest.mark.parametrize(
    ("mode", "cases", "agreed", "expected"),
    [
        ("shadow", 29, 29, None),
        ("shadow", 30, 24, Proposal("assist", False)),
        ("shadow", 30, 23, None),
        ("assist", 49, 49, None),
        ("assist", 50, 45, Proposal("auto", False)),
        ("assist", 50, 44, None),
        ("assist", 20, 13, Proposal("shadow", True)),
        ("auto", 20, 13, Proposal("assist", True)),
        ("auto", 19, 0, None),
        ("auto", 100, 95, None),
        ("shadow", 100, 0, None),
        ("assist", 0, 0, None),
    ],
)
def test_evidence_moves_one_step_at_a_time(mode: str, cases: int, agreed: int, expected: Proposal | None) -> None:
    assert propose(mode, cases, agreed, Terms()) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("我帮您问仓库，明天上午回复", "06-19T12:00"),
        ("我这边马上联系快递，半小时内给您回复", "06-18T15:30"),
        ("稍后给您回复", "06-18T16:00"),
        ("我们3天内给您补发。", "06-21T15:00"),
        ("下午5点前给您结果", "06-18T17:00"),
        ("明早9点半联系您", "06-19T09:30"),
        ("今天下午五点前给您回电话", "06-18T17:00"),
        ("晚上十点半之前给您消息", "06-18T22:30"),
        ("周五之前给您寄出", "06-19T18:00"),
        ("下周一给您答复", "06-22T18:00"),
        ("财务25号前打款给您", "06-25T18:00"),
        ("最迟5号上午补寄给您", "07-05T12:00"),
    ],
)
def test_a_promise_has_the_time_that_was_named(text: str, due: str) -> None:
    (found,) = find_promises(text, NOW)
    assert found.due_at.astimezone(SHOP_ZONE).strftime("%m-%dT%H:%M") == due


def test_two_deeds_with_two_times_are_two_promises() -> None:
    found = find_promises("今天下午五点前给您回电话，明天把赠品补寄给您", NOW)
    assert [one.text for one in found] == ["今天下午五点前给您回电话", "明天把赠品补寄给您"]
    assert [one.due_at.astimezone(SHOP_ZONE).strftime("%dT%H") for one in found] == ["18T17", "19T18"]


@pytest.mark.parametrize(
    "text",
    [
        "您三点钟点货时看一下",
        "5号楼的快递我查一下",
        "好的",
        "预计明天送到",
        "一般3天内发货",
        "您看明天可以吗",
        "明天有活动",
        "",
        "1" * 500,
    ],
)
def test_what_is_no_promise(text: str) -> None:
    assert find_promises(text, NOW) == ()
