"""Scenes (场景营销): what is shown after the answer; one a turn, each once a talk, never to an upset buyer."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache

from xiaoer.kernel.audiences import audiences_in
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.slices.selling.rules.greeting import in_categories, in_period, periods_meet
from xiaoer.slices.selling.types import Scene

_NOT_NOW = ("after.", "service.", "ship.stuck", "ship.lost", "ship.urge", "order.cancel", "promo.not_applied")
_UPSET = -0.4


def choose_scene(
    scenes: Sequence[tuple[str, Scene]],
    heard: Heard,
    product_id: str,
    category: str,
    shown: Collection[str],
    now: datetime,
) -> tuple[int, str, Scene] | None:
    """The segment, id and scene that fit; None for an upset buyer and for talk about trouble."""
    if heard.sentiment.score <= _UPSET or heard.sentiment.anger > 0.3:
        return None
    if any(segment.intent.startswith(_NOT_NOW) for segment in heard.segments):
        return None
    found = [
        (scene.priority, id_, index, scene)
        for index, segment in enumerate(heard.segments)
        for id_, scene in scenes
        if id_ not in shown and in_period(scene.valid_from, scene.valid_to, now)
        if _fits_goods(scene, product_id, category) and fits_segment(scene, segment)
    ]
    if not found:
        return None
    _, id_, index, scene = min(found, key=lambda entry: entry[:3])
    return index, id_, scene


def fits_segment(scene: Scene, segment: Segment) -> bool:
    """Whether one of the words, and one of the intents, and one of the audience are there; what is empty fits."""
    if not (scene.words or scene.intents or scene.audience):
        return False
    return (
        (not scene.words or any(word and word in segment.text for word in scene.words))
        and (not scene.intents or segment.intent in scene.intents)
        and (not scene.audience or _is_for(scene.audience, segment))
    )


def _is_for(audience: Collection[str], segment: Segment) -> bool:
    """Whether one of the people is named, in whatever words: 宝宝 and 刚出生 are 婴儿, 肚里有娃 of five months 孕妇."""
    heard = segment.entities
    named = {*heard.audience, *_people_in(segment.text, heard.audience, heard.age_years)}
    return any(word in segment.text or named.intersection((word, *_people_in(word, (word,)))) for word in audience)


_people_in = lru_cache(maxsize=256)(audiences_in)  # the words of scenes, and a segment that is held against all scenes


def _fits_goods(scene: Scene, product_id: str, category: str) -> bool:
    return (not scene.products or product_id in scene.products) and (
        not scene.categories or in_categories(category, scene.categories)
    )


def conflicts(id_: str, scene: Scene, others: Sequence[tuple[str, Scene]]) -> tuple[str, ...]:
    """Other scenes with the same priority that the same message can call for, told in Chinese."""
    found = []
    for other_id, other in others:
        same = (
            other_id != id_
            and other.priority == scene.priority
            and (bool(set(scene.words) & set(other.words)) or (not scene.words and not other.words))
            and (not scene.intents or not other.intents or bool(set(scene.intents) & set(other.intents)))
            and (not scene.audience or not other.audience or bool(set(scene.audience) & set(other.audience)))
            and periods_meet(scene, other)
            and (not scene.products or not other.products or bool(set(scene.products) & set(other.products)))
        )
        if same:
            found.append(f"和“{other.title}”会被同一句话触发，优先级也一样；请把其中一个的优先级数字改小")
    return tuple(found)
