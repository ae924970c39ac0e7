"""What is asked about somebody who is leaving."""

from collections.abc import Mapping

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from caseload.forms.at_most import AtMost
from caseload.forms.form import Form


class LeaverForm(Form):
    """Who is leaving."""

    user_id = SelectField("Who is leaving?", validate_choice=False)

    def validate_user_id(self, field: SelectField) -> None:
        """One of those who hold something."""
        if not field.data or field.data not in {str(choice[0]) for choice in field.choices or ()}:
            raise ValidationError("Select who is leaving")


class SendForm(Form):
    """What the receivers are told with the cases that are sent."""

    reason = TextAreaField(
        "Why are the cases handed over?",
        [
            InputRequired("Enter why the cases are handed over"),
            AtMost(2000),
        ],
        render_kw={"rows": 2},
    )
    summary = TextAreaField(
        "What do the receivers need to know? (optional)",
        [AtMost(4000)],
        description="The same words go with every case sent now.",
        render_kw={"rows": 3},
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """Spaces are no reason."""
        if not (field.data or "").strip():
            raise ValidationError("Enter why the cases are handed over")


class RestForm(Form):
    """Who takes over places on care teams and open tasks."""

    successor_id = SelectField("Who takes over?", validate_choice=False)

    def validate_successor_id(self, field: SelectField) -> None:
        """One of those offered."""
        if not field.data or field.data not in {str(choice[0]) for choice in field.choices or ()}:
            raise ValidationError("Select who takes over")


def receivers_in(sent: Mapping[str, str]) -> list[tuple[int, int, int]]:
    """What a page of receivers carried: case, the receiver it showed, the one chosen (0 for none). Anything else is left out."""
    found = []
    for name, value in sent.items():
        case_id = name.removeprefix("receiver-")
        shown = sent.get(f"shown-{case_id}", "")
        if case_id != name and all(part.isascii() and part.isdecimal() for part in (case_id, value, shown)):
            found.append((int(case_id), int(shown), int(value)))
    return sorted(found)


def pairs_in(sent: list[str]) -> list[tuple[int, int]]:
    """The ticked `case-receiver` pairs of a preview; anything else is left out."""
    parts = [one.partition("-") for one in sent]
    return sorted(
        {(int(a), int(b)) for a, _, b in parts if a.isascii() and a.isdecimal() and b.isascii() and b.isdecimal()}
    )
