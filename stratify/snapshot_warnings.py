"""What a reader of the model's card should know about the data it was fitted on."""

import numpy as np

from stratify.leakage import drifted
from stratify.practice_split import Split
from stratify.snapshot import Snapshot

# In a place this large some people die and some leave every year.
_ENOUGH_TO_TELL = 5000
_MOST_DRIFTS_TOLD = 10


def snapshot_warnings(before: Snapshot, now: Snapshot, split: Split, *, drift: float) -> list[str]:
    """Sentences on survivors only, on how people were split, and on features that changed between two snapshots."""
    told = [sentence for snapshot in (before, now) for sentence in _survivors_only(snapshot)]
    if not split.by_practice:
        told.append("Too few practices to hold some out whole: people were split instead.")
    names = now.matrix.names
    for found in drifted(names, before.matrix.values, now.matrix.values, limit=drift)[:_MOST_DRIFTS_TOLD]:
        told.append(
            f"{found.name} is spread differently on {before.index_date.isoformat()} and {now.index_date.isoformat()} "
            f"(population stability index {found.stability_index:.2f}): its definition or its feed may have changed."
        )
    return told


def _survivors_only(snapshot: Snapshot) -> list[str]:
    if len(snapshot.event) < _ENOUGH_TO_TELL:
        return []
    followed = {"died": snapshot.follow_up.died_days, "left": snapshot.follow_up.left_days}
    return [
        f"Nobody on the register of {snapshot.index_date.isoformat()} {what} in the year after it: the register seems to "
        "hold survivors only, and risks will be too low."
        for what, days in followed.items()
        if days is not None and not np.any(days >= 0)
    ]
