"""The nightly file of a practice, to copy back into its GP system: its columns, one row for each person in care coordination.

The columns are the data dictionary's (docs/reference/data-dictionary.md) as well as the file's.
"""

from dataclasses import dataclass
from datetime import date

from caseload.domain.columns import Column
from caseload.domain.words import CaseState, Tier

_SCORE = "Empty where the person objects to risk scores, and once the score is too old to be shown."
_FLAG = "Empty without a flag in force: the person agreed that urgent care is told, and its review date is to come."

COLUMNS: tuple[Column, ...] = (
    Column("nhs_number", "NHS number, ten digits", "person.nhs_number"),
    Column("family_name", "Family name", "person.family_name"),
    Column("given_name", "Given name", "person.given_name"),
    Column("date_of_birth", "Date of birth, as 1950-01-31", "person.date_of_birth"),
    Column("tier", "Tier of the latest run: very_high, high, moderate or none", "risk_score.tier", _SCORE),
    Column("tier_as_at", "The day that run predicts from", "risk_run.index_date", _SCORE),
    Column("case_state", "Care coordination: open or on_hold", "care_case.state"),
    Column("lead", "Accountable lead", "app_user.display_name by lead_allocation"),
    Column("navigator", "Care navigator", "app_user.display_name by care_team_member"),
    Column("plan_active_since", "Since when the care plan has been in force", "plan_version.active_at"),
    Column("plan_review", "When the plan is to be reviewed", "plan_version.review_on"),
    Column("flag", "What urgent care is told, and whom they ring", "care_flag.said, ring_phone, ring_when", _FLAG),
    Column("flag_review", "When the first of the flags is to be reviewed", "care_flag.review_on", _FLAG),
    Column("last_contact", "The day of the last contact with or about the person", "contact.happened_at"),
)
NAMES = tuple(column.name for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class GpFlag:
    """What urgent care is told, for the practice's own record."""

    said: str
    ring: str
    review_on: date


@dataclass(frozen=True, slots=True)
class GpRow:
    """One person of a practice's file. Without a score where they object to it or it is too old to be shown."""

    person_id: int
    nhs_number: str
    family_name: str
    given_name: str
    date_of_birth: date
    tier: Tier | None
    tier_as_at: date | None
    case_state: CaseState
    lead: str | None
    navigator: str | None
    plan_active_since: date | None
    plan_review: date | None
    flags: tuple[GpFlag, ...]
    last_contact: date | None


@dataclass(frozen=True, slots=True)
class GpPractice:
    """A practice with the rows of its file, by family name."""

    practice_id: int
    code: str
    rows: tuple[GpRow, ...]
