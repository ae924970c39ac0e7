"""Outpatient appointments, kept and missed."""

from stratify.features.definition import Relation
from stratify.features.families import Family

_APPOINTMENTS = Relation(
    "outpatients",
    ("outpatients",),
    """SELECT pid, {t} - day AS ago, coalesce(attended, 1) AS kept, coalesce(first_attendance, 0) AS is_first
    FROM chunk_outpatients WHERE {usable}""",
)
_KEPT = Family("outpatients_attended", "outpatients", "outpatients", _APPOINTMENTS, where="kept = 1")
_FIRST = Family(
    "outpatients_first", "outpatients", "outpatients", _APPOINTMENTS, where="kept = 1 AND is_first = 1"
)  # fmt: skip
_MISSED = Family("outpatients_missed", "missed_appointments", "outpatients", _APPOINTMENTS, where="kept = 0")

FEATURES = (
    *_KEPT.counts((90, 365, 1095), "appointments", "Specialist follow-up measures illness under treatment (SPARRA v4, Liley 2024)."),
    _KEPT.latest("Tells follow-up going on from follow-up that has ended."),
    *_FIRST.counts((365,), "appointments", "New referrals mark new or worsening illness."),
    _FIRST.latest("Dates the new referral."),
    *_MISSED.counts((365, 1095), "appointments", "A missed appointment is care not received, and often a life in disorder."),
    _MISSED.latest("Dates the missed appointments."),
)  # fmt: skip
