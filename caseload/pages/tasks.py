"""Tasks: by hand, held, reassigned, escalated, done, undone."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from wtforms.fields import SelectChoice

from caseload.actions.tasks import (
    add_task,
    cancel_task,
    complete_task,
    escalate_task,
    hold_task,
    reassign_task,
    reopen_task,
)
from caseload.domain.permissions import Permission
from caseload.domain.words import TaskKind
from caseload.forms.lists import list_choices
from caseload.forms.tasks import CancelForm, DoneForm, EscalateForm, HoldForm, ReassignForm, TaskForm
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.tasks import step_lines, task_line
from caseload.queries.assignees import Lists, lists_for
from caseload.queries.people import person_facts
from caseload.queries.tasks import ended_tasks_of, open_tasks_of, task_and_person, task_detail
from caseload.queries.today import TaskList
from caseload.web import this_app

pages = Blueprint("tasks", __name__)

TODAY, PERSON = "day", "person"
"""What a button says of the page it is on; the lists of tasks say their own names."""

_ENDED_SHOWN = 50


@pages.get("/people/<int:person_id>/tasks")
@requires(Permission.OPEN_PERSON)
def of_person(person_id: int) -> ResponseReturnValue:
    """All tasks about a person: open ones, and those that ended last."""
    with this_app().store.reading() as session:
        person = person_facts(session, viewer(), moment(), person_id)
        open_rows = open_tasks_of(session, viewer(), moment(), person_id)
        ended = ended_tasks_of(session, viewer(), moment(), person_id, _ENDED_SHOWN)
    looked_at([person_id])
    return render_template(
        "tasks/of_person.html",
        banner=banner_of(person, today()),
        open_tasks=[task_line(row, today()) for row in open_rows],
        ended_tasks=[task_line(row, today()) for row in ended],
        most=_ENDED_SHOWN,
        may_work=viewer().may(Permission.WORK_CASE),
    )


@pages.get("/people/<int:person_id>/tasks/new")
@requires(Permission.WORK_CASE)
def new(person_id: int) -> ResponseReturnValue:
    """Ask what has to be done."""
    return _new_page(TaskForm(formdata=None, today=today(), kind=TaskKind.FOLLOW_UP.value), person_id)


@pages.post("/people/<int:person_id>/tasks/new")
@requires(Permission.WORK_CASE)
def add(person_id: int) -> ResponseReturnValue:
    """Set a task by hand."""
    form = TaskForm(today=today())
    form.on_list.choices = _choices(person_id)
    if not form.validate():
        return _new_page(form, person_id), 422
    perform(
        add_task, person_id=person_id, kind=TaskKind(form.kind.data), title=form.title.data.strip(),
        due_on=form.due_on.data, detail=(form.detail.data or "").strip(), owner_id=form.chosen.owner_id,
        team_id=form.chosen.team_id, unless_twice=not form.there_are_two.data,
    )  # fmt: skip
    flash("The task is set.", "success")
    return redirect(url_for("people.show", person_id=person_id), 303)


@pages.get("/tasks/<int:task_id>")
@requires(Permission.OPEN_PERSON)
def show(task_id: int) -> ResponseReturnValue:
    """One task with its history and what can be done with it."""
    return _task_page("tasks/show.html", task_id, DoneForm(formdata=None))


@pages.post("/tasks/<int:task_id>/done")
@requires(Permission.WORK_CASE)
def done(task_id: int) -> ResponseReturnValue:
    """The task is done; the page it was marked on offers to undo that."""
    form = DoneForm()
    if not form.validate():
        return _task_page("tasks/show.html", task_id, form), 422
    perform(complete_task, task_id=task_id, row_version=shown_version(), note=(form.note.data or "").strip())
    if request.form.get("back") == TODAY:
        return redirect(url_for("today.show", done=task_id), 303)
    flash("The task is done.", "success")
    return _back(task_id)


@pages.post("/tasks/<int:task_id>/reopen")
@requires(Permission.WORK_CASE)
def reopen(task_id: int) -> ResponseReturnValue:
    """Undo the end of a task."""
    perform(reopen_task, task_id=task_id, row_version=shown_version())
    flash("The task is open again.", "success")
    return _back(task_id)


@pages.get("/tasks/<int:task_id>/cancel")
@requires(Permission.WORK_CASE)
def cancel(task_id: int) -> ResponseReturnValue:
    """Ask why the task is not needed."""
    return _task_page("tasks/cancel.html", task_id, CancelForm(formdata=None))


@pages.post("/tasks/<int:task_id>/cancel")
@requires(Permission.WORK_CASE)
def cancelled(task_id: int) -> ResponseReturnValue:
    """The task is not needed."""
    form = CancelForm()
    if not form.validate():
        return _task_page("tasks/cancel.html", task_id, form), 422
    perform(cancel_task, task_id=task_id, row_version=shown_version(), note=form.note.data.strip())
    flash("The task is cancelled.", "success")
    return _to_task(task_id)


@pages.get("/tasks/<int:task_id>/hold")
@requires(Permission.WORK_CASE)
def hold(task_id: int) -> ResponseReturnValue:
    """Ask until when nothing has to be done."""
    return _task_page("tasks/hold.html", task_id, HoldForm(formdata=None, today=today()))


@pages.post("/tasks/<int:task_id>/hold")
@requires(Permission.WORK_CASE)
def held(task_id: int) -> ResponseReturnValue:
    """Put the task on hold; with the field `release`, end the hold."""
    if request.form.get("release"):
        perform(hold_task, task_id=task_id, row_version=shown_version(), until=None)
        flash("The hold has ended.", "success")
        return _to_task(task_id)
    form = HoldForm(today=today())
    if not form.validate():
        return _task_page("tasks/hold.html", task_id, form), 422
    note = (form.note.data or "").strip()
    perform(hold_task, task_id=task_id, row_version=shown_version(), until=form.until.data, note=note)
    flash("The task is on hold.", "success")
    return _to_task(task_id)


@pages.get("/tasks/<int:task_id>/reassign")
@requires(Permission.WORK_CASE)
def reassign(task_id: int) -> ResponseReturnValue:
    """Ask whose list the task goes on."""
    return _task_page("tasks/reassign.html", task_id, ReassignForm(formdata=None))


@pages.post("/tasks/<int:task_id>/reassign")
@requires(Permission.WORK_CASE)
def reassigned(task_id: int) -> ResponseReturnValue:
    """Put the task on another list."""
    form = ReassignForm()
    form.on_list.choices = _choices(_person_of(task_id))
    if not form.validate():
        return _task_page("tasks/reassign.html", task_id, form), 422
    perform(
        reassign_task, task_id=task_id, row_version=shown_version(), owner_id=form.chosen.owner_id,
        team_id=form.chosen.team_id, note=(form.note.data or "").strip(),
    )  # fmt: skip
    flash("The task is on the other list.", "success")
    return _to_task(task_id)


@pages.get("/tasks/<int:task_id>/escalate")
@requires(Permission.WORK_CASE)
def escalate(task_id: int) -> ResponseReturnValue:
    """Ask who has to decide."""
    return _task_page("tasks/escalate.html", task_id, EscalateForm(formdata=None))


@pages.post("/tasks/<int:task_id>/escalate")
@requires(Permission.WORK_CASE)
def escalated(task_id: int) -> ResponseReturnValue:
    """Put the task before somebody who has to decide."""
    form = EscalateForm()
    form.to.choices = _deciders(_person_of(task_id))
    if not form.validate():
        return _task_page("tasks/escalate.html", task_id, form), 422
    perform(escalate_task, task_id=task_id, row_version=shown_version(), to_id=form.to_id, note=form.note.data.strip())
    flash("The task is escalated. It stays on its list until it is done or moved.", "success")
    return _to_task(task_id)


def _back(task_id: int) -> Response:
    """To the page the button was on, which the form names: the day's page, one of its lists, the person; else the task."""
    back = request.form.get("back")
    if back == TODAY:
        return redirect(url_for("today.show"), 303)
    if back == PERSON:
        return redirect(url_for("people.show", person_id=_person_of(task_id)), 303)
    if back in set(TaskList):
        return redirect(url_for("today.tasks", list=back), 303)
    return _to_task(task_id)


def _to_task(task_id: int) -> Response:
    return redirect(url_for("tasks.show", task_id=task_id), 303)


def _new_page(form: TaskForm, person_id: int) -> str:
    with this_app().store.reading() as session:
        person = person_facts(session, viewer(), moment(), person_id)
    form.on_list.choices = form.on_list.choices or _choices(person_id)
    looked_at([person_id])
    return render_template("tasks/new.html", form=form, banner=banner_of(person, today()), person_id=person_id)


def _task_page(
    template: str, task_id: int, form: DoneForm | CancelForm | HoldForm | ReassignForm | EscalateForm
) -> str:
    with this_app().store.reading() as session:
        row, person = task_and_person(session, viewer(), moment(), task_id)
        detail = task_detail(session, task_id) if isinstance(form, DoneForm) else None
    line = task_line(row, today())
    if isinstance(form, ReassignForm):
        form.on_list.choices = form.on_list.choices or _choices(line.person_id)
    if isinstance(form, EscalateForm):
        form.to.choices = form.to.choices or _deciders(line.person_id)
    looked_at([line.person_id])
    return render_template(
        template,
        form=form,
        line=line,
        detail=detail,
        steps=step_lines(detail) if detail else [],
        banner=banner_of(person, today()),
        may_work=viewer().may(Permission.WORK_CASE),
        version=shown_version() if form.is_submitted() else line.row_version,
    )


def _person_of(task_id: int) -> int:
    with this_app().store.reading() as session:
        return task_and_person(session, viewer(), moment(), task_id)[0].person_id


def _choices(person_id: int) -> list[SelectChoice]:
    lists = _lists(person_id)
    return list_choices(lists.people, lists.teams, own_id=viewer().user_id)


def _deciders(person_id: int) -> list[SelectChoice]:
    others = [one for one in _lists(person_id).people if one.user_id != viewer().user_id]
    return list_choices(others, [], own_id=None, first="Choose somebody")


def _lists(person_id: int) -> Lists:
    with this_app().store.reading() as session:
        return lists_for(session, viewer(), moment(), person_id)
