"""Properties of the check digits, beside the PyPI package nhs-number as an independent oracle.

Where the package and we differ, on purpose:

| text                                   | nhs-number | Caretier | why                                                        |
| -------------------------------------- | ---------- | -------- | ---------------------------------------------------------- |
| the same digit ten times               | valid      | refused  | fillers typed where the number is not known                |
| spaces or hyphens 3-3-4, spaces around | valid      | refused  | in a pack an identifier is exact: the same person written  |
|                                        |            |          | in two ways would not join. `typed` takes them at a screen |
| digits outside ASCII                   | valid      | refused  | equal to the eye, another text to a join and to the HMAC   |
| a number (int), leading zeros made up  | valid      | no text  | an identifier read as a number has already been damaged    |
| 999 range                              | valid      | refused  | unless the pack says its people are made up                |
| Scottish range, no date in front       | refused    | valid    | the CHI's date is Scotland's rule; the Data Dictionary's   |
|                                        |            |          | is modulus 11 alone, and England's practices see neither   |
"""

import string

import duckdb
import nhs_number as oracle
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from interfaces.codes import (
    NhsNumber,
    SnomedCode,
    nhs_check_digit,
    nhs_number_cause,
    nhs_number_valid_sql,
    verhoeff_check_digit,
    verhoeff_valid,
)
from interfaces.exceptions import CodeError

DIGITS = st.sampled_from(string.digits)
NINE = st.text(DIGITS, min_size=9, max_size=9)
TEN = st.text(DIGITS, min_size=10, max_size=10)
CHECKED = NINE.map(lambda nine: f"{nine}{nhs_check_digit(nine) or 0}")  # mostly valid
VALID = CHECKED.filter(lambda ten: nhs_number_cause(ten, synthetic=True) is None)  # about nine in ten
NEARLY = st.one_of(
    TEN,
    CHECKED,
    CHECKED.map(lambda ten: "999" + ten[3:]),
    DIGITS.map(lambda digit: digit * 10),
    CHECKED.map(lambda ten: f"{ten[:3]} {ten[3:6]} {ten[6:]}"),
    CHECKED.map(lambda ten: ten.translate(str.maketrans(string.digits, "٠١٢٣٤٥٦٧٨٩"))),
    CHECKED.map(lambda ten: ten[:9] + chr(0xFF10 + int(ten[9]))),
    st.text(max_size=12),
    st.text(string.digits + " -.E+\n", min_size=8, max_size=12),
)


def _differs_on_purpose(text: str) -> bool:
    repeated = len(set(text)) == 1
    chi_without_date = len(text) == 10 and oracle.REGION_SCOTLAND.contains_number(text) and not oracle.is_valid(text)
    return repeated or chi_without_date


@given(st.one_of(TEN, CHECKED))
def test_nhs_number_ten_digits_agree_with_the_package(text: str) -> None:
    assume(not _differs_on_purpose(text))
    assert (nhs_number_cause(text, synthetic=True) is None) == oracle.is_valid(text)


@given(NINE)
def test_nhs_check_digit_agrees_with_the_package(nine: str) -> None:
    expected = oracle.calculate_checksum(nine)
    assert nhs_check_digit(nine) == (None if expected == 10 else expected)


@pytest.mark.parametrize("digit", string.digits)
def test_nhs_number_package_takes_repeated_digits_and_we_do_not(digit: str) -> None:
    # Modulus 11 lets every one of the ten through: 55 times the digit is a multiple of 11.
    assert oracle.is_valid(digit * 10) or oracle.REGION_SCOTLAND.contains_number(digit * 10)
    assert nhs_number_cause(digit * 10, synthetic=True) is not None


@pytest.mark.parametrize("text", ["999 000 0018", "999-000-0018", "9990000018 ", "٩٩٩٠٠٠٠٠١٨", "９９９０００００１８"])
def test_nhs_number_package_takes_other_writings_and_we_do_not(text: str) -> None:
    assert oracle.is_valid(text)
    assert nhs_number_cause(text, synthetic=True) is not None


@pytest.mark.parametrize(("front", "is_date"), [("190200", True), ("192000", False), ("310200", False)])
def test_nhs_number_package_wants_a_date_in_the_scottish_range_and_we_do_not(front: str, is_date: bool) -> None:
    bodies = [f"{front}{n:03d}" for n in range(20)]
    texts = [f"{body}{nhs_check_digit(body)}" for body in bodies if nhs_check_digit(body) is not None]
    assert [nhs_number_cause(text, synthetic=False) for text in texts] == [None] * len(texts)
    in_range = [text for text in texts if oracle.REGION_SCOTLAND.contains_number(text)]
    assert [oracle.is_valid(text) for text in in_range] == [is_date] * len(in_range)


@given(CHECKED)
def test_nhs_number_999_range_is_the_only_difference_synthetic_makes(text: str) -> None:
    made_up, real = (nhs_number_cause(text, synthetic=flag) for flag in (True, False))
    assert (made_up != real) == (made_up is None and text.startswith("999"))


@given(VALID, st.integers(0, 9), st.integers(1, 9))
def test_nhs_number_one_wrong_digit_is_always_found(text: str, place: int, step: int) -> None:
    wrong = text[:place] + str((int(text[place]) + step) % 10) + text[place + 1 :]
    assert nhs_number_cause(wrong, synthetic=True) is not None


@given(VALID, st.integers(0, 8))
def test_nhs_number_two_neighbours_swapped_are_always_found(text: str, place: int) -> None:
    assume(text[place] != text[place + 1])
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert nhs_number_cause(swapped, synthetic=True) is not None


@given(VALID)
def test_nhs_number_display_read_back(text: str) -> None:
    number = NhsNumber.parse(text, synthetic=True)
    assert NhsNumber.typed(number.display, synthetic=True) == number


@given(NEARLY)
def test_nhs_number_error_carries_no_part_of_the_text(text: str) -> None:
    assume(nhs_number_cause(text, synthetic=True) is not None)
    with pytest.raises(CodeError) as caught:
        NhsNumber.parse(text, synthetic=True)
    assert not any(character.isdigit() for character in str(caught.value))


@settings(max_examples=60)
@given(st.lists(st.one_of(st.none(), NEARLY), min_size=1, max_size=200), st.booleans())
def test_nhs_number_sql_equals_the_class(texts: list[str | None], synthetic: bool) -> None:
    texts = [text if text is None else text.replace("\0", "0") for text in texts]  # no engine keeps NUL in text
    rows = "SELECT unnest(?::VARCHAR[]) AS n, unnest(range(?)) AS place"
    sql = f"SELECT {nhs_number_valid_sql('n', synthetic=synthetic)} FROM ({rows}) ORDER BY place"
    with duckdb.connect() as connection:
        found = [row[0] for row in connection.execute(sql, [texts, len(texts)]).fetchall()]
    assert found == [nhs_number_cause(text, synthetic=synthetic) is None for text in texts]


NUMBER = st.integers(1, 10**17 - 1).map(str)


@given(NUMBER)
def test_verhoeff_check_digit_is_the_only_one_that_fits(body: str) -> None:
    assert [digit for digit in string.digits if verhoeff_valid(body + digit)] == [str(verhoeff_check_digit(body))]


@given(NUMBER, st.data())
def test_verhoeff_one_wrong_digit_is_always_found(body: str, data: st.DataObject) -> None:
    whole = f"{body}{verhoeff_check_digit(body)}"
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(DIGITS.filter(lambda digit: digit != whole[place]))
    assert not verhoeff_valid(whole[:place] + other + whole[place + 1 :])


@given(NUMBER, st.data())
def test_verhoeff_two_neighbours_swapped_are_always_found(body: str, data: st.DataObject) -> None:
    whole = f"{body}{verhoeff_check_digit(body)}"
    place = data.draw(st.integers(0, len(whole) - 2))
    assume(whole[place] != whole[place + 1])
    assert not verhoeff_valid(whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :])


@given(st.integers(100, 10**14), st.sampled_from(["00", "01", "02"]))
def test_snomed_every_checked_number_of_a_partition_parses(item: int, partition: str) -> None:
    body = f"{item}{partition}"
    code = SnomedCode.parse(f"{body}{verhoeff_check_digit(body)}")
    assert code.partition == partition
    assert str(code) == f"{body}{verhoeff_check_digit(body)}"
