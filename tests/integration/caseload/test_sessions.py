"""How long a session lasts, what keeps it, and what its user is told."""

import re
from datetime import timedelta

import pytest

from caseload.settings import settings_with
from caseload.sign_in.browser_session import Limits
from caseload.sign_in.web import start_session
from tests.integration.caseload.conftest import SECRET
from tests.support.accounts import PASSWORD, give_password, sessions_of
from tests.support.case_app import NOW
from tests.support.sqlite import sqlite_url


@pytest.fixture
def database_url(tmp_path):
    return sqlite_url(tmp_path)


@pytest.fixture
def settings():
    """An hour at the longest instead of twelve, so that the tests need not click for so long."""
    return settings_with(secret_key=SECRET, secure_cookies=False, require_second_factor=False, session_hours=1)


@pytest.fixture
def browser(client_as):
    """The navigator, signed in at NOW."""
    return client_as("navigator")


def signed_in(client, url="/account"):
    return client.get(url).status_code == 200


def seen_at(store, town):
    return sessions_of(store, town.users["navigator"])[-1].seen_at


def test_session_ends_after_fifteen_minutes_of_nothing(browser, clock):
    clock.now = NOW + timedelta(minutes=15) - timedelta(seconds=1)
    assert signed_in(browser)
    clock.now += timedelta(minutes=15)
    assert not signed_in(browser)


def test_session_goes_on_while_something_is_done_but_not_longer_than_it_may(browser, clock):
    for minutes in (14, 28, 42, 56):
        clock.now = NOW + timedelta(minutes=minutes)
        assert signed_in(browser)
    clock.now = NOW + timedelta(minutes=60) - timedelta(seconds=1)
    assert signed_in(browser)
    clock.now = NOW + timedelta(minutes=60)
    assert not signed_in(browser)


def test_times_are_fifteen_minutes_and_twelve_hours_unless_they_are_set():
    assert Limits.of(settings_with()) == Limits(timedelta(minutes=15), timedelta(hours=12))
    shorter = settings_with(session_idle_minutes=5, session_hours=8)
    assert Limits.of(shorter) == Limits(timedelta(minutes=5), timedelta(hours=8))


def test_session_that_ended_does_not_come_back_when_the_clock_does(browser, clock, app, store):
    clock.now = NOW + timedelta(minutes=20)
    assert not signed_in(browser)
    assert browser.get("/account").location == "/sign-in?next=/account"


def test_session_is_written_at_most_once_a_minute(browser, clock, store, town):
    clock.now = NOW + timedelta(seconds=59)
    browser.get("/account")
    assert seen_at(store, town) == NOW
    clock.now = NOW + timedelta(seconds=60)
    browser.get("/account")
    assert seen_at(store, town) == clock.now


def test_style_sheets_prolong_nothing_and_need_no_session(browser, clock, store, town):
    clock.now = NOW + timedelta(minutes=5)
    with browser.get("/static/app.css") as answer:
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert seen_at(store, town) == NOW


def test_page_says_when_the_session_ends(browser, get, clock):
    page = get(browser, "/account")
    assert "If you do nothing, you will be signed out at 10:15am." in page  # 9:15 in UTC is 10:15 in London
    assert 'data-seconds="900"' in page
    clock.now = NOW + timedelta(minutes=10)
    assert "signed out at 10:25am" in get(browser, "/account")


def test_page_says_the_last_moment_where_that_comes_first(browser, get, clock):
    for minutes in (14, 28, 42, 56):
        clock.now = NOW + timedelta(minutes=minutes)
        page = get(browser, "/account")
    assert "signed out at 11:00am" in page


def test_page_of_nobody_says_nothing_of_a_session(app, get):
    page = get(app.test_client(), "/sign-in")
    assert "session-end" not in page
    assert "session.js" not in page


def test_warnings_script_is_marked_for_this_answer_only(browser):
    first, second = (browser.get("/account") for _ in range(2))
    nonces = [re.search(r'session\.js[^>]*nonce="([^"]+)"', answer.text)[1] for answer in (first, second)]
    assert nonces[0] != nonces[1]
    assert f"'nonce-{nonces[0]}'" in first.headers["Content-Security-Policy"]


def test_asking_how_long_it_lasts_does_not_prolong_it(browser, clock, store, town):
    clock.now = NOW + timedelta(minutes=14)
    assert browser.get("/sign-in/session").json == {"seconds": 60}
    assert seen_at(store, town) == NOW
    clock.now = NOW + timedelta(minutes=15)
    assert browser.get("/sign-in/session").json == {"seconds": None}


def test_staying_signed_in_prolongs_it_at_once(browser, clock, store, town, post):
    clock.now = NOW + timedelta(seconds=10)
    fields = {"csrf_token": token_of(browser)}
    clock.now = NOW + timedelta(seconds=30)
    answer = browser.post("/sign-in/session", data=fields, headers={"Accept": "application/json"})
    assert answer.json == {"seconds": 900}
    assert seen_at(store, town) == clock.now


def test_nobody_can_stay_signed_in_who_is_not(app, clock):
    client = app.test_client()
    client.get("/sign-in")
    answer = client.post("/sign-in/session", data={"csrf_token": token_of(client, "/sign-in")})
    assert answer.location == "/"
    assert client.get("/account").location.startswith("/sign-in")


def test_reading_pages_without_a_session_keeps_nothing(app, store):
    client = app.test_client()
    for url in ("/", "/account", "/nothing-here", "/static/app.css"):
        with client.get(url) as answer:
            assert "Set-Cookie" not in answer.headers
    assert sessions_of(store) == []


def test_sessions_nobody_used_for_a_week_are_removed_at_a_sign_in(store, town, clock, app, post):
    give_password(store, town.users["nurse"], clock())
    with store.writing() as session:
        start_session(session, town.users["navigator"], NOW - timedelta(days=8))
        start_session(session, town.users["navigator"], NOW - timedelta(days=6))
    post(app.test_client(), "/sign-in", {"username": "nurse", "password": PASSWORD})
    assert len(sessions_of(store, town.users["navigator"])) == 1


def token_of(client, url="/account"):
    """The token of a page's forms."""
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(url).text)[1]
