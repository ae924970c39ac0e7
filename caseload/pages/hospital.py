"""The data quality officer's pages: what hospitals sent, what is held, one message, its text, changes of identity."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from caseload.actions.hospital_reading import read_message
from caseload.domain.permissions import Permission
from caseload.forms.hospital import DismissForm
from caseload.forms.review import row_id
from caseload.pages.feeds_here import feeds_here, rules_of
from caseload.pages.request import looked_at, moment, requires, viewer
from caseload.presenters.feed_lines import feed_lines
from caseload.presenters.hospital_messages import raw_text, trigger_words
from caseload.presenters.hospital_reasons import reason_words
from caseload.queries.hospital_messages import (
    HeldFilter,
    feed_rows,
    held_by_reason,
    held_messages,
    identity_change,
    identity_changes,
    message_facts,
)
from caseload.web import this_app

pages = Blueprint("hospital", __name__)

_HELD, _CHANGES = "/hospital/held", "/hospital/identities"


@pages.get("/hospital")
@requires(Permission.SETTLE_MESSAGES)
def feeds() -> ResponseReturnValue:
    """Every feed: when it was heard, whether it is silent, what it sent and what is held."""
    rules = feeds_here()
    with this_app().store.reading() as session:
        rows = feed_rows(session, viewer(), moment(), configured=[one.name for one in rules])
        held = held_by_reason(session, viewer())
    return render_template(
        "hospital/feeds.html",
        lines=feed_lines(rows, rules, moment()),
        held=[(feed, reason, reason_words(reason).words, count) for (feed, reason), count in held.items()],
    )


@pages.get(_HELD)
@requires(Permission.SETTLE_MESSAGES)
def held() -> ResponseReturnValue:
    """What waits for somebody, the oldest first, without anything it says of anybody."""
    limit = this_app().settings.page_rows
    wanted = HeldFilter(
        request.args.get("feed", ""), request.args.get("reason", ""), request.args.get("after", type=row_id)
    )
    with this_app().store.reading() as session:
        rows = held_messages(session, viewer(), wanted, limit=limit)
        counts = held_by_reason(session, viewer())
    given = {name: value for name, value in (("feed", wanted.feed), ("reason", wanted.reason)) if value}
    more = {**given, "after": str(rows[limit - 1].message_id)} if len(rows) > limit else None
    return render_template(
        "hospital/held.html",
        rows=rows[:limit],
        trigger_words=trigger_words,
        reason_words=reason_words,
        wanted=wanted,
        feeds=sorted({feed for feed, _ in counts}),
        reasons=sorted({reason for _, reason in counts}, key=lambda code: reason_words(code).words),
        chips=_chips(given),
        next_url=_address(_HELD, more) if more else None,
        first_url=_address(_HELD, given) if wanted.after is not None else None,
    )


@pages.get("/hospital/messages/<int:hospital_message_id>")
@requires(Permission.SETTLE_MESSAGES)
def message(hospital_message_id: int) -> ResponseReturnValue:
    """One message without its text, and what can be done about it."""
    return message_page(hospital_message_id, DismissForm(formdata=None))


@pages.get("/hospital/messages/<int:hospital_message_id>/raw")
@requires(Permission.SETTLE_MESSAGES)
def raw(hospital_message_id: int) -> ResponseReturnValue:
    """The text of one message. Whoever is shown it has looked, and that is written before the page is made."""
    with this_app().store.writing() as session:
        found = read_message(
            session, by=viewer(), now=moment(), message_id=hospital_message_id, page="hospital.raw", rules=feeds_here()
        )
    text = raw_text(found.raw, found.reason_code, rules_of(found.feed))
    return render_template("hospital/raw.html", message_id=found.message_id, text=text)


@pages.get(_CHANGES)
@requires(Permission.SETTLE_MESSAGES)
def changes() -> ResponseReturnValue:
    """What hospitals said of their numbers and visits, and what was linked by hand."""
    limit = this_app().settings.page_rows
    before = request.args.get("before", type=row_id)
    with this_app().store.reading() as session:
        rows = identity_changes(session, viewer(), before=before, limit=limit)
    return render_template(
        "hospital/changes.html",
        rows=rows[:limit],
        next_url=_address(_CHANGES, {"before": str(rows[limit - 1].change_id)}) if len(rows) > limit else None,
        first_url=_CHANGES if before is not None else None,
    )


@pages.get("/hospital/identities/<int:identity_change_id>")
@requires(Permission.SETTLE_MESSAGES)
def change(identity_change_id: int) -> ResponseReturnValue:
    """One of them, and what taking it back does."""
    with this_app().store.reading() as session:
        found = identity_change(session, viewer(), identity_change_id, rules=feeds_here())
    if found.open:
        looked_at(found.people)
    return render_template("hospital/change.html", found=found, row=found.row)


def message_page(hospital_message_id: int, form: DismissForm) -> str:
    """The page of one message, with the form to dismiss it."""
    rules = feeds_here()
    with this_app().store.reading() as session:
        found = message_facts(session, viewer(), hospital_message_id, rules=rules)
    return render_template(
        "hospital/message.html",
        found=found,
        form=form,
        reason=reason_words(found.reason_code) if found.reason_code else None,
        what=trigger_words(found.kind),
        has_rules=any(one.name == found.feed for one in rules),
    )


def _chips(given: dict[str, str]) -> list[tuple[str, str]]:
    """Every filter in words, with the address without it."""
    words = {"feed": given.get("feed", ""), "reason": reason_words(given.get("reason", "")).words}
    return [
        (words[name], _address(_HELD, {other: value for other, value in given.items() if other != name}))
        for name in given
    ]


def _address(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
