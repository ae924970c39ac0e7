"""Views of a list kept under a name: one's own, a team's, replaced, deleted, and never anybody else's."""

from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from caseload.actions.saved_views import MOST_VIEWS, delete_view, save_view
from caseload.exceptions import NotNow, NotThere
from caseload.queries.saved_views import saved_views
from caseload.tables import SavedView, TeamMembership
from tests.support.case_app import NOW, audited
from tests.support.day_work import act


@pytest.fixture
def in_team(store, town):
    """Ash Surgery's GP is in the navigators' team too."""
    with store.writing() as session:
        session.add(TeamMembership(user_id=town.users["ash.gp"], team_id=town.team_id, from_at=NOW - timedelta(days=1)))


def keep(store, town, by="ash.gp", **given):
    return act(store, town, save_view, by=by, **{"page": "cases", "name": "Mine", "query": "lead=me", **given})


def seen(store, town, username, page="cases"):
    with store.reading() as session:
        return [
            (view.name, view.query, view.team)
            for view in saved_views(session, town.viewer(session, username), page).rows
        ]


def test_ones_own_view_is_ones_own(store, town):
    keep(store, town)
    assert seen(store, town, "ash.gp") == [("Mine", "lead=me", None)]
    assert seen(store, town, "ash.manager") == []
    assert seen(store, town, "ash.gp", "review") == []
    assert audited(store) == [("view.save", [])]


def test_a_teams_view_is_everybodys_in_the_team(store, town, in_team):
    keep(store, town, team_id=town.team_id)
    for username in ("ash.gp", "navigator"):
        assert seen(store, town, username) == [("Mine", "lead=me", "North care navigators")]
    assert seen(store, town, "south.navigator") == []


def test_the_same_name_again_replaces_what_it_stood_for(store, town):
    first = keep(store, town)
    assert keep(store, town, query="lead=none", name=" Mine ") == first
    assert seen(store, town, "ash.gp") == [("Mine", "lead=none", None)]


def test_a_view_for_a_team_one_is_not_in_is_refused(store, town):
    with pytest.raises(NotThere):
        keep(store, town, team_id=town.team_id)


def test_views_are_deleted_by_their_owner_or_the_team_only(store, town, in_team):
    own, teams = keep(store, town), keep(store, town, team_id=town.team_id)
    for username, view in (("navigator", own), ("ash.manager", own), ("ash.manager", teams)):
        with pytest.raises(NotThere):
            act(store, town, delete_view, by=username, view_id=view)
    assert act(store, town, delete_view, by="navigator", view_id=teams) == "cases"
    assert act(store, town, delete_view, by="ash.gp", view_id=own) == "cases"
    assert seen(store, town, "ash.gp") == []


def test_a_view_needs_a_name_and_there_is_an_end_to_them(store, town):
    with pytest.raises(NotNow, match="name"):
        keep(store, town, name=" ")
    for number in range(MOST_VIEWS):
        keep(store, town, name=f"View {number}")
    with pytest.raises(NotNow, match="Delete one first"):
        keep(store, town, name="One more")
    keep(store, town, name="View 7", query="order=name")  # takes the place of one that is kept


def test_a_view_is_kept_and_opened_from_the_list(store, town, client_as, get, post):
    client = client_as("ash.manager")
    page = f"/review/{town.places['Y90001']}"
    response = post(client, "/views", {"name": "Rising"}, page=f"{page}?flag=rising&order=name&junk=1", follow=False)
    assert response.location == f"{page}?flag=rising&order=name"
    assert f'href="{page}?flag=rising&order=name">Rising</a>' in unescape(get(client, page))
    with store.reading() as session:
        view = session.execute(select(SavedView)).scalar_one()
        assert (view.page, view.user_id, view.team_id) == ("review", town.users["ash.manager"], None)
        view_id = view.id
    assert "View deleted." in post(client, f"/views/{view_id}/delete", page=page).text
    assert "Rising" not in get(client, page)


def test_a_view_is_kept_for_a_team_from_the_case_list(store, town, client_as, post):
    client = client_as("navigator")
    post(client, "/views", {"name": "Nobody leads", "owner": str(town.team_id)}, page="/cases?lead=none")
    assert seen(store, town, "navigator") == [("Nobody leads", "lead=none", "North care navigators")]
    assert "Nobody leads" in client.get("/cases").text
    assert "Nobody leads" not in client.get("/cases/unallocated").text


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({"name": ""}, 422, "Enter a name for the view"),
        ({"name": "x" * 81}, 422, "80 characters or fewer"),
        ({"name": "x", "owner": "999"}, 422, "There is a problem"),
        ({"name": "x", "query": 'lead=me"><script>'}, 422, "There is a problem"),
        ({"name": "x", "page": "people"}, 400, ""),
    ],
)
def test_a_view_that_will_not_do(store, town, client_as, post, sent, status, sentence):
    response = post(client_as("ash.manager"), "/views", sent, page="/cases")
    assert (response.status_code, sentence in response.text) == (status, True)
    with store.reading() as session:
        assert session.execute(select(SavedView)).all() == []
