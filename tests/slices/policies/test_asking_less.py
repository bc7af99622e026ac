"""A lower price is decided only for who asks for one: a question about an offer, or about something else, earns none."""

from datetime import UTC, datetime

import pytest

from xiaoer.kernel.heard import Entities, Segment
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, TextContent, Turn
from xiaoer.slices.policies.rules.bargaining import is_about_price

NOW = datetime(2026, 6, 18, 4, tzinfo=UTC)
ASKED = [
    ("便宜点", "promo.bargain", 1.0),
    ("用了券还能便宜吗", "promo.bargain", 0.9),
    ("老顾客了便宜点呗", "promo.bargain", 0.9),
    ("质量一般，便宜点我就拿", "product.quality", 0.9),
    ("满减之后再少10块", "promo.discount", 0.8),
    ("给我减20行不行", "promo.discount", 0.8),
    ("打8折吧", "promo.discount", 0.9),
    ("领券后180行不行", "promo.bargain", 0.9),
    ("送我双袜子吧", "promo.gift", 0.9),
]
NOT_ASKED = [
    ("新人是不是还能减10块", "promo.bundle", 0.6),
    ("首次下单立减多少", "promo.bargain", 0.8),
    ("满300减40这款算不算", "promo.discount", 0.9),
    ("两件9折对不对", "promo.bargain", 0.7),
    ("第二条半价吗", "promo.discount", 1.0),
    ("黑金会员95折用得上不", "promo.member", 0.7),
    ("用券减30以后多少", "promo.coupon", 0.8),
    ("活动是不是不优惠了", "promo.discount", 1.0),
    ("送我单位要几天", "ship.eta", 0.99),
    ("想送个同事 他穿多大", "product.size_advice", 0.8),
    ("瘦了减10斤还能穿不", "product.size_advice", 0.96),
    ("是不是因为便宜一点料子就薄", "product.quality", 1.0),
    ("内里少点绒行不行", "product.material", 0.9),
    ("59元可以包邮吗", "ship.fee", 1.0),
]


def asks(said: str, intent: str, sure: float) -> bool:
    message = BuyerMessage(MessageId("m"), TextContent(said), NOW)
    turn = Turn(ShopId("s"), ConversationId("c"), BuyerId("b"), "api", (message,), product_in_focus="P1")
    return is_about_price(Segment(said, intent, sure, Entities(), by="model"), turn)


@pytest.mark.parametrize(("said", "intent", "sure"), ASKED, ids=[one[0] for one in ASKED])
def test_who_asks_for_less_is_heard(said: str, intent: str, sure: float) -> None:
    assert asks(said, intent, sure)


@pytest.mark.parametrize(("said", "intent", "sure"), NOT_ASKED, ids=[one[0] for one in NOT_ASKED])
def test_other_questions_earn_no_lower_price(said: str, intent: str, sure: float) -> None:
    assert not asks(said, intent, sure)
