"""What a diagnosis code says in words: the groups of the code lists in config/codelists, read once.

Only what a list says is said: a code that is in none of them stays a code. The lists of sensitive groups are read to leave
their codes out, as the reasons of a score do.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from caseload.settings import config_folder
from interfaces.codes.icd10 import Icd10Code
from interfaces.exceptions import CodeError

_SAID = ("hfrs", "acsc_acute", "acsc_chronic", "cancer", "fall_injury", "charlson")
"""Lists of ICD-10 codes whose terms are groups of diagnoses; of two that have a code, the first is taken."""

_SENSITIVE = ("alcohol_specific", "self_harm")
_SENSITIVE_TERMS = frozenset({"aids hiv"})


@cache
def read_diagnosis_words() -> Mapping[str, str]:
    """The words of this installation's code lists, by code without its dot; fewer where a list is missing."""
    return words_in(config_folder() / "codelists")


def words_in(folder: Path) -> dict[str, str]:
    """The words of a folder of code lists, by code."""
    words: dict[str, str] = {}
    for name in reversed(_SAID):
        words |= _terms(folder / f"{name}.csv")
    sensitive = {code for name in _SENSITIVE for code in _terms(folder / f"{name}.csv")}
    return {
        code: term[:1].upper() + term[1:]
        for code, term in words.items()
        if code not in sensitive and term not in _SENSITIVE_TERMS
    }


def diagnosis_group(code: str, words: Mapping[str, str]) -> str | None:
    """The group of a diagnosis code as hospitals write it, the narrowest there is; None where no list has it."""
    try:
        parsed = Icd10Code.parse(code)
    except CodeError:
        return None
    narrow_to_wide = (parsed.code, parsed.category + parsed.subdivision, parsed.category)
    return next((words[one] for one in narrow_to_wide if one in words), None)


def _terms(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["term"] for row in csv.DictReader(lines)}
