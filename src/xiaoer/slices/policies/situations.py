"""Whether words tell a situation for which goods are wanted (久坐腰疼, 屋里太干), by the pack's `situations.toml`.

Which goods fit is decided in `slices/selling`; here only that such words begin a wish.
"""

import tomllib
from functools import lru_cache
from pathlib import Path

from xiaoer.kernel.quick_pattern import QuickPattern

_PACKS = Path(__file__).resolve().parents[2] / "packs"


def tells_situation(text: str, pack: str = "ecommerce") -> bool:
    """Whether the words tell a situation for which there are goods (久坐腰疼)."""
    return _stands_in(text, pack, "situations")


def tells_preference(text: str, pack: str = "ecommerce") -> bool:
    """Whether the words tell a quality that goods may have (要轻, 有口袋)."""
    return _stands_in(text, pack, "preferences", "features")


def _stands_in(text: str, pack: str, name: str, key: str = "") -> bool:
    said = _said(pack, name, key or name)
    return said is not None and said.search(text) is not None


@lru_cache(maxsize=8)
def _said(pack: str, name: str, key: str) -> QuickPattern | None:
    path = _PACKS / pack / f"{name}.toml"
    if not path.exists():
        return None
    patterns = [row["said"] for row in tomllib.loads(path.read_text("utf-8"))[key]]
    flat = [one for said in patterns for one in ([said] if isinstance(said, str) else said)]
    return QuickPattern(*flat)
