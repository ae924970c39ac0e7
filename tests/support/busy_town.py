"""The made-up place with many of everything, so that lists have more than one page and names are long."""

from datetime import date, timedelta

from caseload.actions.notices import notify
from caseload.actions.tasks import add_task
from caseload.domain.words import NoticeKind, Sex, TaskKind, Tier
from caseload.store import Store
from caseload.tables import Person, RiskScore
from tests.support.case_app import NOW, RUNS, Town, make_town, propose
from tests.support.led_cases import led, opened
from tests.support.packs import nhs
from tests.support.town_at_work import AtWork

FIRST, LISTED, LED, UNLED = 100, 24, 22, 22
_NAMES = ("Featherstonehaugh-Cholmondeley", "O’Brien", "Ng", "Oyelaran-Oyeyinka", "Ștefănescu")


def make_busy_town(store: Store) -> AtWork:
    """24 people to decide, 22 cases led by therapist with a task and notices each, 22 cases without a lead: pages have 20 rows."""
    work = AtWork(store, make_town(store))
    numbers = _people(store, work.town, LISTED + LED + UNLED)
    propose(store, work.town, numbers[:LISTED], NOW - timedelta(days=3))
    for number in numbers[LISTED : LISTED + LED]:
        work.cases[number] = led(
            store, work.town, number, "therapist", "functional", code="persons_choice", note="They asked for her"
        )
    for number in numbers[LISTED + LED :]:
        work.cases[number] = opened(store, work.town, number)
    _tasks(store, work.town, numbers[LISTED : LISTED + LED])
    return work


def _people(store: Store, town: Town, count: int) -> list[int]:
    numbers = list(range(FIRST, FIRST + count))
    with store.writing() as session:
        for number in numbers:
            person = Person(
                nhs_number=nhs(number), pseudonym=f"{number:032x}", family_name=_NAMES[number % len(_NAMES)],
                given_name=f"Wilhelmina {number}", name_key=f"family given{number}",
                date_of_birth=date(1930 + number % 60, 1 + number % 12, 1 + number % 28),
                sex=Sex.FEMALE if number % 2 else Sex.MALE, address_line=f"{number} Test Street", postcode="ZZ1 1ZZ",
                practice_id=town.places["Y90003"], updated_at=NOW,
            )  # fmt: skip
            session.add(person)
            session.flush()
            town.people[number] = person.id
            town.nhs_numbers[number] = nhs(number)
            session.add(_score(person.id, town.runs[RUNS[1]], number))
    return numbers


def _score(person_id: int, run_id: int, number: int) -> RiskScore:
    reasons = [
        {
            "code": "emergency_admissions", "text": "3 emergency admissions in the last 12 months, latest 14 August 2026",
            "first_date": "2026-02-01", "last_date": "2026-08-14", "source": "Hospital admissions",
        },
        {
            "code": "conditions", "text": "Heart failure, chronic kidney disease and diabetes are on the record",
            "first_date": "2019-02-01", "last_date": "2024-08-14", "source": "GP record",
        },
    ]  # fmt: skip
    return RiskScore(
        person_id=person_id, run_id=run_id, rank=number, raw_score=2.0 - number / 200, probability=0.6 - number / 500,
        percentile=99.9 - number / 50, tier=Tier.VERY_HIGH if number % 4 == 0 else Tier.HIGH,
        previous_tier=Tier.MODERATE if number % 3 == 0 else Tier.HIGH, short_history=number % 5 == 0,
        not_known_to_services=number % 6 == 0, rising=number % 3 == 0, segment="complex_and_older", age_band="65+",
        cohorts=[], reasons=reasons,
    )  # fmt: skip


def _tasks(store: Store, town: Town, numbers: list[int]) -> None:
    with store.writing() as session:
        by = town.viewer(session, "therapist")
        for place, number in enumerate(numbers):
            add_task(
                session, by=by, now=NOW, person_id=town.people[number], kind=TaskKind.FOLLOW_UP,
                title="Ring about the weekly box", due_on=(NOW + timedelta(days=place % 9 - 4)).date(),
                owner_id=town.users["therapist"],
            )  # fmt: skip
            notify(
                session,
                now=NOW,
                user_ids=[town.users["therapist"]],
                kind=NoticeKind.TASK_ASSIGNED,
                person_id=town.people[number],
            )
