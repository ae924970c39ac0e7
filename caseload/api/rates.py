"""How often a program may ask: counted where the rates of the pages are counted, by the program and not by its address."""

import math
from typing import Any

from flask import current_app
from limits import RateLimitItemPerMinute

from caseload import clock
from caseload.api.problems import ErrorCode, Problem


def spend(whose: str, per_minute: int) -> None:
    """Count one request; TOO_MANY_REQUESTS, with how many seconds to wait, where there were too many in this minute."""
    limiter = next(iter(current_app.extensions["limiter"]), None)
    if limiter is None or not limiter.enabled:
        return
    limit = RateLimitItemPerMinute(per_minute)
    if not limiter.limiter.hit(limit, whose):
        raise Problem(ErrorCode.TOO_MANY_REQUESTS, headers={"Retry-After": str(_seconds_left(limiter, limit, whose))})


def _seconds_left(limiter: Any, limit: RateLimitItemPerMinute, whose: str) -> int:
    """The limiter counts by the machine's clock, whatever the app's says."""
    resets: float = limiter.limiter.get_window_stats(limit, whose).reset_time
    return max(1, math.ceil(resets - clock.now().timestamp()))
