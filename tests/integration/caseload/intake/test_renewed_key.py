"""Everybody gets another pseudonym: PostgreSQL wants the app stopped for it, on SQLite others read on."""

from dataclasses import replace

import pytest
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import Session

from caseload.database import open_database
from caseload.exceptions import RunRefused
from caseload.intake.company import refuse_company
from caseload.intake.load_run import load_run
from caseload.tables import Person
from interfaces.pseudonyms import Key, pseudonym
from tests.integration.caseload.intake.conftest import LATER
from tests.support.months import KEY, NOVEMBER, make_month
from tests.support.packs import nhs

OTHER = Key.of(b"another key, 32 bytes long, yes!")


@pytest.fixture
def request_with_other_key(place):
    return replace(make_month(place.folder / "november", index=NOVEMBER, key=OTHER).request, new_key=True)


def names(session):
    return set(session.execute(select(Person.pseudonym)).scalars())


def all_of(key):
    return {pseudonym(key, nhs(number)) for number in range(1, 13)}


def test_a_new_key_while_somebody_else_is_connected(store, place, database_url, request_with_other_key):
    other = open_database(database_url)
    with Session(other) as session:
        assert names(session) == all_of(KEY)
        if "postgresql" in database_url:
            with pytest.raises(RunRefused, match="1 connections of the case app"):
                load_run(store, request_with_other_key, now=LATER)
            assert names(session) == all_of(KEY)
            session.rollback()
            other.dispose()
            load_run(store, request_with_other_key, now=LATER)
        else:
            load_run(store, request_with_other_key, now=LATER)
            assert names(session) == all_of(KEY)  # what it began with, to its end
            session.rollback()
        assert names(session) == all_of(OTHER)
    other.dispose()


def test_without_a_new_key_others_may_be_connected(store, place, database_url):
    other = open_database(database_url)
    with other.connect():
        place.november()
    other.dispose()


@pytest.mark.parametrize(("application", "database", "pid", "refused"), [
    ("caseload", "here", 2, True), ("caseload", "here", 1, False), ("caseload", "there", 2, False),
    ("psql", "here", 2, False), (None, "here", 2, False),
])  # fmt: skip
def test_who_counts_as_somebody_else(monkeypatch, application, database, pid, refused):
    """The question PostgreSQL is asked, put to a table of the same columns."""
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "connect")
    def as_postgresql(connection, _record):
        connection.create_function("pg_backend_pid", 0, lambda: 1)
        connection.create_function("current_database", 0, lambda: "here")

    monkeypatch.setattr("caseload.intake.company.is_sqlite", lambda _session: False)
    with Session(engine) as session:
        session.connection().exec_driver_sql("CREATE TABLE pg_stat_activity (application_name, datname, pid)")
        row = (application, database, pid)
        session.connection().exec_driver_sql("INSERT INTO pg_stat_activity VALUES (?, ?, ?)", row)
        if refused:
            with pytest.raises(RunRefused, match="nobody else at the case database"):
                refuse_company(session)
        else:
            refuse_company(session)
