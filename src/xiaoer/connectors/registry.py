"""All connectors by name: what the console offers, what wiring builds from."""

from collections.abc import Mapping
from typing import Any

from xiaoer.connectors.erp.jushuitan.connector import SPEC as JUSHUITAN
from xiaoer.connectors.erp.tryton.connector import SPEC as TRYTON
from xiaoer.connectors.erp.wangdian.connector import SPEC as WANGDIAN
from xiaoer.connectors.logistics.kdniao.connector import SPEC as KDNIAO
from xiaoer.connectors.logistics.kuaidi100.connector import SPEC as KUAIDI100
from xiaoer.connectors.push import Push, Pushed
from xiaoer.connectors.shops.douyin.connector import SPEC as DOUYIN
from xiaoer.connectors.shops.generic.connector import SPEC as GENERIC
from xiaoer.connectors.shops.jd.connector import SPEC as JD
from xiaoer.connectors.shops.oscar.connector import SPEC as OSCAR
from xiaoer.connectors.shops.pinduoduo.connector import SPEC as PINDUODUO
from xiaoer.connectors.shops.shopify.connector import SPEC as SHOPIFY
from xiaoer.connectors.shops.taobao.connector import SPEC as TAOBAO
from xiaoer.connectors.shops.vendure.connector import SPEC as VENDURE
from xiaoer.connectors.shops.weixin_shop.connector import SPEC as WEIXIN_SHOP
from xiaoer.connectors.shops.youzan.connector import SPEC as YOUZAN
from xiaoer.connectors.spec import Around, ConnectorSpec
from xiaoer.kernel.errors import NotFound

CONNECTORS: Mapping[str, ConnectorSpec] = {
    spec.name: spec
    for spec in (
        GENERIC,
        TAOBAO,
        JD,
        PINDUODUO,
        DOUYIN,
        WEIXIN_SHOP,
        YOUZAN,
        SHOPIFY,
        VENDURE,
        OSCAR,
        JUSHUITAN,
        WANGDIAN,
        TRYTON,
        KUAIDI100,
        KDNIAO,
    )
}


def connector_spec(name: str) -> ConnectorSpec:
    """Return the connector of this name.

    Raises:
        NotFound: there is none.
    """
    try:
        return CONNECTORS[name]
    except KeyError:
        raise NotFound("Connector", name, f"Known are: {', '.join(CONNECTORS)}.") from None


def build(name: str, settings: Mapping[str, str], around: Around) -> Any:
    """Build a connector; it implements the ports that its spec names.

    Raises:
        NotFound: no such connector.
        InvalidBody: a needed setting is missing.
    """
    spec = connector_spec(name)
    return spec.build(spec.complete(settings), around)


def read_push(name: str, settings: Mapping[str, str], push: Push) -> Pushed:
    """Check and read a platform's push.

    Raises:
        NotFound: no such connector, or it takes no pushes.
        Unauthorised: forged.
        InvalidBody: cannot be read.
    """
    spec = connector_spec(name)
    if spec.read_push is None:
        raise NotFound("Push address", name, "This connector takes no pushes.")
    return spec.read_push(spec.complete(settings), push)


def answer_check(name: str, settings: Mapping[str, str], query: Mapping[str, str]) -> str:
    """What a platform wants to read back when a push address is typed in there (URL 验证).

    Raises:
        NotFound: no such connector, or its platform does not ask. Unauthorised: forged.
    """
    spec = connector_spec(name)
    if spec.answer_check is None:
        raise NotFound("Address check", name, "This platform sends none; pushes come by POST.")
    return spec.answer_check(spec.complete(settings), query)
