"""The groups of people an evaluation is broken down by, as plain labels; what is not recorded is a group of its own."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

NOT_RECORDED = "Not recorded"

_AGE_EDGES = (18, 45, 65, 75, 85)
AGE_BANDS = ("0 to 17", "18 to 44", "45 to 64", "65 to 74", "75 to 84", "85 and over")

# NHS Data Dictionary, PERSON STATED GENDER CODE.
SEXES = {"1": "Male", "2": "Female", "9": "Indeterminate", "0": "Not known"}

# NHS Data Dictionary, ETHNIC CATEGORY CODE 2001, by its five headings; Z is "not stated", 99 is "not known".
_ETHNIC_HEADINGS = {"White": "ABC", "Mixed": "DEFG", "Asian or Asian British": "HJKL", "Black or Black British": "MNP"}
ETHNIC_GROUPS = {code: heading for heading, codes in _ETHNIC_HEADINGS.items() for code in codes}
ETHNIC_GROUPS |= {"R": "Other ethnic groups", "S": "Other ethnic groups", "Z": "Not stated", "99": NOT_RECORDED}

RESIDENCES = {
    "home": "Own home",
    "residential_care": "Residential care home",
    "nursing_care": "Nursing home",
    "sheltered": "Sheltered housing",
    "no_fixed_abode": "No fixed abode",
}

_FIFTHS = ("1 (most deprived)", "2", "3", "4", "5 (least deprived)")

Texts = npt.NDArray[np.object_]


def age_bands(years: npt.NDArray[Any]) -> Texts:
    """The age band of each whole number of years."""
    names: Texts = np.asarray(AGE_BANDS, dtype=object)
    return np.asarray(names[np.digitize(years, _AGE_EDGES)], dtype=object)


def imd_fifths(deciles: npt.NDArray[Any]) -> Texts:
    """The deprivation fifth of each IMD decile (1 is the most deprived tenth); anything but 1 to 10 is not recorded."""
    numbers = np.nan_to_num(np.asarray(deciles, dtype=np.float64), nan=0.0)
    known = (numbers >= 1) & (numbers <= 10)
    place = np.where(known, (numbers - 1) // 2, len(_FIFTHS)).astype(np.int64)
    return np.asarray((*_FIFTHS, NOT_RECORDED), dtype=object)[place]


def _labels(values: npt.NDArray[Any], names: Mapping[str, str]) -> Texts:
    codes, place = np.unique(np.asarray(values).astype(np.str_), return_inverse=True)
    words = [names.get(code, NOT_RECORDED) for code in codes.tolist()]
    return np.asarray(words, dtype=object)[place]


def person_groups(columns: Mapping[str, npt.NDArray[Any]]) -> dict[str, Texts]:
    """The groups of an evaluation from columns of the scoring zone, those present among them.

    Reads age_years, sex, imd_decile, ethnic_category, residence, practice_code, network and locality.
    """
    coded = {"sex": SEXES, "ethnic_category": ETHNIC_GROUPS, "residence": RESIDENCES}
    groups: dict[str, Texts] = {}
    if "age_years" in columns:
        groups["age_band"] = age_bands(columns["age_years"])
    if "imd_decile" in columns:
        groups["imd_fifth"] = imd_fifths(columns["imd_decile"])
    for column, names in coded.items():
        if column in columns:
            groups["ethnicity" if column == "ethnic_category" else column] = _labels(columns[column], names)
    for column in ("practice_code", "network", "locality"):
        if column in columns:
            groups[column.removesuffix("_code")] = np.asarray(columns[column], dtype=object)
    return groups


def members(labels: npt.NDArray[Any]) -> list[tuple[str, npt.NDArray[np.int64]]]:
    """Each label with the positions of its people, labels in alphabetical order."""
    names, place = np.unique(np.asarray(labels).astype(np.str_), return_inverse=True)
    order = np.argsort(place, kind="stable").astype(np.int64)
    parts = np.split(order, np.cumsum(np.bincount(place))[:-1])
    return list(zip(names.tolist(), parts, strict=True))
