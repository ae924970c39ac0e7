"""Steps between the events and the features that several features share, each one plain SQL statement.

They are made for one chunk of people at one index date and hold only what could be known then. Dates are
whole days before the index date (`ago`, at least 1).
"""

from dataclasses import dataclass

from stratify.features.definition import LONGEST


@dataclass(frozen=True)
class Stage:
    """A temporary table: the event tables and other stages it reads, and the reference tables it joins."""

    name: str
    tables: tuple[str, ...]
    sql: str
    references: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()


HFRS_LOOK_BACK = 730
"""Days of hospital diagnoses the Hospital Frailty Risk Score reads (Gilbert 2018: two years)."""

CHARLSON_LOOK_BACK = LONGEST
"""Days of hospital diagnoses the Charlson index reads: all that a pack must hold."""

MEDICINE_LOOK_BACK = 365
"""Days of prescriptions that count as current (Clegg 2016 counts medicines over twelve months)."""

MEDICINE_LENGTH = 9
"""Characters of a BNF code that name the chemical substance."""

RECORDED = Stage(
    "chunk_recorded",
    ("gp_codes",),
    """SELECT pid, list, max({t} - day) AS first_ago, min({t} - day) AS last_ago,
        count(*) FILTER (WHERE {t} - day <= 365) AS records_365d
    FROM chunk_gp_codes JOIN ref_recorded ON snomed = code
    WHERE {usable} GROUP BY pid, list""",
    ("ref_recorded",),
)
"""Per person and code list: first and latest record, and how many in the last year."""

MEDICINES = Stage(
    "chunk_medicines",
    ("gp_prescriptions",),
    f"""SELECT pid, substr(bnf_code, 1, {MEDICINE_LENGTH}) AS medicine, count(*) AS issues,
        max({{t}} - day) AS first_ago, min({{t}} - day) AS last_ago
    FROM chunk_gp_prescriptions
    WHERE {{usable}} AND day >= {{t}} - {MEDICINE_LOOK_BACK} AND bnf_code IS NOT NULL
    GROUP BY pid, substr(bnf_code, 1, {MEDICINE_LENGTH})""",
)
"""Per person and chemical substance: how often issued in the last year, first and last time in it."""

# A diagnosis is coded when the person leaves hospital: a stay not known to have ended has none yet ({coded}).
DIAGNOSES = Stage(
    "chunk_diagnoses",
    ("admissions",),
    f"""SELECT pid, ago, {{explode}}(split(codes, ';')) AS code
    FROM (
        SELECT pid, {{t}} - day AS ago, concat_ws(';', primary_diagnosis, secondary_diagnoses) AS codes
        FROM chunk_admissions WHERE {{usable}} AND {{coded}} AND day >= {{t}} - {LONGEST}
    ) AS spell""",
)
"""Every diagnosis of every stay that had ended, in any position."""

HFRS = Stage(
    "chunk_hfrs",
    ("admissions",),
    f"""SELECT pid, ref_hfrs.code, max(tenths) AS tenths, max(ago) AS first_ago, min(ago) AS last_ago
    FROM chunk_diagnoses JOIN ref_hfrs ON substr(chunk_diagnoses.code, 1, 3) = ref_hfrs.code
    WHERE ago <= {HFRS_LOOK_BACK} GROUP BY pid, ref_hfrs.code""",
    ("ref_hfrs",),
    ("chunk_diagnoses",),
)
"""Per person and frailty code, once however often it was recorded."""

# Prefixes of three and of four characters: one equality each, because a join on LIKE tries every pair.
CHARLSON_FOUND = Stage(
    "chunk_charlson_found",
    ("admissions",),
    f"""SELECT pid, condition, max(weight) AS weight, max(ago) AS first_ago, min(ago) AS last_ago
    FROM (
        SELECT pid, ago, condition, weight
        FROM chunk_diagnoses AS d JOIN ref_charlson AS r ON substr(d.code, 1, 3) = r.code
        UNION ALL
        SELECT pid, ago, condition, weight
        FROM chunk_diagnoses AS d JOIN ref_charlson AS r ON substr(d.code, 1, 4) = r.code AND length(r.code) = 4
    ) AS found
    WHERE ago <= {CHARLSON_LOOK_BACK} GROUP BY pid, condition""",
    ("ref_charlson",),
    ("chunk_diagnoses",),
)
"""Per person and Charlson condition, milder forms included."""

CHARLSON = Stage(
    "chunk_charlson",
    ("admissions",),
    """SELECT found.pid, found.condition, found.weight, found.first_ago, found.last_ago
    FROM chunk_charlson_found AS found
    LEFT JOIN (VALUES {milder_forms}) AS form (milder, severe) ON found.condition = form.milder
    LEFT JOIN chunk_charlson_found AS worse ON worse.pid = found.pid AND worse.condition = form.severe
    WHERE worse.pid IS NULL""",
    (),
    ("chunk_charlson_found",),
)
"""Per person and Charlson condition that counts."""

FRAILTY = Stage(
    "chunk_frailty",
    ("gp_codes", "gp_prescriptions"),
    """SELECT pid, list AS deficit, first_ago, last_ago FROM chunk_recorded
    WHERE list BETWEEN {first_deficit} AND {last_deficit}
    UNION ALL
    SELECT pid, {last_deficit} + 1 AS deficit, max(first_ago) AS first_ago, min(last_ago) AS last_ago
    FROM chunk_medicines GROUP BY pid HAVING count(*) >= {polypharmacy}""",
    (),
    ("chunk_recorded", "chunk_medicines"),
)
"""Per person and deficit of the electronic frailty index."""

STAGES: tuple[Stage, ...] = (RECORDED, MEDICINES, DIAGNOSES, HFRS, CHARLSON_FOUND, CHARLSON, FRAILTY)
"""In an order in which each finds what it reads."""
