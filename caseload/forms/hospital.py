"""What somebody who looks after the hospitals' feeds fills in."""

from wtforms.fields import TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.forms.nhs_number import NhsNumberField
from caseload.presenters.hospital_messages import LONGEST_EDITED

_NOTE = Length(max=2000, message="The note must be 2,000 characters or fewer")


class LinkForm(Form):
    """Whom a message is about: two things that have to agree, and how that is known."""

    nhs_number = NhsNumberField(
        "NHS number",
        description="Paste it in any format",
        render_kw={"width": 10, "inputmode": "numeric", "autocomplete": "off", "spellcheck": False},
    )
    born = DayField(
        "Date of birth",
        [InputRequired("Enter the date of birth")],
        subject="The date of birth",
        description="As the practice has it. For example, 31 3 1948",
    )


class LinkNoteForm(LinkForm):
    """The same with what is written down when the two were compared."""

    note = TextAreaField(
        "How do you know that it is this person?",
        [DataRequired("Say how you know that it is this person"), _NOTE],
        description="For example, “The ward read the wristband out”. Do not write the person’s name",
        render_kw={"rows": 3},
    )


class CorrectForm(Form):
    """A copy of a message with what was wrong put right."""

    raw = TextAreaField(
        "The message, one segment a line",
        [
            DataRequired("The message must not be empty"),
            Length(max=LONGEST_EDITED, message="The message must be 200,000 characters or fewer"),
        ],
        render_kw={"rows": 14, "spellcheck": False, "autocomplete": "off"},
    )
    note = TextAreaField(
        "What did you put right, and how do you know?",
        [DataRequired("Say what you put right and how you know"), _NOTE],
        description="Do not write the person’s name",
        render_kw={"rows": 3},
    )


class DismissForm(Form):
    """Why nothing is to be done about a message."""

    note = TextAreaField(
        "Why is nothing to be done about it?",
        [DataRequired("Say why nothing is to be done about it"), _NOTE],
        description="For example, “The hospital has sent it again”. Do not write the person’s name",
        render_kw={"rows": 3},
    )
