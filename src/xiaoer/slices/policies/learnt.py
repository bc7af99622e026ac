"""What policies have learnt (模型文件), loaded before the first buyer would wait for it."""

from xiaoer.slices.policies.sides.space import SPACES, space_of
from xiaoer.slices.policies.stops.net import stop_net


def load_learnt() -> None:
    """Load the spaces and the second net of red lines."""
    for name in SPACES:
        space_of(name)
    stop_net()
