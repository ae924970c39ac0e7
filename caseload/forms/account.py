"""Somebody's own account: password, second factor, digest, leave."""

from typing import Any

from wtforms.fields import BooleanField, Field, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.passwords import LEAST, refusal

EMAIL = Regexp(
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message="Enter an email address in the correct format, like name@example.nhs.uk"
)
_KNOWN: dict[str, Any] = {"autocomplete": "current-password"}
_NEW: dict[str, Any] = {"autocomplete": "new-password"}


class PasswordForm(Form):
    """Another password. `current_password` is checked by the page."""

    current_password = PasswordField(
        "Current password", [InputRequired("Enter your current password")], render_kw=_KNOWN
    )
    new_password = PasswordField(
        "New password",
        [InputRequired("Enter a new password")],
        description=f"At least {LEAST} characters. Three random words make a good password. It need not have numbers or signs",
        render_kw=_NEW,
    )
    new_password_again = PasswordField(
        "New password again", [InputRequired("Enter the new password again")], render_kw=_NEW
    )

    def __init__(self, *arguments: Any, username: str, display_name: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._whose = {"username": username, "display_name": display_name}

    def validate_new_password(self, field: Field) -> None:
        """The rules of passwords."""
        wrong = refusal(field.data, **self._whose)
        if wrong:
            raise ValidationError(wrong)
        if field.data == self.current_password.data:
            raise ValidationError("The new password must be another one than the current password")

    def validate_new_password_again(self, field: Field) -> None:
        """Typed twice, the same."""
        if field.data != self.new_password.data:
            raise ValidationError("The two new passwords must be the same")


class SecondFactorForm(Form):
    """The first code of a second factor; the password is asked for by whom it replaces another."""

    code = StringField(
        "Code",
        [InputRequired("Enter the code the app shows"), Length(max=20, message="Enter the 6 numbers of the code")],
        description="The 6 numbers the app shows for Caretier",
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "width": 4, "spellcheck": False},
    )


class ReplacedSecondFactorForm(SecondFactorForm):
    """The same for who has a second factor already."""

    current_password = PasswordField(
        "Current password", [InputRequired("Enter your current password")], render_kw=_KNOWN
    )


class DigestForm(Form):
    """Where the daily digest goes, if it is wanted."""

    email = StringField(
        "Email address",
        [Optional(), Length(max=254, message="The email address must be 254 characters or fewer"), EMAIL],
        render_kw={"autocomplete": "email", "spellcheck": False, "type": "email"},
    )
    wanted = BooleanField("Send me an email every morning with the number of my tasks and notices, and nothing else")

    def validate_wanted(self, field: Field) -> None:
        """A digest needs somewhere to go."""
        if field.data and not self.email.data:
            raise ValidationError("Enter an email address for the daily email")


class LeaveForm(Form):
    """Days away."""

    first_day = DayField("First day of leave", [InputRequired("Enter the first day of leave")])
    last_day = DayField("Last day of leave", [InputRequired("Enter the last day of leave")])

    def validate_last_day(self, field: DayField) -> None:
        """Not before the first."""
        if self.first_day.data and field.data and field.data < self.first_day.data:
            raise ValidationError("The last day of leave must be the first day or later")
