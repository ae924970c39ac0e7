"""The practice's monthly review: proposals, decisions staged, previewed, confirmed."""

from collections.abc import Iterable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.review import confirm as confirm_review
from caseload.actions.review import stage as stage_decisions
from caseload.actions.review import unstage as unstage_decisions
from caseload.domain.permissions import Permission
from caseload.domain.proposal_rules import Mark, digest_of
from caseload.domain.words import Decision
from caseload.forms.review import StageForm, row_id
from caseload.pages.request import looked_at, moment, perform, requires, today, viewer
from caseload.pages.review_address import ListAddress, age_of, list_address
from caseload.presenters.review_counts import (
    CAPTIONS,
    MARKED,
    awaiting_words,
    done_words,
    elsewhere_words,
    marked_words,
)
from caseload.presenters.review_rows import RowWords, row_words
from caseload.presenters.writing import counted
from caseload.queries.next_cases import left_without_lead
from caseload.queries.proposals import ReviewList, ReviewRow, marked_rows, review_page
from caseload.queries.review_practices import practice_name, review_practices
from caseload.queries.risk_runs import newest_run
from caseload.queries.saved_views import saved_views
from caseload.web import this_app

pages = Blueprint("review", __name__)

VIEWS_OF = "review"
"""Which list a saved view of this page belongs to."""

HEADS = ("Tick", "Person", "Risk", "Why", "Last contact", "Decision")
_CAN_BE_DECIDED = ("awaiting", "deferred")


@pages.get("/review")
@requires(Permission.REVIEW_LIST)
def choose() -> ResponseReturnValue:
    """The practices whose list the viewer reviews; the list itself where there is one."""
    with this_app().store.reading() as session:
        practices = review_practices(session, viewer(), moment())
        run = newest_run(session, moment())
    if len(practices) == 1:
        return redirect(url_for(".show", practice_id=practices[0].practice_id))
    return render_template("review/choose.html", practices=practices, age=age_of(run))


@pages.get("/review/<int:practice_id>")
@requires(Permission.REVIEW_LIST)
def show(practice_id: int) -> ResponseReturnValue:
    """The list of one practice."""
    return _list(practice_id, StageForm(formdata=None, today=today()))


@pages.post("/review/<int:practice_id>/stage")
@requires(Permission.REVIEW_LIST)
def stage(practice_id: int) -> ResponseReturnValue:
    """Mark decisions about the people ticked, or about everybody shown."""
    form = StageForm(today=today())
    try:
        decision, chosen, seen = form.asked, form.chosen, form.versions
    except ValueError:
        abort(400)
    if not form.validate():
        return _list(practice_id, form), 422
    marked = perform(
        stage_decisions, practice_id=practice_id, proposal_ids=chosen, decision=decision,
        reason_code=form.reason.data if decision is Decision.DECLINE else None,
        deferred_until=form.until.data if decision is Decision.DEFER else None,
        note=(form.note.data or "") if decision is not Decision.ACCEPT else "", seen=seen,
    )  # fmt: skip
    people = counted(marked, "person is", "people are")
    flash(f"{people} marked {MARKED[decision]}. Nothing is decided until you confirm.", "success")
    return redirect(_here(practice_id).list())


@pages.post("/review/<int:practice_id>/unstage")
@requires(Permission.REVIEW_LIST)
def unstage(practice_id: int) -> ResponseReturnValue:
    """Take back one mark, or all of them."""
    only = request.form.get("proposal", "")
    try:
        proposals = [row_id(only)] if only else None
    except ValueError:
        abort(400)
    taken = perform(unstage_decisions, practice_id=practice_id, proposal_ids=proposals)
    flash(f"{counted(taken, 'mark')} taken back.", "success")
    if request.form.get("to") == "preview":
        return redirect(url_for(".preview", practice_id=practice_id))
    return redirect(_here(practice_id).list(near=proposals[0] if proposals else None))


@pages.get("/review/<int:practice_id>/preview")
@requires(Permission.REVIEW_LIST)
def preview(practice_id: int) -> ResponseReturnValue:
    """Everything that is marked, to be looked over before it takes effect."""
    with this_app().store.reading() as session:
        run = newest_run(session, moment())
        age = age_of(run)
        rows = marked_rows(session, viewer(), moment(), practice_id, run if age.shown else None)
        practice = practice_name(session, viewer(), practice_id)
    looked_at(row.person_id for row in rows)
    return render_template(
        "review/preview.html", practice=practice, practice_id=practice_id, age=age, digest=digest_of(_marks(rows)),
        groups=[(decision, _words(_with(rows, decision))) for decision in reversed(Decision)], count=len(rows),
        captions=CAPTIONS, lines=_lines(rows),
    )  # fmt: skip


@pages.post("/review/<int:practice_id>/confirm")
@requires(Permission.REVIEW_LIST)
def confirm(practice_id: int) -> ResponseReturnValue:
    """Let what was previewed take effect."""
    done: dict[str, int] = perform(
        confirm_review, practice_id=practice_id, digest=request.form.get("digest", ""),
        first_contact_days=this_app().settings.first_contact_days,
    )  # fmt: skip
    flash(done_words(done), "success")
    return redirect(url_for(".show", practice_id=practice_id, confirmed=1 if done[Decision.ACCEPT] else None))


def _list(practice_id: int, form: StageForm) -> str:
    """The list as its address says, with a form that may have been refused."""
    with this_app().store.reading() as session:
        run = newest_run(session, moment())
        age = age_of(run)
        here = list_address(practice_id, age)
        wanted = ReviewList(
            practice_id, run if age.shown else None, here.chosen, here.after, this_app().settings.page_rows
        )
        page = review_page(session, viewer(), moment(), wanted)
        practice = practice_name(session, viewer(), practice_id)
        views = saved_views(session, viewer(), VIEWS_OF)
        left = left_without_lead(session, viewer(), moment(), practice_id) if "confirmed" in request.args else None
    looked_at(row.person_id for row in page.rows)
    rows = _words(page.rows)
    decidable = here.chosen.one("show") in _CAN_BE_DECIDED
    return render_template(
        "review/list.html", form=form, practice=practice, practice_id=practice_id, age=age, run=run, here=here,
        chosen=here.chosen, counts=page.counts, rows=rows, decidable=decidable, views=views, left=left,
        ticked=set(form.proposal.data or ()), unmarked=sum(row.mark is None for row in rows),
        heads=HEADS if decidable else HEADS[1:], several=len(viewer().practices(Permission.REVIEW_LIST)) > 1,
        summary=awaiting_words(page.counts, scored=age.shown), marked=marked_words(page.counts),
        elsewhere=elsewhere_words(page.counts, narrowed=here.chosen.narrowed),
        next_url=here.page_after(page.next_after) if page.next_after else None,
        chips=[(words, here.filtered_by(query)) for words, query in here.chosen.chips()],
        clear_url=here.filtered_by(here.chosen.only_order().query),
    )  # fmt: skip


def _here(practice_id: int) -> ListAddress:
    """The list as the address of this request filters and pages it."""
    with this_app().store.reading() as session:
        return list_address(practice_id, age_of(newest_run(session, moment())))


def _words(rows: Iterable[ReviewRow]) -> list[RowWords]:
    return [row_words(row, today(), viewer().user_id) for row in rows]


def _with(rows: Iterable[ReviewRow], decision: Decision) -> list[ReviewRow]:
    return [row for row in rows if row.mark and row.mark.decision is decision]


def _lines(rows: tuple[ReviewRow, ...]) -> list[str]:
    """What is about to be decided, a line for each decision."""
    numbers = {decision: len(_with(rows, decision)) for decision in Decision}
    return [f"{counted(number, 'person', 'people')} {MARKED[one]}" for one, number in numbers.items() if number]


def _marks(rows: Iterable[ReviewRow]) -> list[Mark]:
    return [
        Mark(
            row.proposal_id, row.proposal_version, row.mark.version, row.mark.decision, row.mark.reason_code,
            row.mark.note, row.mark.deferred_until,
        )
        for row in rows
        if row.mark
    ]  # fmt: skip
