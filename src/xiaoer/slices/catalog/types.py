"""What the catalogue gives besides products and variants themselves."""

from msgspec import Struct

from xiaoer.kernel.commerce import Product


class FoundProduct(Struct, frozen=True):
    """A product that a buyer's words may mean; `score` 0..1, 1 when the words stand in the title."""

    product: Product
    score: float
