"""A version of a care plan as a document: one value, from which the page, the PDFs and the plain text are all made."""

import re
from dataclasses import dataclass
from datetime import datetime

from caseload.clock import local_day
from caseload.domain.plan_entries import lines_of
from caseload.domain.plan_headings import FIELDS
from caseload.domain.plan_words import PlanHeading
from caseload.domain.sharing_rules import NO_LONGER_IN_FORCE
from caseload.presenters import plan_phrases as said
from caseload.presenters.words import words_of
from caseload.presenters.writing import day, moment, nhs_number
from caseload.queries.plan_copies import PlanCopy

_CODE = 12
"""How many characters of a version's hash are printed: enough to tell two versions apart by eye."""

# Characters that are not text: controls, and those that turn the direction of what follows, which could make a line read
# otherwise than it was typed (Unicode Standard, 9.0 bidirectional controls).
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said, under its label."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One entry of a part. `title` is empty where the part has only one."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One heading of the plan with what was written under it. `compact` lets an entry's lines run on, to save room."""

    title: str
    entries: tuple[DocumentEntry, ...]
    compact: bool = False


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """Everything a copy says, in order. `warning` is empty for a version that holds or waits to be agreed."""

    title: str
    warning: str
    standing: str
    who: tuple[Line, ...]
    facts: tuple[Line, ...]
    parts: tuple[Part, ...]
    empty: str
    foot: tuple[str, ...]


def plan_document(plan: PlanCopy, *, by: str, now: datetime, recipient: str | None) -> PlanDocument:
    """The document of a version that is at least ready. `recipient` is None where it is only looked at."""
    contents = {heading: plan.contents.get(heading, ()) for heading in FIELDS}
    parts = {heading: _part(plan, heading) for heading, entries in contents.items() if entries}
    shown = {heading: part for heading, part in parts.items() if part.entries}
    empty = [words_of(heading) for heading in FIELDS if heading not in shown]
    return PlanDocument(
        title=said.TITLE,
        warning=warning_of(plan),
        standing=standing_of(plan),
        who=who_lines(plan),
        facts=_facts(plan),
        parts=tuple(shown.values()),
        empty=_empty(empty) if shown else said.NOTHING_AT_ALL,
        foot=(said.STAFF_ASK, *foot_of(by, now, recipient), said.HOW_TO_CHECK),
    )


def warning_of(plan: PlanCopy) -> str:
    """What stands across a version that holds no longer; empty for every other."""
    return said.NO_LONGER if plan.state in NO_LONGER_IN_FORCE else ""


def standing_of(plan: PlanCopy) -> str:
    """How things stand with the version, in a sentence."""
    at = plan.ended_at if plan.state in NO_LONGER_IN_FORCE else plan.active_at
    return said.STANDING.get(plan.state, "").format(day="" if at is None else day(local_day(at)))


def who_lines(plan: PlanCopy) -> tuple[Line, ...]:
    """Whose plan it is."""
    person = plan.person
    lines = (
        Line(said.NAME, f"{person.given_name} {person.family_name}"),
        Line(said.BORN, day(person.date_of_birth)),
        Line(said.NHS_NUMBER, nhs_number(person.nhs_number)),
        Line(said.PHONE, plan.phone),
        Line(said.PRACTICE, person.practice),
    )
    return tuple(Line(line.label, plain(line.text)) for line in lines if line.text)


def lead_words(plan: PlanCopy) -> str:
    """Who leads, with what they are and where they work."""
    if plan.lead is None:
        return said.NO_LEAD
    return ", ".join(one for one in (plan.lead.name, words_of(plan.lead.profession), plan.lead.organisation) if one)


def foot_of(by: str, now: datetime, recipient: str | None) -> tuple[str, ...]:
    """When the copy was made, by whom and for whom."""
    made = said.MADE.format(moment=moment(now), by=by)
    return (made, said.NOT_A_COPY if recipient is None else said.COPY_FOR.format(recipient=plain(recipient)))


def code_of(content_hash: str | None) -> str:
    """The beginning of a version's hash, in fours."""
    code = (content_hash or "")[:_CODE]
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def plain(text: str) -> str:
    """A text that somebody typed, without what is not text: controls, and marks that turn its direction."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _facts(plan: PlanCopy) -> tuple[Line, ...]:
    lines = (
        Line(said.VERSION, str(plan.number)),
        Line(said.AGREEMENT, _agreement(plan)),
        Line(said.LEAD, lead_words(plan)),
        Line(said.NAVIGATOR, plan.navigator or ""),
        Line(said.NEXT_REVIEW, said.NO_DAY if plan.review_on is None else day(plan.review_on)),
        Line(said.CHECK, code_of(plan.content_hash)),
    )
    return tuple(line for line in lines if line.text)


def _agreement(plan: PlanCopy) -> str:
    answered = plan.answered
    if answered is None:
        return said.NOT_ASKED
    words = said.ANSWERS[answered.state].format(
        day=day(local_day(answered.at)), representative=plain(answered.representative)
    )
    more = (answered.method and words_of(answered.method), answered.authority and words_of(answered.authority))
    return ". ".join([words, *(one for one in more if one)])


def _part(plan: PlanCopy, heading: PlanHeading) -> Part:
    several = FIELDS[heading].several
    entries = [_lines(plan, heading, place) for place in range(len(plan.contents[heading]))]
    written = [lines for lines in entries if lines]
    titles = [f"{FIELDS[heading].entry} {number}" if several else "" for number in range(1, len(written) + 1)]
    return Part(
        words_of(heading), tuple(DocumentEntry(title, lines) for title, lines in zip(titles, written, strict=True))
    )


def _lines(plan: PlanCopy, heading: PlanHeading, place: int) -> tuple[Line, ...]:
    said_here = lines_of(heading, plan.contents[heading][place], plan.contents, write_day=day)
    return tuple(Line(said.LABELS.get(label, label), plain(text)) for label, text in said_here if plain(text))


def _empty(titles: list[str]) -> str:
    return said.NOTHING_UNDER.format(titles=", ".join(titles)) if titles else ""
