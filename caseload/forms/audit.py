"""What the audit log is searched for."""

from wtforms.fields import SelectField, StringField
from wtforms.validators import Optional, ValidationError

from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.forms.nhs_number import NhsNumberField


class AuditForm(Form):
    """Filters of the audit log; an empty one looks for anything. The choices of `action` are set by the page."""

    username = StringField("Username (optional)", render_kw={"width": 20, "autocomplete": "off", "spellcheck": False})
    action = SelectField("What was done (optional)", default="")
    from_day = DayField("From (optional)", [Optional()], subject="The first day")
    until_day = DayField("Until (optional)", [Optional()], subject="The last day")
    nhs_number = NhsNumberField(
        "NHS number (optional)",
        required=False,
        description="You will see the person’s reference, not their name",
        render_kw={"width": 10, "inputmode": "numeric", "autocomplete": "off", "spellcheck": False},
    )

    def validate_until_day(self, field: DayField) -> None:
        """A period ends on or after the day it begins."""
        if field.data and self.from_day.data and field.data < self.from_day.data:
            raise ValidationError("The last day must be the same as or after the first day")
