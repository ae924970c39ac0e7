"""Why a hospital's message is held or not acted on, in words, with what to do about it and the field to look at."""

from dataclasses import dataclass

from caseload.domain.hospital_reasons import REASON_WORDS, HoldReason, PassReason
from interfaces.hl7v2.refusals import Reason


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """What a reason says, what somebody does about it, and where it stands in the message, such as PID-7."""

    words: str
    todo: str
    field: str = ""


_ASK = "Ask the hospital to put it right and send it again, or put it right here."
_LINK = "Compare the message with the person’s record, then link it to the person or dismiss it."
_AGAIN = "Have it decided on again once that is settled."

_OF_MESSAGES: dict[Reason, ReasonWords] = {
    Reason.NO_HEADER: ReasonWords(
        "It does not begin with a header", "Something other than a message arrives. Tell whoever runs the connection."
    ),
    Reason.DELIMITERS: ReasonWords(
        "The delimiters of its header cannot be told apart", "Tell whoever runs the connection.", "MSH-2"
    ),
    Reason.CONTROL_ID: ReasonWords("It has no control id that can be used", _ASK, "MSH-10"),
    Reason.MESSAGE_TYPE: ReasonWords(
        "It is not a message about admissions (ADT)",
        "Ask the hospital to route only ADT messages here, and dismiss it.",
        "MSH-9",
    ),
    Reason.TRIGGER: ReasonWords("Its trigger is no event of HL7", _ASK, "MSH-9"),
    Reason.PROCESSING_ID: ReasonWords(
        "Its processing id is not agreed with the feed",
        "A test system may be pointed here. Ask the hospital, and dismiss it.",
        "MSH-11",
    ),
    Reason.VERSION: ReasonWords(
        "Its version is not agreed with the feed",
        "Have the version added to the feed’s rules, then have it decided on again.",
        "MSH-12",
    ),
    Reason.SENDER: ReasonWords(
        "No feed has its sender", "Have the sender added to a feed’s rules. The hospital then sends it again.", "MSH-3"
    ),
    Reason.SEGMENT_MISSING: ReasonWords("A segment is missing that its trigger needs", _ASK),
    Reason.NO_IDENTIFIER: ReasonWords("It has no number that anybody is known by", _ASK, "PID-3"),
    Reason.NHS_NUMBER: ReasonWords("Its only number is an NHS number that does not check", _ASK, "PID-3"),
    Reason.VISIT_NUMBER: ReasonWords("The visit has no number", _ASK, "PV1-19"),
    Reason.NO_TIME: ReasonWords("Nothing says when it happened", _ASK, "EVN-2"),
    Reason.DATE: ReasonWords("A date or time in it is none", _ASK),
    Reason.MERGE_SIDES: ReasonWords("It merges a number or a visit with itself", _ASK, "MRG-1"),
    Reason.TOO_LARGE: ReasonWords("It is too large", "Ask the hospital to send it without documents in it."),
    Reason.KEY_USED: ReasonWords(
        "Another message came before under the same control id",
        "Ask the hospital which one counts. If its control ids begin again each day, have the feed’s rules say so.",
        "MSH-10",
    ),
    Reason.TOO_BUSY: ReasonWords("We could not take it at that moment", "Have it decided on again."),
    Reason.OUR_FAULT: ReasonWords(
        "Acting on it failed here", "Have it decided on again. If it fails again, tell whoever runs the app."
    ),
}

_TODO: dict[HoldReason | PassReason, tuple[str, str]] = {
    HoldReason.NUMBER_NOT_VERIFIED: (_LINK, "PID-32"),
    HoldReason.NUMBER_NOT_KNOWN: (_LINK, "PID-3"),
    HoldReason.NUMBER_DIFFERS: ("Ask the hospital whose number it is. " + _ASK, "PID-3"),
    HoldReason.NUMBER_OF_ANOTHER: (
        "Ask the hospital whose number it is. If it was linked to the wrong person here, undo that link. " + _AGAIN,
        "PID-3",
    ),
    HoldReason.NUMBER_IN_USE: ("Ask the hospital which number it means. " + _ASK, "PID-3"),
    HoldReason.BIRTH_DATE_DIFFERS: (_LINK, "PID-7"),
    HoldReason.BIRTH_DATE_MISSING: (_LINK, "PID-7"),
    HoldReason.TWO_PEOPLE: (
        "If they are one person, their practice merges the two records. " + _AGAIN + " If they are two, dismiss it.",
        "PID-3",
    ),
    HoldReason.TWO_NUMBERS: ("Ask the hospital which NHS number is right. " + _ASK, "MRG-1"),
    HoldReason.MERGE_LOOP: (
        "Ask the hospital which number goes on. Undo the earlier change if that was wrong.",
        "MRG-1",
    ),
    HoldReason.MERGE_AUTHORITIES: (_ASK, "MRG-1"),
    HoldReason.VISIT_OF_ANOTHER: ("Ask the hospital whose visit it is. " + _ASK, "PV1-19"),
    HoldReason.VISIT_LOOP: (
        "Ask the hospital which visit goes on. Undo the earlier change if that was wrong.",
        "MRG-5",
    ),
    HoldReason.VISIT_MOVES_AWAY: (
        "Ask the hospital whose visit it is. Link it to that person, or dismiss it.",
        "PV1-19",
    ),
    HoldReason.DEATH_TAKEN_BACK: (
        "Ask the practice whether the person is alive. Dismiss it when the record is right.",
        "PID-30",
    ),
    HoldReason.DEATH_DATE: (_ASK, "PID-29"),
    PassReason.NOT_REGISTERED_HERE: ("Nothing: it is acted on by itself if they join a practice here.", "PID-3"),
    PassReason.TRIGGER: ("Nothing.", "MSH-9"),
    PassReason.CHANGE_UNDONE: ("Nothing.", ""),
}

REASONS: dict[str, ReasonWords] = {
    **{code.value: words for code, words in _OF_MESSAGES.items()},
    **{code.value: ReasonWords(REASON_WORDS[code], *_TODO[code]) for code in _TODO},
}
"""By the code that is stored with a message; a test holds that every one is here."""


def reason_words(code: str) -> ReasonWords:
    """What a stored reason says; the code itself where nobody has written words for it."""
    return REASONS.get(code) or ReasonWords(code or "No reason was kept", "Look at the message.")
