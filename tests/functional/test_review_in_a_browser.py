"""The monthly review of fifty people in a real browser: clicks counted, scripts off, by keyboard, two people at once."""

import pytest
from sqlalchemy import func, select

from caseload.app import create_app
from caseload.database import open_database
from caseload.domain.words import ProposalState
from caseload.migrations.running import upgrade
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.sign_in.web import start_session
from caseload.store import Store
from caseload.tables import Case, Person, Proposal, RiskScore
from tests.support.browser import CHROMIUM, NO_BROWSER, chromium, shows, window
from tests.support.case_app import NOW, RUNS, make_town, propose
from tests.support.live_app import live
from tests.support.packs import nhs
from tests.support.sqlite import sqlite_url

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]

SECRET = "a secret that only tests know, long enough"
FIRST, PEOPLE = 500, 50


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


class Practice:
    """Ash Surgery with fifty people on its list, behind a real socket."""

    def __init__(self, folder):
        self.store = Store(open_database(sqlite_url(folder)), Secrets.of(SECRET))
        upgrade(self.store.engine)
        self.town = make_town(self.store)
        self._people()
        self.proposals = propose(self.store, self.town, range(FIRST, FIRST + PEOPLE))
        settings = settings_with(secret_key=SECRET, secure_cookies=False, page_rows=50)
        self.app = create_app(settings, store=self.store, now=lambda: NOW)
        self.url = f"/review/{self.town.places['Y90001']}"

    def _people(self):
        with self.store.writing() as session:
            for number in range(FIRST, FIRST + PEOPLE):
                person = Person(
                    nhs_number=nhs(number), pseudonym=f"{number:032x}", family_name=f"Person{number}",
                    given_name="Ada", name_key=f"person{number} ada", date_of_birth=NOW.date().replace(year=1950),
                    sex="2", practice_id=self.town.places["Y90001"], updated_at=NOW,
                )  # fmt: skip
                session.add(person)
                session.flush()
                self.town.people[number] = person.id
                session.add(
                    RiskScore(
                        person_id=person.id, run_id=self.town.runs[RUNS[1]], rank=number, raw_score=1, probability=0.4,
                        percentile=98, tier="high", short_history=False, not_known_to_services=False, rising=False,
                        segment="x", age_band="75-84", cohorts=[], reasons=[],
                    )
                )  # fmt: skip

    def cookie(self, username):
        with self.store.writing() as session:
            token = start_session(session, self.town.users[username], NOW)
        return self.app.config["SESSION_COOKIE_NAME"], token

    def count(self, table, *conditions):
        with self.store.reading() as session:
            return session.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()

    def states(self):
        with self.store.reading() as session:
            wanted = select(Proposal.state, func.count()).group_by(Proposal.state)
            return dict(map(tuple, session.execute(wanted)))


@pytest.fixture
def practice(tmp_path):
    made = Practice(tmp_path)
    with live(made.app) as home:
        made.home = home
        yield made
    made.store.engine.dispose()


class Hand:
    """A hand that counts what it clicks."""

    def __init__(self, opened):
        self.opened, self.clicks = opened, 0

    def press(self, words):
        self.opened.press(words)
        self.clicks += 1

    def click(self, selector):
        self.opened.page.locator(selector).first.click()
        self.clicks += 1


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_fifty_people_are_reviewed_in_ten_clicks(browser, practice, scripts):
    with window(browser, practice.home, cookie=practice.cookie("ash.manager"), scripts=scripts) as opened:
        hand = Hand(opened)
        opened.go("/")
        hand.press("Review the list")
        hand.press("Mark all 50 shown to accept")
        hand.press("Check and confirm")
        hand.press("Confirm 50 decisions")
        assert shows(opened.page, "50 people taken into care coordination.")
    assert practice.count(Case) == PEOPLE
    assert practice.states() == {ProposalState.ACCEPTED: PEOPLE}
    assert hand.clicks <= 10, hand.clicks


def test_fifty_people_with_three_exceptions_without_scripts(browser, practice):
    """Two declined together, one deferred, one taken back: ten clicks and those of the exceptions."""
    ids = [practice.proposals[FIRST + at] for at in range(4)]
    with window(browser, practice.home, cookie=practice.cookie("ash.manager"), scripts=False) as opened:
        hand = Hand(opened)
        page = opened.page
        opened.go("/")
        hand.press("Review the list")
        hand.click(f"label[for=tick-{ids[0]}]")
        hand.click(f"label[for=tick-{ids[1]}]")
        page.locator("summary", has_text="Decline or defer the ticked people").click()
        page.locator("#reason").select_option("needs_met")
        hand.press("Mark the ticked to decline")
        assert shows(page, "2 people are marked to decline")
        page.locator(f"a[href='/review/proposals/{ids[2]}/defer']").click()
        for part, value in (("day", "2"), ("month", "11"), ("year", "2026")):
            page.locator(f"#until-{part}").fill(value)
        hand.press("Mark to defer")
        hand.press("Mark all 47 shown to accept")
        with page.expect_navigation():
            page.locator(f"button[form=undo][value='{ids[3]}']").click()
        hand.press("Check and confirm")
        hand.press("Confirm 49 decisions")
        assert shows(page, "46 people taken into care coordination, 2 people declined, 1 person deferred.")
    assert practice.states() == {
        ProposalState.ACCEPTED: 46, ProposalState.DECLINED: 2, ProposalState.DEFERRED: 1, ProposalState.PROPOSED: 1,
    }  # fmt: skip
    assert hand.clicks <= 10, hand.clicks


def test_the_review_is_done_by_keyboard_alone(browser, practice):
    with window(browser, practice.home, cookie=practice.cookie("ash.manager"), scripts=False) as opened:
        opened.go(practice.url)
        tabbed_to(opened.page, "Mark all 50 shown to accept")
        with opened.page.expect_navigation():
            opened.page.keyboard.press("Enter")
        tabbed_to(opened.page, "Check and confirm")
        with opened.page.expect_navigation():
            opened.page.keyboard.press("Enter")
        tabbed_to(opened.page, "Confirm 50 decisions")
        with opened.page.expect_navigation():
            opened.page.keyboard.press("Enter")
    assert practice.states() == {ProposalState.ACCEPTED: PEOPLE}


def test_enter_in_the_date_of_a_deferral_marks_nobody(browser, practice):
    """The first button of a form is what Enter presses: it must not be one that marks people to accept."""
    with window(browser, practice.home, cookie=practice.cookie("ash.manager"), scripts=False) as opened:
        opened.go(practice.url)
        page = opened.page
        page.locator(f"label[for=tick-{practice.proposals[FIRST]}]").click()
        page.locator("summary", has_text="Decline or defer the ticked people").click()
        page.locator("#until-day").fill("2")
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        assert page.url == practice.home + practice.url
        assert "are marked" not in page.content()
    assert practice.states() == {ProposalState.PROPOSED: PEOPLE}


def test_two_people_at_once_confirm_only_what_they_saw(browser, practice):
    with (
        window(browser, practice.home, cookie=practice.cookie("ash.manager"), scripts=False) as manager,
        window(browser, practice.home, cookie=practice.cookie("ash.gp"), scripts=False) as gp,
    ):
        manager.go(practice.url)
        manager.press("Mark all 50 shown to accept")
        manager.press("Check and confirm")
        gp.go(f"{practice.url}/preview")
        with gp.page.expect_navigation():
            gp.page.locator("button[form=undo]").first.click()
        manager.press("Confirm 50 decisions")
        assert shows(manager.page, "Somebody else was first")
        assert practice.states() == {ProposalState.PROPOSED: PEOPLE}
        gp.press("Confirm 49 decisions")
        assert shows(gp.page, "49 people taken into care coordination.")
    assert practice.count(Case) == PEOPLE - 1


def tabbed_to(page, words):
    """Press Tab until what has these words has the focus."""
    for _ in range(600):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == words:
            return
    raise AssertionError(f"Tab never came to {words!r}")
