"""What of a care plan stands on the one page for somebody who has to act at once, and in which order.

The order is of urgency: where the page is too small, what comes last is left out first, a sentence at a time.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from caseload.domain.plan_entries import lines_of
from caseload.domain.plan_headings import ALLERGY, FIELDS, Contents, Entry
from caseload.domain.plan_words import PlanHeading


class UrgentPart(StrEnum):
    """The parts of the page, the most urgent first."""

    ALLERGIES = "allergies"
    CONTINGENCY = "contingency"
    CONTACTS = "contacts"
    ADVANCE_STATEMENT = "advance_statement"
    MEDICINES_EQUIPMENT = "medicines_equipment"
    COMMUNICATION = "communication"


TAKEN_FROM: dict[UrgentPart, tuple[PlanHeading, tuple[str, ...]]] = {
    UrgentPart.CONTINGENCY: (PlanHeading.CONTINGENCY, ("name", "trigger", "what", "who", "anticipatory")),
    UrgentPart.CONTACTS: (PlanHeading.PERSONAL_CONTACTS, ("name", "relationship", "role", "contact")),
    UrgentPart.ADVANCE_STATEMENT: (PlanHeading.ADVANCE_STATEMENT, ("kept", "decisions")),
    UrgentPart.MEDICINES_EQUIPMENT: (PlanHeading.MEDICINES_EQUIPMENT, ("item", "use", "kept")),
    UrgentPart.COMMUNICATION: (PlanHeading.ABOUT_ME, ("communicate",)),
}
"""The heading and the fields each part is taken from. Allergies are entries of medicines that are marked as one, and
whatever names one: see `speaks_of_allergy`."""

LONGEST = 30
"""How many words stay together where a text has no ends of sentences."""

_LEFT_TOGETHER = (PlanHeading.CONTINGENCY, PlanHeading.MEDICINES_EQUIPMENT)
_ALLERGY = re.compile(r"\ballerg|\banaphyla", re.IGNORECASE)
_ENDS = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """The smallest thing that is shown or left out: of which part, entry (from 0) and field it is."""

    part: UrgentPart
    entry: int
    label: str
    text: str


def speaks_of_allergy(text: str) -> bool:
    """Whether a text of the plan has the word in it: it stands first, wherever it was written, as it was written.

    Nothing is guessed: a reaction described in other words has to be marked as an allergy.
    """
    return _ALLERGY.search(text) is not None


def urgent_sentences(contents: Contents) -> tuple[Sentence, ...]:
    """Everything that could stand on the page, the most urgent first.

    A medicine or piece of equipment with an allergy in it stands whole among the allergies. Of other parts the sentence
    does, and stays where it was; what to do when things change is never taken apart.
    """
    return (*_allergies(contents), *(one for part in TAKEN_FROM for one in _part(part, contents)))


def _part(part: UrgentPart, contents: Contents) -> Iterator[Sentence]:
    heading, names = TAKEN_FROM[part]
    for number, entry in enumerate(contents.get(heading, ())):
        if heading is PlanHeading.MEDICINES_EQUIPMENT and _is_allergy(entry):
            continue
        yield from _said(part, number, heading, {name: entry.get(name, "") for name in names}, contents)


def _said(part: UrgentPart, number: int, heading: PlanHeading, entry: Entry, contents: Contents) -> Iterator[Sentence]:
    for label, text in lines_of(heading, entry, contents):
        yield from (Sentence(part, number, label, sentence) for sentence in sentences_of(text))


def _allergies(contents: Contents) -> Iterator[Sentence]:
    elsewhere = [heading for heading in FIELDS if heading not in _LEFT_TOGETHER]
    whole = [entry for entry in contents.get(PlanHeading.MEDICINES_EQUIPMENT, ()) if _is_allergy(entry)]
    names = TAKEN_FROM[UrgentPart.MEDICINES_EQUIPMENT][1]
    for number, entry in enumerate(whole):
        said = {name: entry.get(name, "") for name in names}
        yield from _said(UrgentPart.ALLERGIES, number, PlanHeading.MEDICINES_EQUIPMENT, said, contents)
    entries = [(heading, entry) for heading in elsewhere for entry in contents.get(heading, ())]
    for number, (heading, entry) in enumerate(entries, start=len(whole)):
        found = _said(UrgentPart.ALLERGIES, number, heading, entry, contents)
        yield from (one for one in found if speaks_of_allergy(one.text))


def _is_allergy(entry: Entry) -> bool:
    return entry.get("kind") == ALLERGY or any(speaks_of_allergy(text) for text in entry.values())


def sentences_of(text: str) -> list[str]:
    """A text in sentences; one that never ends is cut after every LONGEST words."""
    return [piece for one in _ENDS.split(text) for piece in _pieces(one.split())]


def _pieces(words: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(words), LONGEST):
        yield " ".join(words[start : start + LONGEST])
