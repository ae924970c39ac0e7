"""Writing one part of a draft, also when somebody else writes the same part."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from caseload.actions.plan_sections import NOT_WRITTEN, save_section
from caseload.domain.permissions import Permission
from caseload.domain.plan_entries import name_of
from caseload.domain.plan_headings import FIELDS, KEY, FieldKind
from caseload.domain.plan_rules import why_not_written
from caseload.domain.plan_words import PlanHeading
from caseload.exceptions import Conflict, NotThere
from caseload.forms.plan_sections import Offers, SectionForm, section_form
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.plan_page import part_lines
from caseload.queries.assignees import lists_for
from caseload.queries.plans import WholePlan, plan_to_write
from caseload.sign_in.drafts import keep_draft
from caseload.web import this_app

pages = Blueprint("plan_sections", __name__)

ANOTHER = "another"
"""What the second button sends: the same page again, with the next empty entry."""


@pages.get("/plans/<int:version_id>/sections/<heading>")
@requires(Permission.WRITE_PLAN)
def show(version_id: int, heading: str) -> ResponseReturnValue:
    """The entries of one part, to change, to take out or to add to."""
    part = _heading(heading)
    plan, offers = _read(version_id, part)
    return _page(plan, part, _form(plan, part, offers, fresh=True))


@pages.post("/plans/<int:version_id>/sections/<heading>")
@requires(Permission.WRITE_PLAN)
def save(version_id: int, heading: str) -> ResponseReturnValue:
    """What the part says from now on; where somebody else saved it meanwhile, theirs and mine to put together."""
    part = _heading(heading)
    plan, offers = _read(version_id, part)
    form = _form(plan, part, offers)
    if not form.validate():
        return _page(plan, part, form), 422
    try:
        perform(save_section, version_id=version_id, heading=part, row_version=shown_version(), entries=form.entries)
    except Conflict as conflict:
        keep_draft()
        plan, _ = _read(version_id, part)
        return _page(plan, part, form, conflict), 409
    flash(f"“{FIELDS[part].entry}” is saved." if not FIELDS[part].several else "Saved.", "success")
    if request.form.get("then") == ANOTHER:
        return redirect(url_for("plan_sections.show", version_id=version_id, heading=part.value, _anchor="next"), 303)
    return redirect(url_for("plans.show", version_id=version_id, _anchor=part.value), 303)


def _heading(heading: str) -> PlanHeading:
    if heading not in set(PlanHeading):
        raise NotThere
    return PlanHeading(heading)


def _read(version_id: int, part: PlanHeading) -> tuple[WholePlan, Offers]:
    with this_app().store.reading() as session:
        plan = plan_to_write(session, viewer(), moment(), version_id)
        return plan, _offers(session, plan, part)


def _offers(session: Session, plan: WholePlan, part: PlanHeading) -> Offers:
    """Whom and what the fields of the part can point to."""
    offers = {}
    for field in FIELDS[part].fields:
        if field.kind is FieldKind.PERSON:
            people = lists_for(session, viewer(), moment(), plan.case.person.person_id).people
            offers[field.name] = [(str(one.user_id), f"{one.name}, {one.organisation}") for one in people]
        elif field.kind is FieldKind.LINK and field.links_to is not None:
            entries = plan.contents.get(field.links_to, ())
            offers[field.name] = [(entry[KEY], name_of(field.links_to, entry)[:80]) for entry in entries]
    return offers


def _form(plan: WholePlan, part: PlanHeading, offers: Offers, *, fresh: bool = False) -> SectionForm:
    section = plan.section(part)
    return section_form(part, section.entries if section else (), offers, fresh=fresh)


def _page(plan: WholePlan, part: PlanHeading, form: SectionForm, conflict: Conflict | None = None) -> str:
    looked_at([plan.case.person.person_id])
    section = plan.section(part)
    theirs = next(line for line in part_lines(plan) if line.heading is part)
    return render_template(
        "plans/section.html", plan=plan, banner=banner_of(plan.case.person, today()), heading=part, part=FIELDS[part],
        form=form, conflict=conflict, theirs=theirs, row_version=section.row_version if section else NOT_WRITTEN,
        refusal=why_not_written(plan.version.state), may_write=plan.case.may_change, another=ANOTHER,
    )  # fmt: skip
