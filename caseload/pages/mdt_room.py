"""In the room of a team meeting: who came, each person in turn, closing, the minutes."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseload.actions.attendance import add_guest, mark_attendance, remove_guest
from caseload.actions.mdt_closing import close_meeting
from caseload.actions.mdt_decisions import carry_over_rest, change_action, remove_action
from caseload.actions.mdt_notes import save_item
from caseload.domain.meeting_rules import MeetingStep
from caseload.domain.meeting_words import NOTES
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import MeetingState
from caseload.exceptions import NotThere
from caseload.forms.choices import SelectChoice
from caseload.forms.mdt_room import ActionForm, AttendanceForm, CloseForm, GuestForm, ItemForm, attendance_form
from caseload.forms.mdt_room import owner_choices as choices_of_owners
from caseload.mdt_rules import read_mdt_rules
from caseload.pages.request import looked_at, moment, perform, requires, shown_version, today, viewer
from caseload.presenters.banner import banner_of
from caseload.presenters.letter import MINUTES, letter_pdf, missing_pdf
from caseload.presenters.mdt_room import attended, beside, name_of, next_item, outcome_words
from caseload.presenters.writing import counted
from caseload.queries.assignees import people_for
from caseload.queries.mdt_closing import gaps_of, quorum_at
from caseload.queries.mdt_rooms import (
    Attendee,
    RoomAction,
    RoomItem,
    RoomMeeting,
    attendance_of,
    meeting_of_item,
    room_action,
    room_actions,
    room_items,
    room_meeting,
)
from caseload.queries.people import PersonFacts
from caseload.sign_in.drafts import keep_draft
from caseload.web import this_app

pages = Blueprint("mdt_room", __name__)

NEXT = "next"
"""What the button is called that goes on to the next person."""


@dataclass(frozen=True)
class OpenItem:
    """One item with all that its page says."""

    meeting: RoomMeeting
    items: tuple[RoomItem, ...]
    item: RoomItem
    actions: list[RoomAction]
    person: PersonFacts
    owners: list[SelectChoice]

    @property
    def writable(self) -> bool:
        """Whether the viewer may write down what is said."""
        return self.meeting.lets(MeetingStep.NOTES)

    @property
    def decides(self) -> bool:
        """Whether they may write down what is decided: not before the meeting's day."""
        return self.meeting.lets(MeetingStep.DECIDE)


@pages.get("/mdt/meetings/<int:meeting_id>/room")
@requires(Permission.SEE_MDT)
def room(meeting_id: int) -> ResponseReturnValue:
    """The whole agenda with what came of each item so far, and the way to each."""
    with this_app().store.reading() as session:
        meeting = room_meeting(session, viewer(), moment(), meeting_id)
        items = room_items(session, viewer(), moment(), meeting_id)
        actions = room_actions(session, viewer(), moment(), meeting_id)
        quorum = quorum_at(session, meeting_id, meeting.quorum)
    looked_at(item.person.person_id for item in items if item.person)
    first = next((item.item_id for item in items if item.shown and not item.has_outcome), None)
    return render_template(
        "mdt_room/room.html", meeting=meeting, items=items, actions=actions, quorum=quorum, first=first,
        done=sum(item.has_outcome for item in items), name_of=name_of, outcome_words=outcome_words, steps=MeetingStep,
        closed=meeting.state is MeetingState.CLOSED, notes=NOTES,
    )  # fmt: skip


@pages.get("/mdt/items/<int:item_id>")
@requires(Permission.SEE_MDT)
def item(item_id: int) -> ResponseReturnValue:
    """One person: notes, decision, actions."""
    found = _item(item_id)
    return _item_page(found, _item_form(found, fresh=True))


@pages.post("/mdt/items/<int:item_id>")
@requires(Permission.RUN_MDT)
def save(item_id: int) -> ResponseReturnValue:
    """Save what was written down, and go on to the next person or stay with this one."""
    found = _item(item_id)
    form = _item_form(found)
    if not form.validate():
        return _item_page(found, form), 422
    perform(
        save_item, item_id=item_id, row_version=shown_version(), notes=form.notes, seen=form.seen_mark,
        outcome=form.decided, new=form.action,
    )  # fmt: skip
    flash(f"Item {found.item.place} is saved.", "success")
    if request.form.get("then") != NEXT:
        return redirect(url_for("mdt_room.item", item_id=item_id), 303)
    after = next_item(found.items, item_id)
    if after is None:
        return redirect(url_for("mdt_room.room", meeting_id=found.meeting.meeting_id), 303)
    return redirect(url_for("mdt_room.item", item_id=after), 303)


@pages.post("/mdt/items/<int:item_id>/draft")
@requires(Permission.RUN_MDT)
def draft(item_id: int) -> ResponseReturnValue:
    """Keep what is being typed, for its writer only; the page's script asks for it now and then."""
    _item(item_id)
    return {"kept": keep_draft()}


@pages.get("/mdt/actions/<int:mdt_action_id>")
@requires(Permission.RUN_MDT)
def action(mdt_action_id: int) -> ResponseReturnValue:
    """One action, to be put right or taken out."""
    row, found = _action(mdt_action_id)
    return _action_page(row, found, _action_form(row, found, fresh=True))


@pages.post("/mdt/actions/<int:mdt_action_id>")
@requires(Permission.RUN_MDT)
def change(mdt_action_id: int) -> ResponseReturnValue:
    """Put an action right."""
    row, found = _action(mdt_action_id)
    form = _action_form(row, found)
    if not form.validate():
        return _action_page(row, found, form), 422
    item_id = perform(change_action, action_id=mdt_action_id, row_version=shown_version(), wanted=form.action)
    flash("The action is changed.", "success")
    return redirect(url_for("mdt_room.item", item_id=item_id), 303)


@pages.post("/mdt/actions/<int:mdt_action_id>/remove")
@requires(Permission.RUN_MDT)
def remove(mdt_action_id: int) -> ResponseReturnValue:
    """Take an action out."""
    item_id = perform(remove_action, action_id=mdt_action_id, row_version=shown_version())
    flash("The action is removed.", "success")
    return redirect(url_for("mdt_room.item", item_id=item_id), 303)


@pages.get("/mdt/meetings/<int:meeting_id>/attendance")
@requires(Permission.SEE_MDT)
def attendance(meeting_id: int) -> ResponseReturnValue:
    """Who came, sent apologies or sent a deputy."""
    meeting, people = _attendance(meeting_id)
    return _attendance_page(meeting, people, attendance_form(_team(people), fresh=True), GuestForm(formdata=None))


@pages.post("/mdt/meetings/<int:meeting_id>/attendance")
@requires(Permission.RUN_MDT)
def mark(meeting_id: int) -> ResponseReturnValue:
    """Write down who of the team came."""
    meeting, people = _attendance(meeting_id)
    form = attendance_form(_team(people))
    if not form.validate():
        return _attendance_page(meeting, people, form, GuestForm(formdata=None)), 422
    changed = perform(mark_attendance, meeting_id=meeting_id, marks=form.marks)
    flash(f"Attendance is saved. {counted(changed, 'mark')} changed.", "success")
    return redirect(url_for("mdt_room.attendance", meeting_id=meeting_id), 303)


@pages.post("/mdt/meetings/<int:meeting_id>/guests")
@requires(Permission.RUN_MDT)
def guest(meeting_id: int) -> ResponseReturnValue:
    """Write down somebody who is not of the team."""
    form = GuestForm()
    if not form.validate():
        meeting, people = _attendance(meeting_id)
        return _attendance_page(meeting, people, attendance_form(_team(people), fresh=True), form), 422
    perform(
        add_guest, meeting_id=meeting_id, name=form.name.data or "", organisation=form.organisation.data or "",
        deputy_for=form.deputy_for.data or "",
    )  # fmt: skip
    flash("The guest is added.", "success")
    return redirect(url_for("mdt_room.attendance", meeting_id=meeting_id), 303)


@pages.post("/mdt/attendance/<int:attendance_id>/remove")
@requires(Permission.RUN_MDT)
def guest_removed(attendance_id: int) -> ResponseReturnValue:
    """Take a guest out."""
    meeting_id = perform(remove_guest, attendance_id=attendance_id, row_version=shown_version())
    flash("The guest is removed.", "success")
    return redirect(url_for("mdt_room.attendance", meeting_id=meeting_id), 303)


@pages.get("/mdt/meetings/<int:meeting_id>/close")
@requires(Permission.RUN_MDT)
def closing(meeting_id: int) -> ResponseReturnValue:
    """What is still missing, and what closing will do."""
    return _closing_page(meeting_id, CloseForm(formdata=None))


@pages.post("/mdt/meetings/<int:meeting_id>/close")
@requires(Permission.RUN_MDT)
def close(meeting_id: int) -> ResponseReturnValue:
    """Close the meeting for good."""
    form = CloseForm()
    if not form.validate():
        return _closing_page(meeting_id, form), 422
    done = perform(
        close_meeting, meeting_id=meeting_id, row_version=shown_version(),
        no_quorum_reason=form.no_quorum_reason.data or "", without_quorum=read_mdt_rules().close_without_quorum,
    )  # fmt: skip
    flash(f"The meeting is closed. {counted(done['tasks'], 'task')} set.", "success")
    return redirect(url_for("mdt_room.minutes", meeting_id=meeting_id), 303)


@pages.post("/mdt/meetings/<int:meeting_id>/carry-over")
@requires(Permission.RUN_MDT)
def carry_over(meeting_id: int) -> ResponseReturnValue:
    """Carry over every item there was no time for."""
    carried = perform(carry_over_rest, meeting_id=meeting_id)
    flash(f"{counted(carried, 'item')} carried over to the next meeting.", "success")
    return redirect(url_for("mdt_room.closing", meeting_id=meeting_id), 303)


@pages.get("/mdt/meetings/<int:meeting_id>/minutes")
@requires(Permission.SEE_MDT)
def minutes(meeting_id: int) -> ResponseReturnValue:
    """The minutes, as this viewer may read them."""
    return _minutes(meeting_id, "mdt_room/minutes.html")


@pages.get("/mdt/meetings/<int:meeting_id>/minutes.pdf")
@requires(Permission.SEE_MDT)
def minutes_as_pdf(meeting_id: int) -> ResponseReturnValue:
    """The same as a file; where no program makes PDFs here, how to get one."""
    missing = missing_pdf()
    if missing is not None:
        with this_app().store.reading() as session:
            meeting = room_meeting(session, viewer(), moment(), meeting_id)
        return render_template("mdt_room/no_pdf.html", meeting=meeting, missing=missing), 503
    written = _minutes(meeting_id, "mdt_room/minutes_file.html")
    answer = Response(letter_pdf(written, MINUTES), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="minutes.pdf"'
    return answer


def _item(item_id: int) -> OpenItem:
    """The item, for whoever may open its person."""
    with this_app().store.reading() as session:
        meeting = meeting_of_item(session, viewer(), moment(), item_id)
        items = room_items(session, viewer(), moment(), meeting.meeting_id)
        this = next((one for one in items if one.item_id == item_id), None)
        if this is None or this.person is None:
            raise NotThere
        person = this.person.facts
        actions = room_actions(session, viewer(), moment(), meeting.meeting_id)
        writable = meeting.lets(MeetingStep.NOTES)
        owners = people_for(session, viewer(), moment(), person.person_id) if writable else ()
    return OpenItem(
        meeting, items, this, actions.get(item_id, []), person, choices_of_owners(owners, own_id=viewer().user_id)
    )


def _item_form(found: OpenItem, *, fresh: bool = False) -> ItemForm:
    if not fresh:
        return ItemForm(owners=found.owners)
    outcome = found.item.outcome
    return ItemForm(
        formdata=None, owners=found.owners, seen=str(found.item.seen), **found.item.notes,
        outcome="not_reached" if found.item.not_reached else outcome.decision.value if outcome else "",
        rationale=outcome.rationale if outcome else "", next_review_on=outcome.next_review_on if outcome else None,
    )  # fmt: skip


def _item_page(found: OpenItem, form: ItemForm) -> str:
    looked_at([found.person.person_id])
    before, after = beside(found.items, found.item.item_id)
    return render_template(
        "mdt_room/item.html", open=found, meeting=found.meeting, item=found.item, form=form, before=before, after=after,
        banner=banner_of(found.person, today()), notes=NOTES, outcome_words=outcome_words, from_draft="typed_before" in g
        and bool(g.typed_before), draft_url=url_for("mdt_room.draft", item_id=found.item.item_id),
    )  # fmt: skip


def _action(action_id: int) -> tuple[RoomAction, OpenItem]:
    with this_app().store.reading() as session:
        row = room_action(session, viewer(), moment(), action_id)
    return row, _item(row.item_id)


def _action_form(row: RoomAction, found: OpenItem, *, fresh: bool = False) -> ActionForm:
    if not fresh:
        return ActionForm(owners=found.owners)
    owner = str(row.owner_id or "")
    return ActionForm(formdata=None, owners=found.owners, what=row.what, owner_id=owner, due_on=row.due_on)


def _action_page(row: RoomAction, found: OpenItem, form: ActionForm) -> str:
    looked_at([found.person.person_id])
    return render_template(
        "mdt_room/action.html", action=row, open=found, form=form, banner=banner_of(found.person, today())
    )


def _attendance(meeting_id: int) -> tuple[RoomMeeting, tuple[Attendee, ...]]:
    with this_app().store.reading() as session:
        meeting = room_meeting(session, viewer(), moment(), meeting_id)
        return meeting, attendance_of(session, moment(), meeting)


def _team(people: tuple[Attendee, ...]) -> list[Attendee]:
    return [one for one in people if one.user_id is not None]


def _attendance_page(
    meeting: RoomMeeting, people: tuple[Attendee, ...], form: AttendanceForm, guests: GuestForm
) -> str:
    with this_app().store.reading() as session:
        quorum = quorum_at(session, meeting.meeting_id, meeting.quorum)
    return render_template(
        "mdt_room/attendance.html", meeting=meeting, people=people, marking=form, adding=guests, quorum=quorum,
        form=guests if guests.errors else form, writable=meeting.lets(MeetingStep.ATTENDANCE),
    )  # fmt: skip


def _closing_page(meeting_id: int, form: CloseForm) -> str:
    with this_app().store.reading() as session:
        meeting = room_meeting(session, viewer(), moment(), meeting_id)
        items = room_items(session, viewer(), moment(), meeting_id)
        found = gaps_of(session, meeting_id)
        quorum = quorum_at(session, meeting_id, meeting.quorum)
    looked_at(item.person.person_id for item in items if item.person)
    shown = {item.item_id: item for item in items}
    return render_template(
        "mdt_room/close.html", meeting=meeting, items=items, gaps=[(gap, shown[gap.item_id]) for gap in found],
        open_items=sum(not item.has_outcome for item in items), quorum=quorum, form=form, name_of=name_of,
        may_close=meeting.lets(MeetingStep.CLOSE), may_decide=meeting.lets(MeetingStep.DECIDE),
        without_quorum=read_mdt_rules().close_without_quorum,
    )  # fmt: skip


def _minutes(meeting_id: int, template: str) -> str:
    with this_app().store.reading() as session:
        meeting = room_meeting(session, viewer(), moment(), meeting_id)
        items = room_items(session, viewer(), moment(), meeting_id)
        actions = room_actions(session, viewer(), moment(), meeting_id)
        people = attendance_of(session, moment(), meeting)
    looked_at(item.person.person_id for item in items if item.person)
    return render_template(
        template, meeting=meeting, items=items, actions=actions, people=attended(people), name_of=name_of,
        outcome_words=outcome_words, notes=NOTES, closed=meeting.state is MeetingState.CLOSED,
        hidden=sum(not item.shown for item in items), missing=missing_pdf(), reader=viewer().display_name,
    )  # fmt: skip
