"""NHS numbers: what is one, why something is not, and that no message shows a digit."""

import duckdb
import pytest

from interfaces.codes import NhsNumber, NhsNumberCause, nhs_check_digit, nhs_number_valid_sql
from interfaces.exceptions import CodeError, InterfaceError

GOOD = "9990000018"
# The example in the NHS Data Dictionary's description of the check digit, put together here so that no
# whole number outside the 999 range stands in the repository.
OUTSIDE_999 = "943476591" + "9"

REFUSED = [
    (None, NhsNumberCause.MISSING),
    ("", NhsNumberCause.MISSING),
    ("999000001", NhsNumberCause.NOT_TEN_DIGITS),
    ("99900000180", NhsNumberCause.NOT_TEN_DIGITS),
    ("999 000 0018", NhsNumberCause.NOT_TEN_DIGITS),
    (" 9990000018", NhsNumberCause.NOT_TEN_DIGITS),
    ("9990000018\n", NhsNumberCause.NOT_TEN_DIGITS),
    ("9.99E+09", NhsNumberCause.NOT_TEN_DIGITS),
    ("+999000001", NhsNumberCause.NOT_TEN_DIGITS),
    ("٩٩٩٠٠٠٠٠١٨", NhsNumberCause.NOT_ASCII),
    ("９９９０００００１８", NhsNumberCause.NOT_ASCII),
    ("999000001８", NhsNumberCause.NOT_ASCII),
    ("0000000000", NhsNumberCause.REPEATED_DIGIT),
    ("1111111111", NhsNumberCause.REPEATED_DIGIT),
    ("9999999999", NhsNumberCause.REPEATED_DIGIT),
    ("9990000019", NhsNumberCause.CHECK_DIGIT),
]


@pytest.mark.parametrize(("text", "cause"), REFUSED)
def test_nhs_number_refused_for_its_cause(text: str | None, cause: NhsNumberCause) -> None:
    with pytest.raises(CodeError) as caught:
        NhsNumber.parse(text, synthetic=True)
    assert caught.value.cause is cause


def test_nhs_number_of_the_999_range_needs_a_synthetic_pack() -> None:
    with pytest.raises(CodeError) as caught:
        NhsNumber.parse(GOOD)
    assert caught.value.cause is NhsNumberCause.SYNTHETIC_RANGE
    assert NhsNumber.parse(GOOD, synthetic=True).is_synthetic


def test_nhs_number_outside_999_accepted_either_way() -> None:
    assert NhsNumber.parse(OUTSIDE_999) == NhsNumber.parse(OUTSIDE_999, synthetic=True)


def test_nhs_number_shown_three_three_four() -> None:
    assert NhsNumber.parse(GOOD, synthetic=True).display == "999 000 0018"


@pytest.mark.parametrize("text", ["9990000018", "999 000 0018", "999-000-0018", "  999 000 0018\t"])
def test_nhs_number_as_typed(text: str) -> None:
    assert NhsNumber.typed(text, synthetic=True).digits == GOOD


@pytest.mark.parametrize("text", ["99 90 00 00 18", "999 000-0018", "999  000  0018", ""])
def test_nhs_number_typed_otherwise_refused(text: str) -> None:
    with pytest.raises(CodeError):
        NhsNumber.typed(text, synthetic=True)


def test_nhs_number_printing_shows_no_digit() -> None:
    number = NhsNumber.parse(GOOD, synthetic=True)
    shown = f"{number} {number!r} {number!s} {[number]} {(number,)!r}"
    assert not any(character.isdigit() for character in shown)


@pytest.mark.parametrize("text", [text for text, _ in REFUSED if text and len(text) > 4])
def test_nhs_number_error_never_quotes_the_text(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        NhsNumber.parse(text, synthetic=True)
    said = f"{caught.value} {caught.value!r} {caught.value.args} {caught.value.found}"
    assert text.strip() not in said
    assert not any(character.isdigit() for character in said)


def test_code_error_is_both_an_interface_error_and_a_value_error() -> None:
    assert issubclass(CodeError, InterfaceError)
    assert issubclass(CodeError, ValueError)


def test_check_digit_where_the_sum_asks_for_ten_there_is_none() -> None:
    assert nhs_check_digit("999000001") == 8
    nine_digits = [f"{n:09d}" for n in range(999000000, 999000200)]
    assert any(nhs_check_digit(nine) is None for nine in nine_digits)
    for nine in nine_digits:
        digit = nhs_check_digit(nine)
        assert digit is None or NhsNumber.parse(f"{nine}{digit}", synthetic=True)


@pytest.mark.parametrize("synthetic", [True, False])
def test_nhs_number_sql_agrees_on_every_refused_form(synthetic: bool) -> None:
    texts = [text for text, _ in REFUSED] + [GOOD, OUTSIDE_999]
    expected = [_parses(text, synthetic) for text in texts]
    sql = f"SELECT {nhs_number_valid_sql('n', synthetic=synthetic)} FROM (SELECT unnest(?::VARCHAR[]) AS n)"
    with duckdb.connect() as connection:
        assert [row[0] for row in connection.execute(sql, [texts]).fetchall()] == expected
    assert expected.count(True) == (2 if synthetic else 1)


def _parses(text: str | None, synthetic: bool) -> bool:
    try:
        NhsNumber.parse(text, synthetic=synthetic)
    except CodeError:
        return False
    return True
