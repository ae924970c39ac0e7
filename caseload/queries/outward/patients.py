"""Patient: who somebody is. For a warehouse a pseudonym, the month of birth, sex and practice, and nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.viewer import Viewer
from caseload.domain.words import Sex
from caseload.queries.outward.conditions import (
    NOWHERE,
    Condition,
    day,
    name_part,
    open_token,
    pointer,
    row_id_of,
    token,
    words,
    words_of,
)
from caseload.queries.outward.listing import Listing, nameless, patient_id, rows_of, slice_of, updated
from caseload.queries.outward.merged import kept_as, merged_records
from caseload.queries.outward.wanted import Found, Slice, Wanted
from caseload.queries.reach import reachable
from caseload.tables import Person
from interfaces.fhir.code_systems import NHS_NUMBER
from interfaces.fhir.patient import GENDERS, PatientRecord
from interfaces.fhir.search_values import Filter, Modifier, Token

_GENDER = "http://hl7.org/fhir/administrative-gender"
_BOOLEAN = "http://terminology.hl7.org/CodeSystem/special-values"


def find_patients(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """The people the viewer may be sent. Asked for by id, a merged record answers with who the person is now."""
    question = select(Person).where(reachable(viewer, now))
    rows = rows_of(session, wanted, question, _listing(viewer))
    people = [row[0] for row in rows.rows]
    merged = merged_records(session, [person.id for person in people])
    found = [
        (_record(viewer, person, merged, updated(row)), [person.id])
        for row, person in zip(rows.rows, people, strict=True)
    ]
    page = slice_of(viewer, rows, found)
    return _with_merged(session, viewer, now, wanted, page) if wanted.ids else page


def _listing(viewer: Viewer) -> Listing:
    conditions = _open(viewer) if not nameless(viewer) else dict.fromkeys(_NAMING, _never)
    return Listing((Person.id,), Person.updated_at, {**_coded(), **conditions}, lambda ids: _known_as(viewer, ids))


def _known_as(viewer: Viewer, ids: Sequence[str]) -> ColumnElement[bool]:
    if nameless(viewer):
        return Person.pseudonym.in_(ids)
    return Person.id.in_([row_id for row_id in map(row_id_of, ids) if row_id is not None])


_NAMING = ("identifier", "family", "given", "name", "birthdate", "address-postalcode")
"""What finds somebody by who they are: never for a warehouse, whatever it asks."""


def _never(chosen: Filter) -> ColumnElement[bool]:
    return NOWHERE


def _coded() -> Mapping[str, Condition]:
    genders = {GENDERS[sex.value]: sex for sex in Sex}
    here = and_(Person.deregistered_on.is_(None), Person.date_of_death.is_(None))
    return {
        "gender": token({_GENDER: words_of(Person.sex, genders)}),
        "general-practitioner": pointer("Organization", Person.practice_id),
        "active": token({_BOOLEAN: {"true": here, "false": ~here}}),
    }


def _open(viewer: Viewer) -> Mapping[str, Condition]:
    both = (Person.family_name, Person.given_name)
    return {
        "identifier": _numbered,
        "family": name_part(Person.name_key, both[:1], first=True, second=False),
        "given": name_part(Person.name_key, both[1:], first=False, second=True),
        "name": name_part(Person.name_key, both, first=True, second=True),
        "birthdate": day(Person.date_of_birth),
        "address-postalcode": words(Person.postcode),
    }


def _numbered(chosen: Filter) -> ColumnElement[bool]:
    """By the NHS number, or by one that a record had which was merged into this one."""
    own = open_token(NHS_NUMBER, Person.nhs_number)(chosen)
    numbers = [one.code for one in chosen.values if isinstance(one, Token) and one.system in (None, NHS_NUMBER)]
    if chosen.modifier is not Modifier.NONE or not numbers:
        return own
    earlier, chain = aliased(Person), kept_as()
    before = select(chain.c.kept_id).join(earlier, earlier.id == chain.c.old_id).where(earlier.nhs_number.in_(numbers))
    return or_(own, Person.id.in_(before))


def _record(
    viewer: Viewer, person: Person, merged: Sequence[tuple[int, int, str]], updated_at: datetime | None
) -> PatientRecord:
    known_as = patient_id(viewer, person.id, person.pseudonym)
    replaces = tuple(patient_id(viewer, old, pseudonym) for old, kept, pseudonym in merged if kept == person.id)
    least: dict[str, Any] = {
        "id": known_as, "updated_at": updated_at, "sex": person.sex.value, "born": person.date_of_birth,
        "practice": str(person.practice_id), "replaces": replaces,
        "registered": person.deregistered_on is None and person.date_of_death is None,
    }  # fmt: skip
    if nameless(viewer):
        return PatientRecord(**least, month_only=True)
    return PatientRecord(
        **least, nhs_number=person.nhs_number, family_name=person.family_name, given_name=person.given_name,
        address=person.address_line, postcode=person.postcode, phone=person.phone, died_on=person.date_of_death,
        restricted=person.restricted,
    )  # fmt: skip


def _with_merged(session: Session, viewer: Viewer, now: datetime, wanted: Wanted, page: Slice) -> Slice:
    """The page, and the merged records among those asked for by id whose person the viewer may be sent."""
    missing = sorted(set(wanted.ids or ()) - {one.record.id for one in page.found})
    if not missing or wanted.filters or wanted.after or wanted.since or wanted.until or not wanted.count:
        return page
    chain, old = kept_as(), aliased(Person)
    asked = (
        old.pseudonym.in_(missing) if nameless(viewer) else old.id.in_([one for one in map(row_id_of, missing) if one])
    )
    question = (
        select(old.id, old.pseudonym, old.updated_at, Person.id, Person.pseudonym)
        .join(chain, chain.c.old_id == old.id)
        .join(Person, Person.id == chain.c.kept_id)
        .where(asked, reachable(viewer, now))
        .order_by(old.id)
        .limit(wanted.count)
    )
    gone = [
        Found(
            PatientRecord(
                id=patient_id(viewer, old_id, old_pseudonym), updated_at=updated_at,
                replaced_by=patient_id(viewer, kept, pseudonym),
            ),
            (kept,),
        )
        for old_id, old_pseudonym, updated_at, kept, pseudonym in session.execute(question)
    ]  # fmt: skip
    return Slice((*page.found, *gone), page.next_after, None if page.total is None else page.total + len(gone))
