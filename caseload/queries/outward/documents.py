"""DocumentReference: the copies of a plan that could be fetched, as far as the rules of sharing let them go.

Who asks is a recipient of a kind: urgent care, or the sector of whoever they act for. Both the versions and the formats
that may go, and the answers that must stand for it, are of `caseload.domain.sharing_rules`. As at pages, nothing goes
through emergency access. Its id is the row id of the version with the format.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal, select, true, union_all
from sqlalchemy.orm import Session

from caseload.domain.permissions import PROGRAM_ROLES
from caseload.domain.plan_words import PlanState, ShareFormat
from caseload.domain.sharing_rules import MAY_BE_SHARED, SHARING_RULES, RecipientKind
from caseload.domain.viewer import Viewer
from caseload.domain.words import Sector
from caseload.exceptions import NotThere
from caseload.queries.objections import said_no, said_yes
from caseload.queries.outward.conditions import Condition, moment, row_id_of, token
from caseload.queries.outward.listing import (
    Listing,
    patient,
    patient_id,
    rows_of,
    slice_of,
    updated,
    urgent_only,
)
from caseload.queries.outward.plan_rows import plan_changed, plan_rows
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.plan_copies import PlanCopy, plan_to_send
from caseload.queries.visible import related
from caseload.tables import Person, PlanVersion
from interfaces.fhir.code_systems import our_codes
from interfaces.fhir.document_reference import DocumentReferenceRecord

_STATUS = "http://hl7.org/fhir/document-reference-status"
_FORMATS = tuple(ShareFormat)
"""A format stands in a row id by its place in here."""

_KINDS = {
    Sector.HEALTH: RecipientKind.HEALTH,
    Sector.SOCIAL_CARE: RecipientKind.SOCIAL_CARE,
    Sector.VOLUNTARY: RecipientKind.VOLUNTARY,
}


def kind_of(viewer: Viewer) -> RecipientKind:
    """Which kind of recipient somebody who asks is."""
    return RecipientKind.URGENT_CARE if urgent_only(viewer) else _KINDS[viewer.sector]


def find_document_references(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Each version that may be shared in each format that may go to who asks."""
    rule = SHARING_RULES[kind_of(viewer)]
    formats = _format_numbers(rule.formats)
    # There always is a format. Joined from outside it comes last, and no condition on a version is asked again for each.
    question = (
        plan_rows(viewer, now)
        .outerjoin(formats, true())
        .where(PlanVersion.state.in_(sorted(MAY_BE_SHARED)), _lasting(viewer, now), _answered(kind_of(viewer)))
    )
    number = formats.c.number
    conditions: dict[str, Condition] = {
        **patient(viewer),
        "status": token({_STATUS: {"current": PlanVersion.id.is_not(None)}}),
        "type": token({our_codes("document"): {one.value: number == place for place, one in enumerate(_FORMATS)}}),
        "date": moment(PlanVersion.ready_at),
    }
    listing = Listing((PlanVersion.id, number), plan_changed(), conditions, lambda ids: _known_as(ids, number))
    rows = rows_of(session, wanted, question, listing)
    return slice_of(viewer, rows, [(_record(viewer, row), [row[1].person_id]) for row in rows.rows])


@dataclass(frozen=True, slots=True)
class Copy:
    """What a document is made of: the DocumentReference that points to it, whom it is about, the version as it stands."""

    reference: DocumentReferenceRecord
    people: tuple[int, ...]
    share_format: ShareFormat
    plan: PlanCopy


def copy_to_send(session: Session, viewer: Viewer, now: datetime, logical_id: str) -> Copy:
    """The copy with the id of its DocumentReference, for exactly who finds that now; NotThere for everybody else."""
    found = find_document_references(session, viewer, now, Wanted(ids=(logical_id,), count=1, total=False)).found
    if not found:
        raise NotThere
    record = found[0].record
    assert isinstance(record, DocumentReferenceRecord)
    version_id = int(record.id.partition("-")[0])
    plan = plan_to_send(session, viewer, now, version_id)
    return Copy(record, found[0].people, ShareFormat(record.share_format), plan)


def _format_numbers(allowed: frozenset[ShareFormat]) -> Any:
    numbers = [select(literal(place).label("number")) for place, one in enumerate(_FORMATS) if one in allowed]
    return union_all(*numbers).subquery("formats")


def _lasting(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person`: reached without an emergency. Break-glass is for reading; what it gives at pages is no copy."""
    return related(viewer, now) if viewer.roles - PROGRAM_ROLES else true()


def _answered(kind: RecipientKind) -> ColumnElement[bool]:
    """A condition on `Person`: alive, and what they said lets a copy go to this kind of recipient."""
    rule = SHARING_RULES[kind]
    return and_(
        Person.date_of_death.is_(None),
        *(~said_no(purpose) for purpose in rule.not_refused),
        *(said_yes(purpose) for purpose in rule.agreed),
    )


def _known_as(ids: Sequence[str], number: Any) -> ColumnElement[bool]:
    either: ColumnElement[bool] = false()
    for logical_id in ids:
        version, _, name = logical_id.partition("-")
        version_id = row_id_of(version)
        places = [place for place, one in enumerate(_FORMATS) if named(one) == name]
        if version_id is not None and places:
            either = either | and_(PlanVersion.id == version_id, number == places[0])
    return either


def named(share_format: ShareFormat) -> str:
    """A format as it stands in an id, which has no underscores (FHIR R4, Data Types, "id")."""
    return share_format.value.replace("_", "-")


def _record(viewer: Viewer, row: Any) -> DocumentReferenceRecord:
    version, case_, practice_id, pseudonym = row[:4]
    share_format = _FORMATS[row.key_1]
    return DocumentReferenceRecord(
        id=f"{version.id}-{named(share_format)}", updated_at=updated(row),
        patient=patient_id(viewer, case_.person_id, pseudonym), case_id=str(case_.id), version_number=version.number,
        share_format=share_format.value, in_force=version.state is PlanState.ACTIVE, written_at=version.ready_at,
        author=str(version.signed_by or ""), practice=str(practice_id),
    )  # fmt: skip
