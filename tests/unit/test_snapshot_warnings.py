"""What the data of a fit leave to be desired is told on the card."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from stratify.evaluation.inputs import FollowUp
from stratify.features.matrix import FeatureMatrix
from stratify.practice_split import SplitRule, split_practices
from stratify.snapshot import Snapshot
from stratify.snapshot_warnings import snapshot_warnings

RULE = SplitRule(0.6, 0.2, 6, seed=0)
PRACTICES = np.repeat([f"F84{number:03}" for number in range(10)], 600).astype(object)
ALL_PRACTICES = split_practices(PRACTICES, RULE)


def snapshot(year: int, *, people: int = 6000, deaths: bool = True, leavers: bool = True) -> Snapshot:
    random = np.random.default_rng(year)
    days = np.where(random.random(people) < 0.05, 100, -1)
    never = np.full(people, -1)
    values = random.normal(size=(people, 2)).astype(np.float32)
    return Snapshot(
        date(year, 7, 18),
        FeatureMatrix(np.arange(people, dtype=np.int32), ("age_years", "falls"), values),
        random.random(people) < 0.06,
        np.ones(people),
        FollowUp(died_days=days if deaths else never, left_days=days if leavers else never),
        {"practice_code": PRACTICES[:people], "pseudonym": PRACTICES[:people]},
    )


def told(before: Snapshot, now: Snapshot) -> list[str]:
    return snapshot_warnings(before, now, ALL_PRACTICES, drift=0.25)


def test_ordinary_snapshots_give_no_warning() -> None:
    assert told(snapshot(2024), snapshot(2025)) == []


@pytest.mark.parametrize(("missing", "what"), [("deaths", "died"), ("leavers", "left")])
def test_register_of_survivors_is_told(missing: str, what: str) -> None:
    sentences = told(snapshot(2024), snapshot(2025, **{missing: False}))
    assert len(sentences) == 1
    assert f"Nobody on the register of 2025-07-18 {what}" in sentences[0]


def test_a_small_place_where_nobody_died_is_no_wonder() -> None:
    small = snapshot(2025, people=400, deaths=False, leavers=False)
    assert told(snapshot(2024, people=400), small) == []


def test_feature_that_changed_is_named_with_its_index() -> None:
    now = snapshot(2025)
    values = now.matrix.values * np.array([1, 20], dtype=np.float32)
    changed = replace(now, matrix=FeatureMatrix(now.matrix.pids, now.matrix.names, values))
    sentences = told(snapshot(2024), changed)
    assert len(sentences) == 1
    assert sentences[0].startswith(
        "falls is spread differently on 2024-07-18 and 2025-07-18 (population stability index "
    )


def test_split_by_person_is_told() -> None:
    few = split_practices(PRACTICES[:1200], RULE)
    sentences = snapshot_warnings(snapshot(2024), snapshot(2025), few, drift=0.25)
    assert sentences == ["Too few practices to hold some out whole: people were split instead."]
