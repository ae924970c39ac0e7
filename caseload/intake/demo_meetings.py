"""Meetings of a demonstration: one that was held and closed, the next with its agenda built."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.agenda import lock_agenda
from caseload.actions.agenda_building import build_agenda
from caseload.actions.attendance import Mark, mark_attendance
from caseload.actions.mdt_closing import close_meeting
from caseload.actions.mdt_decisions import NewAction
from caseload.actions.mdt_notes import Outcome, save_item
from caseload.actions.mdt_requests import request_discussion
from caseload.actions.mdt_series import create_series
from caseload.clock import local_day
from caseload.domain.plan_words import AttendanceState, MdtDecisionKind
from caseload.intake.demo_scene import OpenCase, Scene
from caseload.queries.mdt_series import teams_to_run
from caseload.tables import AgendaItem, MdtMeeting

_CHAIR = "nadia.hussain"
_FIRST, _ALL = 6, 14
_WHY = (
    "Two falls since the last visit; the family is worried.",
    "The home care agency cannot come in the evenings any more.",
    "Not sure who should lead: mostly mental health now.",
)
_DECISIONS = (
    (MdtDecisionKind.CONTINUE, "The plan works. Go on with it.", "Look at the plan again with the carer"),
    (MdtDecisionKind.STEP_UP, "Two falls in a month: more than one visit a week is needed.", "Arrange rapid response"),
    (MdtDecisionKind.REFER, "Memory has become worse.", "Refer to the memory clinic"),
    (MdtDecisionKind.STEP_DOWN, "Settled since the medicines were sorted out.", ""),
)
_NOTES = {
    "situation": "Known to all present.",
    "action_to_date": "Visited twice since the last list.",
    "latest": "Better on the stairs with the new rail.",
    "persons_view": "Would like fewer people coming, and the same ones.",
}


def meetings(scene: Scene) -> None:
    """The first network's weekly meeting: the first of this month was held, the next one has its agenda."""
    navigator = scene.staff.practices[0].navigator
    series = scene.maybe(navigator, scene.at(scene.second + timedelta(days=2)), _series, scene=scene)
    if series is None:
        return
    theirs = [case for case in scene.cases() if case.surgery.navigator == navigator][:_ALL]
    _requests(scene, navigator, series, theirs[:_FIRST], scene.at(scene.second + timedelta(days=2), 11))
    held, coming = _meetings(scene, series)
    for meeting_id, day in held[:1]:
        _hold(scene, navigator, meeting_id, day)
    _requests(scene, navigator, series, theirs[_FIRST:], scene.end)
    for meeting_id, _ in coming[:1]:
        scene.maybe(navigator, scene.end, build_agenda, meeting_id=meeting_id)


def _series(session: Session, *, by: Any, now: datetime, scene: Scene) -> int:
    team = teams_to_run(session, by)[0]
    return create_series(
        session, by=by, now=now, name=f"{team.words} MDT", team_id=team.row_id, weekday=2, starts="12:30",
        venue="Seminar room, and by video", chair_id=scene.staff.ids[_CHAIR], coordinator_id=by.user_id, quorum=2,
        capacity=25,
    )  # fmt: skip


def _requests(scene: Scene, navigator: str, series_id: int, cases: Sequence[OpenCase], at: datetime) -> None:
    """The navigator asks for some of their people to be discussed."""
    for number, case in enumerate(cases):
        why = _WHY[number % len(_WHY)]
        scene.maybe(navigator, at, request_discussion, case_id=case.case_id, series_id=series_id, why=why)


def _meetings(scene: Scene, series_id: int) -> tuple[list[tuple[int, date]], list[tuple[int, date]]]:
    """The meetings that can have been held by the story's end, and those still to come: each with its day."""
    with scene.store.reading() as session:
        wanted = select(MdtMeeting.id, MdtMeeting.held_on).where(MdtMeeting.series_id == series_id)
        rows = [(meeting_id, day) for meeting_id, day in session.execute(wanted.order_by(MdtMeeting.held_on))]
    today = local_day(scene.end)
    return [one for one in rows if one[1] < today], [one for one in rows if one[1] >= today]


def _hold(scene: Scene, navigator: str, meeting_id: int, day: date) -> None:
    at = scene.at(day, 12.5)
    scene.maybe(navigator, scene.at(day - timedelta(days=1)), build_agenda, meeting_id=meeting_id)
    scene.maybe(_CHAIR, scene.at(day), _lock, meeting_id=meeting_id)
    marks = {scene.staff.ids[name]: Mark(AttendanceState.ATTENDED) for name in (_CHAIR, navigator)}
    scene.maybe(navigator, at, mark_attendance, meeting_id=meeting_id, marks=marks)
    for number, item_id in enumerate(_items(scene, meeting_id)):
        scene.maybe(navigator, at, _decide, item_id=item_id, number=number, owner_id=scene.staff.ids[navigator])
    scene.maybe(_CHAIR, at + timedelta(hours=1), _close, meeting_id=meeting_id)


def _items(scene: Scene, meeting_id: int) -> list[int]:
    with scene.store.reading() as session:
        wanted = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position)
        return list(session.execute(wanted).scalars())


def _lock(session: Session, *, by: Any, now: datetime, meeting_id: int) -> int:
    version = session.get_one(MdtMeeting, meeting_id).row_version
    return lock_agenda(session, by=by, now=now, meeting_id=meeting_id, row_version=version)


def _decide(session: Session, *, by: Any, now: datetime, item_id: int, number: int, owner_id: int) -> int:
    decision, why, what = _DECISIONS[number % len(_DECISIONS)]
    due = local_day(now) + timedelta(days=7 + number % 14)
    return save_item(
        session, by=by, now=now, item_id=item_id, row_version=session.get_one(AgendaItem, item_id).row_version,
        notes=_NOTES, outcome=Outcome(decision.value, why, local_day(now) + timedelta(days=56)),
        new=NewAction(what, owner_id, due) if what else None,
    )  # fmt: skip


def _close(session: Session, *, by: Any, now: datetime, meeting_id: int) -> dict[str, int]:
    version = session.get_one(MdtMeeting, meeting_id).row_version
    return close_meeting(session, by=by, now=now, meeting_id=meeting_id, row_version=version)
