"""Bundles: what a search found, the versions of one resource, everything there is of somebody.

Source: FHIR R4 4.0.1, Bundle; RESTful API, "search" and "history".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.values import Json, filled, moment


@dataclass(frozen=True, slots=True)
class Links:
    """Where this page is and where others are; addresses with nothing of a person in them."""

    self: str
    first: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What one page of a search has: resources that match, resources they name, and warnings about the search."""

    matches: Sequence[Json]
    total: int | None
    included: Sequence[Json] = ()
    outcomes: Sequence[Json] = ()


def searchset(page: SearchPage, *, base: str, links: Links, now: datetime) -> Json:
    """The Bundle of a page of a search. `base` is the address of the service without a slash at its end."""
    entries = [
        *(_entry(base, one, "match") for one in page.matches),
        *(_entry(base, one, "include") for one in page.included),
        *(_entry("", one, "outcome") for one in page.outcomes),
    ]
    return filled(
        resourceType="Bundle", type="searchset", timestamp=moment(now), total=page.total, link=_links(links),
        entry=entries,
    )  # fmt: skip


def history(versions: Sequence[Json], *, base: str, links: Links, now: datetime) -> Json:
    """The Bundle of all versions of one resource, the one that holds first. Versions are written with PUT only."""
    return filled(
        resourceType="Bundle", type="history", timestamp=moment(now), total=len(versions), link=_links(links),
        entry=[_version(base, one) for one in versions],
    )  # fmt: skip


def _entry(base: str, resource: Json, mode: str) -> Json:
    return filled(fullUrl=_address(base, resource), resource=resource, search={"mode": mode})


def _version(base: str, resource: Json) -> Json:
    meta = resource.get("meta", {})
    return {
        "fullUrl": _address(base, resource),
        "resource": resource,
        "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
        "response": filled(
            status="200 OK", etag=f'W/"{meta["versionId"]}"' if "versionId" in meta else None,
            lastModified=meta.get("lastUpdated"),
        ),
    }  # fmt: skip


def _address(base: str, resource: Json) -> str | None:
    return f"{base}/{resource['resourceType']}/{resource['id']}" if base and "id" in resource else None


def _links(links: Links) -> list[Json]:
    named = (("self", links.self), ("first", links.first), ("next", links.next))
    return [{"relation": relation, "url": url} for relation, url in named if url]
