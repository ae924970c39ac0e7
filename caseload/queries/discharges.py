"""A hospital stay and what is planned for its end."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.plan_words import DischargePathway
from caseload.domain.viewer import Viewer
from caseload.domain.words import EncounterKind
from caseload.exceptions import NotThere
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.visible import openable, related
from caseload.tables import DischargePlan, Encounter, Organisation, Person, User

NOTHING = 0
"""What a form has seen where nothing was planned yet."""


@dataclass(frozen=True, slots=True)
class PlannedDischarge:
    """What was planned at a moment, by whom."""

    plan_id: int
    pathway: DischargePathway
    expected_on: date | None
    note: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of somebody, with every plan for its end, the latest first. `lasting`: not opened by break-glass only."""

    encounter_id: int
    person: PersonFacts
    kind: EncounterKind
    started_on: date
    ended_on: date | None
    plans: tuple[PlannedDischarge, ...]
    lasting: bool

    @property
    def seen_id(self) -> int:
        """The plan that holds; 0 for none."""
        return self.plans[0].plan_id if self.plans else NOTHING


def stay_of(session: Session, viewer: Viewer, now: datetime, encounter_id: int) -> Stay:
    """One stay, for somebody who may open its person; NotThere otherwise."""
    wanted = (
        select(Encounter, Person, Organisation.name, related(viewer, now))
        .join(Person, Person.id == Encounter.person_id)
        .join(Organisation, Organisation.id == Person.practice_id)
        .where(Encounter.id == encounter_id, openable(viewer, now))
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotThere
    stay, person, practice, lasting = found
    plans = _plans(session, encounter_id)
    return Stay(stay.id, facts_of(person, practice), stay.kind, stay.started_on, stay.ended_on, plans, bool(lasting))


def _plans(session: Session, encounter_id: int) -> tuple[PlannedDischarge, ...]:
    wanted = (
        select(DischargePlan, User.display_name)
        .join(User, User.id == DischargePlan.by)
        .where(DischargePlan.encounter_id == encounter_id)
        .order_by(DischargePlan.id.desc())
    )
    return tuple(
        PlannedDischarge(plan.id, plan.pathway, plan.expected_on, plan.note, plan.at, by)
        for plan, by in session.execute(wanted)
    )
