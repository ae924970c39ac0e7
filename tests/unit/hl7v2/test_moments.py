"""Dates and times: how exactly they are told, where the clocks change, and what is none."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from interfaces.hl7v2.moments import Moment, NotAMoment, Precision, moment
from interfaces.hl7v2.notes import NoteCode

LONDON = ZoneInfo("Europe/London")


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2026", _utc(2026, 1, 1), Precision.YEAR),
        ("202602", _utc(2026, 2, 1), Precision.MONTH),
        ("20260228", _utc(2026, 2, 28), Precision.DAY),
        ("2026022823", _utc(2026, 2, 28, 23), Precision.HOUR),
        ("202602282359", _utc(2026, 2, 28, 23, 59), Precision.MINUTE),
        ("20260228235958", _utc(2026, 2, 28, 23, 59, 58), Precision.SECOND),
        ("20260228235958.1234", _utc(2026, 2, 28, 23, 59, 58, 123400), Precision.SECOND),
        ("20240229", _utc(2024, 2, 29), Precision.DAY),
        ("20000229", _utc(2000, 2, 29), Precision.DAY),
    ],
)
def test_time_is_told_as_exactly_as_it_says(text: str, at: datetime, precision: Precision) -> None:
    assert moment(text, LONDON) == Moment(at, at.date(), precision)
    assert moment(text, LONDON).is_a_day is (precision not in (Precision.YEAR, Precision.MONTH))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("20260701120000", _utc(2026, 7, 1, 11)),
        ("20260701120000+0000", _utc(2026, 7, 1, 12)),
        ("20260701120000-0530", _utc(2026, 7, 1, 17, 30)),
        ("20260101003000+0100", _utc(2025, 12, 31, 23, 30)),
        ("20260701", _utc(2026, 6, 30, 23)),
    ],
)
def test_time_without_an_offset_is_told_in_the_feeds_zone(text: str, at: datetime) -> None:
    assert moment(text, LONDON).at == at


def test_day_is_the_one_that_is_written_whatever_the_zone() -> None:
    assert moment("20260701", LONDON).day == date(2026, 7, 1)
    assert moment("20260101003000+0100", LONDON).day == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "at", "noted"),
    [
        ("20261004240000", _utc(2026, 10, 4, 23), NoteCode.END_OF_DAY),
        ("202602282400", _utc(2026, 3, 1), NoteCode.END_OF_DAY),
        ("20261025013000", _utc(2026, 10, 25, 0, 30), NoteCode.CLOCK_CHANGE),  # twice: the first is meant
        (
            "20260329013000",
            _utc(2026, 3, 29, 1, 30),
            NoteCode.CLOCK_CHANGE,
        ),  # never: as if the clocks had not changed yet
        ("20261025013000+0000", _utc(2026, 10, 25, 1, 30), None),
        ("20261025020000", _utc(2026, 10, 25, 2), None),
    ],
)
def test_end_of_a_day_and_the_change_of_clocks_are_read_and_noted(
    text: str, at: datetime, noted: NoteCode | None
) -> None:
    assert (moment(text, LONDON).at, moment(text, LONDON).noted) == (at, noted)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "19651399",
        "00000000",
        "20260229",
        "19000229",
        "20260431",
        "2026-02-28",
        "28/02/2026",
        "202602281",
        "20260228236000",
        "20260228235960",
        "20260228240100",
        "20260228250000",
        "20260228120000+9900",
        "20260228120000+0060",
        "20260228120000.",
        "20260228120000.12345",
        "17990101",
        "22000101",
        "99991231240000",
        "２０２６０２２８",
        "20260228\n",
        " 20260228",
    ],
)
def test_text_that_tells_no_time_is_refused_without_saying_it(text: str) -> None:
    with pytest.raises(NotAMoment) as caught:
        moment(text, LONDON)
    assert not text or text not in str(caught.value)
