"""Visits that a hospital moves, and moves again: what counts for nothing, and in what order it is taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from caseload.exceptions import NotNow
from tests.support.case_app import NOW, audited
from tests.support.hospital_changes import changes, everything, settled_by_admin, undo
from tests.support.hospital_work import START

HOUR = timedelta(hours=1)


@pytest.fixture
def hospital(store, town):
    return settled_by_admin(store, town)


def test_a_visit_that_moves_from_somebody_to_themselves_changes_nothing(hospital, town):
    hospital.tell("A01", local="ONE", visit="V1")
    hospital.tell("A31", local="UNO", visit=None)
    hospital.tell("A31", person=2, local="TWO", visit=None)
    stays, told = hospital.stays(), hospital.notices()
    for number in ("ONE", "UNO"):
        for visit in ("V1", "V5"):
            moved = hospital.merge("ONE", number, trigger="A45", visits=(visit, visit))
            assert hospital.about(moved) == ("applied", "", town.people[1])
    assert (changes(hospital), hospital.stays(), hospital.notices()) == ([], stays, told)
    other = hospital.tell("A02", person=2, local="TWO", visit="V1", at=START - HOUR)
    assert hospital.about(other)[:2] == ("held", "visit_of_another")
    for visits in (("V1", "V1"), ("V9", "V1")):
        not_theirs = hospital.merge("TWO", "TWO", trigger="A45", visits=visits)
        assert hospital.about(not_theirs)[:2] == ("held", "visit_of_another")


def test_an_older_move_of_a_visit_is_taken_back_after_the_later_ones(hospital):
    hospital.tell("A01", local="ONE", visit="V1")
    hospital.tell("A31", person=2, local="TWO", visit=None)
    was = hospital.stays()
    hospital.merge("TWO", "ONE", trigger="A45", visits=("V1", "V1"))
    hospital.merge("TWO", "", trigger="A42", visits=("V2", "V1"), at=NOW + HOUR)
    hospital.merge("TWO", "", trigger="A42", visits=("V3", "V2"), at=NOW + 2 * HOUR)
    hospital.merge("TWO", "", trigger="A42", visits=("V8", "V7"), at=NOW + 3 * HOUR)
    *ids, _elsewhere = [one[0] for one in changes(hospital)]
    before = everything(hospital)
    for older in ids[:-1]:
        with pytest.raises(NotNow, match=f"Take change {ids[-1]} back first"):
            undo(hospital, older)
    assert everything(hospital) == before
    for one in reversed(ids):
        undo(hospital, one)
    assert hospital.stays() == was


def test_a_message_that_can_be_read_no_more_waits_when_what_it_counted_by_is_taken_back(hospital):
    hospital.tell("A31", local="NEW", visit=None)
    hospital.merge("NEW", "OLD")
    old = hospital.tell("A01", person=None, local="OLD", version="2.3")
    moved = hospital.merge("NEW", "OLDER", version="2.3")
    ((change_id, *_), _) = changes(hospital)
    hospital.feed = replace(hospital.feed, versions=("2.4",))
    assert undo(hospital, change_id)["messages"] == [old]
    assert hospital.about(old) == ("held", "version", None)
    assert hospital.about(moved)[0] == "applied"
    assert hospital.stays() == []
    assert ("message.held", []) in audited(hospital.store)
