"""model.toml is read whole or refused."""

from pathlib import Path

import pytest

from stratify.exceptions import ConfigRefused
from stratify.fit_plan import read_fit_plan
from stratify.settings import default_config


def changed(folder: Path, old: str, new: str) -> Path:
    text = (default_config() / "model.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "model.toml").write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_the_plan_that_ships_is_sound() -> None:
    plan = read_fit_plan()
    assert plan.look_back_days == 1095
    assert 1 <= len(plan.candidates) <= 6
    assert plan.feature_auroc == plan.model_auroc == 0.95


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("booster_days_before = [365, 548]", "booster_days_before = [364]", "365 or more"),
        ("train_share = 0.6", "train_share = 0.8", "below 1 together"),
        ("depth = 6", "depth = 7", "depth of at most 6"),
        ("fewest_events = 20", "", "each by its name"),
        ("leaves = 31", "leafs = 31", "each by its name"),
    ],
)
def test_plan_that_is_impossible_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ConfigRefused, match=told):
        read_fit_plan(changed(tmp_path, old, new))


def test_too_many_candidates_are_refused(tmp_path: Path) -> None:
    more = "[[candidates]]\nleaves = 5\n" * 4
    folder = changed(tmp_path, "# Settings tried", f"{more}\n# Settings tried")
    with pytest.raises(ConfigRefused, match="1 to 6 candidates"):
        read_fit_plan(folder)
