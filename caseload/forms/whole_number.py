"""A whole number, typed in digits."""

from collections.abc import Sequence
from typing import Any

from wtforms.fields import IntegerField
from wtforms.validators import StopValidation

_LONGEST = 9


class WholeNumberField(IntegerField):
    """A number that has to be given; `data` is None for what is none, and `sentence` is then the only error.

    Validators meet a number, never None. What was typed is shown again.
    """

    data: Any

    def __init__(self, label: str, sentence: str, validators: Sequence[Any] = (), **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.sentence = sentence

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Digits only: `int` alone takes signs, underscores and a number as long as a book."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _LONGEST else None
        if self.data is None:
            raise ValueError(self.sentence)

    def pre_validate(self, form: Any) -> None:
        """What is no number is not asked whether it is the right one."""
        if self.process_errors:
            raise StopValidation
