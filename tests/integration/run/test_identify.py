"""NHS numbers for people of a run: right, private, logged, and only for a stated purpose."""

import csv
import json
import re
import shutil
import stat
from datetime import UTC, datetime

import openpyxl
import pyarrow.parquet as pq
import pytest

from stratify.exceptions import InputRefused, KeyRefused, OutputRefused
from stratify.pipeline.identify import identify
from stratify.pseudonyms import load_key, make_key, pseudonyms

pytestmark = pytest.mark.slow

NOW = datetime(2026, 10, 2, 9, 30, tzinfo=UTC)
PURPOSE = "proactive care, October review"


@pytest.fixture
def key(two_months, tmp_path):
    """The town's key in a place of its own, so that each test has a log of its own."""
    copy = tmp_path / "keys" / "town.key"
    copy.parent.mkdir()
    shutil.copy(two_months.town.key, copy)
    return copy


def identified(two_months, key, out, **changes):
    asked = {"key_file": key, "purpose": PURPOSE, "who": "a.gp", "now": NOW}
    return identify(two_months.after, two_months.town.pack, out=out, **(asked | changes))


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def expected(two_months, key):
    known = pq.read_table(two_months.town.pack / "gp_register.parquet")["nhs_number"].to_pylist()
    number = dict(zip(pseudonyms(load_key(key), known).astype(str), known, strict=True))
    rows = pq.read_table(two_months.after / "scores.parquet").to_pylist()
    return [(number[row["pseudonym"]], row) for row in rows]


def test_identify_writes_everyone_in_rank_order_under_a_plain_header(two_months, key, tmp_path):
    out = tmp_path / "people.csv"
    done = identified(two_months, key, out)
    assert out.read_text(encoding="utf-8").splitlines()[0] == "nhs_number,probability,percentile,tier,reasons"
    rows, people = rows_of(out), expected(two_months, key)
    assert done.rows == len(rows) == len(people)
    for row, (number, person) in zip(rows, people, strict=True):
        assert (row["nhs_number"], row["tier"]) == (number, person["tier"])
        assert float(row["probability"]) == pytest.approx(person["probability"], abs=1e-6)
        assert row["reasons"] == "; ".join(reason["text"] for reason in person["reasons"])


def test_identify_narrows_to_a_practice_and_a_tier(two_months, key, tmp_path):
    practice = next(person["practice_code"] for _, person in expected(two_months, key))
    identified(two_months, key, tmp_path / "people.csv", practice=practice, tier="high")
    wanted = [
        number
        for number, person in expected(two_months, key)
        if (person["practice_code"], person["tier"]) == (practice, "high")
    ]
    assert [row["nhs_number"] for row in rows_of(tmp_path / "people.csv")] == wanted


def test_identify_writes_a_spreadsheet_with_numbers_as_text(two_months, key, tmp_path):
    identified(two_months, key, tmp_path / "people.xlsx", tier="very_high")
    sheet = openpyxl.load_workbook(tmp_path / "people.xlsx").active
    header, *rows = sheet.iter_rows(values_only=True)
    assert header == ("nhs_number", "probability", "percentile", "tier", "reasons")
    assert [row[0] for row in rows] == [n for n, person in expected(two_months, key) if person["tier"] == "very_high"]


@pytest.mark.parametrize("name", ["people.csv", "people.xlsx"])
def test_identify_output_is_for_its_owner_only(two_months, key, tmp_path, name):
    identified(two_months, key, tmp_path / name)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_identify_adds_a_line_to_the_log_without_anybodys_number(two_months, key, tmp_path):
    first = identified(two_months, key, tmp_path / "one.csv")
    identified(two_months, key, tmp_path / "two.csv", tier="high")
    assert first.log == key.with_name("town.key.identifications.jsonl")
    assert stat.S_IMODE(first.log.stat().st_mode) == 0o600
    one, two = map(json.loads, first.log.read_text(encoding="utf-8").splitlines())
    assert (one["who"], one["purpose"], one["when"]) == ("a.gp", PURPOSE, "2026-10-02T09:30:00+00:00")
    assert (one["rows"], one["file"], two["file"]) == (first.rows, "one.csv", "two.csv")
    assert re.fullmatch("[0-9a-f]{64}", one["sha256"])
    assert not re.search(r"(?<![0-9a-f])\d{10}(?![0-9a-f])", first.log.read_text(encoding="utf-8"))


@pytest.mark.parametrize("purpose", ["", "   ", "care", "a        b"])
def test_identify_refuses_a_purpose_that_says_nothing(two_months, key, tmp_path, purpose):
    with pytest.raises(KeyRefused, match="purpose of at least 10"):
        identified(two_months, key, tmp_path / "people.csv", purpose=purpose)


def test_identify_refuses_a_purpose_that_names_a_number(two_months, key, tmp_path):
    with pytest.raises(KeyRefused, match="without a person's number"):
        identified(two_months, key, tmp_path / "people.csv", purpose="to look up 999 000 0018 again")


def test_identify_refuses_nobody(two_months, key, tmp_path):
    with pytest.raises(KeyRefused, match="name of whoever asks"):
        identified(two_months, key, tmp_path / "people.csv", who=" ")


def test_identify_refuses_another_key(two_months, key, tmp_path):
    make_key(tmp_path / "other.key")
    with pytest.raises(KeyRefused, match="that the run was made with"):
        identified(two_months, tmp_path / "other.key", tmp_path / "people.csv")


def test_identify_refuses_a_pack_whose_register_cannot_be_read(two_months, key, tmp_path):
    pack = tmp_path / "pack"
    shutil.copytree(two_months.town.pack, pack)
    (pack / "gp_register.parquet").write_bytes((pack / "gp_register.parquet").read_bytes()[:-100])
    asked = {"key_file": key, "purpose": PURPOSE, "who": "a.gp", "now": NOW}
    with pytest.raises(InputRefused, match="no register that can be read"):
        identify(two_months.after, pack, out=tmp_path / "people.csv", **asked)
    assert not (tmp_path / "people.csv").exists()


def test_identify_refuses_another_months_pack(two_months, key, tmp_path):
    with pytest.raises(InputRefused, match="another register"):
        identify(
            two_months.after,
            two_months.town.pack.with_name("pack_later"),
            key_file=key,
            purpose=PURPOSE,
            out=tmp_path / "people.csv",
            who="a.gp",
            now=NOW,
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"tier": "highest"}, "a tier out of"), ({"practice": "Z99999"}, "nobody scored at that one")],
)
def test_identify_refuses_nobody_to_identify(two_months, key, tmp_path, changes, message):
    with pytest.raises(InputRefused, match=message):
        identified(two_months, key, tmp_path / "people.csv", **changes)


def test_identify_refuses_another_kind_of_file(two_months, key, tmp_path):
    with pytest.raises(InputRefused, match=r"\.csv or \.xlsx"):
        identified(two_months, key, tmp_path / "people.txt")


def test_identify_leaves_no_file_where_the_log_cannot_be_written(two_months, key, tmp_path):
    key.with_name("town.key.identifications.jsonl").mkdir()
    with pytest.raises(OutputRefused, match="log of identifications"):
        identified(two_months, key, tmp_path / "people.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_identify_refuses_to_replace_a_file(two_months, key, tmp_path):
    (tmp_path / "people.csv").touch()
    with pytest.raises(OutputRefused, match="it exists"):
        identified(two_months, key, tmp_path / "people.csv")
    assert not key.with_name("town.key.identifications.jsonl").exists()
