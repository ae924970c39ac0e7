"""Keeping a list's filters under a name, for oneself or for a team."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.tables import SavedView

MOST_VIEWS = 30
"""As many as somebody can still read; of one list, for one owner."""


def save_view(  # noqa: PLR0913 - what the form asks, and who and when
    session: Session, *, by: Viewer, now: datetime, page: str, name: str, query: str, team_id: int | None = None
) -> int:
    """Keep the filters of a list; the same name again replaces what it stood for. Answers the view's id.

    NotThere for a team the viewer is not in; NotNow without a name, or beyond the number that can be kept.
    """
    if team_id is not None and team_id not in by.team_ids:
        raise NotThere
    if not name.strip():
        raise NotNow("Give the view a name.", field="name")
    owner = {"user_id": None if team_id else by.user_id, "team_id": team_id}
    view = _named(session, page, name.strip(), owner)
    if view is None:
        _check_room(session, page, owner)
        view = SavedView(page=page, name=name.strip(), created_at=now, created_by=by.user_id, **owner)
    view.query = query
    session.add(view)
    session.flush()
    record(session, "view.save", by=by.user_id, now=now, view=view.id, page=page, team=team_id)
    return view.id


def delete_view(session: Session, *, by: Viewer, now: datetime, view_id: int) -> str:
    """Forget a view of one's own or of one's team; answers which list it belonged to."""
    view = session.get(SavedView, view_id)
    if view is None or not (view.user_id == by.user_id or view.team_id in by.team_ids):
        raise NotThere
    session.delete(view)
    record(session, "view.delete", by=by.user_id, now=now, view=view.id, page=view.page, team=view.team_id)
    return view.page


def _named(session: Session, page: str, name: str, owner: dict[str, int | None]) -> SavedView | None:
    wanted = select(SavedView).filter_by(page=page, name=name, **owner).order_by(SavedView.id).limit(1)
    return session.execute(wanted).scalar_one_or_none()


def _check_room(session: Session, page: str, owner: dict[str, int | None]) -> None:
    kept = select(func.count()).select_from(SavedView).filter_by(page=page, **owner)
    if session.execute(kept).scalar_one() >= MOST_VIEWS:
        raise NotNow(f"You have {MOST_VIEWS} views of this list. Delete one first.")
