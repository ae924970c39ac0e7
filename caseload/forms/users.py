"""What an administrator fills in about a user."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields import Field, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from caseload.domain.permissions import PROGRAM_ROLES
from caseload.domain.words import Profession, Role
from caseload.forms.account import EMAIL
from caseload.forms.choices import choices, choices_of
from caseload.forms.form import Form
from caseload.forms.whole_number import WholeNumberField

Way = tuple[str, str]
"""A way to sign in and its words."""

LOCAL = "local"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def named(pairs: Iterable[tuple[int, str]]) -> list[Any]:
    """Ids with names as the choices of a select box, with nothing chosen first."""
    return choices([("", "Choose one"), *((str(one), name) for one, name in pairs)])


class UserForm(Form):
    """Who somebody is and for whom they work."""

    display_name = StringField(
        "Full name",
        [InputRequired("Enter their full name"), Length(max=200, message="The name must be 200 characters or fewer")],
    )
    job_title = StringField(
        "Job title (optional)", [Length(max=200, message="The job title must be 200 characters or fewer")]
    )
    email = StringField(
        "Work email address (optional)",
        [Optional(), Length(max=254, message="The email address must be 254 characters or fewer"), EMAIL],
        render_kw={"spellcheck": False, "type": "email"},
    )
    home = SelectField("Employer", [InputRequired("Choose their employer")])

    def __init__(self, *arguments: Any, employers: Iterable[tuple[int, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.home.choices = named(employers)


class RoleForm(Form):
    """A role at a place."""

    role = RadioField("Role", choices=choices_of(Role, without=PROGRAM_ROLES), validate_choice=False)
    place = SelectField(
        "Place",
        [InputRequired("Choose the place of the role")],
        description="The role counts for everyone registered within this place",
    )

    def __init__(self, *arguments: Any, places: Iterable[tuple[int, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.place.choices = named(places)

    def validate_role(self, field: Field) -> None:
        """One of the roles that people have."""
        if field.data not in set(Role) - PROGRAM_ROLES:
            raise ValidationError("Choose a role")


class NewUserForm(UserForm):
    """An account with its first role. `way` is how they sign in: here, or with an identity provider by its name."""

    username = StringField(
        "Username",
        [
            InputRequired("Enter a username"),
            Length(min=2, max=254, message="The username must have 2 to 254 characters"),
            Regexp(
                r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$",
                message="The username must have only letters, numbers, full stops, hyphens, underscores, + and @",
            ),
        ],
        description="What they sign in with, for example their work email address",
        render_kw={"spellcheck": False, "autocomplete": "off"},
    )
    way = RadioField("How they sign in", default=LOCAL)
    subject = StringField(
        "Identifier at the identity provider (optional)",
        [Length(max=300, message="The identifier must be 300 characters or fewer")],
        description="Only for an identity provider: the subject it knows them by, such as an NHS CIS2 user identifier",
        render_kw={"spellcheck": False, "autocomplete": "off"},
    )
    role = RadioField("Role", choices=choices_of(Role, without=PROGRAM_ROLES), validate_choice=False)
    place = SelectField("Place of the role", [InputRequired("Choose the place of the role")])

    def __init__(self, *arguments: Any, places: Iterable[tuple[int, str]], ways: list[Way], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.place.choices = named(places)
        self.way.choices = choices(ways)

    def validate_role(self, field: Field) -> None:
        """One of the roles that people have."""
        if field.data not in set(Role) - PROGRAM_ROLES:
            raise ValidationError("Choose a role")

    def validate_subject(self, field: Field) -> None:
        """Needed for an identity provider, and only there."""
        if self.way.data != LOCAL and not field.data:
            raise ValidationError("Enter the identifier the identity provider knows them by")


class TeamForm(Form):
    """A membership."""

    team = SelectField("Team", [InputRequired("Choose a team")])

    def __init__(self, *arguments: Any, teams: Iterable[tuple[int, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.team.choices = named(teams)


class ProfileForm(Form):
    """What somebody who can lead cases is reckoned with."""

    profession = RadioField("Profession", choices=choices_of(Profession), validate_choice=False)
    capacity = WholeNumberField(
        "Capacity",
        "Enter their capacity in points, as a whole number",
        [NumberRange(min=0, max=10_000, message="The capacity must be between 0 and 10,000 points")],
        description="In points of workload: what a full caseload of theirs comes to",
        render_kw={"inputmode": "numeric", "width": 4},
    )
    working_days = SelectMultipleField(
        "Working days", choices=choices((str(bit), name) for bit, name in enumerate(WEEKDAYS)), validate_choice=False
    )

    def validate_profession(self, field: Field) -> None:
        """One of the professions."""
        if field.data not in set(Profession):
            raise ValidationError("Choose a profession")

    def validate_working_days(self, field: Field) -> None:
        """At least one day of the week."""
        if not field.data or not set(field.data) <= {str(bit) for bit in range(len(WEEKDAYS))}:
            raise ValidationError("Choose the days they work")

    def days(self) -> int:
        """The days as bits, Monday first."""
        return sum(1 << int(bit) for bit in set(self.working_days.data))


class IdentityForm(Form):
    """Whom an identity provider's subject signs in as."""

    way = RadioField("Identity provider", validate_choice=False)
    subject = StringField(
        "Identifier there",
        [Length(max=300, message="The identifier must be 300 characters or fewer")],
        description="Leave empty to take the link away",
        render_kw={"spellcheck": False, "autocomplete": "off"},
    )

    def __init__(self, *arguments: Any, ways: list[Way], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.way.choices = choices(ways)

    def validate_way(self, field: Field) -> None:
        """One of the providers, where there is anything to link."""
        if self.subject.data and field.data not in {way.value for way in self.way.choices}:
            raise ValidationError("Choose an identity provider")
