"""The only place that asks the machine for the time; everything else is given it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """The calendar day of a moment where the product is used: a task due today is due until midnight in London."""
    return moment.astimezone(LONDON).date()
