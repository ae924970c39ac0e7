"""How dates, moments, numbers and NHS numbers are written on pages: the NHS content style."""

from datetime import date, datetime

from caseload.clock import LONDON
from caseload.domain.clock_words import clock_time

_MONTHS = (
    "January February March April May June July August September October November December"
).split()  # not strftime: its names follow the machine's language


def day(value: date) -> str:
    """14 September 2026."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """14 Sep 2026, for lists with many dates."""
    return f"{value.day} {_MONTHS[value.month - 1][:3]} {value.year}"


def month_year(value: date) -> str:
    """September 2026."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def short_month(value: date) -> str:
    """Sep 2026."""
    return f"{_MONTHS[value.month - 1][:3]} {value.year}"


def moment(value: datetime) -> str:
    """14 September 2026 at 10:05am, in London."""
    return f"{day(value.astimezone(LONDON).date())} at {clock_time(value)}"


def nhs_number(value: str) -> str:
    """In threes, with no-break spaces so that it is never broken over two lines: 999 000 0018."""
    return f"{value[:3]}\N{NO-BREAK SPACE}{value[3:6]}\N{NO-BREAK SPACE}{value[6:]}"


def percent(value: float, places: int = 0) -> str:
    """A share as a percentage: 0.284 is 28%."""
    return f"{100 * value:.{places}f}%"


def thousands(value: int) -> str:
    """12,345."""
    return f"{value:,}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """1 person, 2 people, 0 people: `counted(2, "person", "people")`."""
    return f"{thousands(number)} {one if number == 1 else many or one + 's'}"
