"""How a time of day is written."""

from datetime import datetime

from caseload.clock import LONDON

_NAMED_HOURS = {0: "midnight", 12: "midday"}


def clock_time(value: datetime) -> str:
    """10:05am, in London; midday and midnight by their names, since nobody is sure which 12:00am is."""
    local = value.astimezone(LONDON)
    if local.minute == 0 and local.hour in _NAMED_HOURS:
        return _NAMED_HOURS[local.hour]
    return f"{(local.hour + 11) % 12 + 1}:{local.minute:02d}{'am' if local.hour < 12 else 'pm'}"
