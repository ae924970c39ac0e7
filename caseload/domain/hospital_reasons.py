"""Why a message waits for somebody, or is not acted on: what is stored with it, and what it says on a page.

What is wrong with a message as such (a segment is missing, a date is none) has the words of `interfaces.hl7v2.refusals`.
"""

from enum import StrEnum

NHS_NUMBER = "NHS number"
"""What stands for the authority of an NHS number among the numbers a message waits with."""


class HoldReason(StrEnum):
    """Why a message that can be read waits for somebody who looks after the feeds."""

    NUMBER_NOT_VERIFIED = "number_not_verified"
    NUMBER_NOT_KNOWN = "number_not_known"
    NUMBER_DIFFERS = "number_differs"
    NUMBER_OF_ANOTHER = "number_of_another"
    NUMBER_IN_USE = "number_in_use"
    BIRTH_DATE_DIFFERS = "dob_differs"
    BIRTH_DATE_MISSING = "dob_missing"
    TWO_PEOPLE = "two_people"
    TWO_NUMBERS = "two_numbers"
    MERGE_LOOP = "merge_loop"
    MERGE_AUTHORITIES = "merge_authorities"
    VISIT_OF_ANOTHER = "visit_of_another"
    VISIT_LOOP = "visit_loop"
    VISIT_MOVES_AWAY = "visit_moves_away"
    DEATH_TAKEN_BACK = "death_taken_back"
    DEATH_DATE = "death_date"


class PassReason(StrEnum):
    """Why a message that can be read is not acted on."""

    NOT_REGISTERED_HERE = "not_registered_here"
    TRIGGER = "trigger_not_served"
    CHANGE_UNDONE = "change_undone"


REASON_WORDS: dict[HoldReason | PassReason, str] = {
    HoldReason.NUMBER_NOT_VERIFIED: "The NHS number was not traced, and the hospital’s own number is not linked to anybody",
    HoldReason.NUMBER_NOT_KNOWN: "There is no NHS number, and the hospital’s own number is not linked to anybody",
    HoldReason.NUMBER_DIFFERS: "The hospital’s own number is linked to somebody with another NHS number",
    HoldReason.NUMBER_OF_ANOTHER: "The NHS number is one person’s, the hospital’s own number is linked to another",
    HoldReason.NUMBER_IN_USE: "The new number is somebody else’s already",
    HoldReason.BIRTH_DATE_DIFFERS: "The date of birth is not the one we have",
    HoldReason.BIRTH_DATE_MISSING: "There is no date of birth to compare",
    HoldReason.TWO_PEOPLE: "The numbers belong to two people here",
    HoldReason.TWO_NUMBERS: "The two sides of the merge have different NHS numbers",
    HoldReason.MERGE_LOOP: "The number that is to go on was itself merged into the one that is not",
    HoldReason.MERGE_AUTHORITIES: "The numbers merged are not of the same authority",
    HoldReason.VISIT_OF_ANOTHER: "The visit is known as somebody else’s",
    HoldReason.VISIT_LOOP: "The visit that is to go on was itself moved into the one that is not",
    HoldReason.VISIT_MOVES_AWAY: "A visit of somebody here is said to be of somebody who is on no register here",
    HoldReason.DEATH_TAKEN_BACK: "It takes back that somebody has died",
    HoldReason.DEATH_DATE: "The date of death is in the future, or before the birth",
    PassReason.NOT_REGISTERED_HERE: "Nobody with this number is on a register here",
    PassReason.TRIGGER: "We do not act on messages of this kind",
    PassReason.CHANGE_UNDONE: "What it changed was taken back by somebody",
}
"""What each says on a page; a test holds that every one is here."""
