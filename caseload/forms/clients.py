"""What an administrator fills in about a program that may ask the API."""

import json
from collections.abc import Iterable
from typing import Any

from wtforms.fields import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from caseload.domain.client_rules import CLIENT_ROLES, public_keys, redirect_uri
from caseload.domain.scopes import parse_scopes
from caseload.domain.words import Role
from caseload.forms.choices import choice
from caseload.forms.form import Form
from caseload.forms.users import named
from caseload.presenters.words import words_of

FOR_PEOPLE = "none"
_CODE = {"rows": 6, "spellcheck": False, "autocomplete": "off"}


class ClientForm(Form):
    """What can be changed of a program later."""

    name = StringField(
        "Name of the program",
        [
            InputRequired("Enter the name of the program"),
            Length(max=200, message="The name must be 200 characters or fewer"),
        ],
        description="As staff know it. It is shown to everybody who asks who has looked at a record",
    )
    purpose = TextAreaField(
        "What it is for",
        [
            InputRequired("Enter what the program is for"),
            Length(max=500, message="What it is for must be 500 characters or fewer"),
        ],
        render_kw={"rows": 3},
    )
    keys = TextAreaField(
        "Its public keys",
        [
            InputRequired("Paste its public keys"),
            Length(max=20_000, message="The keys must be 20,000 characters or fewer"),
        ],
        description="A JSON Web Key Set. Only the public part: a private key is refused",
        render_kw=_CODE,
    )
    scopes = TextAreaField(
        "Scopes",
        [
            InputRequired("Enter at least one scope"),
            Length(max=2_000, message="The scopes must be 2,000 characters or fewer"),
        ],
        description="The most it may ask for, one on each line: system/Flag.rs, user/CarePlan.r",
        render_kw={**_CODE, "rows": 4},
    )
    redirect_uris = TextAreaField(
        "Where people are sent back to (optional)",
        [Length(max=2_000, message="The addresses must be 2,000 characters or fewer")],
        description="Only for a program that people let in: whole addresses, one on each line",
        render_kw={**_CODE, "rows": 2},
    )

    def validate_keys(self, field: Field) -> None:
        """Public keys that can be used."""
        try:
            public_keys(field.data)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def validate_scopes(self, field: Field) -> None:
        """Scopes of SMART version 2."""
        try:
            parse_scopes(field.data.split())
        except ValueError:
            raise ValidationError("Each scope must be written as system/Flag.rs or user/CarePlan.r") from None

    def validate_redirect_uris(self, field: Field) -> None:
        """Addresses over HTTPS, or of the machine itself."""
        try:
            for one in (field.data or "").split():
                redirect_uri(one)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def filled_in(self) -> dict[str, Any]:
        """What an action is told."""
        return {
            "name": self.name.data, "purpose": self.purpose.data, "keys": self.keys.data,
            "scopes": self.scopes.data.split(), "redirect_uris": (self.redirect_uris.data or "").split(),
        }  # fmt: skip


class NewClientForm(ClientForm):
    """A program with its employer and its role."""

    home = SelectField("Whose program it is", [InputRequired("Choose whose program it is")])
    role = RadioField(
        "What it acts as for itself",
        choices=[
            *(choice(role.value, words_of(role)) for role in CLIENT_ROLES),
            choice(FOR_PEOPLE, "Nothing", "It only acts for people who let it in"),
        ],
        validate_choice=False,
    )
    place = SelectField(
        "Place of the role (optional)", description="It reaches people registered within this place", default=""
    )

    def __init__(
        self, *arguments: Any, places: Iterable[tuple[int, str]], employers: Iterable[tuple[int, str]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.place.choices = named(places)
        self.home.choices = named(employers)

    def validate_role(self, field: Field) -> None:
        """One of them."""
        if field.data not in {*CLIENT_ROLES, FOR_PEOPLE}:
            raise ValidationError("Choose what it acts as")

    def validate_place(self, field: Field) -> None:
        """Needed for a role."""
        if self.role.data != FOR_PEOPLE and not field.data:
            raise ValidationError("Choose the place of the role")

    def roles(self) -> list[tuple[Role, int]]:
        """The role at its place; none for a program that only acts for people."""
        return [] if self.role.data == FOR_PEOPLE else [(Role(self.role.data), int(self.place.data))]


def pasted(keys: dict[str, Any]) -> str:
    """A key set as it is shown in the form again."""
    return json.dumps(keys, indent=1)
