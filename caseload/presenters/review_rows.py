"""A person before their practice, as the review list says it: everything in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseload.clock import local_day
from caseload.domain.decline_reasons import DECLINE_WORDS, DeclineReason
from caseload.domain.review_filters import KNOWN_SERVICES
from caseload.domain.words import Decision, ProposalState, Tier
from caseload.presenters.banner import age_words
from caseload.presenters.words import words_of
from caseload.presenters.writing import day, percent, short_day
from caseload.queries.proposals import Concern, MarkShown, ReviewRow, ScoreShown

_TIERS = list(Tier)
MARK_WORDS: Mapping[Decision, str] = {
    Decision.ACCEPT: "Marked to accept",
    Decision.DECLINE: "Marked to decline",
    Decision.DEFER: "Marked to defer",
}


@dataclass(frozen=True, slots=True)
class RiskWords:
    """Somebody's risk: probability and percentile, never one alone, and what changed since last month."""

    tier: Tier
    probability: str | None
    percentile: str
    movement: str


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """One reason with when and where it comes from."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class MarkWords:
    """A decision that is marked; `decision` gives the tag its colour."""

    decision: Decision
    words: str
    detail: str
    by: str


@dataclass(frozen=True, slots=True)
class RowWords:
    """One row. `seen` goes back with the form: the proposal and the version of its mark."""

    proposal_id: int
    person_id: int
    name: str
    age: str
    nhs_number: str
    risk: RiskWords | None
    reasons: tuple[ReasonWords, ...]
    concerns: tuple[ReasonWords, ...]
    flags: tuple[str, ...]
    last_contact: str
    state: str
    decided_note: str
    mark: MarkWords | None
    seen: str


def row_words(row: ReviewRow, today: date, viewer_id: int) -> RowWords:
    """A row of the list on a day, to a viewer."""
    return RowWords(
        row.proposal_id,
        row.person_id,
        list_name(row.family_name, row.given_name),
        age_words(row.date_of_birth, today),
        row.nhs_number,
        risk_words(row.score) if row.score else None,
        tuple(reason_words(reason) for reason in row.score.reasons) if row.score else (),
        tuple(concern_words(concern) for concern in row.concerns),
        tuple(flags(row)),
        "None recorded" if row.last_contact is None else short_day(local_day(row.last_contact)),
        state_words(row),
        row.decided_note,
        mark_words(row.mark, viewer_id) if row.mark else None,
        f"{row.proposal_id}-{row.mark.version if row.mark else 0}",
    )


def list_name(family: str, given: str) -> str:
    """A name in a list: family name first, as it is sorted."""
    return f"{family.upper()}, {given}"


def risk_words(score: ScoreShown) -> RiskWords:
    """Probability, percentile and movement; an index has no probability."""
    return RiskWords(
        score.tier,
        None if score.probability is None else percent(score.probability),
        f"{score.percentile:.1f}",
        movement_words(score),
    )


def movement_words(score: ScoreShown) -> str:
    """Up, down, the same or new, against the run that this one was compared with."""
    if score.previous_tier is None:
        return "New: not scored last month"
    here, before = _TIERS.index(score.tier), _TIERS.index(score.previous_tier)
    was = words_of(score.previous_tier).lower()
    words = "Same tier as last month" if here == before else f"{'Up' if here < before else 'Down'} from {was}"
    if score.probability is None or score.earlier_probability is None:
        return words
    return f"{words}, {percent(score.earlier_probability)} last month"


def concern_words(concern: Concern) -> ReasonWords:
    """Somebody's concern in their words, with whose it is and since when."""
    return ReasonWords(concern.note, f"Concern of {concern.by}, {day(local_day(concern.at))}")


def reason_words(reason: Mapping[str, Any]) -> ReasonWords:
    """A reason of the score file: its text, and the days and the source of its evidence."""
    dates = [date.fromisoformat(str(reason[name])[:10]) for name in ("first_date", "last_date") if reason.get(name)]
    days = " to ".join(short_day(one) for one in sorted(set(dates)))
    source = str(reason.get("source") or "")
    return ReasonWords(str(reason["text"]), ", ".join(part for part in (source[:1].upper() + source[1:], days) if part))


def flags(row: ReviewRow) -> list[str]:
    """What somebody deciding has to see at once."""
    found = []
    if row.score:
        found += _score_flags(row.score)
    if row.earlier_case:
        found.append(f"Had a case until {short_day(local_day(row.earlier_case))}")
    if row.restricted:
        found.append("Restricted record")
    return found


def _score_flags(score: ScoreShown) -> list[str]:
    known = [KNOWN_SERVICES[str(reason["code"])] for reason in score.reasons if reason.get("code") in KNOWN_SERVICES]
    marks = (
        (score.not_known_to_services, "Not known to services"),
        (score.rising, "Risk rising"),
        (score.short_history, "Short history"),
    )
    return [words for holds, words in marks if holds] + [f"Known to {service}" for service in known]


def state_words(row: ReviewRow) -> str:
    """What was decided, by whom and why; or since when a decision is awaited."""
    since = f"On the list since {short_day(local_day(row.since))}"
    if row.state is ProposalState.PROPOSED or row.decided_at is None:
        return since
    decided = f"{words_of(row.state)} by {row.decided_by}, {short_day(local_day(row.decided_at))}"
    if row.state is ProposalState.DEFERRED and row.deferred_until:
        return f"Deferred until {short_day(row.deferred_until)} by {row.decided_by}"
    if row.state is ProposalState.DECLINED and row.reason_code:
        return f"{decided}. {decline_words(row.reason_code)}"
    return decided


def mark_words(mark: MarkShown, viewer_id: int) -> MarkWords:
    """A mark: the decision, its reason or date, and who made it."""
    return MarkWords(
        mark.decision, MARK_WORDS[mark.decision], mark_detail(mark), "you" if mark.by_id == viewer_id else mark.by
    )


def mark_detail(mark: MarkShown) -> str:
    """Why somebody is declined, or until when they are deferred, with the note."""
    parts = [
        decline_words(mark.reason_code) if mark.reason_code else "",
        f"Until {day(mark.deferred_until)}" if mark.deferred_until else "",
        mark.note,
    ]
    return ". ".join(part for part in parts if part)


def decline_words(code: str) -> str:
    """The words of a coded reason."""
    return DECLINE_WORDS[DeclineReason(code)]
