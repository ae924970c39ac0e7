"""What partners' systems wrote to the care team about somebody."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.partner_messages import read_message
from caseload.domain.permissions import Permission
from caseload.forms.review import row_id
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.queries.partner_messages import messages_about
from caseload.queries.people import person_facts
from caseload.web import this_app

pages = Blueprint("partner_messages", __name__)


@pages.get("/people/<int:person_id>/messages")
@requires(Permission.OPEN_PERSON)
def show(person_id: int) -> ResponseReturnValue:
    """The messages, newest first, page by page (`?before=` a message's number)."""
    before, limit = request.args.get("before", type=row_id), this_app().settings.page_rows
    with this_app().store.reading() as session:
        person = person_facts(session, viewer(), moment(), person_id)
        rows = messages_about(session, viewer(), moment(), person_id, before=before, limit=limit)
    looked_at([person_id])
    here, more = f"/people/{person_id}/messages", len(rows) > limit
    return render_template(
        "people/messages.html",
        banner=banner_of(person, today()),
        rows=rows[:limit],
        may_read=viewer().may(Permission.WORK_CASE),
        next_url=f"{here}?before={rows[limit - 1].message_id}" if more else None,
        first_url=here if before is not None else None,
    )


@pages.post("/people/<int:person_id>/messages/<int:message_id>/read")
@requires(Permission.WORK_CASE)
def mark_read(person_id: int, message_id: int) -> ResponseReturnValue:
    """One of the team has read it."""
    perform(read_message, message_id=message_id, row_version=shown_version())
    flash("The message has been marked as read.", "success")
    return redirect(url_for("partner_messages.show", person_id=person_id))
