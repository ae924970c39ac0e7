"""What is asked before a copy of a plan is given to somebody."""

from wtforms import RadioField, StringField
from wtforms.validators import Length, ValidationError

from caseload.domain.plan_words import ShareFormat
from caseload.domain.sharing_rules import SHARING_RULES, RecipientKind
from caseload.forms.choices import choice
from caseload.forms.form import Form

PERSON = "The person"
"""What is written down where the person is given their own copy and nobody else is named."""

_FORMATS: dict[ShareFormat, tuple[str, str]] = {
    ShareFormat.PDF: ("On A4", "The whole plan, to print or to send as a PDF."),
    ShareFormat.LARGE_PRINT: ("Large print", "The whole plan in letters of 18 points and more."),
    ShareFormat.PLAIN_TEXT: ("Plain text", "The whole plan without any layout, for a screen reader or another system."),
    ShareFormat.URGENT_SUMMARY: ("Urgent summary", "One page of what somebody needs who has to act at once."),
}


class ShareForm(Form):
    """To whom a copy goes, and in which format."""

    kind = RadioField(
        "Who is the copy for?",
        choices=[choice(kind.value, rule.words) for kind, rule in SHARING_RULES.items()],
        validate_choice=False,
    )
    name = StringField(
        "Name (optional for the person and for urgent care)",
        [Length(max=90, message="The name must be 90 characters or fewer")],
        render_kw={"autocomplete": "off", "spellcheck": False},
    )
    organisation = StringField(
        "Organisation",
        [Length(max=100, message="The organisation must be 100 characters or fewer")],
        description="Leave empty for the person or somebody who speaks for them",
        render_kw={"autocomplete": "off", "spellcheck": False},
    )
    share_format = RadioField(
        "In which format?",
        choices=[choice(one.value, words, hint) for one, (words, hint) in _FORMATS.items()],
        validate_choice=False,
    )

    def validate_kind(self, field: RadioField) -> None:
        """One of the kinds."""
        if field.data not in set(RecipientKind):
            raise ValidationError("Select who the copy is for")

    def validate_name(self, field: StringField) -> None:
        """A name where the kind of recipient needs one."""
        if self._named and not (field.data or "").strip():
            raise ValidationError("Enter the name of who is given the copy")

    def validate_organisation(self, field: StringField) -> None:
        """An organisation, but for the person themselves."""
        kind = self.kind.data
        if kind in set(RecipientKind) and kind != RecipientKind.PERSON and not (field.data or "").strip():
            raise ValidationError("Enter the organisation of who is given the copy")

    def validate_share_format(self, field: RadioField) -> None:
        """One of the formats; whether this recipient is given it, the action says."""
        if field.data not in set(ShareFormat):
            raise ValidationError("Select a format")

    @property
    def recipient(self) -> str:
        """What the recipient is called in the list of copies."""
        parts = [(self.name.data or "").strip(), (self.organisation.data or "").strip()]
        return ", ".join(part for part in parts if part) or PERSON

    @property
    def _named(self) -> bool:
        kind = self.kind.data
        return kind in set(RecipientKind) and SHARING_RULES[RecipientKind(kind)].named
