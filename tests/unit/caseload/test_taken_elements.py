"""Every element R4 has for what partners send is kept, or refused by its name, or one of the few a server may replace."""

import copy
import json
import re

import pytest
from fhir.resources.R4B import get_fhir_model_class

from caseload.api.openapi import description
from caseload.api.problems import ErrorCode, Problem
from caseload.api.taken import MOST_ISSUES, REPLACED, check_changed, check_new, plainly, value_of

BASE = "https://caseload.example.nhs.uk/fhir/R4"
WHOLE = {
    "Task": {
        "resourceType": "Task",
        "identifier": [{"system": "urn:trust:requests", "value": "77"}],
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": "urn:caretier:codes:task-kind", "code": "partner_request"}]},
        "description": "Fit a key safe",
        "for": {"reference": "Patient/1"},
        "requester": {"reference": "Organization/8"},
        "note": [{"text": "The daughter has the key."}],
        "restriction": {"period": {"end": "2026-10-12"}},
    },
    "Communication": {
        "resourceType": "Communication",
        "identifier": [{"system": "urn:111", "value": "5"}],
        "status": "completed",
        "subject": {"reference": "Patient/1"},
        "sender": {"reference": "Organization/8"},
        "recipient": [{"reference": "CareTeam/7"}],
        "sent": "2026-10-05T07:30:00+00:00",
        "payload": [{"contentString": "Seen at home."}],
    },
    "Parameters": {"resourceType": "Parameters", "parameter": [{"name": "note", "valueString": "Seen"}]},
}
"""All that is kept of each."""
GIVEN_BY_THE_SERVER = {"id", "meta.versionId", "meta.lastUpdated", "meta.profile", "text"}
STATUS_OF_ITS_OWN = {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}}
EXTENSION = {"extension": [{"url": "urn:x", "valueString": "y"}]}


def leaves(part, path=""):
    if isinstance(part, list):
        for one in part:
            yield from leaves(one, path)
    elif isinstance(part, dict):
        for name, inside in part.items():
            yield from leaves(inside, f"{path}.{name}".lstrip("."))
    else:
        yield path


def elements(resource):
    """Path and a value of every element of R4's model of it, down through each of which a part is kept or replaced."""
    named = {*leaves(WHOLE[resource]), *GIVEN_BY_THE_SERVER}
    yield from _elements(get_fhir_model_class(resource), "", named)


def _elements(model, path, named):
    for name, field in model.model_fields.items():
        inner = f"{path}.{field.alias or name}".lstrip(".")
        kind = re.search(r"abc\.(\w+)Type\b", str(field.annotation))
        if any(one.startswith(f"{inner}.") for one in named):
            yield from _elements(get_fhir_model_class(kind[1]), inner, named)
            continue
        value = EXTENSION if kind and "Primitive" in kind[1] else {"id": "x"} if kind else "x"
        yield inner, [value] if "List[" in str(field.annotation) else STATUS_OF_ITS_OWN.get(inner, value)


def having(resource, path, value):
    """The whole of it, with a value at a path; of a choice only that one."""
    body = copy.deepcopy(WHOLE[resource])
    *way, last = path.split(".")
    part = body
    for name in way:
        part = part.setdefault(name, {})
        part = part[0] if isinstance(part, list) else part
    for kept in ("valueString", "contentString"):
        if last.startswith(("value", "content")) and not kept.startswith(last):
            part.pop(kept, None)
    part[last] = value
    return body


def shown(resource, path):
    """The FHIRPath of a path: the first of a list, and what stands beside a plain value as part of it."""
    for name in ("identifier", "note", "payload", "parameter", "recipient", "coding"):
        path = re.sub(rf"(^|\.){name}(?=\.)", rf"\1{name}[0]", path)
    beside = re.sub(r"(^|\.)_(\w+)$", r"\1\2.extension", path)
    return f"{resource}.{beside}"


def refusal(check, *arguments):
    with pytest.raises(Problem) as refused:
        check(*arguments)
    return refused.value.code, [one.where for one in refused.value.issues]


@pytest.mark.parametrize("resource", WHOLE)
def test_every_element_of_r4_is_kept_or_refused_by_its_name_or_given_by_the_server(resource):
    check_new(WHOLE[resource], resource)
    seen = set()
    for path, value in elements(resource):
        seen.add(path)
        if path in {*leaves(WHOLE[resource])}:
            continue
        body = having(resource, path, value)
        if path in GIVEN_BY_THE_SERVER:
            check_new(body, resource)
        else:
            assert refusal(check_new, body, resource) == (ErrorCode.NOT_KEPT, [shown(resource, path)]), path
    assert seen >= {*leaves(WHOLE[resource])} - {"resourceType"}
    assert len(seen) > 70
    assert set(REPLACED) == GIVEN_BY_THE_SERVER


@pytest.mark.parametrize("resource", WHOLE)
def test_of_each_list_one_is_kept_and_a_second_is_refused(resource):
    for name, part in WHOLE[resource].items():
        if isinstance(part, list):
            body = {**WHOLE[resource], name: [*part, *part]}
            assert refusal(check_new, body, resource) == (ErrorCode.NOT_KEPT, [f"{resource}.{name}[1]"])


def test_a_narrative_that_says_more_than_the_elements_is_refused():
    body = {**WHOLE["Task"], "text": {"status": "additional", "div": "<div>Also: ring first</div>"}}
    assert refusal(check_new, body, "Task") == (ErrorCode.NOT_KEPT, ["Task.text"])


def test_all_that_is_not_kept_is_named_at_once_up_to_a_number():
    body = {**WHOLE["Task"], "priority": "urgent", "authoredOn": "2026-10-05", "note": [{"text": "x"}] * 50}
    code, where = refusal(check_new, body, "Task")
    assert code is ErrorCode.NOT_KEPT
    assert where[:2] == ["Task.authoredOn", "Task.note[1]"]
    assert len(where) == MOST_ISSUES


@pytest.mark.parametrize(
    ("changed", "code", "where"),
    [
        ({"identifier": [{"system": "urn:x"}]}, ErrorCode.MISSING_VALUE, "Task.identifier.value"),
        ({"identifier": [{"system": "urn:x", "value": ""}]}, ErrorCode.MISSING_VALUE, "Task.identifier.value"),
        ({"identifier": [{"value": "x" * 201}]}, ErrorCode.INVALID_VALUE, "Task.identifier.value"),
        ({"note": [{"text": ""}]}, ErrorCode.MISSING_VALUE, "Task.note.text"),
        ({"note": [{"text": "x" * 2_001}]}, ErrorCode.INVALID_VALUE, "Task.note.text"),
        ({"description": "x" * 201}, ErrorCode.INVALID_VALUE, "Task.description"),
        ({"status": "completed"}, ErrorCode.INVALID_RESOURCE, "Task.status"),
        ({"intent": "plan"}, ErrorCode.INVALID_RESOURCE, "Task.intent"),
        ({"for": {}}, ErrorCode.MISSING_VALUE, "Task.for.reference"),
    ],
)
def test_a_value_that_could_not_be_kept_is_refused_by_its_name(changed, code, where):
    assert refusal(check_new, {**WHOLE["Task"], **changed}, "Task") == (code, [where])


def test_every_element_that_an_update_changes_is_refused_but_how_it_ended_and_why():
    stands = {**WHOLE["Task"], "id": "1", "code": {"text": "Asked for"}, "lastModified": "2026-10-05T08:00:00+00:00"}
    ended = {"status": "completed", "statusReason": {"text": "Done on Monday"}}
    check_changed({**stands, **ended}, stands, "Task")
    check_changed(stands, stands, "Task")
    for path, value in elements("Task"):
        if path in {"status", *GIVEN_BY_THE_SERVER}:
            continue
        body = having("Task", path, value)
        first = path.split(".")[0].lstrip("_")
        sent = {**stands, **{name: part for name, part in body.items() if name.lstrip("_") == first}}
        if sent == stands:
            continue
        code, (where,) = refusal(check_changed, sent, stands, "Task")
        assert code is ErrorCode.NOT_CHANGEABLE
        assert where == f"Task.{first}" or where.startswith((f"Task.{first}.", f"Task.{first}["))


@pytest.mark.parametrize("name", ["note", "restriction", "for", "code", "requester", "identifier", "description"])
def test_an_element_left_out_of_an_update_is_a_change_of_it(name):
    stands = {**WHOLE["Task"], "id": "1", "code": {"text": "Asked for"}}
    sent = {key: part for key, part in stands.items() if key != name}
    assert refusal(check_changed, sent, stands, "Task") == (ErrorCode.NOT_CHANGEABLE, [f"Task.{name}"])


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"statusReason": {"text": "x", "coding": [{"code": "y"}]}}, "Task.statusReason.coding"),
        ({"meta": {"tag": [{"code": "y"}]}}, "Task.meta.tag"),
        ({"_status": EXTENSION}, "Task.status.extension"),
        ({"_description": {"id": "x"}}, "Task.description.id"),
    ],
)
def test_what_stands_beside_a_change_is_refused_too(changed, where):
    stands = {**WHOLE["Task"], "id": "1"}
    assert refusal(check_changed, {**stands, **changed}, stands, "Task") == (ErrorCode.NOT_CHANGEABLE, [where])


def test_the_same_said_otherwise_is_no_change():
    stands = {**WHOLE["Task"], "authoredOn": "2026-10-05T08:00:00.000Z"}
    said = {
        **stands,
        "authoredOn": "2026-10-05T09:00:00+01:00",
        "for": {"reference": f"{BASE}/Patient/1"},
        "description": " Fit a key safe\n",
    }
    check_changed(plainly(said, BASE), plainly(stands, BASE), "Task")
    other = {**said, "authoredOn": "2026-10-05T09:00:01+01:00"}
    assert refusal(check_changed, plainly(other, BASE), plainly(stands, BASE), "Task")[1] == ["Task.authoredOn"]


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2016-12-31T23:59:60Z", "x"]
)
def test_a_moment_of_no_calendar_stays_as_it_was_said(text):
    assert plainly({"sent": text}, BASE) == {"sent": text}


def test_what_is_kept_is_what_the_description_says():
    described = _schemas()
    for resource, schema in described.items():
        for path in leaves(WHOLE[resource]):
            assert path in set(_paths(schema)), (resource, path)
        assert {*_paths(schema)} == {*leaves(WHOLE[resource])}
        assert all(value_of(WHOLE[resource], name) for name in schema["required"])


def _schemas():
    paths = json.loads(description())["paths"]
    found = {"Task": "/Task", "Communication": "/Communication", "Parameters": "/Flag/{id}/$acknowledge"}
    return {
        resource: paths[path]["post"]["requestBody"]["content"]["application/fhir+json"]["schema"]
        for resource, path in found.items()
    }


def _paths(schema, path=""):
    for name, inside in schema.get("items", schema).get("properties", {}).items():
        inner = f"{path}.{name}".lstrip(".")
        if inside["type"] == "string":
            yield inner
        else:
            yield from _paths(inside, inner)
