"""Binary/[id]: the copy of a plan that the DocumentReference of the same id points to, made when it is fetched.

FHIR R4 4.0.1, Binary: the file itself, or a resource where FHIR JSON is asked for by name. Its `securityContext` is the
DocumentReference, so it is had by exactly who finds that (nobody through emergency access), and the scopes for both are
needed: `Binary.r` alone would let a program have by guessing what it may not look up, `DocumentReference.r` alone is for
knowing that there is a copy. What was put to the person or holds is a version that does not change; the person's telephone
number or lead on it can, so that its tag is of everything it says but the moment it is made.
"""

import hashlib
from base64 import b64encode

from flask import Response, g

from caseload.api.asking import Asking, look_at
from caseload.api.negotiation import FHIR_JSON, JSON, form_of_file
from caseload.api.problems import ErrorCode, Problem
from caseload.api.sending import answer
from caseload.api.versions import is_known
from caseload.domain.sharing_rules import recipient_words
from caseload.pages.plan_files import NAMES, Making, plan_file, why_no_file
from caseload.pages.request import moment
from caseload.queries.outward.documents import Copy, copy_to_send, kind_of
from caseload.web import this_app
from interfaces.fhir.binary import BinaryRecord
from interfaces.fhir.document_reference import CONTENT_TYPES
from interfaces.fhir.resources import as_json

_VERSION = 16


def answer_file(logical_id: str, who: Asking) -> Response:
    """The copy; 304 without it where the program has it; NOT_NOW where no program makes PDFs here, or none of one so long."""
    with this_app().store.reading() as session:
        copy = copy_to_send(session, who.viewer, moment(), logical_id)
    content_type = CONTENT_TYPES[copy.share_format]
    form = form_of_file(content_type)
    why = why_no_file(copy.plan, copy.share_format)
    if why is not None:
        raise Problem(ErrorCode.NOT_NOW, why)
    making = _making(copy, who)
    version = _version(making, copy)
    headers = {"ETag": f'W/"{version}"', "Vary": "Accept"}
    look_at(set(copy.people), "Binary")
    if is_known(headers["ETag"]):
        return Response(status=304, headers=headers)
    content = plan_file(making, copy.share_format)
    if form in (FHIR_JSON, JSON):
        g.answer_form = form
        return answer(as_json(_record(copy, version, content_type, content)), 200, headers)
    headers["Content-Disposition"] = f'inline; filename="{NAMES[copy.share_format]}"'
    return Response(content, headers=headers, content_type=content_type)


def _making(copy: Copy, who: Asking) -> Making:
    """For whom it is stands at its foot, as on one that is recorded at a page."""
    name = who.viewer.display_name
    return Making(copy.plan, name, moment(), recipient_words(kind_of(who.viewer), name))


def _version(making: Making, copy: Copy) -> str:
    said = repr((making.plan, making.by, making.recipient, copy.share_format.value))
    return hashlib.sha256(said.encode()).hexdigest()[:_VERSION]


def _record(copy: Copy, version: str, content_type: str, content: bytes) -> BinaryRecord:
    return BinaryRecord(
        id=copy.reference.id, updated_at=copy.reference.updated_at, version=version, content_type=content_type,
        document=copy.reference.id, data=b64encode(content).decode("ascii"),
    )  # fmt: skip
