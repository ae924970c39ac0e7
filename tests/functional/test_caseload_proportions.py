"""`caseload proportions`: the same bytes each time, refusals with their exit codes, nothing written where refused."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from tests.functional.test_caseload_commands import caseload, load, refusal
from tests.support.months import make_month

OCTOBER = date(2025, 10, 1)


@pytest.fixture
def url(tmp_path: Path) -> str:
    found = f"sqlite:///{tmp_path / 'case.sqlite'}"
    assert caseload("init", "--database", found).returncode == 0
    return found


def proportions(url: str, *arguments: object):
    return caseload("proportions", "--database", url, *arguments)


@pytest.mark.slow
def test_the_same_database_and_date_give_the_same_bytes(tmp_path: Path, url: str) -> None:
    month = make_month(tmp_path / "october", index=OCTOBER)
    assert load(month, url).returncode == 0
    made = []
    for name in ("first", "second"):
        files = [tmp_path / f"{name}.{kind}" for kind in ("json", "csv")]
        done = proportions(url, "--as-at", "2025-10-31", "--json", files[0], "--csv", files[1])
        assert (done.returncode, done.stderr) == (0, "")
        made.append((done.stdout, *(file.read_bytes() for file in files)))
    assert made[0] == made[1]
    printed, as_json, as_csv = made[0]
    assert printed.startswith("As at 31 October 2025, tiers of the run of 1 October 2025.\n")
    told = json.loads(as_json)
    assert (told["reporting_date"], told["run"]["index_date"]) == ("2025-10-31", "2025-10-01")
    rows = list(csv.DictReader(as_csv.decode().splitlines()))
    assert {row["record"] for row in rows} == {"figure", "note"}
    assert [row["note"] for row in rows if row["record"] == "note"] == told["notes"]
    assert len([row for row in rows if row["record"] == "figure"]) == 4 * len(told["places"])


@pytest.mark.slow
def test_what_cannot_be_reported_is_refused(tmp_path: Path, url: str) -> None:
    file = tmp_path / "out.json"
    assert "none taken in" in refusal(proportions(url, "--as-at", "2025-09-30", "--json", file), 1)
    assert "in the future" in refusal(proportions(url, "--as-at", "2999-01-01", "--json", file), 1)
    assert proportions(url, "--as-at", "30 September", "--json", file).returncode == 2
    assert proportions(url).returncode == 2
    assert "no such file" in refusal(proportions(f"sqlite:///{tmp_path}/none", "--as-at", "2025-09-30"), 3)
    assert not file.exists()


@pytest.mark.slow
def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, url: str) -> None:
    assert load(make_month(tmp_path / "october", index=OCTOBER), url).returncode == 0
    done = proportions(url, "--as-at", "2025-10-31", "--csv", tmp_path / "no" / "x.csv")
    assert "cannot be written to" in refusal(done, 5)
