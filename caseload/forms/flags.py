"""What is asked about a flag for urgent care: its words, who to ring, until when; and why it is ended."""

from typing import Any

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from caseload.domain.flag_rules import NOTE, RING_NAME, RING_PHONE, RING_WHEN, why_not_rung, why_not_said
from caseload.forms.choices import choices
from caseload.forms.day import DayField
from caseload.forms.form import Form

MISTAKE = "mistake"
_WHY = choices((("removed", "It is no longer needed"), (MISTAKE, "It was set by mistake")))


class FlagForm(Form):
    """What a flag tells. The action asks the same of the words again."""

    said = TextAreaField(
        "What should urgent care know?",
        description="140 characters at most, in plain words. No names of other people, no numbers of keys or doors.",
        render_kw={"rows": 3},
    )
    ring_name = StringField(
        "Who should they ring?",
        [
            InputRequired("Enter who they should ring"),
            Length(max=RING_NAME, message=f"Who they should ring must be {RING_NAME} characters or fewer"),
        ],
    )
    ring_phone = StringField(
        "Which number?",
        [
            InputRequired("Enter the number to ring"),
            Length(max=RING_PHONE, message=f"The number to ring must be {RING_PHONE} characters or fewer"),
        ],
        description="A number that is answered at the times you give below.",
    )
    ring_when = StringField(
        "When can they ring?",
        [
            InputRequired("Enter when they can ring"),
            Length(max=RING_WHEN, message=f"When they can ring must be {RING_WHEN} characters or fewer"),
        ],
        description="For example, Monday to Friday, 8am to 6pm.",
    )
    review_on = DayField(
        "When is the flag to be reviewed?",
        [InputRequired("Enter when the flag is to be reviewed")],
        subject="The review date",
        description="The day after it, the flag ends by itself. You get a task before that.",
    )

    def validate_said(self, field: Any) -> None:
        """Words that can be sent."""
        field.data = " ".join((field.data or "").split())
        wrong = why_not_said(field.data)
        if wrong is not None:
            raise ValidationError(wrong.removesuffix("."))

    def validate_ring_phone(self, field: Any) -> None:
        """A number that can be dialled."""
        wrong = why_not_rung((field.data or "").strip())
        if wrong is not None:
            raise ValidationError(wrong.removesuffix("."))

    @property
    def said_all(self) -> dict[str, Any]:
        """What the action is told of a form that was valid."""
        return {
            "said": self.said.data,
            "ring_name": (self.ring_name.data or "").strip(),
            "ring_phone": (self.ring_phone.data or "").strip(),
            "ring_when": (self.ring_when.data or "").strip(),
            "review_on": self.review_on.data,
        }


class EndFlagForm(Form):
    """Why a flag is ended."""

    why = RadioField("Why is it ended?", choices=_WHY, validate_choice=False)
    note = TextAreaField(
        "Reason", [Length(max=NOTE, message="The reason must be 2,000 characters or fewer")], render_kw={"rows": 3},
        description="It stays here, and is told to nobody outside.",
    )  # fmt: skip

    def validate_why(self, field: Any) -> None:
        """One of the two."""
        if field.data not in {"removed", MISTAKE}:
            raise ValidationError("Select why it is ended")

    def validate_note(self, field: Any) -> None:
        """Spaces are no reason."""
        if not (field.data or "").strip():
            raise ValidationError("Enter the reason")

    @property
    def mistake(self) -> bool:
        """Whether it should never have been set."""
        return bool(self.why.data == MISTAKE)
