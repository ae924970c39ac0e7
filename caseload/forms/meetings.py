"""What is asked about team meetings: the series, a meeting's day, who is on an agenda and why."""

import re
from collections.abc import Iterable
from typing import Any

from wtforms.fields import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from caseload.domain.agenda_changes import UNLOCK_WORDS
from caseload.domain.agenda_rules import SERIES_SIZE, WHY_LENGTH
from caseload.forms.choices import choice, choices
from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.forms.nhs_number import NhsNumberField
from caseload.forms.whole_number import WholeNumberField
from caseload.queries.mdt_series import Choice

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_WHY = Length(max=WHY_LENGTH, message=f"The reason must be {WHY_LENGTH} characters or fewer")
_NO_NAME = "Do not write the person’s name or NHS number."


class SeriesForm(Form):
    """A team's meeting as it recurs. `team_id` is left out where the series is there already."""

    name = StringField(
        "Name of the meeting",
        [
            InputRequired("Enter the name of the meeting"),
            Length(max=200, message="The name must be 200 characters or fewer"),
        ],
        description="For example, North network team meeting",
    )
    team_id = SelectField("Team", validate_choice=False)
    weekday = SelectField(
        "Day of the week", choices=choices((str(number), name) for number, name in enumerate(WEEKDAYS)),
        validate_choice=False,
    )  # fmt: skip
    starts = StringField(
        "Start time",
        [InputRequired("Enter the time the meeting starts")],
        description="For example, 12:30",
        render_kw={"width": 5, "autocomplete": "off"},
    )
    venue = StringField(
        "Place or link (optional)", [Length(max=300, message="The place or link must be 300 characters or fewer")]
    )
    chair_id = SelectField("Chair", description="Confirms and locks the agenda", validate_choice=False)
    coordinator_id = SelectField("Coordinator", description="Prepares the agenda", validate_choice=False)
    quorum = WholeNumberField(
        "How many of the team have to be there?",
        "Enter how many have to be there, as a whole number",
        [NumberRange(1, SERIES_SIZE, f"How many have to be there must be between 1 and {SERIES_SIZE}")],
        render_kw={"inputmode": "numeric", "width": 3},
    )
    capacity = WholeNumberField(
        "How many people fit into one meeting?",
        "Enter how many people fit into one meeting, as a whole number",
        [NumberRange(1, SERIES_SIZE, f"How many people fit into one meeting must be between 1 and {SERIES_SIZE}")],
        render_kw={"inputmode": "numeric", "width": 3},
    )

    def __init__(
        self, *arguments: Any, teams: Iterable[Choice] | None, people: Iterable[Choice], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.chair_id.choices = self.coordinator_id.choices = offered(people, "Choose somebody")
        if teams is None:
            del self.team_id
        else:
            self.team_id.choices = offered(teams, "Choose a team")

    def validate_team_id(self, field: SelectField) -> None:
        """One of the teams the viewer runs meetings for."""
        check_offered(field, "Choose the team")

    def validate_weekday(self, field: SelectField) -> None:
        """A day of the week."""
        check_offered(field, "Choose the day of the week")

    def validate_starts(self, field: StringField) -> None:
        """A time of the clock."""
        if not _TIME.fullmatch((field.data or "").strip()):
            raise ValidationError("Enter a start time like 12:30")

    def validate_chair_id(self, field: SelectField) -> None:
        """One of those who may run meetings."""
        check_offered(field, "Choose who chairs the meeting")

    def validate_coordinator_id(self, field: SelectField) -> None:
        """One of those who may run meetings."""
        check_offered(field, "Choose who coordinates the meeting")

    def validate_name(self, field: StringField) -> None:
        """Spaces are no name."""
        if not (field.data or "").strip():
            raise ValidationError("Enter the name of the meeting")

    @property
    def values(self) -> dict[str, Any]:
        """What an action takes, without the team."""
        hour, minute = _TIME.fullmatch((self.starts.data or "").strip()).groups()  # type: ignore[union-attr]
        return {
            "name": self.name.data.strip(), "weekday": int(self.weekday.data), "starts": f"{int(hour):02d}:{minute}",
            "venue": (self.venue.data or "").strip(), "chair_id": int(self.chair_id.data),
            "coordinator_id": int(self.coordinator_id.data), "quorum": self.quorum.data, "capacity": self.capacity.data,
        }  # fmt: skip


class MoveForm(Form):
    """Another day for a meeting."""

    held_on = DayField(
        "When is the meeting?", [InputRequired("Enter the day of the meeting")], subject="The day of the meeting"
    )


class HoldForm(Form):
    """Nothing but the button."""


class CancelForm(Form):
    """Nothing but the button."""


class UnlockForm(Form):
    """Why a locked agenda is opened again."""

    reason = RadioField(
        "Why is the agenda unlocked?",
        [InputRequired("Select why the agenda is unlocked")],
        choices=choices((reason.value, words) for reason, words in UNLOCK_WORDS.items()),
    )


def _why() -> TextAreaField:
    return TextAreaField("Why should they be discussed?", [_WHY], description=_NO_NAME, render_kw={"rows": 2})


class _WhyForm(Form):
    """A reason in words."""

    def validate_why(self, field: TextAreaField) -> None:
        """Spaces are no reason."""
        if not (field.data or "").strip():
            raise ValidationError("Enter why they should be discussed")


class AddForm(_WhyForm):
    """Somebody to put on an agenda, by their NHS number, and why."""

    nhs_number = NhsNumberField(
        "NHS number",
        description="Paste it in any format",
        render_kw={"width": 10, "inputmode": "numeric", "autocomplete": "off", "spellcheck": False},
    )
    why = _why()


class AddShownForm(_WhyForm):
    """Why somebody whom the page shows is put on the agenda."""

    why = _why()


class AskForm(_WhyForm):
    """At which meeting somebody should be discussed, and why."""

    series_id = RadioField("At which meeting?", validate_choice=False)
    why = _why()

    def __init__(self, *arguments: Any, series: Iterable[Choice], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.series_id.choices = [choice(str(one.row_id), one.words) for one in series]
        if len(self.series_id.choices) == 1 and not self.series_id.data:
            self.series_id.data = self.series_id.choices[0].value

    def validate_series_id(self, field: RadioField) -> None:
        """One of the meetings of the person's place."""
        check_offered(field, "Select at which meeting they should be discussed")


class RemoveForm(Form):
    """Why somebody is taken off an agenda."""

    why = TextAreaField("Why are they taken off the agenda?", [_WHY], description=_NO_NAME, render_kw={"rows": 2})

    def validate_why(self, field: TextAreaField) -> None:
        """Spaces are no reason."""
        if not (field.data or "").strip():
            raise ValidationError("Enter why they are taken off the agenda")


def offered(rows: Iterable[Choice], first: str) -> list[Any]:
    """The choices of a select, with what it says before anything is chosen."""
    return [choice("", first), *(choice(str(row.row_id), row.words) for row in rows)]


def check_offered(field: SelectField | RadioField, sentence: str) -> None:
    """ValidationError with this sentence for an answer the field does not offer."""
    if not field.data or field.data not in {one.value for one in field.choices or ()}:
        raise ValidationError(sentence)
