"""Static pages: the widget's files, console and workbench, uploads, and the demo's product page."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from xiaoer.app.demo import pages as demo
from xiaoer.app.demo.people import is_sample_buyer
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.infra.settings import Settings
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId

_ROOT = Path(__file__).resolve().parents[2]
_WEB = _ROOT / "web_dist"
_IMAGES = _ROOT / "app" / "demo" / "data" / "images"
_SAFE = {"Content-Security-Policy": "default-src 'none'; img-src 'self'", "X-Content-Type-Options": "nosniff"}

_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}  # a page may hold a visitor's token


def mount(app: FastAPI, settings: Settings) -> None:
    """Add the page routes; pages that are not built answer with a clear 404."""
    for name in ("console", "workbench"):
        if (_WEB / name).is_dir():
            app.mount(f"/{name}/assets", StaticFiles(directory=_WEB / name / "assets", check_dir=False))
        app.add_api_route(f"/{name}", _to_folder(name), include_in_schema=False)
        app.add_api_route(f"/{name}/{{path:path}}", _single_page(name), include_in_schema=False)
    if (_WEB / "widget").is_dir():
        app.mount("/widget", StaticFiles(directory=_WEB / "widget"))
    app.add_api_route("/chat", _chat, include_in_schema=False)
    app.add_api_route("/uploads/{shop}/{name}", _upload, include_in_schema=False)
    app.add_api_route("/", _home, include_in_schema=False)
    if settings.demo:
        app.mount("/demo/images", StaticFiles(directory=_IMAGES, check_dir=False))
        app.add_api_route("/demo", _demo_home, include_in_schema=False)
        app.add_api_route("/item/{product_id}", _demo_item, include_in_schema=False)


def _to_folder(name: str) -> Callable[[], Awaitable[Response]]:
    async def redirect() -> Response:
        return RedirectResponse(f"/{name}/")

    return redirect


def _single_page(name: str) -> Callable[[str], Awaitable[Response]]:
    async def page(path: str) -> Response:
        folder = _WEB / name
        wanted = (folder / path).resolve()
        if path and wanted.is_file() and wanted.is_relative_to(folder.resolve()):
            return FileResponse(wanted)
        if not (folder / "index.html").is_file():
            raise NotFound("Page", name, "The web pages are not built. Run `make web`.")
        return FileResponse(folder / "index.html", headers={"Cache-Control": "no-cache"})

    return page


async def _chat() -> Response:
    if not (_WEB / "widget" / "chat.html").is_file():
        raise NotFound("Page", "chat", "The web pages are not built. Run `make web`.")
    return FileResponse(_WEB / "widget" / "chat.html", headers={"Cache-Control": "no-cache"})


async def _upload(request: Request, shop: str, name: str) -> Response:
    folder = (wiring(request).settings.uploads / shop).resolve()
    wanted = (folder / name).resolve()
    if not wanted.is_relative_to(wiring(request).settings.uploads.resolve()) or not wanted.is_file():
        raise NotFound("Picture", name)
    return FileResponse(wanted, headers=_SAFE)


async def _home(request: Request) -> Response:
    return RedirectResponse("/demo" if wiring(request).settings.demo else "/console/")


async def _demo_home(request: Request) -> Response:
    products, _ = await wiring(request).catalog.page(DEFAULT_SHOP, "", 0, 100)
    return HTMLResponse(demo.home(products, await _member(request)), headers=_PRIVATE)


async def _member(request: Request) -> demo.Member | None:
    """The sample buyer that `?as=` names: the demo's pages sign him in, as a shop's own log-in would."""
    buyer_id = request.query_params.get("as", "")
    if not is_sample_buyer(buyer_id):
        return None
    buyer = await wiring(request).buyers.buyer(DEFAULT_SHOP, buyer_id)
    if buyer is None:
        return None
    token = wiring(request).shops.visitor_token(DEFAULT_SHOP, BuyerId(buyer_id), verified=True)
    return demo.Member(buyer_id, buyer.nick, token)


async def _demo_item(request: Request, product_id: str) -> Response:
    catalog = wiring(request).catalog
    product = await catalog.product(DEFAULT_SHOP, product_id)
    if product is None:
        raise NotFound("Product", product_id)
    variants = await catalog.variants(DEFAULT_SHOP, product_id)
    return HTMLResponse(demo.item(product, variants, await _member(request)), headers=_PRIVATE)
