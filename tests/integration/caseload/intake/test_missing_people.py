"""A register that lost a practice, or many of its people, is refused until somebody has said that it is true."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from caseload.exceptions import RunRefused
from caseload.intake.load_run import load_run
from caseload.intake.missing import Missing
from caseload.tables import Organisation, Person, PersonEvent, RiskRun
from tests.integration.caseload.intake.conftest import LATER
from tests.support.months import NOVEMBER, make_month

SOUTH = (10, 11, 12)  # everybody of F84003


def november(place, **changed):
    return make_month(place.folder / "november", index=NOVEMBER, **changed).request


def here(place, code="F84003"):
    with place.store.reading() as session:
        wanted = select(func.count(Person.id)).join(Organisation, Organisation.id == Person.practice_id)
        return session.execute(wanted.where(Organisation.code == code, Person.deregistered_on.is_(None))).scalar_one()


def test_a_practice_missing_from_the_register_is_refused_by_its_code_and_counts(store, place):
    request = november(place, absent=SOUTH, tiers={1: "high"})
    with pytest.raises(RunRefused) as refused:
        load_run(store, request, now=LATER)
    assert refused.value.found == "F84003: 3 of 3 people missing"
    assert "--allow-leavers F84003:" in refused.value.todo
    with store.reading() as session:
        assert session.execute(select(func.count(RiskRun.id))).scalar_one() == 1
        assert session.execute(select(func.count(PersonEvent.id))).scalar_one() == 0
    assert here(place) == 3


def test_a_practice_that_has_closed_is_taken_in_when_named(store, place):
    request = november(place, absent=SOUTH, tiers={1: "high"})
    load_run(store, replace(request, allow_leavers=("F84003",)), now=LATER)
    assert here(place) == 0


def test_naming_one_practice_allows_no_other(store, place):
    request = november(place, absent=[6, 7, 8, 9, *SOUTH], tiers={1: "high"})
    with pytest.raises(RunRefused) as refused:
        load_run(store, replace(request, allow_leavers=("F84003",)), now=LATER)
    assert refused.value.found == "F84002: 4 of 4 people missing"


def test_a_practice_no_longer_listed_is_a_practice_missing(store, place):
    """Its people are on the register still, at a practice the pack does not know."""
    register = {number: {"practice_code": "Y00000"} for number in SOUTH}
    with pytest.raises(RunRefused, match="F84003: 3 of 3"):
        load_run(store, november(place, register=register, tiers={1: "high"}), now=LATER)


def test_who_moved_left_or_died_as_the_register_says_is_not_missing(store, place):
    register = {
        10: {"practice_code": "F84001"}, 11: {"deregistered_on": "2026-10-20"}, 12: {"date_of_death": "2026-10-20"},
    }  # fmt: skip
    load_run(store, november(place, register=register, tiers={1: "high"}), now=LATER)
    assert here(place) == 1  # who died has not left


def test_a_few_missing_people_are_a_month_like_any_other(store, place):
    load_run(store, november(place, absent=[11, 12], tiers={1: "high"}), now=LATER)
    assert here(place) == 1


def test_a_large_share_of_a_practice_is_refused_and_the_share_can_be_set(store, place, monkeypatch):
    monkeypatch.setattr("caseload.intake.missing.NEVER_TOO_MANY", 1)
    request = november(place, absent=[11, 12], tiers={1: "high"})
    with pytest.raises(RunRefused, match="at most 10 % of them missing. Found F84003: 2 of 3 people missing"):
        load_run(store, request, now=LATER)
    load_run(store, replace(request, leavers_percent=70), now=LATER)
    assert here(place) == 1


def test_an_older_month_takes_nobody_away_and_is_not_refused(store, place):
    september = make_month(place.folder / "september", index=NOVEMBER.replace(month=9), absent=SOUTH, tiers={1: "high"})
    load_run(store, replace(september.request, older=True), now=LATER)
    assert here(place) == 3


@pytest.mark.parametrize(
    ("people", "missing", "striking"),
    [(3, 3, True), (1, 1, True), (200, 20, False), (200, 21, True), (210, 21, False), (209, 21, True), (25, 20, False)],
)
def test_how_many_are_too_many(people, missing, striking):
    assert Missing("F84001", people, missing).is_striking(10) is striking
