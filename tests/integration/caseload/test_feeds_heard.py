"""A feed that falls silent is told of once, and again only when it was heard in between."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.feeds_heard import hear_feeds, tell_of_silence
from caseload.domain.feed_silence import AllowedSilence
from caseload.domain.words import NoticeKind
from caseload.tables import FeedHeard, Notice
from tests.support.case_app import NOW, audited

MINUTE = timedelta(minutes=1)
ALLOWED = {"royal": AllowedSilence(60 * MINUTE)}


@pytest.fixture(autouse=True)
def officer(town):
    return town.users["data.quality"]


def hear(store, minutes):
    with store.writing() as session:
        hear_feeds(session, now=NOW + minutes * MINUTE, heard={"royal": NOW + minutes * MINUTE})


def look(store, minutes, since=0, allowed=ALLOWED):
    with store.writing() as session:
        return tell_of_silence(session, now=NOW + minutes * MINUTE, since=NOW + since * MINUTE, allowed=allowed)


def told(store):
    with store.reading() as session:
        return [tuple(row) for row in session.execute(select(Notice.user_id, Notice.kind).order_by(Notice.id))]


def read_all(store):
    with store.writing() as session:
        for notice in session.execute(select(Notice)).scalars():
            notice.read_at = NOW


def test_a_feed_that_is_heard_often_enough_is_not_silent(store):
    hear(store, 0)
    assert look(store, 60) == []
    assert told(store) == []


def test_a_silence_is_told_once_to_who_looks_after_feeds_now(store, officer):
    hear(store, 0)
    assert [look(store, minutes) for minutes in (61, 62, 500)] == [["royal"], [], []]
    read_all(store)
    assert look(store, 501) == []
    assert told(store) == [(officer, NoticeKind.FEED_SILENT)]
    assert audited(store) == [("feed.silent", [])]
    with store.reading() as session:
        row = session.get_one(FeedHeard, "royal")
        assert (row.last_at, row.silence_told_at) == (NOW, NOW + 61 * MINUTE)


def test_the_next_silence_is_told_again(store, officer):
    hear(store, 0)
    look(store, 61)
    read_all(store)
    hear(store, 70)
    assert look(store, 130) == []
    assert look(store, 131) == ["royal"]
    assert told(store) == [(officer, NoticeKind.FEED_SILENT)] * 2
    assert [action for action, _people in audited(store)] == ["feed.silent", "feed.heard_again", "feed.silent"]


def test_a_feed_never_heard_is_silent_since_somebody_listens(store):
    assert look(store, 60) == []
    assert look(store, 61) == ["royal"]
    assert look(store, 200) == []


def test_time_without_a_listener_is_nobodys_silence(store):
    hear(store, 0)
    assert look(store, 500, since=450) == []
    assert look(store, 511, since=450) == ["royal"]


def test_what_was_heard_earlier_does_not_take_anything_back(store):
    hear(store, 50)
    hear(store, 10)
    with store.reading() as session:
        assert session.get_one(FeedHeard, "royal").last_at == NOW + 50 * MINUTE


def test_feeds_without_an_alarm_are_remembered_only(store):
    hear(store, 0)
    assert look(store, 9_999, allowed={}) == []


def test_nothing_is_told_in_the_quiet_hours(store):
    """NOW is ten in the morning in London."""
    quiet = {"royal": AllowedSilence(60 * MINUTE, time(9), time(13))}
    hear(store, 0)
    assert look(store, 179, allowed=quiet) == []
    assert look(store, 239, allowed=quiet) == []
    assert look(store, 241, allowed=quiet) == ["royal"]
