"""Addresses of the review list: what they choose, and how the pages of one person find back to where they came from."""

from dataclasses import dataclass

from flask import request, url_for

from caseload.domain.filters import Chosen, read_chosen
from caseload.domain.permissions import Permission
from caseload.domain.review_filters import SCORED, UNSCORED
from caseload.forms.review import row_id
from caseload.pages.request import today, viewer
from caseload.presenters.score_age import ScoreAge, score_age
from caseload.queries.risk_runs import RunShown
from caseload.web import this_app


@dataclass(frozen=True, slots=True)
class ListAddress:
    """A practice's list, filtered and paged as this request says."""

    practice_id: int
    chosen: Chosen
    after: int | None

    @property
    def query(self) -> str:
        """Filters and place as they stand in the address, with the question mark; empty where there are none."""
        return _query(self.chosen.query, self.after)

    def list(self, *, near: int | None = None) -> str:
        """The list as it is now; `near` is the proposal to come back to."""
        return self.with_query(self.query) + (f"#proposal-{near}" if near else "")

    def page_after(self, proposal_id: int | None) -> str:
        """The page that begins after a proposal, or the first one."""
        return self.with_query(_query(self.chosen.query, proposal_id))

    def filtered_by(self, filters: str) -> str:
        """The first page under other filters."""
        return self.with_query(_query(filters, None))

    def with_query(self, query: str) -> str:
        """The list with a query that was already written."""
        return url_for("review.show", practice_id=self.practice_id) + query


def list_address(practice_id: int, age: ScoreAge) -> ListAddress:
    """What the address of this request says of the list; what it says that is nothing known is passed over."""
    filters = SCORED if age.shown else UNSCORED
    return ListAddress(practice_id, read_chosen(filters, request.args.items(multi=True)), _after())


def age_of(run: RunShown | None) -> ScoreAge:
    """Whether the viewer is shown the scores of a run, and what is said of their age."""
    may_see = viewer().may(Permission.SEE_SCORE)
    return score_age(run.index_date if run else None, today(), this_app().settings, may_see=may_see)


def _after() -> int | None:
    try:
        return row_id(request.args["after"])
    except (KeyError, ValueError):
        return None


def _query(filters: str, after: int | None) -> str:
    parts = [part for part in (filters, f"after={after}" if after else "") if part]
    return f"?{'&'.join(parts)}" if parts else ""
