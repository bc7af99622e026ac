"""Whether an answer says yes or no to its question (是否). Pure.

Read clause by clause: the first that decides counts. 「只…」 affirms what it names and denies the rest, a clause that
repeats what was asked without a word of denial affirms it. What holds under a condition only (没拆封的可以退) decides
nothing, because another answer may tell the other case.
"""

import re

from msgspec import Struct

from xiaoer.slices.knowledge.health.meeting import Wording, weight

_CLAUSE = re.compile(r"[^，,。！!？?；;：:\n]+")
_LAST = 2  # letters at the end of a question that tell what is asked of the thing (裙子有腰带吗)
_LOOKED = 3  # clauses in which a verdict may stand
_OPENING = re.compile(
    r"^(?:您好|你好|亲亲?|抱歉|不好意思|是这样的|放心|请?放心|不用担心|别担心|目前|暂时|现在|我们|咱们|本店|小店|店铺|店里|我家"
    r"|这款|这个|该|此|商品|产品|宝贝|全店|全场|一般|通常|都|均|也|的|[~～\s])+"
)
_NO = re.compile(
    r"没有|没法|没开|无法|无需|不必|禁止|避免|切勿|请勿|暂无|停止|[用戴放开洗过做发寄退换]不了|未(?:开通|提供|支持)|谢绝|拒绝|停[发售产运业]|打烊|歇业|慎[用拍入服食]|[上下进出开动起掉着到见]不[来去了得上]|不[上下进出][来去]|免[洗磨熨烫装]"
    r"|(?<![必])不(?!同|过|超|满|止|少|锈|仅|论|管|但|一定|错|久|断|用担心|好意思|限|粘锅|易|足|等|如|得不|了解|定期|怕|妨|只)"
    r"|禁[用忌食]|忌[用食口]|别(?![的人处致样])|无(?![论比线纺缝印骨尘敌数奈非])"
)
_YES = re.compile(
    r"可以|(?<![不认])可(?![是爱乐能见惜口])|(?<!性)能(?![量耗效源])|支持|会(?![员议话])|接受|提供|允许|适合|适用|通用|放心|需要|必须"
    r"|当然|肯定|包(?=[邮安上退换括含运])|含有?|带有|附送|(?:自|全)带|带(?![来走着动])|配(?![送方合料置])|赠送|享受|送(?![货到达礼人上去回])|没问题|没关系|正常(?=发|营|使|上)|照常|照发"
)
_HEAD = re.compile(r"^(?:能|行|是的|有(?![些时])|需|要|包|送|开|发|含|会|带|退|换|补|掉|起)")
_ONLY = re.compile(r"只(?!要)(?:能|可以?|支持|有|限|开|做|发|用|接受|送|防|是)?|仅(?:限|支持|能|可|有|供)?")
_CONDITION = re.compile(
    r"如果|若|除非|除了|视|看情况|部分|偏远|有些|个别|不满|未满|因人而异|的话|情况下|质量问题|人为|(?:没(?!有)|未|已).{1,6}的(?=.)"
    r"|.{1,6}的时候|[拆开用洗穿]过"
)
_EITHER = re.compile(r"(.)[不没]\1|是否|能否|可否|有无")
_HOW = re.compile(r"怎么|怎样|如何|什么|多久|多少|哪|几|为啥|为何|谁|多长|多大|啥")
_ASKS = re.compile(r"[吗么吧嘛呢?？]|[不没否]$|可以|能|支持|会|有|是|要|需|包|行|送|开")
_EXTRA = re.compile(
    r"(?<!不用)(?<!不需)(?<!不必)(?:另购|另买|另付|另拍|单买|单拍|另算|另收|自备|自购|自理)|(?:单独|另外|另行|自行)(?:购买?|买|拍|配|准备)"
)
_NEED = re.compile(r"单买|另买|需要|需不需|必须|要不要|用不用|得(?=自|先)|要(?=自己|先|另)|自己|另外")
_WAY = re.compile(r"怎么|怎样|如何|咋|为什么|为啥|为何|哪里|哪儿|在哪|地址")
_AT_HEAD = 2  # letters before a no that still begins the answer (也没有)


def is_yes_or_no(question: str) -> bool:
    """Whether a yes or no at the head answers the question; how, when and which are answered otherwise."""
    return bool(_EITHER.search(question)) or (bool(_ASKS.search(question)) and not _HOW.search(question))


def verdict_of(question: str, answer: str, wording: Wording) -> int:
    """1 when the answer affirms what is asked, -1 when it denies it, 0 when it says neither, or on a condition."""
    asked, last = wording.about(question), wording.weighty(question)[-_LAST:]
    for clause in _CLAUSE.findall(answer)[:_LOOKED]:
        plain = _OPENING.sub("", _EITHER.sub("", clause.strip()))
        if _CONDITION.search(plain):
            return 0
        if _EXTRA.search(plain):
            return 1 if _NEED.search(question) else -1
        if plain and (found := _clause(plain, question, asked, wording)):
            return found
        if len(last) == _LAST and last in wording.weighty(plain):
            return 1
    return 0


def _clause(clause: str, question: str, asked: frozenset[str], wording: Wording) -> int:
    only, no, yes = _ONLY.search(clause), _NO.search(clause), _YES.search(clause)
    if only and not (no and no.start() < only.start()):
        return 1 if _says(clause[only.end() :], asked, wording) else -1
    if no and not (yes and yes.start() < no.start()):
        return -1
    if yes or _HEAD.match(clause) or (clause[0] == "是" and "是" in question):
        return 1
    return 1 if _says(clause, asked, wording) else 0


def _says(clause: str, asked: frozenset[str], wording: Wording) -> bool:
    """Whether a clause speaks of most of what is asked about."""
    return weight(asked & wording.about(clause)) * 2 > weight(asked)


class Stance(Struct, frozen=True):
    """How an entry stands to what it is asked: read once, compared with many.

    `verdict` is 1 for yes, -1 for no, 0 for neither; `sign` the same for questions that want a value (送什么: 没有赠品
    is -1, 收纳袋 is 1).
    """

    yes_or_no: bool
    verdict: int
    sign: int


def stance_of(question: str, answer: str, wording: Wording) -> Stance:
    """Read a question and the sentence that answers it."""
    yes_or_no = is_yes_or_no(question)
    verdict = verdict_of(question, answer, wording) if yes_or_no else 0
    return Stance(yes_or_no, verdict, verdict or _sign(question, answer))


def _sign(question: str, answer: str) -> int:
    """Whether an answer to which, when or how much denies that there is any, or tells one."""
    if _WAY.search(question):
        return 0
    clause = next(iter(_CLAUSE.findall(answer)), "")
    plain = _OPENING.sub("", clause.strip())
    if _CONDITION.search(plain):
        return 0
    no = _NO.search(plain)
    return -1 if no and no.start() <= _AT_HEAD else 0 if no else 1
