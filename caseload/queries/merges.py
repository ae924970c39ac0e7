"""Records that may be one person, and those that were merged."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations, groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, and_, exists, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from caseload.domain.duplicates import Likeness, Record
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, Sex
from caseload.exceptions import NotThere
from caseload.queries.visible import openable, related
from caseload.tables import Case, Contact, Organisation, Person, PersonEvent, PersonMerge, Task, User

NOT_DUPLICATE = "not_duplicate"
"""The kind of event that says two records were looked at and are two people."""


@dataclass(frozen=True, slots=True)
class LikePerson:
    """One of two records that may be one person."""

    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    sex: Sex
    nhs_number: str
    address_line: str
    postcode: str
    practice: str
    date_of_death: date | None
    deregistered_on: date | None
    restricted: bool
    row_version: int
    has_current_case: bool
    cases: int
    contacts: int
    open_tasks: int

    @property
    def record(self) -> Record:
        """What decides whether it can be merged."""
        return Record(self.person_id, self.restricted, self.has_current_case)


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """Two records, the one with the lower id first, and why they are put together."""

    first: LikePerson
    second: LikePerson
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge that is in force, as the list of merges shows it."""

    merge_id: int
    kept_id: int
    family_name: str
    given_name: str
    merged_number: str
    reason: str
    merged_at: datetime
    merged_by: str


def current_id(session: Session, person_id: int) -> int:
    """The record that stands for this one now: itself, or the one it was merged into, through any number of merges."""
    step = select(Person.id, Person.merged_into_id).where(Person.id == person_id).cte("step", recursive=True)
    step = step.union(select(Person.id, Person.merged_into_id).join(step, Person.id == step.c.merged_into_id))
    wanted = select(step.c.id).where(step.c.merged_into_id.is_(None))
    return session.execute(wanted).scalar_one_or_none() or person_id


def records_of(session: Session, person_id: int) -> list[int]:
    """This record and every one merged into it: whom the audit log knows this person as."""
    part = select(Person.id).where(Person.id == person_id).cte("part", recursive=True)
    part = part.union(select(Person.id).join(part, Person.merged_into_id == part.c.id))
    return sorted(session.execute(select(part.c.id)).scalars())


def merged_into(session: Session, viewer: Viewer, now: datetime, person_id: int) -> int | None:
    """Where the page of a merged record has gone, for a viewer who may open it there; None otherwise."""
    kept = current_id(session, person_id)
    if kept == person_id:
        return None
    wanted = select(Person.id).where(Person.id == kept, openable(viewer, now))
    return session.execute(wanted).scalar_one_or_none()


def possible_duplicates(
    session: Session, viewer: Viewer, now: datetime, *, after: tuple[int, int] | None = None, limit: int
) -> list[PossibleDuplicate]:
    """Pairs of records of the viewer's practices that may be one person, in the order of their ids.

    The same date of birth with the same name, or with the same postcode and given name; without the pairs that somebody
    has said are two people. One more than `limit` where there are more.
    """
    pairs = _pairs(session, viewer, now, after)
    apart = _said_to_be_two(session, {first for first, _, _ in pairs})
    chosen = [pair for pair in pairs if (pair[0], pair[1]) not in apart][: limit + 1]
    people = {person.person_id: person for person in _like(session, {part for pair in chosen for part in pair[:2]})}
    return [PossibleDuplicate(people[first], people[second], likeness) for first, second, likeness in chosen]


def pair_to_compare(
    session: Session, viewer: Viewer, now: datetime, first_id: int, second_id: int
) -> tuple[LikePerson, LikePerson]:
    """Two records side by side, for somebody who may merge both; NotThere otherwise."""
    allowed = select(Person.id).where(Person.id.in_([first_id, second_id]), mergeable(viewer, now))
    if set(session.execute(allowed).scalars()) != {first_id, second_id} or first_id == second_id:
        raise NotThere
    people = {person.person_id: person for person in _like(session, {first_id, second_id})}
    return people[first_id], people[second_id]


def mergeable(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person`: registered with a practice whose records the viewer may merge, and open to them."""
    practices = viewer.practices(Permission.MERGE_PEOPLE)
    if not practices:
        return false()
    return and_(Person.practice_id.in_(sorted(practices)), related(viewer, now))


def with_number(session: Session, viewer: Viewer, now: datetime, nhs_number: str) -> int | None:
    """The record with this NHS number that the viewer may merge; None where there is none they know of."""
    wanted = select(Person.id).where(Person.nhs_number == nhs_number, mergeable(viewer, now))
    return session.execute(wanted).scalar_one_or_none()


def merges_in_force(session: Session, viewer: Viewer, now: datetime, *, limit: int) -> list[MergeRow]:
    """The latest merges in the viewer's practices that were not undone, newest first."""
    merged = aliased(Person)
    wanted = (
        select(
            PersonMerge.id,
            PersonMerge.kept_id,
            Person.family_name,
            Person.given_name,
            merged.nhs_number,
            PersonMerge.reason,
            PersonMerge.merged_at,
            User.display_name,
        )
        .join(Person, Person.id == PersonMerge.kept_id)
        .join(merged, merged.id == PersonMerge.merged_id)
        .join(User, User.id == PersonMerge.merged_by)
        .where(PersonMerge.undone_at.is_(None), mergeable(viewer, now))
        .order_by(PersonMerge.id.desc())
        .limit(limit)
    )
    return [MergeRow(*row) for row in session.execute(wanted)]


def _pairs(
    session: Session, viewer: Viewer, now: datetime, after: tuple[int, int] | None
) -> list[tuple[int, int, Likeness]]:
    """Every pair, each once, the one by name first where both hold. Groups first: a join of all with all is a hundred times as slow."""
    pairs: dict[tuple[int, int], Likeness] = {}
    for same in (Person.name_key, Person.postcode):
        for group in _groups(session, viewer, now, same):
            for one, other in combinations(group, 2):
                likeness = _likeness(one[1], other[1])
                if likeness is not None:
                    pairs.setdefault((one[0], other[0]), likeness)
    return [(*pair, pairs[pair]) for pair in sorted(pairs) if after is None or pair > after]


def _groups(
    session: Session, viewer: Viewer, now: datetime, same: InstrumentedAttribute[str]
) -> Iterator[list[tuple[int, str]]]:
    """People of one date of birth with the same in one column, where there are several: id and name key, by id."""
    practices = sorted(viewer.practices(Permission.MERGE_PEOPLE))
    several = (
        select(Person.date_of_birth.label("born"), same.label("same"))
        .where(Person.practice_id.in_(practices), Person.merged_into_id.is_(None), same != "")
        .group_by(Person.date_of_birth, same)
        .having(func.count() > 1)
        .subquery()
    )
    wanted = (
        select(Person.date_of_birth, same, Person.id, Person.name_key)
        .join(several, and_(several.c.born == Person.date_of_birth, several.c.same == same))
        .where(mergeable(viewer, now))
        .order_by(Person.date_of_birth, same, Person.id)
    )
    for _, rows in groupby(session.execute(wanted), key=itemgetter(0, 1)):
        yield [(person_id, key) for _, _, person_id, key in rows]


def _likeness(one: str, other: str) -> Likeness | None:
    if one == other:
        return Likeness.SAME_NAME
    return Likeness.SAME_ADDRESS if one.partition(" ")[2] == other.partition(" ")[2] else None


def _said_to_be_two(session: Session, first_ids: Iterable[int]) -> set[tuple[int, int]]:
    wanted = select(PersonEvent.person_id, PersonEvent.after).where(
        PersonEvent.kind == NOT_DUPLICATE, PersonEvent.person_id.in_(sorted(first_ids))
    )
    return {(person_id, int(str(after["other"]))) for person_id, after in session.execute(wanted)}


def _like(session: Session, person_ids: Iterable[int]) -> list[LikePerson]:
    current = exists().where(Case.person_id == Person.id, Case.state != CaseState.CLOSED)
    open_tasks = _number_of(Task, Task.ended_at.is_(None))
    wanted = (
        select(Person, Organisation.name, current, _number_of(Case), _number_of(Contact), open_tasks)
        .join(Organisation, Organisation.id == Person.practice_id)
        .where(Person.id.in_(sorted(set(person_ids))))
        .order_by(Person.id)
    )
    return [_like_person(*row) for row in session.execute(wanted)]


def _like_person(person: Person, practice: str, current: bool, cases: int, contacts: int, tasks: int) -> LikePerson:
    return LikePerson(
        person.id, person.family_name, person.given_name, person.date_of_birth, person.sex, person.nhs_number,
        person.address_line, person.postcode, practice, person.date_of_death, person.deregistered_on,
        person.restricted, person.row_version, current, cases, contacts, tasks,
    )  # fmt: skip


def _number_of(table: type[Case] | type[Contact] | type[Task], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count()).select_from(table).where(table.person_id == Person.id, *conditions)
    return counted.correlate(Person).scalar_subquery()
