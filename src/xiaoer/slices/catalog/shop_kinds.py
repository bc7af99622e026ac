"""Which kinds of goods one shop sells (店里有什么品类), by the thesaurus of the pack."""

from collections.abc import Sequence

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.thesaurus import Named
from xiaoer.packs.goods import thesaurus_of

_ALIKE = 2  # kinds that goods share which are alike: 裤子 and 衣服


class ShopKinds:
    """Which kinds one shop sells; built once per catalogue revision. `whole`: all its goods are among `products`."""

    def __init__(self, products: Sequence[Product], whole: bool) -> None:
        self._thesaurus = thesaurus_of()
        self._whole = whole
        self._kinds = {product.id: self._thesaurus.kinds_of(product) for product in products}
        self._texts = {product.id: " ".join((product.title, product.category, *product.tags)) for product in products}

    def of_asked(self, text: str) -> frozenset[str] | None:
        """The goods of the kinds that are asked for; None when no kind is."""
        asked = self._thesaurus.asked_for(text)
        return frozenset(one for named in asked for one in self._goods(named)) if asked else None

    def alike(self, product_id: str) -> list[str]:
        """The goods of the same kind, and of the next wider kinds with it, those first that share most."""
        own = self._kinds.get(product_id, frozenset())
        shared = {one: len(own & kinds) for one, kinds in self._kinds.items() if one != product_id}
        return sorted(
            (one for one, count in shared.items() if count >= min(_ALIKE, len(own)) > 0),
            key=lambda one: (-shared[one], one),
        )

    def unsold(self, text: str) -> str:
        """What is asked for, as it was said, where the shop has nothing of the kind; else empty."""
        asked = self._thesaurus.asked_for(text) if self._whole else []
        named = [one for one in self._thesaurus.named_in(text) if not one.kind.bears] if asked else []
        return "" if any(map(self._goods, (*asked, *named))) else "、".join(dict.fromkeys(one.said for one in asked))

    def _goods(self, named: Named) -> frozenset[str]:
        by_kind = {one for one, kinds in self._kinds.items() if named.kind.name in kinds}
        said = {one for one, text in self._texts.items() if len(named.said) > 1 and named.said in text}
        return frozenset(by_kind or (set() if named.kind.bears else said))
