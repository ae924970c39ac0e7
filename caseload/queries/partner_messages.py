"""Messages of partners about somebody, for the care team's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.queries.visible import may_open
from caseload.tables import Organisation, PartnerMessage, User


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message, newest first. `read_by` is empty while nobody has read it, `recipient` where no more is named than the team."""

    message_id: int
    sender: str
    organisation: str
    recipient: str
    words: str
    sent_at: datetime
    at: datetime
    read_at: datetime | None
    read_by: str
    row_version: int


def messages_about(
    session: Session, viewer: Viewer, now: datetime, person_id: int, *, before: int | None, limit: int
) -> tuple[MessageRow, ...]:
    """At most one more than `limit` of them, from behind `before` on; NotThere for somebody the viewer may not open."""
    if not may_open(session, viewer, now, person_id):
        raise NotThere
    sender, reader, colleague, practice = aliased(User), aliased(User), aliased(User), aliased(Organisation)
    recipient = func.coalesce(colleague.display_name, practice.name, "")
    wanted = (
        select(PartnerMessage, sender.display_name, Organisation.name, recipient, reader.display_name)
        .join(sender, sender.id == PartnerMessage.by)
        .join(Organisation, Organisation.id == sender.home_id)
        .outerjoin(reader, reader.id == PartnerMessage.read_by)
        .outerjoin(colleague, PartnerMessage.addressed_to == _reference("Practitioner", colleague.id))
        .outerjoin(practice, PartnerMessage.addressed_to == _reference("Organization", practice.id))
        .where(PartnerMessage.person_id == person_id)
        .order_by(PartnerMessage.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        wanted = wanted.where(PartnerMessage.id < before)
    return tuple(
        MessageRow(
            one.id, name, employer, named, one.words, one.sent_at, one.at, one.read_at, who or "", one.row_version
        )
        for one, name, employer, named, who in session.execute(wanted)
    )


def _reference(kind: str, row_id: Any) -> ColumnElement[str]:
    return literal(f"{kind}/") + cast(row_id, String)
