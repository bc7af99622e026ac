"""Whether an answer says yes or no to its question (是否), and when two answers cannot both be true. Pure.

Read clause by clause: the first that decides counts. 「只…」 affirms what it names and denies the rest, a clause that
repeats what was asked without a word of denial affirms it. What holds under a condition only (没拆封的可以退) decides
nothing, because another answer may tell the other case.
"""

import re
from collections.abc import Sequence

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
    r"没有|没法|没开|无法|无需|不必|禁止|避免|切勿|请勿|暂无|停止|[用戴放开洗过做发寄退换]不了|未(?:开通|提供|支持)|谢绝|拒绝"
    r"|(?<![必])不(?!同|过|超|满|止|少|锈|仅|论|管|但|一定|错|久|断|用担心|好意思|限|粘|易|足|等|如|得不|了解|定期|怕|妨|只)"
    r"|禁[用忌食]|忌[用食口]|别(?![的人处致样])|无(?![论比线纺缝印骨尘敌数奈非])"
)
_YES = re.compile(
    r"可以|(?<![不认])可(?![是爱乐能见惜口])|(?<!性)能(?![量耗效源])|支持|会(?![员议话])|接受|提供|允许|适合|适用|通用|放心|需要|必须"
    r"|当然|肯定|包(?=[邮安上退换括含运])|含有?|带有|附送|(?:自|全)带|带(?![来走着动])|配(?![送方合料置])|赠送|享受|送(?![货到达礼人上去回])|没问题|没关系|正常(?=发|营|使|上)|照常|照发"
)
_HEAD = re.compile(r"^(?:能|行|是(?!由|从|在)的?|有(?![些时])|需|要|包|送|开|发|含|会|带|退|换|补|掉|起)")
_ONLY = re.compile(r"只(?!要)(?:能|可以?|支持|有|限|开|做|发|用|接受|送|防|是)?|仅(?:限|支持|能|可|有|供)?")
_CONDITION = re.compile(
    r"如果|若|除非|除了|视|看情况|部分|偏远|有些|个别|不满|未满|因人而异|的话|情况下|质量问题|人为|(?:没(?!有)|未|已).{1,6}的(?=.)"
    r"|.{1,6}的时候|[拆开用洗穿]过"
)
_EITHER = re.compile(r"(.)[不没]\1|是否|能否|可否|有无")
_HOW = re.compile(r"怎么|怎样|如何|什么|多久|多少|哪|几|为啥|为何|谁|多长|多大|啥")
_ASKS = re.compile(r"[吗么吧嘛呢?？]|[不没否]$|可以|能|支持|会|有|是|要|需|包|行|送|开")
_NEED = re.compile(r"需要|需不需|必须|要不要|用不用|得(?=自|先)|要(?=自己|先|另)|自己|另外")
_THING_SAID = re.compile(
    r"(?:不|没|无|未|非)(?:(?:会|能|可以?|支持|有|需要?|用|要|是|含|包|送|提供|接受|存在)?(?:轻微|明显|任何)?([\u4e00-\u9fff]{2})"
    r"|([退换开送包收补赔修改寄卖洗])(?![\u4e00-\u9fff]))"
)
_AFFIRMED = r"(?<![不没无])(?:可以|能|可|支持|会|接受|提供)[\u4e00-\u9fff]{0,2}"
_UNSURE = re.compile(r"除|部分|偏远|如果|若|除非|视|看情况|有些|个别|不满|未满|因人而异|一定")


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
        if found := _clause(plain, asked, wording):
            return found
        if len(last) == _LAST and last in wording.weighty(plain):
            return 1
    return 0


def _clause(clause: str, asked: frozenset[str], wording: Wording) -> int:
    only, no, yes = _ONLY.search(clause), _NO.search(clause), _YES.search(clause)
    if only and not (no and no.start() < only.start()):
        return 1 if _says(clause[only.end() :], asked, wording) else -1
    if no and not (yes and yes.start() < no.start()):
        return -1
    if yes or _HEAD.match(clause):
        return 1
    return 1 if _says(clause, asked, wording) else 0


def _says(clause: str, asked: frozenset[str], wording: Wording) -> bool:
    """Whether a clause speaks of most of what is asked about."""
    return weight(asked & wording.about(clause)) * 2 > weight(asked)


def deny_each_other(questions: tuple[str, str], answers: tuple[str, str], wording: Wording) -> bool:
    """Whether one answer says yes and the other no to one question for yes or no."""
    if not all(map(is_yes_or_no, questions)) or bool(_NEED.search(questions[0])) != bool(_NEED.search(questions[1])):
        return False
    one, other = (verdict_of(q, a, wording) for q, a in zip(questions, answers, strict=True))
    return one * other < 0


def deny_the_thing(questions: tuple[str, str], answers: tuple[str, str]) -> bool:
    """Whether one answer only denies what is asked about and the other only affirms it (不掉色 and 会轻微掉色)."""
    if any(map(_UNSURE.search, answers)) or not all(map(is_yes_or_no, questions)):
        return False
    no, yes = ([match[1] or match[2] for match in _THING_SAID.finditer(answer)] for answer in answers)
    return _denies(questions, answers[0], no, answers[1], yes) or _denies(questions, answers[1], yes, answers[0], no)


def deny_one_thing(questions: tuple[str, str], answers: tuple[str, str]) -> bool:
    """Whether one answer denies what the other affirms in the same words, however it is asked (可登机, 不能登机)."""
    if any(map(_UNSURE.search, answers)) or not all(map(is_yes_or_no, questions)):
        return False
    no = [{match[1] for match in _THING_SAID.finditer(answer) if match[1]} for answer in answers]
    return any(
        re.search(_AFFIRMED + re.escape(thing), answers[1 - at]) for at in (0, 1) for thing in no[at] - no[1 - at]
    )


def _denies(
    questions: tuple[str, str], answer: str, denied: Sequence[str], other: str, denied_there: Sequence[str]
) -> bool:
    return any(
        all(thing in question for question in questions)
        and answer.count(thing) == denied.count(thing)
        and thing in other
        and thing not in denied_there
        for thing in set(denied)
    )


_MODAL = re.compile(
    r"(?:不|没|无|未|非|别|勿|禁)?(?:可以|能够|可|能|会|要|需要?|支持|接受|提供|允许|建议|有|是|都|也|均|只|仅|就|再|在|被|把|得|让|做|请|统一"
    r"|一律|全部|所有|本店|店铺|我们|目前|暂时|暂|任何|每|单|直接|正常|免费)+"
)
_LONE = 2  # what two clauses must share to be about one thing: a word with a group, or two letters
_BEHIND = 6  # letters behind a no in which stands what it denies
_TOLD = 4  # clauses of an answer that are read for what they affirm and deny


class Told(Struct, frozen=True):
    """A clause that affirms (1) or denies (-1): what it is about, what stands behind its no, and its cases."""

    sign: int
    about: frozenset[str]
    denied: frozenset[str]
    cases: frozenset[str]


def _told(answer: str, wording: Wording) -> tuple[Told, ...]:
    found = []
    for clause in _CLAUSE.findall(answer)[:_TOLD]:
        plain = _OPENING.sub("", _EITHER.sub("", clause.strip()))
        if _UNSURE.search(plain):
            continue
        no = _NO.search(plain)
        about = wording.about(_MODAL.sub("", plain)) - wording.light - _NEGATIONS
        behind = wording.about(_MODAL.sub("", plain[no.start() :])[:_BEHIND]) if no else frozenset()
        denied = (behind - _NEGATIONS) or (about if no else behind)
        found.append(Told(-1 if no else 1, about, denied, wording.cases_of(plain)))
    return tuple(found)


_NEGATIONS = frozenset("不没无未非别勿禁")


def deny_in_clauses(questions: tuple[str, str], answers: tuple[str, str], wording: Wording) -> bool:
    """Whether a clause of one answer affirms what one of the other denies in the same case (都配证书, 不带证书).

    A word with a group or two letters make a thing; a question for yes or no asks about it.
    """
    asked = frozenset[str]().union(*(wording.about(question) for question in questions if is_yes_or_no(question)))
    for one in _told(answers[0], wording):
        for other in _told(answers[1], wording):
            both = one.about & other.about
            if (
                one.sign != other.sign
                and one.cases == other.cases
                and both & (one.denied | other.denied)
                and weight(both) >= _LONE
                and both & asked
            ):
                return True
    return False
