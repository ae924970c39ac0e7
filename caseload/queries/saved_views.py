"""The views of a list that a viewer has kept, and those of their teams."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.tables import SavedView, Team


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view; `team` has the team's name where it is a team's."""

    view_id: int
    name: str
    query: str
    team: str | None


@dataclass(frozen=True, slots=True)
class Views:
    """The views of one list, and the teams a new one can be kept for."""

    rows: tuple[ViewRow, ...]
    teams: tuple[tuple[int, str], ...]


def saved_views(session: Session, viewer: Viewer, page: str) -> Views:
    """The viewer's own views first, then those of their teams, by name."""
    teams = _teams(session, viewer)
    wanted = (
        select(SavedView.id, SavedView.name, SavedView.query, SavedView.team_id)
        .where(
            SavedView.page == page,
            or_(SavedView.user_id == viewer.user_id, SavedView.team_id.in_(sorted(viewer.team_ids))),
        )
        .order_by(SavedView.team_id.is_not(None), SavedView.team_id, SavedView.name, SavedView.id)
    )
    rows = (ViewRow(row.id, row.name, row.query, teams.get(row.team_id or 0)) for row in session.execute(wanted))
    return Views(tuple(rows), tuple(teams.items()))


def _teams(session: Session, viewer: Viewer) -> dict[int, str]:
    if not viewer.team_ids:
        return {}
    wanted = select(Team.id, Team.name).where(Team.id.in_(sorted(viewer.team_ids))).order_by(Team.name, Team.id)
    return {row.id: row.name for row in session.execute(wanted)}
