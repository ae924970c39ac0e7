"""What team meetings asked for: still to be done, and how much of it was."""

from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.domain.implementation import Split, implementation_of
from caseload.domain.permissions import Permission
from caseload.forms.review import row_id
from caseload.pages.request import looked_at, moment, requires, today, viewer
from caseload.presenters.mdt_room import outstanding_lines, rate_lines
from caseload.queries.mdt_actions import COUNTED_DAYS, due_actions, outstanding_actions
from caseload.web import this_app

pages = Blueprint("mdt_actions", __name__)


@pages.get("/mdt/actions")
@requires(Permission.SEE_MDT)
def show() -> ResponseReturnValue:
    """Outstanding actions across meetings, and the implementation rate with the published one beside it."""
    most, mine = this_app().settings.page_rows, "mine" in request.args
    after = _after(request.args.get("after", ""))
    with this_app().store.reading() as session:
        rows = outstanding_actions(session, viewer(), moment(), after=after, mine=mine, most=most + 1)
        counted = due_actions(session, viewer(), moment())
    bound = this_app().settings.small_number
    shown, last = rows[:most], rows[most - 1] if len(rows) > most else None
    looked_at(row.person_id for row in shown)
    found = implementation_of(counted, bound)
    chosen = {"mine": "1"} if mine else {}
    return render_template(
        "mdt_actions/show.html",
        lines=outstanding_lines(shown, today()),
        mine=mine,
        next_url=_address(after=f"{last.due_on}.{last.action_id}", **chosen) if last else None,
        first_url=_address(**chosen) if after else None,
        tables=[(words, rate_lines(found, split)) for words, split in _TABLES],
        bound=bound,
        unseen=sum(not action.openable for action in counted),
        counted_days=COUNTED_DAYS,
    )


_TABLES = (
    ("All", Split.WHOLE),
    ("By team", Split.TEAM),
    ("By decision", Split.DECISION),
    ("By deprivation (fifths of neighbourhoods)", Split.QUINTILE),
)


def _address(**query: str) -> str:
    return "?".join(part for part in (url_for("mdt_actions.show"), urlencode(query)) if part)


def _after(text: str) -> tuple[date, int] | None:
    """Where a page goes on; None for the first one, and for an address somebody made up."""
    on, _, number = text.partition(".")
    try:
        return date.fromisoformat(on), row_id(number)
    except ValueError:
        return None
