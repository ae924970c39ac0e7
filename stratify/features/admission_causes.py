"""Rows of hospital stays by what they were for, looked up in lists of ICD-10 codes in any diagnosis.

Two stays that began on the same day count once: the zone holds no spell identifier.
"""

from stratify.features.definition import Relation
from stratify.features.reference import ADMISSION_DIAGNOSES

ADMISSION_CAUSES = Relation(
    "admission_causes",
    ("admissions",),
    """SELECT DISTINCT pid, ago, list AS label
    FROM (
        SELECT pid, ago, list FROM chunk_diagnoses AS d JOIN ref_diagnosis AS r ON substr(d.code, 1, 3) = r.code
        UNION ALL
        SELECT pid, ago, list FROM chunk_diagnoses AS d
        JOIN ref_diagnosis AS r ON substr(d.code, 1, 4) = r.code AND length(r.code) = 4
    ) AS found""",
    ADMISSION_DIAGNOSES,
    ("chunk_diagnoses",),
    ("ref_diagnosis",),
)
"""Any stay, any position: for conditions that matter wherever they are coded."""

MAIN_CAUSES = Relation(
    "main_causes",
    ("admissions",),
    """SELECT DISTINCT pid, ago, list AS label
    FROM (
        SELECT pid, {t} - day AS ago, list
        FROM chunk_admissions JOIN ref_diagnosis ON substr(primary_diagnosis, 1, 3) = code
        WHERE {usable} AND {coded} AND kind = 'emergency'
        UNION ALL
        SELECT pid, {t} - day AS ago, list
        FROM chunk_admissions JOIN ref_diagnosis ON substr(primary_diagnosis, 1, 4) = code AND length(code) = 4
        WHERE {usable} AND {coded} AND kind = 'emergency'
    ) AS found""",
    ADMISSION_DIAGNOSES,
    (),
    ("ref_diagnosis",),
)
"""Emergency stays by their primary diagnosis."""
