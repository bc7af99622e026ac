"""Feeling (情绪): how the buyer feels, how urgent it is, whether the last answer helped.

A weighted lexicon, read with negation and degree, is the ground; punctuation, emoji, repeats, and the weight of the
matter itself (a broken parcel is bad news in the calmest words) come on top. Sarcasm turns praise around. Nothing
here is learnt, so every score can be explained by the words that gave it.
"""

import re
from dataclasses import dataclass

from xiaoer.kernel.heard import Sentiment, Urgency
from xiaoer.slices.understanding.lexicon import Mood
from xiaoer.slices.understanding.phrases import Found, PhraseTable

# Score borders between negative, neutral and positive; fitted on our own benchmark rows.
NEGATIVE = -0.2
POSITIVE = 0.35
# How much the matter itself counts beside the words; in words milder than the last it never makes a turn negative.
MATTER, CALM_MATTER, MILD = 0.4, -0.15, -0.15
# How much a bad word counts in what others say, in what was nearly done, and in a question about goods not bought yet.
_REPORTED, _GOODS = 0.25, 0.4
_OTHERS_SAY = re.compile(
    r"(?:听说|据说|网上|评[论价]|评论区|有人|别人|朋友|人家|差评里?|同款|牌子)[^。!]{0,10}$|(?:本来|原本|原来|还准备|正准备|差点|险些|以为)[^,。]{0,6}$"
)
_NO_DEED = re.compile(r"^(?:器|箱|率|函|类|信|书|意见|多不多|多吗|里|说|是刷|怎么)")
_CALM_QUESTION = re.compile(r"(?:会不会|是不是|有没有|能不能|[吗么嘛]\W*$|怎么样|好不好|多不多|高不高|多吗|高吗)")
# 给妈妈的, 给我妈的, 给他妈买的, 你妈的裤子: nobody swears.
_MOTHER = re.compile(
    r"妈妈|(?<=[我她咱俺爸姑姨舅婆奶])妈|(?<=[给送陪帮替为][你他])妈(?!的?[垃滚废狗破烂屁])"
    r"|(?:(?<=你)|(?<=(?<!你)他))妈(?=的?(?:衣|裤|裙|鞋|袜|帽|包|外套|大衣|羽绒|毛衣|手机|身高|体重|尺码|腰|胸|脚|年纪|生日|今年|穿|戴|喜欢|多大|爱吃|爱穿))"
)
_HYPOTHETIC = re.compile(r"如果|要是|万一|假如|怕|担心|以后|会不会|容不容易|容易|别给我|别发|不要发")
_SHOUT = re.compile(r"[!！]{2,}|[?？]{3,}|(?:[!！][?？])|(?:[?？][!！])")
_DOTS = re.compile(r"。{3,}|\.{4,}|…{2,}")
_RHETORIC = re.compile(
    r"(?:难道|何必|有这[么样][^,。]{0,8}的?吗|(?:你们?|您)[^,。]{0,8}(?:是[^,。]{1,8}(?:吗|吧)还|拿[^,。]{1,6}做的)|(?:必须|赶紧|立刻|马上)给我|给我(?:叫|滚|解释|说清楚|个说法|个交代)|谁(?:负责|管的?|赔得起)|写它干[嘛吗什]|干什么吃的|干嘛的|[一二三四五六七八九十几两\\d]+天了?[!！]|是[^,。]{1,6}还是[^,。]{1,6}啊[!！]|那叫|分明就?是|哪有(?:这|你)[^,。]{0,6}|算怎么回事|算什么|当(?:我|谁)|至于吗|有意思吗|什么时候是个头|就不能|不是(?:很|应该|说好|早)|还要我|还让我|总不能|到底(?:能不能|要|是|有没有|什么|还|管)|(?:怎么|为什么|为啥|凭什么)(?:还|又|老|总|这么|就|都|要|不(?:回|理|给|提前|早|能|让))|都(?:几|多少|这么|好几|\d+|[一二两三四五六七八九十半])(?:天|次|个|遍|回|小时|周|星期|久|月)|[一二两三四五六七八九十几]+(?:次|遍|回)了|这么(?:多天|久|长时间|慢|差|麻烦|贵)|(?:又|老是|总是|天天|每次|一直|还是)(?:不|没|给我|坏|错|说|这样|送|让|骗|打|催|拖)|说(?:好|过|了)(?:的|今天|昨天|了)?[^,。]{0,8}(?:又|却|没|不|结果))"
)
# Reproach without one bad word: what was promised, how often it was said, whose fault it is.
_REPROACH = re.compile(
    r"还(?:好意思|有脸|敢|指望)|(?:你们?|你家)(?:就|都|也|还)?(?:只会|光会|就会|只知道|除了[^,。]{1,6}还)|算你们(?:狠|厉害|行)|给你们(?:的)?(?:胆|权|脸)"
    r"|到现在(?:还|也|都|连)?(?:没|不)|(?:问|催|说|打|来)(?:了)?(?:[二两三四五六七八九十几多好]+)(?:遍|次|回|天|趟|个电话)|(?:钱|款)(?:都|也)?(?:收|付|给)了[^,。]{0,4}(?:却|就|不|没)"
    r"|长(?:点|个)?(?:脑子|记性|眼)|(?:眼睛|脑子|良心|脸)(?:长哪|呢\W|让狗|被狗)|眼瞎|瞎了?[吗眼]|(?:这|那)(?:也|都)(?:叫|算|能叫|配)[^,。]{1,8}|当(?:初|时)(?:怎么|不是|可是)?(?:说|答应|承诺|保证)"
    r"|什么(?:破|烂|鬼|垃圾|态度|逻辑|道理|效率|速度|服务|质量)|(?:陪|跟)你们(?:耗|玩|磨|扯)|求着?你们|我(?:是)?(?:欠|该)你们|(?:浪费|耽误|消耗)我|(?:卖|收钱|下单|付款)(?:的时候|前)[^,。]{0,10}(?:现在|出事|售后|退货)"
    r"|(?:真是?|太)(?:够|有)(?:可以|意思|能耐|本事)的?|(?:不|没)(?:见|听)过(?:这|你)[么样]|头一(?:回|次)(?:见|碰|遇)|没(?:一句|一个)(?:实话|准话|准信|准的|靠谱)|(?:一天|天天)(?:推|拖)(?:一天|天天)?|(?:赶紧|马上|立刻|今天)(?:的)?给我|给(?:句|个)(?:痛快|准|实)话"
)
# Mockery and weariness: how often, how long, and what a wonder that it is still not done.
_WEARY = re.compile(
    r"[两二三四五六七八九十几多好\d]+(?:次|回|遍|趟|个)[^,。]{0,6}[,]?[^,。]{0,4}(?:都|全|每[次个回]|[两二三四五六七八九十几\d]+次)[^,。]{0,8}(?:错|坏|失败|没|不|死机|放鸽子|从头|一样|推)"
    r"|(?:发|开|弄|写|拿|装|搞|寄|错|漏|改)错?了?(?:我)?[两二三四五六七八九十几\d]+(?:次|回|遍)(?:了)?(?:\W|$)|(?:次次|回回|每次都|天天都)(?:[^,。]{0,6})(?:错|不|没|抢光|坏|推|这样)"
    r"|(?:天|个?月|年|小时|周|星期)(?:了|的)?[,]?[^,。]{0,4}(?:我的)?(?:钱|货|票|件|东西|人|退款)(?:呢|在哪)(?:\W|$)|催了?[^,。]{0,3}(?:[一两二三四五六七八九十几半\d]+)(?:个)?(?:天|周|月|星期|遍|次|回)"
    r"|(审核|处理|登记|核实|稍等|反馈|赠品|明天|马上|等)[,]?\1|比[^,。]{1,6}还(?:难|慢|费劲|麻烦)|还能不能(?:行|好|干)了|能不能行了|说得(?:倒|真|比唱)?(?:是)?好听|有没有点|(?:故意|存心|成心)(?:的|拖|不|耍)|放(?:我)?鸽子|(?:割|当|宰)(?:我)?韭菜|当(?:我)?(?:冤大头|傻子|猴|提款机)"
    r"|(?:磨叽|墨迹|磨蹭|磨磨)(?:半天|唧唧|死)?|复读机|(?:不识|认不全|看不懂)(?:字|中文|人话)|字都(?:认|看|写)|亲妈都|(?:买|当)了?个?(?:摆设|寂寞|祖宗)|负得起责|死光|等死吧|没完(?:$|\W)|说不(?:清|通)(?:$|\W)|(?:准|实)(?:话|信)都(?:没|不)|耍(?:我|人|猴)|糊弄|敷衍|打发(?:我|要饭)|逛街|蜗牛|龟速"
    r"|(?:假|劣质|过期|坏|烂)[^,。]{0,4}也(?:敢|好意思|能)卖|敢卖(?:假|这)|差点(?:出|要了|没)[^,。]{0,3}(?:人命|命|事)|知不知道[啊?]|(?:带人|带着人)[^,。]{0,4}去|坐在?你们|堵(?:你们)?门|我(?:就)?不(?:上班|用上班|睡觉|过日子)了"
)
# What is mocked, at the end of a message that has told something: 你们在审原子弹吗, 你们仓库是闭着眼拣货吗.
_MOCKED = re.compile(
    r"[,!。][^,。]{0,2}(?:你们?|你家|贵店)[^,。]{0,3}(?:是|在|都是?|仓库是?|家是?|怕|莫)[^,。吗]{2,9}(?:吗|吧|呢|啊|\?)+$|[,!。]包的?是[^,。]{1,4}[吗吧]|[,!。][^,。]{0,8}(?:自己|你们)(?:盖|吃|留着?|用|穿)了[?吧吗]"
)
_TOLD_BEFORE = re.compile(
    r"[两二三四五六七八九十几半\d]+(?:天|次|回|遍|月|年|周|件|块|个|趟)|还(?:没|不)|失败|错|坏|清清楚楚|明明|写着?|说好|催"
)
# From this length on the small words of a calm story must not add up to anger.
_STORY = 45
_DILUTED = 0.3
_THREAT = re.compile(
    r"不(?:然|给|发|退|解决|处理|送|理)[^,。]{0,6}(?:就|我就)(?:退款|投诉|差评|举报|取消|退货|找|去|告|曝光)|等着(?:瞧|收|投诉|吧)|法院见|走着瞧"
)


@dataclass(frozen=True, slots=True)
class MoodRules:
    """The pack's mood words with their patterns compiled once."""

    words: PhraseTable
    anger: PhraseTable
    emoji: PhraseTable
    degree: frozenset[str]
    sarcasm: re.Pattern[str]
    unsatisfied: re.Pattern[str]
    satisfied: re.Pattern[str]
    urgent: re.Pattern[str]
    patient: re.Pattern[str]


def compile_mood(mood: Mood, emoji: PhraseTable) -> MoodRules:
    return MoodRules(
        words=mood.words,
        anger=mood.anger,
        emoji=emoji,
        degree=frozenset(mood.degree),
        sarcasm=_any(mood.sarcasm),
        unsatisfied=_any(mood.unsatisfied),
        satisfied=_any(mood.satisfied),
        urgent=_any(mood.urgent),
        patient=_any(mood.patient),
    )


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


def feel(
    raw: str, normal: str, matters: tuple[float, ...], repeats: int, rules: MoodRules, goods: bool = False
) -> Sentiment:
    """The feeling of a turn: `matters` is how its intents weigh, `repeats` how often it was said before.

    `goods`: it only asks about goods, where bad words belong to the question.
    """
    low, high = 0.0, 0.0
    for found in _told(rules.words, normal):
        weight = _in_context(normal, found.start, found.end, float(found.value), rules.degree)
        low, high = min(low, weight) + 0.35 * min(0.0, max(low, weight)), max(high, weight)
    for found in rules.emoji.find(raw):
        weight = float(found.value)
        low, high = min(low, weight), max(high, weight)
    swears = len(_told(rules.anger, normal))
    hypothetic = _HYPOTHETIC.search(normal) is not None
    mocked = _MOCKED.search(normal) is not None and _TOLD_BEFORE.search(normal) is not None
    reproached = _REPROACH.search(normal) is not None or _WEARY.search(normal) is not None or mocked
    if goods and not reproached and not swears:
        low *= _GOODS
    if not hypothetic and (_RHETORIC.search(normal) or reproached):
        low -= 0.4
    if len(normal) > _STORY and low > -0.75:
        low *= _DILUTED
    if _THREAT.search(normal):
        low -= 0.5
    shouted = _SHOUT.search(raw) is not None
    if shouted or _DOTS.search(raw):
        low -= 0.25
    sarcastic = _is_sarcastic(normal, low, rules)
    if sarcastic:
        low, high = low - 0.55, 0.0
    heavy = min(matters, default=0.0)
    light = max(matters, default=0.0)
    if heavy < 0:
        low = low + heavy * MATTER if low < MILD else max(low + heavy * MATTER, CALM_MATTER)
    elif light > 0 and low > -0.3:
        high = max(high, light)
    low -= 0.15 * min(repeats, 3)
    score = max(-1.0, min(1.0, low if -low >= high * 0.6 else high + low * 0.5))
    label = "negative" if score <= NEGATIVE else "positive" if score >= POSITIVE else "neutral"
    anger = (
        0.0
        if score > -0.2
        else min(1.0, max(0.0, -score - 0.25) * 0.8 + 0.25 * swears + 0.15 * shouted + 0.1 * sarcastic)
    )
    if swears and hypothetic and score > -0.5:
        anger *= 0.5
    return Sentiment(label=label, score=round(score, 3), anger=round(anger, 3), sarcasm=sarcastic)  # type: ignore[arg-type]


def _told(words: PhraseTable, text: str) -> list[Found]:
    """The words of a table in a text; 妈 of a mother is none of them."""
    found = list(words.find(text))
    mothers = [one.span() for one in _MOTHER.finditer(text)] if found else []
    return [one for one in found if all(one.end <= start or end <= one.start for start, end in mothers)]


def _in_context(text: str, start: int, end: int, weight: float, degree: frozenset[str]) -> float:
    before = text[max(0, start - 4) : start]
    if weight > 0 and re.search(r"(?:不|没|没有|不是|不太|不够|别)(?:是|很|太|那么|怎么|觉得|算|有)?$", before):
        weight = -0.6 * weight
    elif weight > 0 and re.search(
        r"(?:能|会|会不会|是不是|有没有|要|哪个|哪款|哪|更|最|比较|不要太|怎么|如何|求|先|帮)[^,。]{0,2}$", before
    ):
        weight *= 0.3
    elif weight < 0 and re.search(
        r"(?:不|没|没有|不是|不会|不用|别|取消|避免|防止|不要|未|无)(?:被|再|想|有|是|太|会|给)?$", before
    ):
        weight *= 0.1
    elif any(before.endswith(word) for word in degree):
        weight *= 1.25
    after = text[end : end + 6]
    if weight < 0 and (_OTHERS_SAY.search(text[max(0, start - 14) : start]) or _NO_DEED.search(after)):
        return weight * _REPORTED
    if (
        weight < 0
        and (_CALM_QUESTION.search(after) or _HYPOTHETIC.search(text[max(0, start - 8) : start]))
        and weight > -0.8
    ):
        weight *= 0.25
    elif weight < 0 and after.startswith("不" + text[start:end]):
        weight = 0.0
    elif weight > 0 and re.search(r"^(?:吗|么|不|嘛|呢|的话|一点|点|些|还是|率|\?)", after):
        weight *= 0.25
    return weight


def _is_sarcastic(normal: str, low: float, rules: MoodRules) -> bool:
    if rules.sarcasm.search(normal) is None:
        return False
    return (
        low < -0.1 or re.search(r"你们|你家|贵店|呵呵|客服|快递|可真|好一个|这服务|这速度|这质量", normal) is not None
    )


def urgency_of(normal: str, rules: MoodRules, anger: float) -> Urgency:
    if rules.patient.search(normal):
        return "low"
    if rules.urgent.search(normal) or anger >= 0.75:
        return "high"
    return "normal"


def satisfaction_of(normal: str, rules: MoodRules, answered: bool, label: str) -> bool | None:
    """Whether the last answer helped; None when there was none or nothing is said about it."""
    if not answered:
        return None
    if rules.unsatisfied.search(normal):
        return False
    if label != "negative" and rules.satisfied.search(normal):
        return True
    return False if label == "negative" and re.search(r"你|客服|机器|说|回答|问", normal) else None
