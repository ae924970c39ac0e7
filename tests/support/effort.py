"""How much the tests do that could go on for ever: what fits into a wait on two cores, or all of it with `make test-long`."""

import os

LONG = "CARETIER_LONG_TESTS" in os.environ  # noqa: TID251 - a switch of the tests alone


def effort(usual: int, long: int) -> int:
    """So many times; the long number where there is time."""
    return long if LONG else usual
