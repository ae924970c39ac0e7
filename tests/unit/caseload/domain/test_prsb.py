"""The table of the standards a plan follows: whole, true, and what is mandatory can be said."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from caseload.domain.prsb import fields_of_standards, is_held, read_elements, source_of
from caseload.tables import Table
from tests.architecture.source import ROOT

TABLE = ROOT / "config" / "prsb.csv"
MODELS = ROOT.parent / "shared" / "standards" / "prsb"
COLUMNS = {table.name for table in Table.metadata.sorted_tables} | {
    f"{table.name}.{column.name}" for table in Table.metadata.sorted_tables for column in table.columns
}
ELEMENTS = read_elements(TABLE)


def unmet(elements, published):
    """What of a published model the table lacks, says otherwise, or cannot represent."""
    held = {element.name: element for element in elements}
    faults = [f"not in the table: {name}" for name in published if name not in held]
    faults += [f"not in the standard: {name}" for name in held if name not in published]
    for name in held.keys() & published.keys():
        element, (least, most, mandatory) = held[name], published[name]
        if (element.least, element.most, element.mandatory) != (least, most, mandatory):
            faults.append(f"another multiplicity: {name}")
        if (mandatory or least > 0) and not is_held(element, COLUMNS):
            faults.append(f"mandatory and not held: {name}")
    return sorted(faults)


def published_models():
    found = {}

    def walk(standard, concept, above):
        path = [*above, " ".join(concept["name"].split())]
        multiplicity = int(concept["minimumMultiplicity"]), concept["maximumMultiplicity"], concept.get("mro") == "M"
        found["/".join([standard, *path])] = multiplicity
        for part in concept.get("concept", []):
            walk(standard, part, path)

    for file in sorted(MODELS.glob("*.json")):
        for concept in json.loads(file.read_text(encoding="utf-8"))["dataset"][0]["concept"]:
            walk(file.stem, concept, [])
    return found


def test_everything_mandatory_is_held_by_something_that_exists():
    mandatory = [element for element in ELEMENTS if element.has_to_be_held]
    assert len(mandatory) == 20
    assert [element.name for element in mandatory if not is_held(element, COLUMNS)] == []


def test_everything_said_to_hold_an_element_exists():
    assert [element.name for element in ELEMENTS if element.held_by and not is_held(element, COLUMNS)] == []


def test_every_element_is_in_the_table_once():
    assert [name for name, count in Counter(element.name for element in ELEMENTS).items() if count > 1] == []
    assert Counter(element.standard for element in ELEMENTS) == {
        "PersonalisedCSP": 287,
        "AboutMe": 67,
        "Provenance": 106,
    }


def test_fields_and_table_name_each_other():
    held = {element.name: element.held_by for element in ELEMENTS}
    fields = fields_of_standards()
    assert len(fields) > 30
    assert {name: field for name, field in fields.items() if held.get(name) != field} == {}


def test_the_table_says_where_it_is_from():
    said = source_of(TABLE)
    assert "Personalised Care and Support Plan 2.0" in said
    assert "22 November 2026" in said


@pytest.mark.skipif(not MODELS.is_dir(), reason="the published models of the standards are not at hand")
def test_the_table_is_the_published_standard():
    assert unmet(ELEMENTS, published_models()) == []


def test_what_is_missing_is_named():
    """The comparison itself: an element that is gone, one nobody published, one that nothing holds."""
    published = {element.name: (element.least, element.most, element.mandatory) for element in ELEMENTS}
    assert unmet(ELEMENTS, published) == []
    name = "PersonalisedCSP/Contingency/safety plans/Trigger factors"
    broken = [replace(one, held_by="contingency.nothing") if one.name == name else one for one in ELEMENTS[1:]]
    assert unmet(broken, published) == [f"mandatory and not held: {name}", f"not in the table: {ELEMENTS[0].name}"]
    invented = [*ELEMENTS, replace(ELEMENTS[-1], path="Nonsense")]
    assert unmet(invented, published) == ["not in the standard: Provenance/Nonsense"]
    other = [replace(ELEMENTS[0], most="*"), *ELEMENTS[1:]]
    assert unmet(other, published) == [f"another multiplicity: {ELEMENTS[0].name}"]


def test_a_table_is_read_past_the_lines_about_itself(tmp_path):
    path = Path(tmp_path) / "small.csv"
    path.write_text("# From somewhere\nstandard,path,min,max,mandatory,held_by\nS,A/B,0,*,,\n", encoding="utf-8")
    (element,) = read_elements(path)
    assert (element.least, element.most, element.mandatory, element.held_by) == (0, "*", False, "")
    assert not is_held(element, COLUMNS)
    assert source_of(path) == "From somewhere"
