"""The only place that asks the machine what time it is; everything else is handed a time."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, with its zone (UTC)."""
    return datetime.now(UTC)
