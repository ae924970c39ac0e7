"""Names are compared as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.domain.names import folded, name_fits, name_key

SAME = [
    ("O’Brien", "OBRIEN"),
    ("O'Brien", "o brien"),
    ("Nuñez", "Nunez"),
    ("Smith-Jones", "smith jones"),
    ("Łukasz", "lukasz"),
    ("Strauß", "STRAUSS"),
    ("Ångström", "angstrom"),
    ("Ștefan", "stefan"),
    ("Zoë", "ZOE"),
    ("Đorđević", "dordevic"),
    ("Ísleifur Þór", "isleifurthor"),
    ("Iİ", "ii"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_folded_names_written_in_two_ways_are_the_same(one, other):
    assert folded(one) == folded(other) != ""


def test_name_key_keeps_family_and_given_name_apart():
    assert name_key("Van der Berg", "Anna-Maria") == "vanderberg annamaria"
    assert name_key("Vander", "Berg Anna") != name_key("Van", "der Berganna")


@given(st.text(max_size=30), st.text(max_size=30))
def test_name_key_has_one_space_whatever_the_names_are(family, given_name):
    assert name_key(family, given_name).count(" ") == 1


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(name):
    assert folded(folded(name)) == folded(name)


FITS = [
    ("Smith", "", True),
    ("smi", "", True),
    ("SMITH", "anna", True),
    ("smith", "a", True),
    ("Jones", "", True),  # the second half of the double name
    ("anna", "smith", True),  # changed round
    ("anna", "", True),
    ("smith", "b", False),
    ("smythe", "", False),
    ("mith", "", False),
    ("", "", False),
    ("-", "anna", False),
    ("es", "", False),  # too short to be the end of a name
]


@pytest.mark.parametrize(("family", "given_name", "fits"), FITS)
def test_name_fits_by_what_was_typed(family, given_name, fits):
    assert name_fits(name_key("Smith-Jones", "Anna"), family, given_name) is fits
