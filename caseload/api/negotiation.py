"""In which form an answer may be, and whether a body can be read: FHIR R4 JSON, under its two names, and nothing else.

FHIR R4 4.0.1, RESTful API, "Content Types and encodings". XML is optional there and not served.
"""

import re
from secrets import token_hex

from flask import g, request

from caseload.api.problems import ErrorCode, Problem

FHIR_JSON = "application/fhir+json"
JSON = "application/json"
NDJSON = "application/fhir+ndjson"
_ANY = frozenset({"*/*", "application/*"})
_FORMATS = {"json": FHIR_JSON, JSON: JSON, FHIR_JSON: FHIR_JSON, "application/fhir json": FHIR_JSON}
_JSON = {FHIR_JSON: FHIR_JSON, JSON: JSON}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_OURS = re.compile(r'fhirversion="?(\d+)(?:\.|\b)')


def settle_form() -> None:
    """Before the answer: the form it will have. NOT_ACCEPTABLE where only others were asked for."""
    asked = request.values.get("_format") if request.method == "POST" else request.args.get("_format")
    if asked is not None:
        if asked not in _FORMATS:
            raise Problem(ErrorCode.NOT_ACCEPTABLE)
        g.answer_form = _FORMATS[asked]
        return
    if "Accept" in request.headers:
        g.answer_form = _best(request.headers["Accept"])


def answer_form() -> str:
    """The form of this answer."""
    return str(g.get("answer_form", FHIR_JSON))


def request_id() -> str:
    """What the program calls this request, where that is a plain name; one of ours otherwise."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else token_hex(16)
    return str(g.request_id)


def correlation_id() -> str:
    """What the program calls everything this request belongs to; empty where it says nothing, or no plain name."""
    given = request.headers.get("X-Correlation-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else ""


def check_body_is_json() -> None:
    """UNSUPPORTED_MEDIA_TYPE for a body that does not say it is FHIR R4 JSON."""
    if request.mimetype not in (FHIR_JSON, JSON) or not _is_r4(request.headers.get("Content-Type", "")):
        raise Problem(ErrorCode.UNSUPPORTED_MEDIA_TYPE)


def form_of_file(content_type: str) -> str:
    """The form a file is wanted in: its own, or FHIR JSON where that is asked for by name (FHIR R4, Binary)."""
    own = content_type.partition(";")[0]
    if "_format" in request.args:
        return _form_of_file({own: content_type, **_FORMATS}.get(request.args["_format"]))
    family = f"{own.partition('/')[0]}/*"
    given = {own: content_type, family: content_type, "*/*": content_type, **_JSON}
    wanted = _wanted(request.headers.get("Accept", "*/*"))
    return _form_of_file(next((given[kind] for kind in wanted if kind in given), None))


def _form_of_file(found: str | None) -> str:
    if found is None:
        raise Problem(ErrorCode.NOT_ACCEPTABLE, "The file is sent as what it is, or as FHIR R4 JSON.")
    return found


def _best(accept: str) -> str:
    given = {**dict.fromkeys(_ANY, FHIR_JSON), **_JSON}
    found = next((given[kind] for kind in _wanted(accept) if kind in given), None)
    if found is None:
        raise Problem(ErrorCode.NOT_ACCEPTABLE)
    return found


def _wanted(accept: str) -> list[str]:
    """The types of an Accept header, those preferred first; none that is of another FHIR version."""
    wanted = []
    for part in accept.split(","):
        kind, _, parameters = part.strip().lower().partition(";")
        if _weight(parameters) > 0 and _is_r4(parameters):
            wanted.append((kind.strip(), _weight(parameters)))
    return [kind for kind, _weighed in sorted(wanted, key=lambda one: -one[1])]


def _weight(parameters: str) -> float:
    found = re.search(r"(?:^|;)\s*q\s*=\s*([0-9.]{1,5})", parameters)
    try:
        return float(found[1]) if found else 1.0
    except ValueError:
        return 0.0


def _is_r4(parameters: str) -> bool:
    """FHIR R4, RESTful API, "FHIR Version Parameter": where a version is named it has to be 4.0."""
    found = _OURS.search(parameters.lower())
    return found is None or found[1] == "4"
