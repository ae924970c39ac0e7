"""A meeting's agenda as one viewer may see it: people they may not open are a number and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.agenda_rules import SCORE_REASONS
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import AgendaReason
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ConsentPurpose, ConsentState, Profession, Sector
from caseload.exceptions import NotThere
from caseload.queries.meetings import MeetingPage, meeting_page
from caseload.queries.objections import objects_to_scoring, said_no
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.search import person_with_number
from caseload.queries.visible import SHARING, openable
from caseload.tables import (
    AgendaItem,
    AgendaLeftOut,
    Case,
    Consent,
    LeadAllocation,
    Organisation,
    Person,
    User,
)

LEFT_OUT_SHOWN = 50
"""How many of those who did not fit a page shows."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an agenda tells of somebody the viewer may open.

    `reason` and `text` are None where they tell of a score that this viewer is not shown; `objects` says that the person
    objects to one. `agreed` is what was said about care coordination, `refused` with which sectors nothing is shared.
    """

    case_id: int
    person: PersonFacts
    reason: AgendaReason | None
    text: str | None
    objects: bool
    agreed: ConsentState | None
    refused: tuple[Sector, ...]
    lead: str | None
    profession: Profession | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item by its number; `shown` is None for somebody the viewer may not open."""

    item_id: int
    number: int
    row_version: int
    shown: Shown | None


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """Somebody who is not on the agenda: there was no room, or `removed_by` took them off and said why."""

    shown: Shown
    removed_by: str | None
    removed_why: str


@dataclass(frozen=True, slots=True)
class AgendaPage:
    """A meeting with its agenda. `hidden` is how many left out the viewer may not open, `more` how many did not fit besides
    those that are shown."""

    of: MeetingPage
    items: tuple[ItemRow, ...]
    did_not_fit: tuple[LeftOutRow, ...]
    removed: tuple[LeftOutRow, ...]
    hidden: int
    more: int

    @property
    def people(self) -> list[int]:
        """Everybody whose name is on it."""
        left_out = [row.shown for row in (*self.did_not_fit, *self.removed)]
        return [one.person.person_id for one in (*(item.shown for item in self.items), *left_out) if one]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item with its meeting."""

    of: MeetingPage
    item: ItemRow


def agenda_page(session: Session, viewer: Viewer, now: datetime, meeting_id: int) -> AgendaPage:
    """The agenda of a meeting; NotThere for who is not shown the series."""
    of = meeting_page(session, viewer, meeting_id)
    left_out = _left_out(session, viewer, now, meeting_id)
    seen = [row for row in left_out if row is not None]
    did_not_fit = [row for row in seen if row.removed_by is None]
    return AgendaPage(
        of,
        _items(session, viewer, now, meeting_id),
        tuple(did_not_fit[:LEFT_OUT_SHOWN]),
        tuple(row for row in seen if row.removed_by is not None),
        len(left_out) - len(seen),
        max(len(did_not_fit) - LEFT_OUT_SHOWN, 0),
    )


def item_page(session: Session, viewer: Viewer, now: datetime, item_id: int) -> ItemPage:
    """An item with its meeting; NotThere for who is not shown the series."""
    meeting_id = session.execute(select(AgendaItem.meeting_id).where(AgendaItem.id == item_id)).scalar_one_or_none()
    if meeting_id is None:
        raise NotThere
    of = meeting_page(session, viewer, meeting_id)
    return ItemPage(of, next(item for item in _items(session, viewer, now, meeting_id) if item.item_id == item_id))


def case_to_add(session: Session, viewer: Viewer, now: datetime, nhs_number: str) -> int | None:
    """The current case of the person with this number; None where there is none, or none the viewer may open."""
    person_id = person_with_number(session, viewer, now, nhs_number)
    wanted = select(Case.id).where(Case.person_id == person_id, Case.state != CaseState.CLOSED)
    return session.execute(wanted).scalar_one_or_none()


def _items(session: Session, viewer: Viewer, now: datetime, meeting_id: int) -> tuple[ItemRow, ...]:
    question = _about(AgendaItem, viewer, now).where(AgendaItem.meeting_id == meeting_id)
    rows = session.execute(question.order_by(AgendaItem.position, AgendaItem.id))
    return tuple(
        ItemRow(row.AgendaItem.id, number, row.AgendaItem.row_version, _shown(row, row.AgendaItem, viewer))
        for number, row in enumerate(rows, start=1)
    )


def _left_out(session: Session, viewer: Viewer, now: datetime, meeting_id: int) -> list[LeftOutRow | None]:
    """Those left out in the rule's order; None for each the viewer may not open."""
    remover = aliased(User)
    question = (
        _about(AgendaLeftOut, viewer, now)
        .add_columns(remover.display_name.label("remover"))
        .outerjoin(remover, remover.id == AgendaLeftOut.removed_by)
        .where(AgendaLeftOut.meeting_id == meeting_id)
        .order_by(AgendaLeftOut.place, AgendaLeftOut.id)
    )
    found = [(row, _shown(row, row.AgendaLeftOut, viewer)) for row in session.execute(question)]
    return [
        None if shown is None else LeftOutRow(shown, row.remover, row.AgendaLeftOut.removed_why) for row, shown in found
    ]


def _about(table: type[AgendaItem | AgendaLeftOut], viewer: Viewer, now: datetime) -> Select[*tuple[Any, ...]]:
    """Rows of an agenda with who each is about, and whether the viewer may open them."""
    practice = aliased(Organisation)
    agreed = (
        select(Consent.state)
        .where(Consent.person_id == Person.id, Consent.purpose == ConsentPurpose.CARE_COORDINATION)
        .order_by(Consent.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    lead = and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None))
    return (
        select(
            table, Person, practice.name.label("practice"), openable(viewer, now).label("open"),
            objects_to_scoring().label("objects"), agreed.label("agreed"), User.display_name.label("lead"),
            LeadAllocation.profession.label("profession"),
            *(said_no(purpose).label(sector.value) for sector, purpose in SHARING.items()),
        )
        .join(Case, Case.id == table.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(practice, practice.id == Person.practice_id)
        .outerjoin(LeadAllocation, lead)
        .outerjoin(User, User.id == LeadAllocation.user_id)
    )  # fmt: skip


def _shown(row: Row[*tuple[Any, ...]], entry: AgendaItem | AgendaLeftOut, viewer: Viewer) -> Shown | None:
    if not row.open:
        return None
    of_score = entry.reason in SCORE_REASONS
    told = not of_score or (viewer.may(Permission.SEE_SCORE) and not row.objects)
    return Shown(
        entry.case_id, facts_of(row.Person, row.practice), entry.reason if told else None,
        entry.reason_text if told else None, bool(row.objects), row.agreed,
        tuple(sector for sector in SHARING if getattr(row, sector.value)), row.lead, row.profession,
    )  # fmt: skip
