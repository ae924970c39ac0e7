"""Everything as files, for a warehouse: asked for, followed, fetched, deleted (HL7 FHIR Bulk Data Access 2, system level)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.http import http_date

from caseload.actions.exports import ask_for_export, delete_export
from caseload.api.addresses import fhir_base
from caseload.api.asking import Asking, authenticate
from caseload.api.export_files import Maker, file_of, people_in, remove
from caseload.api.negotiation import NDJSON
from caseload.api.problems import ErrorCode, Problem
from caseload.api.questions import question_of
from caseload.domain.border_words import ExportState
from caseload.domain.permissions import Permission
from caseload.domain.scopes import may
from caseload.exceptions import NotThere
from caseload.pages.request import moment
from caseload.queries.exports import ExportRow, all_still_reached, export_of
from caseload.queries.outward.resources import RESOURCES
from caseload.settings import folder_for_exports
from caseload.web import this_app
from interfaces.fhir.values import moment as written

_EXTENSION = "caseload_exports"
_FORMATS = frozenset({"application/fhir+ndjson", "application/ndjson", "ndjson"})
_RETRY = "5"
_CHUNK = 65_536


def maker() -> Maker:
    """What makes the exports of this application."""
    found: Maker = current_app.extensions.setdefault(_EXTENSION, Maker(this_app()))
    return found


def ask() -> ResponseReturnValue:
    """202, and where to follow it."""
    who, _ = _asking()
    if request.args.get("_outputFormat", NDJSON) not in _FORMATS:
        raise Problem(ErrorCode.INVALID_PARAMETER, "_outputFormat can only be application/fhir+ndjson.")
    types = _types(who)
    since = request.args.get("_since")
    pairs = [("_lastUpdated", f"ge{since}")] if since else []
    wanted = question_of("Patient", pairs, in_address=True).wanted
    asked = f"{fhir_base()}/$export?{request.query_string.decode('ascii', 'replace')}".rstrip("?")
    with this_app().store.writing() as session:
        export_id = ask_for_export(
            session, by=who.viewer, now=moment(), request=asked, types=types, since=wanted.since
        )  # fmt: skip
    maker().wake()
    return Response(status=202, headers={"Content-Location": f"{fhir_base()}/$export/{export_id}"})


def status(export_id: int) -> ResponseReturnValue:
    """202 while it is being made, 200 with the addresses of its files once it is."""
    who, _ = _asking()
    export = _export(who, export_id)
    if export.state in (ExportState.WAITING, ExportState.RUNNING):
        maker().wake()  # whoever was making it may have been killed
        return Response(status=202, headers={"X-Progress": export.state.value, "Retry-After": _RETRY})
    if export.state is ExportState.FAILED:
        raise Problem(ErrorCode.INTERNAL, "The export could not be made. Ask for it again.")
    return Response(
        json.dumps(_manifest(export)), headers={"Expires": _expires(export)}, content_type="application/json"
    )


def send(export_id: int, file_name: str) -> ResponseReturnValue:
    """One file, in pieces as it is read. RESOURCE_GONE where somebody in the export has said no since it was made."""
    who, folder = _asking()
    export = _export(who, export_id)
    path = file_of(folder, export_id, file_name)
    if export.state is not ExportState.READY or path is None:
        raise NotThere
    with this_app().store.reading() as session:
        whole = all_still_reached(session, who.viewer, moment(), people_in(folder, export_id))
    if not whole:
        _delete(who, folder, export_id)
        raise Problem(ErrorCode.RESOURCE_GONE, "The export is not to be had any more. Ask for it again.")
    return Response(_pieces(path), content_type=NDJSON)


def delete(export_id: int) -> ResponseReturnValue:
    """202: it is gone, or will not be made."""
    who, folder = _asking()
    _export(who, export_id)
    _delete(who, folder, export_id)
    return Response(status=202)


def _delete(who: Asking, folder: Path, export_id: int) -> None:
    with this_app().store.writing() as session:
        delete_export(session, by=who.viewer, now=moment(), export_id=export_id)
    remove(folder, export_id)


def _asking() -> tuple[Asking, Path]:
    """Who asks, for the role of a warehouse, and where the files are."""
    who = authenticate()
    if not who.viewer.may(Permission.EXPORT_DATA):
        raise Problem(ErrorCode.ACCESS_DENIED)
    folder = folder_for_exports(this_app().settings)
    if folder is None:
        raise Problem(ErrorCode.NOT_NOW, "No folder for exports is set.")
    return who, folder


def _types(who: Asking) -> list[str]:
    """Those asked for, or all: as far as role and scopes go."""
    given = [one for value in request.args.getlist("_type") for one in value.split(",") if one]
    ours = [name for name, kind in RESOURCES.items() if kind.open_to(who.viewer) and _in_scope(who, name)]
    if any(name not in RESOURCES for name in given):
        raise Problem(ErrorCode.INVALID_PARAMETER, "_type names a kind of resource that is not served.")
    if any(name not in ours for name in given) or not ours:
        raise Problem(ErrorCode.ACCESS_DENIED)
    return sorted(set(given)) or ours


def _in_scope(who: Asking, resource: str) -> bool:
    return may(who.scopes, resource, "r") and may(who.scopes, resource, "s")


def _export(who: Asking, export_id: int) -> ExportRow:
    """One the program asked for, whose files are still to be had."""
    with this_app().store.reading() as session:
        export = export_of(session, who.viewer, export_id)
    over = export.finished_at is not None and moment() >= export.finished_at + _kept()
    if export.state is ExportState.DELETED or over:
        raise NotThere
    return export


def _kept() -> timedelta:
    return timedelta(hours=this_app().settings.export_hours)


def _expires(export: ExportRow) -> str:
    return http_date((export.finished_at or moment()) + _kept())


def _manifest(export: ExportRow) -> dict[str, object]:
    base = f"{fhir_base()}/$export/{export.export_id}"
    return {
        "transactionTime": written(export.asked_at),
        "request": export.request,
        "requiresAccessToken": True,
        "output": [
            {"type": one["type"], "url": f"{base}/{one['type']}.ndjson", "count": one["count"]} for one in export.files
        ],
        "error": [],
    }


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            yield piece
