"""What a partner sends is read as R4, whole, or refused with a cause; nothing of it is said back."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interfaces.fhir.reading import TAKEN, ReadCause, ResourceRefused, read_resource
from interfaces.fhir.resources import as_json, resource_of
from tests.support.fhir_records import EXAMPLES

TASK = {
    "resourceType": "Task",
    "status": "requested",
    "intent": "order",
    "description": "Please ring",
    "for": {"reference": "Patient/1"},
}
MESSAGE = {
    "resourceType": "Communication",
    "status": "completed",
    "subject": {"reference": "Patient/1"},
    "payload": [{"contentString": "She was seen at home."}],
}


def sent(resource):
    return json.dumps(resource).encode()


def refusal(body, expected="Task"):
    with pytest.raises(ResourceRefused) as refused:
        read_resource(body, expected)
    return refused.value


def test_a_task_and_a_message_are_read_as_they_are():
    assert read_resource(sent(TASK), "Task") == TASK
    assert read_resource(b"\xef\xbb\xbf" + sent(MESSAGE), "Communication") == MESSAGE


def test_what_is_sent_out_can_be_sent_back():
    for record in EXAMPLES:
        if resource_of(record) in TAKEN:
            made = as_json(record)
            assert read_resource(json.dumps(made).encode(), made["resourceType"]) == made


@pytest.mark.parametrize(
    ("change", "cause", "where"),
    [
        ({"madeUp": "Zeta"}, ReadCause.UNKNOWN_ELEMENT, "Task"),
        ({"restriction": {"Zeta": 1}}, ReadCause.UNKNOWN_ELEMENT, "Task.restriction"),
        ({"context": {"reference": "Encounter/1"}}, ReadCause.WRONG_VERSION, "Task"),
        ({"requestedPerformer": []}, ReadCause.WRONG_VERSION, "Task"),
        ({"status": "Zeta"}, ReadCause.INVALID_VALUE, "Task.status"),
        ({"priority": "Zeta"}, ReadCause.INVALID_VALUE, "Task.priority"),
        ({"for": "Zeta"}, ReadCause.INVALID_VALUE, "Task.for"),
        ({"authoredOn": "Zeta"}, ReadCause.INVALID_VALUE, "Task.authoredOn"),
        ({"resourceType": "Flag"}, ReadCause.WRONG_TYPE, "resourceType"),
        ({"description": None}, ReadCause.INVALID_VALUE, "Task"),
    ],
)
def test_what_is_wrong_is_said_by_a_cause_and_a_place(change, cause, where):
    found = refusal(sent({**TASK, **change}))
    assert (found.cause, found.where) == (cause, where)
    assert "Zeta" not in found.sentence + found.where


def test_what_r4_asks_for_has_to_be_there():
    found = refusal(sent({name: value for name, value in TASK.items() if name != "intent"}))
    assert (found.cause, found.where) == (ReadCause.MISSING_VALUE, "Task.intent")


def test_stu3_is_known_by_its_own_elements():
    """STU3 had notDone and context, which R4 replaced; the 2017 example of a Communication has both."""
    found = refusal(sent({**MESSAGE, "notDone": False}), "Communication")
    assert found.cause is ReadCause.WRONG_VERSION


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"Task"',
        b"<Task/>",
        b"\xff\xfe",
        b'{"resourceType": "Task", "resourceType": "Task"}',
        b'{"resourceType": NaN}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_object_of_json_is_refused(body):
    assert refusal(body).cause is ReadCause.INVALID_JSON


def test_what_is_nested_without_end_is_refused():
    deep = {"resourceType": "Task"}
    for _ in range(60):
        deep = {"resourceType": "Task", "contained": [deep]}
    assert refusal(sent(deep)).cause is ReadCause.INVALID_RESOURCE


def test_a_resource_that_is_only_read_here_is_refused():
    assert refusal(sent({"resourceType": "Patient"}), "Patient").cause is ReadCause.WRONG_TYPE


def test_a_resource_that_does_not_say_what_it_is_is_refused():
    assert refusal(b"{}").cause is ReadCause.MISSING_VALUE


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["status", "intent", "for", "owner", "note", "restriction", "input", "contained", "extension", "meta", "text", "id",
     "identifier", "payload", "subject", "code", "_status", "fhir_comments", "resource_type", "authoredOn"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(NAMES, JUNK, max_size=4), st.sampled_from([TASK, MESSAGE]))
def test_any_json_is_read_or_refused(changes, base):
    assert cause_of({**base, **changes}) in {None, *ReadCause}


def cause_of(resource):
    """Why it is refused; None where it is read. Anything else than a refusal is a fault."""
    try:
        read_resource(sent(resource), resource["resourceType"])
    except ResourceRefused as refused:
        return refused.cause
    return None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused(body):
    with pytest.raises(ResourceRefused):
        read_resource(body, "Task")
