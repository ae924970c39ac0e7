"""Comparing two records, and merging them."""

from wtforms.fields import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from caseload.forms.form import Form
from caseload.forms.nhs_number import NhsNumberField

_NUMBER = {"width": 10, "inputmode": "numeric", "autocomplete": "off", "spellcheck": False}
_LONGEST = 500


class CompareForm(Form):
    """Two records that somebody wants to see side by side."""

    first = NhsNumberField("NHS number of one record", render_kw=_NUMBER)
    second = NhsNumberField("NHS number of the other record", render_kw=_NUMBER)


class MergeForm(Form):
    """Which of two records is kept; the choices are set by the page."""

    kept = RadioField("Which record do you keep?", [InputRequired("Select which record you keep")], coerce=int)
    reason = TextAreaField(
        "How do you know that they are one person?",
        [
            InputRequired("Say how you know that they are one person"),
            Length(max=_LONGEST, message="The reason must be 500 characters or fewer"),
        ],
    )
