"""Code lists as small tables the SQL can join: which code stands for what.

The names of the lists are part of the feature catalogue (a list number in a table is its place here); the
codes in them are configuration.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stratify.features.codelists import CodeList, load_codelist
from stratify.features.measurement_units import MEASURED, unit_rows

CONDITIONS = (
    "anxiety",
    "asthma",
    "atrial_fibrillation",
    "cancer_recorded",
    "chronic_kidney_disease",
    "chronic_liver_disease",
    "copd",
    "coronary_heart_disease",
    "dementia",
    "depression",
    "diabetes",
    "epilepsy",
    "heart_failure",
    "hypertension",
    "learning_disability",
    "palliative_care",
    "parkinsons_disease",
    "peripheral_arterial_disease",
    "rheumatoid_arthritis",
    "severe_mental_illness",
    "stroke",
)
FRAILTY_DEFICITS = (
    "efi_activity_limitation",
    "efi_anaemia",
    "efi_arthritis",
    "efi_atrial_fibrillation",
    "efi_care_requirement",
    "efi_chd",
    "efi_ckd",
    "efi_cognitive_problems",
    "efi_diabetes",
    "efi_dizziness",
    "efi_dyspnoea",
    "efi_falls",
    "efi_foot_problems",
    "efi_fragility_fracture",
    "efi_hearing_loss",
    "efi_heart_failure",
    "efi_heart_valve_disease",
    "efi_housebound",
    "efi_hypertension",
    "efi_hypotension",
    "efi_mobility_problems",
    "efi_osteoporosis",
    "efi_parkinsons",
    "efi_peptic_ulcer",
    "efi_pvd",
    "efi_respiratory_disease",
    "efi_skin_ulcer",
    "efi_sleep_disturbance",
    "efi_social_vulnerability",
    "efi_stroke_tia",
    "efi_thyroid_disorders",
    "efi_urinary_incontinence",
    "efi_urinary_system_disease",
    "efi_vision_problems",
    "efi_weight_loss",
)
CIRCUMSTANCES = (
    "care_home",
    "drug_misuse",
    "falls",
    "harmful_drinking",
    "has_carer",
    "homeless",
    "is_carer",
    "lives_alone",
    "lives_with_others",
    "no_carer",
    "partnered",
    "separated_or_divorced",
    "single",
    "smoking_current",
    "widowed",
)
RECORDED = CONDITIONS + FRAILTY_DEFICITS + CIRCUMSTANCES
"""The lists a general practice code is looked up in; a number in `chunk_recorded.list` is a place here."""

ADMISSION_DIAGNOSES = (
    "acsc_acute",
    "acsc_chronic",
    "alcohol_specific",
    "cancer",
    "fall_injury",
    "self_harm",
)
"""The lists of ICD-10 prefixes a diagnosis is looked up in; a number in `ref_diagnosis.list` is a place here."""


MEDICINE_SECTIONS = (
    "anticoagulants",
    "antidepressants",
    "antiepileptics",
    "antibiotics",
    "antipsychotics",
    "blood_pressure_medicines",
    "bronchodilators",
    "dementia_medicines",
    "diabetes_medicines",
    "diuretics",
    "hypnotics",
    "immunosuppressants",
    "inhaled_steroids",
    "insulin",
    "nsaids",
    "opioids",
    "oral_steroids",
)
"""What the BNF sections and paragraphs are called; a number in `ref_medicine.list` is a place here."""

CHARLSON_CONDITIONS = (
    "myocardial_infarction",
    "congestive_heart_failure",
    "peripheral_vascular_disease",
    "cerebrovascular_disease",
    "dementia",
    "chronic_pulmonary_disease",
    "rheumatic_disease",
    "peptic_ulcer_disease",
    "mild_liver_disease",
    "diabetes_without_complication",
    "diabetes_with_complication",
    "hemiplegia_or_paraplegia",
    "renal_disease",
    "any_malignancy",
    "moderate_or_severe_liver_disease",
    "metastatic_solid_tumour",
    "aids_hiv",
)
"""The conditions of the Charlson index; a number in `ref_charlson.condition` is a place here."""

MILDER_FORMS = {
    "diabetes_without_complication": "diabetes_with_complication",
    "mild_liver_disease": "moderate_or_severe_liver_disease",
    "any_malignancy": "metastatic_solid_tumour",
}
"""Milder form -> the more severe form beside which it does not count (Quan 2005, after Charlson 1987)."""


@dataclass(frozen=True)
class ReferenceTable:
    """A small table: its columns with their SQL types, the lists it is made of, and its rows as SQL literals."""

    name: str
    columns: Mapping[str, str]
    lists: tuple[str, ...]
    rows: tuple[str, ...]

    @property
    def sql(self) -> str:
        """The statement that makes it."""
        typed = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in self.columns.items())
        return (
            f"CREATE OR REPLACE TEMP TABLE {self.name} AS SELECT {typed}"
            f" FROM (VALUES {', '.join(self.rows)}) AS given ({', '.join(self.columns)})"
        )


def reference_tables(config: Path) -> tuple[ReferenceTable, ...]:
    """Every reference table, from the code lists and units of a configuration folder."""
    return (
        _listed("ref_recorded", "BIGINT", RECORDED, config),
        _listed("ref_diagnosis", "VARCHAR", ADMISSION_DIAGNOSES, config),
        _listed("ref_measured", "BIGINT", MEASURED, config),
        ReferenceTable(
            "ref_unit",
            {"list": "TINYINT", "unit": "VARCHAR", "lowest": "DOUBLE", "highest": "DOUBLE", "factor": "DOUBLE", "shift": "DOUBLE"},
            (),
            unit_rows(config),
        ),
        _medicines(config),
        _charlson(config),
        _hfrs(config),
    )  # fmt: skip


def _listed(name: str, kind: str, lists: tuple[str, ...], config: Path) -> ReferenceTable:
    numbered = [(code, number) for number, wanted in enumerate(lists) for code in load_codelist(config, wanted).codes]
    quote = "'" if kind == "VARCHAR" else ""
    rows = tuple(f"({quote}{code}{quote}, {number})" for code, number in numbered)
    return ReferenceTable(name, {"code": kind, "list": "TINYINT"}, lists, rows)


MEDICINE_CODE_LENGTH = 6


def _medicines(config: Path) -> ReferenceTable:
    """BNF sections (four digits) and paragraphs (six) as six-digit keys, so that one equality finds either."""
    found = load_codelist(config, "bnf_sections")
    keys = [(key, row["medicine"]) for row in found.rows for key in _paragraphs(row["code"])]
    rows = tuple(f"('{key}', {MEDICINE_SECTIONS.index(medicine)})" for key, medicine in keys)
    return ReferenceTable("ref_medicine", {"code": "VARCHAR", "list": "TINYINT"}, (found.name,), rows)


def _paragraphs(prefix: str) -> Iterable[str]:
    if len(prefix) == MEDICINE_CODE_LENGTH:
        return (prefix,)
    return (prefix, *(f"{prefix}{number:02d}" for number in range(100)))


def _charlson(config: Path) -> ReferenceTable:
    found = load_codelist(config, "charlson")
    place = CHARLSON_CONDITIONS.index
    rows = tuple(f"('{row['code']}', {place(row['condition'])}, {row['weight']})" for row in found.rows)
    columns = {"code": "VARCHAR", "condition": "TINYINT", "weight": "TINYINT"}
    return ReferenceTable("ref_charlson", columns, (found.name,), rows)


def _hfrs(config: Path) -> ReferenceTable:
    """Points in tenths: whole numbers add up to the same sum in any order."""
    found = load_codelist(config, "hfrs")
    rows = tuple(f"('{row['code']}', {tenths(row)})" for row in found.rows)
    return ReferenceTable("ref_hfrs", {"code": "VARCHAR", "tenths": "SMALLINT"}, (found.name,), rows)


def tenths(row: Mapping[str, str]) -> int:
    """The points of a row of the frailty list, in tenths."""
    return round(float(row["points"]) * 10)


def lists_used(config: Path, tables: Iterable[ReferenceTable]) -> tuple[CodeList, ...]:
    """The code lists that reference tables are made of, by name."""
    names = sorted({name for table in tables for name in table.lists})
    return tuple(load_codelist(config, name) for name in names)
