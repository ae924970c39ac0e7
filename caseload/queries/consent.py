"""What a person agreed or objected to."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.queries.visible import may_open
from caseload.tables import Consent, User


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """What was said once about one purpose. `by` is None where it came with an extract."""

    consent_id: int
    purpose: ConsentPurpose
    state: ConsentState
    how: str
    representative: str
    note: str
    at: datetime
    by: str | None


def consents_in_force(
    session: Session, viewer: Viewer, now: datetime, person_id: int
) -> dict[ConsentPurpose, ConsentRow]:
    """The latest word on each purpose that anything was said about."""
    if not may_open(session, viewer, now, person_id):
        return {}
    found = session.execute(_in_force(), {"person_id": person_id})
    return {row.purpose: row for row in (ConsentRow(*one) for one in found)}


def consent_history(session: Session, viewer: Viewer, now: datetime, person_id: int) -> list[ConsentRow]:
    """Everything that was said, latest first."""
    if not may_open(session, viewer, now, person_id):
        return []
    found = session.execute(_rows().order_by(Consent.id.desc()), {"person_id": person_id})
    return [ConsentRow(*row) for row in found]


@cache
def _in_force() -> Select[int, ConsentPurpose, ConsentState, str, str, str, datetime, str | None]:
    latest = select(func.max(Consent.id)).where(Consent.person_id == bindparam("person_id")).group_by(Consent.purpose)
    return _rows().where(Consent.id.in_(latest)).order_by(Consent.id)


@cache
def _rows() -> Select[int, ConsentPurpose, ConsentState, str, str, str, datetime, str | None]:
    return (
        select(
            Consent.id, Consent.purpose, Consent.state, Consent.how, Consent.representative, Consent.note, Consent.at,
            User.display_name,
        )
        .outerjoin(User, User.id == Consent.by)
        .where(Consent.person_id == bindparam("person_id"))
    )  # fmt: skip
