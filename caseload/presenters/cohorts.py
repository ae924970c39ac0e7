"""Cohorts in words: the rule, who would be taken, the board's cards, the report's lines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseload.clock import local_day
from caseload.domain.cohort_report import MEASURE_WORDS, BlockMeasure, Window
from caseload.domain.cohort_rules import (
    CASE_WISH_WORDS,
    LEAVE_WORDS,
    MOVES,
    SKIPPED_WORDS,
    CaseWish,
    LeaveReason,
    proposed_column,
)
from caseload.domain.plan_words import CohortColumn, PlanState
from caseload.domain.words import Role, Tier
from caseload.presenters.banner import age_words
from caseload.presenters.review_rows import list_name
from caseload.presenters.words import words_of
from caseload.presenters.writing import counted, day, short_day
from caseload.queries.cohort_candidates import Candidate, Passed, Picked
from caseload.queries.cohorts import CohortHead, MemberRow

WITHHELD = "Withheld"


@dataclass(frozen=True, slots=True)
class CandidateWords:
    """One who would be taken."""

    person_id: int
    name: str
    age: str
    nhs_number: str
    practice: str
    tier: Tier | None
    case: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class MemberWords:
    """One card of the board, which is also a row of the list. `proposed` is where the record says they stand."""

    member_id: int
    person_id: int
    row_version: int
    name: str
    age: str
    nhs_number: str
    practice: str
    notes: tuple[str, ...]
    tier: Tier | None
    lead: str
    last_contact: str
    plan: str
    column: CohortColumn
    since: str
    reason: str
    proposed: CohortColumn | None
    proposal: str
    ways: tuple[CohortColumn, ...]


def candidates(found: Picked, today: date) -> list[CandidateWords]:
    """Those of the people taken who may be shown, in the order of their rank."""
    return [_candidate(one, today) for one in found.shown]


def passed_lines(found: Picked, bound: int) -> list[tuple[str, str]]:
    """Each reason somebody is passed over with how many are; small numbers only for who may open all of them."""
    return [(SKIPPED_WORDS[reason], _passed(one, bound)) for reason, one in found.passed.items()]


def rule_lines(head: CohortHead, *, may_see_score: bool) -> list[tuple[str, str]]:
    """The rule a cohort was taken by, as it was kept on the day. The tiers say something of every member, so they are for who may see scores."""
    rule: Mapping[str, Any] = head.rule
    tiers = ", ".join(_word(Tier, one) for one in rule.get("tiers", ()))
    scored = [("Tiers", tiers), ("Taken by the scores of", day(head.run_on))]
    return [
        ("Place", str(rule.get("place", head.place))),
        ("Size", counted(head.size, "person", "people")),
        *(scored if may_see_score else ()),
        ("In care coordination", _case_wish(str(rule.get("cases", "")))),
        ("Taken by", f"{head.by}, on {day(head.begun_on)}"),
    ]


def member_words(row: MemberRow, today: date) -> MemberWords:
    """One member on a day."""
    person, proposed = row.person, proposed_column(row.column, row.facts)
    return MemberWords(
        row.member_id,
        person.person_id,
        row.row_version,
        list_name(person.family_name, person.given_name),
        age_words(person.date_of_birth, person.date_of_death or today),
        person.nhs_number,
        person.practice,
        _notes(row),
        row.tier,
        _lead(row),
        "None yet" if row.last_contact is None else short_day(local_day(row.last_contact)),
        "None" if row.facts.plan is None else words_of(row.facts.plan),
        row.column,
        short_day(local_day(row.moved_at)),
        _reason(row),
        proposed,
        "" if proposed is None else _proposal(row, proposed),
        tuple(column for column in CohortColumn if column in MOVES[row.column]),
    )


def by_column(rows: Sequence[MemberWords]) -> list[tuple[CohortColumn, list[MemberWords]]]:
    """The columns of the board in their order, each with its cards by rank."""
    return [(column, [row for row in rows if row.column is column]) for column in CohortColumn]


def report_lines(numbers: Mapping[BlockMeasure, int | None]) -> list[tuple[str, str]]:
    """The measures that are no comparison, in their order."""
    compared = {BlockMeasure.BEFORE, BlockMeasure.AFTER}
    return [(MEASURE_WORDS[one], _number(numbers[one])) for one in BlockMeasure if one not in compared]


def admission_lines(numbers: Mapping[BlockMeasure, int | None], window: Window) -> list[tuple[str, str, str]]:
    """Emergency admissions on both sides of the start: the days, then how many."""
    last_before = date.fromordinal(window.begun_on.toordinal() - 1)
    return [
        ("Before", _days(window.before_from, last_before), _number(numbers[BlockMeasure.BEFORE])),
        ("Since the start", _days(window.begun_on, window.until), _number(numbers[BlockMeasure.AFTER])),
    ]


def unseen_words(unseen: int, everybody: int) -> str:
    """What is said of those of a cohort whom the viewer may not open; nothing where there are none."""
    if not unseen:
        return ""
    number = "any" if unseen == everybody else unseen
    which = "this person" if everybody == 1 else f"{number} of these {everybody} people"
    return f"You may not open {which}: you are not shown who they are."


def why_unseen(roles: Collection[Role]) -> str:
    """Why that is so, in general: never of anybody."""
    by_case = "You can open people of your place while they have an open case: their practice accepts them first. "
    also = "A record may be restricted, or not be shared with your organisation."
    return by_case + also if {Role.NAVIGATOR, Role.MDT_CHAIR} & set(roles) else also


def _days(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def _number(number: int | None) -> str:
    return WITHHELD if number is None else str(number)


def _passed(one: Passed, bound: int) -> str:
    """The number, unless it would tell of a few whom the viewer may not open; then between what and what it is."""
    unseen = one.number - one.openable
    if unseen == 0 or unseen >= bound:
        return str(one.number)
    return f"Between {one.openable + 1} and {one.openable + bound - 1}"


def _candidate(one: Candidate, today: date) -> CandidateWords:
    return CandidateWords(
        one.person_id, list_name(one.family_name, one.given_name), age_words(one.date_of_birth, today),
        one.nhs_number, one.practice, one.tier, "Open case" if one.has_case else "No case", one.restricted,
    )  # fmt: skip


def _notes(row: MemberRow) -> tuple[str, ...]:
    person, notes = row.person, []
    if person.date_of_death:
        notes.append(f"Died {short_day(person.date_of_death)}")
    elif person.deregistered_on:
        notes.append(f"Left the practice list {short_day(person.deregistered_on)}")
    if person.restricted:
        notes.append("Restricted record")
    return tuple(notes)


def _lead(row: MemberRow) -> str:
    if row.case_id is None:
        return "Not in care coordination"
    return row.lead or "Nobody yet"


def _reason(row: MemberRow) -> str:
    if row.column is not CohortColumn.LEFT or row.reason is None:
        return ""
    try:
        return LEAVE_WORDS[LeaveReason(row.reason)]
    except ValueError:
        return row.reason.replace("_", " ")


def _proposal(row: MemberRow, proposed: CohortColumn) -> str:
    """What the record says, and that it is for somebody to decide."""
    if proposed is CohortColumn.LEFT:
        return f"{_why_to_leave(row)}: consider leaving the cohort"
    found = {
        CohortColumn.PLAN_ACTIVE: "a care plan is active",
        CohortColumn.PLANNING: "a care plan is ready to agree"
        if row.facts.plan is PlanState.READY
        else "a care plan is being written",
        CohortColumn.ASSESSING: "an assessment is under way",
    }[proposed]
    return f"The record says that {found}: consider moving to “{words_of(proposed)}”"


def _why_to_leave(row: MemberRow) -> str:
    if row.facts.died:
        return "Has died"
    return "Said no to care coordination or to risk scores" if row.facts.registered else "Moved away"


def _case_wish(kept: str) -> str:
    return CASE_WISH_WORDS[CaseWish(kept)] if kept in set(CaseWish) else kept


def _word(words: type[Tier], kept: str) -> str:
    return words_of(words(kept)) if kept in set(words) else kept


def people_shown(rows: Iterable[CandidateWords | MemberWords]) -> list[int]:
    """Whom a page shows."""
    return [row.person_id for row in rows]
