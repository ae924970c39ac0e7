"""What is asked about a version of a plan: what to start with, its review, why it is withdrawn, what the person says."""

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from caseload.actions.plans import Basis
from caseload.domain.plan_rules import FOLLOW_UPS
from caseload.domain.plan_words import AgreementMethod, AgreementState, Authority
from caseload.forms.choices import choice, choices_of
from caseload.forms.day import DayField
from caseload.forms.form import Form

_REASON = Length(max=2000, message="The reason must be 2,000 characters or fewer")
_BASES = {
    Basis.ACTIVE: choice(Basis.ACTIVE.value, "What the active version says", "Actions that were carried out are marked as done."),
    Basis.WITHDRAWN: choice(
        Basis.WITHDRAWN.value, "What the version that was withdrawn says", "To change what the person did not agree to."
    ),
    Basis.ASSESSMENT: choice(
        Basis.ASSESSMENT.value, "The assessment", "The needs and the risks found there, to be gone on with."
    ),
    Basis.EMPTY: choice(Basis.EMPTY.value, "Nothing"),
}  # fmt: skip


class StartForm(Form):
    """What a new draft begins with."""

    basis = RadioField("What does the new draft begin with?", choices=list(_BASES.values()), validate_choice=False)

    def __init__(self, *arguments: Any, active: bool, assessed: bool, withdrawn: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        there = {
            Basis.ACTIVE: active, Basis.WITHDRAWN: withdrawn, Basis.ASSESSMENT: assessed, Basis.EMPTY: True,
        }  # fmt: skip
        self.basis.choices = [_BASES[basis] for basis in _BASES if there[basis]]

    def validate_basis(self, field: RadioField) -> None:
        """One of those there are."""
        if field.data not in set(Basis):
            raise ValidationError("Select what the new draft begins with")


class ReadyForm(Form):
    """When the plan is to be reviewed; `seen` is the hash of what the page showed."""

    seen = HiddenField()
    review_on = DayField(
        "When is the plan to be reviewed? (optional)", [Optional()], subject="The day of the review",
        description="Leave empty for the longest time the person’s tier allows.",
    )  # fmt: skip


class WithdrawForm(Form):
    """Why a version is withdrawn."""

    reason = TextAreaField("Why is this version withdrawn?", [_REASON], render_kw={"rows": 3})

    def validate_reason(self, field: TextAreaField) -> None:
        """Spaces are no reason."""
        if not (field.data or "").strip():
            raise ValidationError("Enter why this version is withdrawn")


class AgreementForm(Form):
    """What the person, or who may speak for them, said."""

    state = RadioField("What does the person say?", choices=choices_of(AgreementState), validate_choice=False)
    method = RadioField("How did they answer?", choices=choices_of(AgreementMethod), validate_choice=False)
    reason = TextAreaField(
        "Reason", [_REASON], render_kw={"rows": 3},
        description="Needed where the person does not agree, could not answer, or a representative answered for them.",
    )  # fmt: skip
    representative = StringField(
        "Name of the representative", [Length(max=200, message="The name must be 200 characters or fewer")],
        description="Only where somebody with authority agreed for the person.",
    )  # fmt: skip
    authority = RadioField("What lets the representative decide?", choices=choices_of(Authority), validate_choice=False)
    witness = StringField(
        "Name of a witness (optional)", [Length(max=200, message="The name must be 200 characters or fewer")]
    )
    copy_given = BooleanField("They were given a copy of the plan")

    def validate_state(self, field: RadioField) -> None:
        """One of the four."""
        if field.data not in set(AgreementState):
            raise ValidationError("Select what the person says")

    def validate_method(self, field: RadioField) -> None:
        """One of the ways, where there was an answer."""
        silent = self.state.data == AgreementState.COULD_NOT_ANSWER
        if field.data not in set(AgreementMethod) and not (silent and not field.data):
            raise ValidationError("Select how they answered")

    def validate_reason(self, field: TextAreaField) -> None:
        """Everything but the person's own yes has a reason."""
        needed = self.state.data in {state.value for state in FOLLOW_UPS}
        if needed and not (field.data or "").strip():
            raise ValidationError("Enter the reason")

    def validate_representative(self, field: StringField) -> None:
        """A name where somebody else answered."""
        if self.state.data == AgreementState.BY_REPRESENTATIVE and not (field.data or "").strip():
            raise ValidationError("Enter the name of the representative")

    def validate_authority(self, field: RadioField) -> None:
        """What lets them, where somebody else answered."""
        if self.state.data == AgreementState.BY_REPRESENTATIVE and field.data not in set(Authority):
            raise ValidationError("Select what lets the representative decide")

    @property
    def said(self) -> dict[str, Any]:
        """What the action is told of a form that was valid."""
        return {
            "state": AgreementState(self.state.data),
            "method": AgreementMethod(self.method.data) if self.method.data else None,
            "reason": (self.reason.data or "").strip(),
            "representative": (self.representative.data or "").strip(),
            "authority": Authority(self.authority.data) if self.authority.data in set(Authority) else None,
            "witness": (self.witness.data or "").strip(),
            "copy_given": bool(self.copy_given.data),
        }


class OtherPlanForm(Form):
    """A condition-specific plan that the joint plan is to replace."""

    name = StringField(
        "Name of the plan",
        [
            InputRequired("Enter the name of the plan"),
            Length(max=200, message="The name must be 200 characters or fewer"),
        ],
        description="For example, COPD self-management plan.",
    )
    holder = StringField(
        "Who holds it (optional)", [Length(max=200, message="Who holds it must be 200 characters or fewer")]
    )

    def validate_name(self, field: StringField) -> None:
        """Spaces are no name."""
        if not (field.data or "").strip():
            raise ValidationError("Enter the name of the plan")
