"""The one door to DuckDB for everything in this package."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from interfaces.extracts.engine import connect
from stratify.exceptions import InputRefused

__all__ = ["connect", "within_memory"]


@contextmanager
def within_memory(limit: str | None) -> Iterator[None]:
    """InputRefused where the block needs more memory than the limit, such as "2GB", or than the machine has."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        # DuckDB's own message may quote the statement; the limit is all a reader needs.
        raise InputRefused(
            "enough memory to read the pack",
            f"a limit of {limit or 'the machine'}",
            "Raise --memory, or lower --threads.",
        ) from None
