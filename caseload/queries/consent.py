"""What a person agreed or objected to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.queries.visible import openable
from caseload.tables import Consent, Person, User


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
    latest = select(func.max(Consent.id)).where(Consent.person_id == person_id).group_by(Consent.purpose)
    wanted = _rows(viewer, now, person_id).where(Consent.id.in_(latest)).order_by(Consent.id)
    return {row.purpose: row for row in (ConsentRow(*found) for found in session.execute(wanted))}


def consent_history(session: Session, viewer: Viewer, now: datetime, person_id: int) -> list[ConsentRow]:
    """Everything that was said, latest first."""
    wanted = _rows(viewer, now, person_id).order_by(Consent.id.desc())
    return [ConsentRow(*row) for row in session.execute(wanted)]


def _rows(
    viewer: Viewer, now: datetime, person_id: int
) -> Select[int, ConsentPurpose, ConsentState, str, str, str, datetime, str | None]:
    return (
        select(
            Consent.id, Consent.purpose, Consent.state, Consent.how, Consent.representative, Consent.note, Consent.at,
            User.display_name,
        )
        .join(Person, Person.id == Consent.person_id)
        .outerjoin(User, User.id == Consent.by)
        .where(Consent.person_id == person_id, openable(viewer, now))
    )  # fmt: skip
