"""When a silence is too long: never in quiet hours, and counted from their end."""

from datetime import UTC, datetime, time, timedelta

import pytest

from caseload.domain.feed_silence import AllowedSilence

HOUR = timedelta(hours=1)
NIGHT = AllowedSilence(HOUR, time(22), time(6))


def at(day, hour, minute=0):
    """A moment of July: in London it is an hour later."""
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC)


def test_without_quiet_hours_only_time_counts():
    silence = AllowedSilence(HOUR)
    assert not silence.is_broken(at(1, 2), at(1, 3))
    assert silence.is_broken(at(1, 2), at(1, 3, 1))


@pytest.mark.parametrize(
    ("last", "now", "broken"),
    [
        (at(1, 19, 30), at(1, 20, 59), True),  # 21:59 in London: not quiet yet
        (at(1, 19, 30), at(1, 21, 0), False),  # 22:00: quiet
        (at(1, 19, 30), at(2, 4, 59), False),  # 05:59: quiet
        (at(1, 19, 30), at(2, 5, 0), False),  # 06:00: counts from here
        (at(1, 19, 30), at(2, 6, 0), False),
        (at(1, 19, 30), at(2, 6, 1), True),
        (at(2, 5, 30), at(2, 6, 1), False),
        (at(2, 5, 30), at(2, 6, 31), True),
        (at(1, 12), at(1, 14), True),
    ],
)
def test_a_night_without_alarm(last, now, broken):
    assert NIGHT.is_broken(last, now) is broken


def test_quiet_hours_within_a_day():
    silence = AllowedSilence(HOUR, time(12), time(14))
    assert not silence.is_broken(at(1, 9), at(1, 12, 30))  # 13:30 in London
    assert not silence.is_broken(at(1, 9), at(1, 13, 59))
    assert silence.is_broken(at(1, 9), at(1, 14, 1))
    assert silence.is_broken(at(1, 5), at(1, 10, 59))


def test_quiet_hours_of_no_length_are_none():
    assert AllowedSilence(HOUR, time(12), time(12)).is_broken(at(1, 9), at(1, 11, 30))
