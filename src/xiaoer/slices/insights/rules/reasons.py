"""Why goods come back (售后归因): the taxonomy's eleven reasons, with sub-reasons from what the buyer said.

The reason that a buyer picks in a form is a hint; what he said in the talk tells more (「不想要」 picked, 「太小了」
said). Words decide first, then the intents of the talk, then the form.
"""

import re
from collections.abc import Sequence

REASONS = {
    "unwanted": "不想要",
    "size": "尺码",
    "quality": "质量",
    "missing": "少件错件",
    "damaged": "破损",
    "not_as_described": "描述不符",
    "fake": "假货",
    "late": "未按时发货",
    "courier": "快递问题",
    "price": "价格",
    "other": "其他",
}
DETAILS = {
    "too_small": "偏小",
    "too_big": "偏大",
    "too_short": "偏短",
    "too_long": "偏长",
    "color": "颜色不符",
    "material": "面料材质不符",
    "function": "功能参数不符",
    "smell": "异味",
    "pilling": "起球掉毛",
    "fading": "掉色",
    "seam": "开线破洞",
    "not_working": "用不了",
    "noise": "噪音",
    "short_life": "续航不足",
    "leak": "漏液渗水",
    "wrong_item": "发错货",
    "missing_part": "少发漏发",
    "crushed": "运输压坏",
    "lost": "丢件",
    "stuck": "物流停滞",
    "attitude": "快递态度和派送",
    "cheaper": "买贵了",
    "coupon": "优惠没用上",
}
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("size", "too_small", r"太小|偏小|小了|紧|勒|穿不(?:下|上|进)|挤脚|顶脚|夹脚"),
    ("size", "too_big", r"太大|偏大|大了|太松|松垮|宽松过头|不跟脚|掉跟"),
    ("size", "too_short", r"太短|偏短|短了"),
    ("size", "too_long", r"太长|偏长|长了一截|拖地"),
    ("fake", "", r"假货|不是正品|高仿|山寨|鉴定.{0,4}(?:假|不过)"),
    ("missing", "wrong_item", r"发错|寄错|不是我(?:买|拍|要)的|错发|货不对"),
    ("missing", "missing_part", r"少发|漏发|少了一|缺(?:件|少|了)|没有(?:配件|赠品)|赠品没"),
    ("damaged", "leak", r"漏(?:液|水|油|出来)|渗(?:水|漏)|洒"),
    ("damaged", "crushed", r"压(?:坏|扁|变形)|碎|破损|摔|磕|裂(?:开|了|痕)"),
    (
        "not_as_described",
        "color",
        r"色差|颜色.{0,6}(?:不一样|不同|不符|不对|深|浅)|跟图片?不一样|和图片?不一样|实物.{0,4}不",
    ),
    ("not_as_described", "material", r"(?:面料|材质|布料|料子).{0,8}(?:不|薄|假|差)|不是(?:纯棉|真皮|真丝|羊毛)"),
    (
        "not_as_described",
        "function",
        r"(?:功能|参数|容量|功率).{0,8}(?:不符|不对|没有|不够)|没有.{0,6}功能|描述不符|虚假宣传",
    ),
    ("quality", "short_life", r"续航|掉电|电池.{0,4}(?:不行|不耐|短)|(?:没|不)?(?:几|一)个?小时就没电"),
    ("quality", "smell", r"异味|味(?:道|儿)?.{0,3}(?:大|重|难闻|刺鼻)|臭"),
    ("quality", "pilling", r"起球|掉毛|起毛|掉绒|钻绒"),
    ("quality", "fading", r"掉色|褪色|染色"),
    ("quality", "seam", r"开线|脱线|线头|破洞|有洞|开胶|脱胶"),
    (
        "quality",
        "not_working",
        r"坏了?|用不了|不能用|不(?:亮|响|转|热|制冷|充电|开机)|开不了机|充不(?:进|上)电|连不上|死机|故障",
    ),
    ("quality", "noise", r"噪音|异响|声音.{0,3}(?:大|吵)|吵"),
    ("quality", "", r"质量|做工|瑕疵|次品"),
    ("late", "", r"(?:不|没|还没|迟迟(?:不|没)?)发货|未按时发货|未按约定时间发货|发货(?:太|慢)|等(?:太久|不及)"),
    ("courier", "lost", r"丢件|丢了|没收到.{0,6}签收|显示签收"),
    ("courier", "stuck", r"(?:物流|快递).{0,6}(?:停|不动|没更新|太慢|一直)|几天没动"),
    ("courier", "attitude", r"(?:快递员|派送|驿站|送货).{0,8}(?:差|不送|不打|没打|乱放)|快递问题|物流问题"),
    ("price", "cheaper", r"降价|买贵|便宜了?|差价|价格"),
    ("price", "coupon", r"优惠(?:券)?.{0,4}(?:没|忘|不能)|忘(?:记)?用券"),
    ("unwanted", "", r"不想要|不喜欢|拍错|多拍|买错|重复|不需要|七天无理由|7天无理由|改主意|不合适就"),
)
_COMPILED = tuple((reason, detail, re.compile(pattern)) for reason, detail, pattern in _WORDS)
_FORM = re.compile(r"尺码|尺寸|大小")
_BY_INTENT = {
    "after.size_wrong": ("size", ""),
    "after.defect": ("quality", ""),
    "after.wrong_item": ("missing", "wrong_item"),
    "after.missing": ("missing", "missing_part"),
    "after.color_diff": ("not_as_described", "color"),
    "product.authenticity": ("fake", ""),
    "ship.lost": ("courier", "lost"),
    "ship.stuck": ("courier", "stuck"),
    "ship.urge": ("late", ""),
    "promo.price_protect": ("price", "cheaper"),
    "promo.not_applied": ("price", "coupon"),
}
_VAGUE = frozenset({"unwanted", "other", ""})


def reason_name(code: str) -> str:
    """「尺码偏小」 of `size/too_small`."""
    reason, _, detail = code.partition("/")
    if detail:
        return DETAILS.get(detail, detail) if reason != "size" else f"尺码{DETAILS.get(detail, detail)}"
    return REASONS.get(reason, reason)


def name_reason(form: str, said: Sequence[str], intents: Sequence[str]) -> tuple[str, str]:
    """(reason, sub-reason) of a refund: `form` is what the buyer picked, `said` his words about it, newest last."""
    from_form = _by_words(form)
    if from_form == ("", "") and _FORM.search(form):
        from_form = ("size", "")
    found = [hit for text in reversed(said) if (hit := _by_words(text)) != ("", "")]
    same = next((hit for hit in found if hit[0] == from_form[0] and hit[1]), None)
    if same is not None:
        return same
    if from_form[0] in _VAGUE:
        if real := next((hit for hit in found if hit[0] not in _VAGUE), None):
            return real
        for intent in reversed(intents):
            if intent in _BY_INTENT:
                return _BY_INTENT[intent]
    if from_form[0]:
        return from_form
    return found[0] if found else ("other", "")


def pick_words(said: Sequence[str], reason: str, detail: str) -> str:
    """What the buyer said about his reason: the newest words that name it, else the longest; "" if nothing."""
    for wanted in ((reason, detail), (reason,)):
        for text in reversed(said):
            if _by_words(text)[: len(wanted)] == wanted:
                return text
    return max(said, key=len, default="")


def _by_words(text: str) -> tuple[str, str]:
    for reason, detail, pattern in _COMPILED:
        if pattern.search(text):
            return reason, detail
    return "", ""
