"""`caseload check-run` as whoever receives a run meets it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from caseload.settings import child_environment
from interfaces.scores import ScoreWriter
from tests.support.run_folders import vouch_for, write_run
from tests.support.score_rows import HEADER, score_row, score_rows
from tests.support.warm_command import one_warm_command


def caseload(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own whose modules are loaded already."""
    return one_warm_command("caseload.run_summary")([*map(str, arguments)], "", child_environment())


def cold(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as a shell starts it."""
    command = [sys.executable, "-m", "caseload", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def refusal(run: Path, *arguments: str | Path) -> str:
    return refused(caseload("check-run", run, *arguments))


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """What a refused run says; it must be one paragraph on standard error and nothing else."""
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Expected ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_check_run_says_what_would_be_taken_in(tmp_path: Path) -> None:
    done = cold("check-run", write_run(tmp_path / "run"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "This run can be taken in: Thamesmere (made up), index date 1 October 2026.",
        "For demonstration, not for care: the model was fitted on made-up people.",
        "200 people scored in 3 practices.",
        "  very high             2  1.00 %",
        "  high                  8  4.00 %",
        "  moderate             30  15.00 %",
        "  in no tier          160  80.00 %",
        "10 people, very high and high, would become proposals to their practices.",
        "5 people are in a tier who were in none in the run compared with.",
        "Scored by model 0.1.0 for emergency_admission_12m; tiers by percentile; pseudonym key 0a1b2c3d.",
    ]


def test_check_run_json_holds_the_same(tmp_path: Path) -> None:
    file = tmp_path / "said.json"
    assert caseload("check-run", write_run(tmp_path / "run"), "--json", file).returncode == 0
    said = json.loads(file.read_text(encoding="utf-8"))
    assert said["usable"] is True
    assert said["demonstration"] is True
    assert said["tiers"] == {"very_high": 2, "high": 8, "moderate": 30, "none": 160}
    assert (said["people"], said["practices"], said["index_date"]) == (200, 3, "2026-10-01")


def test_check_run_of_a_model_fit_for_use_does_not_call_it_a_demonstration(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", header=replace(HEADER, demonstration=False))
    assert "demonstration, not for care" not in caseload("check-run", run).stdout


def test_check_run_says_what_is_thin(tmp_path: Path) -> None:
    rows = [score_row(rank, 200, previous_tier=None, short_history=rank < 4) for rank in range(1, 201)]
    rows[0] |= {"reasons": [], "baseline": None}
    run = write_run(tmp_path / "run", rows)
    (run / "report.html").unlink()
    said = caseload("check-run", run).stdout
    assert "It was not compared with an earlier run" in said
    assert "3 people have been registered for less than a year" in said
    assert "1 people are in a tier without a reason" in said
    assert "1 files of the run were not handed over: report.html" in said


def test_check_run_of_nobody(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    with ScoreWriter(run / "scores.parquet", HEADER):
        pass
    vouch_for(run)
    assert "0 people scored in 0 practices." in caseload("check-run", run).stdout


def test_check_run_refuses_a_changed_score_file(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    data = bytearray((run / "scores.parquet").read_bytes())
    data[50] ^= 1
    (run / "scores.parquet").write_bytes(bytes(data))
    assert "SHA-256 differs" in refusal(run)


def test_check_run_refuses_a_score_file_cut_short(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    data = (run / "scores.parquet").read_bytes()
    (run / "scores.parquet").write_bytes(data[:-10])
    assert "bytes where the manifest says" in refusal(run)


def test_check_run_refuses_another_changed_file(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    (run / "report.html").write_text("<!doctype html><title>Edited</title>", encoding="utf-8")
    assert "report.html" in refusal(run)


def test_check_run_refuses_rows_that_break_the_contract_though_vouched_for(tmp_path: Path) -> None:
    rows = score_rows(200)
    rows[9] = score_row(10, 200, pseudonym=rows[2]["pseudonym"])
    assert "every person once" in refusal(write_run(tmp_path / "run", rows))


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"outputs": {}}', '{"outputs": {"report.html": {}}}', "{"])
def test_check_run_refuses_a_manifest_that_vouches_for_nothing(tmp_path: Path, manifest: str) -> None:
    run = write_run(tmp_path / "run")
    (run / "manifest.json").write_text(manifest, encoding="utf-8")
    assert "manifest.json" in refusal(run)


@pytest.mark.parametrize("name", ["../elsewhere.txt", "/etc/hostname"])
def test_check_run_reads_nothing_outside_the_run_folder(tmp_path: Path, name: str) -> None:
    run = write_run(tmp_path / "run")
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][name] = {"sha256": "0" * 64, "bytes": 1}
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert "an entry that is not" in refusal(run)


def test_check_run_refuses_a_folder_that_is_no_run(tmp_path: Path) -> None:
    assert "no such folder" in refused(cold("check-run", tmp_path / "absent"))
    (tmp_path / "empty").mkdir()
    assert "no manifest.json there" in refusal(tmp_path / "empty")


def test_check_run_refuses_without_the_score_file(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    (run / "scores.parquet").unlink()
    assert "scores.parquet" in refusal(run)


def test_check_run_json_of_a_refusal(tmp_path: Path) -> None:
    file = tmp_path / "said.json"
    refusal(tmp_path / "absent", "--json", file)
    said = json.loads(file.read_text(encoding="utf-8"))
    assert (said["usable"], said["found"]) == (False, "no such folder")


@pytest.mark.parametrize("there", [True, False])
def test_check_run_json_that_cannot_be_written_is_exit_5(tmp_path: Path, there: bool) -> None:
    run = write_run(tmp_path / "run") if there else tmp_path / "absent"
    done = caseload("check-run", run, "--json", tmp_path / "no" / "such.json")
    assert done.returncode == 5
    assert done.stderr.startswith("Expected to write such.json.")


def test_caseload_usage_is_exit_2() -> None:
    assert caseload("check-run").returncode == 2
    assert caseload("check").returncode == 2
