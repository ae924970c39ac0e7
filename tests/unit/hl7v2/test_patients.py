"""PID and PD1: what a message says of a person, what it leaves alone and what it deletes."""

from datetime import date
from typing import Any

import pytest

from interfaces.codes import Sex
from interfaces.hl7v2.adt import Adt, read_adt
from interfaces.hl7v2.feed_rules import VERSIONS
from interfaces.hl7v2.notes import Note, NoteCode
from interfaces.hl7v2.patient import Address, Name, Patient
from interfaces.hl7v2.reading import ABSENT, NULL, split_message
from interfaces.hl7v2.refusals import MessageRefused, Reason
from tests.support.hl7_messages import feed_rules, sent


def _adt(trigger: str = "A31", **told: Any) -> Adt:
    return read_adt(split_message(sent(trigger, **told)), feed_rules())


def _patient(**pid: str) -> Patient:
    return _adt(pid={int(name[1:]): value for name, value in pid.items()}).patient


@pytest.mark.parametrize("version", VERSIONS)
def test_person_is_read_alike_in_every_version(version: str) -> None:
    patient = _adt("A01", version=version).patient
    assert patient.nhs_number is not None
    assert patient.name == Name("TESTPERSON", "ADA")
    assert patient.birth_date == date(1944, 2, 29)
    assert patient.sex is Sex.FEMALE
    assert patient.address == Address("1 Example Road, Flat 2, Testham", "ZZ99 3VZ")
    assert patient.phone == "07700900123"
    assert patient.practice_code == "Y90001"
    assert (patient.died, patient.died_on) == (ABSENT, ABSENT)
    assert patient.links_by_itself


def test_fields_that_say_nothing_leave_everything_alone() -> None:
    patient = _adt(without=("PD1",), pid=dict.fromkeys((5, 7, 8, 11, 13, 29, 30), "")).patient
    told = (patient.name, patient.birth_date, patient.sex, patient.address, patient.phone)
    assert {*told, patient.practice_code, patient.died, patient.died_on} == {ABSENT}


def test_null_fields_delete() -> None:
    patient = _adt(pid=dict.fromkeys((5, 7, 8, 11, 13, 29, 30), '""'), pd1={3: '""'}).patient
    told = (patient.name, patient.birth_date, patient.sex, patient.address, patient.phone)
    assert {*told, patient.practice_code, patient.died, patient.died_on} == {NULL}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("TESTPERSON^ADA", Name("TESTPERSON", "ADA")),
        ("NICK^AD^^^^^N~TESTPERSON^ADA^^^^^L", Name("TESTPERSON", "ADA")),
        ("NICK^AD^^^^^N~TESTPERSON^ADA", Name("TESTPERSON", "ADA")),
        ("NICK^AD^^^^^N~MAIDEN^ADA^^^^^M", Name("NICK", "AD")),
        ("VAN TEST&VAN&TEST^ADA", Name("VAN TEST", "ADA")),
        ("O\\T\\HARE^ADA", Name("O&HARE", "ADA")),
        ("^ADA", Name("", "ADA")),
        ('TESTPERSON^""', Name("TESTPERSON", "")),
        ("^^^^MS", ABSENT),
    ],
)
def test_name_is_the_legal_one_or_the_first_without_a_type(written: str, name: Name | object) -> None:
    assert _patient(_5=written).name == name


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("1 Road^^Town^^zz99 3vz", Address("1 Road, Town", "ZZ99 3VZ")),
        ("Work^^^^ZZ1 1ZZ^^B~Home^^^^ZZ2 2ZZ^^H", Address("Home", "ZZ2 2ZZ")),
        ("1 Road&Road&1^^^^", Address("1 Road", "")),
        ("^^^^ZZ99 3VZ", Address("", "ZZ99 3VZ")),
        ("^^^^^GBR^H", ABSENT),
    ],
)
def test_address_is_the_home_one_in_one_line(written: str, address: Address | object) -> None:
    assert _patient(_11=written).address == address


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("07700900123^PRN", "07700900123"),
        ("^PRN^PH^^^020^79460000", "020 79460000"),
        ("^PRN^PH^^^^^^^^^07700900123", "07700900123"),
        ("+447700900123~020", "+447700900123"),
        ("^PRN", ABSENT),
    ],
)
def test_phone_is_found_where_each_version_has_it(written: str, phone: object) -> None:
    assert _patient(_13=written).phone == phone


@pytest.mark.parametrize(
    ("written", "sex"),
    [
        ("M", Sex.MALE),
        ("1", Sex.MALE),
        ("f", Sex.FEMALE),
        ("2", Sex.FEMALE),
        ("9", Sex.INDETERMINATE),
        ("0", Sex.NOT_KNOWN),
        ("U", Sex.NOT_KNOWN),
    ],
)
def test_sex_is_read_in_both_tables(written: str, sex: Sex) -> None:
    assert _patient(_8=written).sex is sex


def test_code_that_no_table_has_leaves_alone_and_is_noted() -> None:
    adt = _adt(pid={8: "Q", 30: "PERHAPS"})
    assert (adt.patient.sex, adt.patient.died) == (ABSENT, ABSENT)
    assert set(adt.notes) == {Note(NoteCode.CODE_NOT_KNOWN, "PID-8"), Note(NoteCode.CODE_NOT_KNOWN, "PID-30")}


@pytest.mark.parametrize(
    ("pid_29", "pid_30", "died", "died_on"),
    [
        ("20261004", "Y", True, date(2026, 10, 4)),
        ("202610042330", "Y", True, date(2026, 10, 4)),
        ("", "Y", True, ABSENT),
        ("20261004", "", ABSENT, date(2026, 10, 4)),
        ('""', "N", False, NULL),
    ],
)
def test_death_is_told_by_its_mark_and_its_day(pid_29: str, pid_30: str, died: object, died_on: object) -> None:
    patient = _patient(_29=pid_29, _30=pid_30)
    assert (patient.died, patient.died_on) == (died, died_on)


@pytest.mark.parametrize(
    ("written", "birth_date"),
    [
        ("19440229", date(1944, 2, 29)),
        ("194402290000", date(1944, 2, 29)),
        ("19440701003000", date(1944, 7, 1)),
        ("19440229230000-0500", date(1944, 2, 29)),
    ],
)
def test_birth_date_is_the_day_that_is_written(written: str, birth_date: date) -> None:
    assert _patient(_7=written).birth_date == birth_date


@pytest.mark.parametrize("written", ["1944", "194402"])
def test_birth_date_without_its_day_leaves_alone_and_is_noted(written: str) -> None:
    adt = _adt(pid={7: written})
    assert (adt.patient.birth_date, adt.notes) == (ABSENT, (Note(NoteCode.DATE_PRECISION, "PID-7"),))


@pytest.mark.parametrize("written", ["19651399", "00000000", "19450229", "29/02/1944", "unknown"])
@pytest.mark.parametrize("n", [7, 29])
def test_day_that_is_none_is_refused(written: str, n: int) -> None:
    with pytest.raises(MessageRefused) as caught:
        _adt(pid={n: written})
    assert (caught.value.reason, caught.value.location) == (Reason.DATE, f"PID-{n}")
    assert written not in str(caught.value)


def test_practice_is_its_code_whichever_component_has_it() -> None:
    assert _adt(pd1={3: "SURGERY^^y90001"}).patient.practice_code == "Y90001"
    assert _adt(pd1={3: "SURGERY^D^^^^^^^^Y90002"}).patient.practice_code == "Y90002"
    assert _adt(pd1={3: "SURGERY^^ Y90001 "}).patient.practice_code == "Y90001"
    assert _adt(pd1={3: "SURGERY"}).patient.practice_code is ABSENT
