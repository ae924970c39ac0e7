"""`caseload gp-files` and `caseload sweep-flags` as commands: what they say, what they refuse, and killed at any moment."""

import hashlib
import json
import subprocess
import sys
import time
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


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A place with somebody in care coordination who has a flag."""
    found = f"sqlite:///{tmp_path / 'case.sqlite'}"
    assert caseload("init", "--database", found).returncode == 0
    store = open_store(settings_for(found))
    FlagWork(store, make_town(store)).set()
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
    done = caseload("gp-files", folder, "--database", url)
    assert (done.returncode, done.stderr) == (0, "")
    day = clock.local_day(clock.now())
    assert done.stdout == f"3 files with 1 people written to {folder / day.isoformat()}.\n"
    assert whole(folder / day.isoformat())
    again = caseload("gp-files", folder, "--database", url)
    assert again.stdout == f"The files of {day.isoformat()} are there already, as they were written.\n"
    tomorrow = (day + timedelta(days=1)).isoformat()
    assert "in the future" in refusal(caseload("gp-files", folder, "--day", tomorrow, "--database", url), 1)
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
def test_killed_at_any_moment_nothing_half_written_is_there(tmp_path: Path, url: str) -> None:
    folder, day = tmp_path / "gp", clock.local_day(clock.now()).isoformat()
    begun = time.monotonic()
    assert caseload("gp-files", tmp_path / "timed", "--database", url).returncode == 0
    took = time.monotonic() - begun
    killed = 0
    for tenth in range(4, 11):
        name = f"{day[:8]}{tenth:02d}" if f"{day[:8]}{tenth:02d}" <= day else day
        command = [sys.executable, "-m", "caseload", "gp-files", str(folder), "--day", name, "--database", url]
        process = subprocess.Popen(command, env=child_environment(), stdout=subprocess.DEVNULL)
        time.sleep(took * tenth / 10)
        process.kill()
        killed += process.wait() != 0
        assert whole(folder / name) or not (folder / name).exists()
    assert killed
    assert caseload("gp-files", folder, "--database", url).returncode == 0
    assert whole(folder / day)
    assert list(folder.glob(".partial-*")) == []
