"""Who gets an automation and who is held out (对照): decided when its facts are there, so that only buyers for whom it
would have acted are compared. What a buyer asks for by name is always answered: a hold-out is never silence.
"""

from typing import Any

from xiaoer.flows.gather_facts.ports import AssignsTrials
from xiaoer.kernel.decision import Facts, SceneShown, Trial
from xiaoer.kernel.turn import Turn

_KINDS = {"recommend": "similar", "bargain": "bargain"}  # automation -> the kind of need that brings it


async def compare(
    assign: AssignsTrials, turn: Turn, before: Facts, found: dict[tuple[str, str], Any], scene: SceneShown | None
) -> tuple[tuple[Trial, ...], SceneShown | None]:
    """Return the buyer's places and the scene that is left for him; what else a held-out buyer does not get (unasked
    picks, bargaining) is taken out of `found`."""
    trials: list[Trial] = []
    for automation, kind in _KINDS.items():
        keys = [key for key, value in found.items() if key[0] == kind and value]
        if keys and (trial := await assign(turn.shop, automation, turn.buyer_id)) is not None:
            trials.append(trial)
            if trial.held_out:
                found.update(dict.fromkeys(keys, () if automation == "recommend" else None))
    new = scene is not None and scene is not before.scene
    if scene is not None and new and (trial := await assign(turn.shop, f"scene:{scene.id}", turn.buyer_id)) is not None:
        trials.append(trial)
        scene = None if trial.held_out else scene
    return tuple(trials), scene
