"""What to do today: overdue, due, new to me, waiting on me."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.forms.review import row_id
from caseload.pages.request import looked_at, moment, requires, today, viewer
from caseload.presenters.tasks import task_line
from caseload.presenters.today import (
    HANDOVER_WORDS,
    LISTS,
    NEW_WORDS,
    Section,
    key_of,
    key_words,
    new_line,
    section,
)
from caseload.queries.duties import duties, review_duties
from caseload.queries.today import ON_THE_PAGE, TaskList, handovers_to, new_to, task_list, task_lists
from caseload.web import this_app

pages = Blueprint("today", __name__)

ROWS = 20
"""How many rows of a list are shown at once here; each list has pages of its own behind it."""


@pages.get("/")
@requires(Permission.SEE_TODAY)
def show() -> ResponseReturnValue:
    """The viewer's day: what each of their roles has to do, and for care staff their lists."""
    who, now = viewer(), moment()
    cares = who.may(Permission.OPEN_PERSON)
    with this_app().store.reading() as session:
        lists = _lists(session) if cares else {}
        reviews = review_duties(session, who, now)
        others = duties(session, who, now)
    return render_template(
        "today/show.html", who=who, now=now, today=today(), cares=cares, reviews=reviews, duties=others,
        may_review=who.may(Permission.REVIEW_LIST), may_see_overview=who.may(Permission.SEE_OVERVIEW),
        may_see_headline=who.may(Permission.SEE_HEADLINE), **lists,
    )  # fmt: skip


@pages.get("/tasks")
@requires(Permission.WORK_CASE)
def tasks() -> ResponseReturnValue:
    """One list of tasks, page by page: `?list=overdue`, and where its last page ended."""
    name = request.args.get("list", TaskList.OVERDUE.value)
    if name not in set(TaskList):
        return redirect(url_for("today.show"))
    after = key_of(request.args.get("after", ""))
    limit = this_app().settings.page_rows
    with this_app().store.reading() as session:
        total, rows = task_list(session, viewer(), moment(), TaskList(name), after=after, most=limit + 1)
    shown = [task_line(row, today()) for row in rows[:limit]]
    looked_at(line.person_id for line in shown)
    more = len(rows) > limit
    return render_template(
        "today/tasks.html", list=name, words=LISTS[TaskList(name)], total=total, rows=shown, now=moment(),
        next_url=url_for("today.tasks", list=name, after=key_words(rows[limit - 1])) if more else None,
        first_url=url_for("today.tasks", list=name) if after else None,
    )  # fmt: skip


def _lists(session: Session) -> dict[str, object]:
    """The lists of somebody in care; every person they show is looked at."""
    who, now = viewer(), moment()
    tasks = task_lists(session, who, now, ROWS, ended_id=request.args.get("done", type=row_id))
    counts = tasks.counts
    sections: list[Section] = [section(name, counts, tasks.lists[name], today()) for name in ON_THE_PAGE]
    new_total, new_rows = new_to(session, who, now, ROWS)
    handovers = handovers_to(session, who, now)
    looked_at(line.person_id for one in sections for line in one.rows)
    looked_at(row.person_id for row in new_rows)
    looked_at(row.person_id for row in handovers)
    looked_at([tasks.ended.person_id] if tasks.ended else [])
    return {
        "undo": task_line(tasks.ended, today()) if tasks.ended else None,
        "sections": sections,
        "later": counts.lists[TaskList.LATER],
        "held": counts.lists[TaskList.HELD],
        "out_of_reach": counts.out_of_reach,
        "new_words": NEW_WORDS,
        "new_total": new_total,
        "new_lines": [new_line(row) for row in new_rows],
        "handover_words": HANDOVER_WORDS,
        "handovers": handovers,
    }
