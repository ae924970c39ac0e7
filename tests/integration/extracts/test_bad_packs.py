"""Every way a pack may be broken that refuses it as a whole: named by rule, table, file, column and row."""

from datetime import date
from pathlib import Path

import pytest

from interfaces.exceptions import PackError, PackRefused
from interfaces.extracts.check import check_pack, require_usable
from interfaces.extracts.engine import connect
from interfaces.extracts.feeds import PackRules
from interfaces.extracts.pack import open_pack
from tests.support.checking import check, lenient, refusal, rules_of, said
from tests.support.packs import a_pack, admission, attendance, gp_code, nhs, person, seal, write_table

STORAGES = pytest.mark.parametrize("storage", ["csv", "parquet", "parts"])


@STORAGES
def test_good_pack_is_usable(tmp_path: Path, storage: str) -> None:
    folder = a_pack(tmp_path / "pack", storage=storage, admissions=[admission(nhs(1), "2026-09-01")])
    report = check(folder, rules=PackRules())
    assert report.usable, report.refusals
    assert report.notices == ()
    require_usable(report)


@pytest.mark.parametrize("table", ["practices", "gp_register", "admissions"])
def test_required_table_missing(tmp_path: Path, table: str) -> None:
    folder = a_pack(tmp_path / "pack")
    (folder / f"{table}.csv").unlink()
    report = check(folder)
    assert refusal(report, "missing_table").table == table
    (folder / "manifest.json").write_text(
        '{"pack_id":"p","place":"p","synthetic":true,"extracted_on":"2026-10-01","tables":{}}'
    )
    assert refusal(check(folder), "missing_table").table == table


def test_table_of_the_manifest_missing(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", gp_codes=[gp_code(nhs(1), "38341003", "2026-01-01")])
    (folder / "gp_codes.csv").unlink()
    assert refusal(check(folder), "missing_table").table == "gp_codes"


def test_table_twice(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    write_table(folder, "admissions", [admission(nhs(1), "2026-09-01")], storage="parquet")
    assert refusal(check(folder), "ambiguous_table").table == "admissions"


@STORAGES
def test_required_column_missing(tmp_path: Path, storage: str) -> None:
    row = admission(nhs(1), "2026-09-01")
    del row["admission_method"]
    found = refusal(check(a_pack(tmp_path / "pack", storage=storage, admissions=[row])), "missing_column")
    assert (found.table, found.column) == ("admissions", "admission_method")


@STORAGES
def test_extra_column_is_said_and_ignored(tmp_path: Path, storage: str) -> None:
    rows = [admission(nhs(1), "2026-09-01", ward="7 West")]
    report = check(a_pack(tmp_path / "pack", storage=storage, admissions=rows))
    assert report.usable, report.refusals
    (notice,) = report.notices
    assert notice.table == "admissions"
    assert "ward" in notice.text


@pytest.mark.parametrize(
    ("column", "value", "shape"),
    [
        ("admitted_on", "2026-13-01", "9999-99-99"),
        ("admitted_on", "01.09.2026", "99.99.9999"),
        ("admitted_on", "09/31/2026", "99/99/9999"),
        ("admitted_on", "2026-09-01 10:30", "9999-99-99 99:99"),
        ("discharged_on", "today", "AAAAA"),
        ("cost_gbp", "1,200.50", "9,999.99"),
        ("cost_gbp", "NaN", "AAA"),
    ],
)
def test_wrong_type_in_csv(tmp_path: Path, column: str, value: str, shape: str) -> None:
    rows = [admission(nhs(1), "2026-09-01"), admission(nhs(1), "2026-09-02", **{column: value})]
    report = check(a_pack(tmp_path / "pack", admissions=rows))
    found = refusal(report, "wrong_type")
    assert (found.table, found.file, found.column, found.row, found.count) == (
        "admissions",
        "admissions.csv",
        column,
        2,
        1,
    )
    assert found.found.endswith(f"of the form {shape}")


def test_wrong_type_in_parquet(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", storage="parquet")
    with connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (CAST(nhs_number AS BIGINT) AS nhs_number) FROM '{folder}/admissions.parquet') "
            f"TO '{folder}/changed.parquet'"
        )
    (folder / "changed.parquet").rename(folder / "admissions.parquet")
    found = refusal(check(seal(folder)), "wrong_type")
    assert (found.table, found.column) == ("admissions", "nhs_number")
    assert "BIGINT" in found.found


@STORAGES
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("nhs_number", "9.99E+09"),
        ("nhs_number", "9990000018.0"),
        ("spell_id", "1.23E+09"),
        ("provider_code", "#N/A"),
        ("treatment_function", "1e+05"),
    ],
)
def test_identifier_damaged_by_a_spreadsheet(tmp_path: Path, storage: str, column: str, value: str) -> None:
    rows = [admission(nhs(1), "2026-09-01"), admission(nhs(1), "2026-09-02", **{column: value})]
    report = check(a_pack(tmp_path / "pack", storage=storage, gp_register=[person(nhs(1))], admissions=rows))
    found = refusal(report, "damaged_identifier")
    assert (found.table, found.column, found.count) == ("admissions", column, 1)
    assert value not in said(report).replace("1.23E+09, 123.0 or #N/A", "")


def test_code_of_a_primary_care_trust_is_not_damage(tmp_path: Path) -> None:
    rows = [admission(nhs(1), "2026-09-01", provider_code="5E1")]
    assert check(a_pack(tmp_path / "pack", admissions=rows)).usable


@STORAGES
@pytest.mark.parametrize("table", ["admissions", "gp_register"])
def test_duplicate_key(tmp_path: Path, storage: str, table: str) -> None:
    tables = {
        "gp_register": [person(nhs(1)), person(nhs(2)), person(nhs(1), sex="1")],
        "admissions": [admission(nhs(1), "2026-09-01", spell_id=spell) for spell in ("A", "B", "A")],
    }
    found = refusal(check(a_pack(tmp_path / "pack", storage=storage, **{table: tables[table]})), "duplicate_key")
    assert (found.table, found.count) == (table, 1)
    assert found.row == (1 if storage == "parts" else 3)


def test_key_that_repeats_only_among_rows_set_aside_is_no_duplicate(tmp_path: Path) -> None:
    rows = [person(nhs(1)), person("0000000000"), person("0000000000")]
    assert check(a_pack(tmp_path / "pack", gp_register=rows)).usable


def test_mixed_date_forms_in_one_column(tmp_path: Path) -> None:
    days = ["2026-09-01", "2026-09-02", "03/09/2026"]
    rows = [admission(nhs(1), day, spell_id=str(at), discharged_on=None) for at, day in enumerate(days)]
    found = refusal(check(a_pack(tmp_path / "pack", admissions=rows)), "mixed_dates")
    assert (found.table, found.column, found.row, found.count) == ("admissions", "admitted_on", 3, 1)


def test_each_column_may_have_its_own_date_form(tmp_path: Path) -> None:
    rows = [admission(nhs(1), "01/09/2026", discharged_on="2026-09-03")]
    report = check(a_pack(tmp_path / "pack", admissions=rows))
    assert report.usable, report.refusals
    assert report.table("admissions").first_event == date(2026, 9, 1)


def test_icd10_with_a_dot(tmp_path: Path) -> None:
    rows = [admission(nhs(1), "2026-09-01", primary_diagnosis="I21.0")]
    assert refusal(check(a_pack(tmp_path / "pack", admissions=rows)), "wrong_form").column == "primary_diagnosis"


@STORAGES
def test_manifest_that_does_not_fit(tmp_path: Path, storage: str) -> None:
    folder = a_pack(tmp_path / "pack", storage=storage)
    write_table(folder, "admissions", [admission(nhs(1), f"2026-09-0{day}") for day in (1, 2)], storage=storage)
    report = check(folder)
    assert rules_of(report) == {"hash_differs", "rows_differ"}
    assert refusal(report, "rows_differ").expected == "as many rows as the manifest says, 1"


@pytest.mark.parametrize(
    "content",
    [
        None,
        "not json",
        "[]",
        '{"pack_id": "p"}',
        '{"pack_id":"p","place":"p","synthetic":"yes","extracted_on":"2026-10-01","tables":{}}',
        '{"pack_id":"p","place":"p","synthetic":true,"extracted_on":"October","tables":{}}',
        '{"pack_id":"p","place":"p","synthetic":true,"extracted_on":"2026-10-01","tables":[]}',
        '{"pack_id":"p","place":"p","synthetic":true,"extracted_on":"2026-10-01","tables":{"admissions":{"rows":-1}}}',
        '{"pack_id":"p","place":"p","synthetic":true,"extracted_on":"2026-10-01","tables":{"admissions":{"sha256":"x"}}}',
        '{"pack_id":" ","place":"p","synthetic":true,"extracted_on":"2026-10-01","tables":{}}',
    ],
)
def test_manifest_missing_or_malformed(tmp_path: Path, content: str | None) -> None:
    folder = a_pack(tmp_path / "pack")
    (folder / "manifest.json").unlink()
    if content is not None:
        (folder / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(PackError, match=r"Expected .*\. Found .*\. .+"):
        open_pack(folder)


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no folder called nowhere"):
        open_pack(tmp_path / "nowhere")


def test_manifest_may_not_lead_out_of_the_pack(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    (folder / "admissions.csv").rename(tmp_path / "admissions.csv")
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    (folder / "manifest.json").write_text(
        text.replace('"admissions": {', '"admissions": {"file": "../admissions.csv",'), encoding="utf-8"
    )
    assert refusal(check(folder), "missing_table").table == "admissions"


def test_refused_pack_raises_one_paragraph(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", admissions=[attendance(nhs(1), "2026-09-01")])
    with pytest.raises(PackRefused, match=r"rule missing_column.*There are \d+ more"):
        require_usable(check(folder))


def test_too_little_memory_is_said_and_is_no_verdict_on_the_pack(tmp_path: Path) -> None:
    register = [person(nhs(at)) for at in range(1, 5000)]
    pack = open_pack(a_pack(tmp_path / "pack", storage="parquet", gp_register=register))
    with connect(memory_limit="1MB", threads=1) as connection, pytest.raises(PackError, match="--memory"):
        check_pack(pack, rules=lenient(), connection=connection)
