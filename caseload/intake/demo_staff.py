"""The made-up staff of a demonstration: every role, at believable places, all with one password that is printed."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.organisations import add_organisation, add_team
from caseload.actions.users import create_user
from caseload.domain.words import OrganisationKind, Profession, Role
from caseload.store import Store
from caseload.tables import Organisation, Team

_WORDS = (
    "amber", "badger", "candle", "dapple", "ember", "falcon", "garnet", "harbour", "juniper", "kestrel", "lantern",
    "meadow", "nutmeg", "orchard", "pebble", "quartz", "russet", "saffron", "thistle", "walnut",
)  # fmt: skip

_EMPLOYERS = (
    ("COMMUNITY", "{place} Community Health Trust", OrganisationKind.TRUST),
    ("HOSPITAL", "{place} General Hospital", OrganisationKind.TRUST),
    ("COUNCIL", "{place} Council", OrganisationKind.COUNCIL),
    ("NEIGHBOURS", "{place} Neighbours", OrganisationKind.VOLUNTARY),
)

_MANAGERS = (
    "Angela Morris", "Dilip Rao", "Fiona Keane", "George Whitlock", "Hannah Osei", "Ivan Petrov", "Judith Palmer", "Kofi Mensah",
)  # fmt: skip
_GPS = (
    "Amina Siddiqui", "Bernard Cole", "Chloe Barrett", "David Adeyemi", "Elin Roberts", "Farid Haddad", "Grace Lin", "Henry Walsh",
    "Isla Fraser", "Jonas Weber", "Karen Doyle", "Leon Baptiste", "Maya Kapoor", "Niamh Byrne", "Omar Farouk", "Petra Novak",
)  # fmt: skip
PRACTICES = 8
"""As many of a place's practices have staff, the first by code."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of staff as they are made: where they are employed, what they sign in as and over which place."""

    name: str
    job_title: str
    employer: str
    role: Role
    place: str
    profession: Profession | None = None
    capacity: int = 0
    team: str | None = None

    @property
    def username(self) -> str:
        """First and last name with a full stop between."""
        return self.name.lower().replace(" ", ".")


@dataclass(frozen=True, slots=True)
class Account:
    """One account as the demonstration prints it."""

    username: str
    name: str
    job_title: str
    role: Role
    place: str


@dataclass(frozen=True)
class Staff:
    """Everybody: ids by username, accounts in the order they are shown, the one password, and the practices they work in."""

    ids: Mapping[str, int]
    accounts: tuple[Account, ...]
    password: str
    practices: tuple["Surgery", ...]


@dataclass(frozen=True, slots=True)
class Surgery:
    """A practice with staff: its id, and who manages it and who navigates for it, by username."""

    id: int
    manager: str
    navigator: str


def hire(store: Store, now: datetime) -> Staff:
    """Make employers, a team for each network and users of every role, for the place that was taken in."""
    with store.reading() as session:
        places = _places(session)
    practices = [place for place in places if place.kind is OrganisationKind.PRACTICE][:PRACTICES]
    networks = sorted({place.parent_id for place in practices if place.parent_id is not None})
    (borough,) = [place for place in places if place.kind is OrganisationKind.BOROUGH][:1]
    named = {place.id: place.name for place in places}
    members = [*_district(borough.code), *_networks(places, networks), *_surgeries(practices)]
    password = "-".join(secrets.choice(_WORDS) for _ in range(3)) + f"-{secrets.randbelow(90) + 10}"
    with store.writing() as session:
        for code, name, kind in _EMPLOYERS:
            add_organisation(session, by=None, now=now, code=code, name=name.format(place=borough.name), kind=kind)
        for network in networks:
            add_team(session, by=None, now=now, name=f"{named[network]} care navigators", place_id=network)
        ids = {member.username: _hire(session, member, password, now) for member in members}
    accounts = tuple(Account(one.username, one.name, one.job_title, one.role, _shown(one, places)) for one in members)
    return Staff(ids, accounts, password, tuple(_surgery(one, members, places) for one in practices))


def _surgery(practice: "_Place", members: Sequence[Member], places: Sequence["_Place"]) -> Surgery:
    network = next(place.code for place in places if place.id == practice.parent_id)
    found = {(one.role, one.place): one.username for one in reversed(members)}
    return Surgery(practice.id, found[Role.PRACTICE, practice.code], found[Role.NAVIGATOR, network])


@dataclass(frozen=True, slots=True)
class _Place:
    id: int
    code: str
    name: str
    kind: OrganisationKind
    parent_id: int | None


def _places(session: Session) -> list[_Place]:
    columns = (Organisation.id, Organisation.code, Organisation.name, Organisation.kind, Organisation.parent_id)
    return [_Place(*row) for row in session.execute(select(*columns).order_by(Organisation.code))]


def _district(borough: str) -> Iterator[Member]:
    """Who works for the whole place."""
    yield Member("Yusuf Demir", "Occupational therapist", "COMMUNITY", Role.LEAD, borough, Profession.THERAPIST, 160)
    yield Member("Rachel Stone", "Community matron", "COMMUNITY", Role.LEAD, borough, Profession.NURSE, 160)
    yield Member(
        "Tom Ellis", "Community psychiatric nurse", "COMMUNITY", Role.LEAD, borough, Profession.MENTAL_HEALTH, 120
    )
    yield Member("Ruth Bennett", "Social worker", "COUNCIL", Role.LEAD, borough, Profession.SOCIAL_WORKER, 140)
    yield Member(
        "Simon Achebe", "Consultant geriatrician", "HOSPITAL", Role.LEAD, borough, Profession.SECONDARY_CARE, 80
    )
    yield Member("Nadia Hussain", "Community consultant", "COMMUNITY", Role.MDT_CHAIR, borough, Profession.DOCTOR, 80)
    yield Member("Will Carter", "Link worker", "NEIGHBOURS", Role.LEAD, borough)
    yield Member("Olivia Grant", "Integration lead", "COUNCIL", Role.INTEGRATION_LEAD, borough)
    yield Member("Peter Lund", "Information governance officer", "COUNCIL", Role.IG_OFFICER, borough)
    yield Member("Sam Okafor", "System administrator", "COUNCIL", Role.ADMIN, borough)
    yield Member("Irene Walsh", "Data quality officer", "HOSPITAL", Role.DATA_QUALITY, borough)


def _networks(places: Sequence[_Place], networks: Sequence[int]) -> Iterator[Member]:
    """A care navigator for each network that has staff."""
    names = (
        "Maria Santos", "Jack Thornton", "Priya Nair", "Callum Reid", "Esther Boateng", "Liam Gallagher", "Zara Khan",
        "Owen Price",
    )  # fmt: skip
    codes = {place.id: (place.code, place.name) for place in places}
    for name, network in zip(names, networks, strict=False):
        code, called = codes[network]
        team = f"{called} care navigators"
        yield Member(name, "Care navigator", "COMMUNITY", Role.NAVIGATOR, code, team=team)


def _surgeries(practices: Sequence[_Place]) -> Iterator[Member]:
    """A manager and two GPs for each practice; the GPs review the list and lead people."""
    doctors = iter(_GPS)
    for manager, practice in zip(_MANAGERS, practices, strict=False):
        yield Member(manager, "Practice manager", practice.code, Role.PRACTICE, practice.code)
        for name in (next(doctors), next(doctors)):
            yield Member(f"{name}", "GP", practice.code, Role.PRACTICE, practice.code, Profession.GP, 120)


def _hire(session: Session, member: Member, password: str, now: datetime) -> int:
    code_id = {one.code: one.id for one in session.execute(select(Organisation.code, Organisation.id))}
    teams = session.execute(select(Team.id).where(Team.name == member.team)).scalars().all()
    return create_user(
        session, by=None, now=now, username=member.username, display_name=member.name, job_title=member.job_title,
        home_id=code_id[member.employer], password=password, roles=[(member.role, code_id[member.place])],
        team_ids=teams, profession=member.profession, capacity=member.capacity, email=f"{member.username}@example.org",
    )  # fmt: skip


def _shown(member: Member, places: Sequence[_Place]) -> str:
    return next(place.name for place in places if place.code == member.place)
