"""A cohort taken and worked with the keyboard alone, with scripts and without."""

import pytest
from sqlalchemy import select

from caseload.tables import Cohort, CohortMember
from tests.support.browser import CHROMIUM, NO_BROWSER, chromium, shows, window
from tests.support.live_app import live
from tests.support.place import Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]


def to(page, selector):
    """Tab on until this has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_cohort_is_taken_and_a_card_moved_with_the_keyboard(tmp_path, scripts):
    made = Place("quiet", tmp_path)
    with live(made.app) as home, chromium() as browser:
        with window(browser, home, cookie=made.cookie("ash.manager"), scripts=scripts) as opened:
            page = opened.page
            opened.go("/cohorts")
            to(page, "a[href='/cohorts/new']")
            page.keyboard.press("Enter")
            page.wait_for_url("**/cohorts/new")
            to(page, "main button")
            page.keyboard.press("Enter")
            page.wait_for_url("**/cohorts/new?*")
            to(page, "input[name=name]")
            page.keyboard.type("Ash, October")
            page.keyboard.press("Enter")
            page.wait_for_url("**/cohorts/1")
            to(page, "#to-2")
            page.keyboard.press("p")  # the first column whose name begins so
            to(page, "main form button")
            page.keyboard.press("Enter")
            page.wait_for_url("**#member-2")
            assert shows(page, "Moved.")
            assert opened.said == []
        with made.store.reading() as session:
            assert session.execute(select(Cohort.name)).scalars().all() == ["Ash, October"]
            columns = select(CohortMember.board_column).order_by(CohortMember.id)
            assert [one.value for one in session.execute(columns).scalars()] == ["to_contact", "planning", "to_contact"]
    made.store.engine.dispose()
