"""Records that may be one person: merged with review, unmerged exactly."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from caseload.actions.merges import keep_apart, merge_people, unmerge_people
from caseload.domain.duplicates import LIKENESS_WORDS, why_not_merged
from caseload.domain.permissions import Permission
from caseload.forms.duplicates import CompareForm, MergeForm
from caseload.forms.review import row_id
from caseload.pages.request import looked_at, moment, perform, requires, viewer
from caseload.presenters.duplicates import comparison_rows, kept_choices
from caseload.queries.merges import merges_in_force, pair_to_compare, possible_duplicates, with_number
from caseload.web import this_app

pages = Blueprint("duplicates", __name__)

_MERGES_SHOWN = 20


@pages.get("/people/duplicates")
@requires(Permission.MERGE_PEOPLE)
def show() -> ResponseReturnValue:
    """Pairs that may be one person, and the merges that can be undone."""
    return _list(CompareForm(formdata=None))


@pages.post("/people/duplicates")
@requires(Permission.MERGE_PEOPLE)
def choose() -> ResponseReturnValue:
    """Two records by their NHS numbers, to be seen side by side."""
    form = CompareForm()
    if not form.validate_on_submit():
        return _list(form), 422
    with this_app().store.reading() as session:
        fields = (form.first, form.second)
        found = [with_number(session, viewer(), moment(), field.number) for field in fields]
    for field, person_id in zip(fields, found, strict=True):
        if person_id is None:
            field.errors = ["There is no such record that you may merge"]
    if found[0] == found[1] and found[0] is not None:
        form.second.errors = ["Enter the NHS number of another record"]
    if form.errors:
        return _list(form), 422
    return redirect(f"/people/duplicates/{found[0]}/{found[1]}", 303)


@pages.get("/people/duplicates/<int:first_id>/<int:second_id>")
@requires(Permission.MERGE_PEOPLE)
def compare(first_id: int, second_id: int) -> ResponseReturnValue:
    """Two records side by side, and the forms to merge them or to say that they are two people."""
    return _pair(first_id, second_id, MergeForm(formdata=None))


@pages.post("/people/duplicates/<int:first_id>/<int:second_id>")
@requires(Permission.MERGE_PEOPLE)
def merge(first_id: int, second_id: int) -> ResponseReturnValue:
    """Merge the two, after they were looked at side by side."""
    form = MergeForm()
    form.kept.choices = [(first_id, ""), (second_id, "")]
    if not form.validate_on_submit():
        return _pair(first_id, second_id, form), 422
    kept_id = form.kept.data
    perform(
        merge_people, kept_id=kept_id, merged_id=first_id + second_id - kept_id, reason=form.reason.data,
        row_versions={str(one): _row_version(one) for one in (first_id, second_id)},
    )  # fmt: skip
    flash("The two records were merged.", "success")
    return redirect(f"/people/{kept_id}", 303)


@pages.post("/people/duplicates/<int:first_id>/<int:second_id>/apart")
@requires(Permission.MERGE_PEOPLE)
def apart(first_id: int, second_id: int) -> ResponseReturnValue:
    """They are two people: not to be proposed again."""
    perform(keep_apart, first_id=first_id, second_id=second_id)
    flash("The two records will not be proposed again.", "success")
    return redirect("/people/duplicates", 303)


@pages.post("/people/merges/<int:merge_id>/undo")
@requires(Permission.MERGE_PEOPLE)
def undo(merge_id: int) -> ResponseReturnValue:
    """Take a merge back."""
    person_id = perform(unmerge_people, merge_id=merge_id)
    flash("The merge was undone. Both records are as they were.", "success")
    return redirect(f"/people/{person_id}", 303)


def _row_version(person_id: int) -> int:
    found = request.form.get(f"row_version_{person_id}", type=int)
    return abort(400) if found is None else found


def _list(form: CompareForm) -> str:
    limit = this_app().settings.page_rows
    after = (request.args.get("after", 0, type=row_id), request.args.get("after_second", 0, type=row_id))
    with this_app().store.reading() as session:
        pairs = possible_duplicates(session, viewer(), moment(), after=after if any(after) else None, limit=limit)
        merges = merges_in_force(session, viewer(), moment(), limit=_MERGES_SHOWN)
    shown = pairs[:limit]
    looked_at(person.person_id for pair in shown for person in (pair.first, pair.second))
    looked_at(merge.kept_id for merge in merges)
    last = (shown[-1].first.person_id, shown[-1].second.person_id) if len(pairs) > limit else None
    return render_template(
        "duplicates/list.html",
        form=form,
        pairs=shown,
        merges=merges,
        likeness=LIKENESS_WORDS,
        next_url=f"/people/duplicates?after={last[0]}&after_second={last[1]}" if last else None,
        first_url="/people/duplicates" if any(after) else None,
    )


def _pair(first_id: int, second_id: int, form: MergeForm) -> str:
    with this_app().store.reading() as session:
        first, second = pair_to_compare(session, viewer(), moment(), first_id, second_id)
    looked_at([first_id, second_id])
    form.kept.choices = kept_choices(first, second)
    return render_template(
        "duplicates/compare.html",
        form=form,
        first=first,
        second=second,
        rows=comparison_rows(first, second),
        refusal=why_not_merged(first.record, second.record),
    )
