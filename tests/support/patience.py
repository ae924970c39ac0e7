"""How long a test waits: until what it waits for is so, or until it hangs and is not merely slow.

What a test says holds on a machine of any speed, however busy it is. Nothing here says how fast anything is: a test that has
to, counts steps or statements, or measures processor time with a margin of ten.
"""

import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds after which a wait is given up because something hangs. Nothing that works takes so long on any machine."""


def until(condition: Callable[[], object]) -> bool:
    """Whether it came to be so."""
    ends = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.01)
    return True
