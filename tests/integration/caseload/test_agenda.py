"""Agendas: built by the rule as often as somebody likes, changed by hand, locked by the chair."""

import json
from datetime import date, timedelta

import pytest

from caseload.actions.agenda_building import build_agenda
from caseload.actions.cases import close_case
from caseload.actions.consent import NOTHING, record_consent
from caseload.domain.case_rules import ClosingReason
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.plan_words import AgendaReason, MdtDecisionKind, MeetingState
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.exceptions import NotNow, NotThere
from caseload.tables import (
    AgendaItem,
    AgendaNotes,
    Case,
    MdtDecision,
    MdtMeeting,
    MdtRequest,
    Person,
)
from tests.support.agenda_work import (
    WEDNESDAYS,
    WHY,
    add,
    add_cases,
    add_stay,
    ask,
    make_agendas,
    plan_due,
    reasons,
    running_cases,
    say,
)
from tests.support.case_app import NOW, audited
from tests.support.led_cases import opened

FIRST, SECOND = WEDNESDAYS[:2]


@pytest.fixture
def agendas(store, town):
    """North's series, nothing built."""
    return make_agendas(store, town)


@pytest.fixture
def small(store, town):
    """The same with room for three."""
    return make_agendas(store, town, capacity=3)


@pytest.fixture
def cases(store, town):
    """Running cases by person: 1 new at very high risk (and rising), 2 for no reason, 6 very high as before, 7 rising."""
    return running_cases(store, town)


def test_an_agenda_is_built_by_the_rule_with_a_sentence_for_each(agendas, cases, store, town):
    add_stay(store, town.people[6], date(2026, 10, 3))
    plan_due(store, town, cases[2], date(2026, 9, 30))
    made = agendas.build()
    assert made == {"on": 4, "added": 4, "off": 0, "did_not_fit": 0}
    assert reasons(agendas) == [
        (cases[1], "new_very_high", "New at very high risk in the run of 1 October 2026"),
        (cases[6], "recent_admission", "Admitted on 3 October 2026 and still in hospital"),
        (cases[7], "rising", "Risk is rising in the run of 1 October 2026"),
        (cases[2], "overdue_review", "Plan review was due on 30 September 2026"),
    ]
    assert [item.position for item in agendas.items()] == [1, 2, 3, 4]
    action, people = audited(store)[-1]
    assert (action, sorted(people)) == ("agenda.build", sorted(town.people[number] for number in (1, 2, 6, 7)))


def test_building_again_changes_nothing_where_nothing_changed(agendas, cases):
    agendas.build()
    before = [(item.id, item.position, item.row_version) for item in agendas.items()]
    version = agendas.row(MdtMeeting, agendas.meetings[0]).row_version
    assert agendas.build() == {"on": 2, "added": 0, "off": 0, "did_not_fit": 0}
    assert [(item.id, item.position, item.row_version) for item in agendas.items()] == before
    assert agendas.row(MdtMeeting, agendas.meetings[0]).row_version == version


def test_people_of_other_places_and_closed_cases_are_not_on_it(agendas, cases, store, town):
    opened(store, town, 10)
    add_stay(store, town.people[10], date(2026, 10, 3))
    with store.writing() as session:
        close_case(
            session, by=town.viewer(session, "ash.manager"), now=NOW, case_id=cases[1],
            row_version=session.get_one(Case, cases[1]).row_version, reason=ClosingReason.GOALS_MET,
        )  # fmt: skip
    agendas.build()
    assert agendas.on() == [cases[7]]


def test_who_objects_to_risk_scores_is_never_there_for_one(agendas, cases, store, town):
    agendas.build()
    assert agendas.on() == [cases[1], cases[7]]
    say(agendas, 1, ConsentPurpose.RISK_STRATIFICATION)
    with pytest.raises(NotNow, match="objected to risk scores"):
        agendas.lock()
    agendas.build()
    assert agendas.on() == [cases[7]]
    plan_due(store, town, cases[1], date(2026, 9, 30))
    agendas.build()
    assert reasons(agendas)[-1] == (cases[1], "overdue_review", "Plan review was due on 30 September 2026")


def test_who_refuses_care_coordination_is_not_discussed(agendas, cases):
    ask(agendas, cases[1])
    say(agendas, 1, ConsentPurpose.CARE_COORDINATION)
    agendas.build()
    assert agendas.on() == [cases[7]]
    with pytest.raises(NotNow, match="does not agree to it"):
        add(agendas, cases[1])


def test_whoever_does_not_fit_is_listed_and_goes_first_next_time(small, store, town):
    cases = add_cases(store, town, 5)
    assert small.build() == {"on": 3, "added": 3, "off": 0, "did_not_fit": 2}
    assert (small.on(), small.left_out()) == (cases[:3], cases[3:])
    stays = opened(store, town, 6)
    add_stay(store, town.people[6], date(2026, 10, 4))
    small.build(1)
    assert reasons(small, 1) == [
        (cases[3], "carried_over", "Carried over from the meeting on 7 October 2026, which had no room"),
        (cases[4], "carried_over", "Carried over from the meeting on 7 October 2026, which had no room"),
        (stays, "recent_admission", "Admitted on 4 October 2026 and still in hospital"),
    ]


def test_a_reason_that_is_settled_does_not_bring_anybody_back_for_want_of_room(small, store, town):
    cases = add_cases(store, town, 4)
    small.build()
    say_no = {"purpose": ConsentPurpose.RISK_STRATIFICATION, "state": ConsentState.REFUSED, "how": ConsentHow.SAID}
    small.act(record_consent, "ash.manager", person_id=town.people[303], seen_id=NOTHING, **say_no)
    assert small.left_out() == cases[3:]
    small.build(1)
    assert small.on(1) == []


def test_room_that_is_found_later_is_filled_and_the_list_of_the_rest_shrinks(small, store, town):
    cases = add_cases(store, town, 5)
    small.build()
    small.remove(cases[0])
    assert small.build() == {"on": 3, "added": 1, "off": 0, "did_not_fit": 1}
    assert (small.on(), small.left_out()) == (cases[1:4], cases[4:])


def test_a_request_is_taken_up_by_the_next_agenda(agendas, cases):
    request_id = ask(agendas, cases[2])
    agendas.build()
    item = agendas.item(cases[2])
    assert reasons(agendas)[0] == (cases[2], "requested", f"Asked for by Ash Gp: {WHY}")
    assert agendas.request(request_id).item_id == item.id
    agendas.build(1)
    assert cases[2] not in agendas.on(1)


def test_who_was_added_by_hand_stays_when_the_agenda_is_built_again(small, store, town):
    cases = add_cases(store, town, 5)
    by_hand = opened(store, town, 2)
    item_id = add(small, by_hand)
    small.build()
    small.build()
    assert small.on() == [by_hand, *cases[:2]]
    item = small.item(by_hand)
    assert (item.id, item.reason, item.reason_text) == (
        item_id, AgendaReason.REQUESTED, f"Asked for by Navigator: {WHY}",
    )  # fmt: skip
    (request,) = small.rows(MdtRequest)
    assert (request.case_id, request.item_id, request.ended_at) == (by_hand, item_id, None)
    assert ("agenda.add", [town.people[2]]) in audited(store)


def test_items_change_places_and_keep_the_order_given_when_built_again(agendas, cases, store, town):
    plan_due(store, town, cases[2], date(2026, 9, 30))
    agendas.build()
    assert agendas.on() == [cases[1], cases[7], cases[2]]
    agendas.move(cases[2], up=True)
    agendas.move(cases[1], up=True)
    agendas.move(cases[7], up=False)
    assert agendas.on() == [cases[1], cases[2], cases[7]]
    add_stay(store, town.people[6], date(2026, 10, 4))
    agendas.build()
    assert agendas.on() == [cases[1], cases[6], cases[2], cases[7]]
    assert [item.position for item in agendas.items()] == [1, 2, 3, 4]


def test_an_item_with_notes_stays_whatever_happens(agendas, cases, store, town):
    agendas.build()
    item = agendas.item(cases[1])
    with store.writing() as session:
        session.add(
            AgendaNotes(
                item_id=item.id, situation="x", action_to_date="", latest="", persons_view="", at=NOW,
                by=town.users["chair"],
            )
        )  # fmt: skip
    say(agendas, 1, ConsentPurpose.RISK_STRATIFICATION)
    agendas.build()
    assert cases[1] in agendas.on()
    with pytest.raises(NotNow, match="written down"):
        agendas.remove(cases[1])


def test_who_is_looked_at_this_week_is_not_on_next_weeks_agenda_for_the_same_reason(agendas, cases, store, town):
    agendas.build()
    agendas.build(1)
    assert (agendas.on(), agendas.on(1)) == ([cases[1], cases[7]], [])
    add_stay(store, town.people[1], date(2026, 10, 9))
    agendas.build(1)
    assert agendas.on(1) == [cases[1]]


def hold(agendas, store, town, **decided):
    """The first meeting is held and closed: a decision for each case, or not reached where it has none."""
    with store.writing() as session:
        for item in session.query(AgendaItem).filter_by(meeting_id=agendas.meetings[0]):
            again = decided.get(f"case_{item.case_id}")
            if again is None:
                item.not_reached = True
            else:
                session.add(
                    MdtDecision(
                        item_id=item.id, decision=MdtDecisionKind.CONTINUE, rationale="x", at=NOW,
                        next_review_on=again or None, by=town.users["chair"],
                    )
                )  # fmt: skip
        meeting = session.get_one(MdtMeeting, agendas.meetings[0])
        meeting.state, meeting.closed_at, meeting.closed_by = MeetingState.CLOSED, NOW, town.users["chair"]


def test_who_was_not_reached_or_is_to_be_seen_again_is_carried_over(agendas, cases, store, town):
    agendas.build()
    add(agendas, cases[2])
    unreached = agendas.item(cases[7]).id
    hold(agendas, store, town, **{f"case_{cases[1]}": SECOND, f"case_{cases[2]}": SECOND + timedelta(days=1)})
    agendas.build(1, now=NOW + timedelta(days=3))
    assert reasons(agendas, 1) == [
        (cases[1], "carried_over", "Carried over from the meeting on 7 October 2026, to be looked at again by 14 October 2026"),
        (cases[7], "carried_over", "Carried over from the meeting on 7 October 2026, which did not reach it"),
    ]  # fmt: skip
    assert agendas.item(cases[7], 1).carried_from_id == unreached


def test_a_meeting_that_passed_without_being_held_is_carried_over(agendas, cases):
    agendas.build()
    agendas.build(1, now=NOW + timedelta(days=4))
    assert agendas.on(1) == [cases[1], cases[7]]
    assert {item.reason for item in agendas.items(1)} == {AgendaReason.CARRIED_OVER}


def test_nobody_without_a_part_builds(agendas, cases):
    for username in ("ash.gp", "nurse", "south.navigator", "integration"):
        with pytest.raises(NotThere):
            agendas.build(username=username)


def test_somebody_the_builder_may_not_open_is_on_it_all_the_same(agendas, store, town):
    """The rule asks on nobody's behalf: who may not open the record is shown a number."""
    restricted = opened(store, town, 2)
    with store.writing() as session:
        session.get_one(Person, town.people[2]).restricted = True
    add_stay(store, town.people[2], date(2026, 10, 3))
    agendas.build()
    assert agendas.on() == [restricted]


def test_an_answer_of_building_fits_json(agendas, cases):
    assert json.loads(json.dumps(agendas.act(build_agenda, meeting_id=agendas.meetings[0])))["on"] == 2
