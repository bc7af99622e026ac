"""What the filters of every page offer (筛选项)."""

from msgspec import Struct

from xiaoer.flows.show_insights.view import View
from xiaoer.kernel.channels import CHANNELS

_MOST = 200


class Option(Struct, frozen=True):
    id: str
    name: str


class Options(Struct, frozen=True):
    """What the filters offer."""

    channels: tuple[Option, ...]
    products: tuple[Option, ...]
    agents: tuple[Option, ...]


def options_of(view: View) -> Options:
    """Channels, products and agents that have figures in the period."""
    channels = view.sums("flag", ("channel",), a="talks", limit=30)
    products = [row[0] for row in view.sums("ask.d", ("b",), limit=_MOST) if row[0]]
    agents = [row[0] for row in view.sums("score", ("b",), limit=_MOST) if row[0]]
    return Options(
        tuple(Option(c, CHANNELS.get(c, c or "未注明")) for c, _, _ in channels),
        tuple(Option(id_, view.product_title(id_)) for id_ in products),
        tuple(Option(id_, view.agent_name(id_)) for id_ in agents),
    )
