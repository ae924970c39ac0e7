"""Agendas of the made-up place at work: North's team meeting on Wednesdays, and a series without meetings.

7 October   planned: person 2 by hand, 1 new at very high risk, 6 in hospital; 4, whom hardly anybody may open, did not fit
14 October  locked: person 1 by hand; 2 was taken off
21 October  planned, nobody on it
Person 6 is asked for by birch.gp and waits in the series without meetings.
"""

from datetime import date

from sqlalchemy import select

from caseload.actions.agenda import add_to_agenda, lock_agenda, remove_from_agenda
from caseload.actions.agenda_building import build_agenda
from caseload.actions.mdt_requests import request_discussion
from caseload.actions.mdt_series import create_series
from caseload.actions.meetings import cancel_meeting
from caseload.tables import AgendaItem, Encounter, MdtMeeting

_WHY = "Two falls in a week, and nobody at home"


def agendas_at_work(work) -> None:
    """Make them, and say what they are called in addresses."""
    ids = work.ids
    _stay(work, 4)
    ids["mdt_series"] = _series(work, "North team meeting", capacity=3)
    now, locked, empty = _meetings(work, ids["mdt_series"])[:3]
    ids.update(agenda_now=now, agenda_locked=locked, agenda_empty=empty)
    ids["agenda_item_2"] = _add(work, now, 2)
    work.act(build_agenda, "navigator", meeting_id=now)
    for number in (1, 6):
        ids[f"agenda_item_{number}"] = _item(work, now, work.cases[number])
    _add(work, locked, 1)
    gone = _add(work, locked, 2)
    work.act(
        remove_from_agenda, "chair", item_id=gone, row_version=work.version(AgendaItem, gone),
        why="Settled by telephone",
    )  # fmt: skip
    work.act(lock_agenda, "chair", meeting_id=locked, row_version=work.version(MdtMeeting, locked))
    ids["mdt_series_over"] = _series(work, "North discharge meeting", capacity=25)
    for meeting_id in _meetings(work, ids["mdt_series_over"]):
        work.act(cancel_meeting, "navigator", meeting_id=meeting_id, row_version=work.version(MdtMeeting, meeting_id))
    ids["mdt_request"] = work.act(
        request_discussion, "birch.gp", case_id=work.cases[6], series_id=ids["mdt_series_over"], why=_WHY
    )


def _series(work, name, capacity):
    users = work.town.users
    return work.act(
        create_series, "navigator", name=name, team_id=work.town.team_id, weekday=2, starts="12:30",
        venue="Ash Surgery, upstairs", chair_id=users["chair"], coordinator_id=users["navigator"], quorum=2,
        capacity=capacity,
    )  # fmt: skip


def _meetings(work, series_id):
    with work.store.reading() as session:
        wanted = select(MdtMeeting.id).where(MdtMeeting.series_id == series_id).order_by(MdtMeeting.held_on)
        return list(session.execute(wanted).scalars())


def _add(work, meeting_id, number):
    return work.act(add_to_agenda, "navigator", meeting_id=meeting_id, case_id=work.cases[number], why=_WHY)


def _item(work, meeting_id, case_id):
    with work.store.reading() as session:
        wanted = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id, AgendaItem.case_id == case_id)
        return session.execute(wanted).scalar_one()


def _stay(work, number):
    with work.store.writing() as session:
        session.add(
            Encounter(
                person_id=work.town.people[number], source="made up", source_ref=f"agenda {number}",
                kind="emergency_admission", started_on=date(2026, 10, 1), ended_on=None,
            )
        )  # fmt: skip
