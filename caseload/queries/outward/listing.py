"""A page of rows: the conditions of what was asked, a total, and keyset paging by the row id.

A page never shifts when rows are added or changed meanwhile: it begins after the last id that was seen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import Role
from caseload.queries.outward.conditions import NOWHERE, Condition, pointer, row_id_of
from caseload.queries.outward.wanted import MOST, Found, Slice, Wanted
from caseload.tables import Person
from interfaces.fhir.record import Record, without_names
from interfaces.fhir.search_values import Filter, Pointer

Question = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """How one kind of rows is asked for: what it is known by, when a row last changed, the condition of each parameter.

    `keys` are the columns of its row id, most often one. `ids` is the condition for logical ids where these are not the
    row id itself.
    """

    keys: tuple[Any, ...]
    updated: Any
    conditions: Mapping[str, Condition]
    ids: Callable[[Sequence[str]], ColumnElement[bool]] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a page, where the next begins, and how many there are on all pages where that was asked."""

    rows: Sequence[Any]
    next_after: str | None
    total: int | None


def rows_of(session: Session, wanted: Wanted, question: Question, listing: Listing) -> Rows:
    """The page of a question that reaches whom it may and no more: two statements, one where no total is wanted.

    A row has `updated_at` beside what the question selects.
    """
    asked = question.where(*_conditions(wanted, listing))
    keys = [key.label(f"key_{number}") for number, key in enumerate(listing.keys)]
    total = counted(session, asked.with_only_columns(*keys)) if wanted.total else None
    count = max(0, min(wanted.count, MOST))
    if not count:
        return Rows((), None, total)
    asked = asked.where(*_after(wanted, listing.keys)).add_columns(listing.updated.label("updated_at"), *keys)
    found = session.execute(asked.order_by(*listing.keys).limit(count + 1)).all()
    shown = found[:count]
    return Rows(shown, key_of(shown[-1], len(keys)) if len(found) > count else None, total)


def counted(session: Session, question: Question) -> int:
    """How many rows a question answers, in one statement."""
    return session.execute(select(func.count()).select_from(question.subquery())).scalar_one()


def key_of(row: Row[Any], keys: int) -> str:
    """The row id of a row as a cursor has it."""
    return "-".join(str(getattr(row, f"key_{number}")) for number in range(keys))


def _after(wanted: Wanted, keys: tuple[Any, ...]) -> list[ColumnElement[bool]]:
    """Nothing follows a cursor that is none: an address that was changed by hand never shows the first page again."""
    if wanted.after is None:
        return []
    parts = [row_id_of(part) for part in wanted.after.split("-")]
    if None in parts or len(parts) != len(keys):
        return [NOWHERE]
    return [keys[0] > parts[0]] if len(keys) == 1 else [tuple_(*keys) > tuple_(*parts)]


def _conditions(wanted: Wanted, listing: Listing) -> list[ColumnElement[bool]]:
    where = [listing.conditions[name](one) for name, given in wanted.filters.items() for one in given]
    if wanted.ids is not None:
        chosen = listing.ids or by_row_id(listing.keys[0])
        where.append(chosen(wanted.ids) if wanted.ids else NOWHERE)
    if wanted.patient_ids is not None:
        people = Filter(tuple(Pointer("Patient", one) for one in wanted.patient_ids))
        where.append(listing.conditions["patient"](people) if wanted.patient_ids else NOWHERE)
    where += [listing.updated >= wanted.since] if wanted.since else []
    where += [listing.updated <= wanted.until] if wanted.until else []
    return where


def by_row_id(key: Any) -> Callable[[Sequence[str]], ColumnElement[bool]]:
    """Logical ids that are row ids."""
    return lambda ids: key.in_([row_id for row_id in map(row_id_of, ids) if row_id is not None])


def nameless(viewer: Viewer) -> bool:
    """Whether this viewer is told of people by pseudonym only, without any words about them."""
    return Role.WAREHOUSE in viewer.roles


def urgent_only(viewer: Viewer) -> bool:
    """Whether this viewer is told only what urgent care needs."""
    return Role.URGENT_CARE in viewer.roles


def patient(viewer: Viewer) -> Mapping[str, Condition]:
    """The parameters that name the person: by row id, for a warehouse by pseudonym."""
    by_id = _by_pseudonym if nameless(viewer) else pointer("Patient", Person.id)
    return {"patient": by_id, "subject": by_id}


def _by_pseudonym(chosen: Filter) -> ColumnElement[bool]:
    ids = [one.id for one in chosen.values if isinstance(one, Pointer) and one.resource in ("", "Patient")]
    return Person.pseudonym.in_(ids) if ids else NOWHERE


def patient_id(viewer: Viewer, person_id: int, pseudonym: str) -> str:
    """The logical id of somebody's Patient for this viewer."""
    return pseudonym if nameless(viewer) else str(person_id)


def slice_of(viewer: Viewer, rows: Rows, found: Sequence[tuple[Record, Sequence[int]]]) -> Slice:
    """The answer of a page: each record with whom it is about. A warehouse gets them without names and words."""
    hidden = nameless(viewer)
    return Slice(
        tuple(Found(without_names(record) if hidden else record, tuple(people)) for record, people in found),
        rows.next_after,
        rows.total,
    )


def updated(row: Row[Any]) -> datetime | None:
    """When the row of a listing last changed; None where nothing says."""
    found: datetime | None = row.updated_at
    return found
