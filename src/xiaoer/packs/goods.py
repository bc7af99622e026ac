"""The kinds of goods that a pack knows (品类词表), read once a process."""

from functools import lru_cache
from importlib import resources

from xiaoer.kernel.thesaurus import Thesaurus

_FILE = "goods.txt"


@lru_cache(maxsize=4)
def thesaurus_of(pack: str = "ecommerce") -> Thesaurus:
    """The thesaurus that comes with a pack."""
    return Thesaurus((resources.files("xiaoer.packs") / pack / _FILE).read_text("utf-8").splitlines())
