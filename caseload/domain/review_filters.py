"""What the review list can be filtered and ordered by."""

from datetime import date

from caseload.domain.filters import Filter
from caseload.domain.words import Decision, ProposalKind, Tier

AGES: dict[str, tuple[int, int | None]] = {
    "0-17": (0, 18),
    "18-64": (18, 65),
    "65-74": (65, 75),
    "75-84": (75, 85),
    "85": (85, None),
}
"""Age bands of today: from the first age on, below the second."""

KNOWN_SERVICES: dict[str, str] = {
    "community_care": "community health services",
    "social_care": "adult social care",
}
"""The reasons that say a service knows the person already, by their codes in the score file."""

SHOW = Filter(
    "show",
    "Show",
    {
        "awaiting": "To decide now",
        "deferred": "Deferred to a later date",
        "accepted": "Accepted",
        "declined": "Declined",
    },
    single=True,
    usual="awaiting",
)
MARK = Filter(
    "mark",
    "Marked",
    {
        "none": "Not marked yet",
        Decision.ACCEPT: "To accept",
        Decision.DECLINE: "To decline",
        Decision.DEFER: "To defer",
    },
)
KIND = Filter(
    "kind",
    "On the list because of",
    {ProposalKind.SCORE: "Their score", ProposalKind.CONCERN: "Somebody’s concern"},
)
TIER = Filter(
    "tier",
    "Tier",
    {Tier.VERY_HIGH: "Very high", Tier.HIGH: "High", Tier.MODERATE: "Moderate", Tier.NONE: "No tier"},
)
MOVEMENT = Filter(
    "movement",
    "Since last month",
    {"new": "Not scored last month", "up": "Moved up", "same": "Same tier", "down": "Moved down"},
)
FLAG = Filter(
    "flag",
    "Flag",
    {
        "not_known": "Not known to services",
        "rising": "Risk rising",
        "short_history": "Short history",
        "known": "Already known to a service",
        "earlier_case": "Had a case before",
    },
)
AGE = Filter(
    "age",
    "Age",
    {"0-17": "Under 18", "18-64": "18 to 64", "65-74": "65 to 74", "75-84": "75 to 84", "85": "85 and over"},
)
ORDER = Filter(
    "order",
    "Order",
    {
        "rank": "Concerns first, then highest risk first",
        "waiting": "Longest on the list first",
        "name": "By family name",
    },
    single=True,
    usual="rank",
    narrows=False,
)
ORDER_WITHOUT_SCORES = Filter(
    "order",
    "Order",
    {"waiting": "Longest on the list first", "name": "By family name"},
    single=True,
    usual="waiting",
    narrows=False,
)

SCORED: tuple[Filter, ...] = (SHOW, MARK, TIER, MOVEMENT, FLAG, KIND, AGE, ORDER)
"""The filters of the list with its scores."""

UNSCORED: tuple[Filter, ...] = (SHOW, MARK, KIND, AGE, ORDER_WITHOUT_SCORES)
"""Those of the list to somebody who may not see scores, or when the scores are too old to be shown."""


def born_between(age: str, today: date) -> tuple[date | None, date]:
    """Who is in an age band today: born after the first day (None: any) and up to the second."""
    lowest, below = AGES[age]
    return None if below is None else _years_before(today, below), _years_before(today, lowest)


def _years_before(day: date, years: int) -> date:
    """The last birthday of somebody who is `years` old on the day; 29 February counts from 1 March otherwise."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
