"""Measure features on a few hand-written rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stratify.engine import connect
from stratify.features.matrix import build_features
from tests.support.zones import INDEX, Rows, write_zone

NOT_RECORDED = None


def measured(folder: Path, tables: Mapping[str, Rows], *names: str, **zone: Any) -> list[float | None]:
    """The features of person 0 at the index date; None where a value is not recorded."""
    zone_of = write_zone(folder / "zone", {"admissions": [], **tables}, **zone)
    connection = connect(threads=1)
    try:
        values = build_features(zone_of, INDEX, pids=range(1), connection=connection, names=names).values[0]
    finally:
        connection.close()
    return [None if value != value else round(float(value), 4) for value in values]
