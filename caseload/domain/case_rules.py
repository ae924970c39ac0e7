"""What can become of a case, and why one is closed. A falling tier never closes a case."""

from enum import StrEnum

from caseload.domain.words import CaseState

MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.ON_HOLD, CaseState.CLOSED}),
    CaseState.ON_HOLD: frozenset({CaseState.OPEN, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}
"""From each state, those that can follow. Somebody who comes back gets a new case."""

EVENTS: dict[CaseState, str] = {
    CaseState.OPEN: "resumed",
    CaseState.ON_HOLD: "held",
    CaseState.CLOSED: "closed",
}
"""What the case's history calls the move to a state."""

OPENED = "opened"
NEED = "need"


class ClosingReason(StrEnum):
    """Why care coordination ended; whoever chooses OTHER says what it was."""

    GOALS_MET = "goals_met"
    PERSON_STOPPED = "person_stopped"
    NOT_REACHED = "not_reached"
    OTHER_SERVICE = "other_service"
    MOVED_AWAY = "moved_away"
    DIED = "died"
    OPENED_BY_MISTAKE = "opened_by_mistake"
    OTHER = "other"


CLOSING_WORDS: dict[ClosingReason, str] = {
    ClosingReason.GOALS_MET: "The goals are met",
    ClosingReason.PERSON_STOPPED: "The person does not want it any more",
    ClosingReason.NOT_REACHED: "The person could not be reached",
    ClosingReason.OTHER_SERVICE: "Another service has taken over",
    ClosingReason.MOVED_AWAY: "The person moved away",
    ClosingReason.DIED: "The person died",
    ClosingReason.OPENED_BY_MISTAKE: "The case was opened by mistake",
    ClosingReason.OTHER: "Another reason",
}


def why_not_moved(state: CaseState, to: CaseState) -> str | None:
    """The sentence for a move that the state forbids; None where it may be made."""
    if to in MOVES[state]:
        return None
    if state is CaseState.CLOSED:
        return "This case is closed. Somebody who comes back to care coordination gets a new case."
    return "This case is open already." if to is CaseState.OPEN else "This case is on hold already."
