"""How the case database is opened, and what its two kinds of transaction promise."""

import threading
import time

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from caseload.database import open_database, reading, was_crossed, was_taken, writing
from caseload.exceptions import SettingsRefused
from caseload.tables import Organisation, SavedView, Team
from tests.support.case_app import NOW
from tests.support.patience import PATIENCE


@pytest.fixture
def engine(store):
    return store.engine


def place(code):
    return Organisation(code=code, name=code, kind="network", sector="health")


def count(session):
    return session.execute(select(func.count()).select_from(Organisation)).scalar_one()


@pytest.mark.parametrize("url", ["mysql://somebody:pass-word@host/name", "not an address", "postgres", ""])
def test_other_addresses_are_refused_and_not_repeated(url):
    with pytest.raises(SettingsRefused, match="neither SQLite nor PostgreSQL") as caught:
        open_database(url)
    assert "pass-word" not in str(caught.value)


def test_sqlite_is_set_up_to_keep_what_it_answered(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/case.sqlite")
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
            assert found == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 15_000}
    engine.dispose()


def test_writing_keeps_all(engine):
    with writing(engine) as session:
        session.add_all([place("A"), place("B")])
    with reading(engine) as session:
        assert count(session) == 2


def test_writing_that_fails_keeps_nothing(engine):
    def fails():
        with writing(engine) as session:
            session.add(place("A"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with reading(engine) as session:
        assert count(session) == 0


def test_reading_keeps_nothing(engine):
    try:
        with reading(engine) as session:
            session.add(place("A"))
            session.flush()
    except DBAPIError:
        assert engine.dialect.name == "postgresql"  # which refuses at once; SQLite takes it back at the end
    else:
        assert engine.dialect.name == "sqlite"
    with reading(engine) as session:
        assert count(session) == 0


def test_reading_sees_one_moment(engine):
    with reading(engine) as session:
        before = count(session)
        with writing(engine) as other:
            other.add(place("A"))
        assert count(session) == before
    with reading(engine) as session:
        assert count(session) == before + 1


def test_reader_is_not_kept_waiting_by_a_writer(engine):
    with writing(engine) as writer:
        writer.add(place("A"))
        writer.flush()
        with reading(engine) as session:
            assert count(session) == 0


def test_second_writer_waits_for_the_first(engine):
    """On SQLite for the whole transaction, on PostgreSQL for the row: either way nothing is lost."""
    with writing(engine) as session:
        session.add(place("A"))
    holding = threading.Event()

    def rename(suffix, hold):
        with writing(engine) as session:
            found = session.execute(select(Organisation).with_for_update()).scalar_one()
            holding.set()
            time.sleep(hold)
            found.name = found.name + suffix

    first = threading.Thread(target=rename, args=("1", 0.3))
    first.start()
    assert holding.wait(PATIENCE)
    rename("2", 0)
    first.join()
    with reading(engine) as session:
        assert session.execute(select(Organisation.name)).scalar_one() == "A12"


def test_taken_place_is_told_from_other_faults(engine):
    def fault(*rows):
        with pytest.raises(IntegrityError) as caught, writing(engine) as session:
            session.add_all(rows)
        return caught.value

    assert was_taken(fault(place("A"), place("A")))
    assert not was_taken(fault(Team(name="nowhere", place_id=99)))
    assert not was_taken(fault(SavedView(page="cases", name="x", query="", created_at=NOW, created_by=1)))  # no owner
    assert not was_taken(fault(Team(place_id=1)))


def test_primary_key_that_is_taken_counts_as_taken(engine):
    with writing(engine) as session:
        session.add(Organisation(id=1, code="A", name="A", kind="network", sector="health"))
    with pytest.raises(IntegrityError) as caught, writing(engine) as session:
        session.execute(
            text("INSERT INTO organisation (id, code, name, kind, sector) VALUES (1, 'B', 'B', 'network', 'health')")
        )
    assert was_taken(caught.value)


def test_faults_do_not_say_what_was_to_be_written(engine):
    with pytest.raises(IntegrityError) as caught, writing(engine) as session:
        session.add(Team(name="a name of somebody", place_id=99))
    assert "a name of somebody" not in str(caught.value)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite's writers queue and cannot cross
def test_crossed_transactions_are_told_from_other_faults(engine):
    with writing(engine) as session:
        session.add_all([place("A"), place("B")])
    meet = threading.Barrier(2, timeout=PATIENCE)
    crossed = []

    def rename(*order):
        try:
            with writing(engine) as session:
                for number, code in enumerate(order):
                    session.execute(
                        text("UPDATE organisation SET name = name || '!' WHERE code = :code"), {"code": code}
                    )
                    meet.wait() if number == 0 else None
        except OperationalError as error:
            crossed.append(was_crossed(error))

    threads = [threading.Thread(target=rename, args=order) for order in ("AB", "BA")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert crossed == [True]
