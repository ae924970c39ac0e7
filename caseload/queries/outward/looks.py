"""AuditEvent: who has looked at somebody's record or changed it, for whoever may see the record, as the page has it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow
from caseload.queries.outward.conditions import NOWHERE, Condition, asked, moment, open_token, pointer, row_id_of, token
from caseload.queries.outward.listing import Listing, Question, rows_of, slice_of, updated
from caseload.queries.outward.merged import kept_as
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.reach import reachable
from caseload.tables import ApiClient, AuditEvent, AuditSubject, Person, User
from interfaces.fhir.audit_event import LOOK, AuditEventRecord
from interfaces.fhir.code_systems import our_codes
from interfaces.fhir.search_values import Pointer, Value

_ACTION = "http://hl7.org/fhir/audit-event-action"
ONE_PERSON = "Ask for the audit events of one patient, or for one event by its id."


def find_audit_events(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Events about a person, the records that were merged into theirs among them.

    NotNow where neither a person nor an event is named: the whole log is searched by its officers, at a page.
    """
    named = any(chosen.values for chosen in wanted.filters.get("patient", ()))
    if not (wanted.ids or wanted.patient_ids or named):
        raise NotNow(ONE_PERSON)
    about = _subjects(viewer, now).where(AuditSubject.number == AuditEvent.number).correlate(AuditEvent)
    question = (
        select(AuditEvent, ApiClient.name.label("program"), User.home_id)
        .outerjoin(User, User.id == AuditEvent.user_id)
        .outerjoin(ApiClient, ApiClient.user_id == AuditEvent.user_id)
        .where(about.exists())
    )
    rows = rows_of(session, wanted, question, Listing((AuditEvent.number,), AuditEvent.at, _conditions(viewer, now)))
    people = _people(session, viewer, now, [row[0].number for row in rows.rows])
    found = [(_record(row, people[row[0].number]), people[row[0].number]) for row in rows.rows]
    return slice_of(viewer, rows, found)


def _subjects(viewer: Viewer, now: datetime) -> Question:
    """Event number and person, of people the viewer may be sent; a record that was merged is who it became."""
    chain = kept_as()
    return (
        select(AuditSubject.number, Person.id)
        .outerjoin(chain, chain.c.old_id == AuditSubject.person_id)
        .join(Person, Person.id == func.coalesce(chain.c.kept_id, AuditSubject.person_id))
        .where(reachable(viewer, now))
    )


def _conditions(viewer: Viewer, now: datetime) -> dict[str, Condition]:
    look = AuditEvent.action == LOOK
    return {
        "patient": _about(viewer, now),
        "date": moment(AuditEvent.at),
        "agent": pointer("Practitioner", AuditEvent.user_id),
        "action": token({_ACTION: {"R": look, "U": ~look}}),
        "subtype": open_token(our_codes("audit"), AuditEvent.action),
    }


def _about(viewer: Viewer, now: datetime) -> Condition:
    """About one of these people, under any record of theirs; that somebody else was concerned too is not answered.

    It starts from the person: the log is long, and hardly any of it is about one.
    """

    def one(value: Value) -> ColumnElement[bool]:
        assert isinstance(value, Pointer)
        known = row_id_of(value.id)
        if known is None or value.resource not in ("", "Patient"):
            return NOWHERE
        chain = kept_as()
        earlier = select(chain.c.old_id).where(chain.c.kept_id == known)
        records = or_(AuditSubject.person_id == known, AuditSubject.person_id.in_(earlier))
        reached = select(Person.id).where(Person.id == known, reachable(viewer, now)).exists()
        return and_(reached, AuditEvent.number.in_(select(AuditSubject.number).where(records)))

    return lambda chosen: asked(chosen, one, true())


def _people(session: Session, viewer: Viewer, now: datetime, numbers: Sequence[int]) -> dict[int, list[int]]:
    """Whom of those concerned the viewer may be told of, for each event: in one statement."""
    found: dict[int, list[int]] = defaultdict(list)
    wanted = _subjects(viewer, now).where(AuditSubject.number.in_(numbers)).distinct().order_by(Person.id)
    for number, person_id in session.execute(wanted) if numbers else ():
        found[number].append(person_id)
    return found


def _record(row: Any, people: Sequence[int]) -> AuditEventRecord:
    event: AuditEvent = row[0]
    by_program = row.program is not None
    return AuditEventRecord(
        id=str(event.number), updated_at=updated(row), happened_at=event.at, action=event.action,
        page=str(json.loads(event.detail).get("page", "")), user="" if by_program else str(event.user_id or ""),
        name=row.program or "", organisation=str(row.home_id or "") if by_program else "",
        patients=tuple(str(one) for one in people),
    )  # fmt: skip
