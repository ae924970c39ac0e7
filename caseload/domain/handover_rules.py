"""What can become of a request to take over a case, and who decides it.

    requested → accepted   by the receiver: the receiver is accountable from that moment
              → rejected   by the receiver: the sender stays accountable
              → revoked    by the sender, or whoever asked, or when the case is closed
              → lapsed     by nobody, at the moment it expires: the sender stays accountable

A request that has expired is lapsed whether or not that has been written down yet.
"""

from datetime import date, datetime, timedelta

from caseload.clock import local_day
from caseload.domain.words import HandoverState

MOVES: dict[HandoverState, frozenset[HandoverState]] = {
    HandoverState.REQUESTED: frozenset(
        {HandoverState.ACCEPTED, HandoverState.REJECTED, HandoverState.REVOKED, HandoverState.LAPSED}
    ),
    HandoverState.ACCEPTED: frozenset(),
    HandoverState.REJECTED: frozenset(),
    HandoverState.REVOKED: frozenset(),
    HandoverState.LAPSED: frozenset(),
}
"""From each state, those that can follow."""

ENDED_WORDS: dict[HandoverState, str] = {
    HandoverState.ACCEPTED: "This handover has been accepted already.",
    HandoverState.REJECTED: "This handover has been rejected already.",
    HandoverState.REVOKED: "This handover has been taken back.",
    HandoverState.LAPSED: "This handover has lapsed: nobody answered it in time. The lead is still accountable.",
}
"""Why nothing more can become of a request."""


def state_at(state: HandoverState, expires_at: datetime, now: datetime) -> HandoverState:
    """The state in force: a request lapses at the moment it expires."""
    lapsed = state is HandoverState.REQUESTED and now >= expires_at
    return HandoverState.LAPSED if lapsed else state


def why_not_decided(state: HandoverState) -> str | None:
    """The sentence for a request that nothing more can become of; None for one that is waiting."""
    return ENDED_WORDS.get(state)


def answer_by(expires_at: datetime) -> date:
    """The last day on which the receiver can answer."""
    return local_day(expires_at - timedelta(microseconds=1))
