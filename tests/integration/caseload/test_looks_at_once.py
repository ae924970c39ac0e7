"""Looking at somebody while another transaction changes them, or whoever looks: the look neither waits nor stops it."""

from collections import Counter
from datetime import date
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from caseload.actions import look_book
from caseload.actions.consent import NOTHING, record_consent
from caseload.actions.users import unlock_user
from caseload.actions.views import record_view
from caseload.audit_chain import verify
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.intake.people import Taken, _change, _Found
from caseload.tables import Person, RiskRun
from tests.support.case_app import NOW, audited
from tests.support.patience import PATIENCE
from tests.support.postgres import postgres_url


class _Crossed(Exception):
    """What the driver says of a deadlock."""

    sqlstate = "40P01"


@pytest.fixture
def database_url():
    """PostgreSQL alone: on SQLite one transaction writes at a time."""
    with postgres_url() as url:
        yield url


def looked_before_the_end(store, town, change):
    """Whether a look at the first person was written while a transaction with this change was still open."""

    def look():
        with store.writing() as session:
            by = town.viewer(session, "ash.gp")
            record_view(session, by=by, now=NOW, page="people.show", people=[town.people[1]])

    with store.writing() as session:
        change(session)
        session.flush()
        looking = Thread(target=look)
        looking.start()
        looking.join(PATIENCE)
        done = not looking.is_alive()
    looking.join()
    return done


def test_somebody_is_looked_at_while_a_load_changes_them(store, town):
    def change(session):
        run_id = session.execute(select(RiskRun.id).limit(1)).scalar_one()
        taken = Taken(run_id, NOW, date(2026, 10, 1))
        _change(session, {town.people[1]: {"address_line": "1 New Road"}}, taken, _Found([], Counter()))

    assert looked_before_the_end(store, town, change)
    with store.reading() as session:
        assert session.get_one(Person, town.people[1]).address_line == "1 New Road"
        verify(session, store.secrets.audit)
    assert ("view", (town.people[1],)) in [(action, tuple(people)) for action, people in audited(store)]


def test_somebody_is_looked_at_while_they_withdraw(store, town):
    def change(session):
        record_consent(
            session, by=town.viewer(session, "ash.manager"), now=NOW, person_id=town.people[1],
            purpose=ConsentPurpose.SHARING_VOLUNTARY, state=ConsentState.REFUSED, how=ConsentHow.SAID, seen_id=NOTHING,
        )  # fmt: skip

    assert looked_before_the_end(store, town, change)
    with store.reading() as session:
        verify(session, store.secrets.audit)


def test_somebody_looks_while_their_account_is_changed(store, town):
    def change(session):
        unlock_user(session, by=town.viewer(session, "admin"), now=NOW, user_id=town.users["ash.gp"])

    assert looked_before_the_end(store, town, change)
    with store.reading() as session:
        verify(session, store.secrets.audit)


def test_look_that_was_ended_for_another_is_written_again(store, town, client_as, get, monkeypatch):
    client, tries = client_as("ash.gp"), []

    def crossed_once(session, **arguments):
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("INSERT", {}, _Crossed())
        record_view(session, **arguments)

    monkeypatch.setattr(look_book, "record_view", crossed_once)
    get(client, f"/people/{town.people[1]}")
    assert [people for action, people in audited(store) if action == "view"] == [[town.people[1]]]
