"""Bulk exports: asked for, made, failed, deleted. The files themselves are written by `caseload.api.export_files`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.views import record_view
from caseload.domain.border_words import ExportState
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.queries.exports import UNMADE, is_making
from caseload.tables import BulkExport

PAGE = "export"


def ask_for_export(
    session: Session, *, by: Viewer, now: datetime, request: str, types: Sequence[str], since: datetime | None
) -> int:
    """An export to be made; answers its id. NotNow while another of the same program is being made."""
    if not by.may(Permission.EXPORT_DATA):
        raise NotThere
    if is_making(session, by.user_id):
        raise NotNow("Another export is being made. Wait for it, or delete it.")
    export = BulkExport(
        user_id=by.user_id, request=request[:500], types=sorted(types), since=since, state=ExportState.WAITING, files=[],
        asked_at=now,
    )  # fmt: skip
    session.add(export)
    session.flush()
    record(session, "export.ask", by=by.user_id, now=now, export=export.id, types=sorted(types))
    return export.id


def start_export(session: Session, *, now: datetime, export_id: int) -> bool:
    """Whether it is to be made still; it is then being made."""
    export = _locked(session, export_id)
    if export is None or export.state not in UNMADE:
        return False
    export.state = ExportState.RUNNING
    return True


def finish_export(
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    export_id: int,
    files: Sequence[dict[str, Any]],
    people: Iterable[int],
) -> bool:
    """Its files are there. Everybody in them was looked at, which is written with it: no file can be had before.

    False where it was deleted meanwhile.
    """
    export = _locked(session, export_id)
    if export is None or export.state is not ExportState.RUNNING:
        return False
    export.state, export.files, export.finished_at = ExportState.READY, list(files), now
    seen = sorted(people)
    if seen:
        record_view(session, by=by, now=now, page=PAGE, people=seen)
    record(session, "export.made", by=by.user_id, now=now, export=export.id, people_in_it=len(seen))
    return True


def fail_export(session: Session, *, now: datetime, export_id: int) -> None:
    """It cannot be made."""
    export = _locked(session, export_id)
    if export is not None and export.state in UNMADE:
        export.state, export.finished_at = ExportState.FAILED, now
        record(session, "export.failed", by=export.user_id, now=now, export=export.id)


def delete_export(session: Session, *, by: Viewer | None, now: datetime, export_id: int) -> int:
    """Its files are not to be had any more: at the wish of who asked for it, or (without `by`) because their time is over."""
    export = _locked(session, export_id)
    if export is None or (by is not None and export.user_id != by.user_id):
        raise NotThere
    if export.state is not ExportState.DELETED:
        export.state, export.files = ExportState.DELETED, []
        record(session, "export.delete", by=by.user_id if by else None, now=now, export=export.id)
    return export.id


def _locked(session: Session, export_id: int) -> BulkExport | None:
    return session.execute(select(BulkExport).where(BulkExport.id == export_id).with_for_update()).scalar_one_or_none()
