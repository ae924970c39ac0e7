"""An agenda's lines in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from caseload.domain.words import ConsentPurpose
from caseload.presenters.banner import age_words
from caseload.presenters.consent import state_words
from caseload.presenters.review_rows import list_name
from caseload.presenters.words import words_of
from caseload.presenters.writing import day
from caseload.queries.agenda import ItemRow, LeftOutRow, Shown

_OBJECTS = "The reason was a risk score, and the person objects to risk scores"
_NO_SCORE = "The reason is a risk score, which you are not shown"


@dataclass(frozen=True, slots=True)
class WhoLine:
    """Somebody the viewer may open. `consent` is what they said about care coordination, `kept_from` with whom nothing is
    shared; `notes` is what must not be missed."""

    case_id: int
    person_id: int
    name: str
    age: str
    nhs_number: str
    practice: str
    notes: tuple[str, ...]
    reason: str
    text: str
    consent: str
    kept_from: str
    lead: str


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One item; `who` is None for somebody the viewer may not open."""

    item_id: int
    number: int
    row_version: int
    first: bool
    last: bool
    who: WhoLine | None

    @property
    def about(self) -> str:
        """What is read out after a button, so that one can be told from another."""
        return f"item {self.number}" if self.who is None else self.who.name


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """Somebody who is not on the agenda, and who took them off where somebody did."""

    who: WhoLine
    removed_by: str | None
    removed_why: str


def agenda_lines(items: Sequence[ItemRow], today: date) -> list[AgendaLine]:
    """The agenda, in its order."""
    return [_line(item, today, last=item.number == len(items)) for item in items]


def line_of(item: ItemRow, today: date) -> AgendaLine:
    """One item by itself."""
    return _line(item, today, last=False)


def left_out_lines(rows: Sequence[LeftOutRow], today: date) -> list[LeftOutLine]:
    """Those left out, in their order."""
    return [LeftOutLine(_who(row.shown, today), row.removed_by, row.removed_why) for row in rows]


def _line(item: ItemRow, today: date, *, last: bool) -> AgendaLine:
    who = None if item.shown is None else _who(item.shown, today)
    return AgendaLine(item.item_id, item.number, item.row_version, item.number == 1, last, who)


def _who(shown: Shown, today: date) -> WhoLine:
    person = shown.person
    said = None if shown.agreed is None else state_words(ConsentPurpose.CARE_COORDINATION, shown.agreed)
    lead = ", ".join(part for part in (shown.lead, words_of(shown.profession) if shown.profession else "") if part)
    return WhoLine(
        case_id=shown.case_id,
        person_id=person.person_id,
        name=list_name(person.family_name, person.given_name),
        age=age_words(person.date_of_birth, person.date_of_death or today),
        nhs_number=person.nhs_number,
        practice=person.practice,
        notes=_notes(shown),
        reason=words_of(shown.reason) if shown.reason else "Reason not shown",
        text=shown.text or (_OBJECTS if shown.objects else _NO_SCORE),
        consent=f"Care coordination: {said.lower() if said else 'nothing recorded'}",
        kept_from=", ".join(words_of(sector).lower() for sector in shown.refused),
        lead=lead or "Nobody yet",
    )


def _notes(shown: Shown) -> tuple[str, ...]:
    person = shown.person
    notes = [f"Died on {day(person.date_of_death)}"] if person.date_of_death else []
    if person.deregistered_on and not person.date_of_death:
        notes.append(f"Left the practice list on {day(person.deregistered_on)}")
    return (*notes, "Restricted record") if person.restricted else tuple(notes)
