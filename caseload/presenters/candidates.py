"""Professionals compared as leads, in words."""

from datetime import date

from caseload.domain.candidates import Candidate, Continuity, Nearness
from caseload.presenters.words import words_of
from caseload.presenters.writing import counted, day

_PLACES: dict[Nearness, str] = {
    Nearness.PRACTICE: "Works for the person’s practice",
    Nearness.NETWORK: "Works in the person’s network",
    Nearness.LOCALITY: "Works in the person’s locality",
    Nearness.BOROUGH: "Works in the person’s borough",
    Nearness.ELSEWHERE: "Works elsewhere",
}

_KNOWN: dict[Continuity, str] = {
    Continuity.LED: "Has led this person’s care",
    Continuity.CARE_TEAM: "Is or was on this person’s care team",
    Continuity.CONTACT: "Has been in contact with this person",
    Continuity.NONE: "",
}


def title_of(candidate: Candidate) -> str:
    """Name, profession and employer: Ash Gp, GP, Ash Surgery."""
    return f"{candidate.name}, {words_of(candidate.profession)}, {candidate.organisation}"


def choice_of(candidate: Candidate, today: date) -> str:
    """One line of a list of choices: Ash Gp, GP, Ash Surgery, 92% to 96%."""
    away = f", {availability(candidate, today).lower()}" if candidate.away_until is not None else ""
    return f"{title_of(candidate)}, {short_workload(candidate)}{away}"


def comparison(candidate: Candidate, today: date, needs_reason: str | None = None) -> str:
    """Everything they are compared by, as sentences in one paragraph; `needs_reason` is the sentence for why one is asked."""
    parts = [
        _PLACES[candidate.nearness], _KNOWN[candidate.continuity], workload(candidate), availability(candidate, today)
    ]  # fmt: skip
    said = ". ".join(part for part in parts if part) + "."
    return f"{said} A reason is needed: {needs_reason[0].lower()}{needs_reason[1:]}" if needs_reason else said


def workload(candidate: Candidate) -> str:
    """What this case would do to their workload: This takes them from 92% to 96% of capacity."""
    if candidate.percent_now is None or candidate.percent_after is None:
        return "No capacity is recorded for them"
    said = (
        f"This takes them from {candidate.percent_now}% to {candidate.percent_after}% of capacity{_waiting(candidate)}"
    )
    return f"{said}, which is more than they have" if candidate.beyond_capacity else said


def short_workload(candidate: Candidate) -> str:
    """The same in a list of choices: 92% to 96%, including 4 requests waiting."""
    if candidate.percent_now is None:
        return "no capacity recorded"
    return f"{candidate.percent_now}% to {candidate.percent_after}%{_waiting(candidate)}"


def _waiting(candidate: Candidate) -> str:
    """What of it they have been asked to take over and have not answered."""
    return f", including {counted(candidate.waiting, 'request')} waiting" if candidate.waiting else ""


def availability(candidate: Candidate, today: date) -> str:
    """When they work next."""
    if candidate.next_day is None:
        return "No working day within a year"
    if candidate.away_until is not None:
        return f"On leave until {day(candidate.away_until)}, works next on {day(candidate.next_day)}"
    return "Works today" if candidate.next_day == today else f"Works next on {day(candidate.next_day)}"
