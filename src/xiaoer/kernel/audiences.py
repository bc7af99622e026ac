"""People who need care with what they eat, put on their skin or play with (需要当心的人), as buyers name them."""

import re
from collections.abc import Collection

# audience -> the words for it, in attributes and as spoken
AUDIENCES: dict[str, tuple[str, ...]] = {
    "孕妇": ("孕妇", "孕期", "怀孕", "备孕", "准妈妈", "孕妈"),
    "哺乳期": ("哺乳",),
    "婴儿": ("婴儿", "宝宝", "新生儿", "婴幼儿", "奶娃"),
    "儿童": ("儿童", "小孩", "孩子"),
    "敏感肌": ("敏感肌", "敏感皮", "皮肤敏感", "敏皮", "过敏肌"),
    "糖尿病人": ("糖尿病", "血糖", "控糖"),
    "高血压的人": ("高血压", "血压高"),
    "痛风的人": ("痛风", "尿酸"),
    "素食者": ("素食", "吃素", "纯素"),
    "清真饮食": ("清真", "回民", "回族"),
}
# further words for an audience, as spoken of somebody (孕5个月了); facts of goods are not looked up with them
_SPOKEN = {
    "孕妇": re.compile(r"孕(?!妇枕|妇裤)|怀上|怀着|怀了|大肚子|预产期|有喜了|双身子"),
    "哺乳期": re.compile(r"喂奶|母乳|断奶|月子|产后"),
    "婴儿": re.compile(r"刚出生|出生\d|满月(?!减)|个月大|个月的(?:娃|宝|孩)|月龄|早产"),
    "敏感肌": re.compile(r"红血丝|泛红|刺痛|屏障受损|烂脸|(?:脸|皮肤)(?:很|特别|比较|容易)?敏感"),
    "儿童": re.compile(r"小学(?!期)|幼儿园|学前班|[一二三四五六]年级|小(?:侄|外甥|孙)"),
    "糖尿病人": re.compile(r"糖友|胰岛素|糖化"),
    "高血压的人": re.compile(r"降压药"),
}
_SKIN_REACTS = re.compile(r"(?:皮肤|肌肤|脸|肤质)[^，。,]{0,6}过敏|换季[^，。,]{0,4}过敏")
_GROWN_UP = re.compile(
    r"(?:娃|孩子|儿子|闺女|女儿|小孩)[^，。,]{0,4}(?:上|读|考上|念)(?:了)?(?:大学|大专|研究生)|大学生|研究生"
)
_TEACHERS = re.compile(
    r"(?:孩子|小孩|宝宝|[大小]?娃|儿子|女儿|闺女)?(?:的|他|她)?(?:小学|幼儿园|初中|高中|中学|大学|[一二三四五六]年级)?的?(?:班主任)?"
    r"(?=老师|教师|班主任)"
)
# years from which somebody is at school
_AT_SCHOOL = (
    (re.compile(r"托班|小班(?!级)"), 3.0),
    (re.compile(r"大班"), 5.0),
    (re.compile(r"幼儿园|中班"), 4.0),
    (re.compile(r"小学|学前班|一年级|二年级"), 6.0),
    (re.compile(r"三年级|四年级"), 8.0),
    (re.compile(r"五年级|六年级|小升初"), 10.0),
    (re.compile(r"初中|初一|初二|初三|七年级|八年级|九年级|中考|中学生"), 12.0),
    (re.compile(r"高中|高一|高二|高三|高考"), 15.0),
)
_CHILD_FROM = 3  # years; the law calls younger ones 婴幼儿


def age_at_school(text: str) -> float | None:
    """The youngest that somebody is of whom the words say where he goes to school; None when they do not."""
    text = without_pupils(text)
    return next((years for said, years in _AT_SCHOOL if said.search(text)), None)


def without_pupils(text: str) -> str:
    """The words without whose teacher somebody is, and where (孩子幼儿园老师: 老师)."""
    return _TEACHERS.sub("", text)


def audiences_in(text: str, named: Collection[str] = (), age_years: float | None = None) -> tuple[str, ...]:
    """The audiences that words name and that need care; a 宝宝 of three years and more is a child."""
    text = without_pupils(text.replace("毛孩子", ""))  # a cat or a dog
    found = [name for name, words in AUDIENCES.items() if any(word in text for word in words)]
    found += [name for name, words in AUDIENCES.items() for one in named if one in (name, *words)]
    found += [name for name, spoken in _SPOKEN.items() if spoken.search(text)]
    found += ["敏感肌"] if _SKIN_REACTS.search(text) else []
    if _GROWN_UP.search(text):  # 娃上大学要军训
        found = [name for name in found if name not in ("婴儿", "儿童")]
    if age_years is not None and age_years >= _CHILD_FROM:
        found = ["儿童" if name == "婴儿" else name for name in found]
    return tuple(dict.fromkeys(found))
