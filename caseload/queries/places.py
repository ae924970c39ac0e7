"""Places and employers by the words somebody types at the command line."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.domain.words import OrganisationKind
from caseload.tables import Organisation

_PLACES = (
    OrganisationKind.BOROUGH,
    OrganisationKind.LOCALITY,
    OrganisationKind.NETWORK,
    OrganisationKind.PRACTICE,
)


def organisations_called(session: Session, words: str) -> list[int]:
    """The ids of the organisations with this code or name, places before employers and larger places before smaller."""
    wanted = select(Organisation.id, Organisation.kind).where(
        or_(Organisation.code == words.upper(), Organisation.code == words, Organisation.name == words)
    )
    found = session.execute(wanted.order_by(Organisation.id)).all()
    return [row.id for row in sorted(found, key=lambda row: _rank(row.kind))]


def whole_places(session: Session) -> list[int]:
    """The ids of the largest places: those that lie in no other."""
    wanted = select(Organisation.id).where(Organisation.parent_id.is_(None), Organisation.kind.in_(_PLACES))
    return list(session.execute(wanted.order_by(Organisation.id)).scalars())


def _rank(kind: OrganisationKind) -> int:
    return _PLACES.index(kind) if kind in _PLACES else len(_PLACES)
