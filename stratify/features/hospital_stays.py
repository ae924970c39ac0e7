"""Rows about hospital stays, which the features on emergency, elective, day-case and maternity admissions share.

A stay counts in the window in which it began, with all its days so far. A discharge on or after the index
date is not known yet: such a stay, like one without a discharge date, lasts up to the day its row came.
"""

from stratify.features.definition import Relation

KINDS = ("emergency", "elective", "day_case", "maternity")

HOSPITAL_STAYS = Relation(
    "hospital_stays",
    ("admissions",),
    """SELECT pid, {t} - day AS ago,
        CASE kind WHEN 'emergency' THEN 0 WHEN 'elective' THEN 1 WHEN 'day_case' THEN 2 ELSE 3 END AS label,
        greatest(CASE WHEN discharged_day < {t} THEN discharged_day ELSE avail END - day, 0) AS bed_days,
        CASE WHEN discharged_day < {t} THEN 1 ELSE 0 END AS ended,
        CASE WHEN discharged_day < {t} THEN discharge_destination END AS destination
    FROM chunk_admissions WHERE {usable} AND kind IN ('emergency', 'elective', 'day_case', 'maternity')""",
    KINDS,
)
