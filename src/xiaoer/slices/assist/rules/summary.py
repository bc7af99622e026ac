"""前情提要: at most six lines that let an agent begin in the middle, made from the trace without a model."""

from xiaoer.slices.assist.types import Story

_MOST = 6
_LONGEST = 60
_REASON = {
    "requested": "买家要求人工",
    "sensitive": "触及敏感问题，请先安抚、勿承诺",
    "unsatisfied": "机器人多次没答到点上",
    "negative_sentiment": "买家情绪激动",
    "complex_after_sale": "售后情况复杂",
    "low_confidence": "机器人拿不准",
    "bargain_exhausted": "议价到底，买家还想再低",
    "image": "买家发了图片，需要人看",
    "error": "机器人出错，请直接接手",
    "taken": "坐席主动接管",
    "assist": "辅助模式，由人发送",
    "shadow": "影子模式，由人接待",
}
_PROMISES = ("ticket",)


def summarise(story: Story, intent_label: dict[str, str]) -> tuple[str, ...]:
    """What the buyer wants, why a person is asked, what was said, what it is about, the feeling, what is promised."""
    lines = [_wants(story, intent_label)]
    if story.reason:
        lines.append(f"转接原因：{_REASON.get(story.reason, story.reason)}")
    newest = _newest(story)
    lines += [line for line in (newest, _said(story)) if line]
    about = [*story.orders, *([f"商品「{story.product}」"] if story.product else [])]
    if about:
        lines.append(_cut("涉及：" + "；".join(about)))
    if story.tickets:
        lines.append(_cut("已答应：" + "；".join(story.tickets)))
    feeling = _feeling(story)
    if feeling:
        lines.append(feeling)
    if len(lines) > _MOST and newest:  # the talk itself stands beside it; the rest does not
        lines.remove(newest)
    return tuple(lines[:_MOST])


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _wants(story: Story, intent_label: dict[str, str]) -> str:
    topics = [
        intent_label.get(i, "") for i in dict.fromkeys(story.intents) if not i.startswith(("chat.", "service.human"))
    ]
    named = "、".join([t for t in topics if t][-3:])
    asked = _asked(story)
    words = f"「{asked[0]}」" if asked else ""
    if named or words:
        return _cut(f"诉求：{named}{'，' if named and words else ''}{words}")
    return "诉求：还没说明，只要求人工"


def _asked(story: Story) -> list[str]:
    return [line.text for line in story.lines if line.author == "buyer" and _is_telling(line.text)]


def _newest(story: Story) -> str:
    """What the buyer says now, when it is something else than what he came with."""
    asked = _asked(story)
    return _cut(f"现在说：「{asked[-1]}」") if len(asked) > 1 and asked[-1] != asked[0] else ""


def _is_telling(text: str) -> bool:
    """Whether a message says what it is about; a bare wish for a person or a picture does not."""
    bare = text.strip("。！!？? ，,~～")
    return (len(bare) > 2 and not any(word in bare for word in ("人工", "客服", "[图片]"))) or len(bare) > 12


def _said(story: Story) -> str:
    answers = [line for line in story.lines if line.author in ("bot", "agent") and line.text]
    real = [line for line in answers if "handoff" not in line.acts]
    if not real:
        return ""
    last = real[-1].text.replace("\n", " ")
    return _cut(f"已答 {len(real)} 次，最近：{last}")


def _feeling(story: Story) -> str:
    if story.anger >= 0.6:
        return "情绪：生气，先道歉再处理"
    if story.score <= -0.3:
        return "情绪：不满"
    return "情绪：着急" if story.urgency == "high" else ""
