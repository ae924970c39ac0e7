"""What a hospital's messages set off for people in care coordination: who is told, which tasks, and that each is there once."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from caseload.actions.discharges import plan_discharge
from caseload.actions.plan_reviews import review_after_discharges
from caseload.actions.task_history import tell_history
from caseload.audit_chain import verify
from caseload.domain.plan_words import DischargePathway
from caseload.domain.task_rules import TaskStep
from caseload.tables import Encounter, HospitalStay, Task, TaskEvent
from tests.support.case_app import NOW, audited
from tests.support.hospital_work import START, HospitalWork, hl7_time
from tests.support.led_cases import opened
from tests.support.plan_work import PlanWork

TODAY = date(2026, 10, 5)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOSPITAL = ("admitted", "attended_ed", "discharged", "stay_cancelled")


@pytest.fixture
def hospital(store, town):
    return HospitalWork(store, town)


@pytest.fixture
def plans(store, town):
    """Person 1 has a case led by ash.gp, with a navigator and a social worker on its team."""
    return PlanWork(store, town)


def test_an_admission_reaches_the_lead_and_the_navigator_and_nobody_else(plans, hospital):
    hospital.tell("A01")
    assert hospital.told(*HOSPITAL) == [("admitted", "ash.gp"), ("admitted", "navigator")]
    assert hospital.tasks() == [("discharge_planning", "open", TODAY)]
    hospital.tell("A02", at=START + HOUR)
    hospital.tell("A08", at=START + 2 * HOUR)
    assert len(hospital.told(*HOSPITAL)) == 2
    assert len(hospital.tasks()) == 1


def test_a_discharge_is_told_and_followed_up(plans, hospital):
    plans.active()
    hospital.tell("A01", at=START - 3 * DAY)
    hospital.tell("A03", at=START, pv1={36: "1"})
    assert hospital.told("discharged") == [("discharged", "ash.gp"), ("discharged", "navigator")]
    assert hospital.tasks() == [
        ("discharge_planning", "cancelled", TODAY - 3 * DAY),
        ("discharge_contact", "open", date(2026, 10, 7)),
        ("plan_review", "open", date(2026, 10, 12)),
    ]


def test_a_load_sets_no_second_review_for_a_stay_that_messages_told_of(plans, hospital):
    plans.active()
    hospital.tell("A01", at=START - 3 * DAY)
    hospital.tell("A03", at=START)
    with hospital.store.writing() as session:
        assert review_after_discharges(session, NOW) == 0
    assert len(hospital.tasks("plan_review")) == 1


def test_a_discharge_taken_back_opens_the_planning_again(plans, hospital):
    plans.active()
    hospital.tell("A01", at=START - 3 * DAY)
    hospital.tell("A03", at=START)
    hospital.tell("A13", at=START, told=START + HOUR)
    assert hospital.told(*HOSPITAL)[-2:] == [("discharged", "ash.gp"), ("discharged", "navigator")]
    assert len(hospital.told("admitted")) == 4
    assert sorted(hospital.tasks()) == [
        ("discharge_contact", "cancelled", date(2026, 10, 7)),
        ("discharge_planning", "open", TODAY - 3 * DAY),
        ("plan_review", "cancelled", date(2026, 10, 12)),
    ]
    hospital.tell("A03", at=START + 2 * HOUR)
    assert sorted(state for _, state, _ in hospital.tasks()) == ["cancelled", "open", "open"]
    with hospital.store.reading() as session:
        kinds = session.execute(
            select(TaskEvent.kind).join(Task).where(Task.kind == "discharge_planning").order_by(TaskEvent.id)
        )
        assert list(kinds.scalars()) == ["created", "cancelled", "reopened", "cancelled"]
        notes = session.execute(select(TaskEvent.note).where(TaskEvent.kind == "cancelled")).scalars()
        assert set(notes) == {"Discharged from hospital.", "The hospital took the discharge back."}
        verify(session, hospital.store.secrets.audit)


def test_an_admission_taken_back_leaves_nothing_to_do_and_says_so(plans, hospital):
    hospital.tell("A01")
    hospital.tell("A11", at=START + HOUR)
    assert hospital.told("stay_cancelled") == [("stay_cancelled", "ash.gp"), ("stay_cancelled", "navigator")]
    assert hospital.tasks() == [("discharge_planning", "cancelled", TODAY)]
    assert hospital.encounters() == []
    assert hospital.stays()[0][1] == "cancelled"


def test_a_task_somebody_ended_stays_ended(plans, hospital, town):
    hospital.tell("A01")
    with hospital.store.writing() as session:
        task = session.execute(select(Task).where(Task.kind == "discharge_planning")).scalar_one()
        task.state, task.ended_at, task.ended_by = "cancelled", NOW, town.users["navigator"]
    hospital.tell("A02", at=START + HOUR)
    assert hospital.tasks() == [("discharge_planning", "cancelled", TODAY)]


def test_an_attendance_is_told_and_asks_for_nothing(plans, hospital):
    hospital.tell("A04", pv1={2: "E"})
    assert hospital.told(*HOSPITAL) == [("attended_ed", "ash.gp"), ("attended_ed", "navigator")]
    hospital.tell("A03", at=START + HOUR, pv1={2: "E"})
    assert len(hospital.told(*HOSPITAL)) == 2
    assert hospital.tasks() == []
    assert hospital.encounters()[0][:3] == ("hl7:royal", "V1", "ed_attendance")


@pytest.mark.parametrize("patient_class", ["D", "R", "O", "P"])
def test_day_cases_regular_attenders_and_outpatients_alarm_nobody(plans, hospital, patient_class):
    hospital.tell("A01", pv1={2: patient_class})
    assert hospital.told(*HOSPITAL) == []
    assert hospital.tasks() == []
    assert len(hospital.encounters()) == (patient_class in "DR")


def test_nothing_is_told_of_somebody_without_a_case(hospital):
    hospital.tell("A01", person=2)
    assert hospital.notices() == []
    assert hospital.tasks() == []
    assert len(hospital.encounters()) == 1


def test_a_case_nobody_leads_yet_is_told_to_the_navigators_of_its_place(store, town, hospital):
    opened(store, town, 2)
    hospital.tell("A01", person=2)
    assert hospital.told("admitted") == [("admitted", "navigator")]


def test_what_is_told_long_afterwards_alarms_nobody(plans, hospital):
    plans.active()
    hospital.tell("A01", at=START - 40 * DAY)
    hospital.tell("A03", at=START - 30 * DAY)
    assert hospital.told(*HOSPITAL) == []
    assert hospital.tasks() == []
    assert len(hospital.encounters()) == 1


def contact_task(hospital):
    with hospital.store.reading() as session:
        task = session.execute(select(Task).where(Task.kind == "discharge_contact")).scalar_one()
        rows = session.execute(select(TaskEvent).where(TaskEvent.task_id == task.id).order_by(TaskEvent.id)).scalars()
        return task.due_on, [(row.kind, row.by, row.note) for row in rows if row.kind != "created"]


PUT_RIGHT = {
    "an update": ("A08", {"at": START + HOUR, "pv1": {45: hl7_time(START - 3 * DAY)}}),
    "a second discharge": ("A03", {"at": START - 3 * DAY, "told": START + HOUR}),
}


@pytest.mark.parametrize(("trigger", "told"), PUT_RIGHT.values(), ids=PUT_RIGHT)
def test_the_contact_is_due_by_the_day_of_the_discharge_as_it_was_put_right(plans, hospital, trigger, told):
    hospital.tell("A01", at=START - 5 * DAY)
    hospital.tell("A03", at=START)
    assert contact_task(hospital) == (date(2026, 10, 7), [])
    hospital.tell(trigger, **told)
    note = "The hospital put the day of the discharge right. Due on 6 October 2026, not 7 October 2026."
    assert contact_task(hospital) == (date(2026, 10, 6), [("changed", None, note)])
    assert "task.changed" in [action for action, _ in audited(hospital.store)]
    hospital.tell("A08", at=START + 2 * HOUR)
    assert len(contact_task(hospital)[1]) == 1
    assert len(hospital.tasks("discharge_contact")) == 1


def test_the_contact_is_due_by_the_day_of_a_later_discharge(plans, hospital):
    hospital.tell("A01", at=START - 5 * DAY)
    hospital.tell("A03", at=START - 3 * DAY)
    hospital.tell("A13", at=START - 3 * DAY, told=START - 2 * DAY)
    hospital.tell("A03", at=START)
    due, steps = contact_task(hospital)
    assert (due, [kind for kind, *_ in steps]) == (date(2026, 10, 7), ["cancelled", "reopened", "changed"])


@pytest.mark.parametrize("back", [False, True], ids=["while open", "taken back between"])
def test_a_day_that_somebody_set_for_the_contact_stays(plans, hospital, town, back):
    hospital.tell("A01", at=START - 5 * DAY)
    hospital.tell("A03", at=START)
    with hospital.store.writing() as session:
        task = session.execute(select(Task).where(Task.kind == "discharge_contact")).scalar_one()
        task.due_on = TODAY + 9 * DAY
        tell_history(
            session, task, TaskStep.CHANGED, before=task.title, after=task.title, now=NOW, by=town.users["navigator"]
        )
    if back:
        hospital.tell("A13", at=START, told=START + HOUR)
    hospital.tell("A03", at=START - 3 * DAY, told=START + 2 * HOUR)
    assert contact_task(hospital)[0] == TODAY + 9 * DAY


def test_a_contact_that_was_made_is_not_due_anew(plans, hospital, town):
    hospital.tell("A01", at=START - 5 * DAY)
    hospital.tell("A03", at=START)
    with hospital.store.writing() as session:
        task = session.execute(select(Task).where(Task.kind == "discharge_contact")).scalar_one()
        task.state, task.ended_at, task.ended_by = "done", NOW, town.users["navigator"]
    hospital.tell("A03", at=START - 3 * DAY, told=START + HOUR)
    assert contact_task(hospital) == (date(2026, 10, 7), [])


ACTS = [("A01", -72), ("A03", -3), ("A13", -2), ("A03", 0)]


@pytest.mark.slow
def test_any_order_leaves_the_same_to_do(plans, hospital):
    """Every order as a visit of its own: each ends with its contact and its review, and nothing to plan."""
    plans.active()
    for number, order in enumerate(permutations(ACTS)):
        for trigger, hours in order:
            hospital.tell(trigger, visit=f"V{number}", at=START + hours * HOUR)
    with hospital.store.reading() as session:
        tasks = session.execute(select(Task).where(Task.rule_code.startswith("hospital_"))).scalars().all()
        by_stay = {}
        for task in tasks:
            stay = task.rule_ref.rsplit(":", 1)[1]
            by_stay.setdefault(stay, []).append((task.kind.value, task.state.value, task.due_on))
        assert len(by_stay) == 24
        for found in by_stay.values():
            assert [one for one in found if one[1] == "open"] == [("discharge_contact", "open", date(2026, 10, 7))]
        reviews = session.execute(select(Task.state).where(Task.rule_code == "plan_after_discharge")).scalars().all()
        assert sum(state == "open" for state in reviews) == 24


def test_a_stay_with_a_planned_discharge_stays_in_the_list_when_it_is_taken_back(plans, hospital, town):
    hospital.tell("A01")
    with hospital.store.reading() as session:
        encounter_id = session.execute(select(Encounter.id)).scalar_one()
    plans.act(
        plan_discharge, encounter_id=encounter_id, seen_id=0, pathway=DischargePathway.PATHWAY_0, expected_on=None
    )
    hospital.tell("A11", at=START + HOUR)
    assert hospital.encounters() == [("hl7:royal", "V1", "emergency_admission", TODAY, TODAY, 1)]
    hospital.tell("A01", at=START + 2 * HOUR)
    assert hospital.encounters() == [("hl7:royal", "V1", "emergency_admission", TODAY, None, 1)]
    with hospital.store.reading() as session:
        assert session.execute(select(HospitalStay.encounter_id)).scalar_one() == encounter_id


def test_every_effect_is_audited_without_a_name_and_by_nobody(plans, hospital, town):
    hospital.tell("A01", local="A1")
    actions = [action for action, _ in audited(hospital.store)]
    assert "task.created" in actions
    assert actions[-1] == "message.apply"


def test_a_deaths_discharge_asks_for_no_contact(plans, hospital, town):
    hospital.tell("A01", at=START - DAY)
    hospital.tell("A03", at=START, pv1={36: "4"})
    assert [one for one in hospital.tasks() if one[1] == "open"] == []
    assert hospital.told("discharged") == []
    assert [name for kind, name in hospital.notices() if kind == "person_died"] == [
        "ash.gp",
        "navigator",
        "social.worker",
    ]


def test_a_death_that_the_feed_may_not_write_down_is_told_as_a_discharge(store, town, plans):
    hospital = HospitalWork(store, town, demographics=[])
    hospital.tell("A01", at=START - DAY)
    hospital.tell("A03", at=START, pv1={36: "4"})
    assert hospital.person(1).date_of_death is None
    assert hospital.told("discharged", "person_died") == [("discharged", "ash.gp"), ("discharged", "navigator")]
    assert hospital.tasks() == [("discharge_planning", "cancelled", TODAY - DAY)]
    hospital.tell("A08", at=START + HOUR)
    assert len(hospital.told("discharged")) == 2
