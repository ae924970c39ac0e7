"""A partner's system says that it has taken a flag over, in the version it was sent."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.versions import check_version
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.queries.flags import flag_in_force
from caseload.queries.partner_people import person_to_write_about
from caseload.tables import CareFlag, FlagAcknowledgement, Person

NOTE_LENGTH = 400


def acknowledge_flag(
    session: Session, *, by: Viewer, now: datetime, flag_id: int, row_version: int, note: str = ""
) -> int:
    """Keep it, once for each version of the flag and each partner; answers the id.

    NotThere for a flag not in force; Conflict where it is not the version that was read any more; NotNow for a note other
    than the one of before.
    """
    if not by.may(Permission.READ_FLAGS):
        raise NotThere
    if len(note) > NOTE_LENGTH:
        raise NotNow("The note must be 400 characters or fewer.")
    flag = _flag(session, by, now, flag_id)
    check_version(flag, row_version)
    same = select(FlagAcknowledgement).where(
        FlagAcknowledgement.flag_id == flag.id,
        FlagAcknowledgement.flag_version == flag.row_version,
        FlagAcknowledgement.by == by.user_id,
    )
    earlier = session.execute(same.order_by(FlagAcknowledgement.id).limit(1)).scalar_one_or_none()
    if earlier is not None:
        if note and note != earlier.note:
            raise NotNow("You took this version of the flag over before, with another note or none.")
        return earlier.id
    taken = FlagAcknowledgement(flag_id=flag.id, flag_version=flag.row_version, note=note, at=now, by=by.user_id)
    session.add(taken)
    session.flush()
    record(session, "flag.acknowledge", by=by.user_id, now=now, people=[flag.person_id], case_id=flag.case_id, flag=flag.id)  # fmt: skip
    return taken.id


def _flag(session: Session, by: Viewer, now: datetime, flag_id: int) -> CareFlag:
    """The flag, while nobody changes it: locked after its person, as by everybody who changes one."""
    person_id = session.execute(select(CareFlag.person_id).where(CareFlag.id == flag_id)).scalar_one_or_none()
    if person_id is None:
        raise NotThere
    person_to_write_about(session, by, now, person_id)
    wanted = select(CareFlag).join(Person, Person.id == CareFlag.person_id)
    wanted = wanted.where(CareFlag.id == flag_id, flag_in_force(now)).with_for_update(of=CareFlag)
    flag = session.execute(wanted).scalar_one_or_none()
    if flag is None:
        raise NotThere
    return flag
