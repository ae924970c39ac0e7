"""Who works in a place besides its practices, and the teams they form. Places themselves come with a run."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.viewer import Viewer
from caseload.domain.words import OrganisationKind, Sector
from caseload.exceptions import NotNow
from caseload.tables import Organisation, Team

SECTORS: dict[OrganisationKind, Sector] = {
    OrganisationKind.TRUST: Sector.HEALTH,
    OrganisationKind.COUNCIL: Sector.SOCIAL_CARE,
    OrganisationKind.VOLUNTARY: Sector.VOLUNTARY,
}
"""The kinds that can be added, and whose consent to sharing each falls under."""


def add_organisation(
    session: Session, *, by: Viewer | None, now: datetime, code: str, name: str, kind: OrganisationKind
) -> int:
    """An employer that is not a place: a trust, a council, a voluntary body. Answers its id.

    NotNow for a code that is taken and for a kind that comes with a run.
    """
    if kind not in SECTORS:
        raise NotNow("Practices, networks, localities and boroughs come with a run.")
    if session.execute(select(Organisation.id).where(Organisation.code == code)).first():
        raise NotNow("An organisation with this code is here already.")
    organisation = Organisation(code=code, name=name, kind=kind, sector=SECTORS[kind], parent_id=None)
    session.add(organisation)
    session.flush()
    record(session, "organisation.add", by=_id(by), now=now, organisation=organisation.id)
    return organisation.id


def add_team(session: Session, *, by: Viewer | None, now: datetime, name: str, place_id: int) -> int:
    """A team with a list of its own, for everyone registered within a place. Answers its id. NotNow for a name that is taken."""
    session.get_one(Organisation, place_id)
    if session.execute(select(Team.id).where(Team.name == name)).first():
        raise NotNow("A team of this name is here already.")
    team = Team(name=name, place_id=place_id)
    session.add(team)
    session.flush()
    record(session, "team.add", by=_id(by), now=now, team=team.id)
    return team.id


def _id(by: Viewer | None) -> int | None:
    return None if by is None else by.user_id
