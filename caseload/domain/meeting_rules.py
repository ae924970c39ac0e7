"""What can become of a meeting, what may be done at it in which state, and by whom.

    planned → locked   by the chair: the agenda stands, and leads and navigators are told
    locked  → planned  by the chair, with a reason: the agenda may be changed again
            → closed   when every item has an outcome and every action an owner and a day: nothing changes any more

A meeting that is cancelled is one that never was: it goes, with its agenda, while nothing has been written down at it.
The agenda is locked ahead of the day, and notes can be prepared. Who came, what was decided and the closing wait for it.
That a meeting was not held is seen from its day and what was written down; it is no state.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from caseload.domain.lead_rule import in_words
from caseload.domain.plan_words import MeetingState

MOVES: dict[MeetingState, frozenset[MeetingState]] = {
    MeetingState.PLANNED: frozenset({MeetingState.LOCKED}),
    MeetingState.LOCKED: frozenset({MeetingState.PLANNED, MeetingState.CLOSED}),
    MeetingState.CLOSED: frozenset(),
}
"""From each state, those that can follow."""


class Part(StrEnum):
    """Somebody's part in a meeting: its chair, its series' coordinator, or whoever may run meetings for its team."""

    CHAIR = "chair"
    COORDINATOR = "coordinator"
    RUNNER = "runner"


class MeetingStep(StrEnum):
    """What is done at a meeting or about it."""

    BUILD = "build"
    ADD = "add"
    REMOVE = "remove"
    ORDER = "order"
    MOVE_DAY = "move_day"
    HOLD_TODAY = "hold_today"
    CANCEL = "cancel"
    LOCK = "lock"
    UNLOCK = "unlock"
    ATTENDANCE = "attendance"
    NOTES = "notes"
    DECIDE = "decide"
    CLOSE = "close"


_ANY = frozenset(Part)
_CHAIR = frozenset({Part.CHAIR})
_BOTH = frozenset({Part.CHAIR, Part.COORDINATOR})

WHO: dict[MeetingStep, frozenset[Part]] = {
    MeetingStep.BUILD: _ANY,
    MeetingStep.ADD: _ANY,
    MeetingStep.REMOVE: _ANY,
    MeetingStep.ORDER: _ANY,
    MeetingStep.MOVE_DAY: _BOTH,
    MeetingStep.HOLD_TODAY: _BOTH,
    MeetingStep.CANCEL: _BOTH,
    MeetingStep.LOCK: _CHAIR,
    MeetingStep.UNLOCK: _CHAIR,
    MeetingStep.ATTENDANCE: _ANY,
    MeetingStep.NOTES: _ANY,
    MeetingStep.DECIDE: _ANY,
    MeetingStep.CLOSE: _BOTH,
}
"""Whose part lets them take a step. Somebody with none of them cannot."""

_PLANNED = frozenset({MeetingState.PLANNED})
_LOCKED = frozenset({MeetingState.LOCKED})

ALLOWED: dict[MeetingStep, frozenset[MeetingState]] = {
    MeetingStep.BUILD: _PLANNED,
    MeetingStep.ADD: _PLANNED,
    MeetingStep.REMOVE: _PLANNED,
    MeetingStep.ORDER: _PLANNED,
    MeetingStep.MOVE_DAY: _PLANNED,
    MeetingStep.HOLD_TODAY: _LOCKED,
    MeetingStep.CANCEL: _PLANNED | _LOCKED,
    MeetingStep.LOCK: _PLANNED,
    MeetingStep.UNLOCK: _LOCKED,
    MeetingStep.ATTENDANCE: _LOCKED,
    MeetingStep.NOTES: _LOCKED,
    MeetingStep.DECIDE: _LOCKED,
    MeetingStep.CLOSE: _LOCKED,
}
"""The states a meeting has to be in for a step."""

LEADS_TO: dict[MeetingStep, MeetingState] = {
    MeetingStep.LOCK: MeetingState.LOCKED,
    MeetingStep.UNLOCK: MeetingState.PLANNED,
    MeetingStep.CLOSE: MeetingState.CLOSED,
}
"""The steps that move a meeting to another state."""

FROM_ITS_DAY_ON = frozenset({MeetingStep.ATTENDANCE, MeetingStep.DECIDE, MeetingStep.CLOSE})
"""What says that the meeting took place: not before its day."""

_REFUSALS: dict[MeetingState, str] = {
    MeetingState.PLANNED: "The agenda of this meeting is not locked yet. The chair locks it first.",
    MeetingState.LOCKED: "The agenda of this meeting is locked. The chair can unlock it, with a reason.",
    MeetingState.CLOSED: "This meeting is closed. Nothing of it can be changed any more.",
}

_WHO_WORDS: dict[frozenset[Part], str] = {
    _CHAIR: "Only the chair of the meeting can do this.",
    _BOTH: "Only the chair of the meeting or the coordinator of the series can do this.",
    _ANY: "Only the chair, the coordinator or somebody who runs meetings for this team can do this.",
}


def may_take(step: MeetingStep, state: MeetingState, parts: Iterable[Part]) -> bool:
    """Whether somebody with these parts may take the step while the meeting is in this state."""
    return why_not(step, state, parts) is None


def why_not(step: MeetingStep, state: MeetingState, parts: Iterable[Part]) -> str | None:
    """The sentence for a step that cannot be taken, because of the state or of who asks; None where it can."""
    if state not in ALLOWED[step]:
        return _REFUSALS[state]
    return None if WHO[step] & frozenset(parts) else _WHO_WORDS[WHO[step]]


def too_early(step: MeetingStep, held_on: date, today: date) -> str | None:
    """The sentence for a step that waits for the meeting's day; None where it does not, or the day has come."""
    if step not in FROM_ITS_DAY_ON or held_on <= today:
        return None
    return (
        f"This meeting is planned for {in_words(held_on)}. Who came, decisions and closing wait for that day. To hold it now, "
        "choose “Hold it today instead” on the page of the meeting first."
    )


def not_held(state: MeetingState, held_on: date, today: date, *, begun: bool) -> bool:
    """Whether a meeting's day went by without it. `begun`: somebody was marked, or something decided."""
    return state is not MeetingState.CLOSED and held_on < today and not begun


def parts_of(user_id: int, *, chair_id: int, coordinator_id: int, runs: bool) -> frozenset[Part]:
    """A user's parts in a meeting; `runs` says that they may run meetings (RUN_MDT) for its team."""
    held = {Part.CHAIR: user_id == chair_id, Part.COORDINATOR: user_id == coordinator_id, Part.RUNNER: runs}
    return frozenset(part for part, holds in held.items() if holds)
