"""The end of a session as somebody at a screen meets it: told before, able to go on, nothing typed lost."""

from datetime import timedelta

import pytest

from caseload.app import create_app
from caseload.database import open_database
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.sign_in.web import start_session
from caseload.store import Store
from tests.support.accounts import PASSWORD, code_at, give_password, give_second_factor, sessions_of
from tests.support.browser import CHROMIUM, NO_BROWSER, chromium, faults, holds, is_at, shows, window
from tests.support.case_app import NOW, make_town
from tests.support.live_app import live
from tests.support.sqlite import sqlite_url

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]

SECRET = "a secret that only tests know, long enough"
WARNING = "You will be signed out in less than 2 minutes."
GONE = "You have been signed out."


class Running:
    """The application on a clock that the test turns."""

    def __init__(self, folder):
        self.now = NOW
        self.store = Store(open_database(sqlite_url(folder)), Secrets.of(SECRET))
        self.town = make_town(self.store)
        settings = settings_with(secret_key=SECRET, secure_cookies=False, require_second_factor=False)
        self.app = create_app(settings, store=self.store, now=lambda: self.now)
        self.home = ""

    def cookie(self, username):
        with self.store.writing() as session:
            return "caseload", start_session(session, self.town.users[username], self.now)

    def wait(self, page, **time):
        """Let time go by, for the server and for the page."""
        self.now += timedelta(**time)
        page.clock.run_for(int(timedelta(**time).total_seconds() * 1000))


@pytest.fixture
def running(tmp_path):
    made = Running(tmp_path)
    with live(made.app) as made.home:
        yield made
    made.store.engine.dispose()


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture
def opened(running, browser):
    """A window of the nurse on her account page, with a clock that stands still until it is told."""
    with window(browser, running.home, cookie=running.cookie("nurse")) as one:
        one.page.clock.install(time=NOW)
        assert one.go("/account") == 200
        yield one


def banner(opened):
    return opened.page.locator("#session-warning")


def test_warning_comes_two_minutes_before_the_end_and_the_button_goes_on(running, opened):
    running.wait(opened.page, minutes=12, seconds=50)
    assert banner(opened).count() == 0
    running.wait(opened.page, seconds=20)
    banner(opened).wait_for()
    assert WARNING in banner(opened).inner_text()
    assert faults(opened) == []
    opened.press("Stay signed in")
    banner(opened).wait_for(state="detached")
    assert sessions_of(running.store, running.town.users["nurse"])[0].seen_at == running.now
    running.wait(opened.page, minutes=12, seconds=50)
    assert banner(opened).count() == 0


def test_other_window_that_prolongs_the_session_keeps_this_one_quiet(running, opened):
    another = opened.page.context.new_page()
    running.wait(opened.page, minutes=10)
    another.goto(f"{running.home}/account")
    with opened.page.expect_response("**/sign-in/session"):
        running.wait(opened.page, minutes=3, seconds=10)
    opened.page.wait_for_timeout(300)
    assert banner(opened).count() == 0


def test_page_says_when_the_session_has_ended(running, opened):
    running.wait(opened.page, minutes=13, seconds=10)
    banner(opened).wait_for()
    running.wait(opened.page, minutes=2)
    opened.page.locator("#session-warning[data-state=gone]").wait_for()
    assert GONE in banner(opened).inner_text()
    assert faults(opened) == []


def test_what_was_typed_is_in_the_form_again_after_signing_in(running, opened):
    give_password(running.store, running.town.users["nurse"], NOW)
    give_second_factor(running.store, running.town.users["nurse"], NOW)
    opened.page.get_by_label("Email address").fill("half.an.address")
    running.wait(opened.page, minutes=16)
    opened.page.get_by_role("button", name="Save").click()
    assert shows(opened.page, "You were signed out before this was saved.")
    assert faults(opened) == []
    opened.page.get_by_label("Username").fill("nurse")
    opened.page.get_by_label("Password").fill(PASSWORD)
    opened.press("Sign in")
    opened.page.get_by_label("Code").fill(code_at(running.now))
    opened.press("Continue")
    assert is_at(opened.page, f"{running.home}/account")
    assert holds(opened.page.get_by_label("Email address"), "half.an.address")
    assert shows(opened.page, "was kept for you", where="#draft")
    assert faults(opened) == []
    opened.press("Discard it")
    assert shows(opened.page, "has been discarded")
    assert holds(opened.page.get_by_label("Email address"), "nurse@example.org")


def test_without_scripts_the_page_says_when_and_keeps_what_was_typed(running, browser):
    give_password(running.store, running.town.users["nurse"], NOW)
    with window(browser, running.home, cookie=running.cookie("nurse"), scripts=False) as plain:
        plain.go("/account")
        assert shows(plain.page, "If you do nothing, you will be signed out at 10:15am.", where="footer")
        plain.page.get_by_label("Email address").fill("half.an.address")
        running.now += timedelta(minutes=16)
        plain.page.get_by_role("button", name="Save").click()
        plain.page.get_by_label("Username").fill("nurse")
        plain.page.get_by_label("Password").fill(PASSWORD)
        plain.press("Sign in")
        assert holds(plain.page.get_by_label("Email address"), "half.an.address")


def test_signing_in_goes_by_keyboard_alone(running, browser):
    give_password(running.store, running.town.users["nurse"], NOW)
    with window(browser, running.home) as fresh:
        fresh.go("/notices")
        fresh.page.get_by_label("Username").focus()
        fresh.page.keyboard.type("nurse")
        fresh.page.keyboard.press("Tab")
        fresh.page.keyboard.type(PASSWORD)
        with fresh.page.expect_navigation():
            fresh.page.keyboard.press("Enter")
        assert is_at(fresh.page, f"{running.home}/notices")
