"""PID-3: which number is the NHS number, which are the hospital's, and how far it was traced."""

from typing import Any

import pytest

from interfaces.codes import nhs_check_digit
from interfaces.hl7v2.adt import check_before_ack, read_adt
from interfaces.hl7v2.identities import Identifier, Tracing
from interfaces.hl7v2.notes import Note, NoteCode
from interfaces.hl7v2.patient import Patient
from interfaces.hl7v2.reading import split_message
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason
from tests.support.hl7_messages import NUMBERS, feed_rules, sent

ADA, BEN = NUMBERS[:2]
LOCAL = "A123456^^^RYX^MR"


def _checked(nine: str) -> str:
    return f"{nine}{nhs_check_digit(nine)}"


CHI = _checked("010144321")  # the day of birth in front, and modulus 11 as well
HEALTH_AND_CARE = _checked("320000012")


def _patient(
    pid_3: str, *, pid: dict[int, str] | None = None, extra: tuple[str, ...] = (), **rules: Any
) -> tuple[Patient, tuple[Note, ...]]:
    adt = read_adt(split_message(sent(pid={3: pid_3, **(pid or {})}, extra=extra)), feed_rules(**rules))
    return adt.patient, adt.notes


@pytest.mark.parametrize("alias", ["NHS^NH", "NHS", "nhs^nh", "NHSNBR^NHSNMBR"])
def test_number_under_a_usual_alias_is_the_nhs_number(alias: str) -> None:
    patient, notes = _patient(f"{LOCAL}~{ADA}^^^{alias}")
    assert patient.nhs_number is not None
    assert patient.nhs_number.digits == ADA
    assert [identifier.value for identifier in patient.identifiers] == ["A123456"]
    assert notes == ()


@pytest.mark.parametrize("alias", ["NHS^HN", "^NH", "^NHSNMBR", "RYX^NH", "NHS^MR"])
def test_number_under_another_alias_is_the_nhs_number_only_where_the_feed_says_so(alias: str) -> None:
    pid_3 = f"{ADA}^^^{alias}~{LOCAL}"
    assert _patient(pid_3)[0].nhs_number is None
    if alias != "NHS^MR":
        patient, _ = _patient(pid_3, nhs_number_aliases=[alias])
        assert patient.nhs_number is not None
        assert patient.identifiers == (Identifier("A123456", "RYX", "MR"),)


@pytest.mark.parametrize(("length", "taken"), [(4_096, True), (4_097, False)])
def test_identifier_in_an_absurdly_long_field_is_nobodys(length: int, taken: bool) -> None:
    long = "LONG^^^RYX^MR^".ljust(length, "x")
    patient, _ = _patient(f"{long}~{LOCAL}")
    values = [identifier.value for identifier in patient.identifiers]
    assert values == (["LONG"] if taken else []) + ["A123456"]


@pytest.mark.parametrize("written", ["999 000 0018", "999-000-0018", " 9990000018 "])
def test_nhs_number_with_its_spaces_is_read(written: str) -> None:
    patient, _ = _patient(f"{written}^^^NHS^NH")
    assert patient.nhs_number is not None


@pytest.mark.parametrize("pid_3", [f"{CHI}^^^CHI^NH", f"{HEALTH_AND_CARE}^^^HSC^NH", f"{CHI}^^^^NH"])
def test_number_of_another_nations_register_is_never_the_nhs_number(pid_3: str) -> None:
    patient, _ = _patient(f"{pid_3}~{LOCAL}")
    assert patient.nhs_number is None
    assert len(patient.identifiers) == 2


@pytest.mark.parametrize("number", [CHI, HEALTH_AND_CARE])
def test_number_in_another_nations_range_is_not_taken_even_as_nhs(number: str) -> None:
    patient, notes = _patient(f"{number}^^^NHS^NH~{LOCAL}")
    assert patient.nhs_number is None
    assert notes == (Note(NoteCode.NHS_NUMBER_OF_ANOTHER_NATION, "PID-3"),)


@pytest.mark.parametrize("kind", ["NI", "NII", "NINO", "SS", "PPN", "DL"])
def test_national_insurance_and_the_like_are_not_taken_at_all(kind: str) -> None:
    patient, _ = _patient(f"{ADA}^^^DWP^{kind}~{LOCAL}~QQ123456C^^^NHS^{kind}")
    assert (patient.nhs_number, patient.identifiers) == (None, (Identifier("A123456", "RYX", "MR"),))


@pytest.mark.parametrize("written", ["9990000019", "0000000000", "123", "９９９０００００１８"])
def test_nhs_number_that_does_not_check_is_left_out_and_noted(written: str) -> None:
    patient, notes = _patient(f"{written}^^^NHS^NH~{LOCAL}")
    assert patient.nhs_number is None
    assert notes == (Note(NoteCode.NHS_NUMBER_UNUSABLE, "PID-3"),)


def test_number_of_the_999_range_needs_a_feed_of_made_up_people() -> None:
    patient, notes = _patient(f"{ADA}^^^NHS^NH~{LOCAL}", made_up_numbers=False)
    assert (patient.nhs_number, notes) == (None, (Note(NoteCode.NHS_NUMBER_UNUSABLE, "PID-3"),))


def test_two_different_nhs_numbers_are_none_and_the_same_twice_is_one() -> None:
    patient, notes = _patient(f"{ADA}^^^NHS^NH~{BEN}^^^NHS^NH~{LOCAL}")
    assert (patient.nhs_number, notes) == (None, (Note(NoteCode.NHS_NUMBERS_DIFFER, "PID-3"),))
    twice, _ = _patient(f"{ADA}^^^NHS^NH~999 000 0018^^^NHS")
    assert twice.nhs_number is not None


def test_identifiers_keep_their_authority_and_type() -> None:
    patient, _ = _patient("1^^^RYX^MR~1^^^RYX^PI~1^^^&2.16.1&ISO^MR~1~1^^^RYX^MR~^^^RYX^MR~" + "9" * 41 + "^^^RYX^MR")
    assert patient.identifiers == (
        Identifier("1", "RYX", "MR"),
        Identifier("1", "RYX", "PI"),
        Identifier("1", "2.16.1", "MR"),
        Identifier("1", "", ""),
    )


@pytest.mark.parametrize("pid_3", ["", '""', "^^^NHS^NH", "~~", "  ", "^^^RYX^MR", "AB^^^DWP^NI"])
def test_nobody_to_be_known_by_is_refused_before_the_answer(pid_3: str) -> None:
    with pytest.raises(MessageRefused) as caught:
        check_before_ack(split_message(sent(pid={3: pid_3})), feed_rules())
    refused = caught.value
    assert (refused.reason, refused.code, refused.location, refused.ack) == (
        Reason.NO_IDENTIFIER,
        ErrorCode.REQUIRED_FIELD,
        "PID-3",
        AckCode.AE,
    )


def test_only_an_nhs_number_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(MessageRefused) as caught:
        check_before_ack(split_message(sent(pid={3: "9990000019^^^NHS^NH"})), feed_rules())
    assert (caught.value.reason, caught.value.code) == (Reason.NHS_NUMBER, ErrorCode.DATA_TYPE)
    assert "999" not in str(caught.value)


@pytest.mark.parametrize(
    ("pid_32", "zu1", "status"),
    [
        ("NSTS01", "", Tracing.PRESENT_AND_VERIFIED),
        ("PDS01", "", Tracing.PRESENT_AND_VERIFIED),
        ("UD~NSTS02~AL", "", Tracing.PRESENT_NOT_TRACED),
        ("NSTS03", "", Tracing.TRACE_REQUIRED),
        ("NSTS04", "", Tracing.NO_OR_SEVERAL_MATCHES),
        ("NSTS05", "", Tracing.TO_BE_RESOLVED),
        ("NSTS06", "", Tracing.IN_PROGRESS),
        ("NSTS07", "", Tracing.NOT_PRESENT),
        ("NSTS08", "", Tracing.POSTPONED),
        ("NSTS09", "", None),
        ("01", "", None),
        ("", "", None),
        ("UD", "", None),
        ("", "01", Tracing.PRESENT_AND_VERIFIED),
        ("", "NSTS04", Tracing.NO_OR_SEVERAL_MATCHES),
        ("NSTS02", "01", Tracing.PRESENT_NOT_TRACED),
    ],
)
def test_tracing_status_and_whether_the_number_speaks_for_itself(pid_32: str, zu1: str, status: Tracing | None) -> None:
    patient, _ = _patient(f"{ADA}^^^NHS^NH", pid={32: pid_32}, extra=("ZU1" + "|" * 27 + zu1,))
    assert patient.tracing is status
    assert patient.links_by_itself is (status is Tracing.PRESENT_AND_VERIFIED)


def test_two_different_statuses_are_none_and_noted() -> None:
    patient, notes = _patient(f"{ADA}^^^NHS^NH", pid={32: "NSTS01~PDS04"})
    assert (patient.tracing, notes) == (None, (Note(NoteCode.TRACING_STATUS_UNCLEAR, "PID-32"),))


def test_status_without_a_number_links_nobody() -> None:
    assert not _patient(LOCAL, pid={32: "NSTS01"})[0].links_by_itself


def test_numbers_are_not_shown() -> None:
    patient, _ = _patient(f"{ADA}^^^NHS^NH~{LOCAL}")
    assert not {"A123456", ADA, "TESTPERSON"} & set(repr(patient).replace("'", " ").split())
    assert "A123456" not in repr(patient.identifiers)
