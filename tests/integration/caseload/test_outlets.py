"""Every way out, asked about somebody who said yes, no or nothing to each purpose, restricted or not, alive or dead.

What may leave is written down here anew, as a plain table over what the person said; the code is asked and compared. Each
situation is made in a transaction of its own that is taken back again.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import select

from caseload.actions.flags import set_flag
from caseload.actions.plan_shares import share_plan
from caseload.actions.views import record_view
from caseload.audit_chain import PENDING
from caseload.database import open_database, writing
from caseload.domain.outlets import OUTLETS
from caseload.domain.outward import OutwardResource
from caseload.domain.plan_words import ShareFormat
from caseload.domain.sharing_rules import RecipientKind
from caseload.domain.words import ConsentPurpose, EncounterKind
from caseload.exceptions import NotNow, NotThere
from caseload.intake.gp_rows import gp_practices
from caseload.presenters.gp_file import gp_file_text
from caseload.queries.changes import changes_since
from caseload.queries.outward.documents import copy_to_send
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import Wanted
from caseload.queries.reach import reachable
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.store import Store
from caseload.tables import CareTeamMember, Consent, Encounter, Person, Task
from tests.support.case_app import NOW, make_town
from tests.support.copied_places import copied
from tests.support.flag_work import SAYS, FlagWork, asking, program
from tests.support.sqlite import sqlite_url

SECRET = "a secret that only tests know, long enough"
ANSWERS = ("not asked", "given", "refused", "withdrawn")
PURPOSES = tuple(ConsentPurpose)
OTHERS = ("given", "not asked")
SITUATIONS = [
    (purpose, answer, others, restricted, dead)
    for purpose, answer, others in product(PURPOSES, ANSWERS, OTHERS)
    for restricted, dead in product((False, True), repeat=2)
    if (others == "given" or not (restricted or dead)) and (answer != others or purpose is PURPOSES[0])
]
"""One purpose answered otherwise than all the others; where all are answered alike, that is one situation and not six."""

ABOUT_NOBODY = {"Organization", "Practitioner", "PractitionerRole"}
"""What is served of no person: staff and organisations."""


@dataclass(frozen=True)
class Said:
    """What somebody said to each purpose, and how their record stands."""

    answers: dict
    restricted: bool
    dead: bool

    def no(self, *purposes):
        """Whether they said no to one of these."""
        return any(self.answers[ConsentPurpose(purpose)] in ("refused", "withdrawn") for purpose in purposes)

    def yes(self, purpose):
        """Whether they said yes."""
        return self.answers[ConsentPurpose(purpose)] == "given"


# The oracle: who is told anything of the person, in words of its own

COPY = {
    "person": lambda said: not said.dead,
    "health": lambda said: not said.dead and not said.no("care_coordination", "sharing_health"),
    "social_care": lambda said: not said.dead and not said.no("care_coordination", "sharing_social_care"),
    "voluntary": lambda said: not said.dead and not said.no("care_coordination", "sharing_voluntary"),
    "urgent_care": lambda said: not said.dead and not said.no("care_coordination") and said.yes("sharing_urgent_care"),
}
READERS = {
    "ash.gp": lambda said: True,  # the lead, of the person's own practice: it holds the record
    "ash.manager": lambda said: not said.restricted,
    "navigator": lambda said: not said.restricted and not said.no("sharing_health"),
    "social.worker": lambda said: not said.restricted and not said.no("sharing_social_care"),
    "volunteer": lambda said: not said.restricted and not said.no("sharing_voluntary"),
    "birch.manager": lambda said: False,
    "program.urgent_care": lambda said: COPY["urgent_care"](said) and not said.restricted,
    "program.warehouse": lambda said: not said.restricted and not said.no(*PURPOSES),
    "program.elsewhere": lambda said: False,
}
ASKED_FOR_ALL = ("ash.gp", "navigator", "social.worker", "program.urgent_care", "program.warehouse")
"""Who is asked for every kind of resource each time; of the others it is asked whom they reach."""
URGENT = ("program.urgent_care", "program.elsewhere")
FILE_KINDS = {
    "ash.gp": "health", "navigator": "health", "social.worker": "social_care", "program.urgent_care": "urgent_care",
    "program.elsewhere": "urgent_care",
}  # fmt: skip
"""Who is asked for the file of a plan, and which kind of recipient of a copy they are."""
NO_SCORES = ("volunteer", *URGENT)
SURELY = {
    **dict.fromkeys(
        ("ash.gp", "ash.manager", "navigator", "social.worker"), {"Patient", "Flag", "CarePlan", "EpisodeOfCare"}
    ),
    "program.urgent_care": {"Patient", "Flag", "CarePlan"},
    "program.warehouse": {"Patient", "EpisodeOfCare", "RiskAssessment"},
}
"""What a reader is certainly told where they may be told anything: a condition that lets nobody through would be no test."""


def may_read(reader, resource, said):
    """Whether this reader may be told this of the person."""
    if resource == "RiskAssessment" and (reader in NO_SCORES or said.no("risk_stratification")):
        return False
    if resource == "Encounter" and said.restricted:
        return False
    return READERS[reader](said)


def gp_row(said):
    """Whether the practice's file names the person, tells their tier, tells their flag."""
    told = not said.dead and not said.restricted and not said.no("care_coordination", "sharing_health")
    return told, told and not said.no("risk_stratification"), told and said.yes("sharing_urgent_care")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Person 1 with a case, a plan, a flag that nobody ended, a task, a stay, a team; and the readers' accounts."""
    engine = open_database(sqlite_url(tmp_path_factory.mktemp("outlets")))
    store = Store(engine, Secrets.of(SECRET))
    town = copied(store, make_town)
    work = FlagWork(store, town)
    work.viewers = {}
    work.set()
    for role in ("urgent_care", "warehouse"):
        town.users[f"program.{role}"] = program(store, town, role)
    town.users["program.elsewhere"] = program(store, town, "urgent_care", "Y90003", "program.elsewhere")
    with store.writing() as session:
        _fill(session, work)
        for reader in READERS:
            record_view(
                session, by=asking(session, town.users[reader]), now=NOW, page="people.show", people=[work.person_id]
            )
    yield work
    engine.dispose()


def _fill(session, work):
    since = NOW - timedelta(days=9)
    by = work.town.users["ash.gp"]
    for username, role in (("social.worker", "social_worker"), ("volunteer", "voluntary_worker")):
        session.add(
            CareTeamMember(
                case_id=work.case_id, user_id=work.town.users[username], role=role, from_on=since.date(), added_at=since,
                added_by=by,
            )
        )  # fmt: skip
    session.add(
        Task(
            person_id=work.person_id, case_id=work.case_id, kind="follow_up", title="Ring her", owner_id=by, state="open",
            due_on=NOW.date(), created_at=since, created_by=by,
        )
    )  # fmt: skip
    session.add(
        Encounter(
            person_id=work.person_id, source="made up", source_ref="1", kind=EncounterKind.EMERGENCY_ADMISSION,
            started_on=date(2026, 9, 1), ended_on=date(2026, 9, 4), provider_code="RX901",
        )
    )  # fmt: skip


def _answers(purpose, answer, others):
    return {one: answer if one is purpose else others for one in PURPOSES}


@pytest.fixture(params=SITUATIONS, ids=lambda one: "-".join(str(getattr(part, "value", part)) for part in one))
def stands(request, place):
    """A session in which the person has said so, and is so; taken back at the end."""
    purpose, answer, others, restricted, dead = request.param
    answers = _answers(purpose, answer, others)
    with writing(place.store.engine) as session:
        session.info[PENDING] = []
        for one, said in answers.items():
            for state in {"not asked": (), "withdrawn": ("given", "withdrawn")}.get(said, (said,)):
                session.add(Consent(person_id=place.person_id, purpose=one, state=state, how="said", at=NOW))
                session.flush()
        person = session.get_one(Person, place.person_id)
        person.restricted, person.date_of_death = restricted, date(2026, 10, 1) if dead else None
        if answers[ConsentPurpose.SHARING_URGENT_CARE] == "not asked":
            # The yes with which the flag was set was never given: nothing holds for this purpose.
            wanted = select(Consent).where(Consent.purpose == "sharing_urgent_care")
            for row in session.execute(wanted).scalars():
                row.person_id = place.town.people[12]
        session.flush()
        yield session, Said(answers, restricted, dead)
        session.rollback()


def viewer(session, place, username):
    """Who asks: the same whatever the person said, so it is found out once."""
    if username not in place.viewers:
        place.viewers[username] = asking(session, place.town.users[username])
    return place.viewers[username]


@pytest.mark.slow
def test_no_outlet_tells_what_it_must_not(place, stands):
    session, said = stands
    wrong = [
        *_wrong_resources(session, place, said), *_wrong_copies(session, place, said), *_wrong_file(session, said),
        *_wrong_feed(session, place, said), *_wrong_flag(session, place, said), *_wrong_files(session, place, said),
    ]  # fmt: skip
    assert wrong == []


def _wrong_resources(session, place, said):
    person = session.get_one(Person, place.person_id)
    for reader in READERS:
        who = viewer(session, place, reader)
        reached = session.execute(select(Person.id).where(Person.id == person.id, reachable(who, NOW))).first()
        if (reached is not None) is not READERS[reader](said):
            yield f"{reader} reaches the person: {reached is not None}"
        named = person.pseudonym if reader == "program.warehouse" else str(person.id)
        for resource, outward in RESOURCES.items() if reader in ASKED_FOR_ALL else ():
            if resource in ABOUT_NOBODY or not outward.open_to(who):
                continue
            told, may = _is_told(session, who, resource, person.id, named), may_read(reader, resource, said)
            if told and not may:
                yield f"{reader} is told {resource}"
            if may and not told and resource in SURELY.get(reader, ()):
                yield f"{reader} is not told {resource}"


def _is_told(session, who, resource, person_id, named):
    """Whether anything of this kind is counted for the person, or shown among all there is where all can be asked for."""
    asked = Wanted(ids=(named,), count=0) if resource == "Patient" else Wanted(patient_ids=(named,), count=0)
    search = RESOURCES[resource].search
    if search(session, who, NOW, asked).total:
        return True
    if resource == "AuditEvent" or not {"urgent_care", "warehouse"} & {role.value for role in who.roles}:
        return False
    return any(person_id in one.people for one in search(session, who, NOW, Wanted(count=500, total=False)).found)


def _wrong_copies(session, place, said):
    formats = {"urgent_care": ShareFormat.URGENT_SUMMARY}
    for kind, may in COPY.items():
        try:
            made = share_plan(
                session, by=viewer(session, place, "ash.gp"), now=NOW, version_id=place.plan_id,
                kind=RecipientKind(kind), recipient="Somebody", share_format=formats.get(kind, ShareFormat.PDF),
            )  # fmt: skip
            given = not made["refused"]
        except NotNow:
            given = False
        if given is not may(said):
            yield f"a copy for {kind} is {'given' if given else 'refused'}"


def _wrong_files(session, place, said):
    for reader in FILE_KINDS:
        who, given = viewer(session, place, reader), []
        for name in ("plain-text", "urgent-summary"):
            try:
                given.append(copy_to_send(session, who, NOW, f"{place.plan_id}-{name}").people == (place.person_id,))
            except NotThere:
                given.append(False)
        may = READERS[reader](said) and COPY[FILE_KINDS[reader]](said)
        if given != [may and reader not in URGENT, may]:
            yield f"{reader} is given files: {given}"


def _wrong_file(session, said):
    (ash,) = [one for one in gp_practices(session, NOW, settings_with(secret_key=SECRET)) if one.code == "Y90001"]
    text = gp_file_text(ash.rows)
    found = ("Family1" in text, "very_high" in text, SAYS["said"] in text)
    if found != gp_row(said):
        yield f"the practice's file tells {found}, and may tell {gp_row(said)}"


def _wrong_feed(session, place, said):
    for reader in READERS:
        told = changes_since(session, viewer(session, place, reader), NOW, OutwardResource.FLAG, 0, 500)
        gone = {row.gone for row in told.rows}
        if gone != {not READERS[reader](said)}:
            yield f"the feed tells {reader} gone: {gone}"


def _wrong_flag(session, place, said):
    may = COPY["urgent_care"](said) and not said.restricted
    try:
        set_flag(session, by=viewer(session, place, "ash.gp"), now=NOW, person_id=place.person_id, code="door", **SAYS)
        was_set = True
    except (NotNow, NotThere):
        was_set = False
    if was_set is not may:
        yield f"a flag can be set: {was_set}"


def test_every_outlet_about_people_is_asked_here_or_says_where_it_is():
    """The rest are asked elsewhere: by the matrix of every address, or they go to the person themselves."""
    here = {
        "Copy of a care plan", "Urgent summary", "FHIR for care teams", "FHIR for urgent care", "Change feed", "Bulk export",
        "Practice file", "Copy of a care plan by FHIR",
    }  # fmt: skip
    elsewhere = {
        "Letter about the lead": "test_access_matrix",
        "Minutes of a team meeting": "test_access_matrix",
        "What a program wrote": "test_api_writes",
    }
    assert {one.name for one in OUTLETS if one.about_people} == here | elsewhere.keys()


def test_the_oracle_is_asked_of_every_answer():
    alike = (4 + 1) * (len(PURPOSES) - 1)
    assert len(set(SITUATIONS)) == len(PURPOSES) * len(ANSWERS) * (4 + 1) - alike
    said = {(frozenset(_answers(*one[:3]).items()), *one[3:]) for one in SITUATIONS}
    every = product(PURPOSES, ANSWERS, OTHERS, (False, True), (False, True))
    asked_for = {
        (frozenset(_answers(*one[:3]).items()), *one[3:]) for one in every if one[2] == "given" or not any(one[3:])
    }
    assert said == asked_for
    assert len(said) == len(SITUATIONS)
