"""The table of elements says what is sent: no more, no less, and of which type."""

from collections import defaultdict

from interfaces.fhir.elements import ELEMENTS
from interfaces.fhir.resources import BUILDERS, as_json, resource_of
from tests.support.fhir_elements import SHAPES, elements_in
from tests.support.fhir_records import EXAMPLES


def made():
    found = defaultdict(list)
    for record in EXAMPLES:
        resource = as_json(record)
        name = resource.pop("resourceType")
        found[name] += elements_in(resource, {one.path: one.type for one in ELEMENTS[name]})
    return found


def test_every_element_that_is_made_is_declared_and_the_other_way_round():
    sent = {name: {path for path, _ in elements} for name, elements in made().items()}
    assert sent == {name: {one.path for one in elements} for name, elements in ELEMENTS.items()}


def test_every_element_is_of_the_type_it_is_declared_as():
    for name, elements in made().items():
        types = {one.path: one.type for one in ELEMENTS[name]}
        for path, value in elements:
            allowed = SHAPES.get(types[path])
            if allowed is None:
                assert not isinstance(value, dict), (name, path)
                assert isinstance(value, bool) == (types[path] == "boolean"), (name, path)
            else:
                assert set(value) - {"extension"} <= allowed | {"use"}, (name, path)


def test_every_resource_has_its_elements_and_each_says_what_it_means_and_where_it_is_from():
    assert set(ELEMENTS) == {name for name, _ in BUILDERS.values()} == {resource_of(record) for record in EXAMPLES}
    for elements in ELEMENTS.values():
        assert len({one.path for one in elements}) == len(elements)
        assert all(one.meaning and one.source and one.type for one in elements)
