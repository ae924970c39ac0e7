"""What partners write: kept once, told to the care team, audited; refused where anything would be lost or is not theirs to say."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from caseload.actions import task_history
from caseload.domain.words import TaskState
from caseload.queries.assignees import lists_for, may_be_given
from caseload.tables import ApiClient, FlagAcknowledgement, Notice, PartnerMessage, Task, TaskEvent
from tests.support.api_at_work import Api, outcome_of
from tests.support.api_programs import northern_system, rsa_key
from tests.support.case_app import NOW, audited

FHIR = "application/fhir+json"


@pytest.fixture
def partner(store, town, app, work):
    """A trust's system that navigates in the northern network."""
    program = northern_system(store, town, key=rsa_key(), name="Trust")
    return Api(app, program)


def task_of(person_id, **changed):
    task = {
        "resourceType": "Task", "status": "requested", "intent": "order", "description": "Fit a key safe",
        "for": {"reference": f"Patient/{person_id}"}, "note": [{"text": "The daughter has the key."}],
        "restriction": {"period": {"end": "2026-10-12"}}, "identifier": [{"system": "urn:trust:requests", "value": "77"}],
        **changed,
    }  # fmt: skip
    return {name: value for name, value in task.items() if value is not None}


def message_of(person_id, **changed):
    message = {
        "resourceType": "Communication", "status": "completed", "subject": {"reference": f"Patient/{person_id}"},
        "sent": "2026-10-05T08:30:00+01:00", "payload": [{"contentString": "Seen at home, no further action."}], **changed,
    }  # fmt: skip
    return {name: value for name, value in message.items() if value is not None}


def put(api, path, body, method="POST", **headers):
    return api.send(method, path, data=json.dumps(body), headers={"Content-Type": FHIR, **headers})


def rows(store, table):
    with store.reading() as session:
        found = session.execute(select(table).order_by(table.id)).scalars().all()
        session.expunge_all()
        return found


def test_a_partner_asks_the_care_team_for_something(store, town, partner, work):
    answer = put(partner, "/Task", task_of(work.person_id))
    assert answer.status_code == 201, answer.text
    (task,) = [one for one in rows(store, Task) if one.kind.value == "partner_request"]
    assert answer.headers["Location"] == f"http://localhost/fhir/R4/Task/{task.id}"
    assert (task.title, task.detail, task.due_on) == ("Fit a key safe", "The daughter has the key.", date(2026, 10, 12))
    assert (task.person_id, task.case_id, task.state) == (work.person_id, work.case_id, TaskState.OPEN)
    assert task.owner_id is not None
    assert answer.json["description"] == "Fit a key safe"
    events = [(one.kind, one.by) for one in rows(store, TaskEvent) if one.task_id == task.id]
    assert events == [("created", task.created_by)]
    assert ("task.created", [work.person_id]) in audited(store)


def test_the_same_request_again_has_no_effect(store, partner, work):
    first = put(partner, "/Task", task_of(work.person_id), **{"If-None-Exist": "identifier=urn:trust:requests|77"})
    again = put(partner, "/Task", task_of(work.person_id))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["Location"] == again.headers["Location"]
    unnamed = task_of(work.person_id, identifier=None)
    keyed = [put(partner, "/Task", unnamed, **{"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert [one.status_code for one in keyed] == [201, 201]
    assert len({one.headers["Location"] for one in keyed}) == 1
    assert len([one for one in rows(store, Task) if one.kind.value == "partner_request"]) == 2


def test_one_key_for_two_things_is_a_conflict(store, partner, work):
    put(partner, "/Task", task_of(work.person_id, identifier=None), **{"Idempotency-Key": "k-1"})
    other = put(
        partner, "/Task", task_of(work.person_id, identifier=None, description="Else"), **{"Idempotency-Key": "k-1"}
    )
    assert outcome_of(other) == (409, "CONFLICT")
    another = put(partner, "/Communication", message_of(work.person_id), **{"Idempotency-Key": "k-1"})
    assert outcome_of(another) == (409, "CONFLICT")
    wrong = put(partner, "/Task", task_of(work.person_id), **{"If-None-Exist": "identifier=urn:trust:requests|78"})
    assert outcome_of(wrong) == (400, "INVALID_PARAMETER")
    assert rows(store, PartnerMessage) == []


def test_the_asker_says_that_it_is_done(store, partner, work):
    made = put(partner, "/Task", task_of(work.person_id))
    task_id, tag = made.json["id"], made.headers["ETag"]
    body = {**made.json, "status": "completed", "statusReason": {"text": "Done on Monday"}}
    assert outcome_of(put(partner, f"/Task/{task_id}", body, "PUT")) == (428, "VERSION_NEEDED")
    assert outcome_of(put(partner, f"/Task/{task_id}", body, "PUT", **{"If-Match": 'W/"old"'})) == (
        412,
        "VERSION_MISMATCH",
    )
    done = put(partner, f"/Task/{task_id}", body, "PUT", **{"If-Match": tag})
    assert (done.status_code, done.json["status"]) == (200, "completed")
    (task,) = [one for one in rows(store, Task) if one.id == int(task_id)]
    assert task.state is TaskState.DONE
    assert outcome_of(put(partner, f"/Task/{task_id}", body, "PUT", **{"If-Match": tag})) == (412, "VERSION_MISMATCH")


def test_a_task_of_others_is_not_the_partners_to_end(store, partner, work):
    other = next(one for one in rows(store, Task) if one.person_id == work.person_id)
    read = partner.get(f"/Task/{other.id}")
    body = {**read.json, "status": "completed"}
    refused = put(partner, f"/Task/{other.id}", body, "PUT", **{"If-Match": read.headers["ETag"]})
    assert outcome_of(refused) == (422, "NOT_NOW")
    assert next(one for one in rows(store, Task) if one.id == other.id).state is other.state


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"for": {"reference": "Patient/999999"}}, (404, "RESOURCE_NOT_FOUND")),
        ({"for": {"reference": "Patient/abc"}}, (404, "RESOURCE_NOT_FOUND")),
        ({"for": {"reference": "https://elsewhere.example/Patient/1"}}, (422, "MISSING_VALUE")),
        ({"for": None}, (422, "MISSING_VALUE")),
        ({"description": None}, (422, "MISSING_VALUE")),
        ({"description": "x" * 201}, (422, "INVALID_VALUE")),
        ({"status": "completed"}, (422, "INVALID_RESOURCE")),
        ({"status": "nonsense"}, (422, "INVALID_VALUE")),
        ({"status": None}, (422, "MISSING_VALUE")),
        ({"priority": "urgent"}, (422, "NOT_KEPT")),
        ({"colour": "red"}, (422, "UNKNOWN_ELEMENT")),
        ({"restriction": {"period": {"end": "2026-10-04"}}}, (422, "INVALID_RESOURCE")),
        ({"restriction": {"period": {"end": "soon"}}}, (422, "INVALID_VALUE")),
        ({"resourceType": "Patient"}, (400, "WRONG_TYPE")),
        ({"resourceType": None}, (422, "MISSING_VALUE")),
    ],
)
def test_a_request_that_cannot_be_kept_whole_is_refused(store, partner, work, changed, refusal):
    answer = put(partner, "/Task", task_of(work.person_id, **changed))
    assert outcome_of(answer) == refusal
    assert [one for one in rows(store, Task) if one.kind.value == "partner_request"] == []


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"{", (400, "INVALID_JSON")),
        (b"[]", (400, "INVALID_JSON")),
        (b"\xff", (400, "INVALID_JSON")),
        (b'{"a":1,"a":2}', (400, "INVALID_JSON")),
        (b"", (400, "INVALID_JSON")),
    ],
)
def test_a_body_that_is_no_resource(partner, work, body, refusal):
    assert outcome_of(partner.send("POST", "/Task", data=body, headers={"Content-Type": FHIR})) == refusal


def test_a_body_of_another_kind_or_too_large(partner, work):
    for kind in ("application/fhir+xml", "text/plain", "application/fhir+json; fhirVersion=3.0"):
        assert outcome_of(partner.send("POST", "/Task", data="{}", headers={"Content-Type": kind})) == (
            415,
            "UNSUPPORTED_MEDIA_TYPE",
        )
    large = partner.send("POST", "/Task", data=b" " * 1_048_577, headers={"Content-Type": FHIR})
    assert outcome_of(large) == (413, "TOO_LARGE")


def test_111_writes_to_the_care_team_and_the_team_reads_it(store, town, urgent, work, client_as, get, post):
    answer = put(urgent, "/Communication", message_of(work.person_id, identifier=[{"value": "111-5"}]))
    assert (answer.status_code, answer.data) == (201, b"")
    (message,) = rows(store, PartnerMessage)
    assert (message.words, message.sender_ref, message.case_id) == (
        "Seen at home, no further action.",
        "111-5",
        work.case_id,
    )
    told = {one.user_id for one in rows(store, Notice) if one.kind.value == "partner_wrote"}
    assert told == {town.users["navigator"], town.users["ash.gp"]}
    assert ("message.write", [work.person_id]) in audited(store)
    assert put(urgent, "/Communication", message_of(work.person_id, identifier=[{"value": "111-5"}])).status_code == 200
    assert len(rows(store, PartnerMessage)) == 1
    client, here = client_as("navigator"), f"/people/{work.person_id}/messages"
    assert "Seen at home, no further action." in get(client, here)
    post(client, f"{here}/{message.id}/read", page=here)
    assert "read by Navigator" in get(client, here)
    assert rows(store, PartnerMessage)[0].read_by == town.users["navigator"]
    assert ("message.read", [work.person_id]) in audited(store)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"payload": None}, (422, "MISSING_VALUE")),
        ({"payload": [{"contentReference": {"reference": "Patient/1"}}]}, (422, "NOT_KEPT")),
        ({"payload": [{"contentString": "x" * 4_001}]}, (422, "INVALID_VALUE")),
        ({"status": "in-progress"}, (422, "INVALID_RESOURCE")),
        ({"sent": "2026-10-05T10:00:00Z"}, (422, "INVALID_RESOURCE")),
        ({"sent": "2026-10-05"}, (422, "INVALID_RESOURCE")),
        ({"sent": "0001-01-01T00:00:00+14:00"}, (422, "INVALID_RESOURCE")),
        ({"sent": "2016-12-31T23:59:60Z"}, (422, "INVALID_RESOURCE")),
        ({"topic": {"text": "x"}}, (422, "NOT_KEPT")),
        ({"definition": []}, (422, "WRONG_VERSION")),
    ],
)
def test_a_message_that_cannot_be_kept_whole_is_refused(store, urgent, work, changed, refusal):
    assert outcome_of(put(urgent, "/Communication", message_of(work.person_id, **changed))) == refusal
    assert rows(store, PartnerMessage) == []


def test_nobody_is_written_about_whom_the_writer_may_not_know(store, town, urgent, partner, work):
    for api, person_id in ((urgent, town.people[2]), (partner, town.people[10])):
        refused = put(api, "/Communication", message_of(person_id))
        assert outcome_of(refused) == (404, "RESOURCE_NOT_FOUND")
        assert refused.data == put(api, "/Communication", message_of(999_999)).data
    assert outcome_of(put(urgent, "/Task", task_of(work.person_id))) == (404, "RESOURCE_NOT_FOUND")
    assert rows(store, PartnerMessage) == []


def test_a_flag_is_taken_over_once_in_each_version(store, urgent, work):
    path = f"/Flag/{work.flag_id}/$acknowledge"
    note = {"resourceType": "Parameters", "parameter": [{"name": "note", "valueString": "In the crew’s system"}]}
    assert outcome_of(put(urgent, path, note)) == (428, "VERSION_NEEDED")
    read = {"If-Match": urgent.get(f"/Flag/{work.flag_id}").headers["ETag"]}
    first, again = put(urgent, path, note, **read), urgent.send("POST", path, headers=read)
    assert (first.status_code, first.json["resourceType"], again.status_code) == (200, "Flag", 200)
    (kept,) = rows(store, FlagAcknowledgement)
    assert (kept.flag_id, kept.flag_version, kept.note) == (work.flag_id, 1, "In the crew’s system")
    assert [people for action, people in audited(store) if action == "flag.acknowledge"] == [[work.person_id]]
    work.change(work.flag_id, said="Ring us before you decide.")
    assert outcome_of(urgent.send("POST", path, headers=read)) == (412, "VERSION_MISMATCH")
    assert len(rows(store, FlagAcknowledgement)) == 1
    read = {"If-Match": urgent.get(f"/Flag/{work.flag_id}").headers["ETag"]}
    assert urgent.send("POST", path, headers=read).status_code == 200
    assert [one.flag_version for one in rows(store, FlagAcknowledgement)] == [1, 2]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ('{"resourceType": "Flag"}', (400, "WRONG_TYPE")),
        ('{"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "y"}]}', (422, "INVALID_RESOURCE")),
        ('{"resourceType": "Parameters", "more": 1}', (422, "UNKNOWN_ELEMENT")),
        ('{"resourceType": "Parameters", "parameter": {}}', (422, "INVALID_VALUE")),
        ("[]", (400, "INVALID_JSON")),
        ("[" * 100_000, (400, "INVALID_JSON")),
        ('{"resourceType": "Parameters", "resourceType": "Parameters"}', (400, "INVALID_JSON")),
    ],
    ids=range(7),
)
def test_an_acknowledgement_that_says_more_is_refused(store, urgent, work, body, refusal):
    read = {"If-Match": urgent.get(f"/Flag/{work.flag_id}").headers["ETag"], "Content-Type": FHIR}
    assert outcome_of(urgent.send("POST", f"/Flag/{work.flag_id}/$acknowledge", data=body, headers=read)) == refusal
    assert rows(store, FlagAcknowledgement) == []


def test_a_flag_that_is_not_in_force_cannot_be_taken_over(urgent, work):
    read = {"If-Match": urgent.get(f"/Flag/{work.flag_id}").headers["ETag"]}
    missing = urgent.send("POST", "/Flag/999999/$acknowledge", headers=read)
    work.say("sharing_urgent_care", "withdrawn")
    refused = urgent.send("POST", f"/Flag/{work.flag_id}/$acknowledge", headers=read)
    assert outcome_of(refused) == (404, "RESOURCE_NOT_FOUND")
    assert refused.data == missing.data


def test_a_flag_that_was_ended_cannot_be_taken_over_by_who_still_sees_the_person(store, partner, work):
    path = f"/Flag/{work.flag_id}"
    read = {"If-Match": partner.get(path).headers["ETag"]}
    assert partner.send("POST", f"{path}/$acknowledge", headers=read).status_code == 200
    work.end(work.flag_id)
    read = {"If-Match": partner.get(path).headers["ETag"]}
    refused = partner.send("POST", f"{path}/$acknowledge", headers=read)
    assert outcome_of(refused) == (404, "RESOURCE_NOT_FOUND")
    assert len(rows(store, FlagAcknowledgement)) == 1


def test_writing_needs_the_scope_for_it(store, town, app, work):
    program = northern_system(store, town)
    api = Api(app, program, "system/Task.rs")
    assert outcome_of(put(api, "/Task", task_of(work.person_id))) == (403, "ACCESS_DENIED")
    assert outcome_of(put(api, "/Communication", message_of(work.person_id))) == (403, "ACCESS_DENIED")


def test_nothing_is_kept_where_the_audit_cannot_be_written(store, partner, work, monkeypatch, app):
    def fails(*_arguments, **_options):
        raise RuntimeError("no audit")

    monkeypatch.setattr(task_history, "record", fails)
    app.testing = False
    assert put(partner, "/Task", task_of(work.person_id)).status_code == 500
    app.testing = True
    assert [one for one in rows(store, Task) if one.kind.value == "partner_request"] == []


def test_a_program_is_never_given_work(store, town, partner, work):
    with store.reading() as session:
        account = session.execute(select(ApiClient.user_id)).scalar_one()
        navigator = town.viewer(session, "navigator")
        offered = {one.user_id for one in lists_for(session, navigator, NOW, work.person_id).people}
        assert town.users["navigator"] in offered
        assert account not in offered
        assert not may_be_given(session, NOW, work.person_id, owner_id=account, team_id=None)
