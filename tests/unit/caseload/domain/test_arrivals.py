"""What happens to a message at the door: whether two of them say the same."""

import time

import pytest

from caseload.domain.arrivals import same_but_for_line_ends


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b"MSH|1\rPID|2\r", b"MSH|1\nPID|2", True),
        (b"MSH|1\r\nPID|2\r\n", b"MSH|1\rPID|2", True),
        (b"MSH|1 \t\r\r \r\nPID|2  ", b"MSH|1\rPID|2", True),
        (b"\r\nMSH|1\r", b"MSH|1", True),
        (b"MSH|1\r PID|2", b"MSH|1\rPID|2", False),
        (b"MSH|1 2\r", b"MSH|12\r", False),
        (b"MSH|1\rPID|2", b"MSH|1PID|2", False),
        (b"", b" \r\n", True),
    ],
)
def test_messages_are_the_same_but_for_their_line_ends(one, other, same):
    assert same_but_for_line_ends(one, other) is same


@pytest.mark.parametrize("run", [b" ", b"\t ", b" \r", b"\r\n"])
def test_a_run_of_blanks_made_to_be_slow_is_not(run):
    long = b"MSH|1" + run * (1_000_000 // len(run)) + b"|2\rPID|1"
    begun = time.thread_time()
    assert same_but_for_line_ends(long, long + b"\r")
    assert not same_but_for_line_ends(long, b"MSH|1|2\rPID|1")
    assert time.thread_time() - begun < 5  # a tenth of a second; what grows with the square takes many minutes
