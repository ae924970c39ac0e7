"""A backup taken while people work, put back elsewhere: everything answered before it is there, and work goes on."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from caseload.actions.once import once
from caseload.actions.tasks import add_task
from caseload.audit_chain import check_note, verify
from caseload.clock import local_day
from caseload.database import open_database
from caseload.domain.words import TaskKind
from caseload.migrations.steps import check_current
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import Task
from tests.support.case_app import NOW, make_town
from tests.support.patience import until
from tests.support.postgres import postgres_url
from tests.support.postgres_server import NoPostgres, binary
from tests.support.sqlite import sqlite_url
from tests.support.warm_command import one_warm_command

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret that only tests know, long enough"

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """A store with its made-up place, and a function that puts a backup back and answers the new address."""
    if request.param == "sqlite":
        with opened(sqlite_url(tmp_path)) as store:
            yield store, make_town(store), lambda backup: restored_sqlite(backup, tmp_path / "elsewhere.sqlite")
        return
    with postgres_url() as url, postgres_url(migrated=False) as elsewhere, opened(url) as store:
        yield store, make_town(store), lambda backup: restored_postgresql(backup, elsewhere)


@contextmanager
def opened(url):
    store = Store(open_database(url), Secrets.of(SECRET))
    yield store
    store.engine.dispose()


def restored_sqlite(backup, target):
    """As docs/how-to/run-the-case-app.md says: the copy is a database."""
    backup.rename(target)
    return f"sqlite:///{target}"


def restored_postgresql(backup, url):
    """As docs/how-to/run-the-case-app.md says: into an empty database."""
    subprocess.run([tool("pg_restore"), "--no-owner", f"--dbname={url}", "--exit-on-error", backup], check=True)
    return url


def tool(name):
    try:
        return binary(name)
    except NoPostgres as missing:
        pytest.skip(str(missing))


def caseload(*arguments):
    """The command, in a process of its own whose modules are loaded already."""
    path = os.pathsep.join([str(tool("pg_dump").parent), os.environ["PATH"]])  # noqa: TID251 a command's own environment
    environment = {**os.environ, "PATH": path, "CARETIER_SECRET_KEY": SECRET}  # noqa: TID251
    return one_warm_command()([*map(str, arguments)], "", environment)


@contextmanager
def people_at_work(store, town):
    """Tasks written by another process meanwhile; the ids it was answered, as a list that is whole at the end."""
    ids = (town.users["ash.gp"], town.people[1])
    url = store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.support.busy_writer", url, SECRET, *map(str, ids)]
    answered: list[int] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True) as process:
        answered.append(int(process.stdout.readline()))
        try:
            yield answered
        finally:
            process.kill()
            answered += [int(line) for line in process.stdout if line.endswith("\n")]


def tasks_in(store):
    with store.reading() as session:
        return set(session.execute(select(Task.id)).scalars())


def test_backup_taken_under_load_is_put_back_and_work_goes_on(place, tmp_path):
    store, town, restored = place
    with people_at_work(store, town):
        assert until(lambda: len(tasks_in(store)) > 8)
        before = tasks_in(store)
        done = caseload(
            "backup", tmp_path / "copy", "--database", store.engine.url.render_as_string(hide_password=False)
        )
        assert done.returncode == 0, done.stderr
        assert until(lambda: tasks_in(store) > before)  # they were not kept from working

    with opened(restored(tmp_path / "copy")) as again:
        check_current(again.engine)
        there = tasks_in(again)
        assert before <= there <= tasks_in(store)
        with again.reading() as session:
            noted = verify(session, again.secrets.audit)
            by = town.viewer(session, "ash.gp")
        assert noted.events == len(there)
        with store.reading() as session:
            check_note(session, noted)  # the copy's log is the beginning of the log it was taken from
        made = once(
            again, add_task, by=by, now=NOW, key="the first form afterwards", person_id=town.people[1],
            kind=TaskKind.OTHER, title="After the restore", due_on=local_day(NOW),
        )  # fmt: skip
        assert made not in there
        with again.reading() as session:
            assert verify(session, again.secrets.audit).events == len(there) + 1


def test_restored_database_keeps_histories_as_they_were_written(place, tmp_path):
    store, town, restored = place
    with store.reading() as session:
        by = town.viewer(session, "ash.gp")
    once(
        store, add_task, by=by, now=NOW, key="the form of the task", person_id=town.people[1], kind=TaskKind.OTHER,
        title="Before the backup", due_on=local_day(NOW),
    )  # fmt: skip
    assert (
        caseload(
            "backup", tmp_path / "copy", "--database", store.engine.url.render_as_string(hide_password=False)
        ).returncode
        == 0
    )
    with opened(restored(tmp_path / "copy")) as again:
        for statement in ("UPDATE task_event SET note = 'x'", "DELETE FROM audit_event"):
            with pytest.raises(DatabaseError, match="never changed or removed"), again.engine.begin() as connection:
                connection.execute(text(statement))


def test_backup_is_for_its_owner_only_and_never_written_over(place, tmp_path):
    store, _town, _restored = place
    url = store.engine.url.render_as_string(hide_password=False)
    assert caseload("backup", tmp_path / "copy", "--database", url).returncode == 0
    copy = tmp_path / "copy"
    assert copy.stat().st_mode & 0o077 == 0
    before = copy.read_bytes()
    assert caseload("backup", copy, "--database", url).returncode == 5
    assert copy.read_bytes() == before
    assert SECRET.encode() not in before


def test_backup_under_another_secret_is_found_out(place, tmp_path):
    """Without the installation's secret a copy is whole but its audit log cannot be verified."""
    store, town, restored = place
    with store.reading() as session:
        by = town.viewer(session, "ash.gp")
    once(
        store, add_task, by=by, now=NOW, key="the form of the task", person_id=town.people[1], kind=TaskKind.OTHER,
        title="Before the backup", due_on=local_day(NOW),
    )  # fmt: skip
    url = store.engine.url.render_as_string(hide_password=False)
    assert caseload("backup", tmp_path / "copy", "--database", url).returncode == 0
    address = restored(tmp_path / "copy")
    assert caseload("audit", "verify", "--database", address).returncode == 0
    environment = {**os.environ, "CARETIER_SECRET_KEY": SECRET + "!"}  # noqa: TID251
    command = [sys.executable, "-m", "caseload", "audit", "verify", "--database", address]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=ROOT)
    assert done.returncode == 6
    assert "event 1 is not as it was written" in done.stderr
