"""The made-up place with work under way, and what else can leave through the API: programs, stays, partners' messages.

Programs: `urgent` for urgent care in the locality East, `warehouse` for the borough. Person 1 has a stay that a hospital told
of, and a sensitive one; the restricted person 4 has a stay as well, and person 7 a sensitive one. Whoever has a sensitive one has
a task that a stay has set, and so has person 8, who has no stay.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from caseload.database import open_database
from caseload.domain.border_words import PatientClass, StayState
from caseload.domain.viewer import Viewer
from caseload.domain.words import EncounterKind, Role, TaskKind, TaskState
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import Found, Slice, Wanted
from caseload.queries.viewers import viewer_of
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import (
    ApiClient,
    Encounter,
    HospitalStay,
    PartnerMessage,
    Task,
    User,
    UserRole,
)
from interfaces.fhir.resources import as_json
from interfaces.fhir.search_parameters import parameters_of
from interfaces.fhir.search_values import parse_filter
from tests.support.case_app import NOW
from tests.support.copied_places import copied
from tests.support.fhir_search_oracle import LONDON
from tests.support.postgres import postgres_url
from tests.support.sqlite import sqlite_url
from tests.support.town_at_work import AtWork, make_town_at_work

URGENT, WAREHOUSE = "urgent", "warehouse"
_PROGRAMS = ((URGENT, Role.URGENT_CARE, "EAST"), (WAREHOUSE, Role.WAREHOUSE, "TESTHAM"))
HIDDEN_STAY = "SENSITIVE"
_STAYS = (
    (1, "VISIT-1", False), (1, f"{HIDDEN_STAY}-1", True), (4, "VISIT-4", False), (7, f"{HIDDEN_STAY}-7", True),
)  # fmt: skip
HIDDEN_TASK = "Plan for leaving the clinic"
SECRET = "a secret that only tests know, long enough"


@dataclass
class Outside:
    """The place, and how somebody from outside asks it."""

    work: AtWork
    programs: dict[str, int] = field(default_factory=dict)
    stay_tasks: dict[int, int] = field(default_factory=dict)

    @property
    def store(self):
        return self.work.store

    def person(self, number: int) -> int:
        """The row id of a person."""
        return self.work.town.people[number]

    def viewer(self, name: str) -> Viewer:
        """A user or a program as a viewer."""
        with self.store.reading() as session:
            found = viewer_of(session, self.programs.get(name) or self.work.town.users[name], NOW)
        assert found is not None
        return found

    def page(self, name: str, resource: str, *, now=NOW, **wanted) -> Slice:
        """What a viewer is answered: as the API asks, permission and all."""
        viewer = self.viewer(name)
        with self.store.reading() as session:
            return RESOURCES[resource].search(session, viewer, now, Wanted(**{"count": 500, **wanted}))

    def found(self, name: str, resource: str, **wanted) -> list[Found]:
        """All of it; AuditEvent of everybody the viewer may be sent, one after the other."""
        if resource == "AuditEvent" and not wanted:
            people = [one.record.id for one in self.page(name, "Patient").found]
            every = [one for person in people for one in self.page(name, resource, patient_ids=(person,)).found]
            return list({one.record.id: one for one in every}.values())
        return list(self.page(name, resource, **wanted).found)

    def sent(self, name: str, resource: str, **wanted) -> list[dict]:
        """The same as JSON."""
        return [as_json(one.record) for one in self.found(name, resource, **wanted)]

    def everything(self, name: str) -> dict[str, list[dict]]:
        """All resources a viewer can be sent, by kind."""
        viewer = self.viewer(name)
        return {kind: self.sent(name, kind) for kind, outward in RESOURCES.items() if outward.open_to(viewer)}


def make_outside(store) -> Outside:
    """Put it all into an empty database."""
    outside = Outside(make_town_at_work(store))
    with store.writing() as session:
        for name, role, place in _PROGRAMS:
            outside.programs[name] = _program(session, outside, name, role, place)
        _stays(session, outside)
        _from_partners(session, outside)
    return outside


def _program(session, outside, name, role, place):
    town = outside.work.town
    user = User(
        username=f"program:{name}", display_name=name, job_title="", home_id=town.places["TRUST"], created_at=NOW
    )
    session.add(user)
    session.flush()
    session.add(UserRole(user_id=user.id, role=role, place_id=town.places[place], from_at=NOW - timedelta(days=1)))
    session.add(
        ApiClient(
            client_id=name, name=name, user_id=user.id, keys={"keys": []}, scopes=[], redirect_uris=[], made_at=NOW
        )
    )
    session.flush()
    return user.id


def _stays(session, outside):
    told = {"feed": "trust", "patient_class": PatientClass.INPATIENT, "state": StayState.IN_PROGRESS, "updated_at": NOW}
    for number, ref, sensitive in _STAYS:
        encounter = Encounter(
            person_id=outside.person(number), source="trust", source_ref=ref, kind=EncounterKind.EMERGENCY_ADMISSION,
            started_on=date(2026, 10, 4), provider_code="TRUST", diagnosis_code="I50",
        )  # fmt: skip
        session.add(encounter)
        session.flush()
        session.add(
            HospitalStay(
                person_id=outside.person(number), encounter_id=encounter.id, visit_ref=ref, sensitive=sensitive,
                location="Ward Zeta", admission_method="21", admitted_at=NOW - timedelta(days=1), **told,
            )
        )  # fmt: skip

    for number, title in ((1, HIDDEN_TASK), (7, HIDDEN_TASK), (8, "Plan for leaving the ward")):
        task = Task(
            person_id=outside.person(number), kind=TaskKind.DISCHARGE_PLANNING, title=title, due_on=NOW.date(),
            owner_id=outside.work.town.users["ash.gp"], rule_code="hospital_admission", state=TaskState.OPEN, created_at=NOW,
        )  # fmt: skip
        session.add(task)
        session.flush()
        outside.stay_tasks[number] = task.id


def _from_partners(session, outside):
    by, person = outside.programs[URGENT], outside.person(1)
    case = outside.work.cases[1]
    session.add(
        PartnerMessage(
            person_id=person, case_id=case, sender_system="urn:partner:messages", sender_ref="111-7",
            words="Seen at home.", sent_at=NOW, at=NOW, by=by,
        )
    )  # fmt: skip
    session.add(
        Task(
            person_id=person, case_id=case, kind=TaskKind.PARTNER_REQUEST, title="Ring her", due_on=NOW.date(),
            owner_id=outside.work.town.users["ash.gp"], state=TaskState.OPEN, created_at=NOW, created_by=by,
            request_system="urn:partner:requests", request_ref="R-5",
        )
    )  # fmt: skip


@contextmanager
def outside_on(database: str, folder: Path) -> Iterator[Outside]:
    """The place in a database of its own, of the kind that is named."""
    with ExitStack() as stack:
        url = sqlite_url(folder) if database == "sqlite" else stack.enter_context(postgres_url())
        store = Store(open_database(url), Secrets.of(SECRET))
        stack.callback(store.engine.dispose)
        yield copied(store, make_outside)


def searched(outside, kind, name, text, modifier="", who="ash.manager"):
    """The ids a search by one parameter answers."""
    chosen = parse_filter(parameters_of(kind)[name].kind, modifier, text, LONDON)
    base = (
        {"patient_ids": tuple(one.record.id for one in outside.page(who, "Patient").found)}
        if kind == "AuditEvent"
        else {}
    )
    return {one.record.id for one in outside.found(who, kind, filters={name: (chosen,)}, **base)}
