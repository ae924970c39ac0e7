"""The steps of the case database: they make what the tables say, keep what is there, and happen whole or not at all."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from caseload import database
from caseload.audit_chain import FIRST_HASH
from caseload.database import open_database
from caseload.exceptions import SettingsRefused
from caseload.migrations.running import configuration, downgrade, upgrade
from caseload.migrations.steps import check_current, current, newest
from caseload.tables import Table
from tests.support.one_row_each import fill, rows_of
from tests.support.patience import PATIENCE
from tests.support.postgres import postgres_url
from tests.support.schema import schema_of

STEPS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """An engine over a database without any table."""
    if request.param == "sqlite":
        engine = open_database(f"sqlite:///{tmp_path}/empty.sqlite")
        yield engine
        engine.dispose()
        return
    with postgres_url(migrated=False) as url:
        engine = open_database(url)
        yield engine
        engine.dispose()


def everything(engine):
    with engine.connect() as connection:
        return {name: rows_of(connection, name) for name in inspect(connection).get_table_names()}


def filled(engine):
    upgrade(engine)
    with engine.begin() as connection:
        fill(connection)
    return everything(engine)


def test_migrations_make_what_the_tables_say_as_alembic_compares(empty):
    upgrade(empty)
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_migrations_make_what_the_tables_say_word_for_word(empty):
    """Also what Alembic does not compare: checks, conditions of indexes, names of constraints."""
    upgrade(empty)
    migrated = schema_of(empty)
    downgrade(empty, "base")
    assert schema_of(empty) == {}
    Table.metadata.create_all(empty)
    assert migrated == schema_of(empty)
    assert len(migrated) > 80


def test_migrations_begin_the_audit_log(empty):
    upgrade(empty)
    assert [tuple(head.values()) for head in everything(empty)["audit_head"]] == [(1, 0, FIRST_HASH)]


def test_the_newest_step_is_the_one_alembic_ends_at():
    """It is read from the names of the files, so that a start need not load Alembic."""
    script = ScriptDirectory.from_config(configuration())
    assert newest() == script.get_current_head() == STEPS[-1]
    assert {step.revision for step in script.walk_revisions()} == set(STEPS)


def test_a_database_at_the_newest_step_is_left_alone(empty):
    before = filled(empty)
    upgrade(empty)
    assert everything(empty) == before


def test_every_table_has_a_row_to_lose(empty):
    assert all(filled(empty).values())


def test_every_step_down_and_up_keeps_the_rows_of_the_tables_that_stay(empty):
    before = filled(empty)
    for step in reversed(STEPS[:-1]):
        downgrade(empty, step)
        left = everything(empty)
        assert left.pop("alembic_version") == [{"version_num": step}]
        assert left == {name: _only(before[name], like=left[name]) for name in left}
    upgrade(empty)
    after = everything(empty)
    assert set(after) == set(before)
    assert {name: _only(after[name], like=left[name]) for name in left} == left


def _only(rows, like):
    """The rows with the columns they still have: a step back drops the columns it added."""
    return [{name: row[name] for name in kept} for row, kept in zip(rows, like, strict=True)]


def test_what_a_step_back_has_no_word_for_stays_as_another_kind_or_goes(empty):
    filled(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE task SET kind = 'mdt_action'"))
        connection.execute(text("UPDATE notice SET kind = 'plan_active'"))
    downgrade(empty, "0005")
    left = everything(empty)
    assert [task["kind"] for task in left["task"]] == ["other"]
    assert left["notice"] == []


def test_a_step_that_fails_leaves_nothing_of_any_step(empty):
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE contact (id INTEGER)"))  # in the way of the fourth step
    with pytest.raises(DatabaseError):
        upgrade(empty)
    assert current(empty) is None
    assert inspect(empty).get_table_names() == ["contact"]


def test_two_migrations_at_once_make_one_database(empty, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_MILLISECONDS", int(PATIENCE * 1000))  # they wait for each other
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: upgrade(empty), range(4)))
    assert current(empty) == newest()
    assert [tuple(head.values()) for head in everything(empty)["audit_head"]] == [(1, 0, FIRST_HASH)]


def test_references_are_enforced_again_after_a_migration(empty):
    upgrade(empty)
    with pytest.raises(DatabaseError), empty.begin() as connection:
        connection.execute(text("INSERT INTO team (id, name, place_id) VALUES (1, 'nowhere', 999)"))


def test_check_refuses_a_database_without_tables(empty):
    with pytest.raises(SettingsRefused, match=r"Found an empty one\. Run `caseload init`"):
        check_current(empty)


def test_check_refuses_a_database_at_an_older_step(empty):
    upgrade(empty, "0003")
    with pytest.raises(SettingsRefused, match=r"at step \d{4}\. Found one at step 0003\. Run `caseload init`"):
        check_current(empty)


def test_check_refuses_a_database_of_a_newer_program(empty):
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsRefused, match=r"Found one at step 9999\. Install the version"):
        check_current(empty)


def test_check_accepts_the_newest_step(empty):
    upgrade(empty)
    check_current(empty)


def test_check_refuses_a_database_that_does_not_answer(tmp_path):
    for url in (f"sqlite:///{tmp_path}/no/such/folder.sqlite", f"postgresql:///none?host={tmp_path}"):
        engine = open_database(url)
        with pytest.raises(SettingsRefused, match="a case database that answers"):
            check_current(engine)
        engine.dispose()
