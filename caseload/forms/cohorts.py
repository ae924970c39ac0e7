"""What is asked about a cohort and its members."""

from collections.abc import Sequence
from typing import Any

from wtforms.fields import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError

from caseload.domain.cohort_rules import (
    CASE_WISH_WORDS,
    LEAVE_WORDS,
    RANKED_TIERS,
    CaseWish,
    CohortBlocks,
    CohortRule,
    LeaveReason,
)
from caseload.domain.plan_words import CohortColumn
from caseload.domain.words import Tier
from caseload.forms.choices import SelectChoice, choices, choices_of
from caseload.forms.form import Form
from caseload.forms.whole_number import WholeNumberField

_NOTE = Length(max=2000, message="The note must be 2,000 characters or fewer")


class RuleForm(Form):
    """Whom to take. Asked for in the address, so that it can be looked at again; it changes nothing."""

    class Meta(Form.Meta):
        """No token: a form that only looks."""

        csrf = False

    place = SelectField("Place", validate_choice=False)
    size = WholeNumberField(
        "How many people?", "Enter how many people, as a whole number", render_kw={"inputmode": "numeric", "width": 4}
    )
    tiers = SelectMultipleField(
        "Which tiers?", choices=choices_of(Tier, without=frozenset(Tier) - frozenset(RANKED_TIERS)),
        validate_choice=False,
    )  # fmt: skip
    cases = RadioField(
        "Already in care coordination?", choices=choices((one.value, CASE_WISH_WORDS[one]) for one in CaseWish),
        validate_choice=False,
    )  # fmt: skip

    def __init__(self, *arguments: Any, places: Sequence[SelectChoice], blocks: CohortBlocks, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.place.choices = list(places)
        self._most = blocks.most

    def validate_place(self, field: SelectField) -> None:
        """One of the viewer's."""
        if field.data not in {str(choice.value) for choice in field.choices}:
            raise ValidationError("Select the place")

    def validate_size(self, field: WholeNumberField) -> None:
        """At least one, and no more than a team can work."""
        if not 1 <= field.data <= self._most:
            raise ValidationError(f"A cohort has between 1 and {self._most} people")

    def validate_tiers(self, field: SelectMultipleField) -> None:
        """At least one, of those that are ranked."""
        if not field.data or not set(field.data) <= {tier.value for tier in RANKED_TIERS}:
            raise ValidationError("Select at least one tier")

    def validate_cases(self, field: RadioField) -> None:
        """One of the three."""
        if field.data not in set(CaseWish):
            raise ValidationError("Select whether people are in care coordination already")

    @property
    def rule(self) -> CohortRule:
        """The rule that was asked for; only of a form that is valid."""
        tiers = tuple(tier for tier in RANKED_TIERS if tier.value in (self.tiers.data or ()))
        return CohortRule(self.size.data, tiers, CaseWish(self.cases.data))


class TakeForm(Form):
    """What a cohort is called that is taken as it was previewed."""

    digest = HiddenField()
    name = StringField(
        "Name of the cohort", [Length(max=200, message="The name must be 200 characters or fewer")],
        description="For example, North network, October. Do not use people’s names.",
    )  # fmt: skip

    def validate_name(self, field: StringField) -> None:
        """It is found by it."""
        if not (field.data or "").strip():
            raise ValidationError("Enter a name for the cohort")


class MoveForm(Form):
    """Where a member is moved to."""

    kept = False

    to = SelectField("Move to", choices=choices_of(CohortColumn, without={CohortColumn.LEFT}), validate_choice=False)

    def validate_to(self, field: SelectField) -> None:
        """A column of the board, other than that of those who left."""
        if field.data not in set(CohortColumn) - {CohortColumn.LEFT}:
            raise ValidationError("Select a column")


class LeaveForm(Form):
    """Why a member leaves."""

    reason = RadioField(
        "Why do they leave the cohort?",
        choices=choices((one.value, words) for one, words in LEAVE_WORDS.items()),
        validate_choice=False,
    )
    note = TextAreaField("Note", [_NOTE], description="Needed with “Another reason”.", render_kw={"rows": 3})

    def validate_reason(self, field: RadioField) -> None:
        """One of the reasons."""
        if field.data not in set(LeaveReason):
            raise ValidationError("Select why they leave the cohort")

    def validate_note(self, field: TextAreaField) -> None:
        """The reason that says nothing by itself needs one."""
        if self.reason.data == LeaveReason.OTHER and not (field.data or "").strip():
            raise ValidationError("Enter why they leave the cohort")


class EndForm(Form):
    """Nothing is asked; the button says it."""
