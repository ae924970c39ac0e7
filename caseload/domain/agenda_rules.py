"""Who comes onto a meeting's agenda by rule, why, and in which order.

Everyone with a case in the team's place is a candidate. A candidate with a reason comes on, in the order of the reasons
and within one by percentile, until the meeting is full. Whoever had a reason and did not fit goes first at the next
meeting, if they still have one. What a meeting of the series has looked at since is no reason any more.

An objection to risk stratification leaves no score in the facts: neither a reason nor a place in the order rests on one.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from caseload.domain.lead_rule import in_words
from caseload.domain.plan_words import AgendaReason
from caseload.domain.words import EncounterKind, Tier

TEXT_LENGTH = 500
WHY_LENGTH = 250
"""How long the words of a request may be: a sentence has to hold them with the name of who asked."""
SERIES_SIZE = 100
"""The largest meeting."""

SCORE_REASONS = frozenset({AgendaReason.NEW_VERY_HIGH, AgendaReason.RISING})
"""Reasons that tell of a score: shown to who may see scores, and never of somebody who objects."""

_TIERS = list(Tier)


class RisingRule(StrEnum):
    """What counts as rising."""

    RUN = "run"
    TIER = "tier"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class MdtRules:
    """What config/mdt.toml says. Days are calendar days."""

    version: str
    capacity: int
    quorum: int
    weeks_ahead: int
    close_without_quorum: bool
    recent_stay_days: int
    stays: tuple[EncounterKind, ...]
    score_valid_days: int
    rising: RisingRule
    overdue_again_days: int
    order: tuple[AgendaReason, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A person's place in the newest run. `loaded_on` is the day it was taken in."""

    run_on: date
    loaded_on: date
    tier: Tier
    previous_tier: Tier | None
    rising: bool
    percentile: float


@dataclass(frozen=True, slots=True)
class Stay:
    """The latest stay in hospital; `until` is None while it lasts."""

    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked that the case be discussed."""

    name: str
    why: str
    request_id: int


@dataclass(frozen=True, slots=True)
class Before:
    """The last earlier meeting of the series that had the person on its agenda.

    `unreached` says that it ended without looking at them; `again_on` is when it wanted to see them again.
    """

    on: date
    item_id: int
    unreached: bool = False
    again_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule knows of one case. `score` is None for somebody who objects to risk stratification.

    `no_room_on` is the earlier meeting at which they did not fit.
    """

    case_id: int
    on_hold: bool = False
    score: Score | None = None
    stay: Stay | None = None
    review_due_on: date | None = None
    asked: Asked | None = None
    before: Before | None = None
    no_room_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One person on the agenda, with the reason and a sentence that somebody can check."""

    case_id: int
    reason: AgendaReason
    text: str
    percentile: float | None = None
    carried_from_id: int | None = None
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """Who is on it, and who had a reason and did not fit, both in the order of the rule."""

    on: tuple[Entry, ...]
    did_not_fit: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting as far as the rule asks."""

    held_on: date
    capacity: int


def agenda_for(
    facts: Iterable[Facts], meeting: Meeting, rules: MdtRules, *, kept: Collection[int] = frozenset()
) -> Agenda:
    """The agenda of a meeting. `kept` are cases that have their place already and keep it whoever else comes.

    A kept case without facts is left to the caller: it has no entry here, but takes a place.
    """
    entries = [entry for one in facts if (entry := entry_of(one, meeting.held_on, rules)) is not None]
    entries.sort(key=lambda entry: _rank(entry, rules))
    placed = [entry for entry in entries if entry.case_id in kept]
    room = max(meeting.capacity - len(set(kept)), 0)
    others = [entry for entry in entries if entry.case_id not in kept]
    on = {entry.case_id for entry in [*placed, *others[:room]]}
    return Agenda(
        tuple(entry for entry in entries if entry.case_id in on),
        tuple(entry for entry in entries if entry.case_id not in on),
    )


def entry_of(facts: Facts, held_on: date, rules: MdtRules) -> Entry | None:
    """The first reason, in the order of the rules, that the person has; None for somebody without one."""
    for reason in rules.order:
        text = _SENTENCES[reason](facts, held_on, rules)
        if text is not None:
            return _entry(facts, reason, _cut(text))
    return None


def merged_order(now: Sequence[int], wanted: Sequence[int]) -> list[int]:
    """The cases of an agenda that is built again: those that stay as they were ordered, new ones where the rule puts them.

    `now` is the order there is, `wanted` the rule's. Whoever is in `now` and not in `wanted` is left out.
    """
    place = {case_id: number for number, case_id in enumerate(wanted)}
    order = [case_id for case_id in now if case_id in place]
    for case_id in wanted:
        if case_id not in order:
            behind = (at for at, other in enumerate(order) if place[other] > place[case_id])
            order.insert(next(behind, len(order)), case_id)
    return order


def planned_days(start: date, weekday: int, count: int) -> list[date]:
    """The next days with this weekday (0 for Monday) from `start` on, the first of them `start` itself where it is one."""
    first = start + timedelta(days=(weekday - start.weekday()) % 7)
    return [first + timedelta(weeks=week) for week in range(count)]


def request_sentence(name: str, why: str) -> str:
    """Asked for by Ash Gp: two falls in a week."""
    return _cut(f"Asked for by {name}: {why}")


def _entry(facts: Facts, reason: AgendaReason, text: str) -> Entry:
    carried = facts.before.item_id if reason is AgendaReason.CARRIED_OVER and facts.before else None
    percentile = facts.score.percentile if facts.score else None
    request_id = facts.asked.request_id if facts.asked else None
    return Entry(facts.case_id, reason, text, percentile, carried, request_id)


def _rank(entry: Entry, rules: MdtRules) -> tuple[int, float, int]:
    return rules.order.index(entry.reason), -(entry.percentile or 0.0), entry.case_id


def _carried_over(facts: Facts, held_on: date, rules: MdtRules) -> str | None:
    before = facts.before
    if before is not None and before.unreached:
        return f"Carried over from the meeting on {in_words(before.on)}, which did not reach it"
    if before is not None and before.again_on is not None and before.again_on <= held_on:
        return f"Carried over from the meeting on {in_words(before.on)}, to be looked at again by {in_words(before.again_on)}"
    if facts.no_room_on is None:
        return None
    told = f"Carried over from the meeting on {in_words(facts.no_room_on)}, which had no room"
    for reason in (one for one in rules.order if one is not AgendaReason.CARRIED_OVER):
        text = _SENTENCES[reason](facts, held_on, rules)
        if text is not None:
            return told if reason in SCORE_REASONS else f"{told}. {text}"
    return None  # what they were to be discussed for is settled


def _requested(facts: Facts, held_on: date, rules: MdtRules) -> str | None:
    return request_sentence(facts.asked.name, facts.asked.why) if facts.asked else None


def _new_very_high(facts: Facts, held_on: date, rules: MdtRules) -> str | None:
    score = _counting_score(facts, held_on, rules)
    if score is None or score.tier is not Tier.VERY_HIGH or score.previous_tier is Tier.VERY_HIGH:
        return None
    return f"New at very high risk in the run of {in_words(score.run_on)}"


def _rising(facts: Facts, held_on: date, rules: MdtRules) -> str | None:
    score = _counting_score(facts, held_on, rules)
    if score is None:
        return None
    moved_up = score.previous_tier is not None and _TIERS.index(score.tier) < _TIERS.index(score.previous_tier)
    by_run, by_tier = score.rising, moved_up
    says = {RisingRule.RUN: by_run, RisingRule.TIER: by_tier, RisingRule.EITHER: by_run or by_tier}
    return f"Risk is rising in the run of {in_words(score.run_on)}" if says[rules.rising] else None


def _recent_stay(facts: Facts, held_on: date, rules: MdtRules) -> str | None:
    stay = facts.stay
    if stay is None or facts.on_hold:
        return None
    happened = stay.until or stay.since
    if _looked_at_since(facts, happened):
        return None
    if stay.until is None:
        return f"Admitted on {in_words(stay.since)} and still in hospital"
    if (held_on - stay.until).days > rules.recent_stay_days:
        return None
    return f"Admitted on {in_words(stay.since)} and discharged on {in_words(stay.until)}"


def _overdue_review(facts: Facts, held_on: date, rules: MdtRules) -> str | None:
    due = facts.review_due_on
    if due is None or due >= held_on or facts.on_hold:
        return None
    lately = held_on - timedelta(days=rules.overdue_again_days)
    if facts.before is not None and facts.before.on > lately:
        return None
    return f"Plan review was due on {in_words(due)}"


def _counting_score(facts: Facts, held_on: date, rules: MdtRules) -> Score | None:
    """The score, while it is new enough and no meeting has looked at the person since it was taken in."""
    score = facts.score
    if score is None or facts.on_hold or _looked_at_since(facts, score.loaded_on):
        return None
    return score if (held_on - score.run_on).days <= rules.score_valid_days else None


def _looked_at_since(facts: Facts, day: date) -> bool:
    return facts.before is not None and not facts.before.unreached and facts.before.on >= day


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"


_SENTENCES: dict[AgendaReason, Callable[[Facts, date, MdtRules], str | None]] = {
    AgendaReason.CARRIED_OVER: _carried_over,
    AgendaReason.REQUESTED: _requested,
    AgendaReason.NEW_VERY_HIGH: _new_very_high,
    AgendaReason.RECENT_ADMISSION: _recent_stay,
    AgendaReason.RISING: _rising,
    AgendaReason.OVERDUE_REVIEW: _overdue_review,
}
"""For each reason, the sentence where somebody has it."""
