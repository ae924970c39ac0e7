"""The scoring zone: everyone's history under a keyed pseudonym, without anything that names them."""

from stratify.days import day_number
from stratify.zone.build import CHUNK_SIZE, LOOK_BACK_DAYS, ZoneOptions, build_zone
from stratify.zone.usable import discharged_sql, usable_sql
from stratify.zone.zone import Zone, ZoneTable

__all__ = [
    "CHUNK_SIZE",
    "LOOK_BACK_DAYS",
    "Zone",
    "ZoneOptions",
    "ZoneTable",
    "build_zone",
    "day_number",
    "discharged_sql",
    "usable_sql",
]
