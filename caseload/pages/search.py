"""Finding a person from any page."""

from datetime import date
from typing import cast

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from caseload.actions.searches import record_person_search
from caseload.domain.permissions import Permission
from caseload.forms.nhs_number import pasted_digits
from caseload.forms.search import NameForm, NumberForm
from caseload.pages.request import looked_at, moment, requires, viewer
from caseload.queries.search import FoundPerson, people_named, person_with_number
from caseload.web import this_app

pages = Blueprint("search", __name__)


@pages.get("/search")
@requires(Permission.SEARCH_PEOPLE)
def show() -> ResponseReturnValue:
    """The two forms of a search."""
    return _page(NumberForm(formdata=None), NameForm(formdata=None))


@pages.post("/search")
@requires(Permission.SEARCH_PEOPLE)
def find() -> ResponseReturnValue:
    """One record found is opened; several are listed. What is not found and what may not be opened look the same."""
    if "nhs_number" in request.form and not _is_a_name(request.form["nhs_number"]):
        return _by_number()
    return _by_name()


def _is_a_name(typed: str) -> bool:
    """Somebody typed a name into the box for numbers."""
    return any(mark.isalpha() for mark in typed) and not pasted_digits(typed)


def _by_number() -> ResponseReturnValue:
    form = NumberForm()
    if not form.validate_on_submit():
        return _page(form, NameForm(formdata=None)), 422
    with this_app().store.reading() as session:
        found = person_with_number(session, viewer(), moment(), form.nhs_number.number)
    _tell("nhs_number", 0 if found is None else 1)
    if found is None:
        return _page(form, NameForm(formdata=None), found=[])
    return redirect(f"/people/{found}", 303)


def _by_name() -> ResponseReturnValue:
    form = NameForm()
    if "nhs_number" in request.form:
        form.family.data = request.form["nhs_number"].strip()
        form.family.raw_data = [form.family.data]
    if not form.validate_on_submit():
        return _page(NumberForm(formdata=None), form), 422
    born = cast(date, form.born.data)
    with this_app().store.reading() as session:
        found = people_named(
            session, viewer(), moment(), family=form.family.data, given=form.given.data or "", born=born
        )
    _tell("name", len(found))
    if len(found) == 1:
        return redirect(f"/people/{found[0].person_id}", 303)
    looked_at(person.person_id for person in found)
    return _page(NumberForm(formdata=None), form, found=found)


def _tell(how: str, found: int) -> None:
    with this_app().store.writing() as session:
        record_person_search(session, by=viewer(), now=moment(), how=how, found=found)


def _page(by_number: NumberForm, by_name: NameForm, found: list[FoundPerson] | None = None) -> str:
    form = by_number if by_number.errors else by_name
    return render_template("search/search.html", form=form, by_number=by_number, by_name=by_name, found=found)
