"""What a person said of themselves over time, and the sheet that records it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.measures import record_measures
from caseload.domain.permissions import Permission
from caseload.forms.measures import MeasuresForm
from caseload.pages.request import looked_at, moment, perform, requires, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.measure_charts import measure_parts
from caseload.queries.measures import measures_of
from caseload.queries.people import only_in_emergency, person_facts
from caseload.web import this_app

pages = Blueprint("measures", __name__)


@pages.get("/people/<int:person_id>/measures")
@requires(Permission.ASSESS)
def show(person_id: int) -> ResponseReturnValue:
    """Every measure over time, and the form for another day."""
    return _page(person_id, MeasuresForm(measured_on=today()))


@pages.post("/people/<int:person_id>/measures")
@requires(Permission.ASSESS)
def record(person_id: int) -> ResponseReturnValue:
    """Record what the person said on a day."""
    form = MeasuresForm()
    if not form.validate():
        return _page(person_id, form), 422
    perform(record_measures, person_id=person_id, measured_on=form.measured_on.data, values=form.values)
    flash("Recorded, in the person’s own words.", "success")
    return redirect(url_for(".show", person_id=person_id), 303)


def _page(person_id: int, form: MeasuresForm) -> str:
    with this_app().store.reading() as session:
        person = person_facts(session, viewer(), moment(), person_id)
        found = measures_of(session, viewer(), moment(), person_id)
        lasting = not only_in_emergency(session, viewer(), moment(), person_id)
    looked_at([person_id])
    return render_template(
        "measures/show.html", banner=banner_of(person, today()), person_id=person_id, form=form,
        parts=measure_parts(found), may_record=lasting and person.date_of_death is None, now=moment(),
    )  # fmt: skip
