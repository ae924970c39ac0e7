"""What is already known about a person, in lines: what, what is said, where it is from and of when."""

from dataclasses import dataclass
from datetime import date

from caseload.clock import local_day
from caseload.domain.freshness import Bounds
from caseload.domain.measures import value_words
from caseload.domain.words import EncounterKind
from caseload.presenters.banner import age_words
from caseload.presenters.consent import purpose_line
from caseload.presenters.score_age import score_age
from caseload.presenters.words import words_of
from caseload.presenters.writing import counted, day
from caseload.queries.assessments import AssessedCase
from caseload.queries.known import Known, Stay


@dataclass(frozen=True, slots=True)
class KnownLine:
    """One thing that is known. `said` has a line for each part of it."""

    what: str
    said: tuple[str, ...]
    source: str


def known_lines(case: AssessedCase, known: Known, today: date, bounds: Bounds) -> list[KnownLine]:
    """Everything that is known, the person themselves first."""
    lines = [*_register(case, today), *_hospital(known), *_score(known, today, bounds), *_consents(known)]
    return [*lines, *_measures(known)]


def _register(case: AssessedCase, today: date) -> list[KnownLine]:
    facts, source = case.register, f"GP register, {day(local_day(case.register.updated_at))}"
    lines = [KnownLine("Age", (age_words(case.person.date_of_birth, today),), source)]
    if facts.residence is not None:
        lines.append(KnownLine("Lives in", (words_of(facts.residence),), source))
    if facts.lives_alone is not None:
        lines.append(KnownLine("Lives alone", (_yes_no(facts.lives_alone),), source))
    if facts.has_carer is not None:
        lines.append(KnownLine("Has a carer", (_yes_no(facts.has_carer),), source))
    return lines


def _hospital(known: Known) -> list[KnownLine]:
    source = "Hospital activity of the last 12 months"
    if not known.stays:
        return [KnownLine("Hospital use", ("None known",), source)]
    return [
        KnownLine(f"{words_of(kind)}: {counted(len(stays), 'time')}", tuple(map(_stay, stays)), source)
        for kind in EncounterKind
        if (stays := [one for one in known.stays if one.kind is kind])
    ]


def _stay(one: Stay) -> str:
    until = f" to {day(one.ended_on)}" if one.ended_on is not None and one.ended_on != one.started_on else ""
    return f"{day(one.started_on)}{until}{', ' + one.provider if one.provider else ''}"


def _score(known: Known, today: date, bounds: Bounds) -> list[KnownLine]:
    """The reasons of the newest score, while scores of its age are shown."""
    score = known.score
    if score is None or not score.reasons:
        return []
    age = score_age(score.index_date, today, bounds)
    if not age.shown:
        return []
    demonstration = ", demonstration model: never for care" if score.demonstration else ""
    source = f"Risk score of {day(score.index_date)}{' (older, check first)' if age.grey else ''}{demonstration}"
    return [KnownLine("Reasons for the risk score", tuple(reason.text for reason in score.reasons), source)]


def _consents(known: Known) -> list[KnownLine]:
    lines = [purpose_line(purpose, row) for purpose, row in known.consents.items()]
    return [
        KnownLine(line.name, (line.status,), f"{line.by or 'An extract'}, {day(local_day(line.at))}")
        for line in lines
        if line.at is not None
    ]


def _measures(known: Known) -> list[KnownLine]:
    return [
        KnownLine(words_of(kind), (value_words(kind, row.value),), f"The person, {day(row.measured_on)}")
        for kind, row in known.measures.items()
    ]


def _yes_no(answer: bool) -> str:
    return "Yes" if answer else "No"
