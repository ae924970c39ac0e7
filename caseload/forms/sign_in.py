"""Signing in: username and password, then a code."""

from flask_wtf import FlaskForm
from wtforms.fields import PasswordField, StringField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):
    """Who are you?"""

    username = StringField(
        "Username",
        [InputRequired("Enter your username"), Length(max=254, message="Enter your username")],
        render_kw={"autocomplete": "username", "spellcheck": False},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Enter your password"), Length(max=1000, message="Enter your password")],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(FlaskForm):
    """The second factor."""

    code = StringField(
        "Code",
        [InputRequired("Enter the code"), Length(max=20, message="Enter the 6 numbers of the code")],
        description="The 6 numbers your authenticator app shows for Caretier now",
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "width": 4, "spellcheck": False},
    )
