"""What a hospital says of a person's own record: that they died, moved, or can be reached elsewhere.

Only what the feed's rules let it say, never from a message about a sensitive stay or to a restricted record, and never what
is older than what is known. Every change has its history with before and after; what follows from a death or a move is the
same as after a load.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.aftermath import Change, answer_changes
from caseload.actions.audit import record
from caseload.actions.hospital_numbers import Acting
from caseload.actions.plan_tasks import end_tasks
from caseload.clock import end_of_day, local_day
from caseload.domain.hospital_effects import Phase, phase_of
from caseload.domain.hospital_reasons import HoldReason
from caseload.domain.hospital_stays import StayNow
from caseload.domain.names import name_key
from caseload.domain.person_changes import FIELDS, changes, written
from caseload.domain.task_rules import TaskStep
from caseload.domain.words import OrganisationKind, Residence, Sex, TaskState
from caseload.queries.risk_runs import latest_extract
from caseload.tables import HospitalMessage, Organisation, Person, PersonEvent, RiskRun, Task
from interfaces.hl7v2.adt import Adt
from interfaces.hl7v2.feed_rules import Demographic
from interfaces.hl7v2.patient import Address, Name
from interfaces.hl7v2.reading import ABSENT, NULL, Untold

_DEATH = "date_of_death"
_LONGEST = {"family_name": 100, "given_name": 100, "address_line": 300, "postcode": 10, "phone": 40}
_NAME_KEY = 210
_NO_PRACTICE = frozenset({"V81997", "V81998", "V81999"})
"""NHS Data Dictionary, organisation codes: no registered practice, not applicable, not known. None of them tells of a move."""

_ADDRESS = ("address_line", "postcode")
_TOGETHER = dict.fromkeys(_ADDRESS, _ADDRESS)
"""Fields that are one thing: the newest of them says how old all are."""

_Values = dict[str, Any]


def why_not_told(
    acting: Acting, person: Person, adt: Adt, before: StayNow | None, after: StayNow | None
) -> HoldReason | None:
    """Why what a message says of somebody's death waits for somebody; None where nothing is wrong with it."""
    if Demographic.DEATH not in acting.feed.demographics:
        return None
    if person.date_of_death is not None:
        return HoldReason.DEATH_TAKEN_BACK if _takes_back(person.date_of_death, adt, before, after) else None
    day = _died_on(adt, after)
    if day is not None and not person.date_of_birth <= day <= local_day(acting.now):
        return HoldReason.DEATH_DATE
    return None


def take_details(
    acting: Acting,
    person: Person,
    adt: Adt,
    message: HospitalMessage,
    after: StayNow | None,
    *,
    sensitive: bool,
) -> None:
    """Write what a message says of the person's own record, with its history and what follows from it.

    `sensitive` is whether the visit it is about is a sensitive one: then a death is taken and nothing else.
    """
    wanted = {} if sensitive else _wanted(acting, adt, person)
    known = _known_since(acting.session, person.id) if wanted else {}
    day = latest_extract(acting.session) if wanted else None
    oldest = end_of_day(day) if day else None
    news = {
        name: value
        for name, value in wanted.items()
        if _is_newer(adt.event_at, oldest, *(known.get(one) for one in _TOGETHER.get(name, (name,))))
    }
    if Demographic.DEATH in acting.feed.demographics and person.date_of_death is None:
        died = _died_on(adt, after)
        news |= {_DEATH: died} if died is not None else {}
    _write(acting.session, person, news, message, at=min(adt.event_at, acting.now), now=acting.now)


def told_by_hospital(session: Session, person_ids: Collection[int], extracted_on: date) -> dict[int, set[str]]:
    """The fields that a register of that day may not take back: a hospital told of them since, or of a death ever.

    Only what stands: what somebody took back since is the register's again.
    """
    last: dict[tuple[int, str], PersonEvent] = {}
    wanted = select(PersonEvent).where(PersonEvent.person_id.in_(person_ids)).order_by(PersonEvent.at, PersonEvent.id)
    for event in session.execute(wanted).scalars():
        last.update({(event.person_id, name): event for name in event.after if name in FIELDS})
        session.expunge(event)
    told: dict[int, set[str]] = {}
    since = end_of_day(extracted_on)
    for (person_id, name), event in last.items():
        if event.message_id is not None and (event.at > since or name == _DEATH):
            told.setdefault(person_id, set()).add(name)
    return told


def take_back_details(session: Session, message: HospitalMessage, *, now: datetime, by: int | None) -> list[str]:
    """What a message changed of a person's record is as it was before, unless it was changed since. Answers the fields."""
    wanted = select(PersonEvent).where(PersonEvent.message_id == message.id).order_by(PersonEvent.id.desc())
    taken_back: list[str] = []
    for event in session.execute(wanted).scalars().all():
        person = session.get_one(Person, event.person_id)
        stands = [name for name in event.after if written(vars_of(person), (name,))[name] == event.after[name]]
        if not stands or _taken_back_before(session, event):
            continue
        before, after = (
            vars_of(person),
            {**vars_of(person), **{name: _read(name, event.before[name]) for name in stands}},
        )
        _set(person, after, now)
        _tell(session, person, before, after, at=now, by=by)
        _cancel_tasks(session, event, now)
        taken_back += stands
    return taken_back


def vars_of(person: Person) -> _Values:
    """Everything of a person's record that may change from outside."""
    return {name: getattr(person, name) for name in FIELDS}


def _takes_back(known: date, adt: Adt, before: StayNow | None, after: StayNow | None) -> bool:
    if phase_of(before) is Phase.DIED_THERE and phase_of(after) is not Phase.DIED_THERE:
        return True
    says_so = NULL in (adt.patient.died, adt.patient.died_on) and adt.patient.died is not True
    return says_so and local_day(adt.event_at) >= known


def _died_on(adt: Adt, after: StayNow | None) -> date | None:
    """The day: as told, else of the discharge by death, else of the message that says they died."""
    told = adt.patient.died_on
    if isinstance(told, date) and adt.patient.died is not False:
        return told
    if after is not None and phase_of(after) is Phase.DIED_THERE and after.discharged_at is not None:
        return local_day(after.discharged_at)
    return local_day(adt.event_at) if adt.patient.died is True else None


def _wanted(acting: Acting, adt: Adt, person: Person) -> _Values:
    if person.restricted or person.date_of_death is not None:
        return {}
    found: _Values = {}
    for what in sorted(acting.feed.demographics & _SAID.keys()):
        said = _SAID[what](acting.session, adt)
        found |= said if all(len(str(value)) <= _LONGEST.get(name, 400) for name, value in said.items()) else {}
    return found


def _name(_session: Session, adt: Adt) -> _Values:
    told = adt.patient.name
    if not isinstance(told, Name):
        return {}
    return {name: text for name, text in (("family_name", told.family), ("given_name", told.given)) if text}


def _address(_session: Session, adt: Adt) -> _Values:
    """Line and postcode are of one place: where only one is told, the other is of the place before and goes."""
    told = adt.patient.address
    if told is NULL:
        return dict.fromkeys(_ADDRESS, "")
    if not isinstance(told, Address):
        return {}
    return {"address_line": told.line, "postcode": told.postcode}


def _phone(_session: Session, adt: Adt) -> _Values:
    told = adt.patient.phone
    return {} if told is ABSENT else {"phone": told if isinstance(told, str) else ""}


def _sex(_session: Session, adt: Adt) -> _Values:
    return {} if isinstance(adt.patient.sex, Untold) else {"sex": Sex(adt.patient.sex.value)}


def _birth_date(_session: Session, adt: Adt) -> _Values:
    return {"date_of_birth": adt.patient.birth_date} if isinstance(adt.patient.birth_date, date) else {}


def _practice(session: Session, adt: Adt) -> _Values:
    """A practice here is a move; any other means that they left; the codes of none say nothing."""
    code = adt.patient.practice_code
    if not isinstance(code, str) or code in _NO_PRACTICE:
        return {}
    here = select(Organisation.id).where(Organisation.code == code, Organisation.kind == OrganisationKind.PRACTICE)
    practice_id = session.execute(here).scalar_one_or_none()
    if practice_id is None:
        return {"deregistered_on": local_day(adt.event_at)}
    return {"practice_id": practice_id, "deregistered_on": None}


_SAID: Mapping[Demographic, Callable[[Session, Adt], _Values]] = {
    Demographic.NAME: _name,
    Demographic.ADDRESS: _address,
    Demographic.PHONE: _phone,
    Demographic.PRACTICE: _practice,
    Demographic.SEX: _sex,
    Demographic.BIRTH_DATE: _birth_date,
}
"""What a feed may say besides a death, by its rules."""


def _known_since(session: Session, person_id: int) -> dict[str, datetime]:
    """When each field was last known to change: by a load, as of the day its register was extracted."""
    wanted = (
        select(PersonEvent.after, PersonEvent.at, RiskRun.extracted_on)
        .outerjoin(RiskRun, RiskRun.id == PersonEvent.run_id)
        .where(PersonEvent.person_id == person_id)
    )
    known: dict[str, datetime] = {}
    for after, at, extracted_on in session.execute(wanted):
        moment = at if extracted_on is None else end_of_day(extracted_on)
        for name in after:
            known[name] = max(moment, known.get(name, moment))
    return known


def _is_newer(at: datetime, *known: datetime | None) -> bool:
    return all(one is None or at > one for one in known)


def _write(
    session: Session, person: Person, news: _Values, message: HospitalMessage, *, at: datetime, now: datetime
) -> None:
    before = vars_of(person)
    after = {**before, **news}
    if after["deregistered_on"] is not None and before["deregistered_on"] is not None:
        after["deregistered_on"] = before["deregistered_on"]  # who has left has left, however often it is said
    told = _tell(session, person, before, after, at=at, by=None, message_id=message.id)
    if not told:
        return
    _set(person, after, now)
    session.flush()
    record(
        session, "person.told", by=None, now=now, people=[person.id], message=message.id,
        fields=sorted(name for name in FIELDS if before[name] != after[name]),
    )  # fmt: skip
    answer_changes(session, told, now)


def _tell(  # noqa: PLR0913 - the history rows of one change
    session: Session,
    person: Person,
    before: _Values,
    after: _Values,
    *,
    at: datetime,
    by: int | None,
    message_id: int | None = None,
) -> list[Change]:
    events = {
        kind: PersonEvent(
            person_id=person.id, kind=kind.value, at=at, by=by, message_id=message_id, before=written(before, fields),
            after=written(after, fields),
        )
        for kind, fields in changes(before, after).items()
    }  # fmt: skip
    session.add_all(events.values())
    session.flush()
    return [Change(person.id, kind, event.id) for kind, event in events.items()]


def _set(person: Person, after: _Values, now: datetime) -> None:
    for name, value in after.items():
        if getattr(person, name) != value:
            setattr(person, name, value)
    person.name_key = name_key(person.family_name, person.given_name)[:_NAME_KEY]
    person.updated_at = now


def _read(name: str, value: Any) -> Any:
    """A field as an event keeps it, as the record does."""
    if value is None:
        return None
    if name in ("date_of_birth", "deregistered_on", _DEATH):
        return date.fromisoformat(value)
    return {"sex": Sex, "residence": Residence}[name](value) if name in ("sex", "residence") else value


def _taken_back_before(session: Session, event: PersonEvent) -> bool:
    """Whether somebody changed the same since by hand: taking a message back twice must not undo that."""
    wanted = select(PersonEvent.after).where(
        PersonEvent.person_id == event.person_id, PersonEvent.id > event.id, PersonEvent.by.is_not(None)
    )
    return any(event.after.keys() & after.keys() for after in session.execute(wanted).scalars())


def _cancel_tasks(session: Session, event: PersonEvent, now: datetime) -> None:
    """What followed from a death or a move that the message told of is not to be done."""
    wanted = select(Task).where(Task.rule_ref == f"person_event:{event.id}", Task.state == TaskState.OPEN)
    tasks = session.execute(wanted).scalars().all()
    end_tasks(session, tasks, TaskStep.CANCELLED, "The hospital’s message was taken back.", by=None, now=now)
