"""Why a message is not taken, in the words its sender is answered with.

Source: HL7 2.8 chapter 2, section 2.9.2 (AE and AR), table 0008 (acknowledgement codes), table 0357 (message error conditions).
"""

from enum import IntEnum, StrEnum

from interfaces.exceptions import InterfaceError


class AckCode(StrEnum):
    """HL7 table 0008. AR: the header is not for us, or we cannot now. AE: the content is wrong, and sending it again is of no use."""

    AA = "AA"
    AE = "AE"
    AR = "AR"
    CA = "CA"
    CE = "CE"
    CR = "CR"


class ErrorCode(IntEnum):
    """HL7 table 0357, as far as we answer with it."""

    ACCEPTED = 0
    SEGMENT_SEQUENCE = 100
    REQUIRED_FIELD = 101
    DATA_TYPE = 102
    TABLE_VALUE = 103
    MESSAGE_TYPE = 200
    EVENT_CODE = 201
    PROCESSING_ID = 202
    VERSION_ID = 203
    UNKNOWN_KEY = 204
    DUPLICATE_KEY = 205
    RECORD_LOCKED = 206
    INTERNAL = 207

    @property
    def text(self) -> str:
        """The table's own words for it."""
        return _TEXTS[self]


_TEXTS = {
    ErrorCode.ACCEPTED: "Message accepted",
    ErrorCode.SEGMENT_SEQUENCE: "Segment sequence error",
    ErrorCode.REQUIRED_FIELD: "Required field missing",
    ErrorCode.DATA_TYPE: "Data type error",
    ErrorCode.TABLE_VALUE: "Table value not found",
    ErrorCode.MESSAGE_TYPE: "Unsupported message type",
    ErrorCode.EVENT_CODE: "Unsupported event code",
    ErrorCode.PROCESSING_ID: "Unsupported processing id",
    ErrorCode.VERSION_ID: "Unsupported version id",
    ErrorCode.UNKNOWN_KEY: "Unknown key identifier",
    ErrorCode.DUPLICATE_KEY: "Duplicate key identifier",
    ErrorCode.RECORD_LOCKED: "Application record locked",
    ErrorCode.INTERNAL: "Application internal error",
}


class Reason(StrEnum):
    """What is wrong with a message, in one word for counts and screens; its sentence is on the refusal."""

    NO_HEADER = "no_header"
    DELIMITERS = "delimiters"
    CONTROL_ID = "control_id"
    MESSAGE_TYPE = "message_type"
    TRIGGER = "trigger"
    PROCESSING_ID = "processing_id"
    VERSION = "version"
    SENDER = "sender"
    SEGMENT_MISSING = "segment_missing"
    NO_IDENTIFIER = "no_identifier"
    NHS_NUMBER = "nhs_number"
    VISIT_NUMBER = "visit_number"
    NO_TIME = "no_time"
    DATE = "date"
    MERGE_SIDES = "merge_sides"
    TOO_LARGE = "too_large"
    KEY_USED = "key_used"
    TOO_BUSY = "too_busy"
    OUR_FAULT = "our_fault"


class MessageRefused(InterfaceError):
    """A message that is answered with an error: `ack` AE or AR, `code` of table 0357, `location` such as PID-7.

    `reason` is for counts, `sentence` for people; neither holds anything of what the message says.

    >>> raise MessageRefused(Reason.DATE, ErrorCode.DATA_TYPE, "PID-7", "The date is not one.")
    Traceback (most recent call last):
    interfaces.hl7v2.refusals.MessageRefused: Expected a message as the feed's rules have it. Found PID-7: The date is not one. Put it right at its source and send it again.
    """

    def __init__(
        self, reason: Reason, code: ErrorCode, location: str, sentence: str, *, ack: AckCode = AckCode.AE
    ) -> None:
        self.reason = reason
        self.code = code
        self.location = location
        self.sentence = sentence
        self.ack = ack
        super().__init__(
            "a message as the feed's rules have it",
            f"{location}: {sentence.rstrip('.')}",
            "Put it right at its source and send it again.",
        )
