"""Flags for 111, out of hours and ambulance services: what they are told of somebody, set, changed and ended."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.flags import change_flag, end_flag, set_flag
from caseload.domain.border_words import FlagState
from caseload.domain.flag_rules import FlagCode
from caseload.domain.permissions import Permission
from caseload.exceptions import NotThere
from caseload.flag_rules import read_flag_rules
from caseload.forms.flags import EndFlagForm, FlagForm
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.flags import began, begins, choices_of, flag_line
from caseload.queries.flag_rows import FlagBegins, FlagRow, flag_begins, flag_row, flags_page
from caseload.queries.people import PersonFacts
from caseload.web import this_app

pages = Blueprint("flags", __name__)


@pages.get("/people/<int:person_id>/flags")
@requires(Permission.OPEN_PERSON)
def show(person_id: int) -> ResponseReturnValue:
    """What urgent care is told about the person, and was."""
    with this_app().store.reading() as session:
        page = flags_page(session, viewer(), moment(), person_id)
    looked_at([person_id])
    rules = read_flag_rules()
    lines = [flag_line(row, rules, today()) for row in page.rows]
    return render_template(
        "flags/show.html", page=page, banner=banner_of(page.person, today()), lines=lines, now=moment(),
        may_set=viewer().may(Permission.SET_FLAG) and page.lasting, codes=choices_of(rules, page.rows),
    )  # fmt: skip


@pages.get("/people/<int:person_id>/flags/new/<code>")
@requires(Permission.SET_FLAG)
def new(person_id: int, code: str) -> ResponseReturnValue:
    """The form of a new flag, filled in from the plan as far as it goes."""
    about, found = _code(code), _begins(person_id)
    data = begins(about, read_flag_rules(), found, today())
    return _form_page(found, about, FlagForm(formdata=None, data=data))


@pages.post("/people/<int:person_id>/flags/new/<code>")
@requires(Permission.SET_FLAG)
def add(person_id: int, code: str) -> ResponseReturnValue:
    """Set the flag: urgent care is told from now on."""
    about, found = _code(code), _begins(person_id)
    form = FlagForm()
    form.began_with(begins(about, read_flag_rules(), found, today()))
    if not form.validate():
        return _form_page(found, about, form), 422
    perform(set_flag, person_id=person_id, code=about.code, **form.said_all)
    flash("The flag is set. Urgent care is told of it from now on.", "success")
    return redirect(url_for("flags.show", person_id=person_id), 303)


@pages.get("/flags/<int:flag_id>/change")
@requires(Permission.SET_FLAG)
def ask_change(flag_id: int) -> ResponseReturnValue:
    """The form with what the flag says."""
    person, lasting, row = _flag(flag_id)
    return _change_page(person, lasting, row, FlagForm(formdata=None, data=began(row)))


@pages.post("/flags/<int:flag_id>/change")
@requires(Permission.SET_FLAG)
def change(flag_id: int) -> ResponseReturnValue:
    """Change what the flag says, or until when."""
    person, lasting, row = _flag(flag_id)
    form = FlagForm()
    form.began_with(began(row))
    if not form.validate():
        return _change_page(person, lasting, row, form), 422
    perform(change_flag, flag_id=flag_id, row_version=shown_version(), **form.said_all)
    flash("The flag is changed. Urgent care is told what it says now.", "success")
    return redirect(url_for("flags.show", person_id=person.person_id), 303)


@pages.get("/flags/<int:flag_id>/end")
@requires(Permission.SET_FLAG)
def ask_end(flag_id: int) -> ResponseReturnValue:
    """Ask why the flag is ended."""
    return _end_page(*_flag(flag_id), EndFlagForm(formdata=None))


@pages.post("/flags/<int:flag_id>/end")
@requires(Permission.SET_FLAG)
def end(flag_id: int) -> ResponseReturnValue:
    """End the flag; its record stays."""
    person, lasting, row = _flag(flag_id)
    form = EndFlagForm()
    if not form.validate():
        return _end_page(person, lasting, row, form), 422
    perform(end_flag, flag_id=flag_id, row_version=shown_version(), note=form.note.data, mistake=form.mistake)
    flash("The flag has ended. Urgent care is told of it no longer.", "success")
    return redirect(url_for("flags.show", person_id=person.person_id), 303)


def _flag(flag_id: int) -> tuple[PersonFacts, bool, FlagRow]:
    with this_app().store.reading() as session:
        found = flag_row(session, viewer(), moment(), flag_id)
    looked_at([found[0].person_id])
    return found


def _code(code: str) -> FlagCode:
    known = read_flag_rules().codes.get(code)
    if known is None or not known.offered:
        raise NotThere
    return known


def _begins(person_id: int) -> FlagBegins:
    with this_app().store.reading() as session:
        found = flag_begins(session, viewer(), moment(), person_id)
    looked_at([person_id])
    return found


def _form_page(page: FlagBegins, about: FlagCode, form: FlagForm) -> str:
    return render_template(
        "flags/new.html", form=form, banner=banner_of(page.person, today()), about=about, why_not=page.why_not,
        lasting=page.lasting,
    )  # fmt: skip


def _change_page(person: PersonFacts, lasting: bool, row: FlagRow, form: FlagForm) -> str:
    return _one("flags/change.html", person, lasting, row, form=form)


def _end_page(person: PersonFacts, lasting: bool, row: FlagRow, form: EndFlagForm) -> str:
    return _one("flags/end.html", person, lasting, row, form=form)


def _one(template: str, person: PersonFacts, lasting: bool, row: FlagRow, **more: Any) -> str:
    return render_template(
        template, banner=banner_of(person, today()), row=row, name=read_flag_rules().name_of(row.code),
        may_change=lasting and row.state is FlagState.ACTIVE, lasting=lasting, **more,
    )  # fmt: skip
