"""The demo shop's own pages: a small storefront whose item pages embed the chat widget with one script tag."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from xiaoer.kernel.commerce import Product, Variant

_STYLE = (Path(__file__).parent / "data" / "page.css").read_text(encoding="utf-8")
_NO_PICTURE = "/demo/images/default.svg"


def _page(title: str, body: str, script: str) -> str:
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">'
        f"<style>{_STYLE}</style></head><body>"
        "<header><b>小满生活馆</b><span class=tag>示例店铺，数据都是虚构的</span>"
        '<nav><a href="/demo">商品</a><a href="/console/">后台</a><a href="/workbench/">工作台</a></nav></header>'
        f"<main>{body}</main>{script}</body></html>"
    )


def _script(**data: str) -> str:
    attributes = " ".join(f'data-{name.replace("_", "-")}="{escape(value)}"' for name, value in data.items())
    return f'<script src="/widget/widget.js" {attributes} async></script>'


def home(products: Sequence[Product]) -> str:
    """The storefront: every product, and the widget as a visitor from the home page sees it."""
    cards = "".join(
        f'<a class=card href="/item/{escape(p.id)}"><img src="{escape(p.image or _NO_PICTURE)}" alt="" loading=lazy>'
        f"<div><p>{escape(p.title)}</p><span class=tag>{escape(p.category)}</span></div></a>"
        for p in products
    )
    return _page("小满生活馆", f"<div class=grid>{cards}</div>", _script(shop="default", entry="home"))


def item(product: Product, variants: Sequence[Variant]) -> str:
    """One product's page with the widget in its corner."""
    prices = sorted(v.price for v in variants)
    price = f"¥{prices[0].spoken}" + (" 起" if prices and prices[0] != prices[-1] else "") if prices else ""
    specs = "".join(
        f'<span class="{"" if v.stock > 0 else "out"}">{escape(" ".join(v.spec.values()) or "默认")}</span>'
        for v in variants
    )
    rows = "".join(f"<tr><td>{escape(k)}</td><td>{escape(v)}</td></tr>" for k, v in product.attributes.items())
    body = (
        f'<div class=item><div><img src="{escape(product.image or _NO_PICTURE)}" alt=""></div><div>'
        f"<h1>{escape(product.title)}</h1><div class=price>{price}</div><div class=spec>{specs}</div>"
        f"<table>{rows}</table></div></div>"
    )
    return _page(product.title, body, _script(shop="default", entry="product", product_id=product.id))
