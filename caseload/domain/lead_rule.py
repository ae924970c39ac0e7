"""Who should lead a case: the rule of config/lead_rules.toml, and the sentence a person can check it by.

    very high tier            → the registered GP
    aged over the bound       → the registered GP
    otherwise, primary need   → doctor, therapist, nurse, mental-health professional, social worker, secondary care
    otherwise                 → nobody can be proposed; the sentence says what is missing

Source: Tower Hamlets Better Care Fund plan (2014), accountable lead professional.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from caseload.domain.words import PrimaryNeed, Profession, Tier

MISSING = "MISSING"
"""The rule code of a proposal that proposes nobody."""


class AgeBound(StrEnum):
    """What "over 75" means here: from the 76th birthday, or from the 75th."""

    OVER_75 = "over_75"
    FROM_75 = "75_and_over"


_FIRST_AGE = {AgeBound.OVER_75: 76, AgeBound.FROM_75: 75}
_BOUND_WORDS = {AgeBound.OVER_75: "over 75", AgeBound.FROM_75: "75 or over"}

LEAD_WORDS: dict[Profession, str] = {
    Profession.GP: "the registered GP",
    Profession.DOCTOR: "a doctor",
    Profession.THERAPIST: "a therapist",
    Profession.NURSE: "a nurse",
    Profession.MENTAL_HEALTH: "a mental health professional",
    Profession.SOCIAL_WORKER: "a social worker",
    Profession.SECONDARY_CARE: "a secondary care clinician",
}
"""A profession as the subject of "… leads"."""

NEED_WORDS: dict[PrimaryNeed, str] = {
    PrimaryNeed.MEDICAL: "medical",
    PrimaryNeed.FUNCTIONAL: "functional (mobility and daily living)",
    PrimaryNeed.NURSING: "nursing",
    PrimaryNeed.MENTAL_HEALTH: "mental health",
    PrimaryNeed.SOCIAL: "social",
    PrimaryNeed.SPECIALIST: "specialist",
}
"""A primary need inside a sentence."""

_TIER_WORDS = {Tier.VERY_HIGH: "very high", Tier.HIGH: "high", Tier.MODERATE: "moderate"}


@dataclass(frozen=True)
class Clause:
    """One line of the rule: its code, and who leads where it holds."""

    code: str
    lead: Profession


@dataclass(frozen=True)
class LeadRules:
    """The whole rule as configured. `weights` are points of workload for each tier."""

    version: str
    age_bound: AgeBound
    score_valid_days: int
    very_high: Clause
    age: Clause
    need: Mapping[PrimaryNeed, Clause]
    stands_for: Mapping[Profession, frozenset[Profession]]
    weights: Mapping[Tier, int]


@dataclass(frozen=True)
class LeadFacts:
    """What the rule looks at. `tier` and `run_on` are None where there is no score that may be used."""

    born: date
    tier: Tier | None = None
    run_on: date | None = None
    need: PrimaryNeed | None = None


@dataclass(frozen=True)
class LeadOutcome:
    """What the rule says: `profession` is None where it says what is missing instead."""

    rule_code: str
    rule_version: str
    profession: Profession | None
    sentence: str


def age_on(born: date, day: date) -> int:
    """Completed years. Born on 29 February: 1 March in a year without one (Family Law Reform Act 1969, s. 9)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def lead_outcome(rules: LeadRules, facts: LeadFacts, day: date) -> LeadOutcome:
    """Apply the rule to one person on one day."""
    age = age_on(facts.born, day)
    if _score_counts(rules, facts, day) and facts.tier is Tier.VERY_HIGH:
        cause = f"Very high risk in the run of {in_words(facts.run_on)}"
        return _led(rules, rules.very_high, cause)
    if age >= _FIRST_AGE[rules.age_bound]:
        return _led(rules, rules.age, f"Aged {age} on {in_words(day)}, which is {_BOUND_WORDS[rules.age_bound]}")
    if facts.need is None:
        return _missing(rules, facts, day)
    cause = f"{_neither(rules, facts, day)}, and the primary need is {NEED_WORDS[facts.need]}"
    return _led(rules, rules.need[facts.need], cause)


def same_outcome(one: LeadOutcome, other: tuple[str, str, Profession | None] | None) -> bool:
    """Whether an earlier proposal (its code, version, profession) says the same, whatever the dates in its sentence."""
    return (one.rule_code, one.rule_version, one.profession) == other


def sentence_for(sentence: str, rule_code: str, rules: LeadRules, *, may_see_score: bool) -> str:
    """A proposal's or a lead's sentence as it is shown: without a tier to somebody who may not see one."""
    if may_see_score or rule_code == rules.age.code:
        return sentence
    return "The lead rule was applied. Its reason rests on a risk score, which is not shown to you."


def in_words(day: date | None) -> str:
    """A day as it is written in a sentence: 1 October 2026."""
    return f"{day.day} {day:%B} {day.year}" if day is not None else "an unknown day"


def _score_counts(rules: LeadRules, facts: LeadFacts, day: date) -> bool:
    return facts.run_on is not None and 0 <= (day - facts.run_on).days <= rules.score_valid_days


def _led(rules: LeadRules, clause: Clause, cause: str) -> LeadOutcome:
    sentence = f"{cause}, so {LEAD_WORDS[clause.lead]} leads (rule {clause.code}, version {rules.version})."
    return LeadOutcome(clause.code, rules.version, clause.lead, sentence)


def _missing(rules: LeadRules, facts: LeadFacts, day: date) -> LeadOutcome:
    sentence = (
        f"{_neither(rules, facts, day)}, so the primary need decides, and it is not recorded. "
        f"Record the primary need (version {rules.version})."
    )
    return LeadOutcome(MISSING, rules.version, None, sentence)


def _neither(rules: LeadRules, facts: LeadFacts, day: date) -> str:
    """Why the first two clauses do not hold, so that this can be checked as well."""
    age = f"aged {age_on(facts.born, day)} on {in_words(day)}, which is not {_BOUND_WORDS[rules.age_bound]}"
    if not _score_counts(rules, facts, day) or facts.tier is None:
        return f"No score that may be used, {age}"
    if facts.tier is Tier.NONE:
        return f"In no tier in the run of {in_words(facts.run_on)}, {age}"
    return f"{_TIER_WORDS[facts.tier].capitalize()} risk in the run of {in_words(facts.run_on)}, {age}"
