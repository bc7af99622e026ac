"""Words that ask (问句): whether something is asked at all, and the thing asked for by name in 有竹笛吗, 有没有儿童款.
Pure; the words as they were typed."""

import re

# words that ask, of any matter
QUESTION = re.compile(
    r"[?？]|[吗嘛么不没否](?:\W|$)|(.)[不没]\1|能不能|可不可以|怎么|咋|如何|多[久长高重大宽远粗深厚]|几(?![百十千乎])|哪|啥|什么|多少|谁|还是"
)
_BEFORE = r"^(?:请问|你们?家?|咱家|店里|那|还|这[款个件]?)*"
_THING = r"([\u4e00-\u9fff]{2,6}?)(?:款|版)?"
_IS_THERE = (
    re.compile(rf"{_BEFORE}(?:有没有|有木有|有卖|有|卖){_THING}(?:卖)?(?:吗|没有?|不|么|卖)(?:\W|$)"),
    re.compile(rf"{_BEFORE}(?:有没有|有木有|卖不卖){_THING}(?:卖|啊|呀|呢)*\W*$"),
    re.compile(rf"{_BEFORE}{_THING}(?:有没有|有木有|卖不卖)(?:卖|啊|呀|呢)*\W*$"),
)


def thing_asked_for(text: str) -> str:
    """The thing whose being there is asked; empty when the text asks something else. 「有纯棉的吗」 gives 纯棉的."""
    found = next((one for pattern in _IS_THERE if (one := pattern.match(text.strip()))), None)
    return found[1] if found else ""
