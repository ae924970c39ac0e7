"""Care plans given and printed from a real browser: the one urgent page stays one page, and nothing but the plan is on it."""

import pytest
from sqlalchemy import select

from caseload.tables import PlanShare
from tests.support.browser import CHROMIUM, NO_BROWSER, chromium, window
from tests.support.live_app import live
from tests.support.pdf_pages import letter_sizes, page_count, words
from tests.support.place import Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]

TENTH = 0.1
"""Points: a browser places letters on a grid of pixels."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place("work", tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def home(place):
    with live(place.app) as address:
        yield address


def printed(opened):
    """The page as the browser prints it on A4."""
    return opened.page.pdf(format="A4", prefer_css_page_size=True)


@pytest.mark.parametrize(("name", "username"), [("copied", "birch.manager"), ("copied_restricted", "ash.manager")])
def test_urgent_summary_printed_from_the_page_is_one_page_of_14_points(place, home, name, username):
    with chromium() as browser, window(browser, home, cookie=place.cookie(username)) as opened:
        opened.go(place.filled(f"/plans/{{{name}}}/urgent"))
        data = printed(opened)
    assert page_count(data) == 1
    assert min(letter_sizes(data)) >= 14 - TENTH
    assert "Never give it: my throat swells." in words(data)
    assert "Sign out" not in words(data)


def test_whole_plan_printed_from_the_page_has_nothing_but_the_plan(place, home):
    with chromium() as browser, window(browser, home, cookie=place.cookie("birch.manager")) as opened:
        opened.go(place.filled("/plans/{copied_before}/print"))
        data = printed(opened)
    text = words(data)
    assert min(letter_sizes(data)) >= 12 - TENTH
    assert text.startswith("No longer in force")
    assert text.endswith("every copy of this version.")


@pytest.mark.parametrize("scripts", [True, False])
def test_copy_is_given_with_the_keyboard_alone(place, home, scripts):
    with chromium() as browser, window(browser, home, cookie=place.cookie("birch.gp"), scripts=scripts) as opened:
        opened.go(place.filled("/plans/{copied}/share"))
        page = opened.page
        page.get_by_label("The person, or who speaks for them").focus()
        for key in ("Space", "Tab", "Tab", "Tab", "ArrowDown", "ArrowDown", "Tab"):  # to the person, as plain text
            page.keyboard.press(key)
        with page.expect_response(lambda answer: "/copy.txt?copy=" in answer.url) as answer:
            page.keyboard.press("Enter")
        assert answer.value.status == 200
        assert answer.value.text().startswith("CARE PLAN")
    with place.store.reading() as session:
        newest = session.execute(select(PlanShare).order_by(PlanShare.id.desc()).limit(1)).scalar_one()
        assert (newest.share_format, newest.recipient, newest.refused) == ("plain_text", "The person", False)
