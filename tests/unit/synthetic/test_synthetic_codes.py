"""Every code the made-up borough writes must be a real one."""

import csv
from pathlib import Path

import pytest

from interfaces.codes.bnf import BnfCode
from interfaces.codes.icd10 import Icd10Code
from interfaces.codes.ods import OdsCode
from interfaces.codes.snomed import snomed_cause
from stratify.synthetic import cause_list, gp_codes, hospital_tables, medicine_list, places, spells
from stratify.synthetic.condition_list import CONDITIONS, NAMES

LISTS = Path(__file__).parents[3] / "config" / "codelists"
# Epilepsy, cancer, opioid dependence and cirrhosis are on no list here, the two of obesity on one of body mass index
# that only its measured value is taken from; all are the ordinary concepts.
WITHOUT_A_LIST = {"84757009", "363346000", "75544000", "19943007", "162864005", "914721000000105"}
SOCIAL = {*gp_codes.PARTNERSHIP_CODES.values(), gp_codes.DIVORCED, gp_codes.RESIDENTIAL_HOME, gp_codes.DEATH_OF_PARTNER}


def listed() -> set[str]:
    codes: set[str] = set()
    for path in LISTS.glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            lines = [line for line in file if not line.startswith("#")]
        codes |= {row["code"] for row in csv.DictReader(lines) if row.get("code")}
    return codes


@pytest.mark.parametrize("code", gp_codes.VOCABULARY)
def test_snomed_code_of_the_record_passes_its_check_digit(code):
    assert snomed_cause(code) is None


def test_snomed_codes_of_the_emergency_department_pass_their_check_digit():
    complaints = {cause.complaint for cause in cause_list.CAUSES if cause.complaint}
    assert complaints <= set(hospital_tables.COMPLAINTS)
    assert {snomed_cause(code) for code in (*hospital_tables.ACUITIES, *hospital_tables.COMPLAINTS)} == {None}


def test_diagnoses_are_members_of_published_lists():
    codes = {code for condition in CONDITIONS for code in condition.snomed}
    assert codes - listed() <= WITHOUT_A_LIST | SOCIAL


def test_measurements_are_members_of_published_lists():
    assert {*gp_codes.MEASURES, gp_codes.DCCT_HBA1C} <= listed()


def test_a_code_for_a_carer_that_fails_verhoeff_is_not_the_one_used():
    assert snomed_cause("184156008") is not None
    assert gp_codes.HAS_CARER == "184156005"


@pytest.mark.parametrize("code", medicine_list.VOCABULARY)
def test_medicine_is_a_bnf_chemical(code):
    BnfCode.parse(code)
    assert len(code) == 9


@pytest.mark.parametrize("full", medicine_list.PRODUCTS.values())
def test_full_product_belongs_to_its_chemical(full):
    BnfCode.parse(full)
    assert medicine_list.PRODUCTS[full[:9]] == full


def test_every_diagnosis_of_a_spell_is_an_icd10_code():
    codes = {code for condition in CONDITIONS for code in condition.icd10}
    codes |= {code for cause in cause_list.CAUSES for code in cause.icd10}
    codes |= {code for code, _ in (*cause_list.FRAILTY_CODES, *cause_list.INCIDENTAL_CODES, *cause_list.MATERNITY)}
    codes |= {code for code, _, _ in (*cause_list.ELECTIVE, *cause_list.ELECTIVE_CANCER)}
    for code in codes:
        Icd10Code.parse(code)


def test_providers_are_shaped_like_organisation_codes():
    for code in places.PROVIDERS:
        OdsCode.parse(code)


def test_conditions_named_elsewhere_exist():
    named = {name for condition in CONDITIONS for name, _ in condition.after}
    named |= {name for cause in cause_list.CAUSES for name, _ in cause.raised_by}
    named |= {line.condition for line in medicine_list.LINES}
    assert named <= set(NAMES)


def test_each_cause_has_a_weight_for_every_age_band():
    assert {len(cause.weights) for cause in cause_list.CAUSES} == {len(cause_list.AGE_BANDS) + 1}
    assert {len(condition.prevalence) for condition in CONDITIONS} == {10}


def test_destinations_and_methods_are_different_codes():
    assert len(set(spells.METHODS)) == len(spells.METHODS)
    assert len(set(spells.DESTINATIONS)) == len(spells.DESTINATIONS)
