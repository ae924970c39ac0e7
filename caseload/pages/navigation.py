"""What the header leads to, for the viewer's permissions."""

from dataclasses import dataclass

from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer


@dataclass(frozen=True)
class Destination:
    """One place the header or the footer leads to."""

    words: str
    path: str
    permission: Permission


HEADER: tuple[Destination, ...] = (
    Destination("Today", "/", Permission.SEE_TODAY),
    Destination("Review the list", "/review", Permission.REVIEW_LIST),
    Destination("Cases", "/cases", Permission.SEE_CASES),
    Destination("Without a lead", "/cases/unallocated", Permission.SEE_CASES),
    Destination("Cohorts", "/cohorts", Permission.WORK_COHORT),
    Destination("MDT", "/mdt", Permission.SEE_MDT),
    Destination("Handovers", "/handovers", Permission.HAND_OVER),
    Destination("Overview", "/overview", Permission.SEE_OVERVIEW),
    Destination("Headline", "/headline", Permission.SEE_HEADLINE),
    Destination("Hospital messages", "/hospital", Permission.SETTLE_MESSAGES),
    Destination("Emergency access", "/governance/emergency", Permission.REVIEW_EMERGENCY),
    Destination("Audit log", "/governance/audit", Permission.SEARCH_AUDIT),
    Destination("Users", "/users", Permission.MANAGE_USERS),
    Destination("Programs", "/clients", Permission.MANAGE_CLIENTS),
)

FOOTER: tuple[Destination, ...] = (
    Destination("Search for a person", "/search", Permission.SEARCH_PEOPLE),
    Destination("Emergency access", "/emergency-access", Permission.OPEN_IN_EMERGENCY),
    Destination("Somebody is leaving", "/leavers", Permission.HAND_OVER_LEAVER),
    Destination("Possible duplicates", "/people/duplicates", Permission.MERGE_PEOPLE),
    Destination("Your account", "/account", Permission.KEEP_ACCOUNT),
)


def open_to(viewer: Viewer | None, destinations: tuple[Destination, ...]) -> list[Destination]:
    """Those of the destinations this viewer is given; none for somebody who has not signed in."""
    return [place for place in destinations if viewer is not None and viewer.may(place.permission)]


def current(path: str, destinations: list[Destination]) -> Destination | None:
    """The destination a path is at or below; the longest that fits, so that /cases/unallocated is not /cases."""
    at = [place for place in destinations if path == place.path or path.startswith(f"{place.path.rstrip('/')}/")]
    return max(
        (place for place in at if place.path != "/" or path == "/"), key=lambda place: len(place.path), default=None
    )
