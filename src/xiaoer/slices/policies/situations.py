"""Whether words tell a situation for which goods are wanted (久坐腰疼, 屋里太干), by the pack's `situations.toml`.

Which goods fit is decided in `slices/selling`; here only that such words begin a wish.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

_PACKS = Path(__file__).resolve().parents[2] / "packs"


def tells_situation(text: str, pack: str = "ecommerce") -> bool:
    """Whether one of the patterns stands in the text."""
    said = _said(pack)
    return said is not None and said.search(text) is not None


@lru_cache(maxsize=4)
def _said(pack: str) -> re.Pattern[str] | None:
    path = _PACKS / pack / "situations.toml"
    if not path.exists():
        return None
    rows = tomllib.loads(path.read_text("utf-8"))["situations"]
    return re.compile("|".join(f"(?:{pattern})" for row in rows for pattern in row["said"]))
