"""Opening a record in an emergency, reviewing that, and restricting a record."""

from wtforms.fields import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from caseload.domain.emergency_access import FINDING_WORDS, LEAST_REASON, NOTE_NEEDED, REASON_WORDS
from caseload.domain.restriction import LIFT_WORDS, RESTRICT_WORDS
from caseload.forms.choices import choices
from caseload.forms.form import Form
from caseload.forms.nhs_number import NhsNumberField

_LONGEST = 2000


class EmergencyForm(Form):
    """Whose record, and why now."""

    nhs_number = NhsNumberField(
        "NHS number",
        description="Paste it in any format",
        render_kw={"width": 10, "inputmode": "numeric", "autocomplete": "off", "spellcheck": False},
    )
    reason_code = RadioField(
        "Why do you need this record now?",
        [InputRequired("Select why you need this record now")],
        choices=choices((word.value, text) for word, text in REASON_WORDS.items()),
    )
    reason = TextAreaField(
        "Say what has happened",
        [
            InputRequired("Say what has happened"),
            Length(LEAST_REASON, _LONGEST, "Say what has happened in a sentence of up to 2,000 characters"),
        ],
        description="An information governance officer will read this. Do not write the person’s name or NHS number",
    )


class ReviewEmergencyForm(Form):
    """What an information governance officer found."""

    finding = RadioField(
        "What did you find?",
        [InputRequired("Select what you found")],
        choices=choices((word.value, text) for word, text in FINDING_WORDS.items()),
    )
    note = TextAreaField(
        "What follows from it",
        [Length(max=_LONGEST, message="The note must be 2,000 characters or fewer")],
        description="Needed unless the access was justified. Do not write the person’s name",
    )

    def validate_note(self, field: StringField) -> None:
        """Some findings say nothing without a note."""
        needed = {finding.value for finding in NOTE_NEEDED}
        if self.finding.data in needed and not (field.data or "").strip():
            raise ValidationError("Say what follows from this finding")


class NamedUsersForm(Form):
    """Who may open a restricted record; the choices are set by the page."""

    users = SelectMultipleField(
        "Who may open this record?",
        coerce=int,
        description="The accountable lead may open it in any case",
        render_kw={"small": True},
    )


class RestrictForm(NamedUsersForm):
    """Why a record is restricted, and to whom."""

    reason = RadioField(
        "Why is this record restricted?",
        [InputRequired("Select why this record is restricted")],
        choices=choices((word.value, text) for word, text in RESTRICT_WORDS.items()),
    )


class LiftForm(Form):
    """Why a record is restricted no longer."""

    reason = RadioField(
        "Why is the restriction lifted?",
        [InputRequired("Select why the restriction is lifted")],
        choices=choices((word.value, text) for word, text in LIFT_WORDS.items()),
    )
