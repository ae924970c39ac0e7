"""The end of a hospital stay: pathway and day, replaced by writing anew, on the timeline, completing the task to plan it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.discharges import plan_discharge
from caseload.actions.once import once
from caseload.domain.plan_words import DischargePathway
from caseload.domain.words import TaskKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import DischargePlan, Draft, Encounter, Person, Task
from tests.integration.caseload.conftest import form_fields
from tests.support.at_once import at_once
from tests.support.case_app import NOW, audited
from tests.support.day_work import act, rule_task
from tests.support.led_cases import led

HOME = DischargePathway.PATHWAY_1


def stay_of(store, town, number, started, ended=None, kind="emergency_admission"):
    with store.writing() as session:
        stay = Encounter(
            person_id=town.people[number], source="made up", source_ref=f"{number} {started}", kind=kind,
            started_on=started, ended_on=ended,
        )  # fmt: skip
        session.add(stay)
        session.flush()
        return stay.id


@pytest.fixture
def stay(store, town):
    """Person 1 has been in hospital since 2 October, and is led by ash.gp."""
    led(store, town, 1, "ash.gp")
    return stay_of(store, town, 1, date(2026, 10, 2))


def planned(store, town, stay_id, *, by="ash.gp", **given):
    given = {"seen_id": 0, "pathway": HOME, "expected_on": date(2026, 10, 9), **given}
    return act(store, town, plan_discharge, by=by, encounter_id=stay_id, **given)


def plans(store):
    with store.reading() as session:
        found = list(session.execute(select(DischargePlan).order_by(DischargePlan.id)).scalars())
        session.expunge_all()
        return found


def test_a_plan_is_written_down_and_replaced_by_a_new_one(store, town, stay):
    first = planned(store, town, stay)["plan"]
    planned(
        store, town, stay, by="ash.manager", seen_id=first, pathway=DischargePathway.PATHWAY_2, expected_on=None,
        note="Stairs",
    )  # fmt: skip
    assert [(one.pathway, one.expected_on, one.note, one.by) for one in plans(store)] == [
        (HOME, date(2026, 10, 9), "", town.users["ash.gp"]),
        (DischargePathway.PATHWAY_2, None, "Stairs", town.users["ash.manager"]),
    ]
    assert [one for one in audited(store) if one[0] == "discharge.plan"] == [("discharge.plan", [town.people[1]])] * 2


def test_somebody_else_s_plan_since_is_a_conflict_that_says_which(store, town, stay):
    planned(store, town, stay, by="ash.manager")
    with pytest.raises(Conflict) as refused:
        planned(store, town, stay)
    theirs = {"Pathway": HOME, "Expected to leave on": "9 October 2026", "Note": "None"}
    assert (refused.value.theirs, refused.value.by) == (theirs, "Ash Manager")
    assert len(plans(store)) == 1


def test_the_task_to_plan_the_discharge_is_completed(store, town, stay):
    due = {"kind": TaskKind.DISCHARGE_PLANNING, "title": "Plan the discharge"}
    task_id = rule_task(store, town, 1, f"discharge_planning:encounter:{stay}", **due)
    other = rule_task(store, town, 1, "follow_up:1", kind=TaskKind.FOLLOW_UP, title="Ring")
    assert planned(store, town, stay)["completed"] == [task_id]
    with store.reading() as session:
        done, still_open = session.get_one(Task, task_id), session.get_one(Task, other)
        assert (done.state.value, done.ended_by, done.ended_note) == (
            "done", town.users["ash.gp"], "By planning the discharge",
        )  # fmt: skip
        assert still_open.state.value == "open"


def test_planning_an_earlier_stay_leaves_the_task_of_the_present_one(store, town, stay):
    earlier = stay_of(store, town, 1, date(2026, 9, 20), date(2026, 9, 28))
    task_id = rule_task(
        store, town, 1, "discharge_planning:encounter:1", kind=TaskKind.DISCHARGE_PLANNING, title="Plan"
    )
    assert planned(store, town, earlier, expected_on=date(2026, 9, 28))["completed"] == []
    with store.reading() as session:
        assert session.get_one(Task, task_id).state.value == "open"


@pytest.mark.parametrize(
    ("started", "ended", "kind"),
    [
        (date(2026, 9, 1), date(2026, 9, 20), "emergency_admission"),
        (date(2026, 10, 4), date(2026, 10, 4), "ed_attendance"),
    ],
)
def test_what_is_over_or_is_no_stay_is_not_planned(store, town, started, ended, kind):
    with pytest.raises(NotNow, match="cannot be planned any more"):
        planned(store, town, stay_of(store, town, 1, started, ended, kind), by="ash.manager")


def test_an_impossible_day_is_refused_at_its_field(store, town, stay):
    for day in (date(2026, 10, 1), date(2026, 10, 4), date(2028, 1, 1)):
        with pytest.raises(NotNow) as refused:
            planned(store, town, stay, expected_on=day)
        assert refused.value.field == "expected_on"
    assert plans(store) == []


def test_nobody_s_discharge_is_planned_after_they_died(store, town, stay):
    with store.writing() as session:
        session.get_one(Person, town.people[1]).date_of_death = NOW.date()
    with pytest.raises(NotNow, match="has died"):
        planned(store, town, stay)


@pytest.mark.parametrize("by", ["birch.manager", "nurse", "integration", "ig"])
def test_who_may_not_open_the_person_plans_nothing(store, town, stay, by):
    with pytest.raises(NotThere):
        planned(store, town, stay, by=by)
    with pytest.raises(NotThere):
        planned(store, town, 9_999, by="ash.manager")
    assert plans(store) == []


def test_of_two_plans_at_once_one_holds_and_the_other_is_told(store, town, stay):
    with store.reading() as session:
        by = town.viewer(session, "ash.gp")

    def send(number):
        return once(
            store, plan_discharge, by=by, now=NOW, key=f"a form of its own {number:04}", encounter_id=stay, seen_id=0,
            pathway=HOME, expected_on=None,
        )  # fmt: skip

    answers = at_once(8, send)
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert {type(answer) for answer in answers if not isinstance(answer, dict)} == {Conflict}
    assert len(plans(store)) == 1


def test_the_journey_from_the_timeline_and_back(client_as, get, post, store, town, stay):
    client, person = client_as("ash.gp"), f"/people/{town.people[1]}"
    link = f"/encounters/{stay}/discharge"
    assert f'href="{link}"' in get(client, person)
    assert "Nothing is planned yet." in get(client, link)
    answer = post(
        client, link, {
            "pathway": "pathway_1", "expected_on-day": "9", "expected_on-month": "10", "expected_on-year": "2026",
            "note": "Key safe first",
        },
    )  # fmt: skip
    assert answer.status_code == 200
    assert "The discharge is planned." in answer.text
    html = get(client, person)
    assert (
        "Discharge planned on 5 October 2026 by Ash Gp: Pathway 1: home with community support, "
        "expected on 9 October 2026" in html
    )
    assert "Discharge note: Key safe first" in html
    assert "Change how they are to leave hospital" in html
    page = get(client, link)
    assert "Holds now" in page
    assert 'value="pathway_1"' in page


def test_the_latest_plan_is_the_one_on_the_timeline(client_as, get, store, town, stay):
    first = planned(store, town, stay)["plan"]
    planned(store, town, stay, seen_id=first, pathway=DischargePathway.PATHWAY_3, expected_on=None)
    html = get(client_as("ash.gp"), f"/people/{town.people[1]}")
    assert "Pathway 3: complex care or a nursing home" in html
    assert "Pathway 1" not in html
    assert html.count("Discharge planned on") == 1
    page = get(client_as("ash.gp"), f"/encounters/{stay}/discharge")
    assert page.index("Pathway 3: complex care") < page.index("Replaced")


def test_a_form_without_a_pathway_or_with_half_a_day_is_shown_again(client_as, post, store, town, stay):
    client, link = client_as("ash.gp"), f"/encounters/{stay}/discharge"
    answer = post(client, link, {"expected_on-day": "9"})
    assert answer.status_code == 422
    assert "Select how they are to leave hospital" in answer.text
    assert "The day they are expected to leave must include" in answer.text
    past = {"expected_on-day": "3", "expected_on-month": "10", "expected_on-year": "2026"}
    answer = post(client, link, {"pathway": "pathway_0", **past})
    assert answer.status_code == 422
    assert "The day expected must be today or in the future" in answer.text
    assert post(client, link, {"pathway": "pathway_0", "seen": "x"}).status_code == 409
    assert plans(store) == []


@pytest.mark.parametrize(("changed", "kept"), [({}, 0), ({"note": "Stairs"}, 1), ({"pathway": "pathway_2"}, 1)])
def test_a_form_sent_as_it_began_after_somebody_else_s_plan_is_not_kept(
    client_as, get, store, town, stay, changed, kept
):
    planned(store, town, stay, by="ash.manager")
    client, link = client_as("ash.gp"), f"/encounters/{stay}/discharge"
    began = {"pathway": "pathway_1", "expected_on-day": "9", "expected_on-month": "10", "expected_on-year": "2026"}
    fields = form_fields(get(client, link), link)
    planned(store, town, stay, by="ash.manager", seen_id=int(fields["seen"]), pathway=DischargePathway.PATHWAY_3)
    assert client.post(link, data={**fields, **began, **changed}).status_code == 409
    with store.reading() as session:
        assert len(session.execute(select(Draft.id)).all()) == kept
    assert ("was kept for you" in get(client, link)) == bool(kept)


def test_the_page_of_a_conflict_has_pathway_day_and_note_in_the_words_of_the_form(client_as, post, store, town, stay):
    planned(store, town, stay, by="ash.manager", pathway=DischargePathway.PATHWAY_2, note="Stairs at home")
    client, link = client_as("ash.gp"), f"/encounters/{stay}/discharge"
    answer = post(client, link, {"pathway": "pathway_0", "seen": "0", "note": "Mine"})
    assert answer.status_code == 409
    now = answer.text[answer.text.index("What is there now") :]
    for said_there in (
        "Pathway 2: rehabilitation before home",
        "9 October 2026",
        "Stairs at home",
        "Pathway 0: home with no new support",
        "Mine",
    ):
        assert said_there in now
    assert "Ash Manager" in answer.text


def test_a_stay_that_is_long_over_offers_nothing(client_as, get, store, town, stay):
    over = stay_of(store, town, 1, date(2026, 8, 1), date(2026, 8, 9))
    html = get(client_as("ash.gp"), f"/people/{town.people[1]}")
    assert f"/encounters/{over}/discharge" not in html
    page = get(client_as("ash.gp"), f"/encounters/{over}/discharge")
    assert "it is over" in page
    assert "Record the plan" not in page


def test_the_page_is_written_down_as_a_look(client_as, get, store, town, stay):
    get(client_as("ash.gp"), f"/encounters/{stay}/discharge")
    assert audited(store)[-1] == ("view", [town.people[1]])
    assert client_as("nurse").get(f"/encounters/{stay}/discharge").status_code == 404


def test_a_stay_that_ended_lately_can_still_be_put_right(store, town, stay):
    lately = stay_of(store, town, 2, date(2026, 9, 20), NOW.date() - timedelta(days=14))
    assert planned(store, town, lately, by="ash.manager", expected_on=date(2026, 9, 21))["completed"] == []
