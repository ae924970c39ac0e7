"""Dates as whole numbers: days since 1970-01-01, how the scoring zone and every window count them."""

from datetime import date, timedelta

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def from_day_number(number: int) -> date:
    """The date that many days after 1970-01-01."""
    return EPOCH + timedelta(days=number)


def day_number_sql(expression: str) -> str:
    """A DuckDB expression of type DATE as a day number."""
    return f"CAST({expression} - DATE '1970-01-01' AS INTEGER)"


def date_sql(day: date) -> str:
    """A date as a SQL literal."""
    return f"DATE '{day.isoformat()}'"
