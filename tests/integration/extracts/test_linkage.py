"""A feed that is there but says nothing of the people on the register would make everybody look well."""

from pathlib import Path

import pytest

from interfaces.exceptions import PackRefused
from interfaces.extracts.check import require_usable
from interfaces.extracts.feeds import FeedRule, PackRules, read_rules
from interfaces.extracts.mapping import default_folder
from tests.support.checking import check, lenient, refusal, rules_of, said
from tests.support.packs import Row, a_pack, care_event, gp_code, nhs, person, seal, write_table

INSTALLED = default_folder().parent / "feeds.toml"
REGISTER = [person(nhs(at)) for at in range(1, 41)]


def _codes(linked: int, others: int) -> list[Row]:
    numbers = [*range(1, linked + 1), *range(101, others + 101)]
    return [gp_code(nhs(number), "44054006", "2026-09-14") for number in numbers]


def test_feed_with_every_row_set_aside_is_refused_unless_allowed(tmp_path: Path) -> None:
    rows = [gp_code(nhs(1), "44054006", "2027-01-01"), gp_code(nhs(2), "44054006", "2027-01-02")]
    folder = a_pack(tmp_path / "pack", gp_codes=rows)
    found = refusal(check(folder), "feed_stopped")
    assert (found.table, found.found) == ("gp_codes", "none: all 2 rows are set aside")
    assert check(folder, rules=lenient().allowing(["gp_codes"])).usable
    assert not check(folder, rules=lenient().allowing(["gp_prescriptions"])).usable


def test_feed_of_another_register_is_refused_unless_allowed(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", gp_register=REGISTER, gp_codes=_codes(0, 25))
    rules = read_rules(INSTALLED)
    report = check(folder, rules=rules)
    found = refusal(report, "feed_not_of_this_register")
    assert (found.table, found.column, found.count, found.found) == ("gp_codes", "nhs_number", 25, "0 of 25 (0.0%)")
    assert "--allow-gap gp_codes" in found.todo
    assert nhs(101) not in said(report)
    with pytest.raises(PackRefused, match="feed_not_of_this_register"):
        require_usable(report)
    assert check(folder, rules=rules.allowing(["gp_codes"])).usable


@pytest.mark.parametrize(
    ("linked", "others", "usable"), [(10, 10, True), (9, 11, False), (0, 19, True), (0, 20, False), (20, 20, True)]
)
def test_share_is_judged_from_twenty_rows_on(tmp_path: Path, linked: int, others: int, usable: bool) -> None:
    report = check(a_pack(tmp_path / "pack", gp_register=REGISTER, gp_codes=_codes(linked, others)))
    assert rules_of(report) == (set() if usable else {"feed_not_of_this_register"})


def test_share_is_that_of_the_configuration(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", gp_register=REGISTER, gp_codes=_codes(3, 27))
    assert check(folder, rules=PackRules(feeds={"gp_codes": FeedRule(min_linked_share=0.1)})).usable
    assert not check(folder, rules=PackRules(feeds={"gp_codes": FeedRule(min_linked_share=0.11)})).usable


@pytest.mark.parametrize("number", [None, nhs(101)])
def test_council_without_numbers_of_the_register_is_not_refused(tmp_path: Path, number: str | None) -> None:
    events = [care_event(f"E{at}", f"P{at}", "2026-09-14", nhs_number=number) for at in range(30)]
    folder = a_pack(tmp_path / "pack", gp_register=REGISTER, social_care_events=events)
    report = check(folder, rules=read_rules(INSTALLED))
    assert report.usable, report.refusals


def test_feeds_are_not_blamed_where_the_register_is_empty(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", gp_codes=_codes(0, 30))
    write_table(folder, "gp_register", [])
    assert rules_of(check(seal(folder))) == {"no_rows"}
