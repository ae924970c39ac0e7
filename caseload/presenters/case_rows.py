"""A case in a list, in words."""

from dataclasses import dataclass
from datetime import date

from caseload.clock import local_day
from caseload.domain.lead_rule import LEAD_WORDS
from caseload.domain.words import CaseState, Tier
from caseload.presenters.banner import age_words
from caseload.presenters.review_rows import list_name
from caseload.presenters.words import words_of
from caseload.presenters.writing import counted, short_day
from caseload.queries.cases import CaseRow


@dataclass(frozen=True, slots=True)
class CaseWords:
    """One row. `notes` is what must not be missed: died, moved, restricted."""

    case_id: int
    person_id: int
    name: str
    age: str
    nhs_number: str
    practice: str
    notes: tuple[str, ...]
    state: CaseState
    alive: bool
    need: str
    tier: Tier | None
    lead: str
    lead_kept_out: bool
    profession: str
    last_contact: str
    opened: str
    waiting: str
    why: str


def case_words(row: CaseRow, today: date, *, may_see_score: bool) -> CaseWords:
    """A row of a list on a day. What the rule said names the tier, so it is only for who may see scores."""
    waited = (today - local_day(row.without_lead_since)).days
    return CaseWords(
        row.case_id,
        row.person_id,
        list_name(row.family_name, row.given_name),
        age_words(row.date_of_birth, row.date_of_death or today),
        row.nhs_number,
        row.practice,
        _notes(row),
        row.state,
        row.date_of_death is None,
        words_of(row.need) if row.need else "Not recorded",
        row.tier,
        row.lead or "Nobody",
        row.lead_kept_out,
        words_of(row.profession) if row.profession else "",
        "None yet" if row.last_contact is None else short_day(local_day(row.last_contact)),
        short_day(local_day(row.opened_at)),
        "Since today" if waited <= 0 else counted(waited, "day"),
        _why(row, may_see_score=may_see_score),
    )


def _notes(row: CaseRow) -> tuple[str, ...]:
    notes = []
    if row.date_of_death:
        notes.append(f"Died {short_day(row.date_of_death)}")
    elif row.deregistered_on:
        notes.append(f"Left the practice list {short_day(row.deregistered_on)}")
    if row.restricted:
        notes.append("Restricted record")
    return tuple(notes)


def _why(row: CaseRow, *, may_see_score: bool) -> str:
    """Why nobody leads yet: what is missing, or who has to confirm whom."""
    if not row.why:
        return "No lead has been proposed yet"
    if row.proposed is None:
        return row.why if may_see_score else "The rule needs something that is not recorded"
    proposed = f"The rule proposes {LEAD_WORDS[row.proposed]}: nobody has confirmed a name yet"
    return f"{proposed}. {row.why}" if may_see_score else proposed
