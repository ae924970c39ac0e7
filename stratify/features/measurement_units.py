"""Which units a measurement may come in, how they convert, and which values cannot be true.

Read from features.toml. A value without a unit takes the one unit in whose plausible range it falls; the
ranges of one measurement must not overlap, so that this is never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from stratify.exceptions import ConfigRefused
from stratify.settings import read_toml

MEASURED = ("bmi", "egfr", "haemoglobin", "hba1c", "systolic_blood_pressure")
"""The measurements; a number in `ref_measured.list` and `ref_unit.list` is a place here."""

_FILE = "features.toml"


@dataclass(frozen=True)
class Scale:
    """One way a measurement is written: spellings of its unit, plausible values, and how it converts."""

    spellings: tuple[str, ...]
    lowest: float
    highest: float
    factor: float
    shift: float


def read_scales(config: Path) -> Mapping[str, tuple[Scale, ...]]:
    """The scales of every measurement; ConfigRefused where one is missing or two ranges overlap."""
    content = read_toml(config / _FILE).get("measurement", {})
    return {name: _scales(name, content.get(name, {})) for name in MEASURED}


def canonical_unit(config: Path, name: str) -> str:
    """The unit a measurement is reported in."""
    return str(read_toml(config / _FILE)["measurement"][name]["unit"])


def unit_rows(config: Path) -> tuple[str, ...]:
    """The scales as rows of SQL literals: list, unit in lower case ('' for none), range, factor, shift."""
    return tuple(
        f"({MEASURED.index(name)}, '{spelling.lower()}', {scale.lowest}, {scale.highest}, {scale.factor}, {scale.shift})"
        for name, scales in read_scales(config).items()
        for scale in scales
        for spelling in ("", *scale.spellings)
    )


def _scales(name: str, content: Mapping[str, Any]) -> tuple[Scale, ...]:
    scales = tuple(_scale(entry) for entry in content.get("scale", ()))
    ordered = sorted(scales, key=lambda scale: scale.lowest)
    if not scales or any(before.highest >= after.lowest for before, after in pairwise(ordered)):
        raise ConfigRefused(
            f"measurement.{name} in {_FILE} to have scales whose plausible ranges do not overlap",
            "none, or some that do",
            "Correct the file: a value without a unit would otherwise be ambiguous.",
        )
    return scales


def _scale(entry: Mapping[str, Any]) -> Scale:
    return Scale(
        tuple(entry["units"]), float(entry["lowest"]), float(entry["highest"]),
        float(entry.get("factor", 1.0)), float(entry.get("shift", 0.0)),
    )  # fmt: skip
