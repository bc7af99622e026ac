"""What a person left out (漏答): of several questions in one breath, those that no word of his answers.

A question counts as left out when another of the same breath was answered and nothing in his words until the end of the
talk touches it: no word that is its own, none that answers to its matter are made of, no sentence that is understood as
the same matter. Who asks back, promises to look or says that all of it holds (都可以) left nothing out; neither is a
matter judged whose answers may be anything. Pure.
"""

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from xiaoer.slices.insights import api as insights

_TALK = ("chat.", "oos.", "service.")
_SENTENCE = re.compile(r"[，,。！!；;？?~～\n]+")
_CLAUSES = re.compile(r"[？?\s，,。；;]+")
_ASKS = re.compile(
    r"吗|么|呢|嘛|[？?]|多久|多少|多大|多重|几|啥|什么|怎么|咋|哪|谁|能不能|有没有|有无|是不是|会不会|可不可以|(?<=.)[不没]$|(.)[不没]\1"
)
# What an answer to a matter is made of, for those whose answers share no words with the question.
_ANSWERS = {
    intent: re.compile(words)
    for intents, words in {
        "product.size_advice": r"[sml](?![a-z])|xl|码|偏[大小]|正常拍|显[瘦胖高]|合身|宽松|修身|岁|身高|斤|\d{2,3}",
        "product.size_chart": r"[sml](?![a-z])|xl|码|偏[大小]|cm|厘米",
        "product.stock": r"有货|现货|没货|断货|缺货|补货|有的|没有?了|卖完|还有|剩|预售",
        "product.restock": r"有货|到货|补货|上架|预售",
        "promo.bargain": r"价|优惠|便宜|折|券|最低|减|少不了|没法",
        "promo.gift": r"送|赠|礼",
        "promo.coupon": r"券|领|优惠|活动|满减|减|叠加|一起用",
        "product.quality": r"质量|料子|面料|做工|结实|放心|好评|回头客|耐用|起球|掉色|褪色|缩水|变形|好看|舒服|反馈",
        "product.material": r"棉|涤|麻|丝|绒|皮|料|材质|薄|厚|透",
        "product.color": r"色差|颜色|色|实物拍",
        "product.authenticity": r"正品|旗舰|授权|官方|假一|检测|质检|证书|报告",
        "product.safety": r"岁|孕|宝宝|儿童|大人|可以[吃用]|能[吃用]|不建议|放心|成分|过敏|无添加|敏感肌",
        "product.usage": r"用|洗|泡|冲|吃|涂|加热|充|步|先|再|温水|说明",
        "product.install": r"装|拼|图纸|说明书|师傅|螺丝|打孔|上门",
        "product.shelf_life": r"保质|年|月|天|日期",
        "product.warranty": r"保|质保|修|年",
        "product.compare": r"区别|更|比|一样|多了|升级|推荐|建议|划算|性价比",
        "ship.when": r"发|今天|明天|小时|现货|拍下",
        "ship.urge": r"发|今天|明天|小时|催|加急",
        "ship.eta": r"天|到|今|明|后|小时|号",
        "ship.carrier": r"顺丰|中通|圆通|申通|韵达|极兔|邮政|京东|德邦|快递|通|ems|物流",
        "ship.fee": r"包邮|运费|邮费|元|块",
        "ship.from": r"发|仓|省|市|厂|州|京|海|江",
        "ship.track": r"到|在|物流|站|派|签|揽|运输",
        "order.invoice": r"票|抬头|税",
        "order.change_address": r"地址|改",
        "order.note": r"备注|记",
        "after.return": r"退|申请|寄回|七天|7天|无理由",
        "after.exchange": r"换|寄回|申请",
        "after.freight": r"运费|邮费|运费险|承担|我们出|包邮|自己出|您出",
        "after.refund_progress": r"天|到账|退|小时|原路|审核",
        "after.repair": r"修|寄|换|保|售后",
    }.items()
    for intent in intents.split()
}
_ALL_OF_IT = re.compile(
    r"都(?:[^，。]{0,4}好[了的]|可以|能|行|有|是|支持|没问题|不|没)|全部|是的呢?$|^(?:嗯|对|可以|能|行|好)的?[呢哦哈亲~～。！!]*$"
)
_PUTS_OFF = re.compile(
    r"稍等|帮(?:您|你)|我(?:去)?(?:查|问|看|核实)|马上|链接|详情(?:页)?(?:有|里|上)|看(?:一?下)?(?:图|详情|链接)|转接?(?:给|到)"
)


class AskedPart(Struct, frozen=True):
    """One question of a breath: what it was understood as, and its words."""

    intent: str
    text: str


def parts_of(segments: Sequence[tuple[str, str]], intent_of: Callable[[str], str]) -> list[AskedPart]:
    """The questions of a breath from its segments (intent, text); what was understood as one may hold two."""
    found: list[AskedPart] = []
    for intent, text in segments:
        if intent.startswith(_TALK):
            continue
        asking = [clause for clause in _CLAUSES.split(text) if _ASKS.search(clause)]
        if len(asking) < 2:
            found.append(AskedPart(intent, text))
            continue
        found += [AskedPart(intent_of(clause) or intent, clause) for clause in asking]
    return found


def left_out(
    parts: Sequence[AskedPart],
    said: Sequence[str],
    intent_of: Callable[[str], str],
    about: Callable[[str], frozenset[str]],
) -> list[AskedPart]:
    """The parts that were left out; `said` is all that people said from there on, `about` the letters that tell."""
    words = "\n".join(said).lower()
    if len(parts) < 2 or any(map(insights.leaves_of, said)) or _ALL_OF_IT.search(words) or _PUTS_OFF.search(words):
        return []
    meant = {intent_of(sentence) for sentence in _SENTENCE.split(words) if sentence.strip()}
    letters = about(words)

    def touched(part: AskedPart) -> bool:
        others = frozenset[str]().union(*(about(other.text) for other in parts if other is not part))
        made_of = _ANSWERS.get(part.intent)
        own = bool((about(part.text) - others) & letters)
        return own or part.intent in meant or made_of is None or made_of.search(words) is not None

    found = [part for part in parts if not touched(part)]
    return found if len(found) < len(parts) else []
