"""Everything a program can be refused for: one code each, with its HTTP status and FHIR issue type. All on one screen.

The codes stay: a program may act on them, and the words beside them may change. Issue types are of the value set issue-type of
FHIR R4 4.0.1; the statuses those of its RESTful API, "Summary", and of RFC 6585 (428, 429).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from interfaces.fhir.outcome import Issue


class ErrorCode(StrEnum):
    """Why something was refused. Never renamed, never used again for something else."""

    INVALID_JSON = "INVALID_JSON"
    INVALID_RESOURCE = "INVALID_RESOURCE"
    UNKNOWN_ELEMENT = "UNKNOWN_ELEMENT"
    WRONG_VERSION = "WRONG_VERSION"
    WRONG_TYPE = "WRONG_TYPE"
    MISSING_VALUE = "MISSING_VALUE"
    INVALID_VALUE = "INVALID_VALUE"
    NOT_KEPT = "NOT_KEPT"
    NOT_CHANGEABLE = "NOT_CHANGEABLE"
    UNKNOWN_PARAMETER = "UNKNOWN_PARAMETER"
    INVALID_PARAMETER = "INVALID_PARAMETER"
    INVALID_CURSOR = "INVALID_CURSOR"
    USE_POST = "USE_POST"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    ACCESS_DENIED = "ACCESS_DENIED"
    RESOURCE_NOT_FOUND = "RESOURCE_NOT_FOUND"
    UNSUPPORTED_RESOURCE = "UNSUPPORTED_RESOURCE"
    UNSUPPORTED_INTERACTION = "UNSUPPORTED_INTERACTION"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    CONFLICT = "CONFLICT"
    RESOURCE_GONE = "RESOURCE_GONE"
    VERSION_MISMATCH = "VERSION_MISMATCH"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    NOT_NOW = "NOT_NOW"
    VERSION_NEEDED = "VERSION_NEEDED"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class Meaning:
    """HTTP status, FHIR issue type, and what is said where nothing more exact is known."""

    status: int
    kind: str
    words: str


MEANINGS: Mapping[ErrorCode, Meaning] = {
    ErrorCode.INVALID_JSON: Meaning(400, "structure", "The body is not JSON."),
    ErrorCode.WRONG_TYPE: Meaning(400, "invalid", "The resource is not of the type of this address."),
    ErrorCode.UNKNOWN_PARAMETER: Meaning(400, "not-supported", "A parameter is not supported."),
    ErrorCode.INVALID_PARAMETER: Meaning(400, "invalid", "A parameter cannot be read."),
    ErrorCode.INVALID_CURSOR: Meaning(400, "invalid", "This address of a page is over, or somebody else’s. Search again."),
    ErrorCode.USE_POST: Meaning(400, "security", "What identifies a person is searched for by POST to _search, in the body and never in the address."),
    ErrorCode.NOT_SIGNED_IN: Meaning(401, "login", "A token in force is needed."),
    ErrorCode.ACCESS_DENIED: Meaning(403, "forbidden", "This is not for the role, or the scopes, you ask with."),
    ErrorCode.RESOURCE_NOT_FOUND: Meaning(404, "not-found", "It is not there, or not for you."),
    ErrorCode.UNSUPPORTED_RESOURCE: Meaning(404, "not-supported", "There is nothing at this address."),
    ErrorCode.UNSUPPORTED_INTERACTION: Meaning(405, "not-supported", "This cannot be done at this address."),
    ErrorCode.NOT_ACCEPTABLE: Meaning(406, "not-supported", "Answers are in FHIR R4 JSON only."),
    ErrorCode.CONFLICT: Meaning(409, "conflict", "Somebody else was first."),
    ErrorCode.RESOURCE_GONE: Meaning(410, "deleted", "It was here and is not any more."),
    ErrorCode.VERSION_MISMATCH: Meaning(412, "conflict", "It was changed since. Read it again."),
    ErrorCode.TOO_LARGE: Meaning(413, "too-long", "The body is larger than is taken."),
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: Meaning(415, "not-supported", "The body has to be FHIR R4 JSON."),
    ErrorCode.INVALID_RESOURCE: Meaning(422, "invalid", "The resource is not one that is taken here."),
    ErrorCode.UNKNOWN_ELEMENT: Meaning(422, "structure", "The resource has an element that FHIR R4 does not know."),
    ErrorCode.WRONG_VERSION: Meaning(422, "not-supported", "The resource is not of FHIR R4."),
    ErrorCode.MISSING_VALUE: Meaning(422, "required", "A value is missing."),
    ErrorCode.INVALID_VALUE: Meaning(422, "value", "A value cannot be read."),
    ErrorCode.NOT_KEPT: Meaning(422, "not-supported", "This would not be kept as it is said here. Leave it out."),
    ErrorCode.NOT_CHANGEABLE: Meaning(422, "business-rule", "This is not for a partner to change. Send it as it was read."),
    ErrorCode.NOT_NOW: Meaning(422, "business-rule", "As things stand this cannot be done."),
    ErrorCode.VERSION_NEEDED: Meaning(428, "required", "An update needs If-Match with the ETag of what was read."),
    ErrorCode.TOO_MANY_REQUESTS: Meaning(429, "throttled", "Too many requests. Try again later."),
    ErrorCode.INTERNAL: Meaning(500, "exception", "A fault of the service. Nothing was kept."),
}  # fmt: skip
"""Every code; a test holds that none is missing."""

BY_STATUS: Mapping[int, ErrorCode] = {
    400: ErrorCode.INVALID_PARAMETER,
    401: ErrorCode.NOT_SIGNED_IN,
    403: ErrorCode.ACCESS_DENIED,
    404: ErrorCode.UNSUPPORTED_RESOURCE,
    405: ErrorCode.UNSUPPORTED_INTERACTION,
    406: ErrorCode.NOT_ACCEPTABLE,
    409: ErrorCode.CONFLICT,
    410: ErrorCode.RESOURCE_GONE,
    412: ErrorCode.VERSION_MISMATCH,
    413: ErrorCode.TOO_LARGE,
    415: ErrorCode.UNSUPPORTED_MEDIA_TYPE,
    429: ErrorCode.TOO_MANY_REQUESTS,
}
"""The code for what the web framework refuses by itself."""


class Problem(Exception):
    """Something a program is refused. `sentence` never repeats a value that was sent: it can be somebody's number."""

    def __init__(
        self,
        code: ErrorCode,
        sentence: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        issues: Sequence[Issue] = (),
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.issues = tuple(issues) or (issue(code, sentence),)
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        """The HTTP status of its code."""
        return MEANINGS[self.code].status


def issue(code: ErrorCode, sentence: str = "", where: str = "") -> Issue:
    """One thing that is wrong, by its code."""
    meaning = MEANINGS[code]
    return Issue(meaning.kind, code.value, sentence or meaning.words, where)
