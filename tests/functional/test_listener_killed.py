"""A listener killed without warning: what was answered is there, what was not is sent again, and nothing is there twice."""

import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from caseload.audit_chain import verify
from caseload.database import open_database
from caseload.migrations.running import upgrade
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import HospitalMessage
from tests.support.hl7_messages import sent
from tests.support.hospital_listener import Sender, kept
from tests.support.patience import PATIENCE, until
from tests.support.postgres import postgres_url
from tests.support.sqlite import sqlite_url

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret that only tests know, long enough"
KILLS = 4
SENDERS = 6

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    if request.param == "sqlite":
        with opened(sqlite_url(tmp_path)) as made:
            yield made
        return
    with postgres_url() as url, opened(url) as made:
        yield made


@contextmanager
def opened(url):
    engine = open_database(url)
    upgrade(engine)
    yield Store(engine, Secrets.of(SECRET))
    engine.dispose()


class Place:
    """Where the listener is now: senders look here each time they connect."""

    def __init__(self, store):
        self.url = store.engine.url.render_as_string(hide_password=False)
        self.host, self.port = "127.0.0.1", 0

    @contextmanager
    def listener(self, moment="never"):
        command = [sys.executable, "-m", "tests.support.dying_listener", self.url, SECRET, "0", moment]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        try:
            self.port = int(process.stdout.readline())
            yield process
        finally:
            self.port = 0  # where it was, somebody else may listen next
            process.kill()
            process.communicate()


def tell(place, raw):
    """What a message is answered; None where the connection broke instead."""
    try:
        with Sender(place) as sender:
            answer = sender.tell(raw)
            return answer and answer.msa_1
    except OSError:
        return None


@pytest.mark.parametrize(("moment", "left"), [("before", 0), ("between", 1)])
def test_killed_around_the_commit(store, moment, left):
    place = Place(store)
    with place.listener(moment) as process:
        assert tell(place, sent()) is None
        assert process.wait(PATIENCE) == -9
    assert len(kept(store)) == left
    with place.listener():
        assert tell(place, sent()) == "AA"
        assert until(lambda: [row[:2] for row in kept(store)] == [("M1", "applied")])


def test_killed_while_acting_on_a_message(store):
    place = Place(store)
    with place.listener("acting") as process:
        assert tell(place, sent()) in ("AA", None)
        assert process.wait(PATIENCE) == -9
    assert [row[:2] for row in kept(store)] == [("M1", "received")]
    with place.listener():
        assert until(lambda: [row[:2] for row in kept(store)] == [("M1", "applied")])


def test_killed_again_and_again_under_load(store):
    place, stop = Place(store), threading.Event()
    answered = [0] * SENDERS
    senders = [threading.Thread(target=keep_sending, args=(place, n, answered, stop)) for n in range(SENDERS)]
    for thread in senders:
        thread.start()
    try:
        for kill in range(KILLS):
            with place.listener() as process:
                assert until(more_than(answered, 60))
                time.sleep(0.013 * kill)
                process.kill()
        with place.listener():
            assert until(more_than(answered, 20))
            stop.set()
            for thread in senders:
                thread.join()
    finally:
        stop.set()
    check_nothing_lost(store, answered)


def more_than(answered, number):
    """A function: whether so many more were answered than now."""
    before = sum(answered)
    return lambda: sum(answered) >= before + number


def keep_sending(place, number, answered, stop):
    """One message after the other, each again until it is acknowledged, as an interface engine does."""
    while not stop.is_set():
        raw = sent(control_id=f"S{number}-{answered[number]}")
        if tell(place, raw) == "AA":
            answered[number] += 1
        else:
            time.sleep(0.01)


def check_nothing_lost(store, answered):
    """Every message that was answered is there once; of each sender at most one more, whose answer was lost."""
    with store.reading() as session:
        found = Counter(session.execute(select(HospitalMessage.control_id)).scalars())
        verify(session, store.secrets.audit)
    assert set(found.values()) == {1}
    for number, count in enumerate(answered):
        mine = {name for name in found if name.startswith(f"S{number}-")}
        assert {f"S{number}-{n}" for n in range(count)} <= mine
        assert len(mine) <= count + 1
