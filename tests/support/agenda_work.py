"""A series of team meetings in the made-up place, made by the actions: North's, on Wednesdays, chaired by chair."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from caseload.actions.agenda import add_to_agenda, lock_agenda, move_item, remove_from_agenda
from caseload.actions.agenda_building import build_agenda
from caseload.actions.consent import NOTHING, record_consent
from caseload.actions.mdt_requests import request_discussion
from caseload.actions.mdt_series import create_series
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.plan_words import PlanState
from caseload.domain.words import CaseState, ConsentState, Sex, Tier
from caseload.store import Store
from caseload.tables import (
    AgendaItem,
    AgendaLeftOut,
    Case,
    Encounter,
    MdtMeeting,
    MdtRequest,
    Person,
    PlanVersion,
    RiskScore,
)
from tests.support.case_app import NOW, RUNS, Town
from tests.support.led_cases import led, opened
from tests.support.packs import nhs

WEDNESDAYS = [date(2026, 10, 7) + timedelta(weeks=week) for week in range(6)]
FIRST = 300
WHY = "Two falls in a week"


@dataclass
class Agendas:
    """The series, and everything a test does with it as a user."""

    store: Store
    town: Town
    series_id: int
    meetings: list[int]

    def act(self, action, username="navigator", now=NOW, **arguments):
        """Carry out an action as a user."""
        with self.store.writing() as session:
            return action(session, by=self.town.viewer(session, username, now), now=now, **arguments)

    def build(self, which=0, username="navigator", now=NOW):
        """Build the agenda of a meeting by its number, from 0."""
        return self.act(build_agenda, username, now, meeting_id=self.meetings[which])

    def lock(self, which=0, username="chair", now=NOW):
        """Lock it as somebody would who has just looked at it."""
        meeting = self.row(MdtMeeting, self.meetings[which])
        return self.act(lock_agenda, username, now, meeting_id=meeting.id, row_version=meeting.row_version)

    def remove(self, case_id, which=0, username="navigator", why="Discussed by telephone"):
        """Take somebody off."""
        item = self.item(case_id, which)
        return self.act(remove_from_agenda, username, item_id=item.id, row_version=item.row_version, why=why)

    def move(self, case_id, *, up, which=0):
        """One place up or down."""
        item = self.item(case_id, which)
        return self.act(move_item, item_id=item.id, row_version=item.row_version, up=up)

    def row(self, table, row_id):
        """A row as it is now."""
        with self.store.reading() as session:
            row = session.get(table, row_id)
            session.expunge_all()
            return row

    def rows(self, table, *conditions):
        """All rows such as these, by id."""
        with self.store.reading() as session:
            rows = session.execute(select(table).where(*conditions).order_by(table.id)).scalars().all()
            session.expunge_all()
            return rows

    def items(self, which=0):
        """The agenda in its order."""
        found = self.rows(AgendaItem, AgendaItem.meeting_id == self.meetings[which])
        return sorted(found, key=lambda item: (item.position, item.id))

    def item(self, case_id, which=0):
        """The item of a case."""
        return next(item for item in self.items(which) if item.case_id == case_id)

    def on(self, which=0):
        """The cases on it, in order."""
        return [item.case_id for item in self.items(which)]

    def left_out(self, which=0):
        """The cases that did not fit, in order."""
        there = AgendaLeftOut.meeting_id == self.meetings[which]
        rows = self.rows(AgendaLeftOut, there, AgendaLeftOut.removed_at.is_(None))
        return [row.case_id for row in sorted(rows, key=lambda row: row.place)]

    def request(self, request_id):
        """A request as it is now."""
        return self.row(MdtRequest, request_id)


def running_cases(store, town):
    """Running cases by person: 1 new at very high risk (and rising), 2 for no reason, 6 very high as before, 7 rising."""
    return {
        1: led(store, town, 1, "ash.gp", "medical"),
        **{number: opened(store, town, number) for number in (2, 6, 7)},
    }


def make_agendas(store, town, *, capacity=30, now=NOW):
    """North's series with its six meetings, the first on Wednesday 7 October."""
    with store.writing() as session:
        series_id = create_series(
            session, by=town.viewer(session, "navigator", now), now=now, name="North team meeting",
            team_id=town.team_id, weekday=2, starts="12:30", venue="Ash Surgery, upstairs",
            chair_id=town.users["chair"], coordinator_id=town.users["navigator"], quorum=3, capacity=capacity,
        )  # fmt: skip
        wanted = select(MdtMeeting.id).where(MdtMeeting.series_id == series_id).order_by(MdtMeeting.held_on)
        return Agendas(store, town, series_id, list(session.execute(wanted).scalars()))


def add_cases(store, town, count, *, practice="Y90001", tier=Tier.VERY_HIGH, previous=Tier.HIGH):
    """So many more people of a practice with a case and a score, new at very high risk; cases, the highest percentile first."""
    cases = []
    with store.writing() as session:
        for number in range(FIRST, FIRST + count):
            person = Person(
                nhs_number=nhs(number), pseudonym=f"{number:032x}", family_name=f"Family{number}",
                given_name=f"Given{number}", name_key=f"family{number} given{number}",
                date_of_birth=date(1940, 1, 1) + timedelta(days=number), sex=Sex.FEMALE, address_line="1 Test Street",
                postcode="ZZ1 1ZZ", practice_id=town.places[practice], updated_at=NOW,
            )  # fmt: skip
            session.add(person)
            session.flush()
            town.people[number], town.nhs_numbers[number] = person.id, nhs(number)
            case = Case(
                person_id=person.id, state=CaseState.OPEN, opened_at=NOW - timedelta(days=9),
                opened_by=town.users["ash.manager"],
            )  # fmt: skip
            session.add(case)
            session.add(
                RiskScore(
                    person_id=person.id,
                    run_id=town.runs[RUNS[1]],
                    rank=number,
                    raw_score=1.0,
                    probability=0.5,
                    percentile=99.9 - (number - FIRST) / 100,
                    tier=tier,
                    previous_tier=previous,
                    short_history=False,
                    not_known_to_services=False,
                    rising=False,
                    segment="x",
                    age_band="65+",
                    cohorts=[],
                    reasons=[],
                )
            )
            session.flush()
            cases.append(case.id)
    return cases


def add_stay(store, person_id, since, until=None, kind="emergency_admission"):
    """A stay in hospital."""
    with store.writing() as session:
        session.add(
            Encounter(
                person_id=person_id,
                source="made up",
                source_ref=f"{person_id} {since}",
                kind=kind,
                started_on=since,
                ended_on=until,
            )
        )


def say(agendas, number, purpose, state=ConsentState.REFUSED):
    """A person says something about a purpose."""
    agendas.act(
        record_consent, "ash.manager" if number <= 5 else "birch.manager", person_id=agendas.town.people[number],
        purpose=purpose, state=state, how=ConsentHow.SAID, seen_id=NOTHING,
    )  # fmt: skip


def ask(agendas, case_id, username="ash.gp", why=WHY, series_id=None):
    """Ask for a discussion."""
    return agendas.act(request_discussion, username, case_id=case_id, series_id=series_id or agendas.series_id, why=why)


def add(agendas, case_id, username="navigator", which=0, why=WHY):
    """Put somebody on an agenda by hand."""
    return agendas.act(add_to_agenda, username, meeting_id=agendas.meetings[which], case_id=case_id, why=why)


def plan_due(store, town, case_id, due):
    """An active plan to be reviewed that day."""
    with store.writing() as session:
        session.add(
            PlanVersion(
                case_id=case_id, number=1, state=PlanState.ACTIVE, review_on=due, created_at=NOW,
                created_by=town.users["ash.gp"], active_at=NOW, active_by=town.users["ash.gp"],
            )
        )  # fmt: skip


def reasons(agendas, which=0):
    """The agenda in its order: case, reason, sentence."""
    return [(item.case_id, item.reason.value, item.reason_text) for item in agendas.items(which)]
