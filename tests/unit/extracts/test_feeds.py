"""Reading feeds.toml."""

from pathlib import Path

import pytest

from interfaces.exceptions import PackError
from interfaces.extracts.contract import EVENT_TABLES, TABLES
from interfaces.extracts.feeds import PackRules, read_rules
from interfaces.extracts.mapping import default_folder

INSTALLED = default_folder().parent / "feeds.toml"


def test_installed_rules_cover_every_feed_with_events() -> None:
    rules = read_rules(INSTALLED)
    assert set(EVENT_TABLES) <= set(rules.feeds)
    assert set(rules.feeds) <= set(TABLES)
    assert rules.feed("admissions").gap_months == 2
    assert rules.feed("demographics") == rules.default
    assert {table: rules.feed(table).min_linked_share for table in EVENT_TABLES} == {
        **dict.fromkeys(EVENT_TABLES, 0.5),
        "social_care_events": 0.0,
    }
    assert rules.lawful.required == ("controller", "purpose", "lawful_basis", "lawful_basis_expires")


def test_feed_that_is_not_named_has_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text("[default]\nlag_days = 3\n[feeds.admissions]\ngap_months = 4\n", encoding="utf-8")
    rules = read_rules(path)
    assert (rules.feed("admissions").lag_days, rules.feed("admissions").gap_months) == (3, 4)
    assert (rules.feed("gp_codes").lag_days, rules.feed("gp_codes").gap_months) == (3, 2)


@pytest.mark.parametrize(
    "text",
    [
        "[feeds.admission]\nlag_days = 1\n",
        "[default]\nlagdays = 1\n",
        "[default]\nlag_days = -1\n",
        "[default]\ngap_months = 0\n",
        "[default]\nmax_reject_share = 2\n",
        "[default]\nmin_linked_share = -0.1\n",
        "[feeds.gp_codes]\nmin_linked_share = 1.1\n",
        "[rows]\nunknown = 1\n",
        "[default\n",
    ],
)
def test_rules_that_cannot_be_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=r"feeds\.toml"):
        read_rules(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"feeds\.toml"):
        read_rules(tmp_path / "feeds.toml")


def test_only_a_feed_may_stop_early() -> None:
    assert PackRules().allowing(["admissions"]).allowed_gaps == {"admissions"}
    with pytest.raises(PackError, match="Found another. Use one of practices, "):
        PackRules().allowing(["SUS"])
