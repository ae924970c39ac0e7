"""`stratify check-pack` as a person or a script meets it."""

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from interfaces.extracts.manifest import Origin
from tests.support.packs import a_pack, admission, nhs, person, seal


def _check(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stratify", "check-pack", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_good_pack_is_reported_and_exits_0(tmp_path: Path) -> None:
    done = _check(a_pack(tmp_path / "pack"), "--json", tmp_path / "report.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == [
        "Pack test-2026-10: Testborough, made-up people, extracted on 2026-10-01",
        "It can be used.",
    ]
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["usable"] is True
    assert report["tables"]["admissions"]["rows"] == 1


def test_refused_pack_says_why_and_exits_1(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", admissions=[admission(nhs(1), "2026-09-01", provider_code="1.2E+05")])
    done = _check(folder, "--json", tmp_path / "report.json")
    assert done.returncode == 1
    assert "damaged_identifier in admissions.csv, column provider_code, row 1" in done.stdout
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [(refusal["rule"], refusal["row"]) for refusal in report["refusals"]] == [("damaged_identifier", 1)]


def test_folder_that_is_no_pack_is_one_paragraph_and_exits_1(tmp_path: Path) -> None:
    done = _check(tmp_path, "--json", tmp_path / "report.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Expected manifest.json in the pack folder. Found none.")
    assert len(done.stderr.splitlines()) == 1
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["usable"] is False


@pytest.mark.slow
def test_feed_that_stopped_can_be_allowed_by_its_name(tmp_path: Path) -> None:
    days = [date(2025, 10, 1) + timedelta(days=at) for at in range(300)]
    rows = [admission(nhs(1), day.isoformat()) for day in days]
    folder = a_pack(tmp_path / "pack", gp_register=[person(nhs(1))], admissions=rows)
    refused = _check(folder)
    assert refused.returncode == 1
    assert "--allow-gap admissions" in " ".join(refused.stdout.split())
    assert _check(folder, "--allow-gap", "admissions").returncode == 0
    assert _check(folder, "--allow-gap", "admission").returncode == 1


def test_mapping_files_are_used_where_they_are_given(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    (folder / "OPA.csv").write_text(
        f"NHS_Number,Appointment_Date,Attendance_Status\n{nhs(1)},2026-09-01,5\n", encoding="utf-8"
    )
    seal(folder)
    assert "outpatients  " not in _check(folder).stdout
    feeds = Path(__file__).parents[2] / "config" / "feeds"
    assert "outpatients  " in _check(folder, "--feeds", feeds).stdout


def test_mapping_files_of_the_places_own_configuration_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, config = a_pack(tmp_path / "pack"), tmp_path / "config"
    (folder / "trust.csv").write_text(
        f"NHS_Number,Appointment_Date,Attendance_Status\n{nhs(1)},2026-09-01,5\n", encoding="utf-8"
    )
    seal(folder, origins={"outpatients": Origin(mapping="our_trust", file="trust.csv")})
    assert _check(folder).stderr.startswith("Expected a mapping file our_trust.toml. Found only cld, ")
    installed = Path(__file__).parents[2] / "config"
    shutil.copytree(installed / "feeds", config / "feeds")
    shutil.copy(config / "feeds" / "opa.toml", config / "feeds" / "our_trust.toml")
    shutil.copy(installed / "feeds.toml", config)
    monkeypatch.setenv("CARETIER_CONFIG", str(config))
    assert "outpatients  " in _check(folder).stdout


def test_report_that_cannot_be_written_exits_5(tmp_path: Path) -> None:
    done = _check(a_pack(tmp_path / "pack"), "--json", tmp_path / "nowhere" / "report.json")
    assert done.returncode == 5
    assert "report.json" in done.stderr
