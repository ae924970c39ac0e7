"""Adult social care: what a person receives now, how much, and how that changed.

Harrow's plan names the care requirement and changes in it. A service that ends on or after the index date
is going on at it.
"""

from stratify.features.definition import Aggregate, Feature, Kind, Measure, Relation
from stratify.features.families import Family

_EVENTS = Relation(
    "social_care_events",
    ("social_care_events",),
    "SELECT pid, {t} - day AS ago, event_type, service_type FROM chunk_social_care_events WHERE {usable}",
)
_ENDS = Relation(
    "social_care_ends",
    ("social_care_events",),
    """SELECT pid, {t} - ended_day AS ago FROM chunk_social_care_events
    WHERE {usable} AND ended_day < {t} AND event_type = 'service'""",
)


def _hours(at: str) -> str:
    """Hours (in tenths) of the services going on at a day: begun by then, and not ended before it."""
    begun = f"day <= {{t}} - {at}" if at else "day < {t}"
    on = f"(ended_day IS NULL OR ended_day >= {{t}}{f' - {at}' if at else ''})"
    return f"coalesce(sum(hours_tenths) FILTER (WHERE {begun} AND {on}), 0)"


_NOW = ("home_care", "residential", "nursing")
# Equipment has no end: it is an item, not a service going on.
_GOING_ON = "(ended_day IS NULL OR ended_day >= {t})"
_SERVICES = Relation(
    "social_care_services",
    ("social_care_events",),
    f"""SELECT pid, max(CASE WHEN {_GOING_ON} AND coalesce(service_type, '') <> 'equipment' THEN 1 ELSE 0 END) AS any_now,
        {", ".join(f"max(CASE WHEN service_type = '{name}' AND {_GOING_ON} THEN 1 ELSE 0 END) AS {name}_now" for name in _NOW)},
        {_hours("")} AS hours_now, {_hours("")} - {_hours("90")} AS change_90d, {_hours("")} - {_hours("365")} AS change_365d
    FROM chunk_social_care_events WHERE {{usable}} AND event_type = 'service' GROUP BY pid""",
    once=True,
)  # fmt: skip
_SOURCE = "social_care_events"


def _family(name: str, where: str, relation: Relation = _EVENTS) -> Family:
    return Family(name, "social_care", _SOURCE, relation, where=where)


_STARTS = _family("care_services_started", "event_type = 'service'")
_ENDED = _family("care_services_ended", "", _ENDS)
_REQUESTS = _family("care_requests", "event_type = 'request'")
_ASSESSMENTS = _family("care_assessments", "event_type IN ('assessment', 'review')")
_REABLEMENT = _family("reablement", "service_type = 'reablement'")
_PLACEMENT = Family(
    "care_home_placement", "care_home", _SOURCE, _EVENTS,
    where="event_type = 'service' AND service_type IN ('residential', 'nursing')",
)  # fmt: skip
_EQUIPMENT = _family("care_equipment", "service_type = 'equipment'")


def _now(name: str, column: str, group: str, rationale: str) -> Feature:
    measure = Measure(Aggregate.AS_IS, None, column)
    return Feature(
        name, group, _SOURCE, None, "yes/no", rationale, Kind.STATE, _SERVICES, measure, "",
        _PLACEMENT.latest_name if group == "care_home" else _STARTS.latest_name,
    )  # fmt: skip


def _hours_feature(name: str, column: str, window: int | None, kind: Kind, rationale: str) -> Feature:
    measure = Measure(Aggregate.AS_IS, window, column, scale=0.1)
    return Feature(
        name, "social_care", _SOURCE, window, "hours a week", rationale, kind, _SERVICES, measure, "", _STARTS.latest_name
    )  # fmt: skip


FEATURES = (
    _now("social_care_now", "any_now", "social_care", "Receives adult social care: dependence that illness quickly worsens."),
    _now("home_care_now", "home_care_now", "social_care", "Needs help at home to live there."),
    _now("residential_care_now", "residential_now", "care_home", "Lives in residential care (West Essex plan: long-term care home)."),
    _now("nursing_care_now", "nursing_now", "care_home", "Lives in nursing care (West Essex plan: long-term care home)."),
    _PLACEMENT.latest("Dates the placement: the months after a move are the hardest."),
    _hours_feature("care_hours_now", "hours_now", None, Kind.VALUE, "How much help is needed each week."),
    _hours_feature(
        "care_hours_change_90d", "change_90d", 90, Kind.CHANGE, "A rise in hours is a fall in function (Harrow plan: changes in care requirement)."
    ),
    _hours_feature("care_hours_change_365d", "change_365d", 365, Kind.CHANGE, "The same over a year: slow decline."),
    *_STARTS.counts((90, 365), "services", "A new service is a change in need (Harrow plan)."),
    _STARTS.latest("Dates the newest service."),
    *_ENDED.counts((90, 365), "services", "A service that ended: recovered, refused or moved; a change either way."),
    _ENDED.latest("Dates the service that ended."),
    *_REQUESTS.counts((90, 365), "requests", "Asking for help comes before a crisis, and before any service."),
    _REQUESTS.latest("Dates the request."),
    *_ASSESSMENTS.counts((365,), "assessments", "Need being looked at, for the first time or again."),
    _ASSESSMENTS.latest("Dates the assessment or review."),
    *_REABLEMENT.counts((365,), "services", "Reablement follows illness or a hospital stay: recovery is at stake."),
    _REABLEMENT.latest("Dates the reablement."),
    *_EQUIPMENT.counts((365,), "items", "Rails, hoists and commodes mark lost mobility."),
    _EQUIPMENT.latest("Dates the equipment."),
)  # fmt: skip
