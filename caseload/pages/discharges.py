"""How somebody in hospital is to leave it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.discharges import plan_discharge
from caseload.domain.discharge_rules import can_be_planned
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import DischargePathway
from caseload.forms.discharges import DischargeForm
from caseload.pages.request import looked_at, moment, perform, requires, today, viewer
from caseload.presenters.banner import banner_of
from caseload.queries.discharges import Stay, stay_of
from caseload.web import this_app

pages = Blueprint("discharges", __name__)


@pages.get("/encounters/<int:encounter_id>/discharge")
@requires(Permission.WORK_CASE)
def show(encounter_id: int) -> ResponseReturnValue:
    """The stay, what is planned for its end and was before; the form begins with what holds."""
    stay = _stay(encounter_id)
    begins = {**_begins(stay, stay.seen_id), "seen": str(stay.seen_id)}
    return _page(DischargeForm(formdata=None, data=begins), stay)


@pages.post("/encounters/<int:encounter_id>/discharge")
@requires(Permission.WORK_CASE)
def plan(encounter_id: int) -> ResponseReturnValue:
    """Write down pathway and day."""
    stay = _stay(encounter_id)
    form = DischargeForm()
    form.began_with(_begins(stay, form.seen_id))
    if not form.validate():
        return _page(form, stay), 422
    made = perform(
        plan_discharge, encounter_id=encounter_id, seen_id=form.seen_id, pathway=DischargePathway(form.pathway.data),
        expected_on=form.expected_on.data, note=(form.note.data or "").strip(),
    )  # fmt: skip
    said = "The discharge is planned."
    flash(f"{said} The task to plan it is completed." if made["completed"] else said, "success")
    return redirect(url_for("people.show", person_id=stay.person.person_id, _anchor="timeline"), 303)


def _stay(encounter_id: int) -> Stay:
    with this_app().store.reading() as session:
        return stay_of(session, viewer(), moment(), encounter_id)


def _begins(stay: Stay, seen_id: int) -> dict[str, Any]:
    """What the form begins with where this plan is shown as the one that holds."""
    shown = next((plan for plan in stay.plans if plan.plan_id == seen_id), None)
    if shown is None:
        return {}
    return {"pathway": shown.pathway.value, "expected_on": shown.expected_on, "note": shown.note}


def _page(form: DischargeForm, stay: Stay) -> str:
    looked_at([stay.person.person_id])
    possible = can_be_planned(stay.kind, stay.ended_on, today()) and stay.person.date_of_death is None
    return render_template(
        "discharges/stay.html", form=form, stay=stay, banner=banner_of(stay.person, today()),
        may_plan=possible and stay.lasting,
    )  # fmt: skip
