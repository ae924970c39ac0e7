"""A small made-up place in a case database, and the application over it.

    borough Testham
    └── locality East
        ├── network North   Y90001 Ash Surgery (people 1–5), Y90002 Birch Surgery (people 6–9)
        └── network South   Y90003 Cedar Surgery (people 10–12)

Two runs (1 September and 1 October 2026). In the second, people 1 and 6 are very high, 2, 3, 7 and 10 high, 4 and 8
moderate, the rest in no tier. Everyone has a score in both but person 3, who is new. Person 5 has died, person 9 has
moved away, person 4's record is restricted. Nobody has a proposal or a case: a test makes what it needs by the actions.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.words import OrganisationKind, Profession, Role, Sector, Sex, Tier
from caseload.queries.viewers import viewer_of
from caseload.store import Store
from caseload.tables import (
    AuditEvent,
    Organisation,
    Person,
    Practitioner,
    Proposal,
    RiskRun,
    RiskScore,
    Team,
    TeamMembership,
    User,
    UserRole,
)
from tests.support.packs import nhs

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
RUNS = (date(2026, 9, 1), date(2026, 10, 1))
TIERS = {1: Tier.VERY_HIGH, 6: Tier.VERY_HIGH, 2: Tier.HIGH, 3: Tier.HIGH, 7: Tier.HIGH, 10: Tier.HIGH,
         4: Tier.MODERATE, 8: Tier.MODERATE}  # fmt: skip
BIRTHDAYS = {
    1: date(1941, 3, 2),
    2: date(1958, 7, 15),
    3: date(1970, 1, 20),
    4: date(1962, 11, 5),
    5: date(1939, 5, 5),
    6: date(1948, 2, 29),
    7: date(1951, 10, 5),
    8: date(1984, 12, 31),
    9: date(1990, 6, 6),
    10: date(1950, 10, 6),
    11: date(2001, 4, 1),
    12: date(2015, 8, 8),
}

_PLACES = (
    ("TESTHAM", "Testham", OrganisationKind.BOROUGH, Sector.SOCIAL_CARE, None),
    ("EAST", "East", OrganisationKind.LOCALITY, Sector.HEALTH, "TESTHAM"),
    ("NORTH", "North network", OrganisationKind.NETWORK, Sector.HEALTH, "EAST"),
    ("SOUTH", "South network", OrganisationKind.NETWORK, Sector.HEALTH, "EAST"),
    ("Y90001", "Ash Surgery", OrganisationKind.PRACTICE, Sector.HEALTH, "NORTH"),
    ("Y90002", "Birch Surgery", OrganisationKind.PRACTICE, Sector.HEALTH, "NORTH"),
    ("Y90003", "Cedar Surgery", OrganisationKind.PRACTICE, Sector.HEALTH, "SOUTH"),
    ("TRUST", "East Community Trust", OrganisationKind.TRUST, Sector.HEALTH, None),
    ("COUNCIL", "Testham Council", OrganisationKind.COUNCIL, Sector.SOCIAL_CARE, None),
    ("CHARITY", "Testham Neighbours", OrganisationKind.VOLUNTARY, Sector.VOLUNTARY, None),
)

# username, employer, role, place, profession, capacity
_STAFF = (
    ("ash.manager", "Y90001", Role.PRACTICE, "Y90001", None, 0),
    ("ash.gp", "Y90001", Role.PRACTICE, "Y90001", Profession.GP, 60),
    ("ash.partner", "Y90001", Role.LEAD, "Y90001", Profession.GP, 60),
    ("birch.manager", "Y90002", Role.PRACTICE, "Y90002", None, 0),
    ("birch.gp", "Y90002", Role.LEAD, "Y90002", Profession.GP, 60),
    ("cedar.manager", "Y90003", Role.PRACTICE, "Y90003", None, 0),
    ("navigator", "TRUST", Role.NAVIGATOR, "NORTH", None, 0),
    ("south.navigator", "TRUST", Role.NAVIGATOR, "SOUTH", None, 0),
    ("therapist", "TRUST", Role.LEAD, "EAST", Profession.THERAPIST, 40),
    ("nurse", "TRUST", Role.LEAD, "EAST", Profession.NURSE, 40),
    ("social.worker", "COUNCIL", Role.LEAD, "TESTHAM", Profession.SOCIAL_WORKER, 40),
    ("mental.health", "TRUST", Role.LEAD, "EAST", Profession.MENTAL_HEALTH, 40),
    ("consultant", "TRUST", Role.LEAD, "EAST", Profession.SECONDARY_CARE, 40),
    ("volunteer", "CHARITY", Role.LEAD, "EAST", Profession.THERAPIST, 10),
    ("chair", "TRUST", Role.MDT_CHAIR, "NORTH", Profession.DOCTOR, 40),
    ("integration", "COUNCIL", Role.INTEGRATION_LEAD, "TESTHAM", None, 0),
    ("ig", "COUNCIL", Role.IG_OFFICER, "TESTHAM", None, 0),
    ("admin", "COUNCIL", Role.ADMIN, "TESTHAM", None, 0),
    ("data.quality", "TRUST", Role.DATA_QUALITY, "TESTHAM", None, 0),
)


@dataclass(frozen=True)
class Town:
    """The ids of what was made: places by code, users by username, people by number 1–12, runs by index date."""

    places: dict[str, int]
    users: dict[str, int]
    people: dict[int, int]
    runs: dict[date, int]
    team_id: int
    nhs_numbers: dict[int, str] = field(default_factory=dict)

    def viewer(self, session: Session, username: str, now: datetime = NOW):
        """The user as a viewer."""
        found = viewer_of(session, self.users[username], now)
        assert found is not None
        return found


def make_town(store: Store, now: datetime = NOW) -> Town:
    """Put the place into an empty database."""
    with store.writing() as session:
        places = _places(session)
        team = Team(name="North care navigators", place_id=places["NORTH"])
        session.add(team)
        session.flush()
        users = {row[0]: _user(session, row, places, now) for row in _STAFF}
        session.add(TeamMembership(user_id=users["navigator"], team_id=team.id, from_at=now - timedelta(days=30)))
        people = {number: _person(session, number, places, now) for number in BIRTHDAYS}
        runs = {day: _run(session, day, people, now) for day in RUNS}
        return Town(places, users, people, runs, team.id, {number: nhs(number) for number in people})


def propose(store: Store, town: Town, numbers: Iterable[int], now: datetime = NOW) -> dict[int, int]:
    """Proposals by the score of the latest run, as taking in a run would make them: person number -> proposal id."""
    with store.writing() as session:
        made = {}
        for number in numbers:
            person = session.get_one(Person, town.people[number])
            proposal = Proposal(
                person_id=person.id, practice_id=person.practice_id, kind="score", run_id=town.runs[RUNS[1]],
                state="proposed", created_at=now, created_by=None,
            )  # fmt: skip
            session.add(proposal)
            session.flush()
            made[number] = proposal.id
        return made


def audited(store: Store) -> list[tuple[str, list[int]]]:
    """Every audit event so far: action and the people concerned."""
    with store.reading() as session:
        rows = session.execute(select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.number))
        return [(action, json.loads(detail)["people"]) for action, detail in rows]


def _places(session: Session) -> dict[str, int]:
    ids: dict[str, int] = {}
    for code, name, kind, sector, parent in _PLACES:
        place = Organisation(code=code, name=name, kind=kind, sector=sector, parent_id=ids[parent] if parent else None)
        session.add(place)
        session.flush()
        ids[code] = place.id
    return ids


def _user(session: Session, row, places: dict[str, int], now: datetime) -> int:
    username, employer, role, place, profession, capacity = row
    user = User(
        username=username, display_name=username.replace(".", " ").title(), job_title=role.value.replace("_", " "),
        email=f"{username}@example.org", home_id=places[employer], created_at=now - timedelta(days=60),
    )  # fmt: skip
    session.add(user)
    session.flush()
    session.add(UserRole(user_id=user.id, role=role, place_id=places[place], from_at=now - timedelta(days=60)))
    if profession is not None:
        session.add(Practitioner(user_id=user.id, profession=profession, capacity=capacity))
    return user.id


def _person(session: Session, number: int, places: dict[str, int], now: datetime) -> int:
    practice = "Y90001" if number <= 5 else "Y90002" if number <= 9 else "Y90003"
    person = Person(
        nhs_number=nhs(number), pseudonym=f"{number:032x}", family_name=f"Family{number}", given_name=f"Given{number}",
        name_key=f"family{number} given{number}", date_of_birth=BIRTHDAYS[number],
        sex=Sex.FEMALE if number % 2 else Sex.MALE, address_line=f"{number} Test Street", postcode="ZZ1 1ZZ",
        phone="01632 960000", practice_id=places[practice], restricted=number == 4, updated_at=now,
        date_of_death=date(2026, 9, 20) if number == 5 else None,
        deregistered_on=date(2026, 9, 25) if number == 9 else None,
    )  # fmt: skip
    session.add(person)
    session.flush()
    return person.id


def _run(session: Session, day: date, people: dict[int, int], now: datetime) -> int:
    latest = day == RUNS[1]
    run = RiskRun(
        run_ref=f"run-{day}", scores_sha256=f"{day:%Y%m%d}".rjust(64, "0"), place="Testham", index_date=day,
        outcome="emergency_admission_12m", score_kind="model", model_version="demo-1", tier_method="percentile",
        key_id="00000000", demonstration=True, people=len(people), loaded_at=now, extracted_on=day,
    )  # fmt: skip
    session.add(run)
    session.flush()
    order = sorted(people, key=lambda number: (list(Tier).index(TIERS.get(number, Tier.NONE)), number))
    for rank, number in enumerate(order, start=1):
        if number in {5, 9} and latest or number == 3 and not latest:
            continue
        session.add(_score(run.id, people[number], number, rank, latest=latest))
    session.flush()
    return run.id


def _score(run_id: int, person_id: int, number: int, rank: int, *, latest: bool) -> RiskScore:
    tier = TIERS.get(number, Tier.NONE) if latest or number not in {1, 7} else Tier.MODERATE
    previous = (
        None if number == 3 or not latest else (TIERS.get(number, Tier.NONE) if number not in {1, 7} else "moderate")
    )
    reason = {
        "code": "emergency_admissions", "text": "2 emergency admissions in the last 12 months, latest 14 August 2026",
        "first_date": "2026-02-01", "last_date": "2026-08-14", "source": "Hospital admissions",
    }  # fmt: skip
    return RiskScore(
        person_id=person_id, run_id=run_id, rank=rank, raw_score=2.0 - rank / 10, probability=0.6 - rank / 25,
        percentile=100.0 - rank, tier=tier, previous_tier=previous, short_history=number == 10,
        not_known_to_services=number == 7, rising=number in {1, 7} and latest, segment="complex_and_older",
        age_band="65+", cohorts=[], reasons=[reason] if tier != Tier.NONE else [],
    )  # fmt: skip
