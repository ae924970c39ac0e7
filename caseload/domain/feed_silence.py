"""When the silence of a hospital's feed is too long.

Hours in which nobody expects anything are left out: silence counts again from their end.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class AllowedSilence:
    """How long a feed may say nothing, and between which hours of its own clock that says nothing about it."""

    most: timedelta
    quiet_from: time | None = None
    quiet_until: time | None = None
    zone: ZoneInfo = ZoneInfo("Europe/London")

    def is_broken(self, last: datetime, now: datetime) -> bool:
        """Whether nothing since `last` is too long at `now`. Never within the quiet hours."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return now - last > self.most
        if self._is_quiet(now):
            return False
        return now - max(last, self._quiet_ended(now)) > self.most

    def _is_quiet(self, now: datetime) -> bool:
        assert self.quiet_from is not None
        assert self.quiet_until is not None
        clock = now.astimezone(self.zone).time()
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until

    def _quiet_ended(self, now: datetime) -> datetime:
        """When quiet hours last ended."""
        assert self.quiet_until is not None
        local = now.astimezone(self.zone)
        ended = datetime.combine(local.date(), self.quiet_until, self.zone)
        if ended > local:
            ended = datetime.combine(local.date() - timedelta(days=1), self.quiet_until, self.zone)
        return ended
