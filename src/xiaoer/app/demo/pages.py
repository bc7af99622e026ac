"""The demo shop's own pages: a small storefront whose item pages embed the chat widget with one script tag."""

from collections.abc import Sequence
from html import escape

from xiaoer.kernel.commerce import Product, Variant

_STYLE = """
:root{--ink:#1d2129;--ink-2:#4e5969;--paper:#f7f8fa;--panel:#fff;--line:#e5e6eb;--brand:#c8432b;--brand-soft:#fdf1ee}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.6 system-ui,"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
a{color:inherit;text-decoration:none}header{background:var(--panel);border-bottom:1px solid var(--line);padding:14px 20px;
display:flex;gap:16px;align-items:center;flex-wrap:wrap}header b{font-size:18px;color:var(--brand)}
header nav{display:flex;gap:16px;margin-left:auto;color:var(--ink-2)}main{max-width:1120px;margin:0 auto;padding:20px}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:16px}
.card{background:var(--panel);border:1px solid var(--line);border-radius:8px;overflow:hidden;display:block}
.card img{width:100%;aspect-ratio:1;object-fit:cover;background:var(--brand-soft);display:block}
.card div{padding:10px 12px}.card p{margin:0;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}
.tag{color:var(--ink-2);font-size:13px}.item{display:grid;grid-template-columns:minmax(0,420px) 1fr;gap:28px}
.item img{width:100%;border-radius:8px;background:var(--brand-soft);display:block}h1{font-size:20px;line-height:1.4;margin:0 0 8px}
.price{color:var(--brand);font-size:26px;font-weight:600;font-variant-numeric:tabular-nums}
.spec{display:flex;flex-wrap:wrap;gap:8px;margin:12px 0}.spec span{border:1px solid var(--line);border-radius:4px;padding:3px 10px;background:var(--panel)}
.spec .out{color:#86909c;text-decoration:line-through}table{border-collapse:collapse;width:100%;background:var(--panel);border-radius:8px;overflow:hidden}
td{border-bottom:1px solid var(--line);padding:8px 12px;vertical-align:top}td:first-child{color:var(--ink-2);white-space:nowrap}
@media(max-width:720px){.item{grid-template-columns:1fr}main{padding:14px 14px 96px}.grid{grid-template-columns:1fr 1fr;gap:10px}}
"""


def _page(title: str, body: str, script: str) -> str:
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">'
        f"<style>{_STYLE}</style></head><body><header><b>小二示例店</b><span class=tag>一家用来试用的店，数据都是示例</span>"
        '<nav><a href="/demo">商品</a><a href="/console/">后台</a><a href="/workbench/">工作台</a></nav></header>'
        f"<main>{body}</main>{script}</body></html>"
    )


def _script(**data: str) -> str:
    attributes = " ".join(f'data-{name.replace("_", "-")}="{escape(value)}"' for name, value in data.items())
    return f'<script src="/widget/widget.js" {attributes} async></script>'


def home(products: Sequence[Product]) -> str:
    """The storefront: every product, and the widget as a visitor from the home page sees it."""
    cards = "".join(
        f'<a class=card href="/item/{escape(p.id)}"><img src="{escape(p.image or "/demo/images/default.svg")}" alt="" loading=lazy>'
        f"<div><p>{escape(p.title)}</p><span class=tag>{escape(p.category)}</span></div></a>"
        for p in products
    )
    return _page("小二示例店", f"<div class=grid>{cards}</div>", _script(shop="default", entry="home"))


def item(product: Product, variants: Sequence[Variant]) -> str:
    """One product's page with the widget in its corner."""
    prices = sorted(v.price for v in variants)
    price = f"¥{prices[0].spoken}" + (f" 起" if prices and prices[0] != prices[-1] else "") if prices else ""
    specs = "".join(
        f'<span class="{"" if v.stock > 0 else "out"}">{escape(" ".join(v.spec.values()) or "默认")}</span>'
        for v in variants
    )
    rows = "".join(f"<tr><td>{escape(k)}</td><td>{escape(v)}</td></tr>" for k, v in product.attributes.items())
    body = (
        f'<div class=item><div><img src="{escape(product.image or "/demo/images/default.svg")}" alt=""></div><div>'
        f"<h1>{escape(product.title)}</h1><div class=price>{price}</div><div class=spec>{specs}</div>"
        f"<table>{rows}</table></div></div>"
    )
    return _page(product.title, body, _script(shop="default", entry="product", product_id=product.id))
