"""What people change on an agenda by hand, and the chair's locking of it."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import change_by
from caseload.actions.mdt_requests import check_for_series, new_request, waiting_requests
from caseload.actions.meeting_steps import item_for_step, meeting_for_step, take_off, touch, written_about
from caseload.actions.notices import notify
from caseload.clock import local_day
from caseload.domain.agenda_changes import UnlockReason
from caseload.domain.agenda_rules import SCORE_REASONS, request_sentence
from caseload.domain.meeting_rules import MeetingStep
from caseload.domain.plan_words import AgendaReason, MeetingState
from caseload.domain.viewer import Viewer
from caseload.domain.words import CareTeamRole, NoticeKind
from caseload.exceptions import Conflict, NotNow
from caseload.queries.agenda_facts import may_be_discussed
from caseload.queries.objections import objects_to_scoring
from caseload.queries.visible import case_to_change
from caseload.tables import (
    AgendaItem,
    AgendaLeftOut,
    CareTeamMember,
    Case,
    LeadAllocation,
    MdtMeeting,
    Notice,
    Person,
)


def add_to_agenda(session: Session, *, by: Viewer, now: datetime, meeting_id: int, case_id: int, why: str) -> int:
    """Put somebody on an agenda by hand, with the reason; the item's id. A request of theirs that waited is taken up.

    NotThere for somebody the viewer may not open; NotNow for a full agenda, or a case that is not to be discussed here;
    Conflict where they are on it.
    """
    meeting, series = meeting_for_step(session, by, meeting_id, MeetingStep.ADD)
    case = case_to_change(session, by, now, case_id)
    check_for_series(session, case, series, why)
    there = session.execute(_items_of(meeting)).scalars().all()
    already = next((item for item in there if item.case_id == case.id), None)
    if already is not None:
        change = change_by(session, already.added_by, already.added_at)
        raise Conflict("This person is on the agenda already.", by=change.by, at=change.at)
    if len(there) >= series.capacity:
        raise NotNow(f"The agenda is full: {series.capacity} people. Take somebody off first.")
    _forget_left_out(session, meeting, case)
    item = AgendaItem(
        meeting_id=meeting.id, case_id=case.id, position=max((one.position for one in there), default=0) + 1,
        reason=AgendaReason.REQUESTED, reason_text=request_sentence(by.display_name, why), added_at=now,
        added_by=by.user_id,
    )  # fmt: skip
    session.add(item)
    session.flush()
    request = new_request(session, by=by, now=now, series_id=series.id, case_id=case.id, why=why)
    for waiting in session.execute(waiting_requests(series.id, case.id)).scalars():
        waiting.item_id = item.id
    request.item_id = item.id
    touch(meeting)
    session.flush()
    _record(session, "agenda.add", item, case.person_id, by, now)
    return item.id


def remove_from_agenda(session: Session, *, by: Viewer, now: datetime, item_id: int, row_version: int, why: str) -> int:
    """Take somebody off an agenda, with the reason; the meeting's id. The rule does not put them back onto this one.

    Requests that the item had taken up end with it. NotNow where something has been written down about them.
    """
    item, meeting = item_for_step(session, by, item_id, MeetingStep.REMOVE, row_version)
    if not why.strip():
        raise NotNow("Enter why they are taken off the agenda.", field="why")
    if item.id in written_about(session, meeting.id):
        raise NotNow("Something has been written down about this person. They stay on the agenda.")
    case = session.get_one(Case, item.case_id)
    _forget_left_out(session, meeting, case)
    session.add(
        AgendaLeftOut(
            meeting_id=meeting.id, case_id=case.id, place=item.position, reason=item.reason,
            reason_text=item.reason_text, removed_at=now, removed_by=by.user_id, removed_why=why,
        )
    )  # fmt: skip
    _record(session, "agenda.remove", item, case.person_id, by, now)
    take_off(session, item, by=by, now=now, ended=True)
    touch(meeting)
    session.flush()
    return meeting.id


def move_item(session: Session, *, by: Viewer, now: datetime, item_id: int, row_version: int, up: bool) -> int:
    """Change places with the neighbour above or below; the meeting's id. At the end of the list nothing changes."""
    item, meeting = item_for_step(session, by, item_id, MeetingStep.ORDER, row_version)
    order = list(session.execute(_items_of(meeting)).scalars())
    other = order.index(item) + (-1 if up else 1)
    if 0 <= other < len(order):
        neighbour = order[other]
        item.position, neighbour.position = neighbour.position, item.position
        touch(meeting)
    session.flush()
    case = session.get_one(Case, item.case_id)
    _record(session, "agenda.order", item, case.person_id, by, now)
    return meeting.id


def lock_agenda(session: Session, *, by: Viewer, now: datetime, meeting_id: int, row_version: int) -> int:
    """The chair confirms the agenda; the meeting's id. Leads and navigators of everybody on it are told.

    Conflict where the agenda changed since the chair saw it; NotNow for an empty one, or one with somebody on it who has
    left care coordination or objects to the score they are there for.
    """
    meeting, _series = meeting_for_step(session, by, meeting_id, MeetingStep.LOCK, row_version)
    items = list(session.execute(_items_of(meeting)).scalars())
    if not items:
        raise NotNow("Nobody is on the agenda yet. Build it, or add people, before it is locked.")
    _check_nobody_left(session, meeting)
    meeting.state, meeting.locked_at, meeting.locked_by = MeetingState.LOCKED, now, by.user_id
    session.flush()
    people = _people_on(session, meeting)
    _tell(session, people, by=by, now=now)
    record(
        session, "agenda.lock", by=by.user_id, now=now, people=sorted(people.values()), meeting=meeting.id,
        items=len(items),
    )  # fmt: skip
    return meeting.id


def unlock_agenda(
    session: Session, *, by: Viewer, now: datetime, meeting_id: int, row_version: int, reason: UnlockReason
) -> int:
    """The chair opens the agenda again, with a reason; the meeting's id."""
    meeting, _series = meeting_for_step(session, by, meeting_id, MeetingStep.UNLOCK, row_version)
    meeting.state, meeting.locked_at, meeting.locked_by = MeetingState.PLANNED, None, None
    session.flush()
    record(session, "agenda.unlock", by=by.user_id, now=now, meeting=meeting.id, code=reason.value)
    return meeting.id


def _items_of(meeting: MdtMeeting) -> Select[AgendaItem]:
    return (
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position, AgendaItem.id)
        .execution_options(populate_existing=True)
    )


def _forget_left_out(session: Session, meeting: MdtMeeting, case: Case) -> None:
    wanted = select(AgendaLeftOut).where(AgendaLeftOut.meeting_id == meeting.id, AgendaLeftOut.case_id == case.id)
    for row in session.execute(wanted).scalars():
        session.delete(row)
    session.flush()


def _check_nobody_left(session: Session, meeting: MdtMeeting) -> None:
    """Building the agenda again puts right what this finds, but for people about whom something was written down."""
    scored = AgendaItem.reason.in_(sorted(SCORE_REASONS))
    left = (
        select(func.count())
        .select_from(AgendaItem)
        .join(Case, Case.id == AgendaItem.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(
            AgendaItem.meeting_id == meeting.id,
            AgendaItem.id.not_in(written_about(session, meeting.id)),
            ~may_be_discussed() | (scored & objects_to_scoring()),
        )
    )
    if session.execute(left).scalar_one():
        raise NotNow(
            "Somebody on the agenda has left care coordination, or has objected to risk scores since it was built. "
            "Build the agenda again, then lock it."
        )


def _people_on(session: Session, meeting: MdtMeeting) -> dict[int, int]:
    """The people on the agenda, by case."""
    wanted = (
        select(Case.id, Case.person_id)
        .join(AgendaItem, AgendaItem.case_id == Case.id)
        .where(AgendaItem.meeting_id == meeting.id)
    )
    return {row.id: row.person_id for row in session.execute(wanted.order_by(Case.id))}


def _tell(session: Session, people: dict[int, int], *, by: Viewer, now: datetime) -> None:
    """Leads and navigators, but not whoever locks it; who has not read the last such notice of a case gets no second one."""
    told = _leads_and_navigators(session, people, now)
    unread = select(Notice.case_id, Notice.user_id).where(
        Notice.kind == NoticeKind.ON_MDT_AGENDA, Notice.case_id.in_(sorted(people)), Notice.read_at.is_(None)
    )
    waiting = {(row.case_id, row.user_id) for row in session.execute(unread)}
    for case_id, users in sorted(told.items()):
        new = {user_id for user_id in users if (case_id, user_id) not in waiting and user_id != by.user_id}
        notify(
            session, now=now, user_ids=new, kind=NoticeKind.ON_MDT_AGENDA, person_id=people[case_id], case_id=case_id
        )


def _leads_and_navigators(session: Session, people: dict[int, int], now: datetime) -> dict[int, set[int]]:
    today = local_day(now)
    leads = select(LeadAllocation.case_id, LeadAllocation.user_id).where(
        LeadAllocation.case_id.in_(sorted(people)), LeadAllocation.until_at.is_(None)
    )
    navigators = select(CareTeamMember.case_id, CareTeamMember.user_id).where(
        CareTeamMember.case_id.in_(sorted(people)),
        CareTeamMember.role == CareTeamRole.CARE_NAVIGATOR,
        CareTeamMember.from_on <= today,
        func.coalesce(CareTeamMember.until_on, today) >= today,
    )
    told: dict[int, set[int]] = {}
    for question in (leads, navigators):
        for case_id, user_id in session.execute(question):
            if user_id is not None:
                told.setdefault(case_id, set()).add(user_id)
    return told


def _record(session: Session, action: str, item: AgendaItem, person_id: int, by: Viewer, now: datetime) -> None:
    record(
        session, action, by=by.user_id, now=now, people=[person_id], case_id=item.case_id, meeting=item.meeting_id,
        item=item.id,
    )  # fmt: skip
