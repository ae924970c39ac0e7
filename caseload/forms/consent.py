"""What is asked when somebody agrees, objects or withdraws."""

from typing import Any

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from caseload.domain.consent_rules import HOW_WORDS, PURPOSES, ConsentHow, answers_to
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.forms.choices import choices
from caseload.forms.form import Form

_HOW = choices((how.value, HOW_WORDS[how.value]) for how in ConsentHow)


class ConsentForm(Form):
    """One answer for one purpose. `seen` is the id of the answer that the page showed as holding, 0 for none."""

    seen = HiddenField()
    answer = RadioField("What did they say?", validate_choice=False)
    how = RadioField("How did they say it?", choices=_HOW, validate_choice=False)
    representative = StringField(
        "Name of the representative",
        [Length(max=200, message="The name must be 200 characters or fewer")],
        description="Only where somebody else answered for them, with a power of attorney or as their deputy.",
    )
    note = TextAreaField("Note (optional)", [Length(max=2000, message="The note must be 2,000 characters or fewer")])

    def __init__(self, *arguments: Any, purpose: ConsentPurpose, holds: ConsentState | None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.answer.label.text = PURPOSES[purpose].question
        self.answer.choices = choices((state.value, words) for state, words in answers_to(purpose, holds))

    def validate_answer(self, field: RadioField) -> None:
        """Any answer there is; whether it can follow what holds, the action says."""
        if field.data not in set(ConsentState):
            raise ValidationError("Select what they said")

    def validate_how(self, field: RadioField) -> None:
        """One of the ways."""
        if field.data not in set(ConsentHow):
            raise ValidationError("Select how they said it")

    def validate_representative(self, field: StringField) -> None:
        """A name where somebody else answered."""
        if self.how.data == ConsentHow.REPRESENTATIVE and not (field.data or "").strip():
            raise ValidationError("Enter the name of the representative")

    @property
    def seen_id(self) -> int:
        """The answer the page showed; -1, which none has, for a form that was tampered with."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdecimal() else -1
