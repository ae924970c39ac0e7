"""`caseload gp-files` and `caseload sweep-flags` as commands: what they say, what they refuse, and killed before any of its steps."""

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from caseload import clock
from caseload.commands import digest
from caseload.domain.border_words import ExportState
from caseload.opening import settings_for
from caseload.outward_commands import sweep_flags_command
from caseload.settings import child_environment, folder_for_exports
from caseload.store import open_store
from caseload.tables import BulkExport
from tests.functional.test_caseload_commands import caseload, refusal
from tests.support.case_app import make_town
from tests.support.flag_work import FlagWork

DYING = """
import os, signal, sys
from datetime import date, timedelta
from caseload import outward_commands
from caseload.__main__ import main
from caseload.intake import gp_files

folder, last, url = sys.argv[1:]
left = 0

def step(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.rename", "fsync") and str(arguments[0]).startswith(folder):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

def fsync(handle, fsync=os.fsync):
    step("fsync", [os.readlink(f"/proc/self/fd/{handle}")])
    fsync(handle)

for number in range(200):
    child = os.fork()
    if not child:
        left, os.fsync = number, fsync
        sys.addaudithook(step)
        day = date.fromisoformat(last) - timedelta(days=number)
        sys.argv = ["caseload", "gp-files", folder, "--day", day.isoformat(), "--database", url]
        main()
        os._exit(70)  # main ends the program
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
    if not os.WIFSIGNALED(status):
        break
"""
"""The command for one day after the other, each time killed one step later among those that write, until it comes to an end."""


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A place with somebody in care coordination who has a flag."""
    found = f"sqlite:///{tmp_path / 'case.sqlite'}"
    assert caseload("init", "--database", found).returncode == 0
    store = open_store(settings_for(found))
    now = clock.now()
    FlagWork(store, make_town(store)).set(now=now, review_on=clock.local_day(now) + timedelta(days=90))
    store.engine.dispose()
    return found


def whole(folder: Path) -> bool:
    """Whether a day's folder is there, with everything its manifest lists."""
    if not folder.exists():
        return False
    listed = json.loads((folder / "manifest.json").read_bytes())["files"]
    assert all(hashlib.sha256((folder / one["file"]).read_bytes()).hexdigest() == one["sha256"] for one in listed)
    return {path.name for path in folder.iterdir()} == {"manifest.json", *(one["file"] for one in listed)}


@pytest.mark.slow
def test_the_commands_say_what_they_did(tmp_path: Path, url: str) -> None:
    folder = tmp_path / "gp"
    before = clock.local_day(clock.now())
    done = caseload("gp-files", folder, "--database", url)
    assert (done.returncode, done.stderr) == (0, "")
    after_midnight = before + timedelta(days=1)
    day = after_midnight if after_midnight.isoformat() in done.stdout else before
    assert done.stdout == f"3 files with 1 people written to {folder / day.isoformat()}.\n"
    assert whole(folder / day.isoformat())
    again = caseload("gp-files", folder, "--day", day.isoformat(), "--database", url)
    assert again.stdout == f"The files of {day.isoformat()} are there already, as they were written.\n"
    to_come = (day + timedelta(days=2)).isoformat()
    assert "in the future" in refusal(caseload("gp-files", folder, "--day", to_come, "--database", url), 1)
    assert caseload("gp-files", folder, "--day", "today", "--database", url).returncode == 2
    assert caseload("sweep-flags", "--database", url).stdout == "0 flags have ended.\n"


@pytest.mark.slow
@pytest.mark.parametrize("command", [sweep_flags_command, digest])
def test_files_of_exports_whose_time_is_over_are_swept(
    url: str, command: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("caseload.intake.digest.send_digests", lambda *_arguments: 0)  # there is no mail server
    settings = settings_for(url)
    folder = folder_for_exports(settings)
    assert folder is not None
    store = open_store(settings)
    for state, hours in ((ExportState.READY, 25), (ExportState.READY, 1)):
        at = clock.now() - timedelta(hours=hours)
        export = BulkExport(
            user_id=1, request="$export", types=["Task"], state=state, files=[], asked_at=at, finished_at=at
        )
        with store.writing() as session:
            session.add(export)
            session.flush()
            (folder / str(export.id)).mkdir(parents=True)
    store.engine.dispose()
    command(url)
    assert [path.name for path in folder.iterdir()] == ["2"]


@pytest.mark.slow
def test_killed_before_any_of_its_steps_nothing_half_written_is_there(tmp_path: Path, url: str) -> None:
    folder, last = tmp_path / "gp", clock.local_day(clock.now()) - timedelta(days=1)
    command = [sys.executable, "-c", DYING, str(folder), last.isoformat(), url]
    done = subprocess.run(command, env=child_environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    ends = [int(line) for line in done.stdout.splitlines() if line.lstrip("-").isdigit()]
    assert ends == [-signal.SIGKILL] * (len(ends) - 1) + [0]
    there = [whole(folder / (last - timedelta(days=step)).isoformat()) for step in range(len(ends))]
    assert there.count(False) > 12
    assert there == sorted(there)  # from the step on that gives the folder its name, it is there
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) == sorted(
        (last - timedelta(days=step)).isoformat() for step, is_there in enumerate(there) if is_there
    )
    assert caseload("gp-files", folder, "--day", last.isoformat(), "--database", url).returncode == 0
    assert whole(folder / last.isoformat())
    assert list(folder.glob(".partial-*")) == []
