"""A leaver's journey in the made-up place, by its actions. A test module takes the fixture over by its name."""

import pytest
from sqlalchemy import select

from caseload.actions.leavers import send_staged, start_leaver
from caseload.queries.holdings import holdings_of
from caseload.tables import Handover, LeaverJourney, StagedHandover
from tests.support.case_app import NOW
from tests.support.led_cases import led


@pytest.fixture
def three_cases(store, town):
    """Three cases of Ash Surgery that ash.gp leads: one very high, two high."""
    return [led(store, town, number, "ash.gp", code="persons_choice") for number in (1, 2, 3)]


def act(store, town, action, *, by="ash.manager", now=NOW, **fields):
    with store.writing() as session:
        return action(session, by=town.viewer(session, by, now), now=now, **fields)


def started(store, town, by="ash.manager"):
    return act(store, town, start_leaver, by=by, user_id=town.users["ash.gp"])


def staged(store):
    with store.reading() as session:
        rows = session.execute(select(StagedHandover).order_by(StagedHandover.case_id)).scalars()
        return {row.case_id: row.to_user_id for row in rows}


def requests(store):
    with store.reading() as session:
        return session.execute(select(Handover.id, Handover.state).order_by(Handover.id)).all()


def version(store, journey_id):
    with store.reading() as session:
        return session.get_one(LeaverJourney, journey_id).row_version


def held(store, town, username="ash.gp", now=NOW):
    with store.reading() as session:
        return holdings_of(session, now, town.users[username])


def sent(store, town, journey_id, cases, by="ash.manager", now=NOW):
    now_staged = staged(store)
    pairs = [(case_id, now_staged[case_id]) for case_id in cases]
    return act(
        store, town, send_staged, by=by, now=now, journey_id=journey_id, pairs=pairs, reason="Ash Gp is leaving."
    )
