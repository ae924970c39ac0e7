"""Flags for urgent care: what one may say, about whom there may be one, and what ends it by itself.

What is sent is what the Flag of FHIR R4 can carry for somebody with minutes to spare: words of 140 characters, who to
ring and when, until when it holds. Whom urgent care may be told of is the rule of `caseload.domain.sharing_rules`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from caseload.domain.border_words import FlagCategory, FlagEnding
from caseload.domain.plan_headings import Contents
from caseload.domain.plan_words import PlanHeading
from caseload.domain.sharing_rules import RecipientKind, why_not_shared
from caseload.domain.urgent_summary_rules import sentences_of
from caseload.domain.words import ConsentPurpose, ConsentState

SAID = 140
"""The most characters a flag says."""
RING_NAME, RING_PHONE, RING_WHEN, NOTE = 200, 40, 200, 2000
"""The most characters of who to ring, by which number and when; and of why a flag was ended."""

ASKED = frozenset({ConsentPurpose.SHARING_URGENT_CARE, ConsentPurpose.CARE_COORDINATION})
"""The purposes whose answers decide whether urgent care is told anything of somebody."""

_GAP = re.compile(r"\[[^\[\]]*\]")
_NUMBER = re.compile(r"\d(?:[ -]?\d){5,}")
_PHONE = re.compile(r"(?<!\d)(?:\+44|0)(?:[ -]?\d){9,10}(?!\d)")
_DIALLED = re.compile(r"[0-9+() -]+(?:(?:ext|x)\.? ?[0-9]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FlagCode:
    """One thing a flag can be about. `says` has gaps in square brackets; `taken_from` is what of a plan fills the first."""

    code: str
    category: FlagCategory
    name: str
    says: str
    taken_from: tuple[PlanHeading, str] | None
    offered: bool


@dataclass(frozen=True, slots=True)
class FlagRules:
    """What flags go by in an installation; days are calendar days."""

    version: str
    longest_days: int
    ahead_days: int
    codes: Mapping[str, FlagCode]

    def latest_review(self, today: date) -> date:
        """The last day a flag that is set or changed today may be reviewed."""
        return today + timedelta(days=self.longest_days)

    def review_on(self, today: date, plan_review: date | None) -> date:
        """The day a form begins with: that of the plan's review where it is to come in time, else the latest there is."""
        latest = self.latest_review(today)
        return plan_review if plan_review is not None and today < plan_review < latest else latest

    def task_on(self, today: date, review_on: date) -> date:
        """When the task to review a flag is due: ahead of the date, and never before today."""
        return max(today, review_on - timedelta(days=self.ahead_days))

    def name_of(self, code: str) -> str:
        """What a code is called; the code itself where the place has dropped it."""
        known = self.codes.get(code)
        return code if known is None else known.name


@dataclass(frozen=True, slots=True)
class FlagStanding:
    """How things stand with somebody, as far as flags go. `holds` is the latest answer for each purpose."""

    died: bool
    left: bool
    restricted: bool
    holds: Mapping[ConsentPurpose, ConsentState]
    case_current: bool
    plan_active: bool


WHY_NOT: Mapping[FlagEnding, str] = {
    FlagEnding.DIED: "This person has died. There are no flags about them.",
    FlagEnding.LEFT: "This person is not on the list of a practice here. There are no flags about them.",
    FlagEnding.RESTRICTED: "This record is restricted. Nobody outside is told anything about this person.",
    FlagEnding.CASE_CLOSED: "This person has no open case. A flag goes with a care plan.",
    FlagEnding.PLAN_ENDED: "There is no active care plan. A flag goes with one.",
}
"""What is said instead of setting a flag; where consent stands against it, the sentence is that of sharing."""

TOLD = frozenset(FlagEnding) - {FlagEnding.DIED, FlagEnding.LEFT, FlagEnding.CASE_CLOSED, FlagEnding.REPLACED}
"""The endings the lead and the navigators get a notice of. Of the others they are told at the same moment anyway."""


def stands_against(standing: FlagStanding) -> FlagEnding | None:
    """What there can be no flag for, the first of what applies; None where there can be one."""
    reasons = (
        (FlagEnding.DIED, standing.died),
        (FlagEnding.LEFT, standing.left),
        (FlagEnding.RESTRICTED, standing.restricted),
        (FlagEnding.CONSENT, why_not_shared(RecipientKind.URGENT_CARE, standing.holds) is not None),
        (FlagEnding.CASE_CLOSED, not standing.case_current),
        (FlagEnding.PLAN_ENDED, not standing.plan_active),
    )
    return next((ending for ending, applies in reasons if applies), None)


def why_not_flagged(standing: FlagStanding) -> str | None:
    """The sentence that says why no flag can be set; None where one can."""
    ending = stands_against(standing)
    if ending is not FlagEnding.CONSENT:
        return None if ending is None else WHY_NOT[ending]
    refusal = why_not_shared(RecipientKind.URGENT_CARE, standing.holds)
    return None if refusal is None else refusal.sentence


def ended_by_itself(standing: FlagStanding, review_on: date, today: date) -> FlagEnding | None:
    """Why an active flag holds no longer; None where it does. It holds on the day of its review."""
    return stands_against(standing) or (FlagEnding.REVIEW_DATE_PASSED if review_on < today else None)


def why_not_said(said: str) -> str | None:
    """What is wrong with the words of a flag, in a sentence; None where nothing is."""
    if not said:
        return "Enter what urgent care should know."
    if len(said) > SAID:
        return f"What urgent care should know must be {SAID} characters or fewer."
    if _GAP.search(said) or "[" in said or "]" in said:
        return "Fill in what stands in square brackets."
    if _NUMBER.search(said):
        return "Leave long numbers out of the words. There is a field for the telephone number."
    return None


def why_not_rung(phone: str) -> str | None:
    """What is wrong with the number to ring, in a sentence; None where it can be dialled."""
    digits = sum(one.isdigit() for one in phone)
    if digits < 3 or _DIALLED.fullmatch(phone) is None:
        return "Enter a telephone number that can be dialled, like 020 7946 0000."
    return None


def why_not_reviewed_on(review_on: date, today: date, rules: FlagRules) -> str | None:
    """What is wrong with a review date, in a sentence; None where nothing is."""
    if review_on <= today:
        return "The review date must be after today."
    if review_on > rules.latest_review(today):
        return f"The review date must be within {rules.longest_days} days."
    return None


def first_words(code: FlagCode, contents: Contents) -> str:
    """What a form begins with: the fixed words, their first gap filled from the plan where that fits."""
    if code.taken_from is None:
        return code.says
    heading, name = code.taken_from
    for entry in contents.get(heading, ()):
        sentences = sentences_of(entry.get(name, ""))
        said = _filled(code.says, sentences[0].rstrip(".!? ")) if sentences else ""
        if said and why_not_said(said) is None:
            return said
    return code.says


def _filled(says: str, text: str) -> str:
    gap = _GAP.search(says)
    return says if gap is None else says[: gap.start()] + text + says[gap.end() :]


def first_phone(contents: Contents) -> str:
    """The first telephone number that the plan names for when things change; empty where it names none."""
    for entry in contents.get(PlanHeading.CONTINGENCY, ()):
        found = _PHONE.search(entry.get("who", ""))
        if found is not None:
            return found.group()
    return ""
