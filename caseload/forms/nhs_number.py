"""An NHS number as people paste it: from a letter, a spreadsheet, an e-mail, another screen."""

import unicodedata
from typing import Any

from wtforms.fields import StringField
from wtforms.validators import StopValidation

from interfaces.codes.nhs_number import NhsNumber, NhsNumberCause, nhs_number_cause

_LABELS = frozenset({"", "nhs", "nhsno", "nhsnumber", "nhsnum", "no", "number"})
_DIGITS = 10

_MISSING = "Enter an NHS number"
_NOT_TEN = "Enter an NHS number of 10 digits, like 999 123 4567"
_WRONG = "This is not an NHS number. Check for a digit that is wrong or changed round"


def pasted_digits(text: str) -> str:
    """The ten digits in a pasted text, whatever stands between them; empty where it has something else.

    Spaces of every kind, dashes, dots, brackets and marks that cannot be seen are passed over, as is a label such as
    "NHS No." before the number; digits of other scripts and full-width ones count as digits.
    """
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.decimal(mark)) for mark in plain if mark.isdecimal())
    letters = "".join(mark for mark in plain if mark.isalpha()).casefold()
    return digits if len(digits) == _DIGITS and letters in _LABELS else ""


class NhsNumberField(StringField):
    """An NHS number in any format; `number` is the ten digits once it was validated. What was typed is shown again.

    One that is not `required` may be left empty; `number` is empty then.
    """

    number = ""

    def __init__(self, label: str, validators: Any = None, *, required: bool = True, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.required = required

    def pre_validate(self, form: Any) -> None:
        """StopValidation with the sentence for what is wrong."""
        typed = (self.data or "").strip()
        if not typed and not self.required:
            raise StopValidation
        if not typed:
            raise StopValidation(_MISSING)
        digits = pasted_digits(typed)
        cause = nhs_number_cause(digits, synthetic=True)
        if cause in (NhsNumberCause.MISSING, NhsNumberCause.NOT_TEN_DIGITS):
            raise StopValidation(_NOT_TEN)
        if cause is not None:
            raise StopValidation(_WRONG)
        self.number = NhsNumber.parse(digits, synthetic=True).digits
