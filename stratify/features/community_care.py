"""Community health services: who came, and how often."""

from stratify.features.definition import Relation
from stratify.features.families import Family

_CONTACTS = Relation(
    "community_contacts",
    ("community_contacts",),
    "SELECT pid, {t} - day AS ago, team FROM chunk_community_contacts WHERE {usable}",
)


def _family(name: str, group: str, team: str = "") -> Family:
    where = f"team = '{team}'" if team else ""
    return Family(name, group, "community_contacts", _CONTACTS, where=where, horizon=365)


_ALL = _family("community_contacts", "community_care")
_TEAMS = {
    "district_nursing": "Nursing at home: wounds, catheters, insulin, end of life.",
    "therapy": "Physiotherapy or occupational therapy at home: function lost or regained.",
    "rapid_response": "Called instead of an admission: the next crisis may not be kept at home.",
    "intermediate_care": "Care between hospital and home: recovery not finished.",
    "palliative": "Care near the end of life.",
}


def _team(team: str) -> tuple[Family, str]:
    name = f"community_{team}" if team in ("therapy", "palliative") else team
    return _family(name, "community_care", team), _TEAMS[team]


FEATURES = (
    *_ALL.counts((90, 365), "contacts", "Community nursing and therapy go to people who cannot come: need, and who already knows them."),
    _ALL.latest("Tells care going on from care that has ended."),
    *(
        feature
        for family, why in map(_team, _TEAMS)
        for feature in family.counts((365,), "contacts", why)
    ),
    *(_team(team)[0].latest(f"Dates the contacts: {team.replace('_', ' ')}.") for team in _TEAMS),
)  # fmt: skip
