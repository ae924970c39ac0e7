"""Messages of hospitals that are stored and not acted on yet."""

from collections.abc import Collection

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from caseload.domain.border_words import MessageState
from caseload.tables import HospitalMessage


def any_received(session: Session) -> bool:
    """Whether there is one."""
    return session.execute(_oldest(())).first() is not None


def next_received(session: Session, *, without: Collection[int] = ()) -> tuple[int, str] | None:
    """The oldest that no other program is acting on, with its feed, held on to until the transaction ends."""
    row = session.execute(_oldest(without).with_for_update(skip_locked=True)).first()
    return None if row is None else (row.id, row.feed)


def received_count(session: Session) -> int:
    """How many there are."""
    wanted = select(func.count()).where(HospitalMessage.state == MessageState.RECEIVED)
    return session.execute(wanted).scalar_one()


def _oldest(without: Collection[int]) -> Select[int, str]:
    wanted = select(HospitalMessage.id, HospitalMessage.feed).where(HospitalMessage.state == MessageState.RECEIVED)
    if without:
        wanted = wanted.where(HospitalMessage.id.not_in(without))
    return wanted.order_by(HospitalMessage.id).limit(1)
