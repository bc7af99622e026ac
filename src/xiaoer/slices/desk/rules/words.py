"""What the buyer is told while a conversation changes hands (转接话术). Plain words, who and when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from xiaoer.kernel.clock import SHOP_ZONE

SKILL_LABEL = {
    "general": "客服",
    "pre_sale": "售前顾问",
    "after_sales": "售后顾问",
    "logistics": "物流专员",
    "complaints": "客诉专员",
    "vip": "专属客服",
}
_LONG_WAIT_MIN = 30
_QUOTED = 24  # characters of the buyer's words


def taken(skill: str, name: str) -> str:
    return f"{SKILL_LABEL.get(skill, '客服')}{name}来接待您了，前面聊的内容都能看到，您不用再说一遍。"


def taken_over(name: str) -> str:
    return f"{name}来接待您了，前面聊的内容都能看到。"


def joined(name: str) -> str:
    return f"{name}也来一起帮您看。"


def transferred(skill: str, name: str) -> str:
    return f"已转给{SKILL_LABEL.get(skill, '同事')}{name}，前面的情况都转过去了。"


def passed_on(name: str, reason: str) -> str:
    """The note that goes with a talk; it names the colleague, so that his workbench tells him."""
    to = f"转接给 @{name}" if name else "转接"
    return f"{to}：{reason}" if reason else to


def asked_in(name: str, reason: str) -> str:
    """The note of an invitation, which names the colleague too."""
    return f"邀请 @{name} 一起接待：{reason}" if reason else f"邀请 @{name} 一起接待"


def queued(position: int, minutes: int | None) -> str:
    """Place and honest wait; no minutes when nobody can say."""
    if minutes is None:
        return "同事暂时不在座位上。您先把情况写在这里；一会儿还没人接，我就记成工单，告诉您什么时候答复。"
    ahead = "您排在第一位" if position == 1 else f"您前面还有 {position - 1} 位"
    if minutes > _LONG_WAIT_MIN:
        return f"{ahead}，这会儿人比较多，可能要等半小时以上。您先把情况写在这里，不用一直守着。"
    return f"{ahead}，大约 {minutes} 分钟。您可以先把情况写下来，接入后直接处理。"


def left_as_ticket(
    ticket_no: str, opens_at: datetime | None, due_at: datetime | None, now: datetime, *, is_told: bool = False
) -> str:
    """Off hours: the ticket and its promise, and that the bot still answers; before that, unless he `is_told` already,
    that it is noted and when people are back."""
    promise = f"{day_and_time(due_at, now)}前给您回复" if due_at else "同事回来后第一时间给您回复"
    if is_told:
        noted = f"工单号 {ticket_no}，{promise}"
    else:
        back = f"同事{day_and_time(opens_at, now)}上班" if opens_at else "同事这会儿都不在"
        noted = f"{back}，您的问题我记好了（工单 {ticket_no}），{promise}"
    return f"{noted}。这期间查订单、看物流，直接问我就行。"


def meanwhile(asked: Sequence[str]) -> str:
    """Before the answer to what was asked, maybe in several messages, while nobody came."""
    short = [text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…" for text in dict.fromkeys(asked)]
    return f"您刚才问的{''.join(f'「{text}」' for text in short)}，我先答上："


def returned() -> str:
    return "已转回智能客服小二，有事接着问；需要人工随时说「转人工」。"


def closed() -> str:
    return "这次服务先到这里，后面有问题随时来找我们。"


def requeued() -> str:
    return "刚才的同事暂时走不开，正在为您换一位同事，请稍等。"


def day_and_time(at: datetime, now: datetime) -> str:
    """今天 18:00, 明天 9:00, 6月20日 9:00, in the shop's zone."""
    local, today = at.astimezone(SHOP_ZONE), now.astimezone(SHOP_ZONE).date()
    clock = f"{local.hour}:{local.minute:02d}"
    if local.date() == today:
        return f"今天 {clock}"
    if local.date() == today + timedelta(days=1):
        return f"明天 {clock}"
    return f"{local.month}月{local.day}日 {clock}"
