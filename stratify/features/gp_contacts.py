"""Contacts with general practice, by how they took place, and those missed."""

from stratify.features.definition import Relation
from stratify.features.families import Family

_APPOINTMENTS = Relation(
    "gp_appointments",
    ("gp_appointments",),
    "SELECT pid, {t} - day AS ago, mode, coalesce(attended, 1) AS kept FROM chunk_gp_appointments WHERE {usable}",
)


def _family(name: str, group: str, where: str) -> Family:
    return Family(name, group, "gp_appointments", _APPOINTMENTS, where=where, horizon=365)


_ALL = _family("gp_contacts", "gp_contacts", "kept = 1")
_SURGERY = _family("gp_surgery", "gp_contacts", "kept = 1 AND mode = 'surgery'")
_TELEPHONE = _family("gp_telephone", "gp_remote_contacts", "kept = 1 AND mode = 'telephone'")
_ONLINE = _family("gp_online", "gp_remote_contacts", "kept = 1 AND mode = 'online'")
_HOME = _family("gp_home_visits", "gp_home_visits", "kept = 1 AND mode = 'home_visit'")
_MISSED = _family("gp_missed", "missed_appointments", "kept = 0")

FEATURES = (
    *_ALL.counts((30, 90, 365), "contacts", "Contact with general practice rises before admission (Combined Predictive Model, King's Fund 2006)."),
    _ALL.latest("Dates the contact; its absence can be unmet need."),
    *_SURGERY.counts((365,), "contacts", "Able to come to the surgery."),
    _SURGERY.latest("Dates the contacts at the surgery."),
    *_TELEPHONE.counts((365,), "contacts", "Telephone contact is how urgent need is first handled."),
    _TELEPHONE.latest("Dates the telephone contacts."),
    *_ONLINE.counts((365,), "contacts", "Online contact goes with younger and abler people."),
    _ONLINE.latest("Dates the online contacts."),
    *_HOME.counts((90, 365), "visits", "A home visit means the person could not come: frailty or serious illness."),
    _HOME.latest("Dates the home visits."),
    *_MISSED.counts((365,), "appointments", "People who miss GP appointments die earlier (McQueenie 2019)."),
    _MISSED.latest("Dates the missed appointments."),
)  # fmt: skip
