"""A person's care plan: its versions, one of them whole, and what becomes of it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.plans import Basis, activate_plan, mark_ready, sign_plan, start_plan, withdraw_plan
from caseload.domain.permissions import Permission
from caseload.domain.plan_hash import content_hash
from caseload.domain.plan_rules import WRITTEN, why_not_active, why_not_ready
from caseload.domain.plan_words import PlanState
from caseload.forms.plans import ReadyForm, StartForm, WithdrawForm
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.plan_changes import CHANGE_WORDS, plan_changes
from caseload.presenters.plan_page import answer_rows, pairs_of, part_lines, standing_rows, why_not_joint
from caseload.queries.flag_rows import flag_prompt
from caseload.queries.plans import CasePlan, WholePlan, plan_of_case, two_versions, whole_plan
from caseload.web import this_app

pages = Blueprint("plans", __name__)


@pages.get("/cases/<int:case_id>/plan")
@requires(Permission.SEE_CASES)
def of_case(case_id: int) -> ResponseReturnValue:
    """The current version, whether the plan is joint and why, every version before, and how to start the next."""
    found = _read_case(case_id)
    return _case_page(found, _start_form(found, fresh=True))


@pages.post("/cases/<int:case_id>/plan")
@requires(Permission.WRITE_PLAN)
def start(case_id: int) -> ResponseReturnValue:
    """Start a new draft."""
    found = _read_case(case_id)
    form = _start_form(found)
    if not form.validate_on_submit():
        return _case_page(found, form), 422
    version_id = perform(start_plan, case_id=case_id, basis=Basis(form.basis.data))
    flash("The draft is started.", "success")
    return redirect(url_for("plans.show", version_id=version_id), 303)


@pages.get("/plans/<int:version_id>")
@requires(Permission.SEE_CASES)
def show(version_id: int) -> ResponseReturnValue:
    """One version with everything it says, what was said to it, and what can be done with it."""
    plan = _read(version_id)
    looked_at([plan.case.person.person_id])
    return render_template(
        "plans/show.html", plan=plan, banner=banner_of(plan.case.person, today()), parts=part_lines(plan),
        standing=standing_rows(plan.version, today()), answers=[(one, answer_rows(one)) for one in plan.answers],
        may_write=_may_write(plan), leads=plan.case.lead_id == viewer().user_id,
    )  # fmt: skip


@pages.get("/plans/<int:version_id>/ready")
@requires(Permission.WRITE_PLAN)
def before_ready(version_id: int) -> ResponseReturnValue:
    """The draft to be read once more, with what is missing."""
    plan = _read(version_id)
    return _ready_page(plan, ReadyForm(formdata=None, review_on=plan.version.review_on, seen=_seen(plan)))


@pages.post("/plans/<int:version_id>/ready")
@requires(Permission.WRITE_PLAN)
def ready(version_id: int) -> ResponseReturnValue:
    """The words of the draft are as they are from now on."""
    plan = _read(version_id)
    form = ReadyForm()
    if not form.validate_on_submit():
        return _ready_page(plan, form), 422
    perform(
        mark_ready, version_id=version_id, row_version=shown_version(), seen=form.seen.data or "",
        review_on=form.review_on.data,
    )  # fmt: skip
    flash("The version is ready to be signed off and agreed. Its words do not change any more.", "success")
    return redirect(url_for("plans.show", version_id=version_id), 303)


@pages.get("/plans/<int:version_id>/sign")
@requires(Permission.SIGN_PLAN)
def before_signing(version_id: int) -> ResponseReturnValue:
    """What the accountable lead signs off."""
    plan = _read(version_id)
    return _step_page("plans/sign.html", plan, leads=plan.case.lead_id == viewer().user_id)


@pages.post("/plans/<int:version_id>/sign")
@requires(Permission.SIGN_PLAN)
def sign(version_id: int) -> ResponseReturnValue:
    """The accountable lead signs off."""
    _read(version_id)
    perform(sign_plan, version_id=version_id, row_version=shown_version())
    flash("You have signed off this version.", "success")
    return redirect(url_for("plans.show", version_id=version_id), 303)


@pages.get("/plans/<int:version_id>/activate")
@requires(Permission.WRITE_PLAN)
def before_activating(version_id: int) -> ResponseReturnValue:
    """What happens when the version becomes the person's plan, or what is missing."""
    plan = _read(version_id)
    version = plan.version
    signed = version.signed_by_id is not None and version.signed_by_id == plan.case.lead_id
    missing = why_not_active(version.state, signed=signed, answer=version.answer.state if version.answer else None)
    return _step_page("plans/activate.html", plan, missing=missing)


@pages.post("/plans/<int:version_id>/activate")
@requires(Permission.WRITE_PLAN)
def activate(version_id: int) -> ResponseReturnValue:
    """The version is the person's plan from now on."""
    plan = _read(version_id)
    perform(activate_plan, version_id=version_id, row_version=shown_version())
    flash("The plan is active. Its actions are on people’s lists.", "success")
    return redirect(url_for("plans.of_case", case_id=plan.case.case_id), 303)


@pages.get("/plans/<int:version_id>/withdraw")
@requires(Permission.WRITE_PLAN)
def before_withdrawing(version_id: int) -> ResponseReturnValue:
    """Ask why a version is withdrawn."""
    return _step_page("plans/withdraw.html", _read(version_id), form=WithdrawForm(formdata=None))


@pages.post("/plans/<int:version_id>/withdraw")
@requires(Permission.WRITE_PLAN)
def withdraw(version_id: int) -> ResponseReturnValue:
    """The version is not, or no longer, to be the person's plan."""
    plan = _read(version_id)
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _step_page("plans/withdraw.html", plan, form=form), 422
    perform(withdraw_plan, version_id=version_id, row_version=shown_version(), reason=form.reason.data)
    flash(f"Version {plan.version.number} is withdrawn.", "success")
    return redirect(url_for("plans.of_case", case_id=plan.case.case_id), 303)


@pages.get("/plans/compare/<int:version_id>/<int:other_version_id>")
@requires(Permission.SEE_CASES)
def compare(version_id: int, other_version_id: int) -> ResponseReturnValue:
    """Two versions of one case side by side."""
    with this_app().store.reading() as session:
        case, first, second = two_versions(session, viewer(), moment(), version_id, other_version_id)
    looked_at([case.person.person_id])
    return render_template(
        "plans/compare.html", case=case, banner=banner_of(case.person, today()), first=first[0], second=second[0],
        parts=plan_changes(first[1], second[1]), change_words=CHANGE_WORDS,
    )  # fmt: skip


def _read(version_id: int) -> WholePlan:
    with this_app().store.reading() as session:
        return whole_plan(session, viewer(), moment(), version_id)


def _read_case(case_id: int) -> CasePlan:
    with this_app().store.reading() as session:
        return plan_of_case(session, viewer(), moment(), case_id)


def _may_write(plan: WholePlan) -> bool:
    return plan.case.may_change and viewer().may(Permission.WRITE_PLAN)


def _seen(plan: WholePlan) -> str:
    return content_hash(plan.contents)


def _start_form(found: CasePlan, *, fresh: bool = False) -> StartForm:
    there = {
        "active": found.latest(PlanState.ACTIVE) is not None,
        "assessed": found.assessed,
        "withdrawn": bool(found.versions) and found.versions[0].state is PlanState.WITHDRAWN,
    }
    return StartForm(formdata=None, **there) if fresh else StartForm(**there)


def _case_page(found: CasePlan, form: StartForm) -> str:
    person_id = found.case.person.person_id
    looked_at([person_id])
    versions = found.versions
    with this_app().store.reading() as session:
        prompt = flag_prompt(session, viewer(), moment(), person_id)
    return render_template(
        "plans/case.html", page=found, banner=banner_of(found.case.person, today()), form=form, today=today(),
        active=found.latest(PlanState.ACTIVE), written=found.latest(*WRITTEN), missing=why_not_joint(found),
        pairs=pairs_of(versions), now=moment(), flags=prompt,
        may_write=found.case.may_change and viewer().may(Permission.WRITE_PLAN),
    )  # fmt: skip


def _ready_page(plan: WholePlan, form: ReadyForm) -> str:
    looked_at([plan.case.person.person_id])
    return render_template(
        "plans/ready.html", plan=plan, banner=banner_of(plan.case.person, today()), form=form, parts=part_lines(plan),
        missing=why_not_ready(plan.contents), may_write=_may_write(plan),
    )  # fmt: skip


def _step_page(template: str, plan: WholePlan, **more: object) -> str:
    looked_at([plan.case.person.person_id])
    return render_template(
        template, plan=plan, banner=banner_of(plan.case.person, today()), may_write=_may_write(plan), **more
    )
