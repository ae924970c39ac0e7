"""What the person says to a version of their plan."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.agreements import record_agreement
from caseload.domain.permissions import Permission
from caseload.domain.plan_rules import FOLLOW_UPS, why_not_answered
from caseload.forms.plans import AgreementForm
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.plan_page import answer_rows
from caseload.queries.plans import WholePlan, whole_plan
from caseload.web import this_app

pages = Blueprint("agreements", __name__)


@pages.get("/plans/<int:version_id>/agreement")
@requires(Permission.WRITE_PLAN)
def ask(version_id: int) -> ResponseReturnValue:
    """Ask what the person said, with everything they said before."""
    return _page(_read(version_id), AgreementForm(formdata=None))


@pages.post("/plans/<int:version_id>/agreement")
@requires(Permission.WRITE_PLAN)
def answer(version_id: int) -> ResponseReturnValue:
    """Record the answer; everything but the person's own yes sets a task."""
    plan = _read(version_id)
    form = AgreementForm()
    if not form.validate_on_submit():
        return _page(plan, form), 422
    said = form.said
    perform(record_agreement, version_id=version_id, row_version=shown_version(), **said)
    follows = " A task to talk about it again is set." if said["state"] in FOLLOW_UPS else ""
    flash(f"The answer is recorded.{follows}", "success")
    return redirect(url_for("plans.show", version_id=version_id, _anchor="answers"), 303)


def _read(version_id: int) -> WholePlan:
    with this_app().store.reading() as session:
        return whole_plan(session, viewer(), moment(), version_id)


def _page(plan: WholePlan, form: AgreementForm) -> str:
    looked_at([plan.case.person.person_id])
    return render_template(
        "plans/agreement.html", plan=plan, banner=banner_of(plan.case.person, today()), form=form,
        answers=[(one, answer_rows(one)) for one in plan.answers], refusal=why_not_answered(plan.version.state),
        may_write=plan.case.may_change,
    )  # fmt: skip
