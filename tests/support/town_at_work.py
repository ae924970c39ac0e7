"""The made-up place with work under way: something in every state a page can show, made by the actions.

person 1   very high; a case that ash.gp leads, a care team, contacts, tasks of every kind, consent, a handover asked for
person 2   a case with no need recorded and no lead, on hold; a duplicate (person 13)
person 3   on the list to decide; a joiner
person 4   restricted, with a case that ash.partner leads; opened in an emergency, not reviewed
person 5   died, with a case from before
person 6   a case that birch.gp leads, handed to nurse and not answered; birch.gp is leaving
person 7   on the list, marked to accept
person 8   a concern
person 9   moved away, with a case from before
person 10  on Cedar's list; opened in an emergency and reviewed
person 13  the same name and day of birth as person 2
person 14  merged into person 3
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from caseload.actions.cases import hold_case
from caseload.actions.consent import record_consent
from caseload.actions.contacts import log_contact
from caseload.actions.emergency import open_in_emergency, review_emergency
from caseload.actions.leavers import start_leaver
from caseload.actions.merges import merge_people
from caseload.actions.notices import notify
from caseload.actions.proposals import raise_concern
from caseload.actions.review import stage
from caseload.actions.tasks import add_task, cancel_task, complete_task, escalate_task, hold_task
from caseload.actions.users import deactivate_user
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.contact_outcomes import ContactOutcome, Participant
from caseload.domain.emergency_access import EmergencyFinding, EmergencyReason
from caseload.domain.words import (
    CareTeamRole,
    ConsentPurpose,
    ConsentState,
    ContactMode,
    Decision,
    EncounterKind,
    NoticeKind,
    TaskKind,
)
from caseload.store import Store
from caseload.tables import (
    CareTeamMember,
    Case,
    EmergencyAccess,
    Encounter,
    Handover,
    Person,
    PersonMerge,
    Practitioner,
    RestrictedAccess,
    Task,
)
from tests.support.accounts import give_password, give_second_factor
from tests.support.agendas_at_work import agendas_at_work
from tests.support.assessing import assess_at_work
from tests.support.case_app import NOW, Town, make_town, propose
from tests.support.cohorts_at_work import cohorts_at_work, stays_at_work
from tests.support.flags_at_work import flags_at_work
from tests.support.hospital_at_work import hospital_at_work
from tests.support.led_cases import asked, led, opened
from tests.support.meetings_at_work import meetings_at_work
from tests.support.packs import nhs
from tests.support.plans_at_work import plans_at_work
from tests.support.programs_at_work import programs_at_work
from tests.support.shared_plans import copied

EARLIER = NOW - timedelta(days=20)


@dataclass
class AtWork:
    """The place, and what was made in it: cases by person number, everything else by what it is called here."""

    store: Store
    town: Town
    cases: dict[int, int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def act(self, action, username, *, ago=timedelta(days=1), **arguments):
        """Carry out an action as a user, a day before now unless said."""
        with self.store.writing() as session:
            now = NOW - ago
            return action(session, by=self.town.viewer(session, username, now), now=now, **arguments)

    def version(self, table, row_id):
        """The row version a form would have shown."""
        with self.store.reading() as session:
            return session.get_one(table, row_id).row_version


def make_town_at_work(store: Store) -> AtWork:
    """Put the place, and all that is under way in it, into an empty database."""
    work = AtWork(store, make_town(store))
    for make in (
        _more_people,
        _review,
        _cases,
        _day,
        _consents,
        _access,
        _merges,
        _handovers,
        _copies,
        assess_at_work,
        plans_at_work,
        flags_at_work,
        programs_at_work,
        _accounts,
        cohorts_at_work,
        stays_at_work,
        meetings_at_work,
        agendas_at_work,
        hospital_at_work,
    ):
        make(work)
    return work


def _more_people(work: AtWork) -> None:
    with work.store.writing() as session:
        for number, like in ((13, 2), (14, 3)):
            first = session.get_one(Person, work.town.people[like])
            person = Person(
                nhs_number=nhs(number), pseudonym=f"{number:032x}", family_name=first.family_name,
                given_name=first.given_name, name_key=first.name_key, date_of_birth=first.date_of_birth, sex=first.sex,
                address_line=first.address_line, postcode=first.postcode, phone="", practice_id=first.practice_id,
                updated_at=EARLIER,
            )  # fmt: skip
            session.add(person)
            session.flush()
            work.town.people[number] = person.id
            work.town.nhs_numbers[number] = nhs(number)
        for username in ("ash.manager", "ash.gp"):  # the record was restricted before anybody was named for it
            named = {"user_id": work.town.users[username], "given_by": work.town.users["admin"], "given_at": EARLIER}
            session.add(RestrictedAccess(person_id=work.town.people[4], **named))


def _review(work: AtWork) -> None:
    proposals = propose(work.store, work.town, [3, 7, 10], EARLIER)
    work.ids.update({f"proposal_{number}": made for number, made in proposals.items()})
    work.ids["proposal_8"] = work.act(
        raise_concern, "birch.manager", person_id=work.town.people[8],
        note="Two falls this month and her husband, who cared for her, is in hospital.",
    )  # fmt: skip
    work.act(
        stage, "birch.manager", practice_id=work.town.places["Y90002"], proposal_ids=[proposals[7]],
        decision=Decision.ACCEPT,
    )  # fmt: skip


def _cases(work: AtWork) -> None:
    store, town = work.store, work.town
    work.cases[1] = led(store, town, 1, "ash.gp", "medical", EARLIER)
    work.cases[2] = opened(store, town, 2, None, EARLIER)
    work.cases[4] = led(
        store, town, 4, "ash.partner", "medical", EARLIER, code="persons_choice", note="She asked for her"
    )
    work.cases[6] = led(store, town, 6, "birch.gp", "medical", EARLIER)
    _before_they_left(work)
    work.act(
        hold_case, "ash.manager", case_id=work.cases[2], row_version=work.version(Case, work.cases[2]),
        note="Away with her daughter until November",
    )  # fmt: skip
    with store.writing() as session:
        for name, user, role in (
            ("", "navigator", CareTeamRole.CARE_NAVIGATOR),
            ("Pat Example", None, CareTeamRole.CARER),
        ):
            session.add(
                CareTeamMember(
                    case_id=work.cases[1], user_id=town.users[user] if user else None, name=name, role=role,
                    organisation="" if user else "Family", from_on=EARLIER.date(), added_at=EARLIER,
                    added_by=town.users["ash.manager"],
                )
            )  # fmt: skip
        for place, (kind, started, ended) in enumerate(
            (
                (EncounterKind.EMERGENCY_ADMISSION, date(2026, 8, 14), date(2026, 8, 20)),
                (EncounterKind.ED_ATTENDANCE, date(2026, 6, 1), date(2026, 6, 1)),
            )
        ):
            session.add(
                Encounter(
                    person_id=town.people[1], source="made up", source_ref=str(place), kind=kind, started_on=started,
                    ended_on=ended, provider_code="RX901", diagnosis_code="J44",
                )
            )  # fmt: skip


def _before_they_left(work: AtWork) -> None:
    """Cases of people 5 and 9 from before one died and the other moved away."""
    left = {5: ("date_of_death", date(2026, 9, 20)), 9: ("deregistered_on", date(2026, 9, 25))}
    for number, (what, day) in left.items():
        _set(work, number, what, None)
        work.cases[number] = opened(work.store, work.town, number, "nursing", EARLIER)
        _set(work, number, what, day)


def _set(work: AtWork, number: int, what: str, value: date | None) -> None:
    with work.store.writing() as session:
        setattr(session.get_one(Person, work.town.people[number]), what, value)


def _day(work: AtWork) -> None:
    person = work.town.people[1]
    made = work.act(
        log_contact, "navigator", person_id=person, mode=ContactMode.HOME_VISIT, participants=[Participant.PERSON],
        outcome=ContactOutcome.FIRST_CONTACT_MADE, happened_on=date(2026, 10, 2),
        note="Glad of the visit.\nWants help with the stairs.",
    )  # fmt: skip
    work.ids["contact"] = made["contact"]
    for name, due in (
        ("overdue", -4),
        ("today", 0),
        ("later", 6),
        ("done", -2),
        ("cancelled", 1),
        ("held", 2),
        ("escalated", -1),
    ):
        work.ids[f"task_{name}"] = work.act(
            add_task, "navigator", person_id=person, kind=TaskKind.FOLLOW_UP, title=f"Ring the pharmacy about the {name} box",
            due_on=(NOW + timedelta(days=due)).date(), detail="Ask for the weekly box", owner_id=work.town.users["navigator"],
        )  # fmt: skip
    work.act(complete_task, "navigator", **_task(work, "done"), note="They deliver on Fridays")
    work.act(cancel_task, "navigator", **_task(work, "cancelled"), note="No longer needed")
    work.act(hold_task, "navigator", **_task(work, "held"), until=date(2026, 10, 9), note="Closed until Friday")
    work.act(
        escalate_task,
        "navigator",
        **_task(work, "escalated"),
        to_id=work.town.users["ash.gp"],
        note="No answer for a week",
    )


def _task(work: AtWork, name: str) -> dict[str, int]:
    task_id = work.ids[f"task_{name}"]
    return {"task_id": task_id, "row_version": work.version(Task, task_id)}


def _consents(work: AtWork) -> None:
    for purpose, state in (
        (ConsentPurpose.CARE_COORDINATION, ConsentState.GIVEN),
        (ConsentPurpose.SHARING_VOLUNTARY, ConsentState.REFUSED),
    ):
        work.act(
            record_consent, "ash.manager", person_id=work.town.people[1], purpose=purpose, state=state,
            how=ConsentHow.SAID, seen_id=0,
        )  # fmt: skip


def _access(work: AtWork) -> None:
    town = work.town
    for number, username, ago in ((4, "nurse", 10), (10, "therapist", 180), (12, "therapist", 120)):
        work.act(
            open_in_emergency, username, nhs_number=town.nhs_numbers[number], reason_code=EmergencyReason.URGENT_CARE,
            reason="Found on the floor by a neighbour", minutes=60, ago=timedelta(minutes=ago),
        )  # fmt: skip
    with work.store.reading() as session:
        rows = session.execute(select(EmergencyAccess).order_by(EmergencyAccess.id)).scalars().all()
        work.ids.update(zip(("opening", "opening_reviewed", "opening_over"), (row.id for row in rows), strict=True))
    work.act(
        review_emergency, "ig", opening_id=work.ids["opening_reviewed"],
        row_version=work.version(EmergencyAccess, work.ids["opening_reviewed"]), finding=EmergencyFinding.JUSTIFIED,
        ago=timedelta(minutes=5),
    )  # fmt: skip
    with work.store.writing() as session:
        notify(
            session, now=NOW, user_ids=[town.users["navigator"]], kind=NoticeKind.PERSON_DIED, person_id=town.people[5]
        )


def _merges(work: AtWork) -> None:
    kept, merged = work.town.people[3], work.town.people[14]
    versions = {str(person): work.version(Person, person) for person in (kept, merged)}
    work.act(
        merge_people, "ash.manager", kept_id=kept, merged_id=merged, row_versions=versions, reason="Registered twice"
    )
    with work.store.reading() as session:
        work.ids["merge"] = session.execute(select(PersonMerge.id)).scalar_one()


def _handovers(work: AtWork) -> None:
    with work.store.writing() as session:
        if session.get(Practitioner, work.town.users["nurse"]) is None:
            session.add(Practitioner(user_id=work.town.users["nurse"], profession="nurse", capacity=40))
    yesterday = NOW - timedelta(days=1)
    asked(
        work.store,
        work.town,
        work.cases[1],
        "ash.partner",
        by="ash.gp",
        now=yesterday,
        summary="Steady. Daughter visits on Sundays.",
    )
    asked(work.store, work.town, work.cases[6], "ash.partner", by="birch.gp", now=yesterday)
    with work.store.reading() as session:
        for handover in session.execute(select(Handover)).scalars():
            number = next(number for number, case_id in work.cases.items() if case_id == handover.case_id)
            work.ids[f"handover_{number}"] = handover.id
    work.ids["journey"] = work.act(start_leaver, "birch.manager", user_id=work.town.users["birch.gp"])


def _copies(work: AtWork) -> None:
    """Plans of people 4, 5 and 6 in every state a document can be made of, and copies of one of them."""
    work.ids.update(copied(work.store, work.town, work.cases))


def _accounts(work: AtWork) -> None:
    """ash.manager signs in with a password and a code, navigator with a password; consultant has left."""
    for username in ("ash.manager", "navigator"):
        give_password(work.store, work.town.users[username], NOW)
    give_second_factor(work.store, work.town.users["ash.manager"], NOW)
    work.act(deactivate_user, "admin", user_id=work.town.users["consultant"])
