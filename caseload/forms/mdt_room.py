"""What is asked in the room of a meeting."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, ValidationError

from caseload.actions.attendance import Mark
from caseload.actions.mdt_decisions import NewAction
from caseload.actions.mdt_notes import Outcome
from caseload.domain.meeting_words import (
    NOT_REACHED,
    NOT_REACHED_WORDS,
    NOTE_LENGTH,
    NOTES,
    RATIONALE_LENGTH,
)
from caseload.domain.plan_words import AttendanceState, MdtDecisionKind
from caseload.domain.task_rules import TITLE_LENGTH
from caseload.forms.at_most import AtMost
from caseload.forms.choices import SelectChoice, choice, choices_of
from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.queries.assignees import Assignee
from caseload.queries.mdt_rooms import Attendee

_NOTE = [AtMost(NOTE_LENGTH)]
_ROWS = {"rows": 3}
_WHAT = AtMost(TITLE_LENGTH)


class _ActionFields(Form):
    """An action; owner and day may follow until the meeting is closed."""

    what = StringField("What has to be done?", [_WHAT])
    owner_id = SelectField("Who does it?", validate_choice=False)
    due_on = DayField("When is it due?", [Optional()], subject="The due date of the action")

    def __init__(self, *arguments: Any, owners: Iterable[SelectChoice], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.owner_id.choices = [choice("", "Nobody yet"), *owners]

    def validate_owner_id(self, field: SelectField) -> None:
        """One of those offered, or nobody yet."""
        if field.data and field.data not in {one.value for one in field.choices}:
            raise ValidationError("Select an owner from the list")

    @property
    def action(self) -> NewAction:
        """The action as it was entered; without words it is none."""
        owner = self.owner_id.data or ""
        return NewAction((self.what.data or "").strip(), int(owner) if owner else None, self.due_on.data)


class ItemForm(_ActionFields):
    """Everything that is written down about one person: notes, outcome, one action. `seen` is the outcome shown."""

    seen = HiddenField()
    situation = TextAreaField(NOTES["situation"], _NOTE, render_kw=_ROWS)
    action_to_date = TextAreaField(NOTES["action_to_date"], _NOTE, render_kw=_ROWS)
    latest = TextAreaField(NOTES["latest"], _NOTE, render_kw=_ROWS)
    persons_view = TextAreaField(
        NOTES["persons_view"],
        _NOTE,
        render_kw=_ROWS,
        description="What the person, or who speaks for them, says to it.",
    )
    outcome = RadioField(
        "Decision",
        choices=[*choices_of(MdtDecisionKind), choice(NOT_REACHED, NOT_REACHED_WORDS)],
        validate_choice=False,
    )
    rationale = TextAreaField("Why?", [AtMost(RATIONALE_LENGTH)], render_kw={"rows": 2})
    next_review_on = DayField("Next review (optional)", [Optional()], subject="The next review")

    def validate_outcome(self, field: RadioField) -> None:
        """One of those there are, or none yet."""
        if field.data and field.data not in {*MdtDecisionKind, NOT_REACHED}:
            raise ValidationError("Select a decision")

    def validate_rationale(self, field: TextAreaField) -> None:
        """A decision says why; words without a decision would be lost."""
        said, decided = (field.data or "").strip(), self.outcome.data in set(MdtDecisionKind)
        if decided and not said:
            raise ValidationError("Enter why this was decided")
        if said and not self.outcome.data:
            raise ValidationError("Select a decision, or put these words under the notes")

    def validate_what(self, field: StringField) -> None:
        """An owner or a day belongs to an action."""
        if not (field.data or "").strip() and (self.owner_id.data or self.due_on.data):
            raise ValidationError("Enter what has to be done")

    @property
    def notes(self) -> dict[str, str]:
        """The notes as they were entered, by field."""
        return {name: (self[name].data or "").replace("\r\n", "\n").strip() for name in NOTES}

    @property
    def decided(self) -> Outcome | None:
        """The outcome as it was entered; None where none was."""
        if not self.outcome.data:
            return None
        if self.outcome.data == NOT_REACHED:
            return Outcome(NOT_REACHED)
        why = (self.rationale.data or "").replace("\r\n", "\n").strip()
        return Outcome(self.outcome.data, why, self.next_review_on.data)

    @property
    def seen_mark(self) -> int:
        """The outcome the page showed; -1, which none has, for a form that was tampered with."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdecimal() else -1


class ActionForm(_ActionFields):
    """An action put right."""

    def validate_what(self, field: StringField) -> None:
        """Spaces are no action."""
        if not (field.data or "").strip():
            raise ValidationError("Enter what has to be done")


class AttendanceForm(Form):
    """Who of the team came: one choice and one version for each, by their user's id."""

    refused_as: ClassVar[Mapping[str, str]] = {}

    @property
    def marks(self) -> dict[int, Mark]:
        """What was said of each."""
        return {
            int(field.name.removeprefix("mark_")): _mark(field.data, self[field.name.replace("mark_", "version_")].data)
            for field in self
            if field.name.startswith("mark_")
        }


class GuestForm(Form):
    """Somebody who came and is not of the team."""

    name = StringField(
        "Name",
        [InputRequired("Enter the guest’s name"), AtMost(200)],
        render_kw={"autocomplete": "off"},
    )
    organisation = StringField("Organisation", [AtMost(200)])
    deputy_for = StringField(
        "Came for (optional)",
        [AtMost(200)],
        description="Whom they stood in for.",
    )

    def validate_name(self, field: StringField) -> None:
        """Spaces are no name."""
        if not (field.data or "").strip():
            raise ValidationError("Enter the guest’s name")


class CloseForm(Form):
    """What closing asks: why without a quorum, where there was none."""

    no_quorum_reason = TextAreaField(
        "Why is the meeting closed without its quorum?",
        [AtMost(500)],
        render_kw={"rows": 3},
    )


def attendance_form(members: Iterable[Attendee], *, fresh: bool = False) -> AttendanceForm:
    """The form for these people of the team, as they are marked now or as it was sent."""
    fields: dict[str, Any] = {}
    for member in members:
        said = [choice("", "Not said"), *choices_of(AttendanceState)]
        label = ", ".join(part for part in (member.name, member.organisation) if part)
        now = member.state.value if member.state else ""
        fields[f"mark_{member.user_id}"] = SelectField(label, choices=said, default=now)
        fields[f"version_{member.user_id}"] = HiddenField(default=str(member.row_version))
    made: type[AttendanceForm] = type("AttendanceForm", (AttendanceForm,), fields)
    return made(formdata=None) if fresh else made()


def _mark(word: str, version: str | None) -> Mark:
    number = int(version) if version and version.isascii() and version.isdecimal() else -1
    return Mark(AttendanceState(word) if word else None, number)


def owner_choices(people: Iterable[Assignee], *, own_id: int) -> list[SelectChoice]:
    """Who may be given an action, the viewer first, then the accountable lead."""
    listed = sorted(people, key=lambda one: one.user_id != own_id)
    return [
        choice(
            str(one.user_id),
            ", ".join(part for part in (one.name, "accountable lead" if one.leads else one.job_title) if part),
        )
        for one in listed
    ]
