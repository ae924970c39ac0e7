"""After something was done: where to go on, said once, without a name."""

import re

from tests.support.day_work import rule_task
from tests.support.led_cases import opened

CONTACT = {
    "mode": "telephone", "outcome": "no_answer", "participants": ["person"], "next": "suggested",
    "happened_on-day": "5", "happened_on-month": "10", "happened_on-year": "2026",
}  # fmt: skip


def steps_on(html):
    """The links of "What next", as pairs of address and words."""
    if 'id="next-steps"' not in html:
        return []
    return re.findall(r'<a href="([^"]+)">([^<]+)</a>', html.split('id="next-steps"')[1].split("</nav>")[0])


def test_contact_leads_on_to_the_next_person_on_the_list(client_as, get, post, store, town):
    for number in (1, 2):
        opened(store, town, number)
    rule_task(store, town, 1, "own", due=-9, owner_id=town.users["navigator"])
    following = rule_task(store, town, 2, "next", due=-1, owner_id=town.users["navigator"], title="Visit Mrs Two")
    client, url = client_as("navigator"), f"/people/{town.people[1]}/contacts/new"
    page = post(client, url, CONTACT)
    steps = steps_on(page.text)
    assert ("/cases/unallocated", "Next: 2 cases without an accountable lead") in steps
    assert (f"/tasks/{following}", "Next on your list (2 tasks overdue or due today)") in steps
    assert steps[-1][0] == "/"
    assert "Visit Mrs Two" not in page.text
    assert "FAMILY2" not in page.text
    assert steps_on(get(client, f"/people/{town.people[1]}")) == []


def test_contact_with_nothing_else_to_do_leads_to_today(client_as, post, town):
    page = post(client_as("ash.gp"), f"/people/{town.people[1]}/contacts/new", CONTACT)
    assert [url for url, _ in steps_on(page.text)] == ["/"]


def test_naming_a_lead_leads_on_to_the_next_case_without_one(client_as, post, store, town):
    case_id = opened(store, town, 1)
    opened(store, town, 2)
    page = post(
        client_as("navigator"), f"/cases/{case_id}/lead",
        {"user_id": str(town.users["ash.gp"]), "override_code": "persons_choice", "override_note": "Asked for"},
    )  # fmt: skip
    assert "The accountable lead is named." in page.text
    assert ("/cases/unallocated", "Next: 1 case without an accountable lead") in steps_on(page.text)
