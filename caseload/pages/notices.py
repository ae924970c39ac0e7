"""Notices in the app."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from caseload.actions.notices import read_notices
from caseload.domain.permissions import Permission
from caseload.forms.review import row_id
from caseload.pages.request import looked_at, moment, perform, requires, viewer
from caseload.presenters.notices import notice_lines
from caseload.presenters.writing import counted
from caseload.queries.notices import notices
from caseload.web import this_app

pages = Blueprint("notices", __name__)


@pages.get("/notices")
@requires(Permission.SEE_NOTICES)
def show() -> ResponseReturnValue:
    """The viewer's own notices, newest first."""
    limit = this_app().settings.page_rows
    before = request.args.get("before", type=row_id)
    with this_app().store.reading() as session:
        rows = notices(session, viewer(), moment(), before=before, limit=limit)
    shown = rows[:limit]
    looked_at(row.person_id for row in shown if row.person_id is not None)
    return render_template(
        "notices/notices.html",
        lines=notice_lines(shown),
        newest=max((row.notice_id for row in shown if row.unread), default=None),
        next_url=f"/notices?before={shown[-1].notice_id}" if len(rows) > limit else None,
        first_url="/notices" if before is not None else None,
    )


@pages.post("/notices/read")
@requires(Permission.SEE_NOTICES)
def read() -> ResponseReturnValue:
    """Mark everything up to what the page showed as read."""
    up_to = request.form.get("up_to", type=row_id)
    if up_to is None:
        abort(400)
    flash(f"{counted(perform(read_notices, up_to=up_to), 'notice')} marked as read.", "success")
    return redirect("/notices", 303)
