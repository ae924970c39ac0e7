"""A care plan as a document, and copies of it: to whom each goes is asked and written down before it is made.

Looking at a plan on the screen is a look like any other. A file, or a page to print for somebody, begins with the form
that records the copy; the address it leads to makes that copy for whoever recorded it, on that day.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.plan_shares import Shared, share_plan
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import ShareFormat
from caseload.domain.sharing_rules import MAY_BE_PRINTED, RecipientKind, why_not_given, why_not_opened
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.exceptions import NotNow
from caseload.forms.plan_copies import ShareForm
from caseload.forms.review import row_id
from caseload.pages.plan_files import NAMES, Making, plan_file, summary_of, why_no_file
from caseload.pages.request import looked_at, moment, perform, requires, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.letter import missing_pdf
from caseload.presenters.plan_document import PlanDocument, plan_document, standing_of
from caseload.presenters.plan_shares import kind_lines
from caseload.presenters.urgent_summary import UrgentSummary
from caseload.queries.consent import ConsentRow, consents_in_force
from caseload.queries.plan_copies import PlanCopy, ShareRow, made_copy, plan_copy, plan_shares
from caseload.queries.visible import check_lasting
from caseload.web import this_app
from interfaces.fhir.document_reference import CONTENT_TYPES

pages = Blueprint("plan_copies", __name__)

_FILES: dict[ShareFormat, str] = {
    ShareFormat.PDF: "plan_copies.pdf",
    ShareFormat.LARGE_PRINT: "plan_copies.large_pdf",
    ShareFormat.PLAIN_TEXT: "plan_copies.text",
    ShareFormat.URGENT_SUMMARY: "plan_copies.urgent_pdf",
}
_PAGES: dict[ShareFormat, str] = {
    ShareFormat.PDF: "plan_copies.show",
    ShareFormat.LARGE_PRINT: "plan_copies.show",
    ShareFormat.URGENT_SUMMARY: "plan_copies.urgent",
}
"""Where a copy is printed from the page, because no program makes PDFs here or none of a plan so long."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A version, and the copy that the address names where there is one."""

    plan: PlanCopy
    share: ShareRow | None

    @property
    def recipient(self) -> str | None:
        """Whom the copy is for."""
        return None if self.share is None else self.share.recipient


@pages.get("/plans/<int:version_id>/print")
@requires(Permission.OPEN_PERSON)
def show(version_id: int) -> ResponseReturnValue:
    """The whole plan as a document, to read, or to print for whom a copy was recorded."""
    opened = _open(version_id, ShareFormat.PDF, ShareFormat.LARGE_PRINT)
    return _on_screen("plan_copies/print.html", opened, document=_document(opened))


@pages.get("/plans/<int:version_id>/urgent")
@requires(Permission.OPEN_PERSON)
def urgent(version_id: int) -> ResponseReturnValue:
    """The one page for somebody who has to act at once."""
    opened = _open(version_id, ShareFormat.URGENT_SUMMARY)
    return _on_screen("plan_copies/urgent.html", opened, summary=_summary(opened))


@pages.get("/plans/<int:version_id>/copy.pdf")
@requires(Permission.SHARE_PLAN)
def pdf(version_id: int) -> ResponseReturnValue:
    """A recorded copy on A4."""
    return _file(version_id, ShareFormat.PDF)


@pages.get("/plans/<int:version_id>/large.pdf")
@requires(Permission.SHARE_PLAN)
def large_pdf(version_id: int) -> ResponseReturnValue:
    """A recorded copy in large print."""
    return _file(version_id, ShareFormat.LARGE_PRINT)


@pages.get("/plans/<int:version_id>/copy.txt")
@requires(Permission.SHARE_PLAN)
def text(version_id: int) -> ResponseReturnValue:
    """A recorded copy as plain text."""
    return _file(version_id, ShareFormat.PLAIN_TEXT)


@pages.get("/plans/<int:version_id>/urgent.pdf")
@requires(Permission.SHARE_PLAN)
def urgent_pdf(version_id: int) -> ResponseReturnValue:
    """A recorded copy of the urgent summary."""
    return _file(version_id, ShareFormat.URGENT_SUMMARY)


@pages.get("/plans/<int:version_id>/share")
@requires(Permission.SHARE_PLAN)
def ask(version_id: int) -> ResponseReturnValue:
    """The form that asks for whom a copy is, with who may be given one now."""
    return _share_page(version_id, ShareForm(formdata=None))


@pages.post("/plans/<int:version_id>/share")
@requires(Permission.SHARE_PLAN)
def share(version_id: int) -> ResponseReturnValue:
    """Record a copy and lead to it, or record that the person's words forbid it."""
    form = ShareForm()
    if not form.validate_on_submit():
        return _share_page(version_id, form), 422
    share_format = ShareFormat(form.share_format.data)
    done: Shared = perform(
        share_plan, version_id=version_id, kind=RecipientKind(form.kind.data), recipient=form.recipient,
        share_format=share_format,
    )  # fmt: skip
    if done["refused"]:
        flash(done["refused"], "refused")
        return redirect(url_for("plan_copies.shares", version_id=version_id), 303)
    return redirect(_address(version_id, share_format, done["share"]), 303)


@pages.get("/plans/<int:version_id>/shares")
@requires(Permission.OPEN_PERSON)
def shares(version_id: int) -> ResponseReturnValue:
    """To whom copies went, of every version of this plan, newest first, page by page (`?before=` a copy's number)."""
    before, limit = request.args.get("before", type=row_id), this_app().settings.page_rows
    with this_app().store.reading() as session:
        plan = plan_copy(session, viewer(), moment(), version_id)
        rows = plan_shares(session, viewer(), moment(), version_id, before=before, most=limit + 1)
    looked_at([plan.person.person_id])
    shown, here = rows[:limit], "plan_copies.shares"
    return render_template(
        "plan_copies/shares.html",
        banner=banner_of(plan.person, today()),
        version_id=version_id,
        rows=shown,
        now=moment(),
        next_url=url_for(here, version_id=version_id, before=shown[-1].share_id) if len(rows) > limit else None,
        first_url=url_for(here, version_id=version_id) if before is not None else None,
    )


def _open(version_id: int, *formats: ShareFormat) -> _Opened:
    """The version, and the viewer's copy of one of these formats that the address names, if it still may be opened."""
    share_id = request.args.get("copy", type=row_id)
    with this_app().store.reading() as session:
        plan = plan_copy(session, viewer(), moment(), version_id)
        if plan.state not in MAY_BE_PRINTED:
            raise NotNow(why_not_given(plan.state) or "")
        made = None if share_id is None else made_copy(session, viewer(), moment(), version_id, share_id)
        if made is None or made.share_format not in formats:
            return _Opened(plan, None)
        rows = consents_in_force(session, viewer(), moment(), plan.person.person_id)
    since = {purpose for purpose, row in rows.items() if row.at > made.at}
    refusal = why_not_opened(made.sector, made.share_format, _states(rows), since)
    if refusal is not None:
        raise NotNow(refusal.sentence)
    return _Opened(plan, made)


def _states(rows: dict[ConsentPurpose, ConsentRow]) -> dict[ConsentPurpose, ConsentState]:
    return {purpose: row.state for purpose, row in rows.items()}


def _address(version_id: int, share_format: ShareFormat, share_id: int) -> str:
    """Where a recorded copy is made; a page to print where no program makes PDFs."""
    endpoint = _FILES[share_format]
    if missing_pdf() is not None:
        endpoint = _PAGES.get(share_format, endpoint)
    return url_for(endpoint, version_id=version_id, copy=share_id)


def _document(opened: _Opened) -> PlanDocument:
    return plan_document(opened.plan, by=viewer().display_name, now=moment(), recipient=opened.recipient)


def _summary(opened: _Opened) -> UrgentSummary:
    return summary_of(_making(opened))


def _making(opened: _Opened) -> Making:
    return Making(opened.plan, viewer().display_name, moment(), opened.recipient)


def _on_screen(template: str, opened: _Opened, **parts: PlanDocument | UrgentSummary) -> str:
    person = opened.plan.person
    looked_at([person.person_id])
    return render_template(
        template, banner=banner_of(person, today()), version_id=opened.plan.version_id, share=opened.share,
        missing=missing_pdf(), **parts,
    )  # fmt: skip


def _file(version_id: int, share_format: ShareFormat) -> ResponseReturnValue:
    """A recorded copy as a file whose name says nothing of whose plan it is. No file without a copy that says for whom it is."""
    opened = _open(version_id, share_format)
    if opened.share is None:
        return redirect(url_for("plan_copies.ask", version_id=version_id))
    why = why_no_file(opened.plan, share_format)
    if why is not None:
        return _no_pdf(opened, opened.share, why), 503 if missing_pdf() else 422
    answer = Response(plan_file(_making(opened), share_format), content_type=CONTENT_TYPES[share_format])
    answer.headers["Content-Disposition"] = f'inline; filename="{NAMES[share_format]}"'
    looked_at([opened.plan.person.person_id])
    return answer


def _no_pdf(opened: _Opened, made: ShareRow, why: str) -> str:
    """Why there is no file, and where the same is printed from."""
    instead = url_for(_PAGES[made.share_format], version_id=opened.plan.version_id, copy=made.share_id)
    return render_template(
        "plan_copies/no_pdf.html", version_id=opened.plan.version_id, missing=why, instead=instead
    )  # fmt: skip


def _share_page(version_id: int, form: ShareForm) -> str:
    with this_app().store.reading() as session:
        plan = plan_copy(session, viewer(), moment(), version_id)
        check_lasting(session, viewer(), moment(), plan.person.person_id)
        rows = consents_in_force(session, viewer(), moment(), plan.person.person_id)
    looked_at([plan.person.person_id])
    return render_template(
        "plan_copies/share.html",
        form=form,
        banner=banner_of(plan.person, today()),
        version_id=version_id,
        number=plan.number,
        standing=standing_of(plan),
        why_not=why_not_given(plan.state),
        lines=kind_lines(_states(rows)),
    )
