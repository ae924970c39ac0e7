"""The file a DocumentReference points to: for exactly who finds that, of the version it names, as what was asked for."""

import json
import sys
from base64 import b64decode
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.actions.emergency import open_in_emergency
from caseload.domain.emergency_access import EmergencyReason
from caseload.domain.plan_size import TOO_LONG_FOR_PDF
from caseload.domain.plan_words import PlanHeading
from caseload.domain.token_hash import hash_of
from caseload.domain.words import Role
from caseload.tables import ApiToken, AuditEvent
from interfaces.fhir.reading import model_of
from tests.support.api_at_work import Api, outcome_of
from tests.support.api_programs import let_in_program, northern_system, rsa_key, urgent_care
from tests.support.case_app import NOW, audited
from tests.support.led_cases import opened
from tests.support.shared_plans import CONTENTS, ended, versioned
from tests.support.statements import statements

FHIR = "application/fhir+json"
MISSING = (404, "RESOURCE_NOT_FOUND")


@pytest.fixture
def partner(store, town, app, work):
    """A trust's system that navigates in the northern network."""
    return Api(app, northern_system(store, town, key=rsa_key(), name="Trust"))


@pytest.fixture
def urgent(store, town, app, work):
    """111, for the whole place."""
    return Api(app, urgent_care(store, town))


@pytest.fixture
def no_pdfs(monkeypatch):
    """A PDF is words that say which, made at once: what is asked here is who has it."""
    monkeypatch.setattr("caseload.pages.plan_files.plan_pdf", lambda html, styles: f"%PDF {styles[-1]}".encode())
    monkeypatch.setattr("caseload.pages.plan_files.pages_of", lambda *_: 1)


def text_of(work, version_id=None):
    return f"/Binary/{version_id or work.plan_id}-plain-text"


def views(store):
    return [people for action, people in audited(store) if action == "view"]


def offered(api, work):
    """The attachments of all DocumentReferences of the person, by the id of each."""
    found = api.get(f"/DocumentReference?patient={work.person_id}").json
    return {one["resource"]["id"]: one["resource"]["content"][0]["attachment"] for one in found.get("entry", ())}


def test_every_attachment_leads_to_its_file(partner, work, no_pdfs):
    attachments = offered(partner, work)
    assert len(attachments) == 4
    for logical_id, attachment in attachments.items():
        assert attachment["url"] == f"Binary/{logical_id}"
        answer = partner.get(f"/{attachment['url']}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, attachment["contentType"])
        assert answer.data.startswith(b"%PDF") == (attachment["contentType"] == "application/pdf")
    large = partner.get(f"/Binary/{work.plan_id}-large-print")
    assert large.data == b"%PDF plan_large.css"


@pytest.mark.slow
def test_the_files_are_those_of_the_pages(partner, work):
    """Tagged PDFs, made by what makes the copies that are recorded at a page."""
    pytest.importorskip("weasyprint", exc_type=OSError)
    for name in ("pdf", "large-print", "urgent-summary"):
        answer = partner.get(f"/Binary/{work.plan_id}-{name}")
        assert answer.data.startswith(b"%PDF-")
        assert b"/StructTreeRoot" in answer.data or b"/ObjStm" in answer.data
        assert answer.data.rstrip().endswith(b"%%EOF")


def test_a_copy_says_what_the_plan_says_and_for_whom_it_is(partner, work):
    text = partner.get(text_of(work)).text
    assert "Walk to the shop again" in text
    assert "by Trust" in text
    assert "Copy for: Trust." in text


def test_a_copy_for_111_says_that_it_is_for_urgent_care(urgent, work, monkeypatch):
    pages = []
    monkeypatch.setattr("caseload.pages.plan_files.plan_pdf", lambda html, _: pages.append(html) or b"%PDF")
    monkeypatch.setattr("caseload.pages.plan_files.pages_of", lambda *_: 1)
    assert urgent.get(f"/Binary/{work.plan_id}-urgent-summary").status_code == 200
    assert "Partner, urgent care" in pages[-1]
    assert "Penicillin allergy" in pages[-1]
    assert "sister on Sundays" not in pages[-1]


def test_111_has_the_urgent_summary_and_nothing_else(urgent, work, no_pdfs):
    assert list(offered(urgent, work)) == [f"{work.plan_id}-urgent-summary"]
    for name in ("pdf", "large-print", "plain-text"):
        assert outcome_of(urgent.get(f"/Binary/{work.plan_id}-{name}")) == MISSING


def test_every_fetch_is_a_look_by_that_program(store, partner, work):
    partner.get(text_of(work))
    with store.reading() as session:
        wanted = select(AuditEvent.detail).where(AuditEvent.action == "view").order_by(AuditEvent.number)
        (detail,) = session.execute(wanted).scalars()
    told = json.loads(detail)
    assert (told["page"], told["people"]) == ("api.Binary", [work.person_id])


def test_the_same_bytes_come_as_a_resource_where_that_is_asked_for(partner, work):
    raw = partner.get(text_of(work))
    for accept in (FHIR, "application/json", f"text/html, {FHIR};q=0.5", f"{FHIR}; fhirVersion=4.0"):
        answer = partner.get(text_of(work), Accept=accept)
        assert (answer.status_code, answer.mimetype) == (200, "application/json" if "/json" in accept else FHIR)
    resource = partner.get(f"{text_of(work)}?_format={FHIR}").json
    model_of("Binary").model_validate(resource)
    assert b64decode(resource["data"]) == raw.data
    assert resource["contentType"] == raw.headers["Content-Type"]
    assert resource["securityContext"] == {"reference": f"DocumentReference/{work.plan_id}-plain-text"}
    assert raw.headers["ETag"] == f'W/"{resource["meta"]["versionId"]}"'


@pytest.mark.parametrize(
    "accept", ["*/*", "text/*", "text/plain", f"{FHIR};q=0.5, text/plain", "text/html, */*;q=0.1", f"{FHIR};q=0, */*"]
)
def test_the_file_itself_comes_otherwise(partner, work, accept):
    answer = partner.get(text_of(work), Accept=accept)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.headers["Content-Disposition"] == 'inline; filename="care-plan.txt"'


@pytest.mark.parametrize(
    ("accept", "query"),
    [
        ("application/pdf", ""),
        ("image/*", ""),
        ("text/plain;q=0", ""),
        (f"{FHIR}; fhirVersion=3.0", ""),
        ("*/*", "?_format=xml"),
    ],
)
def test_what_it_is_not_is_not_acceptable(store, partner, work, accept, query):
    assert outcome_of(partner.get(f"{text_of(work)}{query}", Accept=accept)) == (406, "NOT_ACCEPTABLE")
    assert views(store) == []


def test_what_may_not_be_seen_is_missing_to_the_byte_whatever_is_accepted(store, town, partner, work):
    elsewhere = versioned(store, town, opened(store, town, 10))
    draft = versioned(store, town, work.case_id, "draft", number=2)
    missing = partner.get("/Binary/999999-plain-text")
    assert outcome_of(missing) == MISSING
    for path in (
        text_of(work, elsewhere),
        text_of(work, draft),
        f"/Binary/{work.plan_id}",
        f"/Binary/{work.plan_id}-none",
        "/Binary/0-pdf",
    ):
        for accept in ("*/*", FHIR, "image/png"):
            answer = partner.get(path, Accept=accept)
            assert (answer.status_code, answer.data) == (404, missing.data), path
    assert views(store) == []


@pytest.mark.parametrize(
    ("purpose", "said", "reader"),
    [
        ("care_coordination", "refused", "partner"), ("sharing_health", "refused", "partner"),
        ("sharing_urgent_care", "withdrawn", "urgent"), ("care_coordination", "refused", "urgent"),
    ],
)  # fmt: skip
def test_a_no_is_in_force_at_once(request, work, no_pdfs, purpose, said, reader):
    api = request.getfixturevalue(reader)
    path = f"/Binary/{work.plan_id}-urgent-summary"
    assert api.get(path).status_code == 200
    work.say(purpose, said)
    assert outcome_of(api.get(path)) == MISSING


@pytest.mark.parametrize("change", [{"restricted": True}, {"date_of_death": "today"}])
def test_a_restricted_record_and_one_of_who_died_have_no_files(partner, work, change):
    work.person(**{name: NOW.date() if value == "today" else value for name, value in change.items()})
    assert outcome_of(partner.get(text_of(work))) == MISSING


def test_the_file_of_a_version_is_of_that_version(store, town, partner, work):
    """Two versions beside one another each have their own words; one that holds no longer is not to be had."""
    said = {**CONTENTS, PlanHeading.NEEDS: [{"key": "n1", "need": "I cannot climb the stairs any more."}]}
    put = versioned(store, town, work.case_id, "ready", said, number=2, answer=None)
    old, new = partner.get(text_of(work)).text, partner.get(text_of(work, put)).text
    assert ("out of breath" in old, "cannot climb" in old) == (True, False)
    assert ("out of breath" in new, "cannot climb" in new) == (False, True)
    ended(store, work.plan_id, "superseded")
    assert outcome_of(partner.get(text_of(work))) == MISSING
    assert partner.get(text_of(work, put)).text == new


def test_what_is_known_already_is_not_sent_again_and_its_tag_is_of_all_it_says(store, partner, work, clock):
    tag = partner.get(text_of(work)).headers["ETag"]
    known = {"If-None-Match": tag}
    again = partner.get(text_of(work), **known)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert len(views(store)) == 2
    work.person(phone="01632 960999")
    changed = partner.get(text_of(work), **known)
    assert (changed.status_code, changed.headers["ETag"] == tag) == (200, False)
    assert "01632 960999" in changed.text


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("system/DocumentReference.rs", 403), ("system/Binary.r", 403), ("system/Binary.s system/DocumentReference.r", 403),
        ("system/Binary.r system/DocumentReference.r", 200), ("system/*.r", 200),
    ],
)  # fmt: skip
def test_the_scopes_of_both_are_needed(store, town, app, work, scope, status):
    api = Api(app, northern_system(store, town, key=rsa_key(), name="Trust"), scope)
    answer = api.get(text_of(work))
    assert answer.status_code == status
    assert ("insufficient_scope" in answer.headers.get("WWW-Authenticate", "")) == (status == 403)
    assert len(views(store)) == (status == 200)


def test_emergency_access_reads_a_plan_and_has_no_copies_of_it_as_at_the_pages(
    store, town, app, work, client_as, no_pdfs
):
    """The nurse opens person 1 in an emergency; the program acts for her."""
    program = northern_system(store, town)
    with store.writing() as session:
        session.add(
            ApiToken(
                token_hash=hash_of("hers"), client_id=program.row_id, user_id=town.users["nurse"], scopes=["user/*.rs"],
                issued_at=NOW, expires_at=NOW + timedelta(minutes=10),
            )
        )  # fmt: skip
    api = Api(app, program)
    api.headers = {"Authorization": "Bearer hers"}
    plan = f"/CarePlan/{work.case_id}"
    assert outcome_of(api.get(plan)) == MISSING
    with store.writing() as session:
        open_in_emergency(
            session, by=town.viewer(session, "nurse"), now=NOW, nhs_number=town.nhs_numbers[1],
            reason_code=EmergencyReason.URGENT_CARE, reason="Found on the floor by a neighbour", minutes=60,
        )  # fmt: skip
    assert api.get(plan).status_code == 200
    assert offered(api, work) == {}
    assert outcome_of(api.get(f"/DocumentReference/{work.plan_id}-pdf")) == MISSING
    for name in ("pdf", "large-print", "plain-text", "urgent-summary"):
        assert outcome_of(api.get(f"/Binary/{work.plan_id}-{name}")) == MISSING
    nurse = client_as("nurse")
    assert nurse.get(f"/plans/{work.plan_id}/urgent").status_code == 200
    for name in ("copy.pdf", "large.pdf", "copy.txt", "urgent.pdf"):
        assert nurse.get(f"/plans/{work.plan_id}/{name}").location == f"/plans/{work.plan_id}/share"
    assert nurse.get(f"/plans/{work.plan_id}/share").status_code == 422


def test_a_warehouse_has_no_files(store, town, app, work):
    roles = [(Role.WAREHOUSE, town.places["TESTHAM"])]
    api = Api(app, let_in_program(store, home_id=town.places["COUNCIL"], roles=roles))
    for path in (text_of(work), "/Binary/999999-pdf"):
        assert outcome_of(api.get(path)) == (403, "ACCESS_DENIED")


def test_where_no_pdf_can_be_made_that_is_said_and_the_text_is_had(store, town, partner, work, monkeypatch):
    said = {PlanHeading.NEEDS: [{"key": "n1", "need": "Long. " * 40_000}]}
    long = versioned(store, town, work.case_id, "ready", said, number=2, answer=None)
    refused = partner.get(f"/Binary/{long}-pdf")
    assert outcome_of(refused) == (422, "NOT_NOW")
    assert refused.json["issue"][0]["diagnostics"] == TOO_LONG_FOR_PDF
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert outcome_of(partner.get(f"/Binary/{work.plan_id}-pdf")) == (422, "NOT_NOW")
    assert partner.get(text_of(work)).status_code == 200


def test_it_is_read_only_and_nothing_to_search(partner, work):
    for method, path in (
        ("GET", "/Binary"),
        ("POST", "/Binary"),
        ("GET", f"{text_of(work)}/_history"),
        ("PUT", text_of(work)),
    ):
        assert outcome_of(partner.send(method, path)) == (404, "UNSUPPORTED_RESOURCE"), (method, path)
    assert partner.send("HEAD", text_of(work)).status_code == 405
    assert outcome_of(partner.get("/$export?_type=Binary"))[0] in (400, 403)


def test_a_file_costs_a_bounded_number_of_statements(store, partner, work):
    with statements(store.engine) as asked:
        assert partner.get(text_of(work)).status_code == 200
    assert len(asked) <= 12, asked
