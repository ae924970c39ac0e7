"""Cohorts: taken from the ranked list, worked on a board, reported as a block."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from caseload.actions.cohorts import end_cohort, leave_cohort, move_member, take_cohort
from caseload.cohort_blocks import read_cohort_blocks
from caseload.domain.cohort_report import CAUTION, block_numbers
from caseload.domain.cohort_rules import LeaveReason, digest_of
from caseload.domain.joint_plan import DEFINITION, LED_DEFINITION
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import CohortColumn
from caseload.exceptions import NotThere
from caseload.forms.choices import choice
from caseload.forms.cohorts import EndForm, LeaveForm, MoveForm, RuleForm, TakeForm
from caseload.forms.review import row_id
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters import cohorts as words
from caseload.presenters.banner import banner_of
from caseload.presenters.score_age import ScoreAge, score_age
from caseload.presenters.writing import counted
from caseload.queries.cohort_candidates import Picked, picked
from caseload.queries.cohort_places import CohortPlaces, cohort_places
from caseload.queries.cohort_report import cohort_numbers
from caseload.queries.cohorts import MemberPage, board_members, cohort_head, cohort_list, member_page
from caseload.queries.risk_runs import RunShown, newest_run
from caseload.web import this_app

pages = Blueprint("cohorts", __name__)

BOARD, LIST = "board", "list"


@pages.get("/cohorts")
@requires(Permission.WORK_COHORT)
def show() -> ResponseReturnValue:
    """The cohorts of the viewer's places, page by page (`?before=` a cohort's number)."""
    before, limit = request.args.get("before", type=row_id), this_app().settings.page_rows
    with this_app().store.reading() as session:
        found = cohort_list(session, viewer(), moment(), before, limit + 1)
    shown = found[:limit]
    return render_template(
        "cohorts/list.html", cohorts=shown, now=moment(),
        next_url=url_for("cohorts.show", before=shown[-1].cohort_id) if len(found) > limit else None,
        first_url=url_for("cohorts.show") if before is not None else None,
    )  # fmt: skip


@pages.get("/cohorts/new")
@requires(Permission.WORK_COHORT)
def new() -> ResponseReturnValue:
    """Whom to take; once that is said, who would be in the cohort and who is passed over."""
    with this_app().store.reading() as session:
        mine = cohort_places(session, viewer())
    if not request.args:
        return _new_page(_rule_form(mine, fresh=True))
    form = _rule_form(mine)
    if not form.validate():
        return _new_page(form), 422
    return _preview_page(form, mine, TakeForm(formdata=None))


@pages.post("/cohorts/new")
@requires(Permission.WORK_COHORT)
def take() -> ResponseReturnValue:
    """Take the people who were previewed."""
    with this_app().store.reading() as session:
        mine = cohort_places(session, viewer())
    form, naming = _rule_form(mine), TakeForm()
    if not form.validate():
        return _new_page(form), 422
    if not naming.validate():
        return _preview_page(form, mine, naming), 422
    cohort_id = perform(
        take_cohort, name=naming.name.data.strip(), place_id=int(form.place.data), rule=form.rule,
        digest=naming.digest.data or "", hidden_days=this_app().settings.tier_hidden_days,
    )  # fmt: skip
    flash("The cohort is taken. Nobody is accepted into care coordination by this: the practice decides.", "success")
    return redirect(url_for("cohorts.show_one", cohort_id=cohort_id), 303)


@pages.get("/cohorts/<int:cohort_id>")
@requires(Permission.WORK_COHORT)
def show_one(cohort_id: int) -> ResponseReturnValue:
    """The board of a cohort, or the same as a list (`?view=list`)."""
    with this_app().store.reading() as session:
        head = cohort_head(session, viewer(), moment(), cohort_id)
        run = newest_run(session, moment())
        age = _age(run)
        rows = board_members(session, viewer(), moment(), cohort_id, run if age.shown else None)
    members = [words.member_words(row, today()) for row in rows]
    looked_at(words.people_shown(members))
    as_list = request.args.get("view") == LIST
    return render_template(
        "cohorts/list_view.html" if as_list else "cohorts/board.html", head=head, members=members, age=age,
        columns=words.by_column(members), rule=words.rule_lines(head, may_see_score=viewer().may(Permission.SEE_SCORE)), now=moment(),
        unseen=words.unseen_words(head.members - len(members), head.members), why_unseen=words.why_unseen(viewer().roles), view=LIST if as_list else BOARD,
    )  # fmt: skip


@pages.get("/cohorts/<int:cohort_id>/report")
@requires(Permission.WORK_COHORT)
def report(cohort_id: int) -> ResponseReturnValue:
    """The cohort as a block: plain counts and no name."""
    bound = this_app().settings.small_number
    with this_app().store.reading() as session:
        found = cohort_numbers(session, viewer(), moment(), cohort_id)
    numbers = block_numbers(found.members, bound)
    return render_template(
        "cohorts/report.html", head=found.head, lines=words.report_lines(numbers), window=found.window,
        admissions=words.admission_lines(numbers, found.window) if found.window else [], caution=CAUTION,
        definitions=(LED_DEFINITION, DEFINITION), rule=words.rule_lines(found.head, may_see_score=viewer().may(Permission.SEE_SCORE)), now=moment(), bound=bound,
        withheld=None in numbers.values(), counted=counted,
    )  # fmt: skip


@pages.get("/cohorts/<int:cohort_id>/end")
@requires(Permission.WORK_COHORT)
def ask_end(cohort_id: int) -> ResponseReturnValue:
    """Ask whether the cohort is over."""
    return _end_page(cohort_id, EndForm(formdata=None))


@pages.post("/cohorts/<int:cohort_id>/end")
@requires(Permission.WORK_COHORT)
def end(cohort_id: int) -> ResponseReturnValue:
    """The cohort is over."""
    form = EndForm()
    if not form.validate():
        return _end_page(cohort_id, form), 422
    perform(end_cohort, cohort_id=cohort_id, row_version=shown_version())
    flash("The cohort has ended. Its board stays as it is now.", "success")
    return redirect(url_for("cohorts.show_one", cohort_id=cohort_id), 303)


@pages.post("/cohorts/members/<int:cohort_member_id>/move")
@requires(Permission.WORK_COHORT)
def move(cohort_member_id: int) -> ResponseReturnValue:
    """Put a member into another column."""
    _member(cohort_member_id)
    form = MoveForm()
    if not form.validate():
        abort(400)  # the board offers no other
    to = CohortColumn(form.to.data)
    cohort_id = perform(move_member, member_id=cohort_member_id, row_version=shown_version(), to=to)
    flash("Moved.", "success")
    view = LIST if request.form.get("view") == LIST else None
    return redirect(
        url_for("cohorts.show_one", cohort_id=cohort_id, view=view, _anchor=f"member-{cohort_member_id}"), 303
    )


@pages.get("/cohorts/members/<int:cohort_member_id>/leave")
@requires(Permission.WORK_COHORT)
def ask_leave(cohort_member_id: int) -> ResponseReturnValue:
    """Ask why somebody leaves the cohort."""
    return _leave_page(LeaveForm(formdata=None), _member(cohort_member_id))


@pages.post("/cohorts/members/<int:cohort_member_id>/leave")
@requires(Permission.WORK_COHORT)
def leave(cohort_member_id: int) -> ResponseReturnValue:
    """Somebody leaves the cohort."""
    found = _member(cohort_member_id)
    form = LeaveForm()
    if not form.validate():
        return _leave_page(form, found), 422
    cohort_id = perform(
        leave_cohort, member_id=cohort_member_id, row_version=shown_version(), reason=LeaveReason(form.reason.data),
        note=(form.note.data or "").strip(),
    )  # fmt: skip
    flash("They have left the cohort. Their case, if they have one, stays as it is.", "success")
    return redirect(url_for("cohorts.show_one", cohort_id=cohort_id), 303)


def _age(run: RunShown | None) -> ScoreAge:
    may_see = viewer().may(Permission.SEE_SCORE)
    return score_age(run.index_date if run else None, today(), this_app().settings, may_see=may_see)


def _rule_form(mine: CohortPlaces, *, fresh: bool = False) -> RuleForm:
    blocks = read_cohort_blocks()
    covered = mine.covered if viewer().may(Permission.SEE_SCORE) else ()  # people are taken by their scores
    places: list[SelectChoice] = [choice(str(place.place_id), place.name) for place in covered]
    if not fresh:
        sent = request.form if request.method == "POST" else request.args
        return RuleForm(formdata=sent, places=places, blocks=blocks)
    begins = {"size": blocks.rule.size, "tiers": list(blocks.rule.tiers), "cases": blocks.rule.cases.value}
    return RuleForm(formdata=None, places=places, blocks=blocks, data=begins)


def _new_page(form: RuleForm) -> str:
    return render_template("cohorts/new.html", form=form, naming=None)


def _preview_page(form: RuleForm, mine: CohortPlaces, naming: TakeForm) -> str:
    """The form again, and below it who would be taken now."""
    place = mine.covered_place(int(form.place.data))
    if place is None:
        raise NotThere
    with this_app().store.reading() as session:
        run = newest_run(session, moment())
        age = _age(run)
        found = Picked((), (), {})
        if run is not None and age.shown:
            found = picked(session, viewer(), moment(), run.run_id, place.practices, form.rule)
    rows = words.candidates(found, today())
    looked_at(words.people_shown(rows))
    run_id = run.run_id if run else 0
    naming.digest.data = digest_of(run_id, place.place_id, form.rule, (one for one, _rank in found.people))
    return render_template(
        "cohorts/new.html", form=form, naming=naming, rows=rows, taken=len(found.people), age=age, place=place,
        passed=words.passed_lines(found, this_app().settings.small_number), unseen=words.unseen_words(found.unseen, len(found.people)),
        why_unseen=words.why_unseen(viewer().roles),
    )  # fmt: skip


def _member(member_id: int) -> MemberPage:
    with this_app().store.reading() as session:
        return member_page(session, viewer(), moment(), member_id)


def _leave_page(form: LeaveForm, found: MemberPage) -> str:
    looked_at([found.person.person_id])
    return render_template("cohorts/leave.html", form=form, member=found, banner=banner_of(found.person, today()))


def _end_page(cohort_id: int, form: EndForm) -> str:
    with this_app().store.reading() as session:
        head = cohort_head(session, viewer(), moment(), cohort_id)
    if not head.may_end:
        raise NotThere
    return render_template("cohorts/end.html", form=form, head=head)
