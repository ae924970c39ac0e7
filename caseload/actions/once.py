"""Carrying out an action once, however often its form arrives, and turning races into answers."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Concatenate

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from caseload.database import was_crossed, was_taken
from caseload.domain.viewer import Viewer
from caseload.exceptions import Conflict
from caseload.store import Store
from caseload.tables import ActionKey

Action = Callable[Concatenate[Session, ...], Any]
_ATTEMPTS = 3


def once(store: Store, action: Action, *, by: Viewer, now: datetime, key: str, **arguments: Any) -> Any:
    """Run `action(session, by=…, now=…, **arguments)` in one writing transaction and answer what it answers.

    The same key of the same user again has no effect and answers the same. What an action answers must fit JSON.
    Raises Conflict where somebody else changed a row first.
    """
    for _attempt in range(_ATTEMPTS):
        try:
            return _carried_out(
                store,
                partial(action, by=by, now=now, **arguments),
                ActionKey(key=key, user_id=by.user_id, action=action.__name__, result=None, at=now),
            )
        except StaleDataError:
            raise Conflict("Somebody else changed this while you were working on it.") from None
        except IntegrityError as error:
            if not was_taken(error):
                raise  # a fault of ours: nobody was first
            return _answered_meanwhile(store, by, key, action.__name__)
        except OperationalError as error:
            if not was_crossed(error):
                raise
    raise Conflict("Several people changed this at the same moment.")


def result_of(store: Store, *, by: Viewer, key: str) -> Any:
    """What the action under this key of this user answered; None where none was carried out."""
    with store.reading() as session:
        earlier = session.get(ActionKey, (key, by.user_id))
        return None if earlier is None else earlier.result


def _carried_out(store: Store, action: Callable[[Session], Any], done: ActionKey) -> Any:
    with store.writing() as session:
        earlier = session.get(ActionKey, (done.key, done.user_id))
        if earlier is not None:
            return _answer(earlier, done.action)
        session.add(done)
        session.flush()
        done.result = action(session)
        return done.result


def _answered_meanwhile(store: Store, by: Viewer, key: str, action: str) -> Any:
    """The answer of the form's first arrival; where there is none, another form was first."""
    with store.reading() as session:
        wanted = select(ActionKey).where(ActionKey.key == key, ActionKey.user_id == by.user_id)
        earlier = session.execute(wanted).scalar_one_or_none()
        if earlier is None:
            raise Conflict("Somebody else did this first.")
        return _answer(earlier, action)


def _answer(earlier: ActionKey, action: str) -> Any:
    """What the form's first arrival was answered; Conflict where its key was used for something else."""
    if earlier.action != action:
        raise Conflict("This form was sent before, for something else. Open the page again.")
    return earlier.result
