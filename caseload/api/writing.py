"""What partners may write: a request to the care team, a message to it, that a request is done with, that a flag was taken over.

A body is read strictly as FHIR R4 (`interfaces.fhir.reading`); an element that would not be kept is refused and never dropped
unseen. What is sent twice has one effect: by the partner's own identifier, or by the header Idempotency-Key, which stands for
one request and no other.
"""

import hashlib
from datetime import date, datetime, timedelta
from functools import wraps
from secrets import token_hex
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from caseload.actions.flag_acknowledgements import acknowledge_flag
from caseload.actions.once import Action, once
from caseload.actions.partner_messages import write_to_team
from caseload.actions.partner_tasks import ask_for_task, settle_partner_task
from caseload.api.addresses import fhir_base
from caseload.api.asking import Asking, look_at
from caseload.api.finding import open_kind, outward
from caseload.api.negotiation import check_body_is_json
from caseload.api.problems import ErrorCode, Problem, issue
from caseload.api.sending import answer
from caseload.api.versions import check_match, etag
from caseload.clock import LONDON, local_day
from caseload.domain.scopes import may
from caseload.domain.words import TaskState
from caseload.exceptions import Conflict, NotThere
from caseload.pages.request import moment
from caseload.queries.outward.conditions import row_id_of
from caseload.queries.partner_people import flag_version, task_version
from caseload.web import this_app
from interfaces.fhir.reading import ResourceRefused, decoded, read_resource
from interfaces.fhir.resources import as_json
from interfaces.fhir.values import Json

_OF_EVERY = frozenset({"resourceType", "id", "meta", "text", "identifier", "status"})
KEPT = {
    "Task": _OF_EVERY
    | {
        "intent",
        "description",
        "for",
        "note",
        "restriction",
        "authoredOn",
        "requester",
        "lastModified",
        "statusReason",
    },
    "Communication": _OF_EVERY | {"subject", "sent", "payload", "sender", "recipient"},
}
"""The elements of each that are kept, or follow from what is; any other is refused."""

ENDINGS = {"completed": TaskState.DONE, "cancelled": TaskState.CANCELLED}
_DAYS = 7
_SKEW = timedelta(minutes=5)
_LONGEST_KEY = 200


def create(resource: str, who: Asking) -> Response:
    """201 and where it is; 200 for one that was there already under the partner's own identifier."""
    sent = _sent(resource)
    action, fields = _CREATED[resource](sent)
    made = _once(action, who, **fields)
    return _made(resource, who, str(made["id"]), 201 if made["made"] else 200)


def update(resource: str, logical_id: str, who: Asking) -> Response:
    """A task its asker says something of: that it is completed, or cancelled. It has to be the one that was read."""
    sent = _sent(resource, updates=True)
    kind = open_kind(resource, who)
    if sent.get("id") != logical_id:
        raise Problem(ErrorCode.INVALID_RESOURCE, "The id of the resource must be that of the address.")
    state = ENDINGS.get(sent["status"])
    if state is None:
        raise Problem(ErrorCode.NOT_NOW, "A task can be said to be completed or cancelled.")
    with this_app().store.reading() as session:
        found = kind.read(session, who.viewer, moment(), logical_id)
        row_version = task_version(session, int(found.record.id))
    check_match(as_json(found.record))
    note = sent.get("statusReason", {}).get("text", "")
    _once(
        settle_partner_task, who, task_id=int(found.record.id), row_version=row_version, state=state, note=note
    )  # fmt: skip
    return _made(resource, who, logical_id, 200)


def acknowledge(logical_id: str, who: Asking) -> Response:
    """A flag was taken over in the version that was read; with a note if there is one."""
    flag_id = row_id_of(logical_id)
    if flag_id is None:
        raise NotThere
    note = _note()
    with this_app().store.reading() as session:
        found = open_kind("Flag", who).read(session, who.viewer, moment(), logical_id)
        row_version = flag_version(session, flag_id)
    check_match(as_json(found.record))
    _once(acknowledge_flag, who, flag_id=flag_id, row_version=row_version, note=note)
    return _made("Flag", who, logical_id, 200)


def _once(action: Action, who: Asking, **arguments: Any) -> Any:
    """The action, for who asks, once for each Idempotency-Key of theirs; CONFLICT for a key used for another request."""
    given = request.headers.get("Idempotency-Key", "")
    if len(given) > _LONGEST_KEY:
        raise Problem(ErrorCode.INVALID_PARAMETER, "Idempotency-Key must be 200 characters or fewer.")
    key = hashlib.sha256(f"{who.client_row_id}:{given}".encode()).hexdigest() if given else token_hex(32)
    asked = _asked()
    kept = once(this_app().store, _of_request(action, asked), by=who.viewer, now=moment(), key=key, **arguments)
    if kept["asked"] != asked:
        raise Problem(ErrorCode.CONFLICT, "This Idempotency-Key was used for something else.")
    return kept["did"]


def _asked() -> str:
    """What tells this request from any other: how, where, of which version, and every byte that was sent."""
    body = hashlib.sha256(request.get_data()).hexdigest()
    parts = (request.method, request.path, request.headers.get("If-Match", ""), body)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _of_request(action: Action, asked: str) -> Action:
    """The action, whose answer is kept with what was asked. Where it finds another version, that is VERSION_MISMATCH."""

    @wraps(action)
    def done(session: Session, **arguments: Any) -> Any:
        try:
            return {"asked": asked, "did": action(session, **arguments)}
        except Conflict:
            if "row_version" in arguments:
                raise Problem(ErrorCode.VERSION_MISMATCH) from None
            raise

    return done


def _made(resource: str, who: Asking, logical_id: str, status: int) -> Response:
    """Where it is, and what it is now for who may read it."""
    headers = {"Location": f"{fhir_base()}/{resource}/{logical_id}"}
    kind = outward(resource)
    if not kind.open_to(who.viewer) or not may(who.scopes, resource, "r"):
        return Response(status=status, headers=headers)
    with this_app().store.reading() as session:
        found = kind.read(session, who.viewer, moment(), logical_id)
    look_at(set(found.people), resource)
    shown = as_json(found.record)
    headers["ETag"] = etag(shown)
    if "return=minimal" in request.headers.get("Prefer", "").replace(" ", "").lower():
        return Response(status=status, headers=headers)
    return answer(shown, status, headers)


def _sent(resource: str, *, updates: bool = False) -> Json:
    check_body_is_json()
    try:
        sent = read_resource(request.get_data(), resource)
    except ResourceRefused as error:
        raise _as_problem(error) from None
    more = sent.keys() - KEPT[resource]
    if more and not updates:  # what is read back for an update has everything in it
        raise _not_taken(f"Only these elements are kept: {', '.join(sorted(KEPT[resource]))}. Leave others out.")
    return sent


def _as_problem(error: ResourceRefused) -> Problem:
    code = ErrorCode(error.cause.value)
    return Problem(code, issues=[issue(code, error.sentence, error.where)])


def _task(sent: Json) -> tuple[Action, dict[str, Any]]:
    if sent["status"] != "requested":
        raise _not_taken("A new task must have the status requested.", "Task.status")
    return ask_for_task, {
        "person_id": _person(sent.get("for"), "Task.for"),
        "title": _text(sent, "description", "Task.description"),
        "detail": "\n\n".join(one["text"] for one in sent.get("note", [])),
        "due_on": _due_on(sent.get("restriction", {}).get("period", {}).get("end")),
        "request_ref": _identifier(sent, "Task") or token_hex(16),
    }


def _communication(sent: Json) -> tuple[Action, dict[str, Any]]:
    if sent["status"] != "completed":
        raise _not_taken("A message must have the status completed: it has been written.", "Communication.status")
    words = [one.get("contentString") for one in sent.get("payload", [])]
    if not words or None in words:
        raise _not_taken(
            "A message must have its words in payload.contentString, and nothing else.", "Communication.payload"
        )
    return write_to_team, {
        "person_id": _person(sent.get("subject"), "Communication.subject"),
        "words": "\n\n".join(str(one) for one in words),
        "sender_ref": _identifier(sent, "Communication"),
        "sent_at": _sent_at(sent.get("sent")),
    }


_CREATED = {"Task": _task, "Communication": _communication}


def _person(given: Json | None, where: str) -> int:
    """The row behind a reference to a Patient of this service. One that is not there is told as any that is not."""
    reference = (given or {}).get("reference", "")
    kind, _, logical_id = reference.removeprefix(f"{fhir_base()}/").partition("/")
    if kind != "Patient" or not logical_id:
        code = ErrorCode.MISSING_VALUE
        raise Problem(code, issues=[issue(code, "It must refer to a Patient of this service.", where)])
    person_id = row_id_of(logical_id)
    if person_id is None:
        raise NotThere
    return person_id


def _identifier(sent: Json, resource: str) -> str:
    """The partner's own identifier, which If-None-Exist has to repeat; empty where there is none."""
    given = sent.get("identifier", [])
    if len(given) > 1:
        raise _not_taken("One identifier of your own is kept.", f"{resource}.identifier")
    own = f"{given[0].get('system', '')}|{given[0].get('value', '')}" if given else ""
    asked = request.headers.get("If-None-Exist", "")
    if asked and asked.removeprefix("identifier=") != own:
        raise Problem(
            ErrorCode.INVALID_PARAMETER, "If-None-Exist must be identifier=system|value of the resource itself."
        )
    return own.removeprefix("|")


def _text(sent: Json, name: str, where: str) -> str:
    text = sent.get(name, "")
    if not text.strip():
        code = ErrorCode.MISSING_VALUE
        raise Problem(code, issues=[issue(code, "It must say what is asked for.", where)])
    return str(text)


def _due_on(end: str | None) -> date:
    """The day in restriction.period.end; a week from now where none is said."""
    today = local_day(moment())
    if end is None:
        return today + timedelta(days=_DAYS)
    try:
        day = local_day(datetime.fromisoformat(end)) if "T" in end else date.fromisoformat(end)
    except ValueError:
        raise _not_taken("restriction.period.end must be a day.", "Task.restriction.period.end") from None
    if day < today:
        raise _not_taken("It must be due today or later.", "Task.restriction.period.end")
    return day


def _sent_at(given: str | None) -> datetime:
    if given is None:
        return moment()
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise _not_taken("sent must be a moment.", "Communication.sent") from None
    at = at if at.tzinfo else at.replace(tzinfo=LONDON)
    if at > moment() + _SKEW:
        raise _not_taken("sent must not be in the future.", "Communication.sent")
    return at


def _note() -> str:
    """What the Parameters of an acknowledgement say; nothing for an empty body."""
    if not request.get_data():
        return ""
    check_body_is_json()
    try:
        sent = decoded(request.get_data())
    except ResourceRefused as error:
        raise _as_problem(error) from None
    if sent.get("resourceType") != "Parameters" or sent.keys() - {"resourceType", "parameter"}:
        raise _not_taken("The body must be empty, or Parameters with a note.")
    given = sent.get("parameter", [])
    if not isinstance(given, list) or not all(
        isinstance(one, dict) and one.keys() == {"name", "valueString"} for one in given
    ):
        raise _not_taken("The body must be empty, or Parameters with a note.")
    if [one["name"] for one in given] not in ([], ["note"]) or not all(
        isinstance(one["valueString"], str) for one in given
    ):
        raise _not_taken("The body must be empty, or Parameters with a note.")
    return str(given[0]["valueString"]) if given else ""


def _not_taken(sentence: str, where: str = "") -> Problem:
    code = ErrorCode.INVALID_RESOURCE
    return Problem(code, issues=[issue(code, sentence, where)])
