"""What surrounds every page, in the whole application: it leads only where there is something, and is cheap."""

import re

import pytest

from caseload.actions.notices import notify
from caseload.domain.words import NoticeKind
from caseload.pages.navigation import FOOTER, HEADER
from tests.support.case_app import NOW


@pytest.mark.parametrize("place", [*HEADER, *FOOTER], ids=lambda place: place.path)
def test_destination_exists_and_asks_for_the_permission_it_is_offered_for(app, place):
    endpoint, _ = app.url_map.bind("localhost").match(place.path)
    assert app.view_functions[endpoint].permission is place.permission


def test_header_counts_the_viewers_own_unread_notices(store, town, client_as, get):
    with store.writing() as session:
        for username in ("navigator", "navigator", "nurse"):
            notify(session, now=NOW, user_ids=[town.users[username]], kind=NoticeKind.NEW_LIST)
    assert "Notices (2)" in get(client_as("navigator"), "/account")
    assert "Notices (1)" in get(client_as("nurse"), "/account")
    assert "Notices (0)" in get(client_as("admin"), "/account")


def test_page_says_when_the_session_ends(client_as, get):
    assert "you will be signed out at 10:15am" in get(client_as("navigator"), "/account")


def test_style_sheets_may_be_kept_by_a_browser_and_pages_may_not(client_as, get):
    client = client_as("navigator")
    page = get(client, "/account")
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert len(sheets) >= 2
    for sheet in sheets:
        answer = client.get(sheet, buffered=True)
        assert answer.status_code == 200
        assert answer.cache_control.max_age == 31_536_000
        assert "no-store" not in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
    assert client.get("/account").headers["Cache-Control"] == "no-store"


def test_not_found_offers_emergency_access_only_to_those_who_may_use_it(client_as, get):
    assert "open it by emergency access" in get(client_as("nurse"), "/people/99999", 404)
    assert "open it by emergency access" not in get(client_as("admin"), "/people/99999", 404)


def test_number_no_row_can_have_is_an_address_that_does_not_exist(client_as):
    client = client_as("ash.manager")
    assert client.get("/people/99999999999999999999").status_code == 404
    assert client.get(f"/cases/{2**31}/lead").status_code == 404


@pytest.mark.parametrize(("username", "address"), [
    ("chair", "/notices?before="), ("chair", "/cohorts?before="), ("chair", "/mdt/actions?after=2026-10-05."),
    ("chair", "/?done="), ("ash.manager", "/people/1/looks?before="), ("ash.manager", "/leavers?after="),
    ("ash.manager", "/people/duplicates?after="), ("ig", "/governance/emergency?after="),
    ("ig", "/governance/audit?before="),
])  # fmt: skip
@pytest.mark.parametrize("number", ["9" * 25, "-1", "nonsense"])
def test_page_that_would_begin_at_a_number_no_row_can_have_begins_at_the_first(
    client_as, get, username, address, number
):
    assert "<h1" in get(client_as(username), address + number)
