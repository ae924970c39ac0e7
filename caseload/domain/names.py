"""Comparing names as people write them: without regard to case, accents, hyphens, apostrophes or spaces."""

import unicodedata

# Letters that no decomposition takes apart, and how they are written where a keyboard has none of them.
_WRITTEN_OUT = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŧ": "t", "þ": "th"}
)
_LEAST_LETTERS = 2


def name_key(family: str, given: str) -> str:
    """What a search by name compares: family and given name folded, with one space between them."""
    return f"{folded(family)} {folded(given)}"


def folded(name: str) -> str:
    """A name without case, accents, hyphens, apostrophes and spaces: O’Brien-Łukasz is obrienlukasz."""
    lower = unicodedata.normalize("NFKD", name).casefold()
    plain = unicodedata.normalize("NFKD", lower).translate(_WRITTEN_OUT)
    return "".join(letter for letter in plain if letter.isalnum())


def name_fits(key: str, family: str, given: str = "") -> bool:
    """Whether somebody with this name key may be who is looked for, by one who may know only a part of the name.

    The beginning of a name fits, as does either half of a double name, and the two names changed round. Names alone
    never find anybody: a search asks for the date of birth as well.
    """
    has_family, _, has_given = key.partition(" ")
    family, given = folded(family), folded(given)
    return _pair_fits(has_family, has_given, family, given) or _pair_fits(has_given, has_family, family, given)


def _pair_fits(has_family: str, has_given: str, family: str, given: str) -> bool:
    return _part_fits(has_family, family) and (not given or _part_fits(has_given, given))


def _part_fits(has: str, wanted: str) -> bool:
    """An empty part fits nothing. A single letter fits as a beginning: an initial."""
    if not wanted or not has:
        return False
    return has.startswith(wanted) or (len(wanted) > _LEAST_LETTERS and has.endswith(wanted))
