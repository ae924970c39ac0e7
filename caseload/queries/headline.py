"""Adults at risk, with a case, a lead and a joint care plan, as it was recorded by the end of a day. Numbers only.

Most people's own rows say what they said on that day, and are counted by the database. Of those to whom something
happened since, what happened is taken back here, event by event, and they are counted one by one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from caseload.clock import end_of_day
from caseload.domain.headline import (
    TIERS,
    AsRecorded,
    CodedPlace,
    Count,
    Exclusion,
    Headline,
    Line,
    Reporting,
    Row,
    Run,
    headline_of,
    latest_birthday,
    line_of,
    reporting_on,
)
from caseload.domain.person_changes import PersonChange
from caseload.domain.words import ConsentPurpose, Tier
from caseload.queries.joint_plan import has_joint_plan, in_case, led
from caseload.queries.objections import AGAINST
from caseload.queries.place_tree import PLACE_KINDS
from caseload.tables import Case, Consent, Organisation, Person, PersonEvent, PersonMerge, RiskRun, RiskScore
from caseload.tables.base import UtcMoment

Kept = MutableMapping[Any, tuple[Count, ...]]
"""Where the counts of days gone by are kept: they change no more."""

_IN_TIERS = tuple(Tier(row.value) for row in TIERS)
_MOVES = tuple(kind.value for kind in PersonChange if kind is not PersonChange.DETAILS_CHANGED)
_DAYS = ("date_of_birth", "date_of_death", "deregistered_on")
_FIELDS = (*_DAYS, "practice_id")
_MEASURED = ("cases", "led", "joint")
_SETTLED = timedelta(days=1)  # a load that began before midnight may end after it

# The practice plus nothing: SQLite would go by the practices' index, and read everybody's row out of order.
_PRACTICE = (Person.practice_id + literal_column("0")).label("practice_id")
_AT = bindparam("at", type_=UtcMoment)
_DAY = bindparam("day", type_=Date)
_BORN_BY = bindparam("born_by", type_=Date)
_RUN_ID = bindparam("run_id", type_=Integer)


def places_with_codes(session: Session) -> tuple[CodedPlace, ...]:
    """The whole place tree as it is now."""
    wanted = select(Organisation.id, Organisation.name, Organisation.kind, Organisation.parent_id, Organisation.code)
    found = session.execute(wanted.where(Organisation.kind.in_(PLACE_KINDS)).order_by(Organisation.id))
    return tuple(CodedPlace(*row) for row in found)


def runs_taken_in(session: Session) -> tuple[Run, ...]:
    """Every run, in the order they were taken in."""
    columns = (
        RiskRun.id, RiskRun.index_date, RiskRun.loaded_at, RiskRun.tier_method, RiskRun.model_version,
        RiskRun.demonstration,
    )  # fmt: skip
    return tuple(Run(*row) for row in session.execute(select(*columns).order_by(RiskRun.id)))


def month_counts(
    session: Session, months: Iterable[Reporting], today: date, kept: Kept
) -> dict[Reporting, tuple[Count, ...]]:
    """The counts of some months; those of days gone by are asked for once, and again when two records are merged."""
    merges = tuple(session.execute(_merges()).one())
    found = {}
    for month in months:
        known = (month.day, month.run.run_id, *merges)
        counts = kept.get(known)  # requests at once share what is kept: another may take it away at any moment
        if counts is None:
            counts = counts_on(session, month)
            if month.day < today - _SETTLED:
                kept[known] = counts
        found[month] = counts
    for stale in [known for known in tuple(kept) if known[2:] != merges]:
        kept.pop(stale, None)
    return found


def headline_on(session: Session, day: date, bound: int) -> Headline | None:
    """The figures of every place on a day; None where no run is of that day or before."""
    reporting = reporting_on(runs_taken_in(session), day)
    if reporting is None:
        return None
    return headline_of(reporting, places_with_codes(session), counts_on(session, reporting), bound)


def counts_on(session: Session, reporting: Reporting) -> tuple[Count, ...]:
    """The numbers of every practice on a reporting date."""
    asked = {
        "at": end_of_day(reporting.day), "day": reporting.day, "born_by": latest_birthday(reporting.day),
        "run_id": reporting.run.run_id,
    }  # fmt: skip
    numbers: dict[tuple[int, Line], Counter[str]] = defaultdict(Counter)
    for practice_id, word, people, *measured in session.execute(_unchanged(), asked):
        line = _line(word)
        numbers[practice_id, line].update(people=people, **dict(zip(_MEASURED, measured, strict=True)))
        if line in TIERS:  # who is in no tier is who is left of all
            numbers[practice_id, Row.REST].update(people=-people)
    for person, has in _as_recorded(session.execute(_changed(), asked)):
        line = line_of(person, reporting.day)
        if person.tier is None and line in (Exclusion.DIED, Exclusion.LEFT):
            continue
        counted = {name: int(one) for name, one in zip(_MEASURED, has, strict=True)} if line in TIERS else {}
        numbers[person.practice_id, line].update(people=1, **counted)
    return tuple(
        Count(practice_id, line, **one) for (practice_id, line), one in sorted(numbers.items()) if one["people"]
    )


def _line(word: str) -> Line:
    return Row(word) if word in set(Row) else Exclusion(word)


@cache
def _merges() -> Select[int, int]:
    return select(func.count(PersonMerge.id), func.count(PersonMerge.undone_at))


@cache
def _unchanged() -> Select[*tuple[Any, ...]]:
    """By practice and line, of everybody to whom nothing happened since: all as if in no tier, those in one, what is
    measured of these. Most people never had a case: measuring is asked only of who had one."""
    none = literal(0, Integer)
    lines = [
        _grouped(one.subquery(), func.count(), [none] * len(_MEASURED)) for one in (_scored(), _unscored(), _tiered())
    ]
    cared_for = _measured().subquery()
    return union_all(*lines, _grouped(cared_for, none, [_sum(cared_for.c[name]) for name in _MEASURED]))  # type: ignore[return-value]


def _grouped(
    rows: Subquery, people: ColumnElement[int], measured: Iterable[ColumnElement[int]]
) -> Select[*tuple[Any, ...]]:
    line = rows.c.line
    return select(rows.c.practice_id, line, people, *measured).group_by(rows.c.practice_id, line)


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    return cast(func.sum(column), Integer)


def _scored() -> Select[int, str]:
    """Everybody the run scored, by line. Whether there is a score is asked of its key: the rows themselves are large."""
    return select(_PRACTICE, _line_in_words(Row.REST).label("line")).where(_has_score(), _as_it_was())


def _unscored() -> Select[int, str]:
    """Who said something about being scored, is registered, and has no score in the run: nobody else has none."""
    return select(_PRACTICE, _line_in_words(Exclusion.NOT_SCORED).label("line")).where(
        Person.id.in_(_spoke()), ~_has_score(), _as_it_was(), ~_died(), ~_left()
    )


def _tiered() -> Select[int, str]:
    """Who counts is asked in words: asked of the columns, SQLite would go through everybody by birthday."""
    counts = _line_in_words(Row.REST) == Row.REST.value
    return (
        select(_PRACTICE, cast(RiskScore.tier, String).label("line"))
        .join(RiskScore, RiskScore.person_id == Person.id)
        .where(RiskScore.run_id == _RUN_ID, RiskScore.tier.in_(_IN_TIERS), _as_it_was(), counts)
    )


def _measured() -> Select[*tuple[Any, ...]]:
    has = (case((condition, 1), else_=0).label(name) for name, condition in _conditions().items())
    return _tiered().add_columns(*has).where(Person.id.in_(select(Case.person_id)))


def _conditions() -> dict[str, ColumnElement[bool]]:
    return {"cases": in_case(_AT), "led": led(_AT), "joint": has_joint_plan(_AT)}


def _line_in_words(otherwise: Line) -> ColumnElement[str]:
    """The same order of exclusions as `line_of`."""
    return case(
        (_died(), Exclusion.DIED.value),
        (_left(), Exclusion.LEFT.value),
        (_is_under_age(), Exclusion.UNDER_18.value),
        (_objects(), Exclusion.OBJECTS.value),
        else_=otherwise.value,
    )


def _died() -> ColumnElement[bool]:
    return and_(Person.date_of_death.is_not(None), Person.date_of_death <= _DAY)


def _left() -> ColumnElement[bool]:
    return and_(Person.deregistered_on.is_not(None), Person.deregistered_on <= _DAY)


def _is_under_age() -> ColumnElement[bool]:
    return Person.date_of_birth > _BORN_BY


def _spoke() -> Select[int]:
    return select(Consent.person_id).where(Consent.purpose == ConsentPurpose.RISK_STRATIFICATION, Consent.at <= _AT)


def _objects() -> ColumnElement[bool]:
    """The last they said about being scored by that moment was no."""
    last = (
        select(func.max(Consent.id))
        .where(Consent.purpose == ConsentPurpose.RISK_STRATIFICATION, Consent.at <= _AT)
        .group_by(Consent.person_id)
    )
    return Person.id.in_(select(Consent.person_id).where(Consent.id.in_(last), Consent.state.in_(AGAINST)))


def _has_score() -> ColumnElement[bool]:
    return exists().where(RiskScore.person_id == Person.id, RiskScore.run_id == _RUN_ID).correlate(Person)


def _as_it_was() -> ColumnElement[bool]:
    """Not merged into another, and nothing happened since that decides where they count."""
    happened = select(PersonEvent.person_id).where(_since())
    return and_(Person.merged_into_id.is_(None), Person.id.not_in(happened))


def _since() -> ColumnElement[bool]:
    born = cast(PersonEvent.before, String).contains('"date_of_birth"', autoescape=True)
    details = and_(PersonEvent.kind == PersonChange.DETAILS_CHANGED.value, born)
    return and_(PersonEvent.at > _AT, or_(PersonEvent.kind.in_(_MOVES), details))


@cache
def _changed() -> Select[*tuple[Any, ...]]:
    """One row for each thing that happened since to somebody who may count, the last first."""
    return (
        select(
            Person.id, *(getattr(Person, name) for name in _FIELDS), RiskScore.tier, _objects(), *_conditions().values(),
            PersonEvent.before,
        )
        .join(PersonEvent, PersonEvent.person_id == Person.id)
        .outerjoin(RiskScore, and_(RiskScore.person_id == Person.id, RiskScore.run_id == _RUN_ID))
        .where(_since(), Person.merged_into_id.is_(None), or_(RiskScore.run_id.is_not(None), Person.id.in_(_spoke())))
        .order_by(Person.id, PersonEvent.id.desc())
    )  # fmt: skip


def _as_recorded(rows: Iterable[Any]) -> Iterator[tuple[AsRecorded, tuple[bool, ...]]]:
    """Everybody with what their record said at the moment, and whether each of what is measured was so."""
    facts: dict[int, tuple[Any, ...]] = {}
    values: dict[int, dict[str, Any]] = {}
    for person_id, *rest in rows:
        *now, tier, objects, in_a_case, with_lead, joint, before = rest
        facts[person_id] = (tier, bool(objects), (bool(in_a_case), bool(with_lead), bool(joint)))
        said = values.setdefault(person_id, dict(zip(_FIELDS, now, strict=True)))
        said.update(_parsed(before))
    for person_id, (tier, objects, has) in facts.items():
        yield AsRecorded(tier=tier, objects=objects, **values[person_id]), has


def _parsed(before: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if name in _DAYS and value is not None else value
        for name, value in before.items()
        if name in _FIELDS
    }
