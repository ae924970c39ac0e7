"""EpisodeOfCare and CareTeam: a person's case, who answers for it, and who works on it. Both have the id of the case."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, PrimaryNeed
from caseload.queries.outward.conditions import Condition, asked, period, pointer, token, words_of
from caseload.queries.outward.listing import Listing, patient, patient_id, rows_of, slice_of, updated
from caseload.queries.outward.newest import newest_of
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.reach import reachable
from caseload.tables import CareTeamMember, Case, CaseEvent, LeadAllocation, Person, User
from interfaces.fhir.care_team import EPISODE_TEAM, LEAD, CareTeamRecord, Participant
from interfaces.fhir.care_team import STATUSES as TEAM_STATUSES
from interfaces.fhir.code_systems import LOINC, our_codes
from interfaces.fhir.episode_of_care import STATUSES, EpisodeOfCareRecord
from interfaces.fhir.search_values import Filter, Value

_EPISODE_STATUS = "http://hl7.org/fhir/episode-of-care-status"
_TEAM_STATUS = "http://hl7.org/fhir/care-team-status"
_LEAD = aliased(LeadAllocation)


def _latest(column: Any, case_id: Any) -> Any:
    return select(func.max(column)).where(case_id == Case.id).correlate(Case).scalar_subquery()


def case_changed() -> Any:
    """When a case last changed in its state, its need or its lead, as an expression on `Case`."""
    return newest_of(
        Case.opened_at,
        Case.closed_at,
        _latest(CaseEvent.at, CaseEvent.case_id),
        _latest(LeadAllocation.from_at, LeadAllocation.case_id),
        _latest(LeadAllocation.until_at, LeadAllocation.case_id),
    )


def find_episodes(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Every case there is or was."""
    question = (
        select(Case, Person.practice_id, Person.pseudonym, _LEAD.user_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(_LEAD, and_(_LEAD.case_id == Case.id, _LEAD.until_at.is_(None)))
        .where(reachable(viewer, now))
    )
    needs = words_of(Case.primary_need, {need.value: need for need in PrimaryNeed})
    coordination = {"care_coordination": Case.id.is_not(None)}
    conditions: dict[str, Condition] = {
        **patient(viewer),
        "status": token({_EPISODE_STATUS: words_of(Case.state, {STATUSES[one.value]: one for one in CaseState})}),
        "type": token({our_codes("primary-need"): needs, our_codes("episode"): coordination}),
        "date": period(Case.opened_at, Case.closed_at),
        "care-manager": pointer("Practitioner", _LEAD.user_id),
        "organization": pointer("Organization", Person.practice_id),
    }
    rows = rows_of(session, wanted, question, Listing((Case.id,), case_changed(), conditions))
    found = [
        EpisodeOfCareRecord(
            id=str(case.id), updated_at=updated(row), patient=patient_id(viewer, case.person_id, pseudonym),
            state=case.state.value, primary_need=case.primary_need.value if case.primary_need else "",
            practice=str(practice_id), opened_at=case.opened_at, closed_at=case.closed_at, lead=str(lead_id or ""),
        )
        for row in rows.rows
        for case, practice_id, pseudonym, lead_id in [row[:4]]
    ]  # fmt: skip
    return slice_of(viewer, rows, [(one, [row[0].person_id]) for one, row in zip(found, rows.rows, strict=True)])


def find_care_teams(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """The team of every case. When somebody's place on it was ended is kept as a day, so that it counts from that day."""
    question = (
        select(Case, Person.practice_id, Person.pseudonym)
        .join(Person, Person.id == Case.person_id)
        .where(reachable(viewer, now))
    )
    changed = newest_of(case_changed(), _latest(CareTeamMember.added_at, CareTeamMember.case_id))
    rows = rows_of(session, wanted, question, Listing((Case.id,), changed, _team_conditions(viewer)))
    people = _participants(session, [row[0].id for row in rows.rows])
    found = [
        CareTeamRecord(
            id=str(case.id), updated_at=updated(row), patient=patient_id(viewer, case.person_id, pseudonym),
            state=case.state.value, practice=str(practice_id), opened_at=case.opened_at, closed_at=case.closed_at,
            participants=tuple(people[case.id]),
        )
        for row in rows.rows
        for case, practice_id, pseudonym in [row[:3]]
    ]  # fmt: skip
    return slice_of(viewer, rows, [(one, [row[0].person_id]) for one, row in zip(found, rows.rows, strict=True)])


def _team_conditions(viewer: Viewer) -> dict[str, Condition]:
    going_on, over = Case.state != CaseState.CLOSED, Case.state == CaseState.CLOSED
    statuses = {TEAM_STATUSES["open"]: going_on, TEAM_STATUSES["closed"]: over}
    return {
        **patient(viewer),
        "status": token({_TEAM_STATUS: statuses}),
        "category": token({LOINC: {EPISODE_TEAM: Case.id.is_not(None)}}),
        "date": period(Case.opened_at, Case.closed_at),
        "participant": _on_team,
    }


def _on_team(chosen: Filter) -> ColumnElement[bool]:
    """Somebody who leads or has led, or is or was on the team otherwise."""
    led = exists().where(LeadAllocation.case_id == Case.id).correlate(Case)
    worked = exists().where(CareTeamMember.case_id == Case.id).correlate(Case)

    def one(value: Value) -> ColumnElement[bool]:
        alone = Filter((value,))
        leads = led.where(pointer("Practitioner", LeadAllocation.user_id)(alone))
        return or_(leads, worked.where(pointer("Practitioner", CareTeamMember.user_id)(alone)))

    return asked(chosen, one, or_(led, worked))


def _participants(session: Session, case_ids: Sequence[int]) -> dict[int, list[Participant]]:
    """Everybody's time on these teams, in two statements: leads first, the latest last of them."""
    people: dict[int, list[Participant]] = defaultdict(list)
    leads = (
        select(LeadAllocation, User.home_id)
        .join(User, User.id == LeadAllocation.user_id)
        .where(LeadAllocation.case_id.in_(case_ids))
        .order_by(LeadAllocation.from_at, LeadAllocation.id)
    )
    for lead, home_id in session.execute(leads) if case_ids else ():
        people[lead.case_id].append(
            Participant(
                LEAD, lead.profession.value, str(lead.user_id), "", str(home_id), "", lead.from_at, lead.until_at
            )
        )
    members = (
        select(CareTeamMember, User.home_id)
        .outerjoin(User, User.id == CareTeamMember.user_id)
        .where(CareTeamMember.case_id.in_(case_ids))
        .order_by(CareTeamMember.from_on, CareTeamMember.id)
    )
    for member, home_id in session.execute(members) if case_ids else ():
        people[member.case_id].append(
            Participant(
                member.role.value, "", str(member.user_id or ""), member.name, str(home_id or ""), member.organisation,
                member.from_on, member.until_on,
            )
        )  # fmt: skip
    return people
