"""What is asked about a task."""

from datetime import date, timedelta
from typing import Any, ClassVar

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from caseload.domain.task_rules import NOTE_LENGTH, TITLE_LENGTH
from caseload.domain.words import TaskKind
from caseload.forms.at_most import AtMost
from caseload.forms.choices import choices_of
from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.forms.lists import ChosenList, chosen_list, offered

FURTHEST = timedelta(days=731)
"""Two years: a date beyond it is more likely a slip of the year than a plan."""

BY_RULE_ONLY = frozenset(
    {
        TaskKind.TELL_LEAD,
        TaskKind.AFTER_DEATH,
        TaskKind.AFTER_MOVE,
        TaskKind.FIRST_CONTACT,
        TaskKind.PLAN_ACTION,
        TaskKind.PLAN_AGREEMENT,
        TaskKind.MDT_ACTION,
    }
)
"""Kinds that only a rule makes, each with its cause."""

_NOTE = Length(max=NOTE_LENGTH, message="The note must be 2,000 characters or fewer")
_KINDS = choices_of(TaskKind, without=BY_RULE_ONLY)


def why_not_due(day: date | None, today: date) -> str | None:
    """The sentence for a day no task can be due; None for a good one."""
    if day is None:
        return None
    if day < today:
        return "The due date must be today or in the future"
    return "The due date must be within two years" if day > today + FURTHEST else None


class TaskForm(Form):
    """A task by hand."""

    title = StringField(
        "What has to be done?",
        [InputRequired("Enter what has to be done"), AtMost(TITLE_LENGTH)],
    )
    due_on = DayField("When is it due?", [InputRequired("Enter when the task is due")], subject="The due date")
    kind = SelectField("Kind of task", choices=_KINDS)
    on_list = SelectField("Whose list?", validate_choice=False)
    detail = TextAreaField("Details (optional)", [AtMost(NOTE_LENGTH)])
    there_are_two = BooleanField("There are two")

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._today = today

    def validate_title(self, field: StringField) -> None:
        """Spaces are no title."""
        if not (field.data or "").strip():
            raise ValidationError("Enter what has to be done")

    def validate_due_on(self, field: DayField) -> None:
        """Today or later."""
        refusal = why_not_due(field.data, self._today)
        if refusal:
            raise ValidationError(refusal)

    def validate_on_list(self, field: SelectField) -> None:
        """One of those offered."""
        _check_offered(field)

    @property
    def chosen(self) -> ChosenList:
        """Whose list it goes on."""
        return chosen_list(self.on_list.data)


class DoneForm(Form):
    """The end of a task that was done."""

    note = TextAreaField("Note (optional)", [_NOTE])


class CancelForm(Form):
    """Why a task is not needed."""

    note = TextAreaField("Why is it not needed?", [InputRequired("Enter why the task is not needed"), _NOTE])


class HoldForm(Form):
    """Until when nothing has to be done."""

    until = DayField(
        "Until when is nothing to be done?",
        [InputRequired("Enter the date the task comes back")],
        subject="The date the task comes back",
        description="The task comes back to the list on that day.",
    )
    note = TextAreaField("Why? (optional)", [_NOTE])

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._today = today

    def validate_until(self, field: DayField) -> None:
        """After today, within two years."""
        if field.data is not None and field.data <= self._today:
            raise ValidationError("The date the task comes back must be in the future")
        if field.data is not None and field.data > self._today + FURTHEST:
            raise ValidationError("The date the task comes back must be within two years")


class ReassignForm(Form):
    """Whose list a task goes on."""

    on_list = SelectField("Whose list?", validate_choice=False)
    note = TextAreaField("Note for them (optional)", [_NOTE])

    def validate_on_list(self, field: SelectField) -> None:
        """One of those offered."""
        if not field.data:
            raise ValidationError("Select whose list the task goes on")
        _check_offered(field)

    @property
    def chosen(self) -> ChosenList:
        """Whose list it goes on."""
        return chosen_list(self.on_list.data)


class EscalateForm(Form):
    """Who has to decide about a task, and why."""

    refused_as: ClassVar = {"on_list": "to"}

    to = SelectField("Who has to decide?", validate_choice=False)
    note = TextAreaField("What do they have to decide?", [InputRequired("Enter what they have to decide"), _NOTE])

    def validate_to(self, field: SelectField) -> None:
        """One of those offered."""
        if not field.data:
            raise ValidationError("Select who has to decide")
        _check_offered(field)

    @property
    def to_id(self) -> int:
        """The user chosen; ValueError where nobody was."""
        owner_id = chosen_list(self.to.data).owner_id
        if owner_id is None:
            raise ValueError("nobody was chosen")
        return owner_id


def _check_offered(field: SelectField) -> None:
    if field.data and field.data not in offered(field):
        raise ValidationError("Select somebody from the list")
