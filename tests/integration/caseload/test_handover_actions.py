"""Passing a case to another lead: every way a request can end, and who may do what."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.cases import close_case
from caseload.actions.handovers import (
    accept_handover,
    accept_several,
    reject_handover,
    request_handover,
    revoke_handover,
)
from caseload.actions.tasks import add_task
from caseload.domain.case_rules import ClosingReason
from caseload.domain.handover_rules import ENDED_WORDS, MOVES, state_at, why_not_decided
from caseload.domain.words import HandoverState, NoticeKind, TaskKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import Case, Consent, Handover, LeadAllocation, Notice, RestrictedAccess, Task
from tests.support.case_app import NOW, audited
from tests.support.led_cases import BEFORE, asked, decided, leads_of, led, opened

LATER = NOW + timedelta(hours=2)
EXPIRES = datetime(2026, 10, 12, 23, 0, tzinfo=UTC)  # midnight in London after 12 October, in summer time


def handover(store, handover_id):
    with store.reading() as session:
        row = session.get_one(Handover, handover_id)
        session.expunge(row)
        return row


def notices(store, kind):
    with store.reading() as session:
        return session.execute(select(Notice.user_id).where(Notice.kind == kind).order_by(Notice.id)).scalars().all()


def test_the_sender_stays_accountable_while_nobody_has_answered(store, town):
    case_id = led(store, town, 1, "ash.gp")
    request = handover(store, asked(store, town, case_id, "ash.partner", by="ash.gp", summary="Visits on Mondays"))
    assert (request.state, request.from_user_id, request.to_user_id, request.requested_by) == (
        HandoverState.REQUESTED,
        town.users["ash.gp"],
        town.users["ash.partner"],
        town.users["ash.gp"],
    )
    assert (request.expires_at, request.summary, request.decided_at) == (EXPIRES, "Visits on Mondays", None)
    assert leads_of(store, case_id) == [(town.users["ash.gp"], BEFORE, None)]
    assert notices(store, NoticeKind.HANDOVER_REQUESTED) == [town.users["ash.partner"]]
    assert ("handover.request", [town.people[1]]) in audited(store)


def test_accepting_ends_the_senders_time_at_the_moment_the_receivers_begins(store, town):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    decided(store, town, accept_handover, request, by="ash.partner", now=LATER)
    assert leads_of(store, case_id) == [
        (town.users["ash.gp"], BEFORE, LATER),
        (town.users["ash.partner"], LATER, None),
    ]
    assert handover(store, request).state is HandoverState.ACCEPTED
    with store.reading() as session:
        following = session.execute(select(LeadAllocation).where(LeadAllocation.until_at.is_(None))).scalar_one()
        assert (following.handover_id, following.rule_code, following.override_code) == (request, "VH", None)
        assert (following.tell_by, following.told_at) == (date(2026, 10, 15), None)
        due = session.execute(select(Task.due_on).where(Task.rule_ref == f"tell_lead:lead:{following.id}")).scalar_one()
        assert due == date(2026, 10, 15)
    assert notices(store, NoticeKind.HANDOVER_ACCEPTED) == [town.users["ash.gp"]]
    assert ("handover.accept", [town.people[1]]) in audited(store)


def test_a_receiver_whom_the_rule_does_not_propose_leads_for_the_handovers_reason(store, town):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "therapist", by="ash.gp", reason="Mobility is what matters now")
    decided(store, town, accept_handover, request, by="therapist", now=LATER)
    with store.reading() as session:
        following = session.execute(select(LeadAllocation).where(LeadAllocation.until_at.is_(None))).scalar_one()
        assert (following.override_code, following.override_note) == ("handed_over", "Mobility is what matters now")


def test_the_senders_open_tasks_of_the_case_go_with_it_and_no_others(store, town):
    case_id, other = led(store, town, 1, "ash.gp"), led(store, town, 3, "ash.gp", code="persons_choice")
    with store.writing() as session:
        by = town.viewer(session, "ash.gp")
        for person, title in ((1, "Call her"), (3, "Call him")):
            add_task(
                session, by=by, now=NOW, person_id=town.people[person], kind=TaskKind.OTHER, title=title,
                due_on=date(2026, 10, 9),
            )  # fmt: skip
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    decided(store, town, accept_handover, request, by="ash.partner", now=LATER)
    with store.reading() as session:
        owners = dict(session.execute(select(Task.title, Task.owner_id).where(Task.title.like("Call%"))).all())
    assert owners == {"Call her": town.users["ash.partner"], "Call him": town.users["ash.gp"]}
    assert other != case_id


def test_the_same_moment_twice_still_gives_each_lead_a_time_that_ends_after_it_begins(store, town):
    case_id = led(store, town, 1, "ash.gp", now=NOW)
    request = asked(store, town, case_id, "ash.partner", by="ash.gp", now=NOW)
    decided(store, town, accept_handover, request, by="ash.partner", now=NOW)
    (_, _, until), (_, begins, _) = leads_of(store, case_id)
    assert until == begins == NOW + timedelta(microseconds=1)


def test_rejecting_needs_a_reason_and_leaves_the_lead(store, town):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.manager")
    with pytest.raises(NotNow):
        decided(store, town, reject_handover, request, by="ash.partner", note=" ")
    decided(store, town, reject_handover, request, by="ash.partner", note="I am full")
    row = handover(store, request)
    assert (row.state, row.decided_by, row.decision_note) == (
        HandoverState.REJECTED,
        town.users["ash.partner"],
        "I am full",
    )
    assert leads_of(store, case_id) == [(town.users["ash.gp"], BEFORE, None)]
    assert notices(store, NoticeKind.HANDOVER_REJECTED) == sorted([town.users["ash.gp"], town.users["ash.manager"]])


@pytest.mark.parametrize("by", ["ash.gp", "ash.manager", "navigator"])
def test_a_request_is_taken_back_by_the_sender_or_who_may_name_leads_there(store, town, by):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    decided(store, town, revoke_handover, request, by=by, note="Not now")
    assert handover(store, request).state is HandoverState.REVOKED
    assert notices(store, NoticeKind.HANDOVER_REVOKED) == [town.users["ash.partner"]]
    assert asked(store, town, case_id, "therapist", by="ash.gp")  # there is room for another


def test_the_receiver_answers_a_request_and_does_not_take_it_back_even_where_they_may_name_leads(store, town):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "chair", by="ash.gp")
    with pytest.raises(NotThere):
        decided(store, town, revoke_handover, request, by="chair")
    assert handover(store, request).state is HandoverState.REQUESTED
    decided(store, town, reject_handover, request, by="chair", note="Not mine")
    own = asked(store, town, case_id, "chair", by="chair")  # who asked for it themselves may
    decided(store, town, revoke_handover, own, by="chair")
    assert handover(store, own).state is HandoverState.REVOKED


def test_a_request_lapses_at_its_moment_and_is_written_down_when_next_touched(store, town):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    with pytest.raises(NotThere):  # who was asked has no relationship with the person any more
        decided(store, town, accept_handover, request, by="therapist", now=EXPIRES)
    with pytest.raises(NotNow) as refused:
        decided(store, town, revoke_handover, request, by="ash.gp", now=EXPIRES)
    assert refused.value.sentence == ENDED_WORDS[HandoverState.LAPSED]
    assert handover(store, request).state is HandoverState.REQUESTED
    asked(store, town, case_id, "therapist", by="ash.gp", now=EXPIRES)
    row = handover(store, request)
    assert (row.state, row.decided_at, row.decided_by) == (HandoverState.LAPSED, None, None)
    assert leads_of(store, case_id) == [(town.users["ash.gp"], BEFORE, None)]
    assert ("handover.lapse", [town.people[1]]) in audited(store)


def test_a_second_request_for_the_same_case_is_a_conflict(store, town):
    case_id = led(store, town, 1, "ash.gp")
    asked(store, town, case_id, "ash.partner", by="ash.gp")
    with pytest.raises(Conflict):
        asked(store, town, case_id, "therapist", by="ash.manager")


@pytest.mark.parametrize(
    ("receiver", "sentence"),
    [("ash.gp", "leads this case already"), ("navigator", "cannot lead this case"), ("admin", "cannot lead this case")],
)
def test_only_somebody_else_who_can_lead_is_asked(store, town, receiver, sentence):
    case_id = led(store, town, 1, "ash.gp")
    with pytest.raises(NotNow) as refused:
        asked(store, town, case_id, receiver, by="ash.gp")
    assert sentence in refused.value.sentence


def test_a_handover_needs_a_lead_and_a_reason(store, town):
    case_id = opened(store, town, 1)
    with pytest.raises(NotNow) as refused:
        asked(store, town, case_id, "ash.partner", by="ash.manager")
    assert "no accountable lead yet" in refused.value.sentence
    case_id = led(store, town, 2, "ash.gp", code="persons_choice")
    with pytest.raises(NotNow) as refused:
        asked(store, town, case_id, "ash.partner", by="ash.gp", reason="  ")
    assert refused.value.sentence == "Say why the case is handed over."


@pytest.mark.parametrize("by", ["birch.manager", "south.navigator", "nurse", "ash.partner"])
def test_somebody_without_a_say_about_the_case_is_told_nothing(store, town, by):
    case_id = led(store, town, 1, "ash.gp")
    with pytest.raises(NotThere):
        asked(store, town, case_id, "therapist", by=by)


@pytest.mark.parametrize("action", [accept_handover, reject_handover])
@pytest.mark.parametrize("by", ["ash.gp", "ash.manager", "nurse"])
def test_nobody_answers_for_the_receiver(store, town, action, by):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    with pytest.raises(NotThere):
        decided(store, town, action, request, by=by, **({"note": "x"} if action is reject_handover else {}))
    assert leads_of(store, case_id) == [(town.users["ash.gp"], BEFORE, None)]


def test_a_request_that_was_answered_cannot_be_answered_again(store, town):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    decided(store, town, accept_handover, request, by="ash.partner", now=LATER)
    for action in (accept_handover, revoke_handover):
        with pytest.raises(NotNow):
            decided(store, town, action, request, by="ash.partner", now=LATER + timedelta(minutes=1))
    assert len(leads_of(store, case_id)) == 2


def test_an_answer_to_a_request_that_changed_is_a_conflict(store, town):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    with pytest.raises(Conflict), store.writing() as session:
        accept_handover(session, by=town.viewer(session, "ash.partner"), now=LATER, handover_id=request, row_version=99)


def test_a_receiver_whose_sector_was_refused_meanwhile_cannot_take_over(store, town):
    case_id = led(store, town, 2, "therapist", need="functional")
    request = asked(store, town, case_id, "social.worker", by="therapist")
    with store.writing() as session:
        session.add(Consent(person_id=town.people[2], purpose="sharing_social_care", state="refused", how="x", at=NOW))
    with pytest.raises(NotThere):
        decided(store, town, accept_handover, request, by="social.worker", now=LATER)
    assert len(leads_of(store, case_id)) == 1


def test_a_restricted_record_is_handed_only_to_somebody_named_for_it(store, town):
    with store.writing() as session:
        for username in ("ash.manager", "ash.gp"):
            session.add(
                RestrictedAccess(
                    person_id=town.people[4],
                    user_id=town.users[username],
                    given_at=BEFORE,
                    given_by=town.users["ash.gp"],
                )
            )
    case_id = led(store, town, 4, "ash.gp", code="persons_choice")
    with pytest.raises(NotNow):
        asked(store, town, case_id, "ash.partner", by="ash.gp")
    with store.writing() as session:
        session.add(
            RestrictedAccess(
                person_id=town.people[4], user_id=town.users["ash.partner"], given_at=NOW, given_by=town.users["ash.gp"]
            )
        )
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    assert decided(store, town, accept_handover, request, by="ash.partner", now=LATER)


def test_closing_a_case_takes_its_request_back_and_ends_the_lead(store, town):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    with store.writing() as session:
        version = session.get_one(Case, case_id).row_version
        close_case(
            session, by=town.viewer(session, "ash.manager"), now=LATER, case_id=case_id, row_version=version,
            reason=ClosingReason.GOALS_MET,
        )  # fmt: skip
    assert handover(store, request).state is HandoverState.REVOKED
    assert leads_of(store, case_id) == [(town.users["ash.gp"], BEFORE, LATER)]


def test_several_requests_are_taken_over_at_once_or_none(store, town):
    cases = [led(store, town, number, "ash.gp", code="persons_choice") for number in (1, 2, 3)]
    requests = [asked(store, town, case_id, "ash.partner", by="ash.gp") for case_id in cases]
    decided(store, town, revoke_handover, requests[2], by="ash.gp")
    with pytest.raises((NotNow, NotThere)), store.writing() as session:
        accept_several(session, by=town.viewer(session, "ash.partner"), now=LATER, handover_ids=requests)
    assert [len(leads_of(store, case_id)) for case_id in cases] == [1, 1, 1]
    with store.writing() as session:
        accept_several(session, by=town.viewer(session, "ash.partner"), now=LATER, handover_ids=requests[:2])
    assert [len(leads_of(store, case_id)) for case_id in cases] == [2, 2, 1]


def test_a_request_of_a_case_that_changed_is_a_conflict(store, town):
    case_id = led(store, town, 1, "ash.gp")
    with pytest.raises(Conflict), store.writing() as session:
        request_handover(
            session, by=town.viewer(session, "ash.gp"), now=NOW, case_id=case_id, row_version=99,
            to_user_id=town.users["ash.partner"], reason="Moving",
        )  # fmt: skip


def test_every_state_says_what_can_follow_and_why_nothing_more_can():
    assert set(MOVES) == set(HandoverState)
    for state, following in MOVES.items():
        assert (why_not_decided(state) is None) is bool(following)


@pytest.mark.parametrize(
    ("state", "seconds", "expected"),
    [
        (HandoverState.REQUESTED, -1, HandoverState.REQUESTED),
        (HandoverState.REQUESTED, 0, HandoverState.LAPSED),
        (HandoverState.ACCEPTED, 10, HandoverState.ACCEPTED),
        (HandoverState.REVOKED, 10, HandoverState.REVOKED),
    ],
)
def test_a_request_is_lapsed_from_its_moment_on(state, seconds, expected):
    assert state_at(state, EXPIRES, EXPIRES + timedelta(seconds=seconds)) is expected
