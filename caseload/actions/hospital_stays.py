"""The stays of a feed as all its messages together tell them, and each as one row in the list of encounters.

A stay is worked out anew from everything told of it whenever something was; nothing is added to what was worked out before.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.clock import local_day
from caseload.domain.border_words import IdentityChangeKind, MessageState, StayState
from caseload.domain.hospital_effects import Listed, listed
from caseload.domain.hospital_stays import StayEvent, StayNow, fold
from caseload.domain.words import EncounterKind
from caseload.tables import (
    DischargePlan,
    Encounter,
    HospitalEvent,
    HospitalMessage,
    HospitalStay,
    IdentityChange,
)
from interfaces.codes.icd10 import Icd10Code
from interfaces.exceptions import CodeError

LIVE = "hl7:"
"""How the source of an encounter begins that only messages tell of."""

_TRUST = 3  # an ODS code of a site begins with its trust's
_ENCOUNTER = ("kind", "started_on", "ended_on", "provider_code", "diagnosis_code")
_STAY = (
    "state",
    "patient_class",
    "provider_code",
    "location",
    "treatment_function",
    "admission_method",
    "discharge_method",
    "discharge_destination",
    "diagnosis_code",
    "sensitive",
    "expected_at",
    "admitted_at",
    "discharged_at",
    "updated_at",
)


def visit_now(session: Session, feed: str, visit_ref: str) -> str:
    """The number a visit goes on under: its own, or the last it was moved to."""
    seen = {visit_ref}
    while True:
        wanted = (
            _moves(feed)
            .with_only_columns(IdentityChange.kept_value)
            .where(IdentityChange.retired_value == visit_ref, IdentityChange.kept_value != visit_ref)
        )
        kept = session.execute(wanted.limit(1)).scalar_one_or_none()
        if kept is None or kept in seen:
            return visit_ref
        seen.add(kept)
        visit_ref = kept


def visits_of(session: Session, feed: str, visit_ref: str) -> set[str]:
    """Every number that goes on as this visit, with its own."""
    found: set[str] = set()
    wave = {visit_ref}
    while wave:
        wanted = _moves(feed).with_only_columns(IdentityChange.retired_value).order_by(None)
        found |= wave
        wave = set(session.execute(wanted.where(IdentityChange.kept_value.in_(wave))).scalars()) - found
    return found


def read_stay(session: Session, feed: str, visit_ref: str) -> StayNow | None:
    """The stay as what was told of it up to now makes it; a number that goes on as another has none."""
    if visit_now(session, feed, visit_ref) != visit_ref:
        return None
    return fold(StayEvent(event.trigger, event.at, event.content) for event in events_of(session, feed, visit_ref))


def events_of(session: Session, feed: str, visit_ref: str) -> list[HospitalEvent]:
    """What was told of a visit, under every number it ever had, by messages that count."""
    wanted = (
        select(HospitalEvent)
        .join(HospitalMessage, HospitalMessage.id == HospitalEvent.message_id)
        .where(
            HospitalEvent.feed == feed,
            HospitalEvent.visit_ref.in_(visits_of(session, feed, visit_ref)),
            HospitalMessage.state == MessageState.APPLIED,
        )
        .order_by(HospitalEvent.id)
    )
    return list(session.execute(wanted).scalars())


def stay_row(session: Session, feed: str, visit_ref: str) -> HospitalStay | None:
    """The row of a stay, held on to."""
    wanted = select(HospitalStay).where(HospitalStay.feed == feed, HospitalStay.visit_ref == visit_ref)
    return session.execute(wanted.with_for_update()).scalar_one_or_none()


def settle_stay(  # noqa: PLR0913 - the stay, whose it is, what it was, and when
    session: Session,
    *,
    now: datetime,
    feed: str,
    visit_ref: str,
    person_id: int,
    before: StayNow | None,
    message_id: int | None = None,
) -> StayNow | None:
    """Bring the row of a stay and its encounter in line with everything told of it; answers what it is now.

    `before` is what it was when somebody last looked: of an encounter that a pack brought too, only what changed since is
    written. Nothing told any more: the row goes, unless somebody planned the discharge.
    """
    after = read_stay(session, feed, visit_ref)
    row = stay_row(session, feed, visit_ref)
    if after is None:
        if row is not None:
            _forget(session, row, now)
        return None
    if row is None:
        row = HospitalStay(feed=feed, visit_ref=visit_ref, person_id=person_id)
        session.add(row)
    changed = _write(row, after, person_id)
    session.flush()
    _keep_encounter(session, row, before, after, now)
    session.flush()
    if changed:
        record(
            session, "hospital_stay.change", by=None, now=now, people=[person_id], stay=row.id, message=message_id,
            before=before.state.value if before else None, after=after.state.value,
        )  # fmt: skip
    return after


def _moves(feed: str) -> Any:
    return (
        select(IdentityChange)
        .where(
            IdentityChange.feed == feed,
            IdentityChange.kind == IdentityChangeKind.VISIT_MOVED,
            IdentityChange.undone_at.is_(None),
        )
        .order_by(IdentityChange.at.desc(), IdentityChange.id.desc())
    )


def _write(row: HospitalStay, after: StayNow, person_id: int) -> bool:
    changed = row.person_id != person_id or row.id is None
    row.person_id = person_id
    for name in _STAY:
        if getattr(row, name) != getattr(after, name):
            setattr(row, name, getattr(after, name))
            changed = True
    return changed


def _forget(session: Session, row: HospitalStay, now: datetime) -> None:
    """Nothing is told of it any more. With a plan for its end the row stays, as one that was taken back."""
    encounter = _encounter(session, row)
    if encounter is not None and (encounter.source.startswith(LIVE) and _is_planned(session, encounter)):
        row.state, row.admitted_at, row.discharged_at = StayState.CANCELLED, None, None
        encounter.ended_on = encounter.ended_on or max(encounter.started_on, local_day(now))
    else:
        row.encounter_id = None
        session.flush()
        if encounter is not None and encounter.source.startswith(LIVE):
            session.delete(encounter)
        session.delete(row)
    session.flush()


def _keep_encounter(session: Session, row: HospitalStay, before: StayNow | None, after: StayNow, now: datetime) -> None:
    wanted, encounter = _listed(after), _encounter(session, row)
    if wanted is None:
        if encounter is not None:
            _unlist(session, row, encounter, after)
    elif encounter is None:
        encounter = _of_the_pack(session, row, wanted)
        if encounter is None:
            encounter = _new_encounter(session, row, wanted)
        else:
            _fill(encounter, wanted)
        row.encounter_id = encounter.id
    elif encounter.source.startswith(LIVE):
        _set(encounter, wanted, _ENCOUNTER)
        encounter.person_id, encounter.source_ref = row.person_id, row.visit_ref
    else:
        was = _listed(before)
        news = [name for name in _ENCOUNTER if was is None or getattr(was, name) != getattr(wanted, name)]
        _set(encounter, wanted, news) if was is not None else _fill(encounter, wanted)
        encounter.person_id = row.person_id


def _unlist(session: Session, row: HospitalStay, encounter: Encounter, after: StayNow) -> None:
    """Taken back, or not a stay after all. What a pack brought is the pack's to take back; a plan for its end keeps it."""
    if not encounter.source.startswith(LIVE):
        return
    if _is_planned(session, encounter):
        encounter.ended_on = max(encounter.started_on, local_day(after.updated_at))
        return
    row.encounter_id = None
    session.flush()
    session.delete(encounter)


def _is_planned(session: Session, encounter: Encounter) -> bool:
    planned = select(exists().where(DischargePlan.encounter_id == encounter.id))
    return bool(session.execute(planned).scalar_one())


def _new_encounter(session: Session, row: HospitalStay, wanted: Listed) -> Encounter:
    encounter = Encounter(person_id=row.person_id, source=f"{LIVE}{row.feed}", source_ref=row.visit_ref)
    _set(encounter, wanted, _ENCOUNTER)
    session.add(encounter)
    session.flush()
    return encounter


def _of_the_pack(session: Session, row: HospitalStay, wanted: Listed) -> Encounter | None:
    """The same stay where a monthly pack brought it first: of the same person, trust and day, and no other visit's."""
    taken = exists().where(HospitalStay.encounter_id == Encounter.id)
    attendance = Encounter.kind == EncounterKind.ED_ATTENDANCE
    same = (
        select(Encounter)
        .where(
            Encounter.person_id == row.person_id,
            Encounter.started_on == wanted.started_on,
            attendance if wanted.kind is EncounterKind.ED_ATTENDANCE else ~attendance,
            or_(
                func.substr(Encounter.provider_code, 1, _TRUST) == wanted.provider_code[:_TRUST],
                and_(Encounter.provider_code == "", attendance),
            ),
            Encounter.source.not_like(f"{LIVE}%"),
            ~taken,
        )
        .order_by(Encounter.id)
        .limit(1)
        .with_for_update()
    )
    return session.execute(same).scalar_one_or_none()


def _listed(stay: StayNow | None) -> Listed | None:
    found = listed(stay)
    if found is None:
        return None
    return Listed(found.kind, found.started_on, found.ended_on, found.provider_code, _diagnosis(found.diagnosis_code))


def _diagnosis(code: str) -> str:
    """As a pack has it, without its dot; nothing for what is no ICD-10 code."""
    try:
        return Icd10Code.parse(code).code if code else ""
    except CodeError:
        return ""


def _set(encounter: Encounter, wanted: Listed, names: Collection[str]) -> None:
    for name in names:
        setattr(encounter, name, getattr(wanted, name))


def _fill(encounter: Encounter, wanted: Listed) -> None:
    """Only what the pack left open."""
    _set(encounter, wanted, [name for name in ("ended_on", "diagnosis_code") if not getattr(encounter, name)])


def _encounter(session: Session, row: HospitalStay) -> Encounter | None:
    return None if row.encounter_id is None else session.get_one(Encounter, row.encounter_id)
