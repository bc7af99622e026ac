"""Product facts (商品参数): which attribute of the product answers a question.

A shop writes attributes as it likes (材质, 面料成分, 电池续航), a buyer asks as she likes (什么做的, 能用多久).
Each question word group names the attribute keys it may be answered by; an attribute whose key stands in the
question, or whose value speaks of the very thing that was asked (洗碗机), answers it too. No attribute, no claim:
a question about dogs is not answered by what was written for pregnant women, nor one about fading by pilling.
"""

import re

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.commerce import Product
from xiaoer.slices.policies.rules.namesakes import counts, facts_by_letters, facts_by_measure, facts_by_thing, in_digits

_CHILD = ("宝宝", "小孩", "孩子", "儿童", "几岁", "多大的", "娃", "婴", "小朋友", "新生儿")
_AGE = re.compile(r"(?:\d|[一二两三四五六七八九十半几])个?(?:月|岁)半?(?!左右|前|后|了[^吗]|吧|以前|多?了)")
_YEARS = re.compile(r"\d\s*(?:岁|个月)|出生|新生儿")
_USED = re.compile(r"用了|穿了|买了|过了|等了|大概|才|快")
_CHILD_KEYS = (
    "个月",
    "岁",
    "适用年龄",
    "适合年龄",
    "适用月龄",
    "适合月龄",
    "年龄",
    "儿童",
    "婴儿",
    "宝宝",
    "1岁",
    "适用人群",
    "适合人群",
)

# whom a question is about -> parts of keys; what is written for one of them answers no other
_WHO: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("孕妇", "孕期", "怀孕", "怀着", "怀了", "大肚", "哺乳", "喂奶", "月子"), ("孕", "产妇", "适用人群", "适合人群")),
    (("敏感", "过敏", "刺激"), ("敏感肌", "适用肤质", "适合肤质", "适用人群", "过敏", "致敏", "成分")),
    (_CHILD, _CHILD_KEYS),
    (("老人", "老年", "爷爷", "奶奶"), ("适用人群", "适合人群", "老人")),
    (("狗", "犬"), ("狗", "犬", "宠物")),
    (("猫",), ("猫", "宠物")),
    (("宠物", "兔", "仓鼠"), ("宠物",)),
    (("糖尿病", "血糖", "控糖"), ("糖尿病", "糖")),
    (("血压", "痛风", "尿酸", "吃药", "手术"), ("适用人群", "禁忌")),
)
_WASH_KEYS = ("洗涤", "洗护", "清洗", "清洁", "保养", "护理")
_BEINGS = frozenset("猫狗犬孕")
_FOR_BEINGS = re.compile(r"[猫狗犬孕](?:咪|妇|期|猫|狗|犬)?(?:能|可|适|吃|喝|用|产|婴|$)")
_FITS_KEYS = ("适配", "兼容", "支持", "接口", "适用型号", "适用车型", "适用机型", "系统")

# words in the question -> parts of attribute keys that answer it
_ASKED: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        (
            "续航",
            "电池",
            "用多久",
            "用几个小时",
            "用几小时",
            "用几天",
            "用多长时间",
            "撑多久",
            "撑几",
            "充一次",
            "多少毫安",
        ),
        ("续航", "电池", "电量", "容量", "供电"),
    ),
    (("送线", "带线", "配线", "有线吗", "含线", "充电线", "数据线"), ("线材", "配件", "包装清单")),
    (("身高", "个子", "个头"), ("适合身高", "适用身高", "身高")),
    (("体重", "斤坐", "斤能", "斤可以", "斤行", "多胖"), ("适合体重", "适用体重", "承重", "载重")),
    (("多远", "照得远", "射程"), ("射程", "照射", "距离")),
    (("能做", "可以做", "做得了", "做什么"), ("适合做", "可做", "能做", "用途")),
    (("车型", "我的车", "我车", "什么车", "哪些车", "车能用", "车能装"), ("适用车型", "适配车型", "车型")),
    (("最低", "最高", "升到", "降到", "调到", "调高", "能升", "能降"), ("升降", "高度", "调节")),
    (
        ("边充", "插着", "充着电", "充电时", "没电", "插电", "插着电", "装电池", "换电池", "几节电池", "用电池"),
        ("供电", "边充", "电池", "充电", "电源"),
    ),
    (("躺", "后仰", "放平"), ("躺", "后仰", "调节")),
    (("功率", "多少瓦", "费电", "耗电", "几瓦"), ("功率", "能耗", "输出")),
    (
        ("多重", "重量", "重不重", "几斤", "多少克", "净重", "净含量", "多少毫升", "嫌沉", "沉不沉"),
        ("重量", "净重", "净含量", "规格", "克重", "自重"),
    ),
    (("多大", "尺寸", "多长", "多宽", "多高", "直径", "占地"), ("尺寸", "规格", "长度", "宽", "高度", "大小")),
    (("产地", "哪里产", "哪产", "国产", "进口"), ("产地",)),
    (("噪音", "吵", "声音大", "响不响"), ("噪音", "噪声", "静音")),
    (("防水", "能水洗", "沾水", "下雨", "淋雨", "雨天", "雨里", "进水"), ("防水", "防护", "防泼水")),
    (("厚", "薄", "透", "季节", "冬天", "夏天", "几月"), ("厚薄", "厚度", "透不透", "透光", "季节", "里料", "克重")),
    (("弹",), ("弹力", "弹性")),
    (
        ("里衬", "内衬", "里料", "加绒", "里面那层", "里层", "内层"),
        ("里料", "内衬", "加绒", "内里", "内胆", "里衬"),
    ),
    (("多久干", "干得快", "速干", "几秒干"), ("速干", "墨水", "干")),
    (("洗", "烘干", "清洁", "保养"), _WASH_KEYS),
    *_WHO,
    (("男的", "男生", "男士"), ("适用人群", "适合人群")),
    (("肤质", "油皮", "干皮", "混油"), ("适用肤质", "适合肤质", "肤质")),
    (("bpa", "BPA", "双酚"), ("双酚", "BPA", "材质")),
    (("成分", "配料", "添加", "香精", "酒精", "防腐"), ("成分", "配料", "香精", "酒精", "防腐", "添加", "配方")),
    (("保质", "过期", "日期", "新鲜", "放多久", "放到"), ("保质期", "生产日期", "储存", "保存", "花期")),
    (("保存", "储存", "冷藏", "放冰箱"), ("储存", "保存", "贮存")),
    (("安装", "装", "打孔"), ("安装",)),
    (("适配", "兼容", "支持", "能用吗", "型号", "系统", "接口"), _FITS_KEYS),
    (("几个口", "什么口", "啥口", "插口", "接口"), ("接口", "插口", "端口")),
    (
        ("包装", "盒子里", "清单", "有几样", "有几件", "里面有", "送什么", "送啥", "送东西", "配件"),
        ("包装清单", "包装", "清单", "配件", "数量", "送什么", "赠品"),
    ),
    (("质保", "保修", "包换", "管不管", "管吗", "保不保"), ("质保", "保修")),
    (("能放", "能装", "能泡", "可以装", "可以泡", "泡茶", "泡咖啡", "装汤", "冰水", "开水"), ("能装", "装什么")),
    (("正品", "授权", "真的", "防伪"), ("正品", "授权", "品牌", "资质", "防伪")),
    (("怎么用", "用法", "用量", "多久用", "步骤"), ("用法", "使用方法", "食用方法", "使用")),
    (("起球", "起毛"), ("起球", "起毛")),
    (("掉色", "褪色", "染色", "串色", "掉颜色", "变色", "发黑", "氧化"), ("褪色", "掉色", "变色", "氧化")),
    (("缩水", "缩不缩", "变小"), ("缩水",)),
    (("掉毛", "掉絮", "跑毛", "钻绒", "跑绒"), ("掉毛", "钻绒")),
    (("承重", "承得", "承不", "压得住", "扛得住", "斤坐", "坐塌", "塌不塌", "坐得住"), ("承重", "会不会塌")),
    (("还烫", "还热", "保温", "几小时热", "凉得快"), ("保温",)),
    (("辣",), ("辣",)),
    (("甜", "糖"), ("甜度", "糖")),
    (("臭",), ("臭",)),
    (("什么味", "啥味", "香不香", "好闻"), ("香味", "味道", "香型", "香调", "口味")),
    (("3c", "3C", "认证", "质检", "检测"), ("认证", "执行标准", "安全类别", "备案")),
    (("反着", "反向", "倒着"), ("反向",)),
    (("质量", "做工", "品质", "好不好", "耐用", "耐穿", "结实"), ("质量", "工艺", "起球", "褪色", "缩水")),
)

# intent -> parts of attribute keys, when no question word told more
# halves of keys that name nothing by themselves
_NO_NAMES = frozenset(
    (
        "适用", "适合", "是否", "产品", "商品", "可以", "能否", "其他",
        "类型", "说明", "信息", "情况", "要求", "方式", "方法", "使用",
        "建议", "推荐", "特点", "功能", "支持", "包含", "默认", "最大",
        "最小", "最高", "最低", "单个", "整体",
    )
)  # fmt: skip

_BY_INTENT: dict[str, tuple[str, ...]] = {
    "product.material": ("材质", "面料", "成分", "材料", "厚薄"),
    "product.safety": ("安全", "适用人群", "适合人群", "致敏"),
    "product.usage": ("使用方法", "用法", "食用方法"),
    "product.install": ("安装",),
    "product.compatibility": ("适配", "兼容", "适用型号", "适用车型", "适用机型", "支持型号", "支持手机", "支持机型"),
    "product.shelf_life": ("保质期", "生产日期", "储存"),
    "product.package": ("包装清单", "包装", "配件", "赠品", "送什么"),
    "product.size_advice": ("适合身高", "适用身高", "适合体重", "圈口", "头围", "手围", "腰围", "长度", "尺寸"),
    "product.warranty": ("质保", "保修"),
    "product.authenticity": ("授权", "正品", "品牌", "资质", "防伪"),
    "product.color": ("颜色", "色号"),
}
# what is asked here is one thing of many: what is written about another is no answer
_EXACT = frozenset({"product.safety", "product.quality"})
_EITHER = re.compile(r"^(.{1,2})不\1")
_SIDES = re.compile(
    r"([\u4e00-\u9fffA-Za-z\d]{2,4}?)(?:和|跟|与|还是)([\u4e00-\u9fffA-Za-z\d]{2,4}?)(?:有|哪|的?区别|怎么|咋|差|一样|选)"
)
_OF_NO_THING = frozenset("的了吗呢吧啊不能可以会要有是这那么什怎我你他她它用到个多少就还没在和跟")
_NAME = 2
# asked in words of all sorts of questions (洗了会缩水吗): they count when nothing narrower is asked
_WIDE = (_FITS_KEYS, _WASH_KEYS)
_COUNTED = re.compile(r"(?<!\d)\d+[座口档级层孔芯核键轴挡门座](?![\u4e00-\u9fff]?\d)")
# what is told of the one who asks or of his place, and what the goods must be good for
_MEASURED = (
    (re.compile(r"\d{2,3}多?\s*(?:斤|公斤|kg)"), ("承重", "载重", "限重", "适合体重", "适用体重")),
    (re.compile(r"\d\s*(?:平|㎡)|几平|多少平"), ("面积",)),
)
_PARTS = re.compile(r"[\s,，。.?？!！;；、]+")
_PART = 3  # characters of a question beside others
_ASKED_TOGETHER = 3
_SHARED = 3  # characters that question and value must share for the value to speak of the thing asked


def facts_for(product: Product, intent: str, question: str) -> tuple[tuple[str, str], ...]:
    """Return the attributes (key, value) that answer `question`, most telling first: at most two, or one for each of
    several things that it asks (充满要多久，吵不吵)."""
    question = in_digits(_without_name(product, question))
    each = [found[0] for part in _PARTS.split(question) if (found := _facts_of(product, "", part))]
    if len(set(each)) > 1:
        return tuple(dict.fromkeys(each))[:_ASKED_TOGETHER]
    return _facts_of(product, intent, question)


def _facts_of(product: Product, intent: str, question: str) -> tuple[tuple[str, str], ...]:
    """The attributes that answer one question, at most two; what its intent alone suggests where `intent` is told."""
    asked = [
        keys
        for words, keys in _ASKED
        if any(word in question for word in words) or (keys is _CHILD_KEYS and _tells_age(question))
    ]
    narrow = [keys for keys in asked if keys not in _WIDE] or asked
    found = [pair for keys in narrow for pair in _with_keys(product, keys)]
    named = [(key, product.attributes[key]) for key in keys_in(product, question)]
    if _CHILD_KEYS in asked and not found:  # 适用：出生到 3 岁
        found = [(k, v) for k, v in product.attributes.items() if k.startswith("适") and _YEARS.search(v)]
    found += named
    if not named and not any(counts(value, question) for _, value in found):  # 能钓几斤 is no matter of 自重：118克
        found = facts_by_letters(product, question, counted=True) or found
    found = found or facts_by_letters(product, question) or facts_by_measure(product, question)
    of_whom = [keys for _, keys in _WHO]
    found = found or [pair for keys in narrow if keys not in of_whom for pair in _with_values(product, keys)]
    found = found or [pair for said, keys in _MEASURED if said.search(question) for pair in _with_keys(product, keys)]
    found = found or facts_by_thing(product, question)
    found = found or _of_both(product, question)
    found = found or [(key, value) for key, value in product.attributes.items() if _names(key, question)]
    found = found or [(key, value) for key, value in product.attributes.items() if _speaks_of(value, question)]
    found = found or _holding(product, question)
    if not found and not (asked and intent in _EXACT):
        found = _with_keys(product, _BY_INTENT.get(intent, ()))
    speaking = [(key, value) for key, value in product.attributes.items() if _speaks_of(value, question)]
    if speaking and not set(speaking) & set(found):  # 能放洗碗机吗: what the shop says of 洗碗机 stands first
        found = [speaking[0], *found]
    return tuple(dict.fromkeys(found))[:2]


def not_told(product: Product, intent: str, question: str) -> str:
    """The part of several questions that no attribute answers while others are; empty when all are, or none."""
    asked = [part for part in _PARTS.split(question) if len(part) >= _PART and QUESTION.search(part)]
    missed = [part for part in asked if not facts_for(product, intent, part)]
    return missed[0] if 0 < len(missed) < len(asked) else ""


def is_for_others(question: str, answer: str) -> bool:
    """Whether the question names people or animals of whom the answer says nothing."""
    named = [(*words, *keys) for words, keys in _WHO if any(word in question for word in words)]
    return any(not any(word in answer for word in told) for told in named)


def _without_name(product: Product, question: str) -> str:
    """The question without a key that is only part of what the goods are called: 保温 in 保温杯."""
    for key in product.attributes:
        at = question.find(key)
        word = question[at : at + len(key) + 1]
        if at >= 0 and _NAME <= len(key) < len(word) and word in product.title:
            question = question.replace(word, "")
    return question


def keys_in(product: Product, question: str) -> list[str]:
    """The attributes whose very name stands in the question (透不透, 质保)."""
    return [key for key in product.attributes if len(key) >= _NAME and key in question]


def _tells_age(question: str) -> bool:
    """Whether a child's age is told, not how long something has been in use."""
    return _AGE.search(question) is not None and not _USED.search(question)


def _of_both(product: Product, question: str) -> list[tuple[str, str]]:
    """The attributes that tell of both things that are set side by side (茶轴和红轴有啥区别)."""
    sides = _SIDES.search(question)
    if sides is None:
        return []
    return [(key, value) for key, value in product.attributes.items() if sides[1] in value and sides[2] in value]


def _names(key: str, question: str) -> bool:
    """Whether the question names the thing that a key of any wording is about: 适用面积 by 面积, 表盘直径 by 表盘."""
    bare = _EITHER.sub("", key)
    if bare != key:  # 含不含猪油, 会不会发黄; 漏不漏 by 漏水
        return bare in question if len(bare) >= _NAME else not bare and key[0] in question
    if not 3 <= len(key) <= 12 or not key.isalpha() or "不" in key:
        return False
    pieces = {key[: len(key) - cut] for cut in range(1, len(key) - 1)} | {key[cut:] for cut in range(1, len(key) - 1)}
    return any(piece in question for piece in pieces - _NO_NAMES)


def _with_keys(product: Product, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """The attributes whose names hold one of `keys`; 猫 alone is in 猫能用吗, not in 猫薄荷."""
    return [
        (name, product.attributes[name])
        for key in keys
        for name in product.attributes
        if key in name and (len(key) > 1 or key not in _BEINGS or _FOR_BEINGS.search(name))
    ]


def _holding(product: Product, question: str) -> list[tuple[str, str]]:
    """The only attribute whose value holds a word of the question (要换电池吗: 灯光：灯串，3节7号电池)."""
    pairs = {question[at : at + 2] for at in range(len(question) - 1)}
    words = [one for one in pairs if one.isalpha() and not _OF_NO_THING & set(one) and one not in product.title]
    told = {(key, value) for key, value in product.attributes.items() for word in words if word in value}
    return list(told) if len(told) == 1 else []


def _with_values(product: Product, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """The attributes whose values hold one of `keys` (定时器：电池供电)."""
    return [(k, v) for key in keys if len(key) >= _NAME for k, v in product.attributes.items() if key in v]


def _speaks_of(value: str, question: str) -> bool:
    """Whether a run of the question that names a thing (洗碗机) stands in the value."""
    if any(counted in in_digits(value) for counted in _COUNTED.findall(question)):  # 7座的能用吗
        return True
    runs = (question[at : at + _SHARED] for at in range(len(question) - _SHARED + 1))
    return any(run in value for run in runs if run.isalpha() and not _OF_NO_THING & set(run))
