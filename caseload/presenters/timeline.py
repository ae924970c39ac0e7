"""The entries of somebody's timeline in words, and where its next page begins in an address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from caseload.clock import local_day
from caseload.diagnosis_words import diagnosis_group
from caseload.domain.case_rules import CLOSING_WORDS, ClosingReason
from caseload.domain.consent_rules import HOW_WORDS
from caseload.domain.contact_outcomes import OUTCOMES, PARTICIPANT_WORDS, ContactOutcome, Participant
from caseload.domain.decline_reasons import DECLINE_WORDS
from caseload.domain.discharge_rules import can_be_planned
from caseload.domain.lead_rule import LeadRules, sentence_for
from caseload.domain.list_changes import LIST_CHANGE_WORDS
from caseload.domain.override_reasons import OVERRIDE_WORDS, OverrideReason
from caseload.domain.person_changes import PERSON_CHANGE_WORDS
from caseload.domain.proposal_rules import CONCERN_CODE
from caseload.domain.words import (
    CaseState,
    ConsentPurpose,
    ConsentState,
    ContactMode,
    EncounterKind,
    PrimaryNeed,
    Profession,
    ProposalState,
)
from caseload.presenters.hospital_words import hospital_lines
from caseload.presenters.words import words_of
from caseload.presenters.writing import counted, day
from caseload.queries.timeline import Happening, TimelineKey, TimelineRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CASE_EVENTS = {
    "opened": "Case opened",
    "resumed": "Case taken off hold",
    "held": "Case put on hold",
    "closed": "Case closed",
    "need": "Primary need recorded",
    "assessment_started": "Joint assessment started",
    "assessment_completed": "Assessment completed",
    "assessment_abandoned": "Assessment abandoned",
}
_PERSON_EVENTS = {
    **{kind.value: words for kind, words in PERSON_CHANGE_WORDS.items()},
    "restricted": "Record restricted",
    "restriction_lifted": "Restriction lifted",
    "users_named": "People named for the restricted record changed",
    "not_duplicate": "Compared with another record: two different people",
    "merged": "Two records of this person joined",
    "unmerged": "Two joined records separated again",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is read: when (in words), a title, then what is to be said of it.

    `contact_id` is set for a contact that can still be corrected; `corrected` where a later entry stands in its place.
    `stay_id` is set for a hospital stay whose end can be planned, `planned` where it was.
    """

    when: str
    title: str
    lines: tuple[str, ...]
    note: str
    by: str | None
    contact_id: int | None = None
    corrected: bool = False
    stay_id: int | None = None
    planned: bool = False


def entries_of(
    rows: list[TimelineRow], rules: LeadRules, diagnoses: Mapping[str, str], *, may_see_score: bool, now: datetime
) -> list[Entry]:
    """The rows of a page as entries, in their order; without a tier in the lead rule's words where none may be seen.

    `diagnoses` are the words of diagnosis codes, as `caseload.diagnosis_words` reads them.
    """
    said = (
        replace(row, about=sentence_for(row.about, row.rule, rules, may_see_score=may_see_score)) if row.rule else row
        for row in rows
    )
    return [_entry(row, diagnoses, now) for row in said]


def key_words(row: TimelineRow) -> str:
    """Where the page ended, as it stands in an address: microseconds since 1970, kind, row."""
    return f"{(row.at - _EPOCH) // timedelta(microseconds=1)}.{row.kind.value}.{row.row_id}"


def key_of(text: str) -> TimelineKey | None:
    """The key an address carries; None for one that is not ours."""
    moment, _, rest = text.partition(".")
    kind, _, row_id = rest.partition(".")
    try:
        return TimelineKey(_EPOCH + timedelta(microseconds=int(moment)), Happening(kind), int(row_id))
    except (ValueError, OverflowError):
        return None


def _entry(row: TimelineRow, diagnoses: Mapping[str, str], now: datetime) -> Entry:
    title, lines = _encounter(row, diagnoses, now) if row.kind is Happening.ENCOUNTER else _WORDS[row.kind](row)
    correctable = row.kind is Happening.CONTACT and not row.corrected
    return Entry(
        day(local_day(row.at)), title, tuple(line for line in lines if line), row.note, row.by,
        row.row_id if correctable else None, row.corrected,
        row.row_id if _plannable(row, local_day(now)) else None, row.discharge is not None,
    )  # fmt: skip


def _plannable(row: TimelineRow, today: date) -> bool:
    return row.kind is Happening.ENCOUNTER and can_be_planned(EncounterKind(row.code), row.until_on, today)


def _encounter(row: TimelineRow, diagnoses: Mapping[str, str], now: datetime) -> tuple[str, list[str]]:
    lines = []
    if row.until_on is not None and row.until_on != local_day(row.at):
        nights = (row.until_on - local_day(row.at)).days
        lines.append(f"Until {day(row.until_on)}, {counted(nights, 'night')}")
    elif row.until_on is None and row.code != EncounterKind.ED_ATTENDANCE and row.hospital is None:
        lines.append("No discharge recorded")
    lines += [_diagnosis(row.extra, diagnoses) if row.extra else "", _provider(row)]
    lines += [*hospital_lines(row.hospital, now), *_discharge(row)]
    return words_of(EncounterKind(row.code)), lines


def _discharge(row: TimelineRow) -> list[str]:
    """What was planned last for the end of the stay."""
    plan = row.discharge
    if plan is None:
        return []
    expected = f", expected on {day(plan.expected_on)}" if plan.expected_on else ""
    planned = f"Discharge planned on {day(local_day(plan.at))} by {plan.by}: {words_of(plan.pathway)}{expected}"
    return [planned, f"Discharge note: {plan.note}" if plan.note else ""]


def _diagnosis(code: str, diagnoses: Mapping[str, str]) -> str:
    group = diagnosis_group(code, diagnoses)
    return (
        f"Main diagnosis: in none of our code lists (ICD-10 {code})"
        if group is None
        else f"Main diagnosis group: {group}"
    )


def _provider(row: TimelineRow) -> str:
    if row.who:
        return f"At {row.who}"
    return f"At a provider whose name is not held here (ODS {row.about})" if row.about else ""


def _contact(row: TimelineRow) -> tuple[str, list[str]]:
    outcome = _or_code(ContactOutcome, row.code, {one: entry.words for one, entry in OUTCOMES.items()})
    who = [_or_code(Participant, one, PARTICIPANT_WORDS) for one in row.about.split(",") if one]
    lines = [f"With: {', '.join(who)}" if who else "", "This corrects an earlier entry" if row.corrects else ""]
    return f"Contact, {words_of(ContactMode(row.extra)).lower()}: {outcome}", lines


def _case(row: TimelineRow) -> tuple[str, list[str]]:
    title = _CASE_EVENTS.get(row.code, "Case changed")
    if row.code == "need":
        return title, [_or_code(PrimaryNeed, row.extra, {need: words_of(need) for need in PrimaryNeed})]
    if row.code == "closed" and row.extra != CaseState.CLOSED:
        return title, [_or_code(ClosingReason, row.extra, CLOSING_WORDS)]
    return title, []


def _lead(row: TimelineRow) -> tuple[str, list[str]]:
    why = _or_code(OverrideReason, row.code, OVERRIDE_WORDS) if row.code else row.about
    return f"{row.who} became the accountable lead", [words_of(Profession(row.extra)), why]


def _lead_ended(row: TimelineRow) -> tuple[str, list[str]]:
    return f"{row.who} stopped being the accountable lead", []


def _consent(row: TimelineRow) -> tuple[str, list[str]]:
    purpose, state = words_of(ConsentPurpose(row.code)), words_of(ConsentState(row.extra))
    return f"{purpose}: {state.lower()}", [HOW_WORDS.get(row.about, "")]


def _person(row: TimelineRow) -> tuple[str, list[str]]:
    return _PERSON_EVENTS.get(row.code, "Record changed"), []


def _proposal(row: TimelineRow) -> tuple[str, list[str]]:
    if row.extra == CONCERN_CODE:
        return "Concern raised with the practice", []
    reasons: dict[str, str] = {
        **{one.value: words for one, words in DECLINE_WORDS.items()},
        **{one.value: words for one, words in LIST_CHANGE_WORDS.items()},
    }
    titles = {
        ProposalState.PROPOSED: "Put before the practice",
        ProposalState.DEFERRED: "Review deferred",
        ProposalState.ACCEPTED: "Accepted into care coordination",
        ProposalState.DECLINED: "Not taken into care coordination",
        ProposalState.CLOSED: "Taken off the practice’s list",
    }
    return titles[ProposalState(row.code)], [reasons.get(row.extra, "")]


def _or_code(words: type[StrEnum], code: str, said: Mapping[Any, str]) -> str:
    """The words of a code; the code itself where it comes from a version that had others."""
    try:
        return said[words(code)]
    except (ValueError, KeyError):
        return code.replace("_", " ")


_WORDS: dict[Happening, Callable[[TimelineRow], tuple[str, list[str]]]] = {
    Happening.CONTACT: _contact,
    Happening.CASE: _case,
    Happening.LEAD: _lead,
    Happening.LEAD_ENDED: _lead_ended,
    Happening.CONSENT: _consent,
    Happening.PERSON: _person,
    Happening.PROPOSAL: _proposal,
}
