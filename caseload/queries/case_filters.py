"""What each value of the case lists' filters means as a condition on the joined rows of a case."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal, or_, select, true

from caseload.domain.case_filters import CONTACT, ME, NO_NEED, NOBODY
from caseload.domain.filters import Chosen
from caseload.domain.plan_rules import WRITTEN
from caseload.domain.plan_words import PlanState
from caseload.domain.review_filters import born_between
from caseload.domain.words import CaseState, PrimaryNeed, Tier
from caseload.queries.visible import BY_NAME
from caseload.tables import Case, Contact, LeadAllocation, Organisation, Person, PlanVersion, RiskScore
from caseload.tables.base import UtcMoment

Condition = ColumnElement[bool]

_NEVER = datetime(1900, 1, 1, tzinfo=UTC)  # before any contact: whoever was never spoken to waits longest


def last_contact() -> ColumnElement[datetime]:
    """When the person was last spoken to or about."""
    spoke = select(func.max(Contact.happened_at)).where(Contact.person_id == Case.person_id)
    return spoke.correlate(Case).scalar_subquery()


def without_lead_since() -> ColumnElement[datetime]:
    """Since when the case has had no lead: the end of the last one's time, or its own opening."""
    ended = select(func.max(LeadAllocation.until_at)).where(LeadAllocation.case_id == Case.id)
    return func.coalesce(ended.correlate(Case).scalar_subquery(), Case.opened_at, type_=UtcMoment)


def waits_for_lead() -> Condition:
    """Of a case without a lead: whether it needs one. A closed case does not, nor does that of somebody who has died."""
    return and_(Case.state != CaseState.CLOSED, Person.date_of_death.is_(None))


def narrowed(chosen: Chosen, score: type[RiskScore], today: date) -> Condition:
    """Every filter: any of the values of one, and all of the filters. Without a state chosen, what is not closed.

    Who "me" is and what silence means now is said by name: `caseload.queries.visible.names_for`, and `silence_names`.
    """
    means: Mapping[str, Callable[[str], Condition]] = {
        "state": lambda value: Case.state == CaseState(value),
        "lead": _led_by,
        "need": lambda value: (
            Case.primary_need.is_(None) if value == NO_NEED else Case.primary_need == PrimaryNeed(value)
        ),
        "tier": lambda value: func.coalesce(score.tier, Tier.NONE.value) == value,
        "contact": _silent,
        "plan": _planned,
        "place": _placed,
        "age": lambda value: _aged(value, today),
    }
    conditions = [or_(*map(means[name], chosen.of(name))) for name in means if chosen.of(name)]
    current = true() if chosen.of("state") else Case.state != CaseState.CLOSED
    return and_(current, *conditions)


def ordered(order: str | None) -> tuple[list[Any], bool]:
    """The list's order as columns that are never empty, and whether it falls; the case's id makes it one order only."""
    orders: Mapping[str | None, tuple[list[Any], bool]] = {
        "newest": ([Case.opened_at], True),
        "oldest": ([Case.opened_at], False),
        "contact": ([func.coalesce(last_contact(), literal(_NEVER, UtcMoment), type_=UtcMoment)], False),
        "waiting": ([without_lead_since()], False),
        "name": ([Person.name_key], False),
    }
    columns, falls = orders[order]
    return [*columns, Case.id], falls


def silence_names(now: datetime) -> dict[str, datetime]:
    """Since when somebody was not spoken to, for each choice of days."""
    return {f"silent_{value}": now - timedelta(days=int(value)) for value in CONTACT.words if value.isdecimal()}


def _led_by(value: str) -> Condition:
    if value == NOBODY:
        return LeadAllocation.id.is_(None)
    return LeadAllocation.user_id == (BY_NAME.user_id if value == ME else int(value))


def _silent(value: str) -> Condition:
    if value == "never":
        return last_contact().is_(None)
    since = bindparam(f"silent_{value}", type_=UtcMoment)
    return func.coalesce(last_contact(), literal(_NEVER, UtcMoment), type_=UtcMoment) < since


def _planned(value: str) -> Condition:
    """How the case's care plan stands; a review is overdue from the day after it was due."""
    if value == "none":
        return ~_has_plan(PlanVersion.state == PlanState.ACTIVE)
    if value == "written":
        return _has_plan(PlanVersion.state.in_(WRITTEN))
    overdue = PlanVersion.review_on < BY_NAME.today if value == "overdue" else true()
    return _has_plan(and_(PlanVersion.state == PlanState.ACTIVE, overdue))


def _has_plan(such: Condition) -> Condition:
    return exists().where(PlanVersion.case_id == Case.id, such).correlate(Case)


def _placed(value: str) -> Condition:
    """Registered with the practice, or with a practice of the network."""
    inside = select(Organisation.id).where(or_(Organisation.id == int(value), Organisation.parent_id == int(value)))
    return Person.practice_id.in_(inside)


def _aged(value: str, today: date) -> Condition:
    after, up_to = born_between(value, today)
    return and_(Person.date_of_birth <= up_to, true() if after is None else Person.date_of_birth > after)
