"""A person's page in words: the score for who may see it, where things can be done, what is known about how they live."""

import re
from dataclasses import dataclass
from datetime import date

from caseload.domain.freshness import Bounds
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, Tier
from caseload.presenters.charts import TierChart, TierMonth, tier_chart
from caseload.presenters.score_age import ScoreAge, score_age
from caseload.presenters.words import words_of
from caseload.presenters.writing import day, percent
from caseload.queries.people import PersonPage
from caseload.queries.scores import Reason, ScoreRow

_TIERS = list(Tier)
_OBJECTS = "This person objects to risk scores, so none is shown"


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason of a score, with when and where it comes from."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ScorePart:
    """The latest score in words with its history; `tier` is None where none is shown, and `age.words` says why."""

    age: ScoreAge
    tier: Tier | None = None
    probability: str | None = None
    percentile: str = ""
    movement: str = ""
    flags: tuple[str, ...] = ()
    reasons: tuple[ReasonLine, ...] = ()
    demonstration: bool = False
    chart: TierChart | None = None
    months: tuple[TierMonth, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """Something that can be done from the person's page."""

    words: str
    url: str


def score_part(rows: list[ScoreRow], viewer: Viewer, today: date, bounds: Bounds, *, objects: bool) -> ScorePart:
    """The scores (latest first) as the page shows them: greyed or hidden by age, never for who may not or where they object."""
    may_see = viewer.may(Permission.SEE_SCORE)
    age = score_age(rows[0].index_date if rows else None, today, bounds, may_see=may_see)
    if objects and may_see:
        return ScorePart(ScoreAge(False, False, _OBJECTS))
    if not rows and may_see:
        return ScorePart(ScoreAge(False, False, "No monthly run has scored this person"))
    if not age.shown:
        return ScorePart(age)
    latest = rows[0]
    months = tuple(TierMonth(row.index_date, row.tier, row.percentile, age.grey and row is latest) for row in rows)
    return ScorePart(
        age=age,
        tier=latest.tier,
        probability=None if latest.probability is None else percent(latest.probability),
        percentile=f"{latest.percentile:.1f}",
        movement=_movement(latest),
        flags=_flags(latest),
        reasons=tuple(_reason(reason) for reason in latest.reasons),
        demonstration=latest.demonstration,
        chart=tier_chart(months),
        months=months,
    )


def ways_on(page: PersonPage, viewer: Viewer) -> list[Way]:
    """Where things about this person can be done, for the viewer's permissions and as things stand."""
    here = f"/people/{page.facts.person_id}"
    # Through break-glass, contacts, tasks and concerns are recorded: what somebody did and saw. It gives nothing that lasts.
    lasting = page.emergency_until is None
    gone = page.facts.date_of_death is not None or page.facts.deregistered_on is not None
    ways = [
        (Permission.WORK_CASE, "Log a contact", f"{here}/contacts/new", True),
        (Permission.WORK_CASE, "Add a task", f"{here}/tasks/new", True),
        (Permission.RAISE_CONCERN, "Raise a concern", f"{here}/concern", page.case is None and not gone),
        (Permission.OPEN_PERSON, "Consent and objections", f"{here}/consent", True),
        (Permission.OPEN_PERSON, "Flags for urgent care", f"{here}/flags", True),
        (Permission.OPEN_PERSON, "Messages from partners", f"{here}/messages", True),
        (Permission.ASSESS, "The person’s own measures", f"{here}/measures", True),
        (Permission.OPEN_PERSON, "All tasks", f"{here}/tasks", True),
        (Permission.RESTRICT_PERSON, "Restrict the record", f"{here}/restriction", lasting),
        (Permission.OPEN_PERSON, "Who has looked at this record", f"{here}/looks", True),
    ]
    return [Way(words, url) for permission, words, url, applies in ways if applies and viewer.may(permission)]


def case_ways(page: PersonPage, viewer: Viewer) -> list[Way]:
    """What can be done about the current case."""
    if page.case is None:
        return []
    here = f"/cases/{page.case.case_id}"
    lasting, led = page.emergency_until is None, page.case.lead_id is not None
    named_to_them = led and not page.case.lead_kept_out
    ways = [
        (Permission.SEE_CASES, "Accountable lead", f"{here}/lead", True),
        (Permission.ASSESS, "Joint assessment", f"{here}/assessment", True),
        (Permission.SEE_CASES, "Care plan", f"{here}/plan", True),
        (Permission.WORK_CASE, "Care team", f"{here}/team", lasting),
        (Permission.HAND_OVER, "Hand over", f"{here}/handover", lasting and led),
        (Permission.SEE_CASES, "Letter about the lead", f"{here}/letter", named_to_them),
        (Permission.SEE_MDT, "Ask for a team discussion", f"{here}/mdt-request", lasting),
        (Permission.WORK_CASE, "Primary need", f"{here}/need", lasting),
        (Permission.WORK_CASE, "Put on hold", f"{here}/hold", lasting and page.case.state is CaseState.OPEN),
        (Permission.WORK_CASE, "Take off hold", f"{here}/resume", lasting and page.case.state is CaseState.ON_HOLD),
        (Permission.WORK_CASE, "Close the case", f"{here}/close", lasting),
    ]
    return [Way(words, url) for permission, words, url, applies in ways if applies and viewer.may(permission)]


def reach_rows(page: PersonPage) -> list[tuple[str, str]]:
    """How they can be reached, for the top of the page."""
    return [("Telephone", page.phone or "Not recorded"), ("Address", page.address or "Not recorded")]


def living_rows(page: PersonPage) -> list[tuple[str, str]]:
    """How they live, as a summary list shows it."""
    return [
        ("Lives in", words_of(page.residence) if page.residence else "Not recorded"),
        ("Lives alone", _yes_no(page.lives_alone)),
        ("Has a carer", _yes_no(page.has_carer)),
        ("Practice", page.facts.practice),
    ]


def _yes_no(answer: bool | None) -> str:
    if answer is None:
        return "Not recorded"
    return "Yes" if answer else "No"


def _movement(score: ScoreRow) -> str:
    before = score.previous_tier
    if before is None:
        return "Not scored the month before"
    if before is score.tier:
        return f"{words_of(before)} the month before as well"
    up = _TIERS.index(score.tier) < _TIERS.index(before)
    return f"{'Up' if up else 'Down'} from {words_of(before).lower()}"


def _flags(score: ScoreRow) -> tuple[str, ...]:
    said = (
        (score.rising, "Rising"),
        (score.not_known_to_services, "Not known to services"),
        (score.short_history, "Short history: registered for less than a year"),
    )
    return tuple(words for holds, words in said if holds)


def _reason(reason: Reason) -> ReasonLine:
    days = [_day(text) for text in (reason.first_date, reason.last_date) if text]
    unsaid = [one for one in dict.fromkeys(days) if not re.search(rf"\b{re.escape(one)}\b", reason.text)]
    when = " to ".join(days) if len(unsaid) == 2 else _other_end(days, unsaid)
    return ReasonLine(reason.text, ", ".join(part for part in (when, reason.source) if part))


def _other_end(days: list[str], unsaid: list[str]) -> str:
    """The one day that the sentence itself does not say."""
    if not unsaid:
        return ""
    if len(set(days)) == 1:
        return unsaid[0]
    return f"since {unsaid[0]}" if unsaid[0] == days[0] else f"until {unsaid[0]}"


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text
