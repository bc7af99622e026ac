"""Product facts (商品参数): which attribute of the product answers a question.

A shop writes attributes as it likes (材质, 面料成分, 电池续航), a buyer asks as she likes (什么做的, 能用多久).
Each question word group names the attribute keys it may be answered by; failing that, the attribute whose
key stands in the question is taken. No attribute, no claim.
"""

from xiaoer.kernel.commerce import Product

# words in the question -> parts of attribute keys that answer it
_ASKED: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("续航", "电池", "用多久", "充一次", "多少毫安"), ("续航", "电池", "电量", "容量")),
    (("功率", "多少瓦", "费电", "耗电", "几瓦"), ("功率", "能耗")),
    (
        ("多重", "重量", "重不重", "几斤", "多少克", "净重", "净含量", "多少毫升"),
        ("重量", "净重", "净含量", "规格", "克重"),
    ),
    (("多大", "尺寸", "多长", "多宽", "多高", "直径", "占地"), ("尺寸", "规格", "长度", "宽", "高度", "大小")),
    (("产地", "哪里产", "哪产", "国产", "进口"), ("产地",)),
    (("噪音", "吵", "声音大"), ("噪音", "噪声", "静音")),
    (("防水", "能水洗", "沾水"), ("防水", "防护")),
    (("厚", "薄", "透", "季节", "冬天", "夏天", "几月"), ("厚薄", "厚度", "透光", "季节", "里料", "克重")),
    (("弹",), ("弹力", "弹性")),
    (("里衬", "内衬", "里料", "加绒"), ("里料", "内衬", "加绒", "内里")),
    (("洗", "机洗", "手洗", "烘干", "清洁", "保养"), ("洗涤", "清洗", "清洁", "保养", "护理")),
    (("孕妇", "孕期", "怀孕", "哺乳"), ("孕妇", "孕期", "适用人群", "孕")),
    (("敏感", "过敏", "刺激"), ("敏感肌", "适用肤质", "适用人群", "过敏", "致敏", "成分")),
    (("宝宝", "小孩", "孩子", "儿童", "几岁", "多大的"), ("适用年龄", "适用月龄", "适用人群", "年龄")),
    (("老人", "老年"), ("适用人群",)),
    (("肤质", "油皮", "干皮", "混油"), ("适用肤质", "肤质")),
    (("成分", "配料", "添加", "香精", "酒精", "防腐"), ("成分", "配料", "主要成分", "配方")),
    (("保质", "过期", "日期", "新鲜", "放多久"), ("保质期", "生产日期", "储存")),
    (("保存", "储存", "冷藏", "放冰箱"), ("储存", "保存", "贮存")),
    (("安装", "装", "打孔"), ("安装",)),
    (("适配", "兼容", "支持", "能用吗", "型号", "系统", "接口"), ("适配", "兼容", "支持", "接口", "适用型号", "系统")),
    (("包装", "盒子里", "清单", "有几", "送什么", "配件"), ("包装清单", "包装", "清单", "配件", "数量")),
    (("质保", "保修", "包换"), ("质保", "保修")),
    (("正品", "授权", "真的", "防伪"), ("正品", "授权", "品牌", "资质")),
    (("怎么用", "用法", "用量", "多久用", "步骤"), ("用法", "使用方法", "食用方法", "使用")),
)

# intent -> parts of attribute keys, when no question word told more
_BY_INTENT: dict[str, tuple[str, ...]] = {
    "product.material": ("材质", "面料", "成分", "材料", "厚薄"),
    "product.safety": ("孕妇", "适用人群", "敏感肌", "适用年龄", "适用月龄", "安全", "致敏"),
    "product.usage": ("使用方法", "用法", "食用方法", "洗涤", "清洁", "清洗", "保养"),
    "product.install": ("安装",),
    "product.compatibility": ("适配", "兼容", "适用型号", "接口", "支持"),
    "product.shelf_life": ("保质期", "生产日期", "储存"),
    "product.package": ("包装清单", "包装", "配件"),
    "product.warranty": ("质保", "保修"),
    "product.authenticity": ("授权", "正品", "品牌", "资质", "防伪"),
    "product.color": ("颜色", "色号"),
    "product.quality": ("起球", "掉色", "缩水", "工艺", "质量", "耐用"),
}


def facts_for(product: Product, intent: str, question: str) -> tuple[tuple[str, str], ...]:
    """Return the attributes (key, value) that answer `question`, most telling first, at most two."""
    found: list[tuple[str, str]] = []
    for words, keys in _ASKED:
        if any(word in question for word in words):
            found += _with_keys(product, keys)
    found += [(key, value) for key, value in product.attributes.items() if len(key) >= 2 and key in question]
    if not found:
        found = _with_keys(product, _BY_INTENT.get(intent, ()))
    return tuple(dict.fromkeys(found))[:2]


def _with_keys(product: Product, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, product.attributes[name]) for key in keys for name in product.attributes if key in name]
