"""What was out of order in a message that was read all the same: a code and a place, never what stood there."""

from dataclasses import dataclass
from enum import StrEnum


class NoteCode(StrEnum):
    """What was noticed; the value is for counts and for whoever looks at the message."""

    BYTE_ORDER_MARK = "byte_order_mark"
    CHARSET_UNKNOWN = "charset_unknown"
    CHARSET_NOT_AS_DECLARED = "charset_not_as_declared"
    LINE_PASSED_OVER = "line_passed_over"
    TYPED_OTHERWISE = "typed_otherwise"
    NOT_TYPED = "not_typed"
    DATE_PRECISION = "date_precision"
    END_OF_DAY = "end_of_day"
    CLOCK_CHANGE = "clock_change"
    CODE_NOT_KNOWN = "code_not_known"
    NHS_NUMBER_UNUSABLE = "nhs_number_unusable"
    NHS_NUMBER_OF_ANOTHER_NATION = "nhs_number_of_another_nation"
    NHS_NUMBERS_DIFFER = "nhs_numbers_differ"
    TRACING_STATUS_UNCLEAR = "tracing_status_unclear"


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One thing noticed, at a field such as PID-7, or at a line by its number."""

    code: NoteCode
    location: str = ""
