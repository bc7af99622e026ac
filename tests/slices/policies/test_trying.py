"""Asking again for the same matter in whatever words, and what only looks like it."""

from datetime import UTC, datetime

import pytest

from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.turn import BuyerMessage, PastMessage, TextContent, Turn
from xiaoer.slices.policies import api as policies
from xiaoer.slices.policies.rules import trying
from xiaoer.slices.policies.types import Situation
from xiaoer.slices.understanding.api import Understanding

NOW = datetime(2026, 6, 18, 7, tzinfo=UTC)
HEARS = Understanding.shipped()


def times_of(*said: str, products: tuple[str, ...] = ()) -> int:
    """How often the matter of the last message was tried for; each message is answered before the next."""
    memory, history, most = Memory(), (), 0
    for number, text in enumerate(said):
        message = BuyerMessage(MessageId(f"m{number}"), TextContent(text), NOW)
        turn = Turn(
            ShopId("s"), ConversationId("c"), BuyerId("b"), "web", (message,), history, memory=memory,
            product_in_focus=products[number] if products else "P1",
        )  # fmt: skip
        heard = policies.look_again(HEARS.understand(turn), turn)
        found = trying.tried(Situation(turn, heard, NOW), ())
        memory = Memory(tried=found)
        intents = tuple(segment.intent for segment in heard.segments)
        history += (PastMessage("buyer", text, NOW, intents), PastMessage("bot", "好的，我看看。", NOW, intents))
        most = max((one.times for one in found), default=0)
    return most


@pytest.mark.parametrize(
    "said",
    [
        "什么时候发货|哪天能寄出来|到底几号发出",
        "我的快递到哪了|物流现在到哪儿了|包裹走到哪里了呀",
        "怎么还没到账|退款啥时候能退回来|钱到底几时退给我",
        "发票怎么开|开发票在哪里弄|我要的是怎么开票",
        "用什么快递|发哪家物流|走的哪个快递公司",
        "怎么退货|退货流程是啥|我该咋把货退回去",
        "退货地址在哪|我寄回到哪里去|退回的地址给我",
        "快递一直不动|物流停了好几天没更新|包裹卡那儿不走了",
        "催一下发货|赶紧给我发货啊|能不能快点发出来",
        "我的订单什么状态|订单现在怎样了|我那单到什么程度了",
        "几天能到|多久能送到|要几天才收得到",
        "从哪里发货|发货地是哪|你们从哪个城市寄出",
        "什么时候发货|？？？|哪天发货|在吗|到底什么时候发",
        "这个多重|不是这个，我问重量|你没听懂，我要知道它多沉",
        "锅底涂层掉了怎么办|涂层掉了你们怎么处理|掉涂层了给个说法",
    ],
)
def test_the_same_matter_in_other_words_is_another_try(said: str) -> None:
    assert times_of(*said.split("|")) == 3


@pytest.mark.parametrize(
    "said",
    [
        "什么时候发货|用什么快递|几天能到",
        "L码有货吗|那M呢|XL有没有",
        "这件170能穿吗|那175呢|180的呢",
        "白色有吗|黑色呢|灰色有货吗",
        "什么时候发货|谢谢|什么时候发货呀|好的|那大概什么时候发",
        "是纯棉的吗|会起球吗|能机洗吗",
        "寄上海运费多少|寄西藏呢|海南运费呢",
        "寄北京几天|寄广州呢|新疆几天到",
        "帮我推荐一件外套|还有别的吗|再来几个",
        "能便宜点吗|再便宜点|最低多少",
        "在吗|你好|在不在",
        "保温杯的盖子能拆吗|保温杯的盖子能单买吗|保温杯的盖子防漏吗",
        "防晒衣多少钱|防晒衣有货吗|防晒衣什么材质",
        "男款有货吗|女款有货吗|童款有货吗",
    ],
)
def test_what_goes_on_or_was_accepted_is_no_other_try(said: str) -> None:
    assert times_of(*said.split("|")) <= 1


def test_the_same_question_on_other_pages_is_a_new_matter() -> None:
    assert times_of("什么时候发货", "什么时候发货", "什么时候发货", products=("P1", "P2", "P3")) == 1


def test_a_no_between_two_asks_counts_too() -> None:
    turn = Turn(ShopId("s"), ConversationId("c"), BuyerId("b"), "web", ())
    heard = HEARS.understand(turn)
    again = (trying.Tried("ship.when", times=2),)
    assert not trying.is_enough(again, Situation(turn, heard, NOW))
    assert trying.is_enough(again, Situation(turn, heard, NOW, unsatisfied=1))
