"""Nothing the check says, writes or raises gives away a value of a person, whatever is wrong with the row."""

import json
from pathlib import Path
from typing import Any

import pytest

from interfaces.exceptions import PackError
from interfaces.extracts.engine import connect
from interfaces.extracts.pack import open_pack
from interfaces.extracts.rejects import write_rejects
from tests.support.checking import check, lenient, said
from tests.support.packs import Row, a_pack, admission, nhs, person, write_table

PLANTED = nhs(4242)
INVALID = "9994242424"
NAMES = ("Quillfeather", "Wilhelmina", "07700900123", "12 Planted Lane")
SECRETS = (PLANTED, INVALID, *NAMES)


def _demographics(**more: Any) -> Row:
    given = {"family_name": NAMES[0], "given_name": NAMES[1], "date_of_birth": "1950-06-15", "sex": "2"}
    return {"nhs_number": PLANTED, **given, "address_line": NAMES[3], "phone": NAMES[2], **more}


def _all_that_is_shown(folder: Path, scratch: Path) -> str:
    """Report, JSON, rejects file as bytes, and the text of any error on the way."""
    try:
        report = check(folder)
        shown = said(report) + json.dumps(report.to_json())
        pack = open_pack(folder)
        if report.usable:
            with connect() as connection:
                write_rejects(connection, pack, lenient().facts(pack.manifest), scratch / "rejects.parquet")
            shown += (scratch / "rejects.parquet").read_bytes().decode("latin-1")
    except PackError as error:
        shown = str(error) + str(error.__cause__) + str(error.__context__)
    return shown


TABLES: dict[str, dict[str, list[Row]]] = {
    "invalid number": {"admissions": [admission(INVALID, "2026-09-01")]},
    "number in a date": {"admissions": [admission(PLANTED, PLANTED)]},
    "number in a code": {"admissions": [admission(PLANTED, "2026-09-01", admission_method=PLANTED)]},
    "number in a closed set": {"gp_register": [person(PLANTED, sex=PLANTED)]},
    "name in a date": {"gp_register": [person(PLANTED, NAMES[0])]},
    "name in a date of death": {"gp_register": [person(PLANTED, date_of_death=NAMES[1])]},
    "name in a number": {"admissions": [admission(PLANTED, "2026-09-01", cost_gbp=NAMES[0])]},
    "name in a client group": {
        "social_care_people": [{"la_code": "1", "la_person_id": "2", "client_group": NAMES[0], "family_name": NAMES[0]}]
    },
    "damaged number": {"demographics": [_demographics(nhs_number="9.99E+09", phone=f"{NAMES[2]}")]},
    "duplicate": {"demographics": [_demographics(), _demographics()]},
    "date of birth ahead": {"demographics": [_demographics(date_of_birth="2049-06-15")]},
    "mixed dates": {"demographics": [_demographics(), _demographics(nhs_number=nhs(2), date_of_birth="15/06/1950")]},
    "spell called after a person": {"admissions": [admission(PLANTED, "2027-09-01", spell_id=NAMES[0])] * 2},
}


_ONLY_AS_TEXT = {"number in a date", "name in a date", "name in a date of death", "name in a number", "mixed dates"}


@pytest.mark.parametrize(
    ("case", "storage"),
    [(case, "csv") for case in TABLES] + [(case, "parquet") for case in sorted(TABLES.keys() - _ONLY_AS_TEXT)],
)
def test_bad_row_is_never_shown(tmp_path: Path, case: str, storage: str) -> None:
    folder = a_pack(tmp_path / "pack", storage=storage, **TABLES[case])
    shown = _all_that_is_shown(folder, tmp_path)
    assert [secret for secret in SECRETS if secret in shown] == []


BYTES: dict[str, bytes] = {
    "ragged row": f"{PLANTED},{NAMES[0]}\n".encode(),
    "open quote": f'"{PLANTED},{NAMES[0]},{NAMES[1]}\n'.encode(),
    "another encoding": f"{PLANTED},{NAMES[0]}\xe9,{NAMES[1]},1950-06-15,2,,\n".encode("latin-1"),
    "zero byte": f"{PLANTED},{NAMES[0]}\x00,{NAMES[1]},1950-06-15,2,,\n".encode(),
    "other line end": f"{PLANTED},{NAMES[0]},{NAMES[1]},1950-06-15,2,,\r\n".encode(),
    "huge cell": f"{PLANTED},{NAMES[0] * 300_000},{NAMES[1]},1950-06-15,2,,\n".encode(),
}


@pytest.mark.parametrize("case", BYTES)
def test_row_that_cannot_be_read_is_never_shown(tmp_path: Path, case: str) -> None:
    folder = a_pack(tmp_path / "pack", demographics=[_demographics(nhs_number=nhs(1), family_name="Known")])
    with (folder / "demographics.csv").open("ab") as stream:
        stream.write(BYTES[case])
    report = check(folder)
    assert not report.usable
    shown = _all_that_is_shown(folder, tmp_path)
    assert [secret for secret in SECRETS if secret in shown] == []


def test_header_that_is_a_person_is_never_shown(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", demographics=[_demographics()])
    path = folder / "demographics.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[1:] * 2), encoding="utf-8")
    shown = _all_that_is_shown(folder, tmp_path)
    assert [secret for secret in SECRETS if secret.lower() in shown.lower()] == []


def test_one_column_called_after_a_person_is_never_shown(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    write_table(folder, "admissions", [admission(PLANTED, "2026-09-01", **{PLANTED: "x", NAMES[0]: "y"})])
    assert PLANTED not in _all_that_is_shown(folder, tmp_path)
