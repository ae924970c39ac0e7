"""What happens to a message at the door: before it is acknowledged, and before anybody types or applies it."""

import re
from enum import StrEnum


class ArrivalOutcome(StrEnum):
    """What became of one arrival. Only the first two are acknowledged with AA."""

    TAKEN = "taken"
    HERE_ALREADY = "here_already"
    KEY_REUSED = "key_reused"
    REFUSED = "refused"


NO_FEED = "no feed"
"""The feed of a message whose sender no feed names. No feed can be called so: names have no spaces."""

_LINE_ENDS = re.compile(rb"[\r\n]+")


def same_but_for_line_ends(one: bytes, other: bytes) -> bool:
    """Whether two messages say the same, however their lines end: files of messages are kept with other ends than sent.

    >>> same_but_for_line_ends(b"MSH|^~\\&|A\rPID|1\r", b"MSH|^~\\&|A\nPID|1")
    True
    """
    return _lines(one) == _lines(other)


def _lines(raw: bytes) -> bytes:
    """The lines without the blanks behind them, and without blank ones. Taken off line by line: a run of blanks costs once."""
    return b"\r".join(line.rstrip() for line in _LINE_ENDS.split(raw.strip()) if line.strip())
