"""The demo shop's own pages: a small storefront whose item pages embed the chat widget with one script tag."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from msgspec import Struct

from xiaoer.app.demo.people import DEMO_BUYER
from xiaoer.kernel.commerce import Product, Variant

_STYLE = (Path(__file__).parent / "data" / "page.css").read_text(encoding="utf-8")
_NO_PICTURE = "/demo/images/default.svg"


class Member(Struct, frozen=True):
    """The sample buyer as whom the pages are looked at, and the signed token that says so to the chat."""

    buyer_id: str
    nick: str
    token: str


def _page(title: str, body: str, member: Member | None, **data: str) -> str:
    if member is None:
        who = f'<a href="?as={DEMO_BUYER}">以会员身份看看（有订单）</a>'
    else:
        who = f'<span class=tag>你现在是示例会员「{escape(member.nick)}」</span><a href="?">退出</a>'
        data |= {"visitor": member.token, "account": member.buyer_id}
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">'
        f"<style>{_STYLE}</style></head><body>"
        "<header><b>小满生活馆</b><span class=tag>示例店铺，数据都是虚构的</span>"
        f'<nav>{who}<a href="/demo{_as(member)}">商品</a>'
        '<a href="/console/">后台</a><a href="/workbench/">工作台</a></nav></header>'
        f"<main>{body}</main>{_script(**data)}</body></html>"
    )


def _as(member: Member | None) -> str:
    return f"?as={escape(member.buyer_id)}" if member else ""


def _script(**data: str) -> str:
    attributes = " ".join(f'data-{name.replace("_", "-")}="{escape(value)}"' for name, value in data.items())
    return f'<script src="/widget/widget.js" {attributes} async></script>'


def home(products: Sequence[Product], member: Member | None = None) -> str:
    """The storefront: every product, and the widget as a visitor from the home page sees it."""
    cards = "".join(
        f'<a class=card href="/item/{escape(p.id)}{_as(member)}">'
        f'<img src="{escape(p.image or _NO_PICTURE)}" alt="" loading=lazy>'
        f"<div><p>{escape(p.title)}</p><span class=tag>{escape(p.category)}</span></div></a>"
        for p in products
    )
    return _page("小满生活馆", f"<div class=grid>{cards}</div>", member, shop="default", entry="home")


def item(product: Product, variants: Sequence[Variant], member: Member | None = None) -> str:
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
    return _page(product.title, body, member, shop="default", entry="product", product_id=product.id)
