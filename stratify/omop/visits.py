"""Visits become admissions, emergency department attendances and outpatient appointments.

Source of the concept ids: OMOP Visit vocabulary, and the place-of-service concepts that older conversions
put in the same column.
"""

from interfaces.extracts.casts import literal
from stratify.exceptions import InputRefused
from stratify.omop.workspace import Workspace

INPATIENT, EMERGENCY_INPATIENT, EMERGENCY, OUTPATIENT = 9201, 262, 9203, 9202
_OLDER = {8717: INPATIENT, 8870: EMERGENCY, 8756: OUTPATIENT}
_FROM_EMERGENCY = (EMERGENCY, EMERGENCY_INPATIENT, 8870)  # admitted_from: emergency room, or that of a hospital

_UNKNOWN_PROVIDER = "ZZZ"

_HOW_ADMITTED = {
    "21": "through an emergency visit: an emergency admission (21)",
    "11": "without one, in a source that records emergency visits: planned (11)",
    "28": "in a source that records no emergency visits at all: every one counted as an emergency (28)",
    "31": "for pregnancy or birth by its diagnosis: maternity (31)",
    "82": "of a newborn by its diagnosis: birth (82)",
}


def build_visits(work: Workspace) -> None:
    """Makes work.visits: the visits taken, each with its kind and, for inpatients, whether it was an emergency."""
    work.run(_kinds())
    work.run(f"""
        CREATE TABLE work.visits AS
        SELECT v.visit_occurrence_id AS visit_id, v.person_id, k.kind, v.visit_start_date AS began,
               CASE WHEN v.visit_end_date BETWEEN v.visit_start_date AND {work.last_day} THEN v.visit_end_date END AS ended,
               v.care_site_id, v.preceding_visit_occurrence_id AS preceding_id,
               coalesce(v.admitted_from_concept_id IN {_FROM_EMERGENCY}, FALSE) AS from_emergency
        FROM omop.visit_occurrence v JOIN work.people p ON p.person_id = v.person_id
        JOIN work.visit_kinds k ON k.concept_id = v.visit_concept_id
        WHERE v.visit_start_date <= {work.last_day} AND v.visit_occurrence_id IS NOT NULL
        QUALIFY row_number() OVER (
            PARTITION BY v.visit_occurrence_id ORDER BY v.person_id, v.visit_start_date, v.visit_end_date, k.kind) = 1
    """)
    if not work.count("work.visits", f"kind IN ({INPATIENT}, {EMERGENCY_INPATIENT})"):
        raise InputRefused(
            "at least one inpatient visit (visit_concept_id 9201 or 262)",
            "none",
            "A risk of admission cannot be learned or shown without admissions; give a source that has them.",
        )
    _find_emergencies(work)
    _note_visits(work)


def _kinds() -> str:
    """Each visit concept's kind: its own, or that of the nearest of the four it descends from."""
    roots = (EMERGENCY_INPATIENT, INPATIENT, EMERGENCY, OUTPATIENT)
    own = [(root, root) for root in roots] + list(_OLDER.items())
    values = ", ".join(f"({concept}, {kind}, 0)" for concept, kind in own)
    # 262 descends from both 9201 and 9203, so the order of the roots decides.
    return f"""
        CREATE TABLE work.visit_kinds AS
        SELECT concept_id, kind FROM (
            SELECT * FROM (VALUES {values}) AS t(concept_id, kind, place)
            UNION ALL
            SELECT descendant_concept_id, ancestor_concept_id, 1 + list_position({list(roots)}, ancestor_concept_id)
            FROM omop.concept_ancestor WHERE ancestor_concept_id IN {roots}
        ) QUALIFY row_number() OVER (PARTITION BY concept_id ORDER BY place) = 1
    """


def _find_emergencies(work: Workspace) -> None:
    """An inpatient visit began as an emergency where it says so, or follows an emergency visit of that or the day before."""
    work.run(f"""
        CREATE TABLE work.stays AS
        SELECT s.*, s.kind = {EMERGENCY_INPATIENT} OR s.from_emergency OR EXISTS (
            SELECT 1 FROM work.visits e
            WHERE e.kind = {EMERGENCY} AND e.person_id = s.person_id AND (
                e.visit_id = s.preceding_id
                OR (e.began <= s.began AND coalesce(e.ended, e.began) >= s.began - CAST(1 AS INTEGER)))
        ) AS is_emergency
        FROM work.visits s WHERE s.kind IN ({INPATIENT}, {EMERGENCY_INPATIENT})
    """)


def build_admissions(work: Workspace) -> None:
    """Makes pack.admissions from work.stays and work.stay_diagnoses."""
    tells = work.count("work.stays", "is_emergency") or work.count("work.visits", f"kind = {EMERGENCY}")
    otherwise = "11" if tells else "28"
    work.run(f"""
        CREATE TABLE work.admitted AS
        SELECT *, CASE WHEN is_emergency THEN '21' WHEN primary_diagnosis LIKE 'O%' THEN '31'
                       WHEN primary_diagnosis LIKE 'Z38%' THEN '82' ELSE {literal(otherwise)} END AS admission_method
        FROM work.stays JOIN work.stay_diagnoses USING (visit_id)
    """)
    work.run(f"""
        CREATE TABLE pack.admissions AS
        SELECT concat('V', CAST(visit_id AS VARCHAR)) AS spell_id, nhs_number,
               coalesce(practice_code, {literal(_UNKNOWN_PROVIDER)}) AS provider_code, admission_method,
               began AS admitted_on, ended AS discharged_on,
               CASE WHEN admission_method = '11' AND ended = began THEN '2' ELSE '1' END AS patient_classification,
               primary_diagnosis, secondary_diagnoses
        FROM work.admitted a JOIN work.numbers USING (person_id)
        LEFT JOIN work.practice_sites p ON p.care_site_id = a.care_site_id
    """)
    work.take("admissions", "visit_occurrence (inpatient), condition_occurrence")
    _note_methods(work)


def build_attendances(work: Workspace) -> None:
    """Makes pack.ed_attendances; an admission on that or the next day counts as the attendance's outcome."""
    work.run(f"""
        CREATE TABLE pack.ed_attendances AS
        SELECT concat('V', CAST(visit_id AS VARCHAR)) AS attendance_id, nhs_number, began AS arrived_on,
               CASE WHEN kind = {EMERGENCY_INPATIENT} OR EXISTS (
                   SELECT 1 FROM work.stays s WHERE s.person_id = e.person_id AND s.is_emergency
                   AND s.began BETWEEN e.began AND coalesce(e.ended, e.began) + CAST(1 AS INTEGER)
               ) THEN 1 ELSE 0 END AS admitted
        FROM work.visits e JOIN work.numbers USING (person_id)
        WHERE kind IN ({EMERGENCY}, {EMERGENCY_INPATIENT})
    """)
    if not work.take("ed_attendances", "visit_occurrence (emergency room)"):
        work.notes.lacking.append("emergency department attendances: the source has no emergency room visits")


def build_outpatients(work: Workspace) -> None:
    """Makes pack.outpatients. OMOP holds only appointments that took place."""
    work.run(f"""
        CREATE TABLE pack.outpatients AS
        SELECT nhs_number, began AS appointment_on, 1 AS attended
        FROM work.visits JOIN work.numbers USING (person_id) WHERE kind = {OUTPATIENT}
    """)
    if work.take("outpatients", "visit_occurrence (outpatient)"):
        work.notes.assumed.append("every outpatient visit is a hospital appointment that was attended")
    else:
        work.notes.lacking.append("outpatients: the source has no outpatient visits")


def _note_visits(work: Workspace) -> None:
    notes = work.notes
    untaken = work.number(
        "SELECT count(*) FROM omop.visit_occurrence WHERE visit_concept_id NOT IN (SELECT concept_id FROM work.visit_kinds)"
        " OR visit_concept_id IS NULL"
    )
    notes.drop("visit_occurrence", untaken, "neither inpatient, emergency room nor outpatient")
    rest = work.count("omop.visit_occurrence") - untaken - work.count("work.visits")
    notes.drop("visit_occurrence", rest, "no person taken, no date, after the extraction date, or an id used twice")
    inverted = work.number(
        "SELECT count(*) FROM omop.visit_occurrence JOIN work.visits ON visit_id = visit_occurrence_id "
        "WHERE visit_end_date < visit_start_date"
    )
    if inverted:
        notes.assumed.append(f"{inverted:,} visits that end before they begin have no known end")


def _note_methods(work: Workspace) -> None:
    counted = work.connection.execute(
        "SELECT admission_method, count(*) FROM work.admitted GROUP BY 1 ORDER BY 1"
    ).fetchall()
    work.notes.assumed.extend(f"{rows:,} inpatient visits {_HOW_ADMITTED[method]}" for method, rows in counted)
    if work.count("pack.admissions", "patient_classification = '2'"):
        work.notes.assumed.append("a planned admission that ends on the day it began is a day case")
    work.notes.lacking.append(
        "provider, treatment function, discharge destination and cost of admissions, and the days on which rows reached "
        "the warehouse: the feeds' configured lags stand in for those"
    )
