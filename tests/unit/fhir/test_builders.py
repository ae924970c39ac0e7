"""What the builders make is R4: types and cardinalities by the models of fhir.resources, codes by the value sets listed here."""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interfaces.fhir.reading import model_of
from interfaces.fhir.record import without_names
from interfaces.fhir.required_codes import REQUIRED_CODES, wrong_codes
from interfaces.fhir.resources import BUILDERS, as_json, resource_of
from tests.support.fhir_records import EXAMPLES, FLAG, PATIENT, PLAN, SAID, SCORE, TASK
from tests.support.fhir_variations import varied

ALLOWED_IN_NARRATIVE = {"div", "h2", "p", "dl", "dt", "dd", "br"}


def check(made):
    """Nothing a strict reader of R4 could refuse."""
    model_of(made["resourceType"]).model_validate(made)
    assert wrong_codes(made) == []
    for text in texts_in(made):
        assert text.strip() == text != ""
        assert not any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text)


def texts_in(part):
    if isinstance(part, dict):
        for inside in part.values():
            yield from texts_in(inside)
    elif isinstance(part, list):
        assert part != []
        for inside in part:
            yield from texts_in(inside)
    elif isinstance(part, str):
        yield part


@pytest.mark.parametrize("kind", BUILDERS, ids=lambda kind: kind.__name__)
def test_every_example_is_valid_r4(kind):
    for record in EXAMPLES:
        if type(record) is kind:
            check(as_json(record))


def test_there_is_an_example_of_every_resource():
    assert {type(record) for record in EXAMPLES} == set(BUILDERS)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(EXAMPLES).flatmap(varied))
def test_whatever_is_recorded_becomes_valid_r4(record):
    check(as_json(record))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(EXAMPLES).flatmap(varied))
def test_what_a_warehouse_gets_is_valid_too(record):
    check(as_json(without_names(record)))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([PLAN, FLAG]).flatmap(varied))
def test_a_narrative_is_xhtml_of_our_own_tags_only(record):
    text = as_json(record).get("text")
    if text is None:
        return
    root = ElementTree.fromstring(text["div"])
    tags = {element.tag.removeprefix("{http://www.w3.org/1999/xhtml}") for element in root.iter()}
    assert tags <= ALLOWED_IN_NARRATIVE
    assert all(element.attrib == {} for element in root.iter())


def test_a_narrative_says_markup_as_text():
    div = as_json(PLAN)["text"]["div"]
    assert "<script>" not in div
    root = ElementTree.fromstring(div)
    said = ["".join(part.itertext()) for part in root.iter("{http://www.w3.org/1999/xhtml}dd")]
    assert said[0] == SAID.replace("\n", "")


def test_a_wrong_code_is_seen():
    """The models take any word for a code: the lists here do not."""
    made = as_json(PATIENT)
    made["gender"] = "bogus"
    model_of("Patient").model_validate(made)
    assert wrong_codes(made) == ["Patient.gender"]


def test_every_list_of_codes_is_of_an_element_there_is():
    for path in REQUIRED_CODES:
        resource, first, *_ = path.split(".")
        assert first in {field.alias or name for name, field in model_of(resource).model_fields.items()}, path


def test_the_version_changes_with_anything_that_is_sent():
    first, second = as_json(SCORE), as_json(replace(SCORE, tier="high"))
    assert first["meta"]["versionId"] != second["meta"]["versionId"]
    assert as_json(SCORE) == first
    assert as_json(PLAN)["meta"]["versionId"] == "3-5-joint"


def test_a_merged_record_is_told_by_its_link_alone():
    made = as_json(next(record for record in EXAMPLES if resource_of(record) == "Patient" and record.replaced_by))
    assert made["active"] is False
    assert made["link"] == [{"other": {"reference": "Patient/1"}, "type": "replaced-by"}]


def test_a_task_on_hold_says_so_only_while_it_is_open():
    assert as_json(replace(TASK, state="open", on_hold=True))["status"] == "on-hold"
    assert as_json(replace(TASK, state="open"))["status"] == "requested"
    assert as_json(replace(TASK, state="done", on_hold=True))["status"] == "completed"


@pytest.mark.parametrize(
    ("outcome", "end"),
    [("emergency_admission_12m", "2027-02-28"), ("x_1m", "2026-03-28"), ("x_24m", "2028-02-28"), ("other", None)],
)
def test_a_prediction_ends_as_many_months_later_as_its_outcome_says(outcome, end):
    made = as_json(replace(SCORE, outcome=outcome, predicted_on=date(2026, 2, 28)))
    assert made["prediction"][0]["whenPeriod"].get("end") == end


def test_a_probability_is_a_percentage_and_an_index_has_none():
    assert as_json(SCORE)["prediction"][0]["probabilityDecimal"] == 42.0
    assert "probabilityDecimal" not in as_json(replace(SCORE, probability=None))["prediction"][0]
