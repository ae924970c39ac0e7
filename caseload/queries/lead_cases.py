"""What the lead rule needs to know of a case and its person, in one question."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, ScalarSelect, and_, select, true
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.lead_rule import LeadFacts
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, Sector
from caseload.exceptions import NotThere
from caseload.queries.objections import objects_to_scoring, said_no
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.visible import SHARING, openable, related
from caseload.tables import Case, LeadAllocation, Organisation, Person, RiskRun, RiskScore

# Made once: to make one takes as long as to ask a question.
_RUN = aliased(RiskRun)
_AROUND = tuple(aliased(Organisation) for _ in range(4))
"""The practice, its network, locality and borough."""


@dataclass(frozen=True, slots=True)
class LeadCase:
    """A case as the rule sees it. `path` is the person's practice and the places around it, smallest first.

    `refused` has the sectors the person does not want their record shared with; `objects` says that they do not want
    a score to be used at all; `lasting` is False for a viewer to whom break-glass alone opens the record.
    """

    case_id: int
    person: PersonFacts
    state: CaseState
    row_version: int
    facts: LeadFacts
    refused: frozenset[Sector]
    path: tuple[int, ...]
    objects: bool
    lasting: bool

    @property
    def person_id(self) -> int:
        """Whose case it is."""
        return self.person.person_id

    @property
    def restricted(self) -> bool:
        """Whether only named people may open the record."""
        return self.person.restricted

    @property
    def practice_id(self) -> int:
        """Where the person is registered."""
        return self.path[0]


def lead_case(session: Session, viewer: Viewer, now: datetime, case_id: int) -> LeadCase:
    """The case, for somebody who may open its person; NotThere otherwise."""
    found = _read(session, now, and_(Case.id == case_id, openable(viewer, now)), related(viewer, now))
    if not found:
        raise NotThere
    return found[0]


def lead_cases(session: Session, viewer: Viewer, now: datetime, case_ids: Iterable[int]) -> dict[int, LeadCase]:
    """Those of the cases whose people the viewer may open, by id."""
    wanted = and_(Case.id.in_(sorted(set(case_ids))), openable(viewer, now))
    return {case.case_id: case for case in _read(session, now, wanted, related(viewer, now))}


def cases_for_rule(session: Session, now: datetime, case_ids: Iterable[int]) -> dict[int, LeadCase]:
    """The same for the rule itself, which asks on nobody's behalf; never for a page."""
    return {case.case_id: case for case in _read(session, now, Case.id.in_(sorted(set(case_ids))), true())}


def lead_in_force(session: Session, case_id: int) -> LeadAllocation | None:
    """Who leads a case now, as the row itself: for actions that have locked the case."""
    wanted = select(LeadAllocation).where(LeadAllocation.case_id == case_id, LeadAllocation.until_at.is_(None))
    return session.execute(wanted).scalar_one_or_none()


def latest_run(now: datetime) -> ScalarSelect[int]:
    """The id of the newest run that was made by today."""
    newest = select(_RUN.id).where(_RUN.index_date <= local_day(now))
    return newest.order_by(_RUN.index_date.desc(), _RUN.id.desc()).limit(1).scalar_subquery()


def _read(session: Session, now: datetime, wanted: ColumnElement[bool], lasting: ColumnElement[bool]) -> list[LeadCase]:
    practice, network, locality, borough = _AROUND
    rows = session.execute(
        select(
            Case.id, Case.state, Case.row_version, Case.primary_need, Person, practice.name.label("practice"),
            RiskScore.tier, RiskRun.index_date,
            network.id.label("network_id"), locality.id.label("locality_id"), borough.id.label("borough_id"),
            objects_to_scoring().label("no_score"), lasting.label("lasting"),
            *(said_no(purpose).label(sector.value) for sector, purpose in SHARING.items()),
        )
        .join(Person, Person.id == Case.person_id)
        .join(practice, practice.id == Person.practice_id)
        .outerjoin(network, network.id == practice.parent_id)
        .outerjoin(locality, locality.id == network.parent_id)
        .outerjoin(borough, borough.id == locality.parent_id)
        .outerjoin(
            RiskScore,
            and_(RiskScore.person_id == Person.id, RiskScore.run_id == latest_run(now)),
        )
        .outerjoin(RiskRun, RiskRun.id == RiskScore.run_id)
        .where(wanted)
        .order_by(Case.id)
    ).mappings()  # fmt: skip
    return [_case(row) for row in rows]


def _case(row: RowMapping) -> LeadCase:
    person: Person = row["Person"]
    scored = not row["no_score"]
    facts = LeadFacts(
        person.date_of_birth,
        tier=row["tier"] if scored else None,
        run_on=row["index_date"] if scored else None,
        need=row["primary_need"],
    )
    around = (person.practice_id, row["network_id"], row["locality_id"], row["borough_id"])
    return LeadCase(
        row["id"], facts_of(person, row["practice"]), row["state"], row["row_version"], facts,
        frozenset(sector for sector in SHARING if row[sector.value]),
        tuple(place for place in around if place is not None), row["no_score"], bool(row["lasting"]),
    )  # fmt: skip
