"""What can be imported (导入的种类): one table of columns per kind.

A column is found by its English name, its Chinese label or an alias that exports of Chinese platforms use;
spaces, case, underscores, `*` and a harmless note such as （元） do not matter. A note that changes the
meaning, such as （分）, makes it another column.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct

from xiaoer.flows.import_data import cells, finish, json_cells
from xiaoer.flows.import_data.cells import Parser
from xiaoer.flows.import_data.rows import DialogueRow, KnowledgeRow, PromotionRow
from xiaoer.kernel.commerce import Buyer, Order, Product, Refund, Variant
from xiaoer.slices.orders.types import OrderLine, Parcel

_NOTE = re.compile(r"[（(](元|￥|¥|必填|选填|可选|rmb|cny|json)[)）]", re.IGNORECASE)
_FILLER = re.compile(r"[\s_\-*:：\ufeff]+")


class Column(Struct, frozen=True):
    """One column. `private` values (names, phones, addresses) are never repeated in messages.

    `parse_at` reads the cell instead where its meaning depends on when it is read (今晚8点).
    """

    field: str
    label: str
    parse: Parser
    aliases: tuple[str, ...] = ()
    required: bool = False
    private: bool = False
    parse_at: Callable[[Any, datetime], Any] | None = None


class Reference(Struct, frozen=True):
    """A column that names a row of another kind; an unknown one refuses the row, or only warns."""

    field: str
    kind: str
    refuses: bool = True


class Kind(Struct, frozen=True):
    """One kind of file. `finish` gets the values of a row and returns all that `row` needs beyond its defaults.

    `derived` names fields that `finish` fills when the file does not have them. With `shared_ids`, rows of
    one id belong together and get numbered ids; elsewhere the second of two equal ids is refused.
    `whole` keeps the row's cells as they are in the one field of that name.
    """

    name: str
    label: str
    aliases: tuple[str, ...]
    row: type[Struct]
    columns: tuple[Column, ...]
    finish: Callable[[dict[str, Any]], dict[str, Any]] = dict
    derived: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    shared_ids: bool = False
    whole: str = ""


def header_key(header: str) -> str:
    """The form in which headers are compared."""
    return _FILLER.sub("", _NOTE.sub("", header)).lower()


_title, _short, _long = cells.text(500), cells.text(100), cells.text(5000)
_id, _url, _tags = cells.ident(), cells.text(2000), cells.texts(100)
_phone = cells.ident(64)

BUYERS = Kind(
    "buyers",
    "买家",
    ("买家", "客户", "会员", "顾客"),
    Buyer,
    (
        Column("id", "买家ID", _id, ("买家编号", "会员ID", "买家账号"), required=True),
        Column("nick", "昵称", cells.text(200), ("买家昵称", "会员名", "旺旺"), private=True),
        Column("level", "等级", _short, ("会员等级",)),
        Column("tags", "标签", _tags, ("买家标签",)),
        Column("phone", "电话", _phone, ("手机", "手机号", "联系电话"), private=True),
        Column("created_at", "注册时间", cells.instant, ("创建时间", "加入时间")),
    ),
)
PRODUCTS = Kind(
    "products",
    "商品",
    ("商品", "产品", "宝贝"),
    Product,
    (
        Column("id", "商品ID", _id, ("商品编号", "宝贝ID", "product_id"), required=True),
        Column("title", "标题", _title, ("商品标题", "商品名称", "名称", "宝贝标题"), required=True),
        Column("category", "类目", cells.text(200), ("分类", "商品类目")),
        Column("url", "链接", _url, ("商品链接", "网址")),
        Column("image", "图片", _url, ("主图", "商品图片")),
        Column("attributes", "属性", cells.pairs, ("商品属性",)),
        Column("tags", "标签", _tags, ("商品标签",)),
        Column("size_chart", "尺码表", cells.size_chart, ("尺码",)),
        Column("related", "关联商品", cells.texts(128), ("相关商品", "搭配商品")),
    ),
)
VARIANTS = Kind(
    "variants",
    "规格",
    ("规格", "sku", "库存"),
    Variant,
    (
        Column("id", "SKU", _id, ("规格ID", "规格编号", "SKU编号", "SKUID", "variant_id"), required=True),
        Column("product_id", "商品ID", _id, ("商品编号", "宝贝ID"), required=True),
        Column("spec", "规格", cells.pairs, ("销售属性", "规格属性")),
        Column("price", "价格", cells.money, ("售价", "单价"), required=True),
        Column("stock", "库存", cells.count(0), ("库存数量", "可售库存")),
        Column("restock_at", "补货时间", cells.instant, ("到货时间", "预计补货")),
    ),
    references=(Reference("product_id", "products"),),
)
KNOWLEDGE = Kind(
    "knowledge",
    "知识",
    ("知识", "知识库", "问答", "faq"),
    KnowledgeRow,
    (
        Column("id", "编号", _id, ("知识ID", "ID号")),
        Column("question", "标准问", cells.text(500), ("问题", "标准问题"), required=True),
        Column("answer", "答案", cells.text(20_000), ("回答", "回复"), required=True),
        Column("similar", "相似问", cells.similar_questions, ("相似问题", "相似问法")),
        Column("product_id", "商品ID", _id, ("商品编号", "关联商品")),
        Column("channel", "渠道", cells.channels, ("适用渠道",)),
        Column("valid_from", "生效时间", cells.instant, ("开始时间", "生效日期"), parse_at=cells.moment),
        Column("valid_to", "失效时间", cells.instant, ("结束时间", "失效日期"), parse_at=cells.moment),
        Column("category", "分类", cells.text(200), ("类目", "知识分类")),
        Column("status", "状态", cells.choice(finish.ENTRY_STATUS_WORDS), ("发布状态",)),
        Column("product_category", "商品类目", cells.text(100), ("适用类目",)),
        Column("channel_answers", "渠道答案", json_cells.by_channel(20_000), ("分渠道答案",)),
        Column("audience", "人群", cells.text(100), ("适用人群",)),
        Column("order_state", "订单状态", json_cells.order_states, ("适用订单状态",)),
        Column("attachments", "附件", json_cells.objects, ("卡片", "链接")),
        Column("source", "来源", json_cells.one_object),
    ),
    finish=finish.finish_knowledge,
    derived=frozenset({"id"}),
    references=(Reference("product_id", "products", refuses=False),),
)
PROMOTIONS = Kind(
    "promotions",
    "优惠",
    ("优惠", "活动", "促销", "优惠券"),
    PromotionRow,
    (Column("id", "编号", _id, ("优惠ID", "活动ID"), required=True),),
    whole="data",
)
ORDERS = Kind(
    "orders",
    "订单",
    ("订单",),
    Order,
    (
        Column("id", "订单号", _id, ("订单编号", "订单ID", "order_id"), required=True),
        Column("buyer_id", "买家ID", _id, ("买家编号", "会员ID", "买家账号"), required=True),
        Column("status", "状态", cells.choice(finish.STATUS_WORDS), ("订单状态", "交易状态"), required=True),
        Column("created_at", "下单时间", cells.instant, ("创建时间", "订单创建时间", "拍下时间"), required=True),
        Column("paid_at", "付款时间", cells.instant, ("支付时间", "订单付款时间")),
        Column("shipped_at", "发货时间", cells.instant),
        Column("delivered_at", "签收时间", cells.instant, ("收货时间", "送达时间")),
        Column("promise_ship_at", "承诺发货时间", cells.instant, ("最晚发货时间", "应发货时间")),
        Column("address", "收货地址", cells.text(1000), ("地址",), private=True),
        Column("receiver", "收件人", cells.text(200), ("收货人", "收货人姓名", "收件人姓名"), private=True),
        Column("phone", "电话", _phone, ("手机", "手机号", "联系电话", "收货人手机"), private=True),
        Column("pay_amount", "实付", cells.money, ("实付金额", "实付款", "买家实付")),
        Column("currency", "币种", cells.currency, ("货币", "结算币种")),
    ),
    finish=finish.finish_order,
)
ORDER_ITEMS = Kind(
    "order_items",
    "订单明细",
    ("订单明细", "订单商品", "子订单"),
    OrderLine,
    (
        Column("id", "子订单号", _id, ("子订单编号", "明细ID")),
        Column("order_id", "订单号", _id, ("订单编号", "订单ID"), required=True),
        Column("variant_id", "SKU", _id, ("规格ID", "规格编号", "SKU编号", "SKUID")),
        Column("title", "标题", _title, ("商品标题", "商品名称", "名称")),
        Column("quantity", "数量", cells.count(1), ("件数", "购买数量")),
        Column("price", "单价", cells.money, ("价格",)),
        Column("pay_amount", "实付", cells.money, ("实付金额", "实付款")),
    ),
    finish=finish.finish_line,
    derived=frozenset({"id", "pay_amount"}),
    references=(Reference("order_id", "orders"),),
)
SHIPMENTS = Kind(
    "shipments",
    "物流",
    ("物流", "包裹", "快递", "运单"),
    Parcel,
    (
        Column("waybill_no", "运单号", _id, ("快递单号", "物流单号"), required=True),
        Column("order_id", "订单号", _id, ("订单编号", "订单ID"), required=True),
        Column("carrier", "快递公司", _short, ("物流公司", "承运商")),
        Column("status", "状态", _short, ("物流状态",)),
        Column("traces", "物流轨迹", cells.traces, ("轨迹", "物流信息")),
    ),
    finish=finish.finish_parcel,
    references=(Reference("order_id", "orders"),),
)
REFUNDS = Kind(
    "refunds",
    "退款",
    ("退款", "售后", "退货"),
    Refund,
    (
        Column("id", "退款编号", _id, ("退款单号", "售后单号", "编号"), required=True),
        Column("order_id", "订单号", _id, ("订单编号", "订单ID"), required=True),
        Column("kind", "类型", cells.choice(finish.REFUND_WORDS), ("退款类型", "售后类型"), required=True),
        Column("status", "状态", _short, ("退款状态", "售后状态")),
        Column("reason", "原因", cells.text(2000), ("退款原因", "售后原因")),
        Column("amount", "金额", cells.money, ("退款金额",)),
        Column("created_at", "申请时间", cells.instant, ("创建时间", "退款申请时间")),
    ),
    finish=finish.finish_refund,
    references=(Reference("order_id", "orders"),),
)
DIALOGUES = Kind(
    "dialogues",
    "对话",
    ("对话", "聊天记录", "会话"),
    DialogueRow,
    (
        Column("id", "会话ID", _id, ("编号", "会话编号", "对话ID"), required=True),
        Column("at", "时间", cells.instant, ("发送时间", "消息时间"), required=True),
        Column("buyer_id", "买家ID", _id, ("买家编号", "买家账号")),
        Column("author", "发送方", cells.choice(finish.AUTHOR_WORDS), ("发送者", "角色", "发言人"), required=True),
        Column("agent", "客服", cells.text(100), ("坐席", "客服昵称")),
        Column("text", "内容", cells.text(10_000), ("消息内容", "文本"), required=True, private=True),
    ),
    finish=finish.finish_dialogue,
    shared_ids=True,
)

# In the order in which a folder is imported: what is referred to comes first.
KINDS = {
    kind.name: kind
    for kind in (
        BUYERS,
        PRODUCTS,
        VARIANTS,
        KNOWLEDGE,
        PROMOTIONS,
        ORDERS,
        ORDER_ITEMS,
        SHIPMENTS,
        REFUNDS,
        DIALOGUES,
    )
}
_STEMS = sorted(
    ((header_key(stem), kind) for kind in KINDS.values() for stem in (kind.name, *kind.aliases)),
    key=lambda pair: -len(pair[0]),
)


def kind_of_stem(stem: str) -> Kind | None:
    """Tell the kind from a file's stem; `orders-2026-06` and `订单(1)` are orders, `reorders` is nothing."""
    key = header_key(stem)
    for name, kind in _STEMS:
        if key.startswith(name) and not key[len(name) : len(name) + 1].isalpha():
            return kind
    return None
