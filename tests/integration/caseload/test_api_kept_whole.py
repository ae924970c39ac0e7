"""What a partner says is kept and comes back, or is refused by its name: when it is sent first, changed, or sent again."""

from datetime import timedelta

import pytest

from caseload.domain.words import TaskState
from caseload.tables import FlagAcknowledgement, PartnerMessage, Task, TaskEvent
from tests.integration.caseload.test_api_writes import message_of, put, rows, task_of
from tests.support.api_at_work import Api, outcome_of
from tests.support.api_programs import northern_system
from tests.support.case_app import NOW

KEY = {"Idempotency-Key": "k-1"}
DONE = {"status": "completed", "statusReason": {"text": "Done on Monday"}}


@pytest.fixture
def partner(store, town, app, work):
    return Api(app, northern_system(store, town))


@pytest.fixture
def task(partner, work):
    """A task the partner asked for, as it was answered."""
    return put(partner, "/Task", task_of(work.person_id))


def change(partner, task, **changed):
    """The task sent back with changes; what is None is left out."""
    body = {name: part for name, part in {**task.json, **changed}.items() if part is not None}
    return put(partner, f"/Task/{task.json['id']}", body, "PUT", **{"If-Match": task.headers["ETag"]})


def named(answer):
    """Status, code and elements of a refusal."""
    issues = answer.json["issue"]
    (code,) = {one["details"]["coding"][0]["code"] for one in issues}
    return answer.status_code, code, [one["expression"][0] for one in issues]


def asked_for(store):
    return [one for one in rows(store, Task) if one.kind.value == "partner_request"]


def test_all_that_a_request_says_comes_back(town, partner, work):
    sent = task_of(
        work.person_id, id="mine", meta={"versionId": "7", "profile": ["urn:x"]},
        text={"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Fit a key safe</div>'},
        requester={"reference": f"Organization/{town.places['TRUST']}"},
    )  # fmt: skip
    made = put(partner, "/Task", sent)
    assert made.status_code == 201, made.text
    read = partner.get(f"/Task/{made.json['id']}").json
    given = {"id", "meta", "text"}
    assert {name: read[name] for name in sent if name not in given} == {
        name: part for name, part in sent.items() if name not in given
    }
    assert read["id"] != "mine"
    assert "text" not in read


def test_all_that_a_message_says_comes_back(town, partner, work):
    sent = message_of(
        work.person_id, identifier=[{"system": "urn:111", "value": "a | b  c"}],
        sender={"reference": f"Organization/{town.places['TRUST']}"}, sent="2026-10-05T07:30:00.000Z",
    )  # fmt: skip
    made = put(partner, "/Communication", sent)
    assert made.status_code == 201, made.text
    read = partner.get(f"/Communication/{made.json['id']}").json
    assert {name: read[name] for name in sent} == sent


LOST_OF_A_REQUEST = [
    ({"note": [{"text": "x", "authorReference": {"reference": "Organization/1"}}]}, "Task.note[0].authorReference"),
    ({"note": [{"text": "x", "time": "2026-10-05T08:00:00Z"}]}, "Task.note[0].time"),
    ({"note": [{"text": "x"}, {"text": "y"}]}, "Task.note[1]"),
    ({"restriction": {"repetitions": 2}}, "Task.restriction.repetitions"),
    ({"restriction": {"period": {"start": "2026-10-05", "end": "2026-10-12"}}}, "Task.restriction.period.start"),
    ({"requester": {"reference": "Organization/999"}}, "Task.requester.reference"),
    ({"requester": {"display": "Somebody"}}, "Task.requester.display"),
    ({"authoredOn": "2026-10-05T08:00:00Z"}, "Task.authoredOn"),
    ({"for": {"reference": "Patient/1", "display": "Somebody"}}, "Task.for.display"),
    ({"owner": {"reference": "Practitioner/1"}}, "Task.owner"),
    ({"_description": {"id": "x"}}, "Task.description.id"),
    ({"extension": [{"url": "urn:x", "valueString": "y"}]}, "Task.extension"),
    ({"meta": {"security": [{"code": "R"}]}}, "Task.meta.security"),
]  # fmt: skip


def test_what_of_a_request_would_not_come_back_is_refused_by_its_name(store, partner, work):
    for changed, where in LOST_OF_A_REQUEST:
        assert named(put(partner, "/Task", task_of(work.person_id, **changed))) == (422, "NOT_KEPT", [where])
    assert asked_for(store) == []


def test_a_day_with_a_time_is_refused_where_only_the_day_could_be_kept(store, partner, work):
    body = task_of(work.person_id, restriction={"period": {"end": "2026-10-12T16:00:00Z"}})
    assert named(put(partner, "/Task", body)) == (422, "INVALID_RESOURCE", ["Task.restriction.period.end"])


LOST_OF_A_MESSAGE = [
    ({"sender": {"reference": "Organization/999"}}, "Communication.sender.reference"),
    ({"recipient": [{"display": "The district nurses"}]}, "Communication.recipient[0].display"),
    ({"received": "2026-10-05T08:00:00Z"}, "Communication.received"),
    ({"payload": [{"contentString": "x"}, {"contentString": "y"}]}, "Communication.payload[1]"),
]  # fmt: skip


def test_what_of_a_message_would_not_come_back_is_refused_by_its_name(store, partner, work):
    for changed, where in LOST_OF_A_MESSAGE:
        sent = message_of(work.person_id, **changed)
        assert named(put(partner, "/Communication", sent)) == (422, "NOT_KEPT", [where])
    assert rows(store, PartnerMessage) == []


def test_a_character_that_would_not_come_back_is_refused(store, partner, work):
    assert outcome_of(put(partner, "/Task", task_of(work.person_id, description="Fit\x0ba key safe"))) == (
        422,
        "INVALID_VALUE",
    )


def test_all_that_is_not_kept_is_named_at_once(partner, work):
    body = task_of(work.person_id, priority="urgent", authoredOn="2026-10-05T08:00:00Z")
    assert named(put(partner, "/Task", body)) == (422, "NOT_KEPT", ["Task.authoredOn", "Task.priority"])


NOT_FOR_A_PARTNER = [
    ({"description": "Else"}, "Task.description"),
    ({"for": {"reference": "Patient/999"}}, "Task.for"),
    ({"owner": {"reference": "Practitioner/1"}}, "Task.owner"),
    ({"requester": {"reference": "Organization/1"}}, "Task.requester"),
    ({"priority": "urgent"}, "Task.priority"),
    ({"note": [{"text": "More"}]}, "Task.note"),
    ({"note": None}, "Task.note"),
    ({"restriction": {"period": {"end": "2026-10-20"}}}, "Task.restriction"),
    ({"identifier": [{"system": "urn:trust:requests", "value": "78"}]}, "Task.identifier"),
    ({"statusReason": {"coding": [{"code": "x"}], "text": "y"}}, "Task.statusReason.coding"),
]  # fmt: skip


def test_an_update_that_changes_more_than_how_it_ended_is_refused_by_its_name(store, partner, task):
    for changed, where in NOT_FOR_A_PARTNER:
        assert named(change(partner, task, **{**DONE, **changed})) == (422, "NOT_CHANGEABLE", [where])
    assert [one.state for one in asked_for(store)] == [TaskState.OPEN]


def test_the_same_said_otherwise_is_no_change(store, partner, task):
    person = task.json["for"]["reference"]
    same = {"for": {"reference": f"http://localhost/fhir/R4/{person}"}, "authoredOn": "2026-10-05T10:00:00+01:00"}
    done = change(partner, task, **DONE, **same)
    assert (done.status_code, done.json["statusReason"]) == (200, {"text": "Done on Monday"}), done.text
    assert [(one.state, one.ended_note) for one in asked_for(store)] == [(TaskState.DONE, "Done on Monday")]


def test_an_update_that_changes_nothing_has_no_effect(store, partner, task):
    before = len(rows(store, TaskEvent))
    answer = change(partner, task)
    assert (answer.status_code, answer.headers["ETag"]) == (200, task.headers["ETag"])
    assert len(rows(store, TaskEvent)) == before
    assert [one.row_version for one in asked_for(store)] == [1]


LOST_OF_AN_ENDING = [
    ({"statusReason": {"text": "x"}}, (422, "NOT_CHANGEABLE", ["Task.statusReason"])),
    ({"status": "in-progress"}, (422, "NOT_NOW", ["Task.status"])),
    ({**DONE, "statusReason": {"text": "x" * 2_001}}, (422, "INVALID_VALUE", ["Task.statusReason.text"])),
    ({**DONE, "statusReason": {"text": " "}}, (422, "MISSING_VALUE", ["Task.statusReason.text"])),
]


def test_an_ending_that_could_not_be_kept_is_refused_by_its_name(store, partner, task):
    for changed, refused in LOST_OF_AN_ENDING:
        assert named(change(partner, task, **changed)) == refused
    assert [(one.state, one.ended_note) for one in asked_for(store)] == [(TaskState.OPEN, "")]


def test_what_has_ended_is_not_ended_again_or_otherwise(partner, task):
    done = change(partner, task, **DONE)
    assert change(partner, done).status_code == 200
    assert named(change(partner, done, status="cancelled")) == (422, "NOT_NOW", ["Task.status"])
    assert named(change(partner, done, statusReason={"text": "Else"})) == (422, "NOT_CHANGEABLE", ["Task.statusReason"])


def test_an_update_sent_again_under_its_key_is_answered_as_the_first_time(store, partner, task):
    path, read = f"/Task/{task.json['id']}", {"If-Match": task.headers["ETag"]}
    first, again = (put(partner, path, {**task.json, **DONE}, "PUT", **KEY, **read) for _ in range(2))
    assert (first.status_code, first.json["status"]) == (200, "completed")
    assert (again.status_code, again.data, again.headers["ETag"]) == (200, first.data, first.headers["ETag"])
    assert [one.kind for one in rows(store, TaskEvent) if one.task_id == int(task.json["id"])] == ["created", "done"]
    other = put(partner, path, {**task.json, **DONE, "status": "cancelled"}, "PUT", **KEY, **read)
    assert outcome_of(other) == (409, "CONFLICT")
    keyless = put(partner, path, {**task.json, **DONE}, "PUT", **read)
    assert outcome_of(keyless) == (412, "VERSION_MISMATCH")


def test_an_acknowledgement_sent_again_is_answered_as_the_first_time_though_the_flag_changed(store, partner, work):
    path = f"/Flag/{work.flag_id}"
    read = {"If-Match": partner.get(path).headers["ETag"]}
    assert partner.send("POST", f"{path}/$acknowledge", headers={**KEY, **read}).status_code == 200
    work.change(work.flag_id, said="Ring us before you decide.")
    assert partner.send("POST", f"{path}/$acknowledge", headers={**KEY, **read}).status_code == 200
    other = {"Idempotency-Key": "k-2", **read}
    assert outcome_of(partner.send("POST", f"{path}/$acknowledge", headers=other)) == (412, "VERSION_MISMATCH")
    assert [one.flag_version for one in rows(store, FlagAcknowledgement)] == [1]


def test_a_second_acknowledgement_with_another_note_is_refused(store, partner, work):
    path = f"/Flag/{work.flag_id}"
    read = {"If-Match": partner.get(path).headers["ETag"]}
    notes = [
        {"resourceType": "Parameters", "parameter": [{"name": "note", "valueString": said}]} for said in ("A", "B")
    ]
    first, again, other = (put(partner, f"{path}/$acknowledge", note, **read) for note in (notes[0], *notes))
    assert (first.status_code, again.status_code, outcome_of(other)) == (200, 200, (422, "NOT_NOW"))
    assert [one.note for one in rows(store, FlagAcknowledgement)] == ["A"]


def test_a_request_sent_again_after_its_day_is_answered_as_the_first_time(store, app, town, work, clock):
    program = northern_system(store, town)
    api = Api(app, program)
    body = task_of(work.person_id, identifier=None, restriction={"period": {"end": "2026-10-05"}})
    first = put(api, "/Task", body, **KEY)
    clock.now = NOW + timedelta(days=1)
    api.headers = program.headers(api.client, "system/*.cruds", clock.now)
    again = put(api, "/Task", body, **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Location"] == first.headers["Location"]
    assert outcome_of(put(api, "/Task", body)) == (422, "INVALID_RESOURCE")
    assert len(asked_for(store)) == 1


OTHERWISE = {
    ("/Task", task_of): (
        {"description": "Else"},
        {"note": None},
        {"restriction": {"period": {"end": "2026-10-13"}}},
    ),
    ("/Communication", message_of): (
        {"payload": [{"contentString": "Else"}]},
        {"sent": "2026-10-05T06:30:00Z"},
    ),
}


def test_one_identifier_for_two_things_is_a_conflict_unless_the_second_is_only_for_want_of_the_first(
    store, partner, work
):
    number = {"identifier": [{"system": "urn:x", "value": "77"}]}
    for (path, body), changes in OTHERWISE.items():
        first = put(partner, path, body(work.person_id, **number))
        for changed in changes:
            other = body(work.person_id, **{**number, **changed})
            assert outcome_of(put(partner, path, other)) == (409, "CONFLICT")
            unless = put(partner, path, other, **{"If-None-Exist": "identifier=urn%3Ax%7C77"})
            assert (unless.status_code, unless.headers["Location"]) == (200, first.headers["Location"])
        assert put(partner, path, body(work.person_id, **number)).status_code == 200
    assert (len(asked_for(store)), len(rows(store, PartnerMessage))) == (1, 1)


@pytest.mark.parametrize(("path", "body"), [("/Task", task_of), ("/Communication", message_of)])
def test_a_partners_own_identifier_is_found_by_its_system_by_its_value_and_by_both(partner, work, path, body):
    given = {"one": ("urn:a", "7"), "two": ("urn:b", "7"), "three": ("urn:a", "8"), "four": ("", "7")}
    ids = {}
    for name, (system, value) in given.items():
        number = {"system": system, "value": value} if system else {"value": value}
        made = put(partner, path, body(work.person_id, identifier=[number]))
        assert (made.status_code, made.json["identifier"]) == (201, [number])
        ids[made.json["id"]] = name

    def found(asked):
        entries = partner.client.get(f"/fhir/R4{path}", query_string={"identifier": asked}, headers=partner.headers)
        return {ids[one["resource"]["id"]] for one in entries.json.get("entry", []) if one["resource"]["id"] in ids}

    assert found("urn:a|7") == {"one"}
    assert found("urn:b|8") == set()
    assert found("|7") == {"four"}
    assert found("7") == {"one", "two", "four"}
    assert found("urn:a|") == {"one", "three"}
    assert found("urn:b|7,urn:a|8") == {"two", "three"}


def test_what_was_written_under_a_number_with_bars_in_it_is_not_taken_for_another(store, partner, work):
    for system, value in (("urn:a", "b|c"), ("urn:a|b", "c")):
        number = [{"system": system, "value": value}]
        for path, body in (("/Task", task_of), ("/Communication", message_of)):
            assert put(partner, path, body(work.person_id, identifier=number)).status_code == 201
    assert (len(asked_for(store)), len(rows(store, PartnerMessage))) == (2, 2)
    escaped = {"If-None-Exist": "identifier=urn:a|b\\|c"}
    sent = task_of(work.person_id, identifier=[{"system": "urn:a", "value": "b|c"}])
    assert put(partner, "/Task", sent, **escaped).status_code == 200
