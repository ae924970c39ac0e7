"""What partners may write: a request to the care team, a message to it, that a request is done with, that a flag was taken over.

A body is read strictly as FHIR R4 (`interfaces.fhir.reading`); an element that would not be kept is refused and never dropped
unseen (`caseload.api.taken`). What is sent twice has one effect: by the partner's own identifier, or by the header
Idempotency-Key, which stands for one request and no other.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import wraps
from secrets import token_hex
from typing import Any
from urllib.parse import unquote

from flask import Response, request
from sqlalchemy.orm import Session

from caseload.actions.flag_acknowledgements import acknowledge_flag
from caseload.actions.once import Action, once, result_of
from caseload.actions.partner_messages import write_to_team
from caseload.actions.partner_tasks import ask_for_task, settle_partner_task
from caseload.api.addresses import fhir_base
from caseload.api.asking import Asking, look_at
from caseload.api.finding import open_kind, outward
from caseload.api.negotiation import check_body_is_json
from caseload.api.problems import ErrorCode, Problem, issue
from caseload.api.sending import answer
from caseload.api.taken import check_changed, check_new, plainly, value_of
from caseload.api.versions import check_match, etag
from caseload.clock import LONDON, local_day
from caseload.domain.scopes import Context, may
from caseload.domain.words import TaskState
from caseload.exceptions import Conflict, NotNow, NotThere, Refused
from caseload.pages.request import moment
from caseload.queries.outward.conditions import row_id_of
from caseload.queries.partner_people import flag_version, task_version
from caseload.web import this_app
from interfaces.fhir.reading import ResourceRefused, read_resource
from interfaces.fhir.resources import as_json
from interfaces.fhir.search_values import ParamKind, SearchRefused, Token, parse_filter
from interfaces.fhir.values import Json

ENDINGS = {"completed": TaskState.DONE, "cancelled": TaskState.CANCELLED}
_SKEW = timedelta(minutes=5)
_LONGEST_KEY = 200
_EARLIEST = 1900


def create(resource: str, who: Asking) -> Response:
    """201 and where it is; 200 for one that was there already under the partner's own identifier."""

    def made() -> Any:
        sent = _sent(resource)
        check_new(sent, resource)
        action, fields = _CREATED[resource](sent, who)
        try:
            return _once(action, who, **fields)
        except NotNow as error:
            if not error.field:
                raise
            code, where = ErrorCode.NOT_KEPT, f"{resource}.{error.field}"
            raise Problem(code, issues=[issue(code, error.sentence, where)]) from None

    did = _first_or_again(who, made)
    return _made(resource, who, str(did["id"]), 201 if did["made"] else 200)


def update(resource: str, logical_id: str, who: Asking) -> Response:
    """A task its asker says something of: that it is completed, or cancelled. It has to be the one that was read."""

    def settled() -> Any:
        sent = _sent(resource)
        kind = open_kind(resource, who)
        if sent.get("id") != logical_id:
            raise _not_taken("The id of the resource must be that of the address.", f"{resource}.id")
        with this_app().store.reading() as session:
            found = kind.read(session, who.viewer, moment(), logical_id)
            task_id = int(found.record.id)
            row_version = task_version(session, task_id)
        stands = as_json(found.record)
        check_match(stands)
        state, note = _said_of_task(sent, plainly(stands, fhir_base()))
        try:
            return _once(settle_partner_task, who, task_id=task_id, row_version=row_version, state=state, note=note)
        except NotNow as error:
            raise Problem(ErrorCode.NOT_NOW, issues=[issue(ErrorCode.NOT_NOW, error.sentence, "Task.status")]) from None

    _first_or_again(who, settled)
    return _made(resource, who, logical_id, 200)


def acknowledge(logical_id: str, who: Asking) -> Response:
    """A flag was taken over in the version that was read; with a note if there is one."""

    def taken_over() -> Any:
        flag_id = row_id_of(logical_id)
        if flag_id is None:
            raise NotThere
        note = _note()
        with this_app().store.reading() as session:
            found = open_kind("Flag", who).read(session, who.viewer, moment(), logical_id)
            row_version = flag_version(session, flag_id)
        check_match(as_json(found.record))
        return _once(acknowledge_flag, who, flag_id=flag_id, row_version=row_version, note=note)

    _first_or_again(who, taken_over)
    return _made("Flag", who, logical_id, 200)


def _first_or_again(who: Asking, write: Callable[[], Any]) -> Any:
    """What it did; where it cannot be done any more because it was, under the same key, what it did the first time.

    A request that is sent again says what was so when it was first sent: that version is over, that day may be.
    """
    try:
        return write()
    except (Problem, Refused):
        key = _key(who)
        kept = result_of(this_app().store, by=who.viewer, key=key) if key else None
        if kept is None:
            raise
        return _did(kept)


def _once(action: Action, who: Asking, **arguments: Any) -> Any:
    """The action, for who asks, once for each Idempotency-Key of theirs; CONFLICT for a key used for another request."""
    key = _key(who) or token_hex(32)
    done = _of_request(action, _asked())
    return _did(once(this_app().store, done, by=who.viewer, now=moment(), key=key, **arguments))


def _key(who: Asking) -> str:
    """The program's own Idempotency-Key as it is kept; empty where there is none."""
    given = request.headers.get("Idempotency-Key", "")
    if len(given) > _LONGEST_KEY:
        raise Problem(ErrorCode.INVALID_PARAMETER, "Idempotency-Key must be 200 characters or fewer.")
    return hashlib.sha256(f"{who.client_row_id}:{given}".encode()).hexdigest() if given else ""


def _did(kept: Any) -> Any:
    if kept["asked"] != _asked():
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


def _sent(resource: str) -> Json:
    check_body_is_json()
    try:
        sent: Json = plainly(read_resource(request.get_data(), resource), fhir_base())
    except ResourceRefused as error:
        code = ErrorCode(error.cause.value)
        raise Problem(code, issues=[issue(code, error.sentence, error.where)]) from None
    return sent


def _task(sent: Json, who: Asking) -> tuple[Action, dict[str, Any]]:
    system = who.context is Context.SYSTEM
    asker = f"Organization/{who.viewer.home_id}" if system else f"Practitioner/{who.viewer.user_id}"
    _check_writer(sent, "Task", "requester.reference", asker)
    system_of, number, unless_there = _own_number(sent, "Task")
    return ask_for_task, {
        "person_id": _person(value_of(sent, "for.reference"), "Task.for.reference"),
        "title": value_of(sent, "description"),
        "detail": value_of(sent, "note.text") or "",
        "due_on": _due_on(value_of(sent, "restriction.period.end")),
        "request_system": system_of,
        "request_ref": number,
        "unless_there": unless_there,
    }


def _communication(sent: Json, who: Asking) -> tuple[Action, dict[str, Any]]:
    _check_writer(sent, "Communication", "sender.reference", f"Organization/{who.viewer.home_id}")
    system, number, unless_there = _own_number(sent, "Communication")
    return write_to_team, {
        "person_id": _person(value_of(sent, "subject.reference"), "Communication.subject.reference"),
        "words": value_of(sent, "payload.contentString"),
        "sender_system": system,
        "sender_ref": number,
        "sent_at": _sent_at(value_of(sent, "sent")),
        "addressed_to": value_of(sent, "recipient.reference") or "",
        "unless_there": unless_there,
    }


_CREATED = {"Task": _task, "Communication": _communication}


def _said_of_task(sent: Json, stands: Json) -> tuple[TaskState | None, str]:
    """How the task ended and why; None where nothing changed."""
    check_changed(sent, stands, "Task")
    if sent["status"] == stands["status"]:
        if sent.get("statusReason", {}) != stands.get("statusReason", {}):
            code = ErrorCode.NOT_CHANGEABLE
            sentence = "Why it ended is said with completed or cancelled, once."
            raise Problem(code, issues=[issue(code, sentence, "Task.statusReason")])
        return None, ""
    if sent["status"] not in ENDINGS:
        code = ErrorCode.NOT_NOW
        raise Problem(code, issues=[issue(code, "A task can be said to be completed or cancelled.", "Task.status")])
    return ENDINGS[sent["status"]], value_of(sent, "statusReason.text") or ""


def _person(reference: str, where: str) -> int:
    """The row behind a reference to a Patient of this service. One that is not there is told as any that is not."""
    kind, _, logical_id = reference.partition("/")
    if kind != "Patient" or not logical_id:
        code = ErrorCode.MISSING_VALUE
        raise Problem(code, issues=[issue(code, "It must refer to a Patient of this service.", where)])
    person_id = row_id_of(logical_id)
    if person_id is None:
        raise NotThere
    return person_id


def _check_writer(sent: Json, resource: str, path: str, writer: str) -> None:
    """A program writes for who runs it, a person for themselves: anybody else could not be kept as the writer."""
    if value_of(sent, path) not in (None, writer):
        code = ErrorCode.NOT_KEPT
        raise Problem(code, issues=[issue(code, f"It must be {writer}, or be left out.", f"{resource}.{path}")])


def _own_number(sent: Json, resource: str) -> tuple[str, str, bool]:
    """System and value of the partner's own identifier, and whether If-None-Exist names it; empty where there is none."""
    system, number = value_of(sent, "identifier.system") or "", value_of(sent, "identifier.value") or ""
    if re.search(r"\s", system):
        code = ErrorCode.INVALID_VALUE
        raise Problem(code, issues=[issue(code, "It must be a URI.", f"{resource}.identifier.system")])
    asked = request.headers.get("If-None-Exist")
    if asked is not None and (system, number) not in _named(asked):
        raise Problem(
            ErrorCode.INVALID_PARAMETER, "If-None-Exist must be identifier=system|value of the resource itself."
        )
    return system, number, asked is not None


def _named(asked: str) -> Iterator[tuple[str, str]]:
    """Which identifier If-None-Exist names, as it stands or as an address would have it."""
    for text in (asked, unquote(asked)):
        name, _, value = text.partition("=")
        try:
            (one,) = parse_filter(ParamKind.TOKEN, "", value, LONDON).values
        except (SearchRefused, ValueError):
            continue
        if name == "identifier" and isinstance(one, Token):
            yield one.system or "", one.code


def _due_on(end: str | None) -> date | None:
    """The day in restriction.period.end."""
    if end is None:
        return None
    try:
        day = date.fromisoformat(end)
    except ValueError:
        raise _not_taken("It must be a day, without a time.", "Task.restriction.period.end") from None
    if day < local_day(moment()):
        raise _not_taken("It must be due today or later.", "Task.restriction.period.end")
    return day


def _sent_at(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:  # the 60th second, which FHIR can write
        raise _not_taken("It must be a moment.", "Communication.sent") from None
    if at.tzinfo is None:
        raise _not_taken("It must be a moment with its time, not a day.", "Communication.sent")
    if at.year < _EARLIEST or at > moment() + _SKEW:
        raise _not_taken(f"It must be after {_EARLIEST} and not in the future.", "Communication.sent")
    return at


def _note() -> str:
    """What the Parameters of an acknowledgement say; nothing for an empty body."""
    if not request.get_data():
        return ""
    sent = _sent("Parameters")
    check_new(sent, "Parameters")
    return value_of(sent, "parameter.valueString") or ""


def _not_taken(sentence: str, where: str) -> Problem:
    code = ErrorCode.INVALID_RESOURCE
    return Problem(code, issues=[issue(code, sentence, where)])
