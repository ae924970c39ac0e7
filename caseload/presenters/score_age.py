"""How fresh the scores on a page are, in words: greyed when old, not shown when too old, and said so either way."""

from dataclasses import dataclass
from datetime import date

from caseload.domain.freshness import Bounds, Freshness, freshness
from caseload.presenters.writing import counted, day


@dataclass(frozen=True, slots=True)
class ScoreAge:
    """Whether scores are shown, whether greyed, and the sentence (without its full stop) that says which they are."""

    shown: bool
    grey: bool
    words: str


def score_age(index_date: date | None, today: date, bounds: Bounds, *, may_see: bool = True) -> ScoreAge:
    """What a list says of scores of a day, or of there being none."""
    if not may_see:
        return ScoreAge(False, False, "Scores are not shown to you")
    if index_date is None:
        return ScoreAge(False, False, "No scores have been taken in yet")
    state = freshness(index_date, today, bounds)
    what = f"The scores are of {day(index_date)}, {counted((today - index_date).days, 'day')} old"
    if state is Freshness.HIDDEN:
        return ScoreAge(False, False, f"{what}. Scores older than {bounds.tier_hidden_days} days are not shown")
    if state is Freshness.GREY:
        older = f"older than {bounds.tier_grey_days} days, so they are greyed: check before you rely on them"
        return ScoreAge(True, True, f"{what}: {older}")
    return ScoreAge(True, False, what)
