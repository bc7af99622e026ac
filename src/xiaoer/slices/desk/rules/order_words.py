"""What an agent tells the buyer after he did something with an order (办理结果的话): from the outcome, nothing else."""

from xiaoer.kernel.shop_facts import Outcome

_LABEL = {
    "cancel": "取消订单",
    "change_address": "改地址",
    "change_note": "改备注",
    "open_after_sale": "申请售后",
    "withdraw_after_sale": "撤销售后",
}


def said(kind: str, outcome: Outcome, order_id: str) -> str:
    """One or two sentences; an outcome that is no success says so and claims nothing."""
    tail = f"尾号 {order_id[-4:]} 的订单"
    money = f" {outcome.amount.spoken} 元" if outcome.amount and outcome.amount.fen else ""
    match (outcome.state, kind):
        case ("done", "cancel"):
            return f"{tail}已经取消了。" + (f"退款{money}按原路退回。" if money else "")
        case ("done", "change_address"):
            return f"{tail}的收货信息改好了，您可以在订单详情里核对一下。"
        case ("done", "change_note"):
            return f"{tail}的备注改好了。"
        case ("done", "open_after_sale"):
            no = f"，单号 {outcome.no}" if outcome.no else ""
            return f"{tail}的售后已经帮您提交{no}，审核结果我在这里告诉您。"
        case ("done", "withdraw_after_sale"):
            return f"{tail}的售后已经撤销了。"
        case ("already", _):
            return f"{tail}之前就处理过{_LABEL.get(kind, '这件事')}了，不用再办一次。"
        case ("too_late", _):
            return f"{tail}刚刚已经发货，现在没法{_LABEL.get(kind, '改')}了，我帮您看看别的办法。"
        case _:
            return f"{tail}现在办不了{_LABEL.get(kind, '这件事')}，我帮您登记，有结果马上告诉您。"
