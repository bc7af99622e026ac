"""What is asked for by name (有没有): the thing in 有竹笛吗, 你们家有没有儿童款. Pure; the words as they were typed."""

import re

_IS_THERE = re.compile(
    r"^(?:请问|你们?家?|店里|那|还|这[款个件]?)*有(?:没有|木有|卖)?([\u4e00-\u9fff]{2,6}?)(?:款|版)?(?:吗|没有?|不|么|卖)(?:\W|$)"
)


def thing_asked_for(text: str) -> str:
    """The thing whose being there is asked; empty when the text asks something else. 「有纯棉的吗」 gives 纯棉的."""
    found = _IS_THERE.match(text.strip())
    return found[1] if found else ""
