"""What the data quality officer does about a message or a change of identity."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from caseload.actions.hospital_identity import (
    correct_message,
    dismiss_message,
    link_by_hand,
    retry_message,
    undo_identity_change,
)
from caseload.actions.hospital_reading import ReadMessage, read_message
from caseload.domain.arrivals import same_but_for_line_ends
from caseload.domain.border_words import MessageState
from caseload.domain.permissions import Permission
from caseload.exceptions import NotNow
from caseload.forms.hospital import CorrectForm, DismissForm, LinkForm, LinkNoteForm
from caseload.forms.review import row_id
from caseload.pages.feeds_here import feeds_here, rules_of
from caseload.pages.hospital import message_page
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, viewer
from caseload.presenters.hospital_messages import beside, edited_bytes, edited_text
from caseload.presenters.writing import counted
from caseload.queries.hospital_messages import message_bytes
from caseload.queries.hospital_people import PersonBeside, person_to_link
from caseload.web import this_app

pages = Blueprint("hospital_acts", __name__)

_MESSAGE = "/hospital/messages/<int:hospital_message_id>"
_UNTYPABLE = "This message is too long, or has characters that a form cannot hold. Ask the hospital to put it right and send it again."
_SAID = {
    MessageState.APPLIED: "The message was acted on.",
    MessageState.NOT_ACTED_ON: "The message can be read, and there is nothing to act on.",
    MessageState.HELD: "The message is still held.",
}


@pages.post(f"{_MESSAGE}/retry")
@requires(Permission.SETTLE_MESSAGES)
def retry(hospital_message_id: int) -> ResponseReturnValue:
    """Have a message decided on again as it is."""
    done = perform(
        retry_message, message_id=hospital_message_id, row_version=shown_version(), rules=feeds_here()
    )  # fmt: skip
    return _settled(done)


@pages.post(f"{_MESSAGE}/dismiss")
@requires(Permission.SETTLE_MESSAGES)
def dismiss(hospital_message_id: int) -> ResponseReturnValue:
    """Nothing is to be done about a message."""
    form = DismissForm()
    if not form.validate_on_submit():
        return message_page(hospital_message_id, form), 422
    perform(
        dismiss_message, message_id=hospital_message_id, row_version=shown_version(), note=form.note.data.strip()
    )  # fmt: skip
    flash("The message was dismissed.", "success")
    return redirect("/hospital/held", 303)


@pages.get(f"{_MESSAGE}/correct")
@requires(Permission.SETTLE_MESSAGES)
def ask_correct(hospital_message_id: int) -> ResponseReturnValue:
    """A copy of the text to put right."""
    found = _shown(hospital_message_id, "hospital_acts.ask_correct")
    text = edited_text(found.raw)
    if text is None:
        raise NotNow(_UNTYPABLE)
    form = CorrectForm(data={"raw": text})
    form.began_with({"raw": text, "note": None})
    return render_template("hospital/correct.html", found=found, form=form)


@pages.post(f"{_MESSAGE}/correct")
@requires(Permission.SETTLE_MESSAGES)
def correct(hospital_message_id: int) -> ResponseReturnValue:
    """Keep the copy as a new message in the place of the held one, and act on it."""
    with this_app().store.reading() as session:
        original = message_bytes(session, viewer(), hospital_message_id, rules=feeds_here())
    form = CorrectForm()
    typed = _typed(form, original) if form.validate_on_submit() else None
    if typed is None:
        found = _shown(hospital_message_id, "hospital_acts.correct")
        return render_template("hospital/correct.html", found=found, form=form), 422
    done = perform(
        correct_message, message_id=hospital_message_id, row_version=shown_version(), raw=typed,
        note=form.note.data.strip(), rules=feeds_here(),
    )  # fmt: skip
    return _settled(done)


@pages.get(f"{_MESSAGE}/link")
@requires(Permission.SETTLE_MESSAGES)
def ask_link(hospital_message_id: int) -> ResponseReturnValue:
    """Who the message speaks of, and the search for the person it is about."""
    return _link_page(hospital_message_id, LinkForm(formdata=None), None)


@pages.post(f"{_MESSAGE}/link")
@requires(Permission.SETTLE_MESSAGES)
def link(hospital_message_id: int) -> ResponseReturnValue:
    """Show the person beside the message; with that person seen and a note, link the message to them."""
    with this_app().store.reading() as session:
        message_bytes(session, viewer(), hospital_message_id, rules=feeds_here())
    search = LinkForm()
    person = _person(search) if search.validate_on_submit() else None
    if person is None:
        return _link_page(hospital_message_id, search, None), 422
    if request.form.get("seen", type=row_id) != person.person_id:
        return _link_page(hospital_message_id, LinkNoteForm(), person)
    form = LinkNoteForm()
    if not form.validate_on_submit():
        return _link_page(hospital_message_id, form, person), 422
    done = perform(
        link_by_hand, message_id=hospital_message_id, row_version=shown_version(), nhs_number=person.nhs_number,
        note=form.note.data.strip(), rules=feeds_here(),
    )  # fmt: skip
    return _settled(done)


@pages.post("/hospital/identities/<int:identity_change_id>/undo")
@requires(Permission.SETTLE_MESSAGES)
def undo(identity_change_id: int) -> ResponseReturnValue:
    """Take a change back, with exactly what it moved."""
    done = perform(
        undo_identity_change, change_id=identity_change_id, row_version=shown_version(), rules=feeds_here()
    )  # fmt: skip
    waiting = len(done["messages"])
    flash(f"It was taken back. {counted(waiting, 'message')} {'waits' if waiting == 1 else 'wait'} again.", "success")
    return redirect(f"/hospital/identities/{identity_change_id}", 303)


def _shown(message_id: int, page: str) -> ReadMessage:
    """The text of a message for a page that shows it: a look, written before anything is shown."""
    with this_app().store.writing() as session:
        return read_message(
            session, by=viewer(), now=moment(), message_id=message_id, page=page, rules=feeds_here()
        )  # fmt: skip


def _typed(form: CorrectForm, original: bytes) -> bytes | None:
    """What was typed as bytes; None with the reason at the field where it cannot be kept."""
    try:
        typed = edited_bytes(form.raw.data, original)
    except UnicodeEncodeError:
        form.raw.errors = ["It has a letter that the characters of this message cannot write"]
        return None
    if same_but_for_line_ends(typed, original):
        form.raw.errors = ["Nothing was changed. To act on it as it is, have it decided on again"]
        return None
    return typed


def _person(form: LinkForm) -> PersonBeside | None:
    born = form.born.data
    if born is None:
        return None  # a form that was taken has one
    with this_app().store.reading() as session:
        person = person_to_link(session, viewer(), nhs_number=form.nhs_number.number, born=born)
    if person is None:
        form.nhs_number.errors = ["There is nobody to link with this NHS number and date of birth"]
    return person


def _link_page(message_id: int, form: LinkForm, person: PersonBeside | None) -> str:
    found = _shown(message_id, "hospital_acts.link")
    if person is not None:
        looked_at([person.person_id])
    rows = beside(found.raw, rules_of(found.feed), person)
    return render_template("hospital/link.html", found=found, form=form, person=person, rows=rows)


def _settled(done: dict[str, int | str]) -> ResponseReturnValue:
    flash(_SAID[MessageState(str(done["state"]))], "success" if done["state"] != MessageState.HELD else "info")
    return redirect(f"/hospital/messages/{done['message']}", 303)
