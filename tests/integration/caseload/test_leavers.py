"""Handing over all that somebody holds: staged, sent in steps, resumable, finished when they hold nothing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from caseload.actions.care_team import add_member
from caseload.actions.handovers import accept_handover, reject_handover, request_handover
from caseload.actions.leaver_rest import hand_over_rest
from caseload.actions.leavers import (
    finish_leaver,
    propose_receivers,
    send_staged,
    stage_receivers,
    start_leaver,
    stop_leaver,
)
from caseload.actions.tasks import add_task
from caseload.domain.words import CareTeamRole, HandoverState, JourneyState, TaskKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.holdings import Holdings
from caseload.queries.leaver_cases import journey_page
from caseload.tables import CareTeamMember, Case, Consent, Handover, LeaverJourney, StagedHandover, Task
from tests.support import journeys
from tests.support.case_app import NOW, audited
from tests.support.journeys import act, held, requests, sent, staged, started, version
from tests.support.led_cases import decided, leads_of, led

LATER = NOW + timedelta(hours=2)


three_cases = journeys.three_cases


def test_starting_proposes_a_receiver_for_every_case_and_hands_nothing_over(store, town, three_cases):
    journey_id = started(store, town)
    assert set(staged(store)) == set(three_cases)
    assert town.users["ash.gp"] not in staged(store).values()
    assert staged(store)[three_cases[0]] == town.users["ash.partner"]  # very high: the registered GP, the other one
    assert requests(store) == []
    assert [len(leads_of(store, case_id)) for case_id in three_cases] == [1, 1, 1]
    assert ("leaver.start", []) in audited(store)
    with store.reading() as session:
        page = journey_page(session, town.viewer(session, "navigator"), NOW, journey_id, after=0, most=25)
        assert (page.reach, page.staged, page.waiting, page.journey.taken_over) == (3, 3, 0, 0)


def test_one_journey_at_a_time_for_one_leaver(store, town, three_cases):
    started(store, town)
    with pytest.raises(Conflict) as refused:
        started(store, town, by="navigator")
    assert (refused.value.by, refused.value.at) == ("Ash Manager", NOW)


@pytest.mark.parametrize("by", ["cedar.manager", "south.navigator", "therapist", "admin"])
def test_nobody_begins_for_somebody_whose_people_they_do_not_see(store, town, three_cases, by):
    with pytest.raises(NotThere):
        started(store, town, by=by)


def test_a_receiver_can_be_changed_until_it_is_sent_and_two_hands_do_not_overwrite_each_other(store, town, three_cases):
    journey_id = started(store, town)
    case_id, before = three_cases[1], staged(store)[three_cases[1]]
    therapist, nurse = town.users["therapist"], town.users["nurse"]
    act(store, town, stage_receivers, journey_id=journey_id, choices=[(case_id, before, therapist)])
    assert staged(store)[case_id] == therapist
    with pytest.raises(Conflict) as refused:  # the other page still showed the first proposal
        act(store, town, stage_receivers, by="navigator", journey_id=journey_id, choices=[(case_id, before, nurse)])
    assert (refused.value.by, refused.value.at) == ("Ash Manager", NOW)
    act(store, town, stage_receivers, by="navigator", journey_id=journey_id, choices=[(case_id, therapist, 0)])
    assert case_id not in staged(store)
    assert act(store, town, propose_receivers, journey_id=journey_id) == 1
    assert case_id in staged(store)


@pytest.mark.parametrize("username", ["ash.gp", "navigator", "admin"])
def test_a_receiver_who_could_not_take_over_is_refused(store, town, three_cases, username):
    journey_id = started(store, town)
    shown = staged(store)[three_cases[0]]
    with pytest.raises(NotNow):
        act(
            store, town, stage_receivers, journey_id=journey_id,
            choices=[(three_cases[0], shown, town.users[username])],
        )  # fmt: skip


def test_a_case_of_somebody_else_cannot_be_put_into_the_journey(store, town, three_cases):
    other = led(store, town, 6, "birch.gp")
    journey_id = started(store, town)
    assert act(store, town, stage_receivers, journey_id=journey_id, choices=[(other, 0, town.users["nurse"])]) == 0
    assert other not in staged(store)


def test_the_journey_is_sent_in_steps_and_gone_on_with_by_somebody_else_until_nothing_is_held(store, town, three_cases):
    journey_id = started(store, town)
    assert sent(store, town, journey_id, three_cases[:1]) == {"sent": 1, "left": []}
    with pytest.raises(NotNow) as refused:
        act(store, town, finish_leaver, journey_id=journey_id, row_version=version(store, journey_id))
    assert refused.value.sentence.startswith("This person still holds 3 cases as accountable lead, ")
    assert sent(store, town, journey_id, three_cases[1:], by="navigator") == {"sent": 2, "left": []}
    assert staged(store) == {}
    receivers = {row.id: row for row in _handovers(store)}
    for handover_id, row in receivers.items():
        username = next(name for name, ident in town.users.items() if ident == row.to_user_id)
        decided(store, town, accept_handover, handover_id, by=username, now=LATER)
    assert held(store, town, now=LATER) == Holdings()
    for case_id in three_cases:
        (_, _, until), (_, begins, _) = leads_of(store, case_id)
        assert until == begins == LATER
    act(store, town, finish_leaver, by="navigator", now=LATER, journey_id=journey_id,
        row_version=version(store, journey_id))  # fmt: skip
    with store.reading() as session:
        journey = session.get_one(LeaverJourney, journey_id)
        assert (journey.state, journey.finished_by) == (JourneyState.FINISHED, town.users["navigator"])


def _handovers(store):
    with store.reading() as session:
        rows = session.execute(select(Handover).order_by(Handover.id)).scalars().all()
        session.expunge_all()
        return rows


def test_what_was_previewed_is_what_is_sent(store, town, three_cases):
    journey_id = started(store, town)
    case_id = three_cases[0]
    shown = staged(store)[case_id]
    act(store, town, stage_receivers, by="navigator", journey_id=journey_id,
        choices=[(case_id, shown, town.users["therapist"])])  # fmt: skip
    with pytest.raises(Conflict) as refused:
        act(store, town, send_staged, journey_id=journey_id, pairs=[(case_id, shown)], reason="Leaving")
    assert (refused.value.by, refused.value.at) == ("Navigator", NOW)
    assert requests(store) == []


def test_a_case_that_cannot_be_sent_is_named_and_the_others_go(store, town, three_cases):
    journey_id = started(store, town)
    act(
        store, town, request_handover, case_id=three_cases[0],
        row_version=_case_version(store, three_cases[0]), to_user_id=town.users["therapist"], reason="Before that",
    )  # fmt: skip
    answer = sent(store, town, journey_id, three_cases)
    assert answer["sent"] == 2
    assert [case_id for case_id, _ in answer["left"]] == three_cases[:1]
    assert "asked for already" in answer["left"][0][1]
    assert set(staged(store)) == set(three_cases[:1])


def _case_version(store, case_id):
    with store.reading() as session:
        return session.get_one(Case, case_id).row_version


def test_a_case_that_was_turned_down_needs_a_receiver_again(store, town, three_cases):
    journey_id = started(store, town)
    sent(store, town, journey_id, three_cases[:1])
    [(handover_id, _)] = requests(store)
    decided(store, town, reject_handover, handover_id, by="ash.partner", note="No room")
    with store.reading() as session:
        page = journey_page(session, town.viewer(session, "ash.manager"), NOW, journey_id, after=0, most=25)
    first = page.cases[0]
    assert (first.receiver_id, first.last.state, first.last.note) == (None, HandoverState.REJECTED, "No room")
    assert not first.waits
    assert act(store, town, propose_receivers, journey_id=journey_id) == 1


def test_whoever_turned_a_case_down_is_neither_proposed_nor_offered_again_for_it(
    store, town, client_as, get, three_cases
):
    journey_id = started(store, town)
    sent(store, town, journey_id, three_cases[:1])
    [(handover_id, _)] = requests(store)
    partner, case_id = town.users["ash.partner"], three_cases[0]
    decided(store, town, reject_handover, handover_id, by="ash.partner", note="No room")
    assert act(store, town, propose_receivers, journey_id=journey_id) == 1
    chosen = staged(store)[case_id]
    assert chosen != partner
    with pytest.raises(NotNow, match="turned down"):
        act(store, town, stage_receivers, journey_id=journey_id, choices=[(case_id, chosen, partner)])
    with store.reading() as session:
        page = journey_page(session, town.viewer(session, "ash.manager"), NOW, journey_id, after=0, most=25)
    offered = [partner in {each.user_id for each in one.candidates} for one in page.cases]
    assert offered == [False, True, True]
    assert [one.turned_down for one in page.cases] == [("Ash Partner",), (), ()]
    assert "because they turned it down: Ash Partner." in get(client_as("ash.manager"), f"/leavers/{journey_id}")


def test_somebody_who_leaves_too_is_neither_proposed_nor_offered_and_the_page_says_so(
    store, town, client_as, get, post, three_cases
):
    led(store, town, 6, "ash.partner", code="persons_choice")
    journey_id = started(store, town)
    partner = town.users["ash.partner"]
    assert partner in staged(store).values()
    theirs = act(store, town, start_leaver, by="navigator", user_id=partner)
    assert town.users["ash.gp"] not in {to for case, to in staged(store).items() if case not in three_cases}
    html = get(client_as("ash.manager"), f"/leavers/{journey_id}")
    assert "Not offered, because this person is leaving: Ash Partner." in html
    [left] = [one for one in sent(store, town, journey_id, three_cases)["left"] if one[0] == three_cases[0]]
    assert left[1] == "This person is leaving, and hands over their own cases. Choose somebody else."
    with store.writing() as session:
        session.execute(delete(StagedHandover).where(StagedHandover.to_user_id == partner))
    act(store, town, propose_receivers, journey_id=journey_id)
    assert partner not in staged(store).values()
    with pytest.raises(NotNow, match="Choose somebody other"):
        act(store, town, hand_over_rest, journey_id=journey_id, to_user_id=partner)
    assert "Ash Partner, Ash Surgery" not in html
    act(store, town, stop_leaver, by="navigator", journey_id=theirs, row_version=version(store, theirs))
    assert "Not offered" not in get(client_as("ash.manager"), f"/leavers/{journey_id}")


def test_nobody_stops_a_journey_that_has_cases_of_people_beyond_theirs(store, town, client_as, post, three_cases):
    led(store, town, 6, "ash.gp", code="persons_choice")  # of Birch Surgery, whose manager sees the journey
    journey_id = started(store, town)
    sent(store, town, journey_id, three_cases[:2])
    before = staged(store)
    with pytest.raises(NotNow, match="3 cases of this journey are of people you may not hand over"):
        act(store, town, stop_leaver, by="birch.manager", journey_id=journey_id, row_version=version(store, journey_id))
    page = f"/leavers/{journey_id}"
    assert "Somebody who may hand over all" in post(client_as("birch.manager"), f"{page}/stop", page=page).text
    assert {state for _, state in requests(store)} == {HandoverState.REQUESTED}
    assert staged(store) == before
    act(store, town, stop_leaver, journey_id=journey_id, row_version=version(store, journey_id))
    assert {state for _, state in requests(store)} == {HandoverState.REVOKED}


def test_stopping_takes_back_what_nobody_answered_and_a_new_journey_can_begin(store, town, three_cases):
    journey_id = started(store, town)
    sent(store, town, journey_id, three_cases[:2])
    act(store, town, stop_leaver, journey_id=journey_id, row_version=version(store, journey_id))
    assert {state for _, state in requests(store)} == {HandoverState.REVOKED}
    assert staged(store) == {}
    with pytest.raises(NotNow):
        act(store, town, propose_receivers, journey_id=journey_id)
    assert started(store, town) != journey_id


def test_cases_of_people_somebody_else_answers_for_are_counted_and_not_shown(store, town, three_cases):
    led(store, town, 6, "ash.gp", code="persons_choice")  # of Birch Surgery
    journey_id = started(store, town)
    with store.reading() as session:
        page = journey_page(session, town.viewer(session, "ash.manager"), NOW, journey_id, after=0, most=25)
    assert (page.journey.holdings.leads, page.reach, len(page.cases)) == (4, 3, 3)
    with store.reading() as session:
        wider = journey_page(session, town.viewer(session, "navigator"), NOW, journey_id, after=0, most=25)
    assert wider.reach == 4


def test_the_cases_come_in_pages_that_lose_and_repeat_none(store, town, three_cases):
    journey_id = started(store, town)
    seen, after = [], 0
    for _ in range(3):
        with store.reading() as session:
            page = journey_page(session, town.viewer(session, "ash.manager"), NOW, journey_id, after=after, most=1)
        seen += [one.case.case_id for one in page.cases]
        after = page.next_after
    assert seen == three_cases
    assert after is None


def test_places_on_care_teams_and_tasks_go_to_one_successor(store, town):
    case_id = led(store, town, 1, "ash.gp")
    act(store, town, add_member, case_id=case_id, role=CareTeamRole.CARE_NAVIGATOR, from_on=date(2026, 10, 1),
        user_id=town.users["navigator"])  # fmt: skip
    act(store, town, add_task, by="navigator", person_id=town.people[1], kind=TaskKind.OTHER, title="Call her",
        due_on=date(2026, 10, 9))  # fmt: skip
    assert held(store, town, "navigator") == Holdings(places=1, tasks=1)
    journey_id = act(store, town, start_leaver, user_id=town.users["navigator"])
    answer = act(store, town, hand_over_rest, journey_id=journey_id, to_user_id=town.users["nurse"])
    assert answer == {"places": 1, "tasks": 1, "left": 0}
    assert held(store, town, "navigator").nothing
    with store.reading() as session:
        rows = session.execute(select(CareTeamMember).order_by(CareTeamMember.id)).scalars().all()
        assert [(row.user_id, row.role, row.until_on) for row in rows] == [
            (town.users["navigator"], CareTeamRole.CARE_NAVIGATOR, date(2026, 10, 5)),
            (town.users["nurse"], CareTeamRole.CARE_NAVIGATOR, None),
        ]
        owner = session.execute(select(Task.owner_id).where(Task.title == "Call her")).scalar_one()
        assert owner == town.users["nurse"]
    act(store, town, finish_leaver, journey_id=journey_id, row_version=version(store, journey_id))


def test_tasks_of_a_case_still_led_wait_for_its_next_lead(store, town):
    led(store, town, 1, "ash.gp")  # which set the task of telling the person
    journey_id = started(store, town)
    answer = act(store, town, hand_over_rest, journey_id=journey_id, to_user_id=town.users["ash.partner"])
    assert answer == {"places": 0, "tasks": 0, "left": 0}
    assert held(store, town).tasks >= 1


def test_a_successor_who_may_not_see_somebody_is_not_put_on_their_team(store, town):
    case_id = led(store, town, 1, "ash.gp")
    act(store, town, add_member, case_id=case_id, role=CareTeamRole.CARE_NAVIGATOR, from_on=date(2026, 10, 1),
        user_id=town.users["navigator"])  # fmt: skip
    with store.writing() as session:
        session.add(Consent(person_id=town.people[1], purpose="sharing_social_care", state="refused", how="x", at=NOW))
    journey_id = act(store, town, start_leaver, user_id=town.users["navigator"])
    answer = act(store, town, hand_over_rest, journey_id=journey_id, to_user_id=town.users["social.worker"])
    assert answer == {"places": 0, "tasks": 0, "left": 1}
    assert held(store, town, "navigator").places == 1


def test_a_finished_version_that_changed_is_a_conflict(store, town, three_cases):
    journey_id = started(store, town)
    with pytest.raises(Conflict):
        act(store, town, stop_leaver, journey_id=journey_id, row_version=99)
