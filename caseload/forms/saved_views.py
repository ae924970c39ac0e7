"""Keeping a view."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from caseload.forms.choices import choices
from caseload.forms.form import Form

MINE = "mine"


class SaveViewForm(Form):
    """A name for the filters of a list, and whose view it is."""

    name = StringField(
        "Name of the view",
        [InputRequired("Enter a name for the view"), Length(max=80, message="The name must be 80 characters or fewer")],
    )
    owner = SelectField("Who it is for", default=MINE)
    page = HiddenField()
    practice = HiddenField()
    query = HiddenField(validators=[Length(max=1000), Regexp(r"[\w=&%.+-]*\Z", re.ASCII)])

    def __init__(self, *arguments: Any, teams: Sequence[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.owner.choices = choices([(MINE, "Only me"), *((str(team), name) for team, name in teams)])

    @property
    def team_id(self) -> int | None:
        """The team it is for; None where it is the viewer's own."""
        return None if self.owner.data in (None, MINE) else int(self.owner.data)
