"""config/mdt.toml is read whole or refused with what is wrong with it."""

from pathlib import Path

import pytest

from caseload.domain.plan_words import AgendaReason
from caseload.exceptions import SettingsRefused
from caseload.mdt_rules import mdt_rules_in

FILE = Path(__file__).resolve().parents[3] / "config" / "mdt.toml"


@pytest.fixture
def changed(tmp_path):
    """A function: the rules of the file with one thing changed."""

    def change(old, new):
        text = FILE.read_text(encoding="utf-8")
        assert old in text
        file = tmp_path / "mdt.toml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return mdt_rules_in(file)

    return change


def test_the_file_of_the_program_is_whole():
    rules = mdt_rules_in(FILE)
    assert (rules.capacity, rules.quorum, rules.weeks_ahead) == (30, 3, 6)
    assert rules.order[0] is AgendaReason.CARRIED_OVER


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("capacity = 30", "capasity = 30", "capasity (the nearest there is: capacity)"),
        ("capacity = 30", "capacity = 101", "capacity"),
        ("quorum = 3", "quorum = 0", "quorum"),
        ('rising = "run"', 'rising = "perhaps"', "rising"),
        ('"carried_over", ', "", "every reason stands in the order once"),
        ('"carried_over"', '"rising"', "every reason stands in the order once"),
        ('stays = ["emergency_admission"]', "stays = []", "stays"),
        ('version = "2026.1"', "version = ", "Invalid value"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(changed, old, new, said):
    with pytest.raises(SettingsRefused) as refused:
        changed(old, new)
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SettingsRefused, match="no file that can be read"):
        mdt_rules_in(tmp_path / "mdt.toml")
