"""What is asked about the accountable lead of a case and its care team."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from caseload.domain.override_reasons import CHOICES, OVERRIDE_WORDS, why_not_a_reason
from caseload.domain.words import CareTeamRole, ContactMode
from caseload.forms.choices import choice, choices_of
from caseload.forms.day import DayField
from caseload.forms.form import Form

_NOTE = Length(max=2000, message="The note must be 2,000 characters or fewer")
_REASONS = [choice("", "No reason needed"), *(choice(reason.value, OVERRIDE_WORDS[reason]) for reason in CHOICES)]


class NameLeadForm(Form):
    """Who leads, and why where the rule proposes somebody else.

    `needed` has, for each user who can be chosen, the sentence for why naming them needs a reason, or None.
    """

    user_id = RadioField("Who leads?", validate_choice=False)
    override_code = SelectField(
        "Reason for another choice than the rule’s",
        choices=_REASONS,
        description="Needed where the choice says so. A person’s own choice can always be recorded.",
    )
    override_note = TextAreaField("Note on the reason (optional)", [_NOTE], render_kw={"rows": 3})

    def __init__(self, *arguments: Any, needed: Mapping[str, str | None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._needed = needed

    def validate_user_id(self, field: RadioField) -> None:
        """One of those who can lead."""
        if field.data not in self._needed:
            raise ValidationError("Select who leads")

    def validate_override_code(self, field: SelectField) -> None:
        """There where it is needed, and one that can stand."""
        needed = self._needed.get(self.user_id.data or "")
        if not needed and not field.data:
            return
        wrong = why_not_a_reason(field.data, self.override_note.data or "")
        if wrong and field.data:
            raise ValidationError("Enter in the note what the reason is")
        if wrong:
            raise ValidationError(f"Select a reason. {needed}")


class ToldForm(Form):
    """When and how the person was told who leads."""

    told_on = DayField(
        "When was the person told?", [InputRequired("Enter when the person was told")], subject="The day they were told"
    )
    how = RadioField(
        "How were they told?",
        [InputRequired("Select how the person was told")],
        choices=choices_of(ContactMode, without=[ContactMode.PROFESSIONALS]),
    )

    def __init__(self, *arguments: Any, since: date, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._since, self._today = since, today

    def validate_told_on(self, field: DayField) -> None:
        """Between the day the lead began and today."""
        if field.data is not None and field.data > self._today:
            raise ValidationError("The day they were told must be today or in the past")
        if field.data is not None and field.data < self._since:
            raise ValidationError("The day they were told must not be before the lead began")


class MemberForm(Form):
    """Somebody who joins a care team: a user of the app, or somebody from elsewhere by name."""

    role = SelectField(
        "Role on the care team", [InputRequired("Select their role")],
        choices=[choice("", "Select a role"), *choices_of(CareTeamRole)],
    )  # fmt: skip
    user_id = SelectField(
        "Who is it?",
        validate_choice=False,
        description="Somebody chosen here can open the record from the first day on.",
    )
    name = StringField(
        "Name, if they do not use this service", [Length(max=200, message="The name must be 200 characters or fewer")]
    )
    organisation = StringField(
        "Their organisation", [Length(max=200, message="The organisation must be 200 characters or fewer")]
    )
    from_on = DayField("From which day?", [InputRequired("Enter the day they join")], subject="The day they join")

    def validate_user_id(self, field: SelectField) -> None:
        """One of those offered, or a name below; not both."""
        offered = {str(one[0]) for one in field.choices or ()}
        if field.data and field.data not in offered:
            raise ValidationError("Select somebody from the list")
        if not field.data and not (self.name.data or "").strip():
            raise ValidationError("Select somebody from the list, or enter a name below")
        if field.data and (self.name.data or "").strip():
            raise ValidationError("Select somebody from the list or enter a name, not both")

    @property
    def member_id(self) -> int | None:
        """The user chosen; None for somebody from elsewhere."""
        return int(self.user_id.data) if self.user_id.data else None
