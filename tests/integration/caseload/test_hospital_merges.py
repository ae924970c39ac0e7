"""A hospital's numbers merged and changed, visits moved: whose everything is afterwards, what waits, and that it is undone exactly."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from caseload.actions.hospital_identity import link_by_hand
from caseload.actions.merges import merge_people, unmerge_people
from caseload.exceptions import NotNow, NotThere
from caseload.tables import HospitalMessage, IdentityChange, Person, PersonMerge, Task
from tests.support.case_app import NOW, audited
from tests.support.hospital_changes import changes, everything, links, settled_by_admin, undo
from tests.support.hospital_work import START
from tests.support.plan_work import PlanWork

HOUR = timedelta(hours=1)


@pytest.fixture
def hospital(store, town):
    return settled_by_admin(store, town)


def by_hand(hospital, message_id, number, note="I rang the ward."):
    with hospital.store.writing() as session:
        version = session.get_one(HospitalMessage, message_id).row_version
        return link_by_hand(
            session, by=hospital.town.viewer(session, "admin"), now=NOW, message_id=message_id, row_version=version,
            nhs_number=hospital.town.nhs_numbers[number], note=note, rules=[hospital.feed],
        )  # fmt: skip


def test_a_retired_number_keeps_its_row_and_later_messages_for_it_go_to_the_survivor(hospital, town):
    hospital.tell("A01", local="OLD")
    merge = hospital.merge("NEW", "OLD")
    assert hospital.about(merge) == ("applied", "", town.people[1])
    assert links(hospital) == {"OLD": (1, False, "NEW"), "NEW": (1, True, "")}
    assert [one[1:] for one in changes(hospital)] == [("merged", "OLD", "NEW", False)]
    for local in ("OLD", "NEW"):
        assert hospital.about(hospital.tell("A02", person=None, local=local, at=NOW))[2] == town.people[1]
    hospital.merge("NEW", "OLD")
    assert len(changes(hospital)) == 1
    assert ("hospital_number.merge", [town.people[1]]) in audited(hospital.store)


@pytest.mark.parametrize("known", ["retired", "kept"])
def test_what_waited_for_the_other_number_is_acted_on(hospital, town, known):
    mine, other = ("OLD", "NEW") if known == "retired" else ("NEW", "OLD")
    hospital.tell("A31", local=mine, visit=None)
    waits = hospital.tell("A01", person=None, local=other)
    assert hospital.about(waits)[1] == "number_not_known"
    hospital.merge("NEW", "OLD")
    assert hospital.about(waits) == ("applied", "", town.people[1])
    assert [stay[0] for stay in hospital.stays()] == ["V1"]


def test_a_merge_that_came_before_anybody_was_known_is_acted_on_with_what_it_waited_for(hospital, town):
    merge = hospital.merge("NEW", "OLD")
    waits = hospital.tell("A01", person=None, local="OLD")
    assert hospital.about(merge)[:2] == ("not_acted_on", "not_registered_here")
    hospital.tell("A31", local="NEW", visit=None)
    assert hospital.about(merge)[0] == hospital.about(waits)[0] == "applied"
    assert hospital.stays()[0][-1] == 1


def test_chains_and_several_merges_in_one_message(hospital, town):
    hospital.tell("A01", local="A")
    hospital.merge("B", "A")
    hospital.merge("C", "B", at=NOW + HOUR)
    hospital.tell("A02", person=None, local="A", at=NOW)
    assert links(hospital) == {"A": (1, False, "B"), "B": (1, False, "C"), "C": (1, True, "")}
    more = hospital.tell("A40", person=None, local="C", visit=None,
                         extra=["MRG|D^^^RYX^MR", "PID|2||C^^^RYX^MR", "MRG|E^^^RYX^MR"])  # fmt: skip
    assert hospital.about(more)[0] == "applied"
    assert [one[2:4] for one in changes(hospital)] == [("A", "B"), ("B", "C"), ("D", "C"), ("E", "C")]
    for local in "DE":
        assert hospital.about(hospital.tell("A08", person=None, local=local))[2] == town.people[1]


HELD = {
    "a loop": ({"kept": "OLD", "retired": "NEW"}, "merge_loop"),
    "another authority": ({"kept": "NEW2", "retired": "OLD", "authority": "RZZ"}, "not_registered_here"),
}


def test_a_loop_waits(hospital):
    hospital.tell("A01", local="OLD")
    hospital.merge("NEW", "OLD")
    assert hospital.about(hospital.merge("OLD", "NEW"))[1] == "merge_loop"
    assert len(changes(hospital)) == 1


def test_numbers_of_two_authorities_are_not_coupled(hospital):
    hospital.tell("A01", local="NEW")
    assert hospital.about(hospital.merge("NEW", "OLD", authority="RZZ"))[1] == "merge_authorities"
    assert changes(hospital) == []


def test_two_people_here_wait_until_somebody_merges_their_records(hospital, store, town):
    hospital.tell("A01", local="ONE")
    hospital.tell("A01", person=2, local="TWO", visit="V2")
    waits = hospital.merge("ONE", "TWO")
    assert hospital.about(waits)[:2] == ("held", "two_people")
    assert changes(hospital) == []
    with store.writing() as session:
        ids = [town.people[1], town.people[2]]
        versions = {str(one): session.get_one(Person, one).row_version for one in ids}
        merge_people(
            session, by=town.viewer(session, "ash.manager"), now=NOW, kept_id=ids[0], merged_id=ids[1],
            row_versions=versions, reason="One passport",
        )  # fmt: skip
    assert hospital.apply(waits) == "applied"
    assert links(hospital) == {"ONE": (1, True, ""), "TWO": (1, False, "ONE")}
    with store.reading() as session:
        change = session.execute(select(IdentityChange)).scalar_one()
        assert change.merge_id == session.execute(select(PersonMerge.id)).scalar_one()
    assert [stay[-1] for stay in hospital.stays()] == [1, 1]
    with store.writing() as session:
        merge_id = session.execute(select(PersonMerge.id)).scalar_one()
        unmerge_people(session, by=town.viewer(session, "ash.manager"), now=NOW, merge_id=merge_id)
    assert links(hospital) == {"ONE": (1, True, ""), "TWO": (2, True, "")}
    assert [stay[-1] for stay in hospital.stays()] == [1, 2]
    assert hospital.about(waits)[:2] == ("held", "two_people")
    assert hospital.about(hospital.tell("A08", person=None, local="TWO", visit="V2"))[2] == town.people[2]


def test_different_nhs_numbers_on_the_two_sides_wait(hospital, town):
    hospital.tell("A01", local="ONE")
    one, two = town.nhs_numbers[1], town.nhs_numbers[2]
    both = hospital.tell("A40", local="ONE", visit=None, extra=[f"MRG|{two}^^^NHS^NH~TWO^^^RYX^MR"])
    assert hospital.about(both)[1] == "two_people"
    stranger = hospital.tell("A40", local="ONE", visit=None, extra=["MRG|9990000980^^^NHS^NH~TWO^^^RYX^MR"])
    assert hospital.about(stranger)[1] == "two_numbers"
    other = hospital.tell(
        "A40", person=None, visit=None, pid={3: "9990000980^^^NHS^NH~ONE^^^RYX^MR"}, extra=["MRG|TWO^^^RYX^MR"]
    )
    assert hospital.about(other)[1] == "number_differs"
    born = hospital.tell("A40", person=None, local="ONE", visit=None, pid={7: "19990101"}, extra=["MRG|TWO^^^RYX^MR"])
    assert hospital.about(born)[1] == "dob_differs"
    assert one
    assert changes(hospital) == []


def test_a_number_is_changed_for_one_that_is_nobodys(hospital, town):
    hospital.tell("A01", local="OLD")
    assert hospital.about(hospital.merge("NEW", "OLD", trigger="A47"))[0] == "applied"
    assert changes(hospital)[0][1] == "renumbered"
    hospital.tell("A01", person=2, local="TAKEN", visit="V2")
    assert hospital.about(hospital.merge("TAKEN", "NEW", trigger="A47"))[1] == "number_in_use"


def test_undoing_a_merge_brings_everything_back(hospital, town):
    hospital.tell("A31", local="NEW", visit=None)
    waits = [
        hospital.tell("A01", person=None, local="OLD"),
        hospital.tell("A02", person=None, local="OLD", at=START + HOUR),
    ]
    told = hospital.tell("A31", person=None, local="OLD", visit=None, at=START + HOUR, pid={13: "01632960777"})
    before = everything(hospital)
    merge = hospital.merge("NEW", "OLD")
    assert hospital.person(1).phone == "01632960777"
    later = hospital.tell("A03", person=None, local="OLD", at=NOW)
    assert hospital.about(later)[0] == "applied"
    ((change_id, *_),) = changes(hospital)
    answer = undo(hospital, change_id)
    assert answer == {"change": change_id, "messages": [*waits, told, later]}
    assert hospital.about(later)[:2] == ("held", "number_not_known")
    assert hospital.about(merge)[:2] == ("dismissed", "change_undone")
    assert hospital.stays() == hospital.encounters() == []
    after = [row for row in everything(hospital, but=(merge, later)) if row[0] != "hospital_event"]
    waiting = [row for row in after if row[0] == "waiting_number"]
    assert len(waiting) == len(waits) + 2
    assert [row for row in after if row[0] != "waiting_number"] == [row for row in before if row[0] != "waiting_number"]
    assert ("hospital_number.undo", [town.people[1]]) in audited(hospital.store)
    with pytest.raises(NotNow, match="already"):
        undo(hospital, change_id)


def test_undoing_a_merge_leaves_alone_what_did_not_need_it(hospital, town):
    hospital.tell("A01", local="OLD")
    hospital.merge("NEW", "OLD")
    kept = hospital.tell("A02", local="OLD", at=START + HOUR)  # by its NHS number
    ((change_id, *_),) = changes(hospital)
    assert undo(hospital, change_id)["messages"] == []
    assert hospital.about(kept)[0] == "applied"
    assert links(hospital) == {"OLD": (1, True, "")}
    assert hospital.about(hospital.tell("A08", person=None, local="NEW"))[1] == "number_not_known"


def test_only_who_looks_after_the_feeds_takes_back(hospital):
    hospital.tell("A01", local="OLD")
    hospital.merge("NEW", "OLD")
    ((change_id, *_),) = changes(hospital)
    with pytest.raises(NotThere):
        undo(hospital, change_id, by="ash.manager")


def test_a_visit_under_the_wrong_person_moves_with_what_it_set_off(hospital, store, town):
    PlanWork(store, town)
    hospital.tell("A01", local="ONE", visit="V1")
    hospital.tell("A31", person=2, local="TWO", visit=None)
    before = everything(hospital)
    moved = hospital.merge("TWO", "ONE", trigger="A45", visits=("V1", "V1"))
    assert hospital.about(moved) == ("applied", "", town.people[2])
    assert hospital.stays() == [("V1", "in-progress", "I", "WARD 3, 2, B", 2)]
    assert hospital.encounters()[0][-1] == 2
    assert hospital.told("stay_cancelled") == [("stay_cancelled", "ash.gp"), ("stay_cancelled", "navigator")]
    with store.reading() as session:
        assert session.execute(select(Task.state).where(Task.rule_code == "hospital_admission")).scalars().all() == [
            "cancelled"
        ]
    late = hospital.tell("A02", local="ONE", visit="V1", at=START + HOUR, pv1={3: "WARD 9"})
    assert hospital.about(late)[2] == town.people[2]
    undo(hospital, changes(hospital)[-1][0])
    assert hospital.stays() == [("V1", "in-progress", "I", "WARD 9", 1)]
    assert hospital.encounters()[0][-1] == 1
    assert len(before) < len(everything(hospital))


def test_a_visit_goes_on_under_another_number_and_back(hospital, town):
    hospital.tell("A01", local="ONE", visit="V1")
    before = everything(hospital)
    moved = hospital.merge("ONE", "", trigger="A42", visits=("V2", "V1"))
    assert hospital.about(moved)[0] == "applied"
    assert [stay[0] for stay in hospital.stays()] == ["V2"]
    assert [one[1] for one in hospital.encounters()] == ["V2"]
    hospital.tell("A02", local="ONE", visit="V1", at=START + HOUR, pv1={3: "WARD 9"})
    assert hospital.stays() == [("V2", "in-progress", "I", "WARD 9", 1)]
    undo(hospital, changes(hospital)[-1][0])
    assert hospital.stays() == [("V1", "in-progress", "I", "WARD 9", 1)]
    assert before


def test_two_visits_put_together_are_one(hospital):
    hospital.tell("A01", local="ONE", visit="V1", at=START)
    hospital.tell("A01", local="ONE", visit="V2", at=START - HOUR, pv1={3: "WARD 1"})
    hospital.merge("ONE", "", trigger="A42", visits=("V2", "V1"))
    assert [stay[0] for stay in hospital.stays()] == ["V2"]
    assert len(hospital.encounters()) == 1
    assert hospital.about(hospital.merge("ONE", "", trigger="A42", visits=("V1", "V2")))[1] == "visit_loop"
    undo(hospital, changes(hospital)[-1][0])
    assert [stay[0] for stay in hospital.stays()] == ["V1", "V2"]
    assert len(hospital.encounters()) == 2


def test_a_visit_under_another_number_is_still_nobody_elses(hospital, town):
    hospital.tell("A01", local="ONE", visit="V1")
    hospital.tell("A31", person=2, local="TWO", visit=None)
    hospital.merge("ONE", "", trigger="A42", visits=("V2", "V1"))
    for visit in ("V1", "V2"):
        other = hospital.tell("A03", person=2, local="TWO", visit=visit, at=START + HOUR)
        assert hospital.about(other)[:2] == ("held", "visit_of_another")
    assert hospital.stays() == [("V2", "in-progress", "I", "WARD 3, 2, B", 1)]


def test_only_what_was_before_a_move_may_name_who_had_the_visit(hospital, town):
    hospital.tell("A01", local="ONE", visit="V1")
    hospital.tell("A31", person=2, local="TWO", visit=None)
    hospital.merge("TWO", "ONE", trigger="A45", visits=("V1", "V1"), at=START + HOUR)
    later = hospital.tell("A03", local="ONE", visit="V1", at=START + 3 * HOUR)
    assert hospital.about(later)[:2] == ("held", "visit_of_another")
    third = hospital.tell("A02", person=3, visit="V1", at=START)
    assert hospital.about(third)[:2] == ("held", "visit_of_another")
    hospital.merge("TWO", "", trigger="A42", visits=("V2", "V1"), at=START + 4 * HOUR)
    earlier = hospital.tell("A02", local="ONE", visit="V1", at=START + HOUR, pv1={3: "WARD 9"})
    assert hospital.about(earlier) == ("applied", "", town.people[2])
    assert hospital.stays() == [("V2", "in-progress", "I", "WARD 9", 2)]


def test_a_move_that_came_before_the_admission_it_moves_is_kept_to(hospital, town):
    hospital.tell("A31", local="ONE", visit=None)
    hospital.tell("A31", person=2, local="TWO", visit=None)
    hospital.merge("TWO", "ONE", trigger="A45", visits=("V1", "V1"))
    assert hospital.about(hospital.tell("A01", local="ONE", visit="V1")) == ("applied", "", town.people[2])


def test_a_visit_of_a_third_person_is_not_moved(hospital):
    hospital.tell("A01", local="ONE", visit="V1")
    hospital.tell("A31", person=2, local="TWO", visit=None)
    hospital.tell("A31", person=3, local="THREE", visit=None)
    assert hospital.about(hospital.merge("TWO", "THREE", trigger="A45", visits=("V1", "V1")))[1] == "visit_of_another"
    stranger = hospital.merge("NOBODY", "ONE", trigger="A45", visits=("V1", "V1"))
    assert hospital.about(stranger)[1] == "visit_moves_away"


def test_a_link_by_hand_lets_everything_go_on_that_waited_and_is_undone(hospital, town):
    first = hospital.tell("A01", local="A1", person=1, verified=False)
    second = hospital.tell("A02", person=None, local="A1", at=START + HOUR)
    before = everything(hospital)
    assert by_hand(hospital, first, 1) == {"message": first, "state": "applied"}
    assert hospital.about(second)[0] == "applied"
    assert hospital.stays()[0][1] == "in-progress"
    undo(hospital, changes(hospital)[-1][0])
    assert [row for row in everything(hospital) if row[0] != "hospital_event"] == before


def test_a_link_by_hand_is_for_people_of_the_place_and_free_numbers(hospital, town):
    waits = hospital.tell("A01", local="A1", person=1, verified=False)
    with pytest.raises(NotNow, match="registered here"):
        by_hand(hospital, waits, 99) if 99 in town.nhs_numbers else by_hand_number(hospital, waits, "9990000980")
    hospital.tell("A31", local="B1", person=2, visit=None)
    other = hospital.tell("A01", person=None, local="B1", visit="V5", pid={7: "19000101"})
    with pytest.raises(NotNow, match="somebody else"):
        by_hand(hospital, other, 1)
    with hospital.store.reading() as session:
        assert session.execute(select(func.count()).select_from(IdentityChange)).scalar_one() == 0


def by_hand_number(hospital, message_id, number):
    with hospital.store.writing() as session:
        version = session.get_one(HospitalMessage, message_id).row_version
        return link_by_hand(
            session, by=hospital.town.viewer(session, "admin"), now=NOW, message_id=message_id, row_version=version,
            nhs_number=number, note="", rules=[hospital.feed],
        )  # fmt: skip


def test_a_number_linked_by_hand_outweighs_a_wrong_date_of_birth(hospital, town):
    wrong = {"local": "A1", "pid": {7: "19410303"}}
    waits = hospital.tell("A01", **wrong)
    assert hospital.about(waits)[1] == "dob_differs"
    by_hand(hospital, waits, 1)
    assert hospital.about(hospital.tell("A02", **wrong, at=START + HOUR))[0] == "applied"
    assert hospital.about(hospital.tell("A08", person=None, local="A1", pid={7: "19410303"}))[1] == "dob_differs"
