"""What a person agreed or objected to."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.consent import NOTHING, record_consent
from caseload.domain.consent_rules import SHARING_PURPOSES, ConsentHow, means_no, only_answer
from caseload.domain.permissions import Permission
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.exceptions import NotThere
from caseload.forms.consent import ConsentForm
from caseload.pages.request import looked_at, moment, perform, requires, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.consent import history_lines, kept_out_words, purpose_line, purpose_lines
from caseload.queries.consent import ConsentRow, consent_history, consents_in_force
from caseload.queries.kept_out import kept_out_of
from caseload.queries.people import PersonFacts, only_in_emergency, person_facts
from caseload.queries.visible import check_lasting
from caseload.web import this_app

pages = Blueprint("consent", __name__)


@pages.get("/people/<int:person_id>/consent")
@requires(Permission.OPEN_PERSON)
def show(person_id: int) -> ResponseReturnValue:
    """Every purpose with what holds, and everything that was said before."""
    with this_app().store.reading() as session:
        person = person_facts(session, viewer(), moment(), person_id)
        holds = consents_in_force(session, viewer(), moment(), person_id)
        history = consent_history(session, viewer(), moment(), person_id)
        lasting = not only_in_emergency(session, viewer(), moment(), person_id)
    looked_at([person_id])
    return render_template(
        "consent/show.html",
        banner=banner_of(person, today()),
        lines=purpose_lines(holds),
        history=history_lines(history),
        may_record=viewer().may(Permission.RECORD_CONSENT) and lasting and person.date_of_death is None,
        person_id=person_id,
    )


@pages.get("/people/<int:person_id>/consent/<purpose>")
@requires(Permission.RECORD_CONSENT)
def ask(person_id: int, purpose: str) -> ResponseReturnValue:
    """Ask what the person said about one purpose."""
    person, about, row = _purpose(person_id, purpose)
    seen = str(row.consent_id if row else NOTHING)
    return _page(ConsentForm(formdata=None, purpose=about, holds=_state(row), seen=seen), person, about, row)


@pages.post("/people/<int:person_id>/consent/<purpose>")
@requires(Permission.RECORD_CONSENT)
def answer(person_id: int, purpose: str) -> ResponseReturnValue:
    """Record what the person said; it is in force from here on."""
    person, about, row = _purpose(person_id, purpose)
    form = ConsentForm(purpose=about, holds=_state(row))
    if not form.validate():
        return _page(form, person, about, row), 422
    state = ConsentState(form.answer.data)
    perform(
        record_consent, person_id=person_id, purpose=about, state=state, how=ConsentHow(form.how.data),
        seen_id=form.seen_id, representative=(form.representative.data or "").strip(),
        note=(form.note.data or "").strip(),
    )  # fmt: skip
    return _after(person_id, about, state)


def _after(person_id: int, about: ConsentPurpose, state: ConsentState) -> ResponseReturnValue:
    """Back to the consents, told who is kept out; whoever has just lost their own access goes to their day's work."""
    said = ["Recorded. It is in force from now on, everywhere."]
    if means_no(state):
        with this_app().store.reading() as session:
            try:
                person_facts(session, viewer(), moment(), person_id)
            except NotThere:
                flash(" ".join([*said, "You can no longer open the record."]), "success")
                return redirect(url_for("today.show"), 303)
            if about in SHARING_PURPOSES:
                said += kept_out_words(kept_out_of(session, viewer(), moment(), person_id))
    flash(" ".join(said), "success")
    return redirect(url_for("consent.show", person_id=person_id), 303)


def _purpose(person_id: int, purpose: str) -> tuple[PersonFacts, ConsentPurpose, ConsentRow | None]:
    if purpose not in set(ConsentPurpose):
        raise NotThere
    about = ConsentPurpose(purpose)
    with this_app().store.reading() as session:
        person = person_facts(session, viewer(), moment(), person_id)
        check_lasting(session, viewer(), moment(), person_id)
        return person, about, consents_in_force(session, viewer(), moment(), person_id).get(about)


def _state(row: ConsentRow | None) -> ConsentState | None:
    return row.state if row else None


def _page(form: ConsentForm, person: PersonFacts, about: ConsentPurpose, row: ConsentRow | None) -> str:
    looked_at([person.person_id])
    line = purpose_line(about, row)
    return render_template(
        "consent/answer.html",
        form=form,
        banner=banner_of(person, today()),
        line=line,
        only=only_answer(about, _state(row), line.name),
        deceased=person.date_of_death is not None,
        person_id=person.person_id,
    )
