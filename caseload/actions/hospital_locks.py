"""Holding on to what a message is about, so that two programs that act on messages never do so on one visit at once.

SQLite has one writer at a time. On PostgreSQL a number that is in no row yet is held on to by its hash, which the end of the
transaction lets go; in one order everywhere, so that two transactions do not wait for each other.
"""

import hashlib
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseload.database import is_sqlite
from caseload.tables import HospitalMessage, Person


def hold_names(session: Session, feed: str, names: Iterable[tuple[str, str]]) -> None:
    """Wait until no other transaction acts on any of these, each an authority (or what it is) and a number."""
    if is_sqlite(session):
        return
    for key in sorted({_key(feed, *name) for name in names}):
        session.execute(select(func.pg_advisory_xact_lock(key)))


def hold_people(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    """These people, as they are now, unchanged by others until the transaction ends."""
    wanted = select(Person).where(Person.id.in_(sorted(set(person_ids)))).order_by(Person.id)
    held = session.execute(wanted.with_for_update(key_share=True).execution_options(populate_existing=True)).scalars()
    return {person.id: person for person in held}


def hold_row(session: Session, message_id: int) -> HospitalMessage:
    """The message, as it is now, acted on by nobody else until the transaction ends."""
    wanted = select(HospitalMessage).where(HospitalMessage.id == message_id)
    return session.execute(wanted.with_for_update().execution_options(populate_existing=True)).scalar_one()


def _key(feed: str, *name: str) -> int:
    """A number of 64 bits with a sign, as PostgreSQL's advisory locks take it."""
    digest = hashlib.sha256("\x1f".join(("hospital", feed, *name)).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
