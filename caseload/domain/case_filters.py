"""What the lists of cases can be filtered and ordered by."""

from collections.abc import Mapping

from caseload.domain.filters import Filter
from caseload.domain.review_filters import AGE, TIER
from caseload.domain.words import CaseState, PrimaryNeed

NO_NEED = "none"
ME, NOBODY = "me", "none"

STATE = Filter(
    "state",
    "State",
    {CaseState.OPEN: "Open", CaseState.ON_HOLD: "On hold", CaseState.CLOSED: "Closed"},
)
NEED = Filter(
    "need",
    "Primary need",
    {
        PrimaryNeed.MEDICAL: "Medical",
        PrimaryNeed.FUNCTIONAL: "Functional",
        PrimaryNeed.NURSING: "Nursing",
        PrimaryNeed.MENTAL_HEALTH: "Mental health",
        PrimaryNeed.SOCIAL: "Social",
        PrimaryNeed.SPECIALIST: "Specialist hospital care",
        NO_NEED: "Not recorded",
    },
)
CONTACT = Filter(
    "contact",
    "Last contact",
    {"never": "None yet", "30": "None for 30 days", "90": "None for 90 days"},
    single=True,
)
PLAN = Filter(
    "plan",
    "Care plan",
    {"overdue": "Review overdue", "active": "Active", "written": "Draft or ready", "none": "None active"},
    single=True,
)
ORDER = Filter(
    "order",
    "Order",
    {
        "newest": "Opened last first",
        "oldest": "Opened first first",
        "contact": "Longest without contact first",
        "name": "By family name",
    },
    single=True,
    usual="newest",
    narrows=False,
)
WAITING_ORDER = Filter(
    "order",
    "Order",
    {"waiting": "Longest without a lead first", "name": "By family name"},
    single=True,
    usual="waiting",
    narrows=False,
)


def case_filters(leads: Mapping[str, str], places: Mapping[str, str], *, scored: bool) -> tuple[Filter, ...]:
    """The filters of the case list: of these leads and places, with tiers only where scores are shown."""
    lead = Filter("lead", "Accountable lead", {ME: "Me", NOBODY: "Nobody", **leads}, single=True)
    return (lead, *_shared(places, scored=scored), ORDER)


def unallocated_filters(places: Mapping[str, str], *, scored: bool) -> tuple[Filter, ...]:
    """The filters of the list of cases without a lead."""
    return (*_shared(places, scored=scored), WAITING_ORDER)


def _shared(places: Mapping[str, str], *, scored: bool) -> tuple[Filter, ...]:
    place = Filter("place", "Practice or network", places, single=True)
    return (STATE, NEED, *((TIER,) if scored else ()), CONTACT, PLAN, place, AGE)
