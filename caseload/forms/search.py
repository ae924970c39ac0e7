"""Looking for a person: by NHS number, or by name and date of birth."""

from wtforms.fields import StringField
from wtforms.validators import InputRequired, Length

from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.forms.nhs_number import NhsNumberField

_LONGEST = 100


class NumberForm(Form):
    """What the box in the header sends, and the first form of the search page."""

    nhs_number = NhsNumberField(
        "NHS number",
        description="Paste it in any format",
        render_kw={"width": 10, "inputmode": "numeric", "autocomplete": "off", "spellcheck": False},
    )


class NameForm(Form):
    """Name and date of birth; a part of the name is enough."""

    family = StringField(
        "Family name",
        [
            InputRequired("Enter the family name, or the beginning of it"),
            Length(max=_LONGEST, message="The family name must be 100 characters or fewer"),
        ],
        description="The beginning is enough. Accents, hyphens and capitals make no difference",
        render_kw={"width": 20, "autocomplete": "off", "spellcheck": False},
    )
    given = StringField(
        "Given name (optional)",
        [Length(max=_LONGEST, message="The given name must be 100 characters or fewer")],
        render_kw={"width": 20, "autocomplete": "off", "spellcheck": False},
    )
    born = DayField(
        "Date of birth",
        [InputRequired("Enter the date of birth")],
        subject="The date of birth",
        description="For example, 31 3 1948",
    )
