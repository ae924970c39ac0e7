"""The `caseload` command as whoever runs it meets it: every command, its exit codes, and what it leaves behind.

A database that is only what a test begins with is a copy: of one after `caseload init`, or after the first month as well.
"""

import json
import re
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from caseload.settings import child_environment
from tests.support.months import NOVEMBER, SEPTEMBER, Month, make_month, with_other_key
from tests.support.once_in_a_run import once_in_a_run
from tests.support.patience import PATIENCE
from tests.support.postgres import postgres_url
from tests.support.warm_command import one_warm_command

PASSWORD = "seven quiet bicycles"


def caseload(*arguments: object, said: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own whose modules are loaded already."""
    warm = one_warm_command("caseload.intake.load_run", "caseload.app")
    return warm([*map(str, arguments)], said, _environment(environment))


def cold(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a shell starts it."""
    command = [sys.executable, "-m", "caseload", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=_environment(environment))


def _environment(environment: dict[str, str]) -> dict[str, str]:
    return child_environment(**{f"CARETIER_{name.upper()}": value for name, value in environment.items()})


def refusal(done: subprocess.CompletedProcess[str], code: int, begins: str = "Expected ") -> str:
    """What was refused: one paragraph on standard error, nothing else, and this exit code.

    An action of the app that the rules forbid answers with its own sentence, as it does on a page.
    """
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.startswith(begins)
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'case.sqlite'}"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """October, and the databases that tests begin with."""
    return once_in_a_run(tmp_path_factory, worker_id, "caseload_commands", _prepare)


def _prepare(folder: Path) -> None:
    month = make_month(folder / "october")
    (folder / "empty").mkdir()
    url = f"sqlite:///{folder / 'empty' / 'case.sqlite'}"
    assert caseload("init", "--database", url).returncode == 0
    shutil.copytree(folder / "empty", folder / "loaded")
    done = load(month, f"sqlite:///{folder / 'loaded' / 'case.sqlite'}")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def month(prepared: Path) -> Month:
    october = prepared / "october"
    return Month(october / "run", october / "pack", october / "key")


@pytest.fixture
def empty(prepared: Path, url: str, tmp_path: Path) -> str:
    """The address of a database as `caseload init` leaves it."""
    shutil.copytree(prepared / "empty", tmp_path, dirs_exist_ok=True)
    return url


@pytest.fixture
def loaded(prepared: Path, url: str, tmp_path: Path) -> str:
    """The address of a database with October in it."""
    shutil.copytree(prepared / "loaded", tmp_path, dirs_exist_ok=True)
    return url


def load(month: Month, url: str, *more: object) -> subprocess.CompletedProcess[str]:
    return caseload("load-run", month.run, month.pack, "--key", month.key_file, "--database", url, *more)


def test_init_makes_a_database_and_a_secret_only_their_owner_can_read(tmp_path: Path, url: str) -> None:
    done = cold("init", "--database", url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The case database is ready.")
    for name in ("case.sqlite", "case.sqlite.secret"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    secret = (tmp_path / "case.sqlite.secret").read_text()
    again = caseload("init", "--database", url)
    assert again.stdout.startswith("The case database was here and is up to date.")
    assert (tmp_path / "case.sqlite.secret").read_text() == secret


def test_init_where_nothing_can_be_written(tmp_path: Path) -> None:
    assert "a place for the case database" in refusal(caseload("init", "--database", f"sqlite:///{tmp_path}/no/x"), 5)


def test_init_for_a_server_without_a_secret(tmp_path: Path) -> None:
    done = caseload("init", "--database", "postgresql://nobody@localhost:1/none")
    assert "CARETIER_SECRET_KEY" in refusal(done, 3)


def test_an_address_that_is_none_is_refused() -> None:
    assert "neither SQLite nor PostgreSQL" in refusal(caseload("init", "--database", "mysql://host/name"), 3)


@pytest.mark.parametrize(
    "command", [("backup", "copy"), ("audit", "verify"), ("serve",), ("digest",), ("add-team", "x", "--place", "y")]
)
def test_commands_without_a_database_say_how_to_make_one(url: str, tmp_path: Path, command: tuple[str, ...]) -> None:
    assert "caseload init" in refusal(caseload(*command, "--database", url), 3)
    assert not (tmp_path / "case.sqlite").exists()


def test_load_run_says_what_it_took_in_and_the_second_time_that_it_did_not(empty: str, month: Month) -> None:
    first, second = load(month, empty), load(month, empty)
    assert (first.returncode, first.stderr) == (0, "")
    assert "12 scores of 12" in first.stdout
    assert second.stdout == "The run of Testborough for 1 October 2026 was taken in before. Nothing was changed.\n"


def test_load_run_takes_the_database_from_the_settings(url: str, month: Month) -> None:
    caseload("init", database_url=url)
    done = caseload("load-run", month.run, month.pack, "--key", month.key_file, database_url=url)
    assert done.returncode == 0


def test_load_run_with_another_key_ends_with_its_own_exit_code(empty: str, month: Month, tmp_path: Path) -> None:
    assert "the run was made with" in refusal(load(with_other_key(month, tmp_path), empty), 4)


def test_load_run_of_an_older_month_is_refused_unless_told(loaded: str, tmp_path: Path) -> None:
    older = make_month(tmp_path / "september", index=SEPTEMBER)
    assert "--older" in refusal(load(older, loaded), 1)
    assert "only its scores" in load(older, loaded, "--older").stdout


def test_load_run_without_a_practice_there_was_is_refused_unless_told(loaded: str, tmp_path: Path) -> None:
    november = make_month(tmp_path / "november", index=NOVEMBER, absent=[10, 11, 12], tiers={1: "high"})
    assert "F84003: 3 of 3 people missing" in refusal(load(november, loaded), 1)
    assert load(november, loaded, "--allow-leavers", "F84003").returncode == 0


def test_a_misspelt_setting_stops_every_command(url: str, tmp_path: Path) -> None:
    (tmp_path / "caseload.toml").write_text("page_row = 5\n", encoding="utf-8")
    said = refusal(caseload("serve", "--database", url, config=str(tmp_path)), 3)
    assert "page_row (the nearest there is: page_rows)" in said
    assert str(tmp_path / "caseload.toml") in said


def test_load_run_on_a_database_of_an_earlier_step_is_refused(url: str, month: Month, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "case.sqlite").close()
    (tmp_path / "case.sqlite").touch()
    assert "caseload init" in refusal(load(month, url), 3)


ADA = ("add-user", "ada", "--name", "Ada Byron", "--role", "admin", "--database")


def test_first_administrator_is_not_added_before_a_run_brought_the_place(empty: str) -> None:
    assert "load-run" in refusal(caseload(*ADA, empty, said=PASSWORD), 3)


def test_first_administrator_is_added_once_a_run_brought_the_place(loaded: str) -> None:
    done = caseload(*ADA, loaded, said=f"{PASSWORD}\n")
    assert done.stdout == "ada may sign in as admin.\n"
    assert PASSWORD not in done.stdout + done.stderr
    assert refusal(caseload(*ADA, loaded, said=PASSWORD), 1, "This username is taken.\n")
    short = caseload(*ADA[:1], "eve", *ADA[2:], loaded, said="short")
    assert "at least 12 characters" in refusal(short, 1, "")


def test_employers_teams_and_users_at_them(loaded: str, tmp_path: Path) -> None:
    database = ("--database", loaded)
    assert caseload("add-organisation", "RTST", "Test Trust", "--kind", "trust", *database).returncode == 0
    practice = caseload("add-organisation", "X", "X", "--kind", "practice", *database)
    assert "come with a run" in refusal(practice, 1, "Practices, networks, localities and boroughs")
    assert caseload("add-team", "Navigators", "--place", "North", *database).returncode == 0
    done = caseload(
        "add-user", "nav", "--name", "Nav", "--role", "navigator", "--place", "F84001", "--employer", "rtst", *database,
        said=PASSWORD,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "case.sqlite") as rows:
        home, place = rows.execute(
            "SELECT home.code, place.code FROM app_user JOIN organisation home ON home.id = home_id"
            " JOIN user_role ON user_id = app_user.id JOIN organisation place ON place.id = place_id"
        ).fetchone()
    assert (home, place) == ("RTST", "F84001")
    wrong = caseload("add-team", "Others", "--place", "Nowhere", *database)
    assert "none of that name" in refusal(wrong, 3)


def test_audit_verify_names_the_first_bad_event(loaded: str, tmp_path: Path) -> None:
    caseload("add-team", "One", "--place", "F84001", "--database", loaded)
    sound = caseload("audit", "verify", "--database", loaded)
    assert sound.stdout.startswith("The audit log is whole: 2 events")
    with sqlite3.connect(tmp_path / "case.sqlite") as rows:
        for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            rows.execute(f"DROP TRIGGER {name}")
        rows.execute("UPDATE audit_event SET action = 'nothing' WHERE number = 1")
    assert "event 1 is not as it was written" in refusal(caseload("audit", "verify", "--database", loaded), 6)


def test_a_log_put_back_as_it_was_is_found_by_a_note_kept_elsewhere(loaded: str, tmp_path: Path) -> None:
    note = tmp_path / "elsewhere.json"
    verify = ("audit", "verify", "--note", note, "--database", loaded)
    assert caseload(*verify).returncode == 0
    before = tmp_path / "before.sqlite"
    caseload("backup", before, "--database", loaded)
    caseload("add-team", "One", "--place", "F84001", "--database", loaded)
    assert caseload(*verify).returncode == 0
    assert json.loads(note.read_text())["events"] == 2
    for leftover in tmp_path.glob("case.sqlite-*"):
        leftover.unlink()
    (tmp_path / "case.sqlite").write_bytes(before.read_bytes())
    assert caseload("audit", "verify", "--database", loaded).returncode == 0  # by itself it looks whole
    assert "event 2 is not the one that was noted" in refusal(caseload(*verify), 6)
    note.write_text("not a note")
    refusal(caseload(*verify), 5)


def test_backup_is_whole_private_and_can_be_put_back(loaded: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    done = caseload("backup", copy, "--database", loaded)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*copy*")] == ["copy.sqlite"]
    assert "one that exists" in refusal(caseload("backup", copy, "--database", loaded), 5)
    (tmp_path / "copy.sqlite.secret").write_bytes((tmp_path / "case.sqlite.secret").read_bytes())
    (tmp_path / "copy.sqlite.secret").chmod(0o600)
    restored = caseload("audit", "verify", "--database", f"sqlite:///{copy}")
    assert restored.stdout.startswith("The audit log is whole: 1 events")


@pytest.mark.slow
def test_the_commands_on_postgresql(tmp_path: Path, month: Month) -> None:
    secret = "a secret for a test, long enough to be one"
    with postgres_url(migrated=False) as server:
        settings = {"database_url": server, "secret_key": secret}
        assert cold("init", **settings).returncode == 0
        done = cold("load-run", month.run, month.pack, "--key", month.key_file, **settings)
        assert done.returncode == 0, done.stderr
        assert "12 scores of 12" in done.stdout
        assert cold("audit", "verify", **settings).stdout.startswith("The audit log is whole: 1 events")
        saved = cold("backup", tmp_path / "copy.dump", **settings)
        assert saved.returncode == 0, saved.stderr
        assert (tmp_path / "copy.dump").read_bytes()[:5] == b"PGDMP"
        assert stat.S_IMODE((tmp_path / "copy.dump").stat().st_mode) == 0o600


@contextmanager
def serving(url: str) -> Iterator[str]:
    """The app in a process of its own, at the address it says."""
    command = [sys.executable, "-m", "caseload", "serve", "--port", "0", "--database", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
            assert found, process.poll()
            yield found[0]
        finally:
            process.terminate()
        assert process.wait(PATIENCE) == 0


@pytest.mark.slow
def test_serve_answers_until_it_is_told_to_stop(empty: str) -> None:
    with serving(empty) as address:
        with urllib.request.urlopen(f"{address}healthz") as answer:
            assert answer.status == 200
            assert json.load(answer) == {"status": "ok", "version": "0.1.0"}
        port = address.rstrip("/").rsplit(":", 1)[1]
        taken = caseload("serve", "--port", port, "--database", empty)
        assert f"port {port} of 127.0.0.1 to be free" in refusal(taken, 5)


def work_of_children() -> float:
    """Seconds of a processor that processes took which this one began and which have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def test_every_command_and_its_help_answers_quickly() -> None:
    began = work_of_children()
    done = cold("--help")
    assert done.returncode == 0
    for name in ("init", "load-run", "serve", "demo", "add-user", "digest", "backup", "audit", "check-run"):
        assert f"  {name} " in done.stdout
    assert work_of_children() - began < 10  # seconds of a processor; it takes less than one
    assert cold("load-run").returncode == 2


def test_digest_without_a_mail_server_says_which_setting_is_missing(empty: str) -> None:
    assert "mail server" in refusal(caseload("digest", "--database", empty), 3)


def test_a_later_month_after_the_first(loaded: str, tmp_path: Path) -> None:
    later = make_month(tmp_path / "november", index=NOVEMBER, register={1: {"date_of_death": "2026-10-20"}})
    said = load(later, loaded).stdout
    assert "Died: 1" in said
    assert "The person has died: 1" in said
