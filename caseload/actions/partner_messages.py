"""What a partner's system writes to a care team about somebody, and that somebody of the team has read it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.notices import notify
from caseload.actions.versions import check_version
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import NoticeKind, Role
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.holders import holders_over
from caseload.queries.lead_cases import lead_in_force
from caseload.queries.partner_people import case_running, person_reached, person_to_write_about
from caseload.tables import PartnerMessage

LONGEST = 4_000
REF_LENGTH = 200
NOT_FOR_THEM = "It must be the CareTeam of the person’s case, its lead, a navigator of their place, or their practice; or be left out."


def write_to_team(  # noqa: PLR0913 - what a message says
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int,
    words: str,
    sender_system: str = "",
    sender_ref: str = "",
    sent_at: datetime | None = None,
    addressed_to: str = "",
    unless_there: bool = False,
) -> dict[str, int | bool]:
    """Keep a message and tell the lead and the navigators; answers its id, and whether it was kept now.

    The same `sender_ref` in the same `sender_system` of the same sender about the same person is the same message, kept
    once: Conflict where it says something else than before, but for who asks to have it kept only `unless_there`.
    `addressed_to` is a FHIR reference to somebody it goes to anyway; NotNow (field recipient) for anybody else.
    """
    if not by.may(Permission.READ_FLAGS):
        raise NotThere
    person = person_to_write_about(session, by, now, person_id)
    if not words.strip() or len(words) > LONGEST:
        raise NotNow("The message must have 1 to 4,000 characters.")
    if max(len(sender_system), len(sender_ref)) > REF_LENGTH:
        raise NotNow("The sender’s own identifier must be 200 characters or fewer.")
    earlier = _earlier(session, by, person.id, sender_system, sender_ref)
    if earlier is not None:
        if not unless_there and not _says(earlier, words, sent_at, addressed_to):
            raise Conflict(
                "This identifier stands for another message about this person. Send the same again, or a new identifier."
            )
        return {"id": earlier.id, "made": False}
    case_id = case_running(session, person.id)
    told = _told(session, now, person.practice_id, case_id) - {by.user_id}
    message = PartnerMessage(
        person_id=person.id, case_id=case_id, sender_system=sender_system, sender_ref=sender_ref,
        addressed_to=_beside_the_team(addressed_to, case_id, person.practice_id, told), words=words, sent_at=sent_at or now,
        at=now, by=by.user_id,
    )  # fmt: skip
    session.add(message)
    session.flush()
    notify(session, now=now, user_ids=told, kind=NoticeKind.PARTNER_WROTE, person_id=person.id, case_id=case_id)  # fmt: skip
    record(session, "message.write", by=by.user_id, now=now, people=[person.id], case_id=case_id, message=message.id)
    return {"id": message.id, "made": True}


def _told(session: Session, now: datetime, practice_id: int, case_id: int | None) -> set[int]:
    told = holders_over(session, now, practice_id, Role.NAVIGATOR)
    lead = lead_in_force(session, case_id) if case_id is not None else None
    return told | ({lead.user_id} if lead is not None else set())


def _beside_the_team(said: str, case_id: int | None, practice_id: int, told: Iterable[int]) -> str:
    """Whom it is for, where that is not the team of the case; empty where it is, or nobody is named."""
    if said in ("", _team(case_id)):
        return ""
    if said not in {f"Organization/{practice_id}", *(f"Practitioner/{user_id}" for user_id in told)}:
        raise NotNow(NOT_FOR_THEM, field="recipient")
    return said


def _team(case_id: int | None) -> str:
    return f"CareTeam/{case_id}" if case_id is not None else ""


def _says(earlier: PartnerMessage, words: str, sent_at: datetime | None, addressed_to: str) -> bool:
    """Whether a message that was kept says the same; what is left out now says nothing else."""
    return (
        earlier.words == words
        and sent_at in (None, earlier.sent_at)
        and addressed_to in ("", earlier.addressed_to, _team(earlier.case_id))
    )


def read_message(session: Session, *, by: Viewer, now: datetime, message_id: int, row_version: int) -> int:
    """Somebody of the care team has read it: the others need not."""
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    message = session.get(PartnerMessage, message_id)
    if message is None:
        raise NotThere
    person_reached(session, by, now, message.person_id)
    check_version(message, row_version)
    if message.read_at is not None:
        raise NotNow("This message was marked as read already.")
    message.read_at, message.read_by = now, by.user_id
    record(session, "message.read", by=by.user_id, now=now, people=[message.person_id], case_id=message.case_id, message=message.id)  # fmt: skip
    return message.id


def _earlier(
    session: Session, by: Viewer, person_id: int, sender_system: str, sender_ref: str
) -> PartnerMessage | None:
    if not sender_ref:
        return None
    same = select(PartnerMessage).where(
        PartnerMessage.by == by.user_id, PartnerMessage.person_id == person_id,
        PartnerMessage.sender_system == sender_system, PartnerMessage.sender_ref == sender_ref,
    )  # fmt: skip
    return session.execute(same.order_by(PartnerMessage.id).limit(1)).scalar_one_or_none()
