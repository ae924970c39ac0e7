"""Which ICD-10 code a hospital stay is for, from OMOP's SNOMED-coded conditions."""

from collections.abc import Iterable

import pyarrow as pa

from interfaces.codes import Icd10Code
from interfaces.exceptions import CodeError
from interfaces.extracts.casts import literal
from stratify.omop.workspace import Workspace

UNKNOWN = "R69"
"""ICD-10 R69, "Unknown and unspecified causes of morbidity": there was a stay and no more is known."""

# OMOP Condition Status vocabulary: primary diagnosis, and the same on admission and on discharge.
_PRIMARY = (32901, 32902, 32903)
_WHO = "ICD10"
_VOCABULARIES = (_WHO, "ICD10CM", "ICD10GM", "ICD10CN")

_CANDIDATES = f"""
    SELECT asked.concept_id, c.vocabulary_id, c.concept_code
    FROM work.conditions_asked asked JOIN omop.concept c USING (concept_id)
    WHERE c.vocabulary_id IN {_VOCABULARIES}
    UNION
    SELECT asked.concept_id, c.vocabulary_id, c.concept_code
    FROM work.conditions_asked asked
    JOIN omop.concept_relationship r ON r.concept_id_1 = asked.concept_id AND r.relationship_id = 'Mapped from'
    JOIN omop.concept c ON c.concept_id = r.concept_id_2 WHERE c.vocabulary_id IN {_VOCABULARIES}
    UNION
    SELECT asked.concept_id, c.vocabulary_id, c.concept_code
    FROM work.conditions_asked asked
    JOIN omop.concept_relationship r ON r.concept_id_2 = asked.concept_id AND r.relationship_id = 'Maps to'
    JOIN omop.concept c ON c.concept_id = r.concept_id_1 WHERE c.vocabulary_id IN {_VOCABULARIES}
"""


def icd10_of(vocabulary: str, code: str) -> str | None:
    """The WHO code an ICD-10 code of any country begins with, without dot; None where there is none.

    The national modifications keep the WHO's categories and most of its fourth characters and add more
    behind them, so those are cut off.

    >>> icd10_of("ICD10CM", "S72.001A"), icd10_of("ICD10", "E11.9"), icd10_of("ICD10CM", "C7A.00")
    ('S720', 'E119', None)
    """
    plain = code.replace(".", "")
    for length in (len(plain),) if vocabulary == _WHO else (4, 3):
        try:
            return Icd10Code.parse(plain[:length]).code
        except CodeError:
            continue
    return None


def build_diagnoses(work: Workspace) -> None:
    """Makes work.stay_diagnoses: one primary and the other ICD-10 codes of every stay.

    Primary is the condition the source marks as such, also where it has no ICD-10 code; without a mark the
    first that has one.
    """
    _attach_conditions(work)
    _map_concepts(work)
    work.run(f"""
        CREATE TABLE work.stay_ranked AS
        SELECT visit_id, icd10, row_number() OVER (
            PARTITION BY visit_id
            ORDER BY CASE WHEN status IN {_PRIMARY} THEN 0 ELSE 1 END,
                     CASE WHEN icd10 IS NULL THEN 1 ELSE 0 END, began, condition_id) AS place
        FROM (SELECT c.*, coalesce(own.icd10, mapped.icd10) AS icd10 FROM work.stay_conditions c
              LEFT JOIN work.icd10 own ON own.concept_id = c.source_concept_id
              LEFT JOIN work.icd10 mapped ON mapped.concept_id = c.concept_id)
    """)
    work.run(f"""
        CREATE TABLE work.stay_diagnoses AS
        SELECT visit_id, coalesce(first.icd10, {literal(UNKNOWN)}) AS primary_diagnosis, others.codes AS secondary_diagnoses
        FROM work.stays
        LEFT JOIN (SELECT visit_id, icd10 FROM work.stay_ranked WHERE place = 1) first USING (visit_id)
        LEFT JOIN (
            SELECT visit_id, string_agg(icd10, ';' ORDER BY place) AS codes FROM (
                SELECT r.visit_id, r.icd10, min(r.place) AS place FROM work.stay_ranked r
                JOIN work.stay_ranked p ON p.visit_id = r.visit_id AND p.place = 1
                WHERE r.icd10 IS NOT NULL AND r.icd10 IS DISTINCT FROM p.icd10
                GROUP BY r.visit_id, r.icd10) GROUP BY visit_id
        ) others USING (visit_id)
    """)
    _note_diagnoses(work)


def _attach_conditions(work: Workspace) -> None:
    """Conditions of a stay: those that name it; one that names no visit in the source goes by person and date."""
    work.run("""
        CREATE TABLE work.stay_conditions AS
        WITH conditions AS (
            SELECT c.*, v.visit_occurrence_id IS NOT NULL AS names_a_visit
            FROM omop.condition_occurrence c
            LEFT JOIN (SELECT DISTINCT visit_occurrence_id FROM omop.visit_occurrence) v USING (visit_occurrence_id)
        )
        SELECT s.visit_id, c.condition_occurrence_id AS condition_id, c.condition_concept_id AS concept_id,
               c.condition_source_concept_id AS source_concept_id, c.condition_status_concept_id AS status,
               c.condition_start_date AS began, c.names_a_visit
        FROM conditions c JOIN work.stays s ON s.person_id = c.person_id AND (
            (c.names_a_visit AND c.visit_occurrence_id = s.visit_id)
            OR (NOT c.names_a_visit AND c.condition_start_date BETWEEN s.began AND coalesce(s.ended, s.began)))
    """)


def _map_concepts(work: Workspace) -> None:
    work.run("""
        CREATE TABLE work.conditions_asked AS
        SELECT concept_id FROM work.stay_conditions WHERE concept_id <> 0
        UNION SELECT source_concept_id FROM work.stay_conditions WHERE source_concept_id <> 0
    """)
    best = _best(work.connection.execute(_CANDIDATES).fetchall())
    table = pa.table(
        {"concept_id": pa.array(list(best), pa.int64()), "icd10": pa.array(list(best.values()), pa.string())}
    )
    work.connection.register("icd10_map", table)
    work.run("CREATE TABLE work.icd10 AS SELECT * FROM icd10_map")
    work.connection.unregister("icd10_map")


def _best(candidates: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    """One code per concept: the WHO's before a country's, the broader before the narrower, then the first."""
    found: dict[int, tuple[bool, int, str]] = {}
    for concept_id, vocabulary, code in candidates:
        icd10 = icd10_of(vocabulary, code)
        if icd10 is not None:
            rank = (vocabulary != _WHO, len(icd10), icd10)
            found[concept_id] = min(found.get(concept_id, rank), rank)
    return {concept_id: rank[2] for concept_id, rank in sorted(found.items())}


def _note_diagnoses(work: Workspace) -> None:
    by_date = work.number("SELECT count(DISTINCT visit_id) FROM work.stay_conditions WHERE NOT names_a_visit")
    if by_date:
        work.notes.assumed.append(
            f"{by_date:,} inpatient visits take conditions recorded for the person on the days of the stay, "
            "because the conditions name no visit that is in the source"
        )
    unknown = work.count("work.stay_diagnoses", f"primary_diagnosis = {literal(UNKNOWN)}")
    if unknown:
        work.notes.lacking.append(
            f"an ICD-10 code for {unknown:,} of {work.count('work.stays'):,} inpatient visits: their conditions have no "
            f"map to ICD-10 in the source's concept tables, so {UNKNOWN} (unknown cause) stands in; comorbidity and "
            "frailty indices, and admissions by cause, are too low by as much"
        )
