"""How long a text may be, said with the name of the field it is typed into."""

from typing import Any

from wtforms.fields import Field
from wtforms.validators import ValidationError

from caseload.forms.field_words import name_of


class AtMost:
    """So many characters at most."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def __call__(self, _form: Any, field: Field) -> None:
        """ValidationError for a text that is longer."""
        if len(field.data or "") > self.characters:
            raise ValidationError(f"{name_of(field)} must be {self.characters:,} characters or fewer")
