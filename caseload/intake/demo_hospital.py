"""What a demonstration's hospital tells: somebody admitted today, somebody who came home yesterday, and a message that waits.

Through the hospital's own messages, stored and acted on as the listener does it.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.hospital_events import apply_message
from caseload.actions.hospital_messages import Arrival, store_messages
from caseload.clock import LONDON
from caseload.domain.discharge_rules import STAYS
from caseload.domain.words import CaseState
from caseload.intake.demo_scene import Scene
from caseload.tables import Case, Encounter, Person
from interfaces.hl7v2.feed_rules import FeedRules, message_key, parse_feed_rules
from interfaces.hl7v2.reading import header_of

_HEART_FAILURE, _FRACTURE = "I50.0", "S72.0"
_FEEDS = """\
# The hospital of the demonstration. Its numbers are of the 999 range, which no real feed takes.
version = "demonstration"

[[feed]]
name = "demonstration"
provider_code = "RYX"
sender = [{ application = "DEMOPAS", facility = "RYX" }]
made_up_numbers = true
demographics = ["address", "phone", "death"]
"""


@dataclass(frozen=True, slots=True)
class _Patient:
    nhs_number: str
    born: str
    local: str
    visit: str


def feeds_file(folder: Path) -> Path:
    """Where a demonstration keeps the rules of its hospital's feed."""
    return folder / "hospital_feeds.toml"


def connect_hospital(folder: Path) -> None:
    """Write the rules of the feed, so that `caseload listen` and the pages know the hospital."""
    feeds_file(folder).write_text(_FEEDS, encoding="utf-8")


def in_hospital(scene: Scene) -> None:
    """Somebody on the caseload was admitted two hours ago and is there now; somebody else came home yesterday.

    A third message is about somebody whose number the hospital has not traced: it waits for the data quality officer.
    """
    (feed,) = parse_feed_rules(tomllib.loads(_FEEDS))
    with scene.store.reading() as session:
        patients = [_patient(person, place) for place, person in enumerate(_at_home(session), start=1)]
    if len(patients) < 3:
        return
    there, home, unsure = patients
    now, yesterday = scene.end, scene.end - timedelta(days=1)
    _tell(scene, feed, _message("A01", home, yesterday - timedelta(days=8), "WARD 7^2^C", diagnosis=_FRACTURE))
    _tell(scene, feed, _message("A03", home, yesterday, "WARD 7^2^C", diagnosis=_FRACTURE, left="1|19"))
    _tell(scene, feed, _message("A01", there, now - timedelta(hours=2), "AMU^1^A", diagnosis=_HEART_FAILURE))
    _tell(scene, feed, _message("A02", there, now - timedelta(minutes=20), "WARD 3^1^B", diagnosis=_HEART_FAILURE))
    _tell(scene, feed, _message("A01", unsure, now - timedelta(hours=1), "AMU^4^D", traced="NSTS02"))


def _tell(scene: Scene, feed: FeedRules, message: tuple[bytes, datetime]) -> None:
    """Kept, and then acted on: two transactions, as with a listener."""
    raw, at = message
    header = header_of(raw)
    arrival = Arrival(
        raw, feed.name, message_key(header, feed), header.control_id, header.kind, header.version, charset="utf-8"
    )
    with scene.store.writing() as session:
        (stored,) = store_messages(session, now=at, arrivals=[arrival])
    with scene.store.writing() as session:
        apply_message(session, now=at, message_id=stored.message_id, rules=feed)


def _message(  # noqa: PLR0913 - what a message says
    trigger: str,
    patient: _Patient,
    at: datetime,
    ward: str,
    *,
    diagnosis: str = "",
    left: str = "",
    traced: str = "NSTS01",
) -> tuple[bytes, datetime]:
    moment = at.astimezone(LONDON).strftime("%Y%m%d%H%M%S")
    method, _, destination = left.partition("|")
    pid = {3: f"{patient.nhs_number}^^^NHS^NH~{patient.local}^^^RYX^MR", 7: patient.born, 32: traced}
    visit = {2: "I", 3: ward, 4: "21", 19: patient.visit, 36: method, 37: destination}
    lines = [
        f"MSH|^~\\&|DEMOPAS|RYX|CARETIER|ICB|{moment}||ADT^{trigger}|{trigger}-{patient.visit}|P|2.4",
        f"EVN||{moment}||||{moment}",
        _segment("PID", pid),
        _segment("PV1", visit),
    ]
    if diagnosis:
        lines.append(_segment("DG1", {1: "1", 3: diagnosis}))
    return ("\r".join(lines) + "\r").encode(), at


def _segment(name: str, fields: dict[int, str]) -> str:
    return "|".join([name, *(fields.get(place, "") for place in range(1, max(fields) + 1))])


def _patient(person: Person, place: int) -> _Patient:
    return _Patient(person.nhs_number, person.date_of_birth.strftime("%Y%m%d"), f"RYX{place:05d}", f"V{place:06d}")


def _at_home(session: Session) -> Sequence[Person]:
    """People with an open case of whom nobody would be surprised to read it, in the order the cases were opened."""
    there = select(Encounter.id).where(
        Encounter.person_id == Person.id, Encounter.kind.in_(STAYS), Encounter.ended_on.is_(None)
    )
    here = (Person.date_of_death.is_(None), Person.deregistered_on.is_(None), Person.restricted.is_(False))
    wanted = select(Person).join(Case, Case.person_id == Person.id)
    wanted = wanted.where(Case.state == CaseState.OPEN, *here, ~there.exists())
    return session.execute(wanted.order_by(Case.id).limit(3)).scalars().all()
