"""What a made-up place's teams did so far: proposals, open cases with leads, tasks and contacts, notices, and the audit log."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.bulk_rows import Row, finish, put
from benchmarks.case_place import Size, Staff, make_place, network_of, staff_of
from caseload.audit_chain import FIRST_HASH, event_hash
from caseload.clock import local_day
from caseload.domain.contact_outcomes import ContactOutcome
from caseload.domain.words import CaseState, EncounterKind, NoticeKind, PrimaryNeed, Role, TaskKind, Tier
from caseload.tables import (
    AuditEvent,
    AuditSubject,
    CareTeamMember,
    Case,
    CaseEvent,
    Consent,
    Contact,
    Encounter,
    LeadAllocation,
    LeadProposal,
    Notice,
    Proposal,
    ProposalEvent,
    Task,
    TaskEvent,
)

TASKS_EACH, CONTACTS_EACH, EVENTS_EACH = 3, 4, 20
RULE: Row = {"rule_code": "VH", "rule_version": "2026.1", "sentence": "Very high tier: the registered GP leads."}


@dataclass(frozen=True)
class Made:
    """One open case: whose, since when, who works on it."""

    case_id: int
    person_id: int
    lead_id: int | None
    navigator_id: int
    manager_id: int


@dataclass(frozen=True)
class Work:
    """Who works where, and which cases that makes."""

    size: Size

    @cached_property
    def staff(self) -> list[Staff]:
        """Everybody."""
        return staff_of(self.size)

    @cached_property
    def cases(self) -> list[Made]:
        """One for eleven of every twelve people from the top of the list; one in 25 has no lead yet."""
        at: dict[tuple[str, int], list[int]] = defaultdict(list)
        for one in self.staff:
            kind = "gp" if one.role is Role.PRACTICE and one.profession else one.role.value
            at[kind, one.place_id].append(one.user_id)
        made = []
        for number, person_id in enumerate(self._taken(), start=1):
            practice = self.size.practice_of(person_id)
            gps = at["gp", practice] or at["practice", practice]
            navigators, managers = at["navigator", network_of(practice)], at["practice", practice] or gps
            lead = None if number % 25 == 0 else gps[number % len(gps)]
            made.append(Made(number, person_id, lead, navigators[number % len(navigators)], managers[0]))
        return made

    @cached_property
    def proposed(self) -> list[int]:
        """Who is before their practice: every twelfth from the top of the list."""
        return [person for place, person in enumerate(self._top(), start=1) if place % 12 == 0]

    def _taken(self) -> list[int]:
        return [person for place, person in enumerate(self._top(), start=1) if place % 12 != 0]

    def _top(self) -> list[int]:
        return self.size.order[: self.size.cases * 12 // 11]


def fill(connection: Connection, size: Size, key: bytes) -> Work:
    """The whole place with its work, into an empty migrated database."""
    make_place(connection, size)
    work = Work(size)
    put(connection, Proposal, _proposals(work))
    put(connection, ProposalEvent, _proposal_events(work))
    put(connection, Case, _cases(work))
    put(connection, CaseEvent, _case_events(work))
    put(connection, LeadProposal, ({"id": one.case_id, "case_id": one.case_id, **RULE, "profession": "gp", "at": size.now - timedelta(days=30)} for one in work.cases))  # fmt: skip
    put(connection, LeadAllocation, _leads(work))
    put(connection, CareTeamMember, _team(work))
    put(connection, Encounter, _encounters(work))
    put(connection, Consent, _consents(work))
    put(connection, Contact, _contacts(work))
    put(connection, Task, _tasks(work))
    put(connection, TaskEvent, _task_events(work))
    put(connection, Notice, _notices(work))
    _audit(connection, work, key)
    finish(connection)
    return work


def _proposals(work: Work) -> Iterator[Row]:
    made = work.size.now - timedelta(days=4)
    for one in work.cases:
        yield {"id": one.case_id, "person_id": one.person_id, "practice_id": work.size.practice_of(one.person_id), "kind": "score", "run_id": 1, "state": "accepted", "created_at": made, "decided_at": made, "decided_by": one.manager_id}  # fmt: skip
    for number, person_id in enumerate(work.proposed, start=len(work.cases) + 1):
        yield {"id": number, "person_id": person_id, "practice_id": work.size.practice_of(person_id), "kind": "score", "run_id": 2, "state": "proposed", "created_at": made}  # fmt: skip


def _proposal_events(work: Work) -> Iterator[Row]:
    for one in work.cases:
        yield {"id": one.case_id, "proposal_id": one.case_id, "state": "accepted", "at": work.size.now - timedelta(days=4), "by": one.manager_id}  # fmt: skip


def _cases(work: Work) -> Iterator[Row]:
    needs = list(PrimaryNeed)
    for one in work.cases:
        yield {
            "id": one.case_id, "person_id": one.person_id, "proposal_id": one.case_id, "state": CaseState.OPEN.value,
            "primary_need": needs[one.case_id % len(needs)].value, "opened_by": one.manager_id,
            "opened_at": work.size.now - timedelta(days=1 + one.case_id % 200),
        }  # fmt: skip


def _case_events(work: Work) -> Iterator[Row]:
    for one in work.cases:
        yield {"id": one.case_id, "case_id": one.case_id, "kind": "opened", "after": "open", "at": work.size.now - timedelta(days=1 + one.case_id % 200), "by": one.manager_id}  # fmt: skip


def _leads(work: Work) -> Iterator[Row]:
    for one in work.cases:
        if one.lead_id is not None:
            yield {"id": one.case_id, "case_id": one.case_id, "user_id": one.lead_id, "profession": "gp", **RULE, "from_at": work.size.now - timedelta(days=one.case_id % 200, hours=2), "confirmed_by": one.manager_id, "tell_by": local_day(work.size.now)}  # fmt: skip


def _team(work: Work) -> Iterator[Row]:
    for one in work.cases:
        yield {"id": one.case_id, "case_id": one.case_id, "user_id": one.navigator_id, "role": "care_navigator", "from_on": local_day(work.size.now) - timedelta(days=200), "added_at": work.size.now, "added_by": one.manager_id}  # fmt: skip


def _encounters(work: Work) -> Iterator[Row]:
    kinds, number = [kind.value for kind in EncounterKind], 0
    for rank, person_id in enumerate(work.size.order, start=1):
        if work.size.tier(rank) is Tier.NONE:
            return
        for _ in range(1 + rank % 5):
            number += 1
            began = local_day(work.size.now) - timedelta(days=number % 900)
            yield {"id": number, "person_id": person_id, "source": "apc", "source_ref": f"stay-{number}", "kind": kinds[number % len(kinds)], "started_on": began, "ended_on": began + timedelta(days=number % 9), "provider_code": "RXX", "diagnosis_code": "J440"}  # fmt: skip


def _consents(work: Work) -> Iterator[Row]:
    purposes = ("care_coordination", "sharing_health", "sharing_social_care")
    for one in work.cases:
        for place, purpose in enumerate(purposes):
            refused = place == 2 and one.case_id % 20 == 0
            yield {"id": 3 * one.case_id + place - 2, "person_id": one.person_id, "purpose": purpose, "state": "refused" if refused else "given", "how": "spoken", "at": work.size.now - timedelta(days=20), "by": one.navigator_id}  # fmt: skip


def _contacts(work: Work) -> Iterator[Row]:
    outcomes = [outcome.value for outcome in ContactOutcome if outcome is not ContactOutcome.DIED]
    for number in range(1, len(work.cases) * CONTACTS_EACH + 1):
        one = work.cases[(number - 1) // CONTACTS_EACH]
        at = work.size.now - timedelta(days=number % 90, hours=3)
        yield {"id": number, "person_id": one.person_id, "case_id": one.case_id, "mode": "telephone", "participants": ["person"], "outcome_code": outcomes[number % len(outcomes)], "note": "Spoke about medicines and getting to the clinic. " * 3, "happened_at": at, "recorded_at": at, "recorded_by": one.navigator_id}  # fmt: skip


def _tasks(work: Work) -> Iterator[Row]:
    kinds = [kind.value for kind in (TaskKind.FOLLOW_UP, TaskKind.ASSESSMENT, TaskKind.REVIEW_CASE)]
    for number in range(1, len(work.cases) * TASKS_EACH + 1):
        one = work.cases[(number - 1) // TASKS_EACH]
        done = number % 3 == 0
        ended: Row = {"ended_at": work.size.now - timedelta(days=2), "ended_by": one.navigator_id} if done else {}
        yield {
            "id": number, "person_id": one.person_id, "case_id": one.case_id, "kind": kinds[number % 3],
            "title": "Ring about the new medicines", "state": "done" if done else "open", **ended,
            "owner_id": one.navigator_id if number % 2 else (one.lead_id or one.navigator_id),
            "due_on": local_day(work.size.now) + timedelta(days=number % 41 - 12),
            "created_at": work.size.now - timedelta(days=15), "created_by": one.navigator_id,
        }  # fmt: skip


def _task_events(work: Work) -> Iterator[Row]:
    for number in range(1, len(work.cases) * TASKS_EACH + 1):
        one = work.cases[(number - 1) // TASKS_EACH]
        yield {"id": number, "task_id": number, "kind": "created", "after": f"user:{one.navigator_id}", "at": work.size.now - timedelta(days=15), "by": one.navigator_id}  # fmt: skip


def _notices(work: Work) -> Iterator[Row]:
    for number, one in enumerate(work.cases[:: max(1, len(work.cases) // (5 * len(work.staff)))], start=1):
        yield {"id": number, "user_id": one.navigator_id, "kind": NoticeKind.NEW_CASE.value, "person_id": one.person_id, "case_id": one.case_id, "at": work.size.now - timedelta(days=1)}  # fmt: skip


def _audit(connection: Connection, work: Work, key: bytes) -> None:
    """Events as the app would have written them: mostly one person looked at, every tenth a list of thirty."""
    last: list[Any] = [0, FIRST_HASH]

    def shown(number: int) -> list[int]:
        cases = work.cases
        return [cases[(number * 31 + n) % len(cases)].person_id for n in range(30 if number % 10 == 0 else 1)]

    def events() -> Iterator[Row]:
        for number in range(1, len(work.cases) * EVENTS_EACH + 1):
            one = work.cases[number % len(work.cases)]
            detail = json.dumps({"page": "people.show", "people": shown(number)}, sort_keys=True)
            row = SimpleNamespace(number=number, at=work.size.now - timedelta(days=40) + timedelta(seconds=10 * number), user_id=one.navigator_id, action="view", case_id=None, detail=detail, previous_hash=last[1])  # fmt: skip
            row.hash = event_hash(key, row)  # type: ignore[arg-type]
            last[:] = [number, row.hash]
            yield vars(row)

    put(connection, AuditEvent, events())
    put(connection, AuditSubject, ({"person_id": person, "number": number} for number in range(1, last[0] + 1) for person in sorted(set(shown(number)))))  # fmt: skip
    connection.execute(
        text("UPDATE audit_head SET number = :number, hash = :hash"), {"number": last[0], "hash": last[1]}
    )
