"""Who asks the API: the program or person behind a token, and whether the token's scopes and their role let them.

From here on everything is as at pages: the same viewer, the same conditions on people, the same looks and audit events.
"""

from dataclasses import dataclass

from flask import g, request

from caseload.api.problems import ErrorCode, Problem
from caseload.api.rates import spend
from caseload.domain.scopes import Context, Scope, may
from caseload.domain.token_hash import hash_of
from caseload.domain.viewer import Viewer
from caseload.pages.request import looked_at, moment
from caseload.queries.api_clients import HeldToken, token_in_force
from caseload.web import this_app

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """One request's token: whose it is, for whom it asks, and what it may."""

    client_row_id: int
    client_id: str
    context: Context
    viewer: Viewer
    scopes: tuple[Scope, ...]


def authenticate() -> Asking:
    """Find out who asks, once in a request; NOT_SIGNED_IN without a token in force, TOO_MANY_REQUESTS for one asked too often."""
    if "asking" in g:
        return asking()
    held = _held(_bearer())
    g.viewer = held.viewer  # what was found is shown and written down as for anybody at a page
    by_itself = held.viewer.user_id == held.client.user_id
    context = Context.SYSTEM if by_itself else Context.USER
    g.asking = Asking(held.client.id, held.client.client_id, context, held.viewer, held.scopes)
    spend(f"api {held.client.id}", this_app().settings.api_reads_per_minute)
    return asking()


def asking() -> Asking:
    """Who asks; only after `authenticate`."""
    found: Asking = g.asking
    return found


def needs(resource: str, letter: str) -> Asking:
    """Who asks, where their scopes let them do this with this resource; ACCESS_DENIED otherwise."""
    who = authenticate()
    if not may(who.scopes, resource, letter):
        asked = f"{who.context.value}/{resource}.{letter}"
        challenge = f'Bearer error="insufficient_scope", scope="{asked}"'
        raise Problem(ErrorCode.ACCESS_DENIED, headers={"WWW-Authenticate": challenge})
    return who


def look_at(people: set[int], resource: str) -> None:
    """Say whom the answer tells of: a look like one at a page, named after the resource and for whom the program asked."""
    who = asking()
    looked_at(people, f"{'api' if who.context is Context.SYSTEM else 'api_for'}.{resource}")


def _bearer() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not 0 < len(token) <= _LONGEST:
        raise _unknown("")
    return token


def _held(token: str) -> HeldToken:
    with this_app().store.reading() as session:
        held = token_in_force(session, hash_of(token), moment())
    if held is None:
        raise _unknown('error="invalid_token"')
    return held


def _unknown(error: str) -> Problem:
    challenge = f'Bearer realm="caretier"{", " if error else ""}{error}'
    return Problem(ErrorCode.NOT_SIGNED_IN, headers={"WWW-Authenticate": challenge})
