"""How each channel settles. The mode belongs to the channel, never to a promotion."""

from collections.abc import Mapping

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.types import ChannelRules

# Taobao and Tmall since August 2020 and Douyin test every level on 单品优惠价; Douyin settles at 0.01 at least;
# JD tests on what is left (facts: promotions, section 1). The shop's own site is parallel by choice.
CHANNEL_RULES: Mapping[str, ChannelRules] = {
    "taobao": ChannelRules("parallel", freight_base="item_price"),
    "tmall": ChannelRules("parallel", freight_base="item_price"),
    "douyin": ChannelRules("parallel", floor=Money(1), freight_base="item_price"),
    "jd": ChannelRules("sequential"),
}
OWN_SITE = ChannelRules("parallel")


def rules_of(channel: str, shop_rules: Mapping[str, ChannelRules] | None = None) -> ChannelRules:
    """The channel's rules: as the shop set them, else the platform's custom, else the own site's."""
    if shop_rules and channel in shop_rules:
        return shop_rules[channel]
    return CHANNEL_RULES.get(channel, OWN_SITE)
