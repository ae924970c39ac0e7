"""A made-up place in a case database, of any size: its practices, staff, people and two monthly runs.

Made straight into the tables, because what is measured is the app over a full database and not how it got full.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from benchmarks.bulk_rows import Row, put
from caseload.domain.names import name_key
from caseload.domain.words import OrganisationKind, Profession, Residence, Role, Sector, Sex, Tier
from caseload.tables import (
    Organisation,
    Person,
    Practitioner,
    RiskRun,
    RiskScore,
    Team,
    TeamMembership,
    User,
    UserRole,
)
from interfaces.codes import nhs_check_digit

FIRST_NETWORK, NETWORKS, PRACTICES_EACH = 4, 6, 6
FIRST_PRACTICE = FIRST_NETWORK + NETWORKS
PRACTICES = NETWORKS * PRACTICES_EACH
TRUST, COUNCIL = FIRST_PRACTICE + PRACTICES, FIRST_PRACTICE + PRACTICES + 1
TIER_SHARES = ((Tier.VERY_HIGH, 0.005), (Tier.HIGH, 0.05), (Tier.MODERATE, 0.2))
PROFESSIONS = (
    Profession.THERAPIST, Profession.NURSE, Profession.SOCIAL_WORKER, Profession.MENTAL_HEALTH,
    Profession.SECONDARY_CARE, Profession.DOCTOR,
)  # fmt: skip
_FAMILIES = (
    "Amberly",
    "Bexwood",
    "Corrow",
    "Dunmore",
    "Eastley",
    "Farrant",
    "Gillow",
    "Harrend",
    "Illsworth",
    "Jessom",
)
_GIVEN = ("Ada", "Bram", "Cleo", "Dov", "Esme", "Finn", "Gwen", "Hari", "Iris", "Jago", "Kit", "Lena", "Milo", "Nora")


@dataclass(frozen=True)
class Size:
    """How much of everything; the goal's place is 261,536 people, 12,000 open cases and 400 staff."""

    people: int
    cases: int
    staff: int
    practices: int = PRACTICES
    now: datetime = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)

    @property
    def runs(self) -> dict[int, date]:
        """The index dates of the two runs: four days ago and a month earlier."""
        latest = self.now.date() - timedelta(days=4)
        return {1: latest - timedelta(days=30), 2: latest}

    @cached_property
    def order(self) -> list[int]:
        """Everybody's id, highest score first."""
        people = list(range(1, self.people + 1))
        random.Random(7).shuffle(people)
        return people

    def practice_of(self, number: int) -> int:
        """The organisation id of a practice, going round: a person's by their id."""
        return FIRST_PRACTICE + number % self.practices

    def network(self, number: int) -> int:
        """The organisation id of a network, going round those that have people."""
        return FIRST_NETWORK + number % -(-self.practices // PRACTICES_EACH)

    def tier(self, rank: int) -> Tier:
        """The tier of a rank from 1."""
        return next((tier for tier, share in TIER_SHARES if rank <= max(share * self.people, 1)), Tier.NONE)


@dataclass(frozen=True)
class Staff:
    """One member of staff: what they are, and where."""

    user_id: int
    role: Role
    place_id: int
    home_id: int
    profession: Profession | None = None


def network_of(practice_id: int) -> int:
    """The organisation id of a practice's network."""
    return FIRST_NETWORK + (practice_id - FIRST_PRACTICE) // PRACTICES_EACH


def staff_of(size: Size) -> list[Staff]:
    """One manager and GPs for every practice, navigators for every network, professionals, and a few of each other role."""
    practice, network = size.practice_of, size.network
    kinds = [
        lambda n, i: Staff(i, Role.PRACTICE, practice(n), practice(n)),
        lambda n, i: Staff(i, Role.PRACTICE, practice(n), practice(n), Profession.GP),
        lambda n, i: Staff(i, Role.PRACTICE, practice(7 * n + 3), practice(7 * n + 3), Profession.GP),
        lambda n, i: Staff(i, Role.NAVIGATOR, network(n), TRUST),
        lambda n, i: Staff(i, Role.NAVIGATOR, network(n), TRUST),
        lambda n, i: Staff(i, Role.LEAD, 2 + n % 2, TRUST, PROFESSIONS[n % len(PROFESSIONS)]),
        lambda n, i: Staff(i, Role.LEAD, 2 + n % 2, TRUST, PROFESSIONS[(n + 3) % len(PROFESSIONS)]),
        lambda n, i: Staff(i, Role.LEAD, 2 + n % 2, COUNCIL, Profession.SOCIAL_WORKER),
        lambda n, i: Staff(i, (Role.MDT_CHAIR, Role.IG_OFFICER, Role.INTEGRATION_LEAD, Role.ADMIN)[n % 4], 1, COUNCIL),
    ]
    return [kinds[n % len(kinds)](n // len(kinds), n + 1) for n in range(size.staff)]


def make_place(connection: Connection, size: Size) -> None:
    """Places, staff, people, runs and scores."""
    staff = staff_of(size)
    put(connection, Organisation, _organisations())
    put(
        connection,
        Team,
        ({"id": n, "name": f"Navigators {n}", "place_id": FIRST_NETWORK + n - 1} for n in range(1, NETWORKS + 1)),
    )
    put(connection, User, (_user(one, size) for one in staff))
    since = size.now - timedelta(days=90)
    put(
        connection,
        UserRole,
        (
            {"id": s.user_id, "user_id": s.user_id, "role": s.role.value, "place_id": s.place_id, "from_at": since}
            for s in staff
        ),
    )
    put(
        connection,
        Practitioner,
        ({"user_id": s.user_id, "profession": s.profession.value, "capacity": 120} for s in staff if s.profession),
    )
    put(connection, TeamMembership, ({"id": s.user_id, "user_id": s.user_id, "team_id": s.place_id - FIRST_NETWORK + 1, "from_at": since} for s in staff if s.role is Role.NAVIGATOR))  # fmt: skip
    put(connection, Person, _people(size))
    put(connection, RiskRun, (_run(run_id, size) for run_id in size.runs))
    for run_id in size.runs:
        put(connection, RiskScore, _scores(run_id, size))


def _organisations() -> Iterator[Row]:
    health, council = Sector.HEALTH.value, Sector.SOCIAL_CARE.value
    yield {"id": 1, "code": "MADEUP", "name": "Madeup", "kind": OrganisationKind.BOROUGH.value, "sector": council}
    for place in (2, 3):
        yield {"id": place, "code": f"LOC{place}", "name": f"Locality {place}", "kind": OrganisationKind.LOCALITY.value, "sector": health, "parent_id": 1}  # fmt: skip
    for number in range(NETWORKS):
        yield {"id": FIRST_NETWORK + number, "code": f"NET{number}", "name": f"Network {number}", "kind": OrganisationKind.NETWORK.value, "sector": health, "parent_id": 2 + number % 2}  # fmt: skip
    for number in range(PRACTICES):
        place = FIRST_PRACTICE + number
        yield {"id": place, "code": f"Y{90001 + number}", "name": f"Practice {number}", "kind": OrganisationKind.PRACTICE.value, "sector": health, "parent_id": network_of(place)}  # fmt: skip
    yield {"id": TRUST, "code": "TRUST", "name": "Madeup Trust", "kind": OrganisationKind.TRUST.value, "sector": health}
    yield {
        "id": COUNCIL,
        "code": "COUNCIL",
        "name": "Madeup Council",
        "kind": OrganisationKind.COUNCIL.value,
        "sector": council,
    }


def _user(one: Staff, size: Size) -> Row:
    return {
        "id": one.user_id, "username": f"user{one.user_id}", "display_name": f"Staff Member {one.user_id}",
        "job_title": one.role.value, "email": f"user{one.user_id}@example.org", "home_id": one.home_id,
        "created_at": size.now - timedelta(days=90),
    }  # fmt: skip


def _nhs_numbers() -> Iterator[str]:
    """Valid numbers of the 999 range, which belong to nobody."""
    for tail in range(1_000_000):
        digit = nhs_check_digit(f"999{tail:06d}")
        if digit is not None:
            yield f"999{tail:06d}{digit}"


def _people(size: Size) -> Iterator[Row]:
    chance, sexes, homes = random.Random(1), (Sex.FEMALE.value, Sex.MALE.value), list(Residence)
    for person_id, nhs_number in zip(range(1, size.people + 1), _nhs_numbers(), strict=False):
        family, given = f"{chance.choice(_FAMILIES)}-{chance.choice(_FAMILIES)}", chance.choice(_GIVEN)
        yield {
            "id": person_id, "nhs_number": nhs_number, "pseudonym": f"{person_id:032x}", "family_name": family,
            "given_name": given, "name_key": name_key(family, given),
            "date_of_birth": date(1926, 1, 1) + timedelta(days=chance.randrange(36_000)),
            "sex": sexes[person_id % 2], "address_line": f"{person_id % 300} Made Street", "postcode": "ZZ1 1ZZ",
            "phone": "01632 960000", "residence": homes[0].value if chance.random() < 0.95 else homes[1].value,
            "practice_id": size.practice_of(person_id), "restricted": person_id % 1000 == 0, "updated_at": size.now,
        }  # fmt: skip


def _run(run_id: int, size: Size) -> Row:
    return {
        "id": run_id, "run_ref": f"run-{run_id}", "scores_sha256": f"{run_id:064x}", "place": "Madeup",
        "index_date": size.runs[run_id], "outcome": "emergency_admission_12m", "score_kind": "model",
        "model_version": "made-up", "tier_method": "percentile", "key_id": "00000000", "demonstration": True,
        "people": size.people, "loaded_at": size.now - timedelta(days=63 - 30 * run_id), "extracted_on": size.runs[run_id],
    }  # fmt: skip


def _scores(run_id: int, size: Size) -> Iterator[Row]:
    last = {person: rank for rank, person in enumerate(size.order, start=1)}
    for rank, person_id in enumerate(size.order, start=1):
        tier = size.tier(rank)
        before = size.tier(max(1, rank - rank % 50))
        yield {
            "person_id": person_id, "run_id": run_id, "rank": rank, "raw_score": 3.0 - 6.0 * rank / size.people,
            "probability": 0.9 * (1 - last[person_id] / size.people), "percentile": 100 * (1 - rank / size.people),
            "tier": tier.value, "previous_tier": before.value if run_id == 2 else None, "short_history": rank % 40 == 0,
            "not_known_to_services": rank % 9 == 0, "rising": rank % 11 == 0, "segment": "complex_and_older",
            "age_band": "65+", "cohorts": ["frailty"] if rank % 3 == 0 else [],
            "reasons": _reasons(rank) if tier is not Tier.NONE else [],
        }  # fmt: skip


def _reasons(rank: int) -> list[Row]:
    return [
        {
            "code": f"reason_{number}", "text": f"{1 + rank % 4} emergency admissions in the last 12 months, latest 14 August 2026",
            "first_date": "2026-02-01", "last_date": "2026-08-14", "source": "Hospital admissions",
        }
        for number in range(3)
    ]  # fmt: skip
