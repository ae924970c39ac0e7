"""What somebody typed about a person is shown to a reader who may not know whom it is about."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.domain.masked_text import Identifiers, masked
from caseload.forms.nhs_number import pasted_digits

ANNA = Identifiers("Smith-Jones", "Anna", "9990000018", date(1941, 3, 2), "ZZ1 1AB")


def test_every_part_of_a_name_is_taken_out():
    text = "Anna Smith-Jones fell; ANNA’s sister Joan jones rang, not Annabel"
    assert masked(text, ANNA) == "[name] [name] fell; [name]’s sister Joan [name] rang, not Annabel"


def test_a_text_without_anything_of_the_person_is_left_alone():
    text = "a (b) c, ward 12, 14:30 on 3 March 1941; ring 01632 960000 about 1,000 of 2026"
    assert masked(text, ANNA) == text
    assert masked("a (b) c", replace(ANNA, family_name="", given_name="x", postcode="")) == "a (b) c"


@pytest.mark.parametrize(
    "written",
    ["9990000018", "999 000 0018", "999-000-0018", "999 – 000 – 0018", "999.000.0018", "999 [000]/0018",
     "999\u00a0000\u200b0018", "9 9 9 0 0 0 0 0 1 8", "９９９ ０００ ００１８", "٩٩٩٠٠٠٠٠١٨", "999 000\n0018",
     "8880000017", "123 456 7890"],
)  # fmt: skip
def test_an_nhs_number_is_taken_out_however_it_is_written(written):
    assert len(pasted_digits(written)) == 10  # a search takes it
    assert masked(f"NHS No: {written}, he fell", ANNA) == "NHS No: [NHS number], he fell"


def test_a_number_beside_other_digits_is_taken_out_whole():
    assert masked("flat 4, 999 000 0018", ANNA) == "flat 4, [NHS number]"
    assert masked("1234567 999 000 0018", ANNA) == "[NHS number]"
    assert masked("00129990000018", ANNA) == "0012[NHS number]"  # the person's own, stuck to something else
    assert masked("00128880000018", ANNA) == "00128880000018"


@pytest.mark.parametrize(
    "written",
    ["02/03/1941", "2.3.41", "2-3-1941", "1941-03-02", "02031941", "19410302", "2 March 1941", "2nd of March, 1941",
     "02MAR1941", "March 2, 1941", "03/02/1941", "2 Mar 41"],
)  # fmt: skip
def test_a_date_of_birth_is_taken_out_however_it_is_written(written):
    assert masked(f"born {written}.", ANNA) == "born [date of birth]."


def test_a_date_of_birth_is_found_where_its_month_is_a_name_too():
    may = replace(ANNA, family_name="May", date_of_birth=date(1950, 5, 9))
    assert masked("Mrs May, 9 May 1950", may) == "Mrs [name], [date of birth]"
    assert masked("date of birth", replace(ANNA, family_name="Birth")) == "date of [name]"
    assert masked("born 2/3/1941", replace(ANNA, family_name="Birth")) == "born [date of birth]"


@pytest.mark.parametrize("written", ["ZZ1 1AB", "zz11ab", "ZZ1-1AB", "ZZ1  1ab"])
def test_a_postcode_is_taken_out(written):
    assert masked(f"at {written}, on the stairs", ANNA) == "at [postcode], on the stairs"


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["", " ", "-", " - ", ".", "\u2009"]))
def test_no_text_has_the_persons_number_left(before, after, between):
    number = between.join(("999", "000", "0018"))
    shown = masked(before + number + after, ANNA)
    assert number not in shown
