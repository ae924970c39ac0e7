"""The only place that asks the machine for the time; everything else is given it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """The calendar day of a moment where the product is used: a task due today is due until midnight in London."""
    return moment.astimezone(LONDON).date()


def start_of_day(day: date) -> datetime:
    """The first moment of a calendar day in London."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last moment of a calendar day in London: what is so then, is so at the end of that day."""
    following = datetime.combine(day + timedelta(days=1), time(), LONDON)
    return following.astimezone(UTC) - timedelta(microseconds=1)
