"""The choices of radios, checkboxes and selects, in the shape the form library takes without a warning."""

from collections.abc import Iterable
from enum import StrEnum

from wtforms.fields import SelectChoice

from caseload.presenters.words import words_of

__all__ = ["SelectChoice", "choice", "choices", "choices_of"]


def choice(value: str, words: str, hint: str = "") -> SelectChoice:
    """One choice: what is sent, what it says, and what stands below it in smaller letters."""
    return SelectChoice(value, words, {"hint": hint} if hint else {})


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Choices from pairs of what is sent and what it says."""
    return [choice(value, words) for value, words in pairs]


def choices_of(words: type[StrEnum], *, without: Iterable[StrEnum] = ()) -> list[SelectChoice]:
    """An enum as choices: its stored words and what they say, in its own order."""
    return [choice(member.value, words_of(member)) for member in words if member not in frozenset(without)]
