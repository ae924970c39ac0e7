"""Conditions, measurements and observations become the coded GP record, by the source's own SNOMED codes.

Tests are LOINC in OMOP. Those that features use are joined to SNOMED by `config/feeds/omop_measurements.csv`:
LOINC terms of the same property and unit as the SNOMED code, which is a member of the feature's code list.
"""

import csv
from pathlib import Path

import pyarrow as pa

from interfaces.codes import snomed_cause
from stratify.omop.workspace import Workspace

_MEASUREMENTS = Path("feeds") / "omop_measurements.csv"

_ROWS = """
    SELECT person_id, condition_concept_id AS concept_id, condition_start_date AS recorded_on,
           CAST(NULL AS DOUBLE) AS numeric_value, CAST(NULL AS VARCHAR) AS unit, condition_source_concept_id AS other_id
    FROM omop.condition_occurrence
    UNION ALL
    SELECT person_id, measurement_concept_id, measurement_date, value_as_number,
           coalesce(u.concept_code, unit_source_value), NULL
    FROM omop.measurement LEFT JOIN omop.concept u ON u.concept_id = unit_concept_id AND u.vocabulary_id = 'UCUM'
    UNION ALL
    SELECT person_id, observation_concept_id, observation_date, value_as_number,
           coalesce(u.concept_code, unit_source_value), NULL
    FROM omop.observation LEFT JOIN omop.concept u ON u.concept_id = unit_concept_id AND u.vocabulary_id = 'UCUM'
"""


def build_records(work: Workspace) -> None:
    """Makes pack.gp_codes."""
    _map_to_snomed(work)
    work.run(f"CREATE TABLE work.recorded AS {_ROWS}")
    work.run(f"""
        CREATE TABLE pack.gp_codes AS
        SELECT nhs_number, coalesce(main.snomed_code, other.snomed_code) AS snomed_code, recorded_on, numeric_value,
               CASE WHEN numeric_value IS NOT NULL THEN unit END AS unit
        FROM work.recorded r JOIN work.numbers USING (person_id)
        LEFT JOIN work.snomed main ON main.concept_id = r.concept_id
        LEFT JOIN work.snomed other ON other.concept_id = r.other_id
        WHERE recorded_on <= {work.last_day} AND coalesce(main.snomed_code, other.snomed_code) IS NOT NULL
    """)
    _note_records(work, work.take("gp_codes", "condition_occurrence, measurement, observation"))


def _map_to_snomed(work: Workspace) -> None:
    """Makes work.snomed: SNOMED concepts with a code that checks, and the LOINC measurements that features use."""
    found = work.connection.execute(
        "SELECT concept_id, concept_code FROM omop.concept WHERE vocabulary_id = 'SNOMED' ORDER BY 1, 2"
    ).fetchall()
    codes = {concept_id: code for concept_id, code in found if snomed_cause(code) is None}
    loinc = _loinc_to_snomed(work.config)
    for concept_id, code in work.connection.execute(
        "SELECT concept_id, concept_code FROM omop.concept WHERE vocabulary_id = 'LOINC' ORDER BY 1, 2"
    ).fetchall():
        if code in loinc:
            codes[concept_id] = loinc[code]
    table = pa.table(
        {"concept_id": pa.array(list(codes), pa.int64()), "snomed_code": pa.array(list(codes.values()), pa.string())}
    )
    work.connection.register("snomed_map", table)
    work.run("CREATE TABLE work.snomed AS SELECT * FROM snomed_map")
    work.connection.unregister("snomed_map")


def _loinc_to_snomed(config: Path) -> dict[str, str]:
    with (config / _MEASUREMENTS).open(encoding="utf-8", newline="") as file:
        return {row["loinc"]: row["snomed_code"] for row in csv.DictReader(file)}


def _note_records(work: Workspace, taken: int) -> None:
    notes = work.notes
    late = work.number(f"SELECT count(*) FROM work.recorded WHERE recorded_on > {work.last_day}")
    notes.drop("condition, measurement and observation rows", late, "dated after the extraction date")
    uncoded = work.count("work.recorded") - late - taken
    notes.drop(
        "condition, measurement and observation rows",
        uncoded,
        "no SNOMED code (most are LOINC tests that no feature uses), no date, or no person taken",
    )
    notes.assumed.append("every coded condition counts as part of the GP record, also one made in hospital")
    if not work.count("pack.gp_codes", "numeric_value IS NOT NULL"):
        notes.lacking.append(
            "measured values: no measurement taken has a number, so blood pressure, BMI and tests are missing"
        )
