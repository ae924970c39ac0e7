"""Bulk exports: how one stands for who asked for it, which wait to be made, and whether all in one may still leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.border_words import ExportState
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.queries.reach import reachable
from caseload.tables import BulkExport, Person

UNMADE = (ExportState.WAITING, ExportState.RUNNING)


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export. `files` has a type and a count for each."""

    export_id: int
    user_id: int
    request: str
    types: tuple[str, ...]
    since: datetime | None
    state: ExportState
    files: tuple[dict[str, Any], ...]
    asked_at: datetime
    finished_at: datetime | None


def export_of(session: Session, viewer: Viewer, export_id: int) -> ExportRow:
    """An export the viewer asked for; NotThere for another's."""
    found = export_row(session, export_id)
    if found is None or found.user_id != viewer.user_id:
        raise NotThere
    return found


def export_row(session: Session, export_id: int) -> ExportRow | None:
    """An export, for whoever makes it."""
    kept = session.get(BulkExport, export_id)
    if kept is None:
        return None
    return ExportRow(
        kept.id, kept.user_id, kept.request, tuple(kept.types), kept.since, kept.state, tuple(kept.files), kept.asked_at,
        kept.finished_at,
    )  # fmt: skip


def unmade_exports(session: Session) -> list[int]:
    """Those that wait, and those somebody was making: a program that stopped half-way left one like that."""
    return list(
        session.execute(select(BulkExport.id).where(BulkExport.state.in_(UNMADE)).order_by(BulkExport.id)).scalars()
    )


def is_making(session: Session, user_id: int) -> bool:
    """Whether one that this user asked for is still to be made."""
    wanted = select(BulkExport.id).where(BulkExport.user_id == user_id, BulkExport.state.in_(UNMADE))
    return session.execute(wanted).first() is not None


def kept_longer_than(session: Session, now: datetime, hours: int) -> list[int]:
    """Exports that were made, or failed half-way, too long ago: of both there may be files."""
    wanted = select(BulkExport.id).where(
        BulkExport.state.in_((ExportState.READY, ExportState.FAILED)),
        BulkExport.finished_at <= now - timedelta(hours=hours),
    )
    return list(session.execute(wanted.order_by(BulkExport.id)).scalars())


def all_still_reached(session: Session, viewer: Viewer, now: datetime, people: Iterable[int]) -> bool:
    """Whether something of each of these people may leave to the viewer now: a no since the files were made counts."""
    reached = set(session.execute(select(Person.id).where(reachable(viewer, now))).scalars())
    return reached.issuperset(people)
