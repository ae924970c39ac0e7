"""The accountable lead of a case: proposal by rule, confirmation, override, telling the person, the letter, the care team."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.care_team import add_member, end_member
from caseload.actions.leads import confirm_lead, record_told
from caseload.actions.letters import record_letter
from caseload.actions.views import record_view
from caseload.clock import local_day
from caseload.domain.candidates import why_reason_needed
from caseload.domain.override_reasons import OVERRIDE_WORDS
from caseload.domain.permissions import Permission
from caseload.domain.words import CareTeamRole, ContactMode
from caseload.forms.lead import MemberForm, NameLeadForm, ToldForm
from caseload.forms.review import row_id
from caseload.lead_rules import read_lead_rules
from caseload.pages.next_steps import offer_next_steps
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.candidates import comparison, title_of
from caseload.presenters.letter import letter_pdf, missing_pdf
from caseload.presenters.words import words_of
from caseload.queries.care_team import CareTeamPage, care_team_page
from caseload.queries.leads import LeadPage, lead_page
from caseload.queries.letters import Letter, letter_for
from caseload.queries.next_cases import next_without_lead
from caseload.web import this_app

pages = Blueprint("lead", __name__)

SHOWN_AT_FIRST = 8
"""How many professionals the page compares before somebody asks for everyone."""


@pages.get("/cases/<int:case_id>/lead")
@requires(Permission.SEE_CASES)
def show(case_id: int) -> ResponseReturnValue:
    """Who leads, why, who did before; or whom the rule proposes, and the form to name somebody."""
    found = _read(case_id)
    return _lead_page(found, _name_form(found, fresh=True), _told_form(found, fresh=True))


@pages.post("/cases/<int:case_id>/lead")
@requires(Permission.CONFIRM_LEAD)
def name(case_id: int) -> ResponseReturnValue:
    """Confirm whom the rule proposes, or somebody else with a reason."""
    found = _read(case_id)
    form = _name_form(found)
    if found.may_name and not form.validate_on_submit():
        return _lead_page(found, form, _told_form(found, fresh=True)), 422
    perform(
        confirm_lead, case_id=case_id, row_version=shown_version(), user_id=_chosen(form),
        override_code=form.override_code.data or None, override_note=form.override_note.data or "",
        tell_days=this_app().settings.tell_lead_days,
    )  # fmt: skip
    flash("The accountable lead is named. Telling the person is on their list.", "success")
    if "next" in request.form:
        return redirect(_next_page(case_id), 303)
    offer_next_steps(found.case.person_id)
    return redirect(url_for("lead.show", case_id=case_id), 303)


@pages.post("/cases/<int:case_id>/lead/told")
@requires(Permission.WORK_CASE)
def told(case_id: int) -> ResponseReturnValue:
    """Record when and how the person was told who leads."""
    found = _read(case_id)
    form = _told_form(found)
    if not form.validate_on_submit():
        return _lead_page(found, _name_form(found, fresh=True), form), 422
    perform(
        record_told, case_id=case_id, allocation_id=request.form.get("allocation_id", 0, type=row_id),
        told_on=form.told_on.data, how=ContactMode(form.how.data),
    )  # fmt: skip
    flash("It is recorded that the person was told.", "success")
    return redirect(url_for("lead.show", case_id=case_id), 303)


@pages.get("/cases/<int:case_id>/letter")
@requires(Permission.WORK_CASE)
def letter(case_id: int) -> ResponseReturnValue:
    """The letter that tells the person who leads, to print."""
    found = _letter(case_id, "page")
    return render_template("lead/letter.html", letter=found, today=today(), missing=missing_pdf())


@pages.get("/cases/<int:case_id>/letter.pdf")
@requires(Permission.WORK_CASE)
def letter_as_pdf(case_id: int) -> ResponseReturnValue:
    """The same letter as a file; where no program makes PDFs here, how to get one."""
    missing = missing_pdf()
    if missing is not None:
        return render_template("lead/no_pdf.html", case_id=case_id, missing=missing), 503
    written = render_template("lead/letter_file.html", letter=_letter(case_id, "pdf"), today=today())
    answer = Response(letter_pdf(written), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="letter.pdf"'
    return answer


@pages.get("/cases/<int:case_id>/team")
@requires(Permission.SEE_CASES)
def team(case_id: int) -> ResponseReturnValue:
    """The care team, now and before, and the form to add somebody."""
    found = _read_team(case_id)
    return _team_page(found, _member_form(found, fresh=True))


@pages.post("/cases/<int:case_id>/team")
@requires(Permission.WORK_CASE)
def add(case_id: int) -> ResponseReturnValue:
    """Put somebody on the care team."""
    found = _read_team(case_id)
    form = _member_form(found)
    if not form.validate_on_submit():
        return _team_page(found, form), 422
    perform(
        add_member, case_id=case_id, role=CareTeamRole(form.role.data), from_on=form.from_on.data,
        user_id=form.member_id, name=form.name.data or "", organisation=form.organisation.data or "",
    )  # fmt: skip
    flash("The care team has a new member.", "success")
    return redirect(url_for("lead.team", case_id=case_id), 303)


@pages.post("/cases/<int:case_id>/team/<int:member_id>/end")
@requires(Permission.WORK_CASE)
def end(case_id: int, member_id: int) -> ResponseReturnValue:
    """Today is somebody's last day on the care team."""
    perform(end_member, case_id=case_id, member_id=member_id, row_version=shown_version())
    flash("Today is their last day on the care team.", "success")
    return redirect(url_for("lead.team", case_id=case_id), 303)


def _next_page(case_id: int) -> str:
    """The next case without a lead, for somebody who names many; the list of them where none is left."""
    with this_app().store.reading() as session:
        next_id = next_without_lead(session, viewer(), moment(), case_id)
    return url_for("cases.unallocated") if next_id is None else url_for("lead.show", case_id=next_id)


def _read(case_id: int) -> LeadPage:
    with this_app().store.reading() as session:
        return lead_page(session, viewer(), moment(), case_id)


def _lead_page(found: LeadPage, naming: NameLeadForm, telling: ToldForm) -> str:
    looked_at([found.case.person_id])
    return render_template(
        "lead/lead.html",
        page=found,
        banner=banner_of(found.case.person, today()),
        naming=naming,
        telling=telling,
        form=telling if telling.errors else naming,
        reasons={reason.value: words for reason, words in OVERRIDE_WORDS.items()},
        how_words={mode.value: words_of(mode) for mode in ContactMode},
        today=today(),
    )


def _name_form(found: LeadPage, *, fresh: bool = False) -> NameLeadForm:
    rules = read_lead_rules()
    needed = {str(one.user_id): why_reason_needed(rules, found.outcome, one) for one in found.candidates}
    form = NameLeadForm(formdata=None, needed=needed) if fresh else NameLeadForm(needed=needed)
    offered = found.candidates if "everyone" in request.args else found.candidates[:SHOWN_AT_FIRST]
    chosen = [one for one in found.candidates if str(one.user_id) == form.user_id.data and one not in offered]
    form.user_id.choices = [
        (str(one.user_id), (title_of(one), comparison(one, today(), _said_of(found, needed[str(one.user_id)]))))
        for one in (*offered, *chosen)
    ]
    return form


def _said_of(found: LeadPage, needed: str | None) -> str | None:
    """Why a choice needs a reason, beside it; where every choice does, the page says so once."""
    return None if found.outcome.profession is None else needed


def _chosen(form: NameLeadForm) -> int:
    """The user chosen; where the page offered nobody, the action says why."""
    return int(form.user_id.data) if (form.user_id.data or "").isdecimal() else 0


def _told_form(found: LeadPage, *, fresh: bool = False) -> ToldForm:
    since = today() if found.current is None else local_day(found.current.from_at)
    if fresh:
        return ToldForm(formdata=None, since=since, today=today(), data={"told_on": today()})
    return ToldForm(since=since, today=today())


def _letter(case_id: int, made_as: str) -> Letter:
    """The letter, with its making and the look at it told to the audit log before it leaves, in one transaction."""
    with this_app().store.writing() as session:
        found = letter_for(session, viewer(), moment(), case_id)
        record_letter(session, by=viewer(), now=moment(), case_id=case_id, made_as=made_as)
        record_view(
            session, by=viewer(), now=moment(), page=request.endpoint or "lead.letter", people=[found.case.person_id]
        )
    return found


def _read_team(case_id: int) -> CareTeamPage:
    with this_app().store.reading() as session:
        return care_team_page(session, viewer(), moment(), case_id)


def _team_page(found: CareTeamPage, form: MemberForm) -> str:
    looked_at([found.case.person_id])
    banner = banner_of(found.case.person, today())
    return render_template("lead/team.html", page=found, banner=banner, form=form, today=today())


def _member_form(found: CareTeamPage, *, fresh: bool = False) -> MemberForm:
    form = MemberForm(formdata=None, data={"from_on": today()}) if fresh else MemberForm()
    form.user_id.choices = [
        ("", "Somebody who does not use this service"),
        *((str(one.user_id), ", ".join(part for part in (one.name, one.job_title, one.organisation) if part))
          for one in found.joiners),
    ]  # fmt: skip
    return form
