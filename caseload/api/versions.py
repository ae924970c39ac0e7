"""Which version of something an answer has, and whether the program has it already or changes the one it read.

RFC 9110: ETag, If-None-Match, If-Match, Last-Modified; FHIR R4, RESTful API, "Managing Resource Contention".
"""

from datetime import datetime

from flask import Response, request
from werkzeug.http import http_date

from caseload.api.problems import ErrorCode, Problem
from caseload.api.sending import answer
from interfaces.fhir.values import Json


def etag(resource: Json) -> str:
    """The weak tag of its version."""
    return f'W/"{resource["meta"]["versionId"]}"'


def answer_version(resource: Json) -> Response:
    """One resource with its tag; 304 without it where the program says it has this version."""
    headers = {"ETag": etag(resource)}
    changed = resource["meta"].get("lastUpdated")
    if changed:
        headers["Last-Modified"] = http_date(datetime.fromisoformat(changed))
    if is_known(headers["ETag"]):
        return Response(status=304, headers=headers)
    return answer(resource, 200, headers)


def check_match(resource: Json) -> None:
    """VERSION_NEEDED for an update that does not say what it changes; VERSION_MISMATCH for one of another version."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise Problem(ErrorCode.VERSION_NEEDED)
    if not _is_among(etag(resource), given):
        raise Problem(ErrorCode.VERSION_MISMATCH)


def is_known(tag: str) -> bool:
    """Whether the program says that it has this version already."""
    return _is_among(tag, request.headers.get("If-None-Match", ""))


def _is_among(tag: str, given: str) -> bool:
    tags = {part.strip().removeprefix("W/") for part in given.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags
