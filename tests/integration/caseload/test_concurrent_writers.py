"""Sixty-four people at once on one row: one of them is first, everybody else is told so, and nothing is lost or doubled."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from caseload.actions.handovers import accept_handover, request_handover, revoke_handover
from caseload.actions.leads import confirm_lead
from caseload.actions.once import once
from caseload.actions.proposals import raise_concern
from caseload.actions.review import confirm, stage
from caseload.actions.tasks import add_task, complete_task, hold_task, reassign_task
from caseload.audit_chain import verify
from caseload.clock import local_day
from caseload.domain.override_reasons import OverrideReason
from caseload.domain.proposal_rules import Mark, digest_of
from caseload.domain.words import Decision, TaskKind
from caseload.exceptions import Conflict, Refused
from caseload.tables import (
    ActionKey,
    AuditEvent,
    Case,
    CaseEvent,
    Handover,
    LeadAllocation,
    Proposal,
    ProposalEvent,
    StagedDecision,
    Task,
    TaskEvent,
)
from tests.support.at_once import at_once
from tests.support.case_app import NOW, propose
from tests.support.led_cases import led, opened

WRITERS = 64
pytestmark = pytest.mark.slow


@pytest.fixture
def everyone(store, town):
    """Viewers by username."""
    with store.reading() as session:
        return {name: town.viewer(session, name) for name in town.users}


@pytest.fixture
def race(store, everyone):
    """A function: so many people carry out an action at once, each with a form of their own; what each was told."""

    def raced(action, *names, times=WRITERS, **arguments):
        def send(number):
            by = everyone[names[number % len(names)]]
            given = {name: value(number) if callable(value) else value for name, value in arguments.items()}
            return once(store, action, by=by, now=NOW, key=f"a form of its own {action.__name__} {number:04}", **given)

        return at_once(times, send)

    yield raced
    with store.reading() as session:
        verify(session, store.secrets.audit)


def told(answers):
    """How many were told what: `done`, or the kind of refusal."""
    return Counter(type(answer).__name__ if isinstance(answer, Exception) else "done" for answer in answers)


def counted(store, table, *conditions):
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()


def events_of(store, action):
    return counted(store, AuditEvent, AuditEvent.action == action)


@pytest.fixture
def case_id(store, town):
    return opened(store, town, 1)


@pytest.fixture
def task_id(store, town, everyone, case_id):
    return once(
        store, add_task, by=everyone["ash.manager"], now=NOW, key="the form of the task", person_id=town.people[1],
        kind=TaskKind.OTHER, title="Ring the pharmacy", due_on=local_day(NOW),
    )  # fmt: skip


def test_one_review_of_sixty_four_takes_effect(store, town, everyone, race):
    proposals = propose(store, town, [1, 2, 3])
    places = {"practice_id": town.places["Y90001"]}
    once(
        store, stage, by=everyone["ash.manager"], now=NOW, key="the form of the marks", **places,
        proposal_ids=list(proposals.values()), decision=Decision.ACCEPT,
    )  # fmt: skip
    answers = race(confirm, "ash.manager", "ash.gp", **places, digest=preview(store))
    assert told(answers) == {"done": 1, "Conflict": WRITERS - 1}
    assert counted(store, Case) == counted(store, CaseEvent) == counted(store, ProposalEvent) == 3
    assert counted(store, Proposal, Proposal.state == "accepted") == 3
    assert events_of(store, "review.confirm") == 1


def preview(store):
    """The digest of everything marked, as the page of the preview carries it."""
    with store.reading() as session:
        marks = session.execute(select(StagedDecision, Proposal.row_version).join(Proposal)).all()
        return digest_of(
            Mark(mark.proposal_id, version, mark.row_version, mark.decision, mark.reason_code, mark.note, None)
            for mark, version in marks
        )


def test_every_one_of_sixty_four_marks_is_seen_by_the_next(store, town, race):
    """The marks say what the page showed: all but the first were made without seeing the first one."""
    proposal = propose(store, town, [1])[1]
    answers = race(
        stage, "ash.manager", "ash.gp", practice_id=town.places["Y90001"], proposal_ids=[proposal],
        decision=Decision.ACCEPT, seen={proposal: 0},
    )  # fmt: skip
    assert told(answers) == {"done": 1, "Conflict": WRITERS - 1}
    assert events_of(store, "review.stage") == 1


def test_one_concern_of_sixty_four_opens_the_proposal_and_all_are_kept(store, town, race):
    answers = race(raise_concern, "ash.manager", "ash.gp", person_id=town.people[2], note=lambda n: f"Concern {n}")
    outcome = told(answers)
    assert outcome["done"] >= 1
    assert set(outcome) <= {"done", "Conflict"}
    assert counted(store, Proposal) == 1
    assert counted(store, ProposalEvent) == events_of(store, "proposal.concern") == outcome["done"]


def test_one_lead_of_sixty_four_is_named(store, town, race, case_id):
    leaders = [town.users[name] for name in ("ash.gp", "ash.partner")]
    version = version_of(store, Case, case_id)
    answers = race(
        confirm_lead, "ash.manager", "ash.gp", case_id=case_id, row_version=version,
        user_id=lambda number: leaders[number % 2], override_code=next(iter(OverrideReason)).value, override_note="x",
    )  # fmt: skip
    assert told(answers) == {"done": 1, "Conflict": WRITERS - 1}
    assert counted(store, LeadAllocation) == 1
    assert events_of(store, "lead.confirm") + events_of(store, "lead.override") == 1


def version_of(store, table, row_id):
    with store.reading() as session:
        return session.get_one(table, row_id).row_version


def test_one_of_sixty_four_finishes_a_task(store, race, task_id):
    answers = race(complete_task, "ash.manager", "ash.gp", task_id=task_id, row_version=1)
    assert told(answers) == {"done": 1, "Conflict": WRITERS - 1}
    assert counted(store, TaskEvent, TaskEvent.task_id == task_id, TaskEvent.kind == "done") == 1
    assert version_of(store, Task, task_id) == 2


def test_sixty_four_changes_of_one_task_one_after_the_other_are_all_kept(store, town, everyone, task_id):
    """Everyone reads the task again after a conflict, as a person would: no change is lost on the way."""

    def insist(number):
        for attempt in range(WRITERS * 4):
            try:
                return once(
                    store, hold_task, by=everyone["ash.gp"], now=NOW, key=f"form {number:03} attempt {attempt:04}",
                    task_id=task_id, row_version=version_of(store, Task, task_id), until=local_day(NOW).replace(day=20),
                    note=f"note {number}",
                )  # fmt: skip
            except Conflict:
                continue
        raise AssertionError("never got its turn")

    assert set(at_once(16, insist)) == {task_id}
    with store.reading() as session:
        notes = session.execute(select(TaskEvent.note).where(TaskEvent.kind == "held")).scalars().all()
    assert sorted(notes) == sorted(f"note {number}" for number in range(16))
    assert version_of(store, Task, task_id) >= 2


def test_finishing_and_reassigning_at_once_leaves_one_of_both(store, town, race, everyone, task_id):
    def either(session, *, by, now, number):
        if number % 2:
            return complete_task(session, by=by, now=now, task_id=task_id, row_version=1)
        return reassign_task(session, by=by, now=now, task_id=task_id, row_version=1, owner_id=town.users["ash.gp"])

    answers = race(either, "ash.manager", "ash.gp", number=lambda number: number)
    assert told(answers) == {"done": 1, "Conflict": WRITERS - 1}
    assert version_of(store, Task, task_id) == 2
    assert counted(store, TaskEvent, TaskEvent.task_id == task_id) == 2  # created, and the one change


def test_accepting_and_revoking_at_once_leaves_one_lead(store, town, everyone, race):
    case_id = led(store, town, 1, "ash.gp")
    handover_id = once(
        store, request_handover, by=everyone["ash.gp"], now=NOW, key="the form of the request", case_id=case_id,
        row_version=version_of(store, Case, case_id), to_user_id=town.users["ash.partner"], reason="Leave",
    )  # fmt: skip

    def either(session, *, by, now):
        decide = accept_handover if by.user_id == town.users["ash.partner"] else revoke_handover
        return decide(session, by=by, now=now, handover_id=handover_id, row_version=1)

    answers = race(either, "ash.gp", "ash.partner")
    outcome = told(answers)
    assert outcome["done"] == 1
    assert all(isinstance(answer, int | Refused) for answer in answers)  # who cannot see it any more: NotThere
    with store.reading() as session:
        state = session.get_one(Handover, handover_id).state
        leads = session.execute(select(LeadAllocation).order_by(LeadAllocation.from_at)).scalars().all()
        open_ended = [lead.user_id for lead in leads if lead.until_at is None]
        assert len(open_ended) == 1
        assert (state.value, open_ended[0]) in {
            ("accepted", town.users["ash.partner"]),
            ("revoked", town.users["ash.gp"]),
        }
        assert all(before.until_at == after.from_at for before, after in zip(leads, leads[1:], strict=False))


def test_sixty_four_new_tasks_at_once_are_all_there(store, town, race):
    answers = race(
        add_task, "ash.manager", "ash.gp", person_id=town.people[1], kind=TaskKind.OTHER,
        title=lambda number: f"Task {number}", due_on=local_day(NOW),
    )  # fmt: skip
    assert len(set(answers)) == WRITERS
    assert counted(store, Task) == counted(store, TaskEvent) == counted(store, ActionKey) == WRITERS
    assert events_of(store, "task.created") == WRITERS
