"""Approved answers (认可的答案): what somebody agreed that an entry says, held against what it says now.

Both are compared as they are written, with the names of their variables: a figure that is live may change without
anybody's approval, a word may not. Commas, spaces and other layout are nobody's concern, except between figures.
"""

import re
import unicodedata
from datetime import datetime

from xiaoer.slices.learning.ports import Written
from xiaoer.slices.learning.types import Golden

TRIAL_CHANNEL = "web"  # where a golden question is asked that names no channel
OTHER_WORDS = "答案和认可的不一样"
_MARKS = r"[\s,.:;!?…“”‘’'\"()「」『』《》【】、。·~—]+"
_LAYOUT = re.compile(rf"(?<!\d){_MARKS}|{_MARKS}(?!\d)")  # between figures a mark says something: 3.5, 3~5


def is_same(approved: str, written: str) -> bool:
    """Whether two answers say the same in the same words."""
    return _bare(approved) == _bare(written)


def _bare(text: str) -> str:
    return _LAYOUT.sub("", unicodedata.normalize("NFKC", text)).lower()


def approved(
    id_: str, question: str, entry_id: str, draft: Written, by: str, now: datetime, product_id: str = ""
) -> Golden:
    """The golden question that an approval makes: asked so, the entry answers in these words."""
    channel = draft.channel.split("|", maxsplit=1)[0]
    return Golden(
        id_, question, entry_id, draft.said_on(channel or TRIAL_CHANNEL), product_id=product_id or draft.product_id,
        channel=channel, origin="approved", created_at=now, created_by=by,
    )  # fmt: skip
