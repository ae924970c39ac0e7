import csv
from pathlib import Path

import pytest

from interfaces.codes import BnfCode, SnomedCode
from stratify.omop.diagnoses import icd10_of
from stratify.omop.medicines import bnf_code_of
from stratify.settings import default_config


@pytest.mark.parametrize(
    ("vocabulary", "code", "expected"),
    [
        ("ICD10", "I10", "I10"),
        ("ICD10", "M06.90", "M0690"),
        ("ICD10", "not a code", None),
        ("ICD10CM", "K92.2", "K922"),
        ("ICD10CM", "S72.001A", "S720"),
        ("ICD10CM", "M05.A", "M05"),
        ("ICD10CM", "I10", "I10"),
        ("ICD10CM", "W61.62XD", "W616"),
        ("ICD10CM", "C7A.00", None),
    ],
)
def test_icd10_of_a_vocabulary(vocabulary: str, code: str, expected: str | None) -> None:
    assert icd10_of(vocabulary, code) == expected


def test_bnf_code_only_of_the_very_same_ingredients() -> None:
    table = {"aspirin": "0209000A0", "amoxicillin + clavulanate": "0501013K0"}
    assert bnf_code_of(("aspirin", "inert ingredients"), table) == "0209000A0"
    assert bnf_code_of(("clavulanate", "amoxicillin"), table) == "0501013K0"
    assert bnf_code_of(("aspirin", "codeine"), table) is None
    assert bnf_code_of((), table) is None


def _rows(name: str) -> list[dict[str, str]]:
    with (default_config() / "feeds" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_bnf_code_of_the_table_is_one_and_its_ingredients_are_in_order() -> None:
    rows = _rows("omop_bnf.csv")
    for row in rows:
        assert BnfCode.parse(row["bnf_code"]).code
        names = row["ingredients"].split(" + ")
        assert names == sorted(names)
        assert row["ingredients"] == row["ingredients"].lower().strip()
    assert len({row["ingredients"] for row in rows}) == len(rows) > 90


def test_every_measurement_leads_to_a_code_that_features_read() -> None:
    lists = ("bmi", "systolic_blood_pressure", "hba1c", "egfr", "haemoglobin")
    read = {code for name in lists for code in _codes(default_config() / "codelists" / f"{name}.csv")}
    for row in _rows("omop_measurements.csv"):
        assert SnomedCode.parse(row["snomed_code"]).code in read


def _codes(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"] for row in csv.DictReader(file)}
