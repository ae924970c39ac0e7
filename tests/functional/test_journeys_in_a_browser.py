"""Whole journeys in a real browser: without scripts, by keyboard alone, and the warning before a session ends."""

import pytest
from sqlalchemy import select

from caseload.domain.words import Decision, ProposalState, TaskState
from caseload.tables import Contact, Proposal, StagedDecision, Task
from tests.support.accounts import PASSWORD, code_at, give_second_factor
from tests.support.browser import CHROMIUM, NO_BROWSER, chromium, is_at, shows, window
from tests.support.case_app import NOW
from tests.support.live_app import live
from tests.support.place import Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]


@pytest.fixture
def place(tmp_path):
    made = Place("work", tmp_path)
    with live(made.app) as home:
        made.home = home
        yield made
    made.store.engine.dispose()


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


def rows(place, wanted):
    with place.store.reading() as session:
        return session.execute(wanted).scalars().all()


def test_a_day_without_scripts_from_signing_in_to_signing_out(place, browser):
    task = place.work.ids["task_overdue"]
    give_second_factor(place.store, place.work.town.users["navigator"], NOW)
    with window(browser, place.home, scripts=False) as opened:
        page = opened.page
        opened.go("/")
        assert is_at(page, f"{place.home}/sign-in")
        page.fill("[name=username]", "navigator")
        page.fill("[name=password]", PASSWORD)
        opened.press("Sign in")
        page.fill("[name=code]", code_at(NOW))
        opened.press("Continue")
        assert is_at(page, f"{place.home}/")

        with page.expect_navigation():
            page.click(f"form[action='/tasks/{task}/done'] button")
        assert rows(place, select(Task.state).where(Task.id == task)) == [TaskState.DONE]
        with page.expect_navigation():
            page.click(f"form[action='/tasks/{task}/reopen'] button")
        assert rows(place, select(Task.state).where(Task.id == task)) == [TaskState.OPEN]

        page.fill("#search-everywhere", place.work.town.nhs_numbers[1])
        page.press("#search-everywhere", "Enter")
        assert is_at(page, place.home + place.filled("/people/{p1}"))
        opened.press("Log a contact")
        page.check("[name=mode][value=telephone]")
        page.check("[name=outcome][value=no_answer]")
        page.click("main form button[type=submit]")
        assert shows(page, "Success", where=".nhsuk-notification-banner")
        assert set(rows(place, select(Contact.outcome_code))) == {"first_contact_made", "no_answer"}
        assert opened.said == []

        opened.press("Sign out")
        opened.go("/")
        assert is_at(page, f"{place.home}/sign-in")


def focused(page):
    """What has the focus, in a word."""
    return page.evaluate("document.activeElement.innerText || document.activeElement.id || document.activeElement.name")


def tab_to(page, wanted, most=80):
    """Press Tab until this has the focus, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", wanted):
            return
    raise AssertionError(f"Tab never came to {wanted}; it is at {focused(page)!r}")


def test_first_tab_is_the_skip_link_and_it_leads_past_the_header(place, browser):
    with window(browser, place.home, cookie=place.cookie("ash.manager")) as opened:
        opened.go("/cases")
        opened.page.keyboard.press("Tab")
        assert focused(opened.page) == "Skip to main content"
        opened.page.keyboard.press("Enter")
        opened.page.keyboard.press("Tab")
        assert opened.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_list_is_reviewed_by_keyboard_alone(place, browser):
    proposal = place.work.ids["proposal_3"]
    with window(browser, place.home, cookie=place.cookie("ash.manager")) as opened:
        opened.go(place.filled("/review/{Y90001}"))
        page = opened.page
        tab_to(page, f"#tick-{proposal}")
        page.keyboard.press("Space")
        tab_to(page, "button[name=decision][value=accept]")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        marked = select(StagedDecision.decision).where(StagedDecision.proposal_id == proposal)
        assert rows(place, marked) == [Decision.ACCEPT]
        tab_to(page, "a[href$='/preview']")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        tab_to(page, "form[action$='/confirm'] button")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        decided = select(Proposal.state).where(Proposal.id == proposal)
        assert rows(place, decided) == [ProposalState.ACCEPTED]
        assert opened.said == []


def test_focus_can_always_be_seen(place, browser):
    """Every element that Tab comes to on the busiest pages changes its looks when it has the focus."""
    looks = (
        "one => { const style = getComputedStyle(one);"
        " return [style.outline, style.boxShadow, style.backgroundColor, style.border].join('|'); }"
    )
    around = (
        "() => { const one = document.activeElement; const label = one.nextElementSibling;"
        f" const look = {looks}; const drawn = part => label ? [getComputedStyle(label, part).boxShadow,"
        " getComputedStyle(label, part).outline, getComputedStyle(label, part).border].join('|') : '';"
        " const now = [look(one), drawn('::before')].join('|'); one.blur();"
        " const without = [look(one), drawn('::before')].join('|'); one.focus(); return [now, without]; }"
    )
    with window(browser, place.home, cookie=place.cookie("ash.manager")) as opened:
        for path in ("/review/{Y90001}", "/people/{p1}", "/cases/{c1}/lead"):
            opened.go(place.filled(path))
            seen = 0
            for _ in range(60):
                opened.page.keyboard.press("Tab")
                if opened.page.evaluate("document.activeElement === document.body"):
                    break
                now, without = opened.page.evaluate(around)
                assert now != without, f"{focused(opened.page)!r} at {path} looks the same with the focus"
                seen += 1
            assert seen > 15


def test_paper_has_the_letter_and_nothing_around_it(place, browser):
    with window(browser, place.home, cookie=place.cookie("ash.manager")) as opened:
        opened.go(place.filled("/cases/{c1}/letter"))
        opened.page.emulate_media(media="print")
        assert opened.page.locator("article").is_visible()
        for around in (".nhsuk-header", ".nhsuk-footer", ".app-no-print"):
            assert not opened.page.locator(around).first.is_visible(), around
