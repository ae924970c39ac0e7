"""Saved views of lists: kept and deleted from the list itself."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.saved_views import delete_view, save_view
from caseload.domain.permissions import Permission
from caseload.forms.saved_views import SaveViewForm
from caseload.pages.request import perform, requires, viewer
from caseload.queries.saved_views import saved_views
from caseload.web import this_app

pages = Blueprint("saved_views", __name__)

LISTS = {"review": "review.choose", "cases": "cases.show", "unallocated": "cases.unallocated"}
"""The lists whose views can be kept, and their pages."""


@pages.post("/views")
@requires(Permission.SEE_CASES)
def save() -> ResponseReturnValue:
    """Keep the filters of a list under a name."""
    page = request.form.get("page", "")
    if page not in LISTS:
        abort(400)
    with this_app().store.reading() as session:
        teams = saved_views(session, viewer(), page).teams
    form = SaveViewForm(teams=teams)
    if not form.validate():
        return render_template("saved_views/save.html", form=form, back=_list(page)), 422
    perform(save_view, page=page, name=form.name.data, query=form.query.data, team_id=form.team_id)
    flash("View saved.", "success")
    return redirect(f"{_list(page)}?{form.query.data}" if form.query.data else _list(page))


@pages.post("/views/<int:view_id>/delete")
@requires(Permission.SEE_CASES)
def delete(view_id: int) -> ResponseReturnValue:
    """Forget a view."""
    page = perform(delete_view, view_id=view_id)
    flash("View deleted.", "success")
    return redirect(_list(page))


def _list(page: str) -> str:
    """The list the form stood on."""
    practice = request.form.get("practice", "")
    if page == "review" and practice.isascii() and practice.isdecimal():
        return url_for("review.show", practice_id=int(practice))
    return url_for(LISTS[page])
