"""The readable form of a stored trace: why this answer (`xiaoer explain MESSAGE_ID`)."""

from typing import Any

from msgspec.structs import replace

from xiaoer.slices.conversations.types import StoredTurn
from xiaoer.slices.privacy import api as privacy
from xiaoer.slices.privacy.rules import masks


def masked(turn: StoredTurn) -> StoredTurn:
    """The turn as people may see it outside the talk: phones, addresses and names of receivers are hidden."""
    return replace(turn, trace=_hide(turn.trace), response=privacy.mask_text(turn.response))


def _hide(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return privacy.mask_text(masks.mask_named(name, value))
    if isinstance(value, dict):
        return {key: _hide(one, key) for key, one in value.items()}
    return [_hide(one, name) for one in value] if isinstance(value, list | tuple) else value


def explain(turn: StoredTurn) -> str:
    """Render a trace for people: what was heard, what was looked up, what was decided, what it rests on."""
    trace = turn.trace
    heard: dict[str, Any] = trace.get("heard", {})
    lines = [f"轮次 {turn.id}，用时 {turn.elapsed_us / 1000:.2f} 毫秒", "", "听懂了什么"]
    for index, segment in enumerate(heard.get("segments", [])):
        entities = "，".join(f"{key}={value}" for key, value in segment.get("entities", {}).items())
        lines.append(
            f"  {index + 1}. 「{segment['text']}」→ {segment['intent']}"
            f"（把握 {segment['confidence']:.2f}，{segment.get('by', 'model')}）{entities}"
        )
    feeling = heard.get("sentiment", {})
    lines.append(f"  情绪 {feeling.get('label')}（{feeling.get('score', 0):.2f}），紧急程度 {heard.get('urgency')}")
    if trace.get("red_lines"):
        lines += ["", "红线"] + [
            f"  {hit['rule_id']}（{hit['reason']}）{hit.get('matched', '')}" for hit in trace["red_lines"]
        ]
    if trace.get("needs"):
        lines += ["", "查了什么"] + [
            f"  第 {segment + 1} 问：{kind} {key}".rstrip() for kind, segment, key in trace["needs"]
        ]
    for index, hits in trace.get("knowledge", {}).items():
        lines += [f"  知识候选（第 {int(index) + 1} 问）"] + [
            f"    {score:.2f} {id_} {question}" for id_, question, score in hits
        ]
    for kind, key in trace.get("missing") or ():
        lines.append(f"  没查到：{kind} {key}")
    lines += ["", "怎么决定"]
    for type_, segment, template, rule_id in trace.get("acts", []):
        lines.append(f"  第 {segment + 1} 问：{type_}，措辞 {template}{f'，规则 {rule_id}' if rule_id else ''}")
    if trace.get("handoff"):
        lines.append(f"  转人工：{trace['handoff']['reason']}（{trace['handoff']['rule_id']}）")
    if trace.get("sources"):
        lines += ["", "依据"]
        lines += [f"  {s['kind']} {s['id']} {s.get('title', '')}（{s.get('score', 1):.2f}）" for s in trace["sources"]]
    return "\n".join(lines)
