"""Which gaps are shown (值得补的): never one-off junk, and a solved one only when it is asked on."""

from xiaoer.slices.learning.types import Gap, GapCount, GapSettings


def is_worth_showing(gap: Gap, count: GapCount, settings: GapSettings) -> bool:
    """Asked in enough conversations, or answered by a person at least once."""
    if count.conversations >= settings.min_conversations:
        return True
    return settings.human_backed and count.conversations >= 1 and bool(gap.answers)


def is_reopened(gap: Gap, since_decided: GapCount, settings: GapSettings) -> bool:
    """An approved or merged gap comes back when as many buyers as make a gap still got no answer; dismissed never."""
    return gap.status in ("approved", "merged") and since_decided.conversations >= max(2, settings.min_conversations)
