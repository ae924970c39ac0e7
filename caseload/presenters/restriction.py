"""Who may open a restricted record, as its page shows it."""

from datetime import datetime

from caseload.domain.restriction import LIFT_WORDS, RESTRICT_WORDS, LiftReason, RestrictReason
from caseload.queries.restrictions import LIFTED, NAMED, RESTRICTED, Restriction, RestrictionChange

_CHANGES = {
    RESTRICTED: "Restricted",
    NAMED: "People named for it changed",
    LIFTED: "Restriction lifted",
}


def user_choices(kept: Restriction) -> list[tuple[int, tuple[str, str]]]:
    """The users that can be named: the name, and as a hint what they are and where."""
    return [
        (user.user_id, (user.name, ", ".join(part for part in (user.job_title, user.organisation) if part)))
        for user in kept.users
    ]


def change_lines(kept: Restriction) -> list[tuple[str, datetime, str]]:
    """The changes of a restriction, newest first: what and why, when, by whom."""
    return [(_words(change), change.at, change.by) for change in kept.changes]


def _words(change: RestrictionChange) -> str:
    what = _CHANGES[change.kind]
    if change.kind == RESTRICTED:
        return f"{what}: {RESTRICT_WORDS[RestrictReason(change.reason)]}"
    return f"{what}: {LIFT_WORDS[LiftReason(change.reason)]}" if change.kind == LIFTED else what
