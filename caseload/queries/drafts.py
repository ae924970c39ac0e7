"""Drafts, each for the user who typed it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.tables import Draft


@dataclass(frozen=True, slots=True)
class DraftRow:
    """What was typed into the form at `path`, field by field."""

    id: int
    path: str
    content: dict[str, list[str]]
    saved_at: datetime


def draft_at(session: Session, viewer: Viewer, path: str) -> DraftRow | None:
    """The viewer's own draft of this form."""
    wanted = select(Draft).where(Draft.user_id == viewer.user_id, Draft.path == path)
    found = session.execute(wanted).scalar_one_or_none()
    if found is None:
        return None
    content = {name: [str(value) for value in values] for name, values in found.content.items()}  # type: ignore[attr-defined]
    return DraftRow(found.id, found.path, content, found.saved_at)


def paths_with_drafts(session: Session, user_id: int) -> list[str]:
    """The forms a user has drafts of."""
    return list(session.execute(select(Draft.path).where(Draft.user_id == user_id).order_by(Draft.path)).scalars())
