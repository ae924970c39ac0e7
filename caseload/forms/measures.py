"""What a person says of themselves, on one sheet; nobody has to answer all of it."""

from typing import Any

from wtforms import RadioField
from wtforms.fields import Field
from wtforms.validators import InputRequired, ValidationError

from caseload.domain.measures import VALUES
from caseload.domain.plan_words import MeasureKind
from caseload.forms.choices import choices
from caseload.forms.day import DayField
from caseload.forms.field_words import name_of
from caseload.forms.form import Form
from caseload.presenters.words import words_of


def _question(kind: MeasureKind) -> Field:
    hint = "From the licensed questionnaire. Record the level only." if kind is MeasureKind.ACTIVATION else ""
    offered = choices((str(value), words) for value, words in VALUES[kind].items())
    return RadioField(words_of(kind), choices=offered, validate_choice=False, description=hint)


class MeasuresForm(Form):
    """One day's answers."""

    activation = _question(MeasureKind.ACTIVATION)
    loneliness = _question(MeasureKind.LONELINESS)
    involved = _question(MeasureKind.INVOLVED)
    coordinated = _question(MeasureKind.COORDINATED)
    confident = _question(MeasureKind.CONFIDENT)
    supported = _question(MeasureKind.SUPPORTED)
    independent = _question(MeasureKind.INDEPENDENT)
    measured_on = DayField("When did they say so?", [InputRequired("Enter when they said so")], subject="The day")

    def validate_activation(self, _field: RadioField) -> None:
        """At least one answer, here or below."""
        if not any(self[kind.value].data for kind in MeasureKind):
            raise ValidationError("Select at least one answer")

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether every answer is one of those offered."""
        valid = super().validate(*arguments, **options)
        for kind in MeasureKind:
            field = self[kind.value]
            if field.data and field.data not in {str(value) for value in VALUES[kind]}:
                field.errors = [*field.errors, f"{name_of(field)}: select one of the answers"]
                valid = False
        return valid

    @property
    def values(self) -> dict[MeasureKind, int]:
        """The answers that were given."""
        return {kind: int(self[kind.value].data) for kind in MeasureKind if self[kind.value].data}
