"""What a field says of its own accord when it was filled in wrongly: in our words, and which field it is."""

from collections.abc import Mapping

from wtforms.fields import Field

_FEWER = " must be %(max)d characters or fewer"
_CHOOSE = ": select one from the list"

SENTENCES: Mapping[str, str] = {
    "Field must be at least %(min)d character long.": " must have at least %(min)d character",
    "Field must be at least %(min)d characters long.": " must have at least %(min)d characters",
    "Field cannot be longer than %(max)d character.": _FEWER,
    "Field cannot be longer than %(max)d characters.": _FEWER,
    "Field must be exactly %(max)d character long.": " must have %(max)d character",
    "Field must be exactly %(max)d characters long.": " must have %(max)d characters",
    "Field must be between %(min)d and %(max)d characters long.": " must have %(min)d to %(max)d characters",
    "Number must be at least %(min)s.": " must be %(min)s or more",
    "Number must be at most %(max)s.": " must be %(max)s or less",
    "Number must be between %(min)s and %(max)s.": " must be between %(min)s and %(max)s",
    "Not a valid integer value.": ": enter a whole number",
    "Not a valid decimal value.": ": enter a number",
    "Not a valid float value.": ": enter a number",
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "'%(value)s' are not valid choices for this field.": _CHOOSE,
    "This field is required.": ": fill this in",
}
"""The library's sentence -> what follows the name of the field here."""

ANYTHING = ": this cannot be used, enter it in another way"
"""What follows the name where the library says something that none of our forms asks for."""


def name_of(field: Field) -> str:
    """What a sentence calls a field: its label in quotation marks, after the entry it is of where there are several."""
    within = getattr(field, "within", "")
    label = f"“{str(field.label.text).removesuffix(' (optional)')}”"
    return f"{within}: {label}" if within else label


class FieldWords:
    """The words of one field, where the library looks for a translation of its own."""

    def __init__(self, field: Field) -> None:
        self._field = field

    def gettext(self, sentence: str) -> str:
        """Our sentence for the library's; where its values are filled in, ours has them too."""
        name = name_of(self._field)
        if "%(" in sentence:
            name = name.replace("%", "%%")
        return name + SENTENCES.get(sentence, ANYTHING)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The same where the library tells one from many."""
        return self.gettext(singular if number == 1 else plural)
