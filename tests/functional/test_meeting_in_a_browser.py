"""A meeting from the first person to the minutes with the keyboard alone, with scripts and without; drafts kept while typing."""

import pytest
from sqlalchemy import select

from caseload.tables import AgendaItem, Draft, MdtAction, MdtDecision, MdtMeeting
from tests.support.browser import CHROMIUM, NO_BROWSER, chromium, holds, shows, window
from tests.support.live_app import live
from tests.support.place import Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]


def tab_to(page, field):
    """Go on with the Tab key until the focus is in the field of that name (or on the button with that text)."""
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate("[document.activeElement.name || '', document.activeElement.innerText || '']")
        if field in at or field == at[1].strip():
            return
    raise AssertionError(f"the Tab key does not lead to {field}")


@pytest.mark.parametrize("scripts", [True, False])
def test_two_people_and_closing_with_the_keyboard_alone(tmp_path, scripts):
    made = Place("work", tmp_path)
    with live(made.app) as home, chromium() as browser:
        with window(browser, home, cookie=made.cookie("chair"), scripts=scripts) as opened:
            page = opened.page
            opened.go(made.filled("/mdt/items/{mdt_item_2}"))
            for name, typed in (("latest", "Better since Friday. "), ("what", "Ring the pharmacy")):
                tab_to(page, name)
                page.keyboard.type(typed)
                if name == "latest":
                    tab_to(page, "outcome")
                    page.keyboard.press("Space")
                    tab_to(page, "rationale")
                    page.keyboard.type("It goes well")
            with page.expect_navigation():
                page.keyboard.press("Enter")  # in a field: the first button, which goes on
            assert shows(page, "Item 2 is saved.")
            assert page.url.endswith(made.filled("/mdt/items/{mdt_item_5}"))
            opened.go(made.filled("/mdt/meetings/{mdt_ready}/close"))
            tab_to(page, "Close the meeting")
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert shows(page, "The meeting is closed.")
            assert page.url.endswith("/minutes")
            assert opened.said == []
    with made.store.reading() as session:
        item = session.get_one(AgendaItem, made.work.ids["mdt_item_2"])
        decision = session.execute(select(MdtDecision).where(MdtDecision.item_id == item.id)).scalar_one()
        action = session.execute(select(MdtAction).where(MdtAction.item_id == item.id)).scalar_one()
        assert (decision.decision, decision.rationale, action.what) == ("continue", "It goes well", "Ring the pharmacy")
        assert item.latest == "Better since Friday. Home again"
        assert session.get_one(MdtMeeting, made.work.ids["mdt_ready"]).state == "closed"
    made.store.engine.dispose()


def test_what_is_typed_is_kept_as_a_draft_and_is_there_again(tmp_path):
    made = Place("work", tmp_path)
    with live(made.app) as home, chromium() as browser:
        with window(browser, home, cookie=made.cookie("navigator")) as opened:
            opened.go(made.filled("/mdt/items/{mdt_item_6}"))
            opened.page.get_by_label("Situation").fill("Half a sentence")
            opened.page.get_by_text("What you typed is kept as your draft.").wait_for()
            opened.go("/mdt/actions")
            opened.go(made.filled("/mdt/items/{mdt_item_6}"))
            assert holds(opened.page.get_by_label("Situation"), "Half a sentence")
            opened.page.get_by_label("Situation").fill("A whole sentence")
            with opened.page.expect_navigation():
                opened.page.get_by_role("button", name="Save and stay").click()
            assert holds(opened.page.get_by_label("Situation"), "A whole sentence")
            assert opened.said == []
    with made.store.reading() as session:
        assert session.get_one(AgendaItem, made.work.ids["mdt_item_6"]).situation == "A whole sentence"
        assert session.execute(select(Draft)).all() == []
    made.store.engine.dispose()
