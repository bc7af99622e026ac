"""What stands behind an answer (出处): a product, an order. Pure."""

from xiaoer.kernel.commerce import Order, Product
from xiaoer.kernel.decision import Source


def product_source(product: Product) -> Source:
    return Source("product", product.id, product.title)


def order_source(order: Order) -> Source:
    return Source("order", order.id, order.items[0].title if order.items else "")
