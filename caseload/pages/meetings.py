"""Team meetings: the series, and each meeting's day."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.mdt_series import change_series, create_series, end_series
from caseload.actions.meetings import cancel_meeting, hold_today, move_meeting, plan_meetings
from caseload.domain.meeting_rules import MeetingStep, why_not
from caseload.domain.permissions import Permission
from caseload.exceptions import NotNow, NotThere
from caseload.forms.meetings import WEEKDAYS, CancelForm, HoldForm, MoveForm, SeriesForm
from caseload.mdt_rules import read_mdt_rules
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.writing import counted, day
from caseload.queries.mdt_series import SeriesRow
from caseload.queries.meetings import (
    MeetingPage,
    SeriesChoices,
    mdt_home,
    meeting_page,
    series_choices,
    series_page,
)
from caseload.web import this_app

pages = Blueprint("meetings", __name__)


@pages.get("/mdt")
@requires(Permission.SEE_MDT)
def home() -> ResponseReturnValue:
    """The viewer's series, the meetings to come, and what was asked for them."""
    with this_app().store.reading() as session:
        found = mdt_home(session, viewer(), moment())
    looked_at(row.person.person_id for row in found.requests)
    runs = viewer().may(Permission.RUN_MDT)
    return render_template("mdt/home.html", page=found, weekdays=WEEKDAYS, runs=runs, today=today(), now=moment())


@pages.get("/mdt/series/new")
@requires(Permission.RUN_MDT)
def new_series() -> ResponseReturnValue:
    """What the meeting of a team is to be."""
    offered = _offered()
    rules = read_mdt_rules()
    form = SeriesForm(
        teams=offered.teams, people=offered.people, capacity=rules.capacity, quorum=rules.quorum,
        weekday=str(today().weekday()), chair_id=str(viewer().user_id), coordinator_id=str(viewer().user_id),
    )  # fmt: skip
    return _new_page(form, offered)


@pages.post("/mdt/series/new")
@requires(Permission.RUN_MDT)
def make_series() -> ResponseReturnValue:
    """A series with its first meetings."""
    offered = _offered()
    form = SeriesForm(teams=offered.teams, people=offered.people)
    if not form.validate():
        return _new_page(form, offered), 422
    series_id = perform(create_series, team_id=int(form.team_id.data), **form.values)
    flash(f"The meeting is set up, and the next {read_mdt_rules().weeks_ahead} are planned.", "success")
    return redirect(url_for("meetings.series", series_id=series_id), 303)


@pages.get("/mdt/series/<int:series_id>")
@requires(Permission.SEE_MDT)
def series(series_id: int) -> ResponseReturnValue:
    """A series with its meetings."""
    with this_app().store.reading() as session:
        found = series_page(session, viewer(), moment(), series_id)
    return render_template("mdt/series.html", page=found, weekdays=WEEKDAYS, today=today())


@pages.get("/mdt/series/<int:series_id>/change")
@requires(Permission.RUN_MDT)
def changing_series(series_id: int) -> ResponseReturnValue:
    """The series as it is, to be changed."""
    found, offered = _series(series_id)
    form = SeriesForm(
        teams=None, people=offered.people, name=found.name, weekday=str(found.weekday), starts=found.starts,
        venue=found.venue, chair_id=str(found.chair_id), coordinator_id=str(found.coordinator_id),
        quorum=found.quorum, capacity=found.capacity,
    )  # fmt: skip
    return _change_page(form, found, found.row_version)


@pages.post("/mdt/series/<int:series_id>/change")
@requires(Permission.RUN_MDT)
def change(series_id: int) -> ResponseReturnValue:
    """Change a series."""
    found, offered = _series(series_id)
    form = SeriesForm(teams=None, people=offered.people)
    if not form.validate():
        return _change_page(form, found, shown_version()), 422
    perform(change_series, series_id=series_id, row_version=shown_version(), **form.values)
    flash("The series is changed.", "success")
    return redirect(url_for("meetings.series", series_id=series_id), 303)


@pages.post("/mdt/series/<int:series_id>/end")
@requires(Permission.RUN_MDT)
def end(series_id: int) -> ResponseReturnValue:
    """No more meetings are planned."""
    perform(end_series, series_id=series_id, row_version=shown_version())
    flash("The series has ended. Its meetings and what they decided stay as they are.", "success")
    return redirect(url_for("meetings.series", series_id=series_id), 303)


@pages.post("/mdt/series/<int:series_id>/plan")
@requires(Permission.RUN_MDT)
def plan(series_id: int) -> ResponseReturnValue:
    """Plan the next meetings of a series."""
    added = perform(plan_meetings, series_id=series_id)
    flash(f"{counted(added, 'meeting')} planned." if added else "The next meetings are planned already.", "success")
    return redirect(url_for("meetings.series", series_id=series_id), 303)


@pages.get("/mdt/meetings/<int:meeting_id>/move-day")
@requires(Permission.RUN_MDT)
def moving(meeting_id: int) -> ResponseReturnValue:
    """To which day is the meeting moved?"""
    found = meeting_now(meeting_id, MeetingStep.MOVE_DAY)
    return _move_page(MoveForm(held_on=found.meeting.held_on), found, found.meeting.row_version)


@pages.post("/mdt/meetings/<int:meeting_id>/move-day")
@requires(Permission.RUN_MDT)
def move(meeting_id: int) -> ResponseReturnValue:
    """Move a meeting to another day, with its agenda."""
    form = MoveForm()
    if not form.validate():
        return _move_page(form, meeting_now(meeting_id), shown_version()), 422
    held_on = form.held_on.data
    assert held_on is not None  # the form asks for it
    perform(move_meeting, meeting_id=meeting_id, row_version=shown_version(), held_on=held_on)
    flash(f"The meeting is on {day(held_on)}.", "success")
    return redirect(url_for("agenda.show", meeting_id=meeting_id), 303)


@pages.get("/mdt/meetings/<int:meeting_id>/hold-today")
@requires(Permission.RUN_MDT)
def asking_to_hold(meeting_id: int) -> ResponseReturnValue:
    """Is the meeting to be held today, and not on the day it was planned for?"""
    found = meeting_now(meeting_id, MeetingStep.HOLD_TODAY)
    return render_template(
        "mdt/hold.html", form=HoldForm(formdata=None), page=found, row_version=found.meeting.row_version, today=today()
    )


@pages.post("/mdt/meetings/<int:meeting_id>/hold-today")
@requires(Permission.RUN_MDT)
def hold(meeting_id: int) -> ResponseReturnValue:
    """The meeting is today's."""
    perform(hold_today, meeting_id=meeting_id, row_version=shown_version())
    flash("The meeting is held today.", "success")
    return redirect(url_for("mdt_room.room", meeting_id=meeting_id), 303)


@pages.get("/mdt/meetings/<int:meeting_id>/cancel")
@requires(Permission.RUN_MDT)
def cancelling(meeting_id: int) -> ResponseReturnValue:
    """Is the meeting to be cancelled?"""
    found = meeting_now(meeting_id, MeetingStep.CANCEL)
    return render_template(
        "mdt/cancel.html", form=CancelForm(formdata=None), page=found, row_version=found.meeting.row_version
    )


@pages.post("/mdt/meetings/<int:meeting_id>/cancel")
@requires(Permission.RUN_MDT)
def cancel(meeting_id: int) -> ResponseReturnValue:
    """Cancel a meeting that has not begun."""
    series_id = perform(cancel_meeting, meeting_id=meeting_id, row_version=shown_version())
    flash("The meeting is cancelled. Requests wait for the next one.", "success")
    return redirect(url_for("meetings.series", series_id=series_id), 303)


def _offered() -> SeriesChoices:
    with this_app().store.reading() as session:
        return series_choices(session, viewer(), moment())


def _series(series_id: int) -> tuple[SeriesRow, SeriesChoices]:
    """The series, for who may change it, and what its form offers."""
    with this_app().store.reading() as session:
        found = series_page(session, viewer(), moment(), series_id).series
        if not found.runs:
            raise NotThere
        return found, series_choices(session, viewer(), moment())


def meeting_now(meeting_id: int, step: MeetingStep | None = None) -> MeetingPage:
    """The meeting; NotNow where the step the form is for cannot be taken."""
    with this_app().store.reading() as session:
        found = meeting_page(session, viewer(), meeting_id)
    refusal = why_not(step, found.meeting.state, found.parts) if step else None
    if refusal:
        raise NotNow(refusal)
    return found


def _new_page(form: SeriesForm, offered: SeriesChoices) -> str:
    return render_template("mdt/new_series.html", form=form, offered=offered)


def _change_page(form: SeriesForm, found: SeriesRow, row_version: int) -> str:
    return render_template("mdt/change_series.html", form=form, series=found, row_version=row_version)


def _move_page(form: MoveForm, found: MeetingPage, row_version: int) -> str:
    return render_template("mdt/move.html", form=form, page=found, row_version=row_version)
