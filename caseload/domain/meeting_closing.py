"""Whether a meeting can be closed, and what follows from what it decided.

Every item needs an outcome: a decision, or that it was not reached and is carried over. Every action needs an owner and
a day. The quorum counts the team's people who came or sent a deputy; guests are not of the team.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from caseload.domain.plan_words import AttendanceState, MdtDecisionKind
from caseload.domain.words import TaskKind


class Missing(StrEnum):
    """What keeps a meeting open."""

    OUTCOME = "outcome"
    OWNER = "owner"
    DUE_DAY = "due_day"


MISSING_WORDS: dict[Missing, str] = {
    Missing.OUTCOME: "has no outcome",
    Missing.OWNER: "has an action without an owner",
    Missing.DUE_DAY: "has an action without a due date",
}


@dataclass(frozen=True, slots=True)
class ActionAtClosing:
    """An action as far as closing asks."""

    owner_id: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ItemAtClosing:
    """An item as far as closing asks. `place` is its number on the agenda, from 1."""

    item_id: int
    place: int
    decision: MdtDecisionKind | None
    not_reached: bool
    actions: Sequence[ActionAtClosing] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing at one item."""

    item_id: int
    place: int
    missing: Missing

    @property
    def sentence(self) -> str:
        """Item 3 has no outcome."""
        return f"Item {self.place} {MISSING_WORDS[self.missing]}."


def gaps(items: Iterable[ItemAtClosing]) -> tuple[Gap, ...]:
    """Everything that keeps a meeting with these items open, in the order of the agenda."""
    ordered = sorted(items, key=lambda item: (item.place, item.item_id))
    return tuple(Gap(item.item_id, item.place, missing) for item in ordered for missing in _missing_at(item))


def _missing_at(item: ItemAtClosing) -> list[Missing]:
    wrong = {
        Missing.OUTCOME: item.decision is None and not item.not_reached,
        Missing.OWNER: any(action.owner_id is None for action in item.actions),
        Missing.DUE_DAY: any(action.due_on is None for action in item.actions),
    }
    return [missing for missing, is_so in wrong.items() if is_so]


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many of the team were there or sent a deputy, and how many it takes."""

    present: int
    needed: int

    @property
    def met(self) -> bool:
        """Whether enough came."""
        return self.present >= self.needed


def quorum_of(team_marks: Iterable[AttendanceState], needed: int) -> Quorum:
    """The quorum from what was recorded of the team's people."""
    there = (AttendanceState.ATTENDED, AttendanceState.DEPUTY)
    return Quorum(sum(mark in there for mark in team_marks), needed)


def why_not_closed(found: Sequence[Gap], quorum: Quorum, reason: str, *, without_quorum: bool) -> str | None:
    """The sentences that say why a meeting cannot be closed; None where it can.

    `without_quorum` is the setting that lets a meeting be closed with too few people, with a reason.
    """
    if found:
        return " ".join(gap.sentence for gap in found)
    if quorum.met:
        return None
    if not without_quorum:
        return f"The quorum is not met: {quorum.present} of {quorum.needed} came or sent a deputy."
    return None if reason.strip() else "Enter why the meeting is closed without its quorum."


@dataclass(frozen=True, slots=True)
class Follow:
    """The task that a decision itself sets, for the lead."""

    kind: TaskKind
    title: str
    days: int


FOLLOWS: dict[MdtDecisionKind, Follow | None] = {
    MdtDecisionKind.CONTINUE: None,
    MdtDecisionKind.STEP_UP: None,
    MdtDecisionKind.STEP_DOWN: None,
    MdtDecisionKind.REFER: None,
    MdtDecisionKind.REMOVE: Follow(TaskKind.MDT_ACTION, "Close the case, as the team meeting decided", 7),
    MdtDecisionKind.NO_FURTHER_ACTION: Follow(
        TaskKind.MDT_ACTION, "Decide whether the case is still needed: the team meeting saw nothing more to do", 14
    ),
}
"""What each decision sets besides its actions. A meeting never closes a case: its lead does, or says why not."""


def outcome_mark(decision_id: int | None, *, not_reached: bool) -> int:
    """One number for the outcome an item was shown with, so that a form can say which it saw; 0 where there was none."""
    return 2 * (decision_id or 0) + not_reached
