"""The information governance officer's pages: the audit log, the queue of emergency openings."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from caseload.actions.emergency import end_emergency, review_emergency
from caseload.actions.searches import record_audit_search
from caseload.clock import LONDON
from caseload.domain.emergency_access import EmergencyFinding
from caseload.domain.permissions import Permission
from caseload.exceptions import NotNow, NotThere
from caseload.forms.audit import AuditForm
from caseload.forms.emergency import ReviewEmergencyForm
from caseload.forms.review import row_id
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, viewer
from caseload.presenters.audit import action_choices, action_words, audit_lines, csv_lines, reference
from caseload.presenters.emergency import deed_lines, finding_words, reason_words
from caseload.presenters.writing import day
from caseload.queries.audit import (
    EXPORT_ROWS,
    AuditFilter,
    audit_events,
    audit_file,
    may_search_for,
    person_with_reference,
    user_with_name,
    username_of,
)
from caseload.queries.emergency import emergency_deeds, emergency_opening, emergency_queue
from caseload.web import this_app

pages = Blueprint("governance", __name__)

_DEEDS_SHOWN = 200
_Read = TypeVar("_Read")
_UNREADABLE = (
    "The address of this search has a filter that cannot be read, so nothing was searched. Open the audit log and fill in the "
    "form."
)


@pages.get("/governance/emergency")
@requires(Permission.REVIEW_EMERGENCY)
def emergency() -> ResponseReturnValue:
    """The openings that wait for a review, oldest first; or those reviewed, newest first."""
    limit = this_app().settings.page_rows
    reviewed = request.args.get("show") == "reviewed"
    after = request.args.get("after", type=row_id)
    with this_app().store.reading() as session:
        rows = emergency_queue(session, viewer(), reviewed=reviewed, after=after, limit=limit)
    shown = rows[:limit]
    looked_at(row.person_id for row in shown)
    here = "/governance/emergency" + ("?show=reviewed" if reviewed else "?show=waiting")
    return render_template(
        "governance/emergency.html",
        rows=shown,
        reviewed=reviewed,
        reference=reference,
        reason_words=reason_words,
        finding_words=finding_words,
        next_url=f"{here}&after={shown[-1].opening_id}" if len(rows) > limit else None,
        first_url=here if after is not None else None,
    )


@pages.get("/governance/emergency/<int:opening_id>")
@requires(Permission.REVIEW_EMERGENCY)
def opening(opening_id: int) -> ResponseReturnValue:
    """One opening, what was done with the record, and the form of the review."""
    return _opening_page(opening_id, ReviewEmergencyForm(formdata=None))


@pages.post("/governance/emergency/<int:opening_id>")
@requires(Permission.REVIEW_EMERGENCY)
def review(opening_id: int) -> ResponseReturnValue:
    """Record what was found."""
    form = ReviewEmergencyForm()
    if not form.validate_on_submit():
        return _opening_page(opening_id, form), 422
    row_version = request.form.get("row_version", type=row_id)
    if row_version is None:
        abort(400)
    finding = EmergencyFinding(form.finding.data)
    perform(
        review_emergency, opening_id=opening_id, row_version=row_version, finding=finding, note=form.note.data or ""
    )
    flash("The review was recorded.", "success")
    return redirect("/governance/emergency", 303)


@pages.post("/governance/emergency/<int:opening_id>/end")
@requires(Permission.REVIEW_EMERGENCY)
def end_access(opening_id: int) -> ResponseReturnValue:
    """The record is closed to whoever opened it, at once."""
    perform(end_emergency, opening_id=opening_id, row_version=shown_version())
    flash("The emergency access has ended. You can review it now.", "success")
    return redirect(f"/governance/emergency/{opening_id}", 303)


@pages.get("/governance/audit")
@requires(Permission.SEARCH_AUDIT)
def audit() -> ResponseReturnValue:
    """The audit log, filtered as the address says, newest first."""
    return _audit_page(_audit_form(AuditForm(formdata=None, data=_as_typed())))


@pages.post("/governance/audit")
@requires(Permission.SEARCH_AUDIT)
def search_audit() -> ResponseReturnValue:
    """Turn what was typed into references and go to the list: neither a name nor an NHS number is in its address."""
    form = _audit_form(AuditForm())
    valid = form.validate_on_submit()
    with this_app().store.reading() as session:
        user_id = user_with_name(session, form.username.data.strip()) if form.username.data else None
        person_id = person_with_reference(session, viewer(), form.nhs_number.number) if form.nhs_number.number else None
    if form.username.data and user_id is None:
        form.username.errors = ["There is no user with this username"]
    if form.nhs_number.number and person_id is None:
        form.nhs_number.errors = ["There is nobody with this NHS number in your area"]
    if not valid or form.errors:
        return _audit_page(form), 422
    wanted = {
        "user": user_id,
        "action": form.action.data,
        "from": form.from_day.data,
        "until": form.until_day.data,
        "person": person_id,
    }
    return redirect(_address(**{name: str(value) for name, value in wanted.items() if value}), 303)


@pages.get("/governance/audit.csv")
@requires(Permission.SEARCH_AUDIT)
def audit_csv() -> ResponseReturnValue:
    """The same events as a file, at most 50,000."""
    wanted = _filter()
    _tell(wanted, exported=True)
    name = f"audit-{moment():%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(_file(wanted), mimetype="text/csv", headers=headers)


def _file(wanted: AuditFilter) -> Iterator[str]:
    app, who = this_app(), viewer()

    def lines() -> Iterator[str]:
        with app.store.reading() as session:
            yield from csv_lines(audit_file(session, who, wanted))

    return lines()


def _opening_page(opening_id: int, form: ReviewEmergencyForm) -> str:
    with this_app().store.reading() as session:
        row = emergency_opening(session, viewer(), opening_id)
        deeds = emergency_deeds(session, row, limit=_DEEDS_SHOWN)
    looked_at([row.person_id])
    return render_template(
        "governance/opening.html",
        form=form,
        row=row,
        reference=reference,
        reason_words=reason_words,
        finding_words=finding_words,
        deeds=deed_lines(deeds),
        own=row.user_id == viewer().user_id,
        running=row.expires_at > moment(),
    )


def _audit_form(form: AuditForm) -> AuditForm:
    form.action.choices = action_choices()
    return form


def _audit_page(form: AuditForm) -> str:
    limit = this_app().settings.page_rows
    wanted = _filter()
    before = request.args.get("before", type=row_id)
    _tell(wanted, exported=False)
    with this_app().store.reading() as session:
        rows = audit_events(session, viewer(), wanted, before=before, limit=limit)
        user = None if wanted.user_id is None else username_of(session, wanted.user_id)
    more = _address(**_given(), before=str(rows[limit - 1].number)) if len(rows) > limit else None
    return render_template(
        "governance/audit.html",
        form=form,
        lines=audit_lines(rows[:limit]),
        chips=_chips(user),
        next_url=more,
        first_url=_address(**_given()) if before is not None else None,
        csv_url="/governance/audit.csv" + _query(_given()),
        most=EXPORT_ROWS,
    )


def _tell(wanted: AuditFilter, *, exported: bool) -> None:
    """The search itself is audited. NotThere for the reference of somebody outside the officer's practices."""
    with this_app().store.writing() as session:
        if wanted.person_id is not None and not may_search_for(session, viewer(), wanted.person_id):
            raise NotThere
        record_audit_search(
            session, by=viewer(), now=moment(), person_id=wanted.person_id, user_id=wanted.user_id,
            action=wanted.action, exported=exported,
        )  # fmt: skip


def _filter() -> AuditFilter:
    first, last = _day("from"), _day("until")
    return AuditFilter(
        user_id=_given_as("user", row_id),
        action=request.args.get("action", ""),
        from_at=None if first is None else _midnight(first),
        until_at=None if last is None else _midnight(last + timedelta(days=1)),
        person_id=_given_as("person", row_id),
    )


def _as_typed() -> dict[str, object]:
    """What of the address the form shows again; user and person stand as filters only."""
    return {"action": request.args.get("action", ""), "from_day": _day("from"), "until_day": _day("until")}


def _day(name: str) -> date | None:
    return _given_as(name, date.fromisoformat)


def _given_as(name: str, read: Callable[[str], _Read]) -> _Read | None:
    """A filter of the address, None where it is not there; NotNow for one that cannot be read: never a wider search."""
    text = request.args.get(name)
    if not text:
        return None
    try:
        return read(text)
    except ValueError:
        raise NotNow(_UNREADABLE) from None


def _midnight(of: date) -> datetime:
    return datetime.combine(of, time.min, tzinfo=LONDON)


def _given() -> dict[str, str]:
    names = ("user", "action", "from", "until", "person")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _address(**query: str) -> str:
    return "/governance/audit" + _query(query)


def _query(given: dict[str, str]) -> str:
    return "?" + urlencode(given) if given else ""


def _chips(user: str | None) -> list[tuple[str, str]]:
    """Every filter in words, with the address without it."""
    first, last = _day("from"), _day("until")
    words = {
        "user": f"by {user or 'nobody'}",
        "action": action_words(request.args.get("action", "")),
        "from": f"from {day(first)}" if first else "",
        "until": f"until {day(last)}" if last else "",
        "person": f"Person {request.args.get('person', '')}",
    }
    given = _given()
    without = {name: {other: value for other, value in given.items() if other != name} for name in given}
    return [(words[name], _address(**without[name])) for name in given if words[name]]
