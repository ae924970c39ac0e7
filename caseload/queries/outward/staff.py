"""Practitioner, PractitionerRole and Organization: who works here, as what, for whom. None of it is about a patient."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from caseload.domain.permissions import PERMISSIONS, Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import OrganisationKind, Profession, Role
from caseload.queries.outward.conditions import Condition, asked, period, pointer, token, words, words_of
from caseload.queries.outward.listing import Listing, rows_of, slice_of, updated
from caseload.queries.outward.newest import NOT_KNOWN, newest_of
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.tables import ApiClient, Organisation, Practitioner, User, UserRole
from interfaces.fhir.code_systems import HL7, our_codes
from interfaces.fhir.organization import CARES, OrganizationRecord, code_system
from interfaces.fhir.practitioner import PractitionerRecord, PractitionerRoleRecord
from interfaces.fhir.search_values import Filter, Token, Value

_TRUE_OR_FALSE = "http://terminology.hl7.org/CodeSystem/special-values"
_IN_CARE = sorted(PERMISSIONS[Permission.OPEN_PERSON])


def is_program(user_id: object) -> ColumnElement[bool]:
    """Whether a column has the account of a program: that is no member of staff, and has no Practitioner."""
    return select(ApiClient.id).where(ApiClient.user_id == user_id).exists()


def find_practitioners(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Everybody who works here or has: their names stay on what they did."""
    at_work = User.deactivated_at.is_(None)
    name = User.display_name
    conditions: dict[str, Condition] = {
        "name": words(name),
        "active": token({_TRUE_OR_FALSE: {"true": at_work, "false": ~at_work}}),
    }
    listing = Listing((User.id,), newest_of(User.created_at, User.deactivated_at), conditions)
    rows = rows_of(session, wanted, select(User).where(~is_program(User.id)), listing)
    found = [
        PractitionerRecord(
            id=str(user.id), updated_at=updated(row), name=user.display_name, active=user.deactivated_at is None
        )
        for row in rows.rows
        for user in [row[0]]
    ]
    return slice_of(viewer, rows, [(record, ()) for record in found])


def find_practitioner_roles(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Every role in care somebody has or had; roles of running the service are not for programs."""
    question = (
        select(UserRole, User, Practitioner.profession)
        .join(User, User.id == UserRole.user_id)
        .outerjoin(Practitioner, Practitioner.user_id == User.id)
        .where(UserRole.role.in_(_IN_CARE), ~is_program(User.id))
    )
    held = and_(
        UserRole.from_at <= now,
        or_(UserRole.until_at.is_(None), UserRole.until_at > now),
        User.deactivated_at.is_(None),
    )
    conditions: dict[str, Condition] = {
        "practitioner": pointer("Practitioner", UserRole.user_id),
        "organization": pointer("Organization", User.home_id),
        "role": token(
            {
                our_codes("role"): words_of(UserRole.role, {role.value: role for role in map(Role, _IN_CARE)}),
                our_codes("profession"): words_of(Practitioner.profession, {one.value: one for one in Profession}),
            }
        ),
        "active": token({_TRUE_OR_FALSE: {"true": held, "false": ~held}}),
        "date": period(UserRole.from_at, UserRole.until_at),
    }
    moved = newest_of(UserRole.from_at, UserRole.until_at, User.deactivated_at)
    rows = rows_of(
        session, wanted, question.add_columns(held.label("held")), Listing((UserRole.id,), moved, conditions)
    )
    found = [
        PractitionerRoleRecord(
            id=str(role.id), updated_at=updated(row), practitioner=str(user.id), organisation=str(user.home_id),
            role=role.role.value, profession=profession.value if profession else "", job_title=user.job_title,
            started_at=role.from_at, ended_at=role.until_at, active=bool(row.held),
        )
        for row in rows.rows
        for role, user, profession in [row[:3]]
    ]  # fmt: skip
    return slice_of(viewer, rows, [(record, ()) for record in found])


def find_organizations(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """The whole tree of places and every employer. Nothing says when one changed."""
    kinds = {kind.value: kind for kind in OrganisationKind}
    provider = Organisation.kind.in_([OrganisationKind(kind) for kind in sorted(CARES)])
    conditions: dict[str, Condition] = {
        "identifier": _coded,
        "name": words(Organisation.name),
        "type": token(
            {
                our_codes("organisation-kind"): words_of(Organisation.kind, kinds),
                f"{HL7}organization-type": {"prov": provider},
            }
        ),
        "partof": pointer("Organization", Organisation.parent_id),
    }
    rows = rows_of(session, wanted, select(Organisation), Listing((Organisation.id,), NOT_KNOWN, conditions))
    found = [
        OrganizationRecord(
            id=str(place.id),
            code=place.code,
            name=place.name,
            kind=place.kind.value,
            part_of=str(place.parent_id or ""),
        )
        for row in rows.rows
        for place in [row[0]]
    ]
    return slice_of(viewer, rows, [(record, ()) for record in found])


def _coded(chosen: Filter) -> ColumnElement[bool]:
    """By its code, under the system that a code of its kind and shape is sent with; a system alone asks by the kind."""

    def one(value: Value) -> ColumnElement[bool]:
        assert isinstance(value, Token)
        code = value.code or _LIKE_ODS
        kinds = [kind for kind in OrganisationKind if value.system in (None, code_system(kind.value, code))]
        of_kind = Organisation.kind.in_(kinds)
        return and_(Organisation.code == value.code, of_kind) if value.code else of_kind

    return asked(chosen, one, Organisation.code != "")


_LIKE_ODS = "X99999"
"""A code of the shape that ODS codes have."""
