"""What a change of a case asks for."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from caseload.domain.case_rules import CLOSING_WORDS, ClosingReason
from caseload.domain.words import PrimaryNeed
from caseload.forms.choices import choices, choices_of
from caseload.forms.form import Form

_LENGTH = Length(max=2000, message="The note must be 2,000 characters or fewer")


class HoldForm(Form):
    """Why nothing is to happen for a while."""

    note = TextAreaField("Why is the case put on hold?", [_LENGTH], description="For example, a long stay in hospital.")

    def validate_note(self, field: TextAreaField) -> None:
        """Somebody will ask."""
        if not (field.data or "").strip():
            raise ValidationError("Enter why the case is put on hold")


class ResumeForm(Form):
    """What changed; it can be left empty."""

    note = TextAreaField("Note (optional)", [_LENGTH])


class CloseForm(Form):
    """Why care coordination ends."""

    reason = RadioField(
        "Why is the case closed?",
        choices=choices((code.value, words) for code, words in CLOSING_WORDS.items()),
        validators=[InputRequired("Select why the case is closed")],
    )
    note = TextAreaField("Note", [_LENGTH], description="Needed with “Another reason”.")

    def validate_note(self, field: TextAreaField) -> None:
        """The reason that says nothing by itself needs one."""
        if self.reason.data == ClosingReason.OTHER and not (field.data or "").strip():
            raise ValidationError("Enter why the case is closed")


class NeedForm(Form):
    """Which need decides who leads."""

    need = RadioField(
        "What is the person’s primary health need?",
        choices=choices_of(PrimaryNeed),
        validators=[InputRequired("Select the primary health need")],
        description="It decides which profession the rule proposes as accountable lead.",
    )
