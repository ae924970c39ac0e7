"""The published indices: what each is, where it is from, which rows it reads and what its points are worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from stratify.features.codelists import load_codelist
from stratify.features.definition import Relation
from stratify.features.published_scores import CHARLSON_SCORE, EFI_DEFICITS, EFI_SCORE, HFRS_SCORE
from stratify.features.reference import CHARLSON_CONDITIONS, CONDITIONS, FRAILTY_DEFICITS
from stratify.features.stages import CHARLSON_LOOK_BACK, HFRS_LOOK_BACK


class IndexKind(StrEnum):
    """The indices, by the word the command line uses."""

    CHARLSON = "charlson"
    HFRS = "hfrs"
    EFI = "efi"


@dataclass(frozen=True)
class Index:
    """One index. The SQL adds up whole units, `units_per_point` of them to a point; `components` is the stage with its parts."""

    kind: IndexKind
    name: str
    source: str
    window_days: int | None
    unit: str
    tables: tuple[str, ...]
    relation: Relation
    units_per_point: int
    components: str


CHARLSON = Index(
    IndexKind.CHARLSON,
    "Charlson comorbidity index",
    "Charlson 1987, J Chronic Dis 40:373 (weights); Quan 2005, Med Care 43:1130 (ICD-10 codes)",
    CHARLSON_LOOK_BACK,
    "points",
    ("admissions",),
    CHARLSON_SCORE,
    1,
    "SELECT pid, CAST(condition AS VARCHAR) AS component, weight AS units, first_ago, last_ago FROM chunk_charlson",
)
HFRS = Index(
    IndexKind.HFRS,
    "Hospital Frailty Risk Score",
    "Gilbert 2018, Lancet 391:1775",
    HFRS_LOOK_BACK,
    "points",
    ("admissions",),
    HFRS_SCORE,
    10,
    "SELECT pid, code AS component, tenths AS units, first_ago, last_ago FROM chunk_hfrs",
)
EFI = Index(
    IndexKind.EFI,
    "electronic frailty index",
    "Clegg 2016, Age Ageing 45:353; code lists of the Greater Manchester Care Record, coded deficits and polypharmacy",
    None,
    "share of 36 deficits",
    ("gp_codes", "gp_prescriptions"),
    EFI_SCORE,
    EFI_DEFICITS,
    "SELECT pid, CAST(deficit AS VARCHAR) AS component, 1 AS units, first_ago, last_ago FROM chunk_frailty",
)

INDICES: Mapping[str, Index] = {str(index.kind): index for index in (CHARLSON, HFRS, EFI)}
"""Every index by the word the command line uses."""

POLYPHARMACY = "polypharmacy"


def component_code(index: Index, found: str) -> str:
    """The code of a component as the index names it: a condition, an ICD-10 category or a deficit."""
    if index is HFRS:
        return found
    if index is CHARLSON:
        return CHARLSON_CONDITIONS[int(found)]
    place = int(found) - len(CONDITIONS)
    return FRAILTY_DEFICITS[place].removeprefix("efi_") if place < len(FRAILTY_DEFICITS) else POLYPHARMACY


def component_names(index: Index, config: Path) -> dict[str, str]:
    """Every component of an index in words, by its code."""
    if index is HFRS:
        return {row["code"]: row["term"] for row in load_codelist(config, "hfrs").rows}
    if index is CHARLSON:
        return {row["condition"]: row["term"] for row in load_codelist(config, "charlson").rows}
    codes = (*(name.removeprefix("efi_") for name in FRAILTY_DEFICITS), POLYPHARMACY)
    return {code: code.replace("_", " ") for code in codes}
