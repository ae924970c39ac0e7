"""A key of idempotency stands for one request, an acknowledgement for the version that was read; a scope for what it says."""

import json

import pytest
from sqlalchemy import select

from caseload.api import writing
from caseload.domain.words import TaskState
from caseload.tables import FlagAcknowledgement, Task
from tests.integration.caseload.test_api_writes import FHIR, put, rows, task_of
from tests.support.api_at_work import Api, outcome_of
from tests.support.api_programs import northern_system

KEY = {"Idempotency-Key": "k-1"}


@pytest.fixture
def program(store, town, work):
    return northern_system(store, town)


@pytest.fixture
def partner(app, program):
    return Api(app, program)


def read_of(api, path):
    """What says that a version was read."""
    return {"If-Match": api.get(path).headers["ETag"]}


def test_one_key_takes_over_one_flag(store, partner, work):
    other = work.set(code="ring_first")
    for flag_id, answer in ((work.flag_id, 200), (work.flag_id, 200), (other, 409)):
        path = f"/Flag/{flag_id}"
        sent = partner.send("POST", f"{path}/$acknowledge", headers={**KEY, **read_of(partner, path)})
        assert sent.status_code == answer, sent.text
    assert outcome_of(sent) == (409, "CONFLICT")
    assert [one.flag_id for one in rows(store, FlagAcknowledgement)] == [work.flag_id]


def test_one_key_takes_over_one_version_with_one_note(store, partner, work):
    path = f"/Flag/{work.flag_id}"
    assert partner.send("POST", f"{path}/$acknowledge", headers={**KEY, **read_of(partner, path)}).status_code == 200
    note = {"resourceType": "Parameters", "parameter": [{"name": "note", "valueString": "Seen"}]}
    noted = put(partner, f"{path}/$acknowledge", note, **KEY, **read_of(partner, path))
    assert outcome_of(noted) == (409, "CONFLICT")
    work.change(work.flag_id, said="Ring us before you decide.")
    later = partner.send("POST", f"{path}/$acknowledge", headers={**KEY, **read_of(partner, path)})
    assert outcome_of(later) == (409, "CONFLICT")
    assert [one.flag_version for one in rows(store, FlagAcknowledgement)] == [1]


def test_one_key_settles_one_task(store, partner, work):
    made = [
        put(partner, "/Task", task_of(work.person_id, identifier=[{"system": "urn:trust:requests", "value": number}]))
        for number in ("77", "78")
    ]
    answers = []
    for one in made:
        body = {**one.json, "status": "completed"}
        answers.append(put(partner, f"/Task/{one.json['id']}", body, "PUT", **KEY, **{"If-Match": one.headers["ETag"]}))
    assert answers[0].status_code == 200
    assert outcome_of(answers[1]) == (409, "CONFLICT")
    with store.reading() as session:
        states = [session.get_one(Task, int(one.json["id"])).state for one in made]
    assert states == [TaskState.DONE, TaskState.OPEN]


def test_what_changes_between_the_reading_and_the_lock_is_not_taken_over(store, partner, work, monkeypatch):
    """The version is asked again by the action: here it changes after the tag was found to be the one."""
    path, found_to_match = f"/Flag/{work.flag_id}", writing.check_match
    read = read_of(partner, path)

    def changed_meanwhile(resource):
        found_to_match(resource)
        work.change(work.flag_id, said="Ring us before you decide.")

    monkeypatch.setattr(writing, "check_match", changed_meanwhile)
    refused = partner.send("POST", f"{path}/$acknowledge", headers=read)
    assert outcome_of(refused) == (412, "VERSION_MISMATCH")
    assert rows(store, FlagAcknowledgement) == []


def test_taking_over_asks_for_the_letter_of_changing(store, app, program, partner, work):
    path = f"/Flag/{work.flag_id}"
    read = read_of(partner, path)
    reader = Api(app, program, "system/Flag.rs")
    refused = reader.send("POST", f"{path}/$acknowledge", headers=read)
    assert outcome_of(refused) == (403, "ACCESS_DENIED")
    assert 'scope="system/Flag.u"' in refused.headers["WWW-Authenticate"]
    assert rows(store, FlagAcknowledgement) == []
    changer = Api(app, program, "system/Flag.u")
    taken = changer.send("POST", f"{path}/$acknowledge", headers=read)
    assert (taken.status_code, taken.data) == (200, b"")
    with store.reading() as session:
        assert session.execute(select(FlagAcknowledgement.flag_id)).scalars().all() == [work.flag_id]


def test_what_was_made_is_shown_to_scopes_that_read(app, program, work):
    sent = json.dumps(task_of(work.person_id))
    for scope, shown in (("system/Task.c", False), ("system/Task.cr", True)):
        answer = Api(app, program, scope).send("POST", "/Task", data=sent, headers={"Content-Type": FHIR})
        assert (answer.status_code in (200, 201), bool(answer.data)) == (True, shown)
        assert "/Task/" in answer.headers["Location"]
