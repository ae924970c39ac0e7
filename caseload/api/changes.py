"""The change feed: `Flag/_history` and `CarePlan/_history`, for a partner that keeps copies of what it was sent.

FHIR R4 4.0.1, RESTful API, "history". `_since` is where to begin, the link `monitor` (RFC 5989) where to go on next time: it
misses nothing and repeats nothing. What may not be seen any more is told as deleted, to who saw it before.
"""

from urllib.parse import urlencode

from flask import request

from caseload.api.addresses import fhir_base
from caseload.api.asking import Asking, look_at
from caseload.api.finding import open_kind
from caseload.api.problems import ErrorCode, Problem
from caseload.api.questions import question_of
from caseload.domain.outward import OutwardResource
from caseload.pages.request import moment
from caseload.queries.change_moments import change_before, logical_ids
from caseload.queries.changes import ChangeRow, Changes, changes_since
from caseload.queries.outward.wanted import Found, Wanted
from caseload.web import this_app
from interfaces.fhir.resources import as_json
from interfaces.fhir.values import Json, filled
from interfaces.fhir.values import moment as written

_FOLLOWED = {one.value: one for one in OutwardResource}
_LARGEST = 2**31 - 1


def answer_changes(resource: str, who: Asking) -> Json:
    """One page of what changed."""
    if resource not in _FOLLOWED:
        raise Problem(ErrorCode.UNSUPPORTED_INTERACTION)
    kind, followed = open_kind(resource, who), _FOLLOWED[resource]
    given = dict(request.args.items())
    after, since = given.pop("_after", None), given.pop("_since", None)
    pairs = [*given.items(), *([("_lastUpdated", f"ge{since}")] if since else [])]
    asked = question_of(
        "Patient", [pair for pair in pairs if pair[0] in ("_count", "_lastUpdated", "_format")], in_address=True
    )
    count = max(1, asked.wanted.count)
    with this_app().store.reading() as session:
        begin = _number(after)
        if begin is None:
            begin = change_before(session, followed, asked.wanted.since) if asked.wanted.since else 0
        told = changes_since(session, who.viewer, moment(), followed, begin, count)
        called = logical_ids(session, followed, [row.row_id for row in told.rows])
        last = {called[row.row_id]: row for row in told.rows}  # of several versions of one plan the last counts
        ids = tuple(sorted(name for name, row in last.items() if not row.gone))
        found = (
            kind.search(session, who.viewer, moment(), Wanted(ids=ids, count=len(ids), total=False)).found
            if ids
            else ()
        )
    look_at({person for one in found for person in one.people}, resource)
    sent = {one.record.id: one for one in found}
    return _bundle(resource, told, [_entry(resource, name, row, sent.get(name)) for name, row in last.items()], count)


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 10 or int(text) > _LARGEST:
        raise Problem(ErrorCode.INVALID_PARAMETER, "_after must be the number that a link of this service has.")
    return int(text)


def _bundle(resource: str, told: Changes, entries: list[Json], count: int) -> Json:
    here = f"{fhir_base()}/{resource}/_history"
    on = f"{here}?{urlencode({'_after': told.last_id, '_count': count})}"
    return filled(
        resourceType="Bundle",
        type="history",
        timestamp=written(moment()),
        link=[
            {"relation": "self", "url": here},
            {"relation": "monitor", "url": on},
            *([{"relation": "next", "url": on}] if told.more else []),
        ],
        entry=entries,
    )


def _entry(resource: str, logical_id: str, row: ChangeRow, found: Found | None) -> Json:
    address = f"{resource}/{logical_id}"
    whole = f"{fhir_base()}/{address}"
    if found is None:
        gone = {"status": "204", "lastModified": written(row.at)}
        return {"fullUrl": whole, "request": {"method": "DELETE", "url": address}, "response": gone}
    sent = as_json(found.record)
    response = {"status": "200", "etag": f'W/"{sent["meta"]["versionId"]}"', "lastModified": written(row.at)}
    return {"fullUrl": whole, "resource": sent, "request": {"method": "PUT", "url": address}, "response": response}
