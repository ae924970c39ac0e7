"""What is asked about a handover."""

from typing import Any, ClassVar

from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from caseload.forms.at_most import AtMost
from caseload.forms.choices import choice
from caseload.forms.form import Form

ACCEPT, REJECT, REVOKE = "accept", "reject", "revoke"


class RequestForm(Form):
    """To whom a case is to go, and why."""

    refused_as: ClassVar = {"user_id": "to_user_id"}

    to_user_id = RadioField("Who takes over?", validate_choice=False)
    reason = TextAreaField(
        "Why is the case handed over?",
        [InputRequired("Enter why the case is handed over"), AtMost(2000)],
        render_kw={"rows": 3},
    )
    summary = TextAreaField(
        "What does the receiver need to know? (optional)",
        [AtMost(4000)],
        description="Where things stand, what is agreed, what comes next.",
    )

    def __init__(self, *arguments: Any, offered: frozenset[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._offered = offered

    def validate_to_user_id(self, field: RadioField) -> None:
        """One of those who can take over."""
        if field.data not in self._offered:
            raise ValidationError("Select who takes over")

    def validate_reason(self, field: TextAreaField) -> None:
        """Spaces are no reason."""
        if not (field.data or "").strip():
            raise ValidationError("Enter why the case is handed over")


class AnswerForm(Form):
    """What the receiver answers."""

    decision = RadioField(
        "Do you take over this case?",
        [InputRequired("Select whether you take over this case")],
        choices=[
            choice(ACCEPT, "Yes, I take over", "You are accountable from that moment. Open tasks come to your list."),
            choice(REJECT, "No", "The lead stays accountable."),
        ],
    )
    note = TextAreaField(
        "If you do not take over, say why", [AtMost(2000)],
        render_kw={"rows": 3},
    )  # fmt: skip

    def validate_note(self, field: TextAreaField) -> None:
        """A rejection says why."""
        if self.decision.data == REJECT and not (field.data or "").strip():
            raise ValidationError("Enter why you do not take over this case")


class RevokeForm(Form):
    """Why a request is taken back."""

    revoke_note = TextAreaField(
        "Why is the request taken back? (optional)", [AtMost(2000)],
        render_kw={"rows": 3},
    )  # fmt: skip


class AcceptSeveralForm(Form):
    """The requests that are accepted at once."""

    handover_ids = SelectMultipleField(
        "Cases to take over",
        coerce=int,
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def validate_handover_ids(self, field: SelectMultipleField) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError("Select the cases you take over")
