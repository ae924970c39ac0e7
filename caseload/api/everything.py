"""Patient/[id]/$everything: all that may be sent of somebody, kind after kind, page by page.

FHIR R4 4.0.1, Patient, operation everything. `_since` and `_type` narrow it, `_count` says how many come at once. What the
role or the scopes of who asks leave out is left out; of staff and organisations only references are sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import request

from caseload.api.addresses import fhir_base
from caseload.api.asking import Asking, look_at
from caseload.api.cursors import Place, opened, sealed
from caseload.api.finding import open_kind
from caseload.api.problems import ErrorCode, Problem
from caseload.api.questions import DEFAULT_COUNT, question_of
from caseload.domain.scopes import may
from caseload.pages.request import moment
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import Found, Wanted
from caseload.web import this_app
from interfaces.fhir.bundle import Links
from interfaces.fhir.resources import as_json
from interfaces.fhir.search_parameters import PARAMETERS
from interfaces.fhir.values import Json, filled
from interfaces.fhir.values import moment as written

_MOST_KINDS = 40


@dataclass(frozen=True, slots=True)
class _Asked:
    patient_id: str
    types: frozenset[str]
    since: datetime | None
    count: int
    pairs: tuple[tuple[str, str], ...]


def everything(patient_id: str, who: Asking) -> Json:
    """One page of it."""
    address = f"Patient/{patient_id}/$everything"
    start, pairs = ("", ""), tuple(request.args.items(multi=True))
    if "_cursor" in request.args:
        place = opened(request.args["_cursor"], address, who)
        pairs = place.parameters
        kind, _, after = place.after.partition(":")
        start = (kind, after)
    asked = _asked(patient_id, pairs)
    return _page(asked, who, address, start)


def _asked(patient_id: str, pairs: tuple[tuple[str, str], ...]) -> _Asked:
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    types = frozenset(one for value in given.pop("_type", []) for one in value.split(",") if one)
    if types - RESOURCES.keys() or len(types) > _MOST_KINDS:
        raise Problem(ErrorCode.INVALID_PARAMETER, "_type names a kind of resource that is not served.")
    since = [("_lastUpdated", f"ge{value}") for value in given.pop("_since", [])]
    count = [("_count", value) for value in given.pop("_count", [])]
    rest = [(name, value) for name, values in given.items() for value in values]
    wanted = question_of("Patient", [*since, *count, *_known_to_patient(rest)], in_address=True).wanted
    return _Asked(patient_id, types, wanted.since, max(1, wanted.count or DEFAULT_COUNT), pairs)


def _known_to_patient(rest: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Other parameters are none of this operation: refused or passed over as any that is not known."""
    return [("-", value) for name, value in rest if name not in ("_format", "_pretty")]


def _page(asked: _Asked, who: Asking, address: str, start: tuple[str, str]) -> Json:
    kinds = [name for name in _kinds(asked, who) if name >= start[0]]
    found: dict[str, tuple[Found, ...]] = {}
    left, going_on = asked.count, ""
    with this_app().store.reading() as session:
        open_kind("Patient", who).read(session, who.viewer, moment(), asked.patient_id)
        for name in kinds:
            after = start[1] if name == start[0] else None
            page = RESOURCES[name].search(
                session, who.viewer, moment(), _wanted(asked, name, after or None, max(left, 1))
            )
            if left == 0 and page.found:
                going_on = f"{name}:"
                break
            found[name], left = page.found, left - len(page.found)
            if page.next_after is not None:
                going_on = f"{name}:{page.next_after}"
                break
    for name, of_kind in found.items():
        look_at({person for one in of_kind for person in one.people}, name)
    return _bundle(asked, who, address, found, going_on)


def _kinds(asked: _Asked, who: Asking) -> list[str]:
    return sorted(
        name
        for name, kind in RESOURCES.items()
        if _of_patient(name) and (not asked.types or name in asked.types) and kind.open_to(who.viewer)
        and (may(who.scopes, name, "r") or may(who.scopes, name, "s"))
    )  # fmt: skip


def _of_patient(resource: str) -> bool:
    return resource == "Patient" or any(one.name == "patient" for one in PARAMETERS[resource])


def _wanted(asked: _Asked, resource: str, after: str | None, count: int) -> Wanted:
    whose = (asked.patient_id,)
    if resource == "Patient":
        return Wanted(ids=whose, since=asked.since, after=after, count=count, total=False)
    return Wanted(patient_ids=whose, since=asked.since, after=after, count=count, total=False)


def _bundle(asked: _Asked, who: Asking, address: str, found: Mapping[str, tuple[Found, ...]], going_on: str) -> Json:
    base = fhir_base()
    cursor = sealed(Place(address, asked.pairs, going_on), who) if going_on else ""
    links = Links(f"{base}/{address}", next=f"{base}/{address}?_cursor={cursor}" if cursor else "")
    resources = [as_json(one.record) for of_kind in found.values() for one in of_kind]
    return filled(
        resourceType="Bundle",
        type="searchset",
        timestamp=written(moment()),
        link=[{"relation": name, "url": url} for name, url in (("self", links.self), ("next", links.next)) if url],
        entry=[
            {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": "match"}}
            for one in resources
        ],
    )
