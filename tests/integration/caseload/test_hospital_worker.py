"""Acting on stored messages: each in a transaction of its own, once, by whichever program is first."""

import logging
import threading
import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from caseload.actions.hospital_messages import Arrival, hold_message, store_messages
from caseload.domain.border_words import MessageState
from caseload.domain.words import NoticeKind
from caseload.intake.hospital.applying import apply_next
from caseload.intake.hospital.metrics import Metrics
from caseload.intake.hospital.worker import Worker
from caseload.tables import HospitalMessage, Notice
from tests.support.case_app import NOW, audited
from tests.support.hospital_listener import FEED, applied, kept
from tests.support.patience import PATIENCE, until

FEEDS = {FEED.name: FEED}


@pytest.fixture
def stored(store):
    """Three messages."""
    return put(store, "one", "two", "three")


def put(store, *names, feed="royal"):
    with store.writing() as session:
        arrivals = [Arrival(name.encode(), feed, name, control_id=name) for name in names]
        return [one.message_id for one in store_messages(session, now=NOW, arrivals=arrivals)]


def states(store):
    return [row[:3] for row in kept(store)]


def act(store, apply, **told):
    return apply_next(store, FEEDS, now=NOW, apply=apply, **told)


def test_the_oldest_goes_first_until_there_is_none(store, stored):
    done = [act(store, applied) for _ in range(4)]
    assert [one and (one.message_id, one.feed, one.state) for one in done] == [
        *((message_id, "royal", MessageState.APPLIED) for message_id in stored),
        None,
    ]


def test_one_that_fails_is_held_whole_and_the_others_go_on(store, stored, town, caplog):
    def failing(session, now, message_id, feed):
        if message_id == stored[1]:
            session.add(Notice(user_id=town.users["admin"], kind=NoticeKind.ADMITTED, at=now))
            session.flush()
            raise ValueError("what the message said")
        return applied(session, now, message_id, feed)

    with caplog.at_level(logging.ERROR):
        done = [act(store, failing).state for _ in range(3)]
    assert done == [MessageState.APPLIED, MessageState.HELD, MessageState.APPLIED]
    assert states(store) == [("one", "applied", ""), ("two", "held", "our_fault"), ("three", "applied", "")]
    assert caplog.messages == [f"message {stored[1]} could not be acted on (ValueError)"]
    assert audited(store) == [("message.held", [])]
    with store.reading() as session:
        assert session.execute(select(Notice.kind)).scalars().all() == [NoticeKind.MESSAGE_HELD]


def test_one_that_failed_here_and_was_done_by_another_stays_done(store, stored, monkeypatch):
    """Between the end of our transaction and that which would hold it."""
    from caseload.intake.hospital import applying

    def failing(*_told):
        raise ValueError

    def late(session, **told):
        session.get_one(HospitalMessage, told["message_id"]).state = MessageState.APPLIED
        session.flush()
        return hold_message(session, **told)

    monkeypatch.setattr(applying, "hold_message", late)
    assert act(store, failing).state is MessageState.APPLIED
    assert states(store)[0] == ("one", "applied", "")
    assert audited(store) == []


def test_one_that_another_program_was_in_the_way_of_is_done_again(store, stored):
    tries = []

    def crossing(session, now, message_id, feed):
        tries.append(message_id)
        if len(tries) < 3:
            raise StaleDataError
        return applied(session, now, message_id, feed)

    assert act(store, crossing).state is MessageState.APPLIED
    assert tries == [stored[0]] * 3


def test_one_that_the_database_did_not_answer_for_waits(store, stored):
    def away(_session, _now, _message_id, _feed):
        raise OperationalError("a statement", {}, Exception("away"))

    done = act(store, away)
    assert (done.message_id, done.state) == (stored[0], None)
    assert {row[1] for row in kept(store)} == {"received"}
    assert act(store, applied, without={stored[0]}).message_id == stored[1]


def test_one_of_a_feed_that_is_no_longer_configured_is_held(store):
    put(store, "one", feed="gone")
    assert act(store, applied).state is MessageState.HELD
    assert states(store) == [("one", "held", "sender")]


def test_no_message_is_acted_on_by_two_at_the_same_time(store):
    """On PostgreSQL two at a time are held on to, on SQLite one; never the same."""
    ids, met, seen = put(store, *map(str, range(20))), threading.Barrier(4, timeout=PATIENCE), []

    def slowly(session, now, message_id, feed):
        seen.append(message_id)
        time.sleep(0.005)
        return applied(session, now, message_id, feed)

    def work():
        met.wait()
        while act(store, slowly) is not None:
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while act(store, slowly) is not None:  # those that were held on to when the others looked
        pass
    assert sorted(seen) == ids
    assert {row[1] for row in kept(store)} == {"applied"}


@pytest.fixture
def worker(store):
    made = []

    def begin(apply):
        made.append(Worker(store, [FEED], Metrics(), now=lambda: NOW, apply=apply))
        made[0].start()
        return made[0]

    yield begin
    made[0].stop()


@pytest.fixture
def looked(monkeypatch):
    """Set as soon as a worker has looked and found nothing."""
    from caseload.intake.hospital import worker as module

    looking, found_nothing = module.anything_waits, threading.Event()

    def look(store):
        found = looking(store)
        if not found:
            found_nothing.set()
        return found

    monkeypatch.setattr(module, "anything_waits", look)
    return found_nothing


def test_a_worker_acts_as_soon_as_it_is_woken(store, worker, looked, monkeypatch):
    from caseload.intake.hospital import worker as module

    monkeypatch.setattr(module, "_LOOK_AGAIN", 10 * PATIENCE)
    begun = worker(applied)
    assert looked.wait(PATIENCE)
    put(store, "one")
    begun.wake()
    assert until(lambda: states(store) == [("one", "applied", "")])


def test_a_worker_finds_what_another_program_has_stored(store, worker, looked):
    worker(applied)
    assert looked.wait(PATIENCE)
    put(store, "one")
    assert until(lambda: states(store) == [("one", "applied", "")])


def test_a_worker_outlives_a_database_that_was_away(store, worker):
    left = [3]

    def away(session, now, message_id, feed):
        left[0] -= 1
        if left[0] >= 0:
            raise OperationalError("a statement", {}, Exception("away"))
        return applied(session, now, message_id, feed)

    put(store, "one", "two")
    worker(away)
    assert until(lambda: {row[1] for row in kept(store)} == {"applied"})


def test_a_worker_outlives_a_fault_of_its_own(store, worker, monkeypatch):
    from caseload.intake.hospital import worker as module

    acting, left = module.apply_next, [1]

    def broken(*arguments, **told):
        left[0] -= 1
        if left[0] >= 0:
            raise ZeroDivisionError
        return acting(*arguments, **told)

    monkeypatch.setattr(module, "apply_next", broken)
    put(store, "one")
    worker(applied)
    assert until(lambda: states(store) == [("one", "applied", "")])


def test_a_worker_that_is_stopped_ends_after_the_message_it_is_at(store, worker):
    entered, go_on = threading.Event(), threading.Event()

    def slow(session, now, message_id, feed):
        entered.set()
        assert go_on.wait(PATIENCE)
        return applied(session, now, message_id, feed)

    put(store, "one", "two")
    begun = worker(slow)
    assert entered.wait(PATIENCE)
    stopping = threading.Thread(target=begun.stop)
    stopping.start()
    assert until(lambda: begun._stopping)
    go_on.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert [row[1] for row in kept(store)] == ["applied", "received"]
