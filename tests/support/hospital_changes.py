"""What a hospital's numbers and visits changed here, all of it as rows, and taking one change back."""

from datetime import timedelta

from sqlalchemy import select

from caseload.actions.hospital_identity import undo_identity_change
from caseload.domain.words import Role
from caseload.tables import (
    Encounter,
    HospitalEvent,
    HospitalMessage,
    HospitalStay,
    IdentityChange,
    Person,
    PersonIdentifier,
    UserRole,
    WaitingNumber,
)
from tests.support.case_app import NOW
from tests.support.hospital_work import HospitalWork

TABLES = (Encounter, HospitalEvent, HospitalMessage, HospitalStay, Person, PersonIdentifier, WaitingNumber)
KEPT_ANYHOW = {"row_version", "updated_at", "id", "message_id"}


def settled_by_admin(store, town):
    """The feed, of which `admin` looks after the messages."""
    with store.writing() as session:
        session.add(
            UserRole(
                user_id=town.users["admin"],
                role=Role.DATA_QUALITY,
                place_id=town.places["TESTHAM"],
                from_at=NOW - timedelta(days=9),
            )
        )
    return HospitalWork(store, town, demographics=["phone", "death"])


def links(hospital):
    """Every link: number -> (person, in force, retired into)."""
    number = {person_id: number for number, person_id in hospital.town.people.items()}
    with hospital.store.reading() as session:
        rows = session.execute(select(PersonIdentifier).order_by(PersonIdentifier.id)).scalars()
        return {row.value: (number[row.person_id], row.until_at is None, row.retired_into) for row in rows}


def changes(hospital):
    """Every change: id, kind, retired, kept, whether it was taken back."""
    with hospital.store.reading() as session:
        rows = session.execute(select(IdentityChange).order_by(IdentityChange.id)).scalars()
        return [(row.id, row.kind.value, row.retired_value, row.kept_value, row.undone_at is not None) for row in rows]


def everything(hospital, but=()):
    """All rows about messages, stays and people, without what counts changes; without some messages."""
    with hospital.store.reading() as session:
        found = []
        for table in TABLES:
            for row in session.execute(select(table)).scalars():
                values = {
                    name: str(value)
                    for name, value in vars(row).items()
                    if name not in KEPT_ANYHOW and name != "_sa_instance_state"
                }
                if not (table is HospitalMessage and row.id in but):
                    found.append((table.__tablename__, tuple(sorted(values.items()))))
        return sorted(found)


def undo(hospital, change_id, by="admin"):
    """Take a change back."""
    with hospital.store.writing() as session:
        version = session.get_one(IdentityChange, change_id).row_version
        viewer = hospital.town.viewer(session, by)
        return undo_identity_change(
            session, by=viewer, now=NOW, change_id=change_id, row_version=version, rules=[hospital.feed]
        )
