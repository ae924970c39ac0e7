"""Asking that somebody be discussed at a team's next meeting, and taking that back."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import change_by
from caseload.actions.versions import check_version
from caseload.domain.agenda_rules import WHY_LENGTH
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.agenda_facts import may_be_discussed
from caseload.queries.mdt_series import practices_of_team
from caseload.queries.visible import case_to_change
from caseload.tables import Case, MdtRequest, MdtSeries, Person


def request_discussion(session: Session, *, by: Viewer, now: datetime, case_id: int, series_id: int, why: str) -> int:
    """Ask that a case be discussed; the request's id. The next agenda that is built takes it up.

    NotNow for a series of another place or one that has ended; Conflict where somebody has asked already.
    """
    if not by.may(Permission.SEE_MDT):
        raise NotThere
    case = case_to_change(session, by, now, case_id)
    session.refresh(case, with_for_update=True)
    series = session.get(MdtSeries, series_id)
    if series is None:
        raise NotNow("Select the meeting at which the person is to be discussed.", field="series_id")
    check_for_series(session, case, series, why)
    waiting = session.execute(waiting_requests(series_id, case_id)).scalars().first()
    if waiting is not None:
        change = change_by(session, waiting.by, waiting.at)
        raise Conflict("Somebody has asked for this person to be discussed already.", by=change.by, at=change.at)
    request = new_request(session, by=by, now=now, series_id=series_id, case_id=case_id, why=why)
    _record(session, "mdt_request.make", request, case.person_id, by, now)
    return request.id


def take_back_request(session: Session, *, by: Viewer, now: datetime, request_id: int, row_version: int) -> int:
    """Whoever asked does not ask any more; the case's id. NotNow for one that an agenda has taken up."""
    request = session.get(MdtRequest, request_id)
    if request is None or not by.may(Permission.SEE_MDT) or request.by != by.user_id:
        raise NotThere
    case = case_to_change(session, by, now, request.case_id)
    session.refresh(request, with_for_update=True)
    if request.ended_at is not None:
        raise NotNow("This request has ended already.")
    if request.item_id is not None:
        raise NotNow("An agenda has taken this request up. Ask the coordinator to take the person off it.")
    check_version(request, row_version)
    request.ended_at, request.ended_by = now, by.user_id
    session.flush()
    _record(session, "mdt_request.take_back", request, case.person_id, by, now)
    return case.id


def check_for_series(session: Session, case: Case, series: MdtSeries, why: str) -> None:
    """NotNow where this case cannot be discussed at this team's meetings, or nobody says why it should be."""
    if not why.strip():
        raise NotNow("Enter why the person is to be discussed.", field="why")
    if len(why) > WHY_LENGTH:
        raise NotNow(f"The reason must be {WHY_LENGTH} characters or fewer.", field="why")
    if series.ended_on is not None:
        raise NotNow("This series of meetings has ended.", field="series_id")
    discussed = select(Case.id).join(Person, Person.id == Case.person_id).where(Case.id == case.id, may_be_discussed())
    if session.execute(discussed).first() is None:
        raise NotNow("This person is not in care coordination now, or does not agree to it. They are not discussed.")
    of_place = discussed.where(Person.practice_id.in_(practices_of_team(series.team_id)))
    if session.execute(of_place).first() is None:
        raise NotNow("This team’s meetings are not about people of this practice.", field="series_id")


def new_request(session: Session, *, by: Viewer, now: datetime, series_id: int, case_id: int, why: str) -> MdtRequest:
    """The row of a request, inside an action that has checked it."""
    request = MdtRequest(series_id=series_id, case_id=case_id, why=why, at=now, by=by.user_id)
    session.add(request)
    session.flush()
    return request


def waiting_requests(series_id: int, case_id: int) -> Select[MdtRequest]:
    """The question for requests of a case that no agenda has taken up yet, the first made at the top."""
    return (
        select(MdtRequest)
        .where(MdtRequest.series_id == series_id, MdtRequest.case_id == case_id, MdtRequest.ended_at.is_(None))
        .where(MdtRequest.item_id.is_(None))
        .order_by(MdtRequest.id)
    )


def _record(session: Session, action: str, request: MdtRequest, person_id: int, by: Viewer, now: datetime) -> None:
    record(
        session, action, by=by.user_id, now=now, people=[person_id], case_id=request.case_id, request=request.id,
        series=request.series_id,
    )  # fmt: skip
