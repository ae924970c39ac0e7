"""When somebody came to a hospital and when they left it: which of the times that were told counts.

What was said last does. But a day without a time says nothing against a time of that day that was told before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from caseload.clock import local_day

Telling = TypeVar("Telling")


def that_counts(
    tellings: Sequence[Telling], at: Callable[[Telling], datetime], is_by_day: Callable[[Telling], bool]
) -> Telling:
    """Of tellings in the order they were said in the last; where it tells the day alone, the last with a time of that day, if any."""
    last = tellings[-1]
    if not is_by_day(last):
        return last
    day = local_day(at(last))
    timed = [one for one in tellings if not is_by_day(one) and local_day(at(one)) == day]
    return timed[-1] if timed else last


@dataclass(frozen=True, slots=True)
class _Told:
    said_at: datetime
    at: datetime
    by_day: bool


@dataclass(slots=True)
class Times:
    """Everything told of one time, such as that of the discharge."""

    _deleted_at: datetime | None = None
    _told: list[_Told] = field(default_factory=list)

    def tell(self, at: datetime | None, *, said_at: datetime, by_day: bool) -> datetime | None:
        """One telling more, which deletes where it has no time; answers the time that counts now, None for none."""
        if at is not None:
            self._told.append(_Told(said_at, at, by_day))
        elif self._deleted_at is None or self._deleted_at <= said_at:
            self._deleted_at = said_at
            self._told = [one for one in self._told if one.said_at > said_at]
        in_order = sorted(self._told, key=lambda one: one.said_at)
        since = [one for one in in_order if self._deleted_at is None or one.said_at >= self._deleted_at]
        return that_counts(since, lambda one: one.at, lambda one: one.by_day).at if since else None
