"""What is asked about how somebody leaves hospital."""

from typing import Any

from wtforms.fields import HiddenField, RadioField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from caseload.domain.plan_words import DischargePathway
from caseload.forms.choices import choices_of
from caseload.forms.day import DayField
from caseload.forms.form import Form


class DischargeForm(Form):
    """Pathway and day. `seen` is the id of the plan that the page showed as holding, 0 for none."""

    seen = HiddenField()
    pathway = RadioField("How are they to leave hospital?", choices=choices_of(DischargePathway), validate_choice=False)
    expected_on = DayField(
        "When are they expected to leave? (optional)", [Optional()], subject="The day they are expected to leave"
    )
    note = TextAreaField(
        "Note (optional)",
        [Length(max=2000, message="The note must be 2,000 characters or fewer")],
        description="For example, what has to be in place at home, and who arranges it.",
        render_kw={"rows": 3},
    )

    def validate_pathway(self, field: Any) -> None:
        """One of the four."""
        if field.data not in set(DischargePathway):
            raise ValidationError("Select how they are to leave hospital")

    @property
    def seen_id(self) -> int:
        """The plan the page showed; -1, which none has, for a form that was tampered with."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdecimal() else -1
