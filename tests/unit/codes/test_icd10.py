import pytest

from interfaces.codes import Icd10Cause, Icd10Code, Icd10Mark
from interfaces.exceptions import CodeError


@pytest.mark.parametrize(
    ("written", "code", "dotted", "nhs"),
    [
        ("I10", "I10", "I10", "I10X"),
        ("I10X", "I10", "I10", "I10X"),
        ("I10.X", "I10", "I10", "I10X"),
        ("I10-", "I10", "I10", "I10X"),
        ("E119", "E119", "E11.9", "E119"),
        ("E11.9", "E119", "E11.9", "E119"),
        ("M0690D", "M0690", "M06.90", "M0690D"),
        ("M06.90†", "M0690", "M06.90", "M0690D"),
        ("G309-D", "G309", "G30.9", "G309D"),
        ("F009A", "F009", "F00.9", "F009A"),
        ("F00.9*", "F009", "F00.9", "F009A"),
        ("I39XA", "I39", "I39", "I39XA"),
        ("M45X9", "M45X9", "M45.X9", "M45X9"),
        ("U071", "U071", "U07.1", "U071"),
        ("S72.00", "S7200", "S72.00", "S7200"),
    ],
)
def test_icd10_written_in_every_way(written: str, code: str, dotted: str, nhs: str) -> None:
    parsed = Icd10Code.parse(written)
    assert (parsed.code, parsed.dotted, parsed.nhs) == (code, dotted, nhs)
    assert Icd10Code.parse(parsed.nhs) == parsed


def test_icd10_dagger_and_asterisk_told_apart() -> None:
    assert Icd10Code.parse("G309D").mark is Icd10Mark.DAGGER
    assert Icd10Code.parse("F009A").mark is Icd10Mark.ASTERISK
    assert Icd10Code.parse("F009").mark is Icd10Mark.NONE


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (None, Icd10Cause.MISSING),
        ("", Icd10Cause.MISSING),
        ("i10x", Icd10Cause.LOWER_CASE),
        ("I1", Icd10Cause.SHAPE),
        ("I10 ", Icd10Cause.SHAPE),
        ("1100", Icd10Cause.SHAPE),
        ("E1１9", Icd10Cause.SHAPE),
        ("S72001A", Icd10Cause.SHAPE),  # the American clinical modification
        ("M05.A", Icd10Cause.SHAPE),  # likewise
        ("84114007", Icd10Cause.SHAPE),  # SNOMED in the wrong column
        ("E11.9;I10", Icd10Cause.SHAPE),
    ],
)
def test_icd10_refused_for_its_cause(text: str | None, cause: Icd10Cause) -> None:
    with pytest.raises(CodeError) as caught:
        Icd10Code.parse(text)
    assert caught.value.cause is cause
