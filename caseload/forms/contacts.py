"""What is asked about a contact, and the task to set with it."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from caseload.actions.contacts import NextStep
from caseload.domain.contact_outcomes import COMPLETES, OUTCOMES, PARTICIPANT_WORDS, ContactOutcome, Participant
from caseload.domain.task_rules import TITLE_LENGTH
from caseload.domain.words import ContactMode
from caseload.forms.choices import choice, choices, choices_of
from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.forms.lists import chosen_list, offered
from caseload.forms.tasks import why_not_due
from caseload.presenters.writing import day
from caseload.queries.tasks import CompletableTask

NOTE_LENGTH = 4_000

_COMPLETED_WITH = (
    "A task is completed only where the person, their carer, family or friend, or care home staff took part, "
    "on the day the task was set or later."
)


class Next(StrEnum):
    """What becomes of the outcome's suggestion."""

    SUGGESTED = "suggested"
    NONE = "none"


class ContactForm(Form):
    """One contact, for a correction: nothing about a next task."""

    mode = RadioField("How?", choices=choices_of(ContactMode), validate_choice=False)
    outcome = RadioField(
        "What came of it?",
        choices=choices((one.value, OUTCOMES[one].words) for one in ContactOutcome),
        validate_choice=False,
    )
    participants = SelectMultipleField(
        "Who took part?",
        choices=choices((one.value, words) for one, words in PARTICIPANT_WORDS.items()),
        validate_choice=False,
        default=[Participant.PERSON.value],
    )
    happened_on = DayField(
        "When was it?", [InputRequired("Enter the date of the contact")], subject="The date of the contact"
    )
    note = TextAreaField(
        "Note (optional)", [Length(max=NOTE_LENGTH, message="The note must be 4,000 characters or fewer")]
    )

    def __init__(
        self,
        *arguments: Any,
        today: date,
        died_on: date | None,
        open_tasks: Collection[CompletableTask] = (),
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._today = today
        self._died_on = died_on
        self._open_tasks = open_tasks
        if open_tasks:
            self.participants.description = _COMPLETED_WITH
        self.outcome.choices = [self.outcome_choice(one) for one in ContactOutcome]

    def outcome_choice(self, outcome: ContactOutcome) -> SelectChoice:
        """What an outcome says beside its button."""
        return choice(outcome.value, OUTCOMES[outcome].words)

    def validate_happened_on(self, field: DayField) -> None:
        """Not in the future."""
        if field.data is not None and field.data > self._today:
            raise ValidationError("The date of the contact must be today or in the past")

    def validate_mode(self, field: RadioField) -> None:
        """One of the modes."""
        if field.data not in set(ContactMode):
            raise ValidationError("Select how the contact was made")

    def validate_participants(self, field: SelectMultipleField) -> None:
        """At least one, each of the list."""
        if not field.data or not set(field.data) <= set(Participant):
            raise ValidationError("Select who took part")
        on = self.happened_on.data
        if Participant.PERSON in field.data and self._died_on is not None and on is not None and on > self._died_on:
            raise ValidationError("The person had died by then. Select who else took part")

    def validate_outcome(self, field: RadioField) -> None:
        """One of the outcomes."""
        if field.data not in set(ContactOutcome):
            raise ValidationError("Select what came of the contact")

    @property
    def entry(self) -> dict[str, Any]:
        """What the action is told of a form that was valid."""
        return {
            "mode": ContactMode(self.mode.data),
            "participants": [Participant(one) for one in self.participants.data],
            "outcome": ContactOutcome(self.outcome.data),
            "happened_on": self.happened_on.data,
            "note": (self.note.data or "").strip(),
        }


class NewContactForm(ContactForm):
    """One contact with the task that follows: the outcome's own, unless it is changed here or left out."""

    refused_as: ClassVar = {"on_list": "next_list"}

    next = RadioField(
        "Next task",
        choices=[choice(Next.SUGGESTED.value, "Set the next task"), choice(Next.NONE.value, "No next task")],
        default=Next.SUGGESTED.value,
        validate_choice=False,
    )
    next_title = StringField(
        "What has to be done? (optional)",
        [Length(max=TITLE_LENGTH, message="The next task must be 200 characters or fewer")],
        description="Leave empty for the task that belongs to the outcome.",
    )
    next_due = DayField(
        "When is it due? (optional)",
        subject="The due date",
        description="Leave empty for the day that belongs to the outcome.",
    )
    next_list = SelectField("Whose list?", validate_choice=False)
    there_were_two = BooleanField("There were two")

    def outcome_choice(self, outcome: ContactOutcome) -> SelectChoice:
        """The outcome with the tasks it completes and the one it sets, so that both are seen before it is chosen."""
        following = OUTCOMES[outcome].next
        sets = (
            "Sets no task"
            if following is None
            else f"Sets: {following.title}, due {day(following.due_on(self._today))}"
        )
        done = ", ".join(task.title for task in self._open_tasks if task.kind in COMPLETES[outcome])
        hint = f"This completes: {done}. {sets}" if done else sets
        return choice(outcome.value, OUTCOMES[outcome].words, hint)

    def validate_next(self, field: RadioField) -> None:
        """One of the two."""
        if field.data not in set(Next):
            raise ValidationError("Select whether to set the next task")

    def validate_next_due(self, field: DayField) -> None:
        """Today or later, where a task is set."""
        refusal = why_not_due(field.data, self._today)
        if refusal and self.next.data != Next.NONE:
            raise ValidationError(refusal)

    def validate_next_list(self, field: SelectField) -> None:
        """One of those offered."""
        if field.data and field.data not in offered(field):
            raise ValidationError("Select somebody from the list")

    @property
    def next_step(self) -> NextStep | None:
        """The task to set; None where there is to be none."""
        if self.next.data == Next.NONE:
            return None
        chosen = chosen_list(self.next_list.data)
        title = (self.next_title.data or "").strip()
        return NextStep(title, self.next_due.data, chosen.owner_id, chosen.team_id)
