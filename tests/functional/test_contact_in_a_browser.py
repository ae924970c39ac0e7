"""Logging a contact with its next task, clicked through and counted, with scripts and without."""

import pytest
from sqlalchemy import select

from caseload.tables import Contact, Task
from tests.support.browser import CHROMIUM, NO_BROWSER, chromium, shows, window
from tests.support.live_app import live
from tests.support.place import Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]


@pytest.mark.parametrize("scripts", [True, False])
def test_contact_and_its_next_task_take_four_clicks(tmp_path, scripts):
    made = Place("work", tmp_path)
    with live(made.app) as home, chromium() as browser:
        with window(browser, home, cookie=made.cookie("navigator"), scripts=scripts) as opened:
            opened.go(made.filled("/people/{p1}"))
            clicks = 0
            for target in (
                opened.page.get_by_role("button", name="Log a contact").or_(
                    opened.page.get_by_role("link", name="Log a contact")
                ),
                opened.page.get_by_label("Telephone", exact=True),
                opened.page.get_by_label("Next step agreed"),
                opened.page.get_by_role("button", name="Save the contact"),
            ):
                target.first.click()
                clicks += 1
            assert shows(opened.page, "the next task is set")
            assert opened.said == []
        with made.store.reading() as session:
            newest = select(Contact).order_by(Contact.id.desc()).limit(1)
            contact = session.execute(newest).scalar_one()
            task = session.execute(select(Task).where(Task.contact_id == contact.id)).scalar_one()
            assert (contact.mode, contact.outcome_code) == ("telephone", "next_step_agreed")
            assert (task.title, clicks) == ("Follow up what was agreed", 4)
    made.store.engine.dispose()
