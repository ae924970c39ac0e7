"""A case put on hold, resumed, closed, its need recorded: what changes with it, who may, and when it is refused."""

import re

import pytest
from sqlalchemy import select

from caseload.actions.cases import close_case, hold_case, open_case, resume_case, set_need_case
from caseload.domain.case_rules import ClosingReason
from caseload.domain.words import CaseState, HandoverState, PrimaryNeed, TaskState
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import (
    CareTeamMember,
    Case,
    CaseEvent,
    Handover,
    LeadAllocation,
    LeadProposal,
    Person,
    Proposal,
    Task,
)
from tests.support.case_app import NOW, audited, propose
from tests.support.day_work import TODAY, act
from tests.support.led_cases import asked, led, opened


def row(store, table, row_id):
    with store.reading() as session:
        found = session.get_one(table, row_id)
        session.expunge(found)
        return found


def rows(store, table):
    with store.reading() as session:
        found = list(session.execute(select(table)).scalars())
        session.expunge_all()
        return found


def change(store, town, action, case_id, *, by="ash.manager", **given):
    given.setdefault("row_version", row(store, Case, case_id).row_version)
    return act(store, town, action, by=by, case_id=case_id, **given)


def history(store):
    return [(event.kind, event.before, event.after, event.note) for event in rows(store, CaseEvent)][1:]


def test_hold_and_resume_keep_the_lead_and_write_history(store, town):
    case_id = led(store, town, 1, "ash.gp")
    change(store, town, hold_case, case_id, note="In hospital")
    assert row(store, Case, case_id).state is CaseState.ON_HOLD
    change(store, town, resume_case, case_id)
    assert row(store, Case, case_id).state is CaseState.OPEN
    assert history(store) == [("held", "open", "on_hold", "In hospital"), ("resumed", "on_hold", "open", "")]
    assert [lead.until_at for lead in rows(store, LeadAllocation)] == [None]
    assert [action for action, _ in audited(store)][-2:] == ["case.held", "case.resumed"]


@pytest.mark.parametrize(
    ("state", "action", "given", "sentence"),
    [
        (CaseState.OPEN, resume_case, {}, "open already"),
        (CaseState.ON_HOLD, hold_case, {"note": "x"}, "on hold already"),
        (CaseState.CLOSED, hold_case, {"note": "x"}, "is closed"),
        (CaseState.CLOSED, resume_case, {}, "is closed"),
        (CaseState.CLOSED, close_case, {"reason": ClosingReason.DIED}, "is closed"),
        (CaseState.CLOSED, set_need_case, {"need": PrimaryNeed.SOCIAL}, "is closed"),
        (CaseState.OPEN, close_case, {"reason": ClosingReason.OTHER, "note": " "}, "in the note"),
    ],
)
def test_what_the_state_forbids_is_refused_and_changes_nothing(store, town, state, action, given, sentence):
    case_id = opened(store, town, 1)
    if state is CaseState.ON_HOLD:
        change(store, town, hold_case, case_id, note="x")
    if state is CaseState.CLOSED:
        change(store, town, close_case, case_id, reason=ClosingReason.GOALS_MET)
    before = history(store)
    with pytest.raises(NotNow, match=sentence):
        change(store, town, action, case_id, **given)
    assert row(store, Case, case_id).state is state
    assert history(store) == before


def test_closing_ends_lead_handover_care_team_and_tasks(store, town):
    case_id = led(store, town, 7, "nurse", need="nursing")
    handover_id = asked(store, town, case_id, "therapist", by="nurse")
    with store.writing() as session:
        session.add(
            CareTeamMember(
                case_id=case_id, user_id=town.users["navigator"], role="care_navigator", from_on=TODAY, added_at=NOW,
                added_by=town.users["birch.manager"],
            )
        )  # fmt: skip
    change(
        store, town, close_case, case_id, by="birch.manager", reason=ClosingReason.OTHER_SERVICE, note="Hospice at home"
    )
    case = row(store, Case, case_id)
    assert (case.state, case.closed_reason, case.closed_at) == (CaseState.CLOSED, "other_service", NOW)
    assert case.closed_by == town.users["birch.manager"]
    assert [lead.until_at for lead in rows(store, LeadAllocation)] == [NOW]
    assert row(store, Handover, handover_id).state is HandoverState.REVOKED
    assert [member.until_on for member in rows(store, CareTeamMember)] == [TODAY]
    assert {task.state for task in rows(store, Task)} == {TaskState.CANCELLED}
    assert history(store)[-1] == ("closed", "open", "other_service", "Hospice at home")
    assert ("case.closed", [town.people[7]]) in audited(store)


def test_somebody_who_comes_back_gets_a_new_case(store, town):
    first = opened(store, town, 1)
    change(store, town, close_case, first, reason=ClosingReason.GOALS_MET)
    with store.writing() as session:
        session.get_one(Proposal, row(store, Case, first).proposal_id).state = "accepted"
    second = opened(store, town, 1, now=NOW)
    assert second != first
    assert [case.state for case in rows(store, Case)] == [CaseState.CLOSED, CaseState.OPEN]


def test_a_need_makes_the_rule_propose_again_and_leaves_the_lead(store, town):
    case_id = opened(store, town, 2)
    change(store, town, set_need_case, case_id, need=PrimaryNeed.FUNCTIONAL)
    assert row(store, Case, case_id).primary_need is PrimaryNeed.FUNCTIONAL
    assert [proposal.profession for proposal in rows(store, LeadProposal)] == [None, "therapist"]
    assert history(store) == [("need", None, "functional", "")]
    assert audited(store)[-1] == ("case.need", [town.people[2]])


@pytest.mark.parametrize("action", [hold_case, resume_case, close_case, set_need_case])
def test_a_case_that_changed_since_the_form_was_shown_is_a_conflict(store, town, action):
    case_id = opened(store, town, 1)
    given = {
        hold_case: {"note": "x"}, close_case: {"reason": ClosingReason.DIED}, set_need_case: {"need": PrimaryNeed.SOCIAL},
    }  # fmt: skip
    version = row(store, Case, case_id).row_version
    change(store, town, hold_case, case_id, note="first")
    with pytest.raises(Conflict):
        change(store, town, action, case_id, row_version=version, **given.get(action, {}))
    assert row(store, Case, case_id).state is CaseState.ON_HOLD


@pytest.mark.parametrize("username", ["birch.manager", "therapist", "integration", "ig", "admin"])
def test_nobody_changes_a_case_they_may_not_open(store, town, username):
    case_id = opened(store, town, 1)
    with pytest.raises(NotThere):
        change(store, town, hold_case, case_id, by=username, note="x")


def test_somebody_who_died_gets_no_case(store, town):
    ids = propose(store, town, [1])
    with store.writing() as session:
        session.get_one(Person, town.people[1]).date_of_death = TODAY
    with pytest.raises(NotNow, match="died"), store.writing() as session:
        open_case(session, by=town.viewer(session, "ash.manager"), now=NOW, proposal=session.get_one(Proposal, ids[1]))
    assert rows(store, Case) == []


@pytest.mark.parametrize(
    ("page", "data", "state", "words"),
    [
        ("hold", {"note": "In hospital"}, CaseState.ON_HOLD, "The case is on hold"),
        ("close", {"reason": "goals_met"}, CaseState.CLOSED, "The case is closed"),
        ("need", {"need": "social"}, CaseState.OPEN, "The primary need is recorded"),
    ],
)
def test_the_pages_change_the_case(store, town, client_as, get, post, page, data, state, words):
    case_id = opened(store, town, 1)
    client, url = client_as("ash.manager"), f"/cases/{case_id}/{page}"
    assert "FAMILY1, Given1" in get(client, url)
    assert audited(store)[-1] == ("view", [town.people[1]])
    assert words in post(client, url, data).text
    assert row(store, Case, case_id).state is state


def test_a_case_is_resumed_from_its_page(store, town, client_as, get, post):
    case_id = opened(store, town, 1)
    change(store, town, hold_case, case_id, note="x")
    client = client_as("ash.manager")
    get(client, f"/cases/{case_id}/resume")
    assert "The case is open again" in post(client, f"/cases/{case_id}/resume", {"note": "Home"}).text
    assert history(store)[-1] == ("resumed", "on_hold", "open", "Home")


@pytest.mark.parametrize(
    ("page", "data", "sentence"),
    [
        ("hold", {"note": " "}, "Enter why the case is put on hold"),
        ("close", {}, "Select why the case is closed"),
        ("close", {"reason": "other"}, "Enter why the case is closed"),
        ("need", {}, "Select the primary health need"),
    ],
)
def test_what_is_missing_is_said_on_the_page(store, town, client_as, post, page, data, sentence):
    case_id = opened(store, town, 1)
    response = post(client_as("ash.manager"), f"/cases/{case_id}/{page}", data)
    assert (response.status_code, sentence in response.text) == (422, True)
    assert row(store, Case, case_id).state is CaseState.OPEN


@pytest.mark.parametrize("page", ["hold", "resume", "close", "need"])
def test_the_pages_do_not_exist_for_others(store, town, client_as, page):
    case_id = opened(store, town, 1)
    for username in ("birch.manager", "therapist", "integration"):
        assert client_as(username).get(f"/cases/{case_id}/{page}").status_code == 404
    assert client_as("ash.manager").get(f"/cases/9999/{page}").status_code == 404


@pytest.mark.parametrize(("page", "sentence"), [("resume", "open already")])
def test_a_page_for_what_cannot_be_done_says_so(store, town, client_as, page, sentence):
    case_id = opened(store, town, 1)
    response = client_as("ash.manager").get(f"/cases/{case_id}/{page}")
    assert (response.status_code, sentence in response.text) == (422, True)


def test_a_form_of_an_earlier_version_is_a_409_that_keeps_what_was_typed(store, town, client_as):
    case_id = opened(store, town, 1)
    client = client_as("ash.manager")
    page = client.get(f"/cases/{case_id}/hold").text
    fields = dict(re.findall(r'<input type="hidden" name="(csrf_token|form_key|row_version)" value="([^"]*)"', page))
    change(store, town, set_need_case, case_id, need=PrimaryNeed.SOCIAL)
    response = client.post(f"/cases/{case_id}/hold", data={**fields, "note": "Three weeks with her sister"})
    assert response.status_code == 409
    assert "Three weeks with her sister" in response.text
    assert row(store, Case, case_id).state is CaseState.OPEN
