"""The one door to DuckDB for everything in this package."""

from interfaces.extracts.engine import connect

__all__ = ["connect"]
