"""`caseload demo` from nothing to an app that can be signed in to."""

import re
import sqlite3
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from caseload.domain.permissions import PROGRAM_ROLES
from caseload.domain.words import Role
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow(seconds=90)
PEOPLE = 1_500


def demo(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "caseload", "demo", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "place"
    done = demo(folder, "--people", PEOPLE, "--no-serve")
    assert (done.returncode, done.stderr) == (0, "")
    return folder, done.stdout


def rows(folder: Path, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "caseload.sqlite") as database:
        return database.execute(question).fetchall()


def test_demo_has_an_account_for_every_role(made: tuple[Path, str]) -> None:
    folder, said = made
    roles = set(Role) - PROGRAM_ROLES  # nobody signs in with those
    for role in roles:
        assert f"  {role.value.replace('_', ' ')}" in said
    assert {role for (role,) in rows(folder, "SELECT DISTINCT role FROM user_role")} == {role.value for role in roles}
    assert (folder / "accounts.txt").read_text(encoding="utf-8") == said
    assert stat.S_IMODE((folder / "accounts.txt").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_demo_has_two_months_and_work_under_way(made: tuple[Path, str]) -> None:
    folder, _ = made
    assert len(rows(folder, "SELECT index_date FROM risk_run")) == 2
    actions = {action for (action,) in rows(folder, "SELECT DISTINCT action FROM audit_event")}
    assert {
        "run.load", "review.confirm", "case.open", "case.need", "lead.confirm", "lead.override", "lead.told",
        "contact.log", "task.done", "consent.given", "consent.refused", "consent.withdrawn", "handover.request",
        "handover.accept", "person.restricted", "emergency.open", "proposal.concern", "review.stage",
    } <= actions  # fmt: skip
    assert rows(folder, "SELECT count(*) FROM handover WHERE state = 'requested'") == [(1,)]
    assert rows(folder, "SELECT count(*) > 0 FROM staged_decision") == [(1,)]


def test_demo_has_flags_for_urgent_care_of_who_agreed(made: tuple[Path, str]) -> None:
    folder, _ = made
    flags = rows(folder, "SELECT count(*), count(DISTINCT person_id) FROM care_flag WHERE state = 'active'")
    assert flags[0][0] > flags[0][1] >= 1
    no = rows(folder, "SELECT person_id FROM consent WHERE purpose = 'sharing_urgent_care' AND state = 'refused'")
    flagged = {person for (person,) in rows(folder, "SELECT person_id FROM care_flag")}
    assert flagged.isdisjoint(person for (person,) in no)
    assert rows(folder, "SELECT count(*) FROM outward_change WHERE resource = 'Flag'")[0][0] >= flags[0][0]


def test_demo_has_a_stay_that_goes_on_and_one_that_ended_yesterday_to_plan_the_discharge_of(
    made: tuple[Path, str],
) -> None:
    folder, _ = made
    stays = rows(
        folder,
        "SELECT e.kind, julianday(date('now')) - julianday(e.ended_on), c.state FROM encounter e"
        " JOIN care_case c ON c.person_id = e.person_id WHERE e.source = 'hl7:demonstration' AND c.state = 'open'"
        " ORDER BY e.started_on DESC",
    )
    assert [(kind, state) for kind, _, state in stays] == [("emergency_admission", "open")] * 2
    assert stays[0][1] is None
    assert stays[1][1] in (0, 1, 2)  # the demonstration may have been made about midnight
    tasks = set(rows(folder, "SELECT kind, state FROM task WHERE rule_code LIKE 'hospital_%'"))
    assert tasks == {
        ("discharge_planning", "open"), ("discharge_planning", "cancelled"), ("discharge_contact", "open"),
    }  # fmt: skip
    messages = rows(folder, "SELECT state, reason_code FROM hospital_message ORDER BY id")
    assert messages == [("applied", "")] * 4 + [("held", "number_not_verified")]
    kinds = {kind for (kind,) in rows(folder, "SELECT DISTINCT kind FROM notice")}
    assert {"admitted", "discharged", "message_held"} <= kinds


def test_demo_leaves_an_audit_log_that_verifies(made: tuple[Path, str]) -> None:
    folder, _ = made
    url = f"sqlite:///{folder / 'caseload.sqlite'}"
    command = [sys.executable, "-m", "caseload", "audit", "verify", "--database", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("The audit log is whole")


def test_demo_refuses_a_folder_that_is_there(made: tuple[Path, str]) -> None:
    folder, _ = made
    done = demo(folder, "--no-serve")
    assert (done.returncode, done.stdout) == (5, "")
    assert "a new folder" in done.stderr


def test_demo_of_given_months_serves_them(made: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = made
    months = sorted((folder / "runs").iterdir())
    arguments = ["--key", folder / "keys" / "place.key", "--port", "0"]
    for run, pack in zip(months, ("pack_earlier", "pack"), strict=True):
        arguments += ["--run", run, "--pack", folder / "place" / pack]
    command = [sys.executable, "-m", "caseload", "demo", *map(str, [tmp_path / "again", *arguments])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = next(found[0] for line in process.stdout if (found := re.search(r"http://127\S+", line)))
            with urllib.request.urlopen(f"{address}healthz") as answer:
                assert answer.status == 200
        finally:
            process.terminate()
        assert process.wait(PATIENCE) == 0


def test_demo_of_runs_without_their_packs_is_refused(tmp_path: Path) -> None:
    done = demo(tmp_path / "place", "--run", tmp_path, "--key", tmp_path / "key")
    assert done.returncode == 1
    assert "two runs with the packs" in done.stderr
    assert not (tmp_path / "place").exists()
