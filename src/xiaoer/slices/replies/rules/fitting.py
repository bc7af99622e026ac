"""Advice about size in words (选码的话): measures beyond a chart, several people, what is said beside a size."""

from typing import Any

from xiaoer.slices.replies.rules import wording


def say_beyond(beyond: tuple[str, float, float, bool]) -> str:
    """「体重100kg 超过表里最大的 92kg」."""
    measure, value, bound, above = beyond
    side = "超过表里最大的" if above else "比表里最小的还小，表里从"
    end = "" if above else "起"
    return f"{wording.say_body({measure: value})} {side} {wording.say_amount(measure, bound)}{end}"


def say_person(person: dict[str, Any]) -> str:
    """「男朋友（身高180cm、体重75kg）拍 XL」."""
    who = {"我": "您", "": "您报的"}.get(person["wearer"], person["wearer"])
    if person["beyond"]:
        return f"{who}{say_beyond(person['beyond'])}，不建议拍这款"
    if not person["size"]:
        return f"{who}的身高体重再报下，我也对一下"
    told = f"{who}（{wording.say_body(person['because'])}）"
    if person["between"]:
        return (
            f"{told}{person['size']} 和 {person['between']} 都能穿，合身选 {person['size']}，宽松选 {person['between']}"
        )
    return f"{told}拍 {person['size']}"


def say_fit(slots: dict[str, Any]) -> dict[str, str]:
    """What is said beside a size: its length, its stock, a length beyond the chart, what would tell it more surely."""
    names = wording.say_measures(slots["missing"])
    beyond = f"不过{say_beyond(slots['beyond'])}，长度会偏短，介意的话再想想。" if slots["beyond"] else ""
    wider = f"{slots['told']}想松快点也可以拍 {slots['wider']}。" if slots["told"] and slots["wider"] else ""
    more = [wider, f"{'；'.join(slots['length'])}。" if slots["length"] else "", slots["stock"], beyond]
    more.append(f"方便的话再报下{names}，能看得更准。" if names else "")
    each = (f"{wording.say_body({m: slots['because'][m]})} 对 {size}" for m, size in slots["by_measure"])
    words = {"more": "".join(more), "reason": f"{slots['why']}，" if slots["why"] else ""}
    return words | ({"each": "，".join(each)} if slots["by_measure"] else {})


def say_upto(bounds: list[list[Any]]) -> str:
    """「（身高到187cm、体重到92kg）」."""
    told = "、".join(f"{wording.say_measures([m])}到{wording.say_amount(m, bound)}" for m, bound in bounds)
    return f"（{told}）" if told else ""
