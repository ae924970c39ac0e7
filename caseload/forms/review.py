"""What a review asks for."""

from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, ValidationError

from caseload.domain.decline_reasons import DECLINE_WORDS, why_not_declined_for
from caseload.domain.proposal_rules import why_not_deferred_until
from caseload.domain.words import Decision
from caseload.forms.choices import choice, choices
from caseload.forms.day import DayField
from caseload.forms.form import Form

ACCEPT_SHOWN = "accept_shown"
"""What the button says that marks everybody on the page who is not marked yet."""

_LARGEST = 2_147_483_647  # of an integer column
_NOTE = Length(max=2000, message="The note must be 2,000 characters or fewer")
_ASKED_BY = {
    Decision.ACCEPT: frozenset[str](),
    Decision.DECLINE: frozenset({"reason", "note"}),
    Decision.DEFER: frozenset({"until", "note"}),
}
_OPTIONAL = frozenset[str]().union(*_ASKED_BY.values())
_REASONS = choices((code.value, words) for code, words in DECLINE_WORDS.items())


def row_id(text: str) -> int:
    """A number as our own pages write it; ValueError for anything no row can have."""
    number = int(text)
    if not 0 <= number <= _LARGEST:
        raise ValueError("not the number of a row")
    return number


class DeclineForm(Form):
    """Why one person is declined."""

    reason = RadioField("Why are they not taken into care coordination?", choices=_REASONS, validate_choice=False)
    note = TextAreaField("Note", [_NOTE], description="Needed with “Another reason” and with a wrong record.")

    def validate_reason(self, field: RadioField) -> None:
        """A reason of the list; the note is asked for at its own field."""
        refusal = why_not_declined_for(field.data, "given")
        if refusal:
            raise ValidationError(refusal)

    def validate_note(self, field: TextAreaField) -> None:
        """The reasons that say nothing by themselves need one."""
        if why_not_declined_for(self.reason.data, "given") is None:
            refusal = why_not_declined_for(self.reason.data, field.data or "")
            if refusal:
                raise ValidationError(refusal)


class DeferForm(Form):
    """Until when one person is deferred."""

    until = DayField("When should they be on the list again?", subject="The date to come back")
    note = TextAreaField("Note", [_NOTE])

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._today = today

    def validate_until(self, field: DayField) -> None:
        """A day to come, within a year."""
        refusal = why_not_deferred_until(field.data, self._today)
        if refusal:
            raise ValidationError(refusal)


class StageForm(Form):
    """What is marked on the list: whom, and as what. Reason, note and date are for several people at once."""

    decision = HiddenField()
    proposal = SelectMultipleField("People", coerce=row_id, validate_choice=False)
    seen = HiddenField()
    reason = SelectField("Reason", choices=[choice("", "Choose a reason"), *_REASONS], validate_choice=False)
    until = DayField("Until", subject="The date to come back")
    note = TextAreaField("Note", [_NOTE])

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._today = today

    @property
    def asked(self) -> Decision:
        """The decision of the button that was pressed; ValueError for one that is not there."""
        return Decision.ACCEPT if self.decision.data == ACCEPT_SHOWN else Decision(self.decision.data)

    @property
    def chosen(self) -> list[int]:
        """Whom it is about: those ticked, or everybody shown who was not marked."""
        if self.decision.data == ACCEPT_SHOWN:
            return [proposal for proposal, version in self.versions.items() if version == 0]
        return list(self.proposal.data or [])

    @property
    def versions(self) -> dict[int, int]:
        """The version of each mark as the page showed it, 0 where there was none. ValueError where it was tampered with."""
        pairs = (pair.split("-") for pair in (self.seen.data or "").split())
        return {row_id(proposal): row_id(version) for proposal, version in pairs}

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """What the button that was pressed asks for: half a date is nothing to somebody who declines."""
        for name in _OPTIONAL - _ASKED_BY[self.asked]:
            field = self[name]
            field.process_errors, field.validators = [], ()
            if isinstance(field, DayField):
                field.wrong_parts = frozenset()
        return super().validate(*arguments, **options)

    def validate_proposal(self, _field: SelectMultipleField) -> None:
        """Somebody has to be chosen."""
        if not self.chosen:
            all_marked = self.decision.data == ACCEPT_SHOWN
            raise ValidationError("Everybody on this page is marked" if all_marked else "Tick at least one person")

    def validate_reason(self, field: SelectField) -> None:
        """Only to decline."""
        if self.asked is Decision.DECLINE:
            _refuse(why_not_declined_for(field.data or None, self.note.data or ""))

    def validate_until(self, field: DayField) -> None:
        """Only to defer."""
        if self.asked is Decision.DEFER:
            _refuse(why_not_deferred_until(field.data, self._today))


class ConcernForm(Form):
    """What somebody saw."""

    note = TextAreaField(
        "What is your concern?",
        [_NOTE],
        description="What you saw or heard, and why it matters now. The practice reads it beside the score.",
    )

    def validate_note(self, field: TextAreaField) -> None:
        """A concern without words is none."""
        if not (field.data or "").strip():
            raise ValidationError("Enter your concern")


def _refuse(refusal: str | None) -> None:
    if refusal:
        raise ValidationError(refusal)
