"""The condition-specific plans that a joint plan stands in for."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.replaced_plans import list_plan
from caseload.domain.permissions import Permission
from caseload.forms.plans import OtherPlanForm
from caseload.pages.request import looked_at, moment, perform, requires, today, viewer
from caseload.presenters.banner import banner_of
from caseload.queries.plans import CasePlan, plan_of_case
from caseload.web import this_app

pages = Blueprint("replaced_plans", __name__)


@pages.get("/cases/<int:case_id>/replaced-plans")
@requires(Permission.SEE_CASES)
def show(case_id: int) -> ResponseReturnValue:
    """Those listed, those replaced, and the form to list another."""
    return _page(_read(case_id), OtherPlanForm(formdata=None))


@pages.post("/cases/<int:case_id>/replaced-plans")
@requires(Permission.WRITE_PLAN)
def add(case_id: int) -> ResponseReturnValue:
    """List one that the joint plan is to replace."""
    found = _read(case_id)
    form = OtherPlanForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    perform(list_plan, case_id=case_id, name=form.name.data, holder=form.holder.data or "")
    flash("The plan is on the list. It is marked as replaced when the joint plan becomes active.", "success")
    return redirect(url_for("replaced_plans.show", case_id=case_id), 303)


def _read(case_id: int) -> CasePlan:
    with this_app().store.reading() as session:
        return plan_of_case(session, viewer(), moment(), case_id)


def _page(found: CasePlan, form: OtherPlanForm) -> str:
    looked_at([found.case.person.person_id])
    return render_template(
        "plans/replaced.html", page=found, banner=banner_of(found.case.person, today()), form=form,
        may_write=found.case.may_change and viewer().may(Permission.WRITE_PLAN),
    )  # fmt: skip
