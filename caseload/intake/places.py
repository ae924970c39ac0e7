"""The place tree of a pack: borough, localities, networks and practices, made or renamed as the pack says.

A practice has its own code. A larger place has only a name in a pack, so its code is made from where it lies: the same
path always gives the same code.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.words import OrganisationKind, Sector
from caseload.intake.copying import copy_in, copy_out
from caseload.tables import Organisation

_PLACE = {"practice_code": "VARCHAR", "practice_id": "BIGINT"}
_NAME = 200  # characters the case database keeps of a name


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice as a pack lists it, with the larger places it lies in."""

    code: str
    name: str
    network: str
    locality: str
    borough: str


def take_places(session: Session, connection: duckdb.DuckDBPyConnection) -> int:
    """Bring the place tree up to date and leave `place` (practice_code, practice_id) in the scratch database.

    Answers how many practices the pack has. A practice it no longer lists stays: people and cases point to it.
    """
    practices = [Practice(*row) for part in copy_out(connection, _PRACTICES) for row in part]
    known = {place.code: place for place in session.execute(select(Organisation)).scalars()}
    ids = [(practice.code, _practice(session, known, practice).id) for practice in practices]
    copy_in(connection, "place", _PLACE, ids)
    return len(practices)


def _practice(session: Session, known: dict[str, Organisation], practice: Practice) -> Organisation:
    parent: Organisation | None = None
    path: list[str] = []
    for kind, name in _larger(practice):
        path.append(name)
        parent = _place(session, known, kind, _code(kind, path), name, parent)
    return _place(session, known, OrganisationKind.PRACTICE, practice.code, practice.name, parent)


def _larger(practice: Practice) -> Iterable[tuple[OrganisationKind, str]]:
    yield OrganisationKind.BOROUGH, practice.borough
    yield OrganisationKind.LOCALITY, practice.locality
    yield OrganisationKind.NETWORK, practice.network


def _place(
    session: Session,
    known: dict[str, Organisation],
    kind: OrganisationKind,
    code: str,
    name: str,
    parent: Organisation | None,
) -> Organisation:
    place = known.get(code)
    parent_id = None if parent is None else parent.id
    if place is None:
        sector = Sector.SOCIAL_CARE if kind is OrganisationKind.BOROUGH else Sector.HEALTH
        place = Organisation(code=code, name=name[:_NAME], kind=kind, sector=sector, parent_id=parent_id)
        session.add(place)
        session.flush()
        known[code] = place
    place.name, place.parent_id = name[:_NAME], parent_id
    return place


def _code(kind: OrganisationKind, path: list[str]) -> str:
    digest = hashlib.sha256("\n".join(path).encode()).hexdigest()
    return f"{kind.value[:8]}-{digest[:8]}"


_PRACTICES = "SELECT practice_code, name, network, locality, borough FROM practice ORDER BY practice_code"
