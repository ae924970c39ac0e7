"""A user as a viewer: what they are now, over which practices, in which teams; in one statement."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from caseload.domain.viewer import Viewer
from caseload.domain.words import Role, Sector
from caseload.queries.viewers import viewer_of
from caseload.tables import Team, TeamMembership, User, UserRole
from tests.support.case_app import NOW
from tests.support.statements import statements


@pytest.fixture
def seen(store, town):
    """A function: the user of this name as a viewer."""

    def viewer(username, now=NOW):
        with store.reading() as session:
            return viewer_of(session, town.users[username], now)

    return viewer


def practices(town, *codes):
    return frozenset(town.places[code] for code in codes)


def test_role_at_a_network_reaches_its_practices_and_no_others(town, seen):
    assert seen("navigator") == Viewer(
        town.users["navigator"], "Navigator", Sector.HEALTH, town.places["TRUST"],
        {Role.NAVIGATOR: practices(town, "Y90001", "Y90002")}, frozenset({town.team_id}),
    )  # fmt: skip


def test_role_at_the_borough_reaches_every_practice(town, seen):
    found = seen("social.worker")
    assert found.places == {Role.LEAD: practices(town, "Y90001", "Y90002", "Y90003")}
    assert found.sector is Sector.SOCIAL_CARE
    assert found.team_ids == frozenset()


def test_role_at_a_practice_reaches_that_practice(town, seen):
    assert seen("cedar.manager").places == {Role.PRACTICE: practices(town, "Y90003")}


def test_role_where_no_practice_is_is_held_over_nobody(store, town, seen):
    with store.writing() as session:
        session.execute(
            update(UserRole).where(UserRole.user_id == town.users["navigator"]).values(place_id=town.places["TRUST"])
        )
    assert seen("navigator").places == {Role.NAVIGATOR: frozenset()}


def test_roles_and_teams_hold_from_their_beginning_until_their_end(store, town, seen):
    later = NOW + timedelta(days=1)
    with store.writing() as session:
        who = {"user_id": town.users["ash.gp"], "from_at": NOW, "until_at": later}
        other = Team(name="Another team", place_id=town.places["SOUTH"])
        session.add_all([UserRole(role=Role.NAVIGATOR, place_id=town.places["SOUTH"], **who), other])
        session.flush()
        session.add_all([TeamMembership(team_id=town.team_id, **who), TeamMembership(team_id=other.id, **who)])
    before, during, after = (seen("ash.gp", now) for now in (NOW - timedelta(seconds=1), NOW, later))
    assert before.roles == after.roles == {Role.PRACTICE}
    assert before.team_ids == after.team_ids == frozenset()
    assert during.places == {
        Role.PRACTICE: practices(town, "Y90001"),
        Role.NAVIGATOR: practices(town, "Y90003"),
    }
    assert len(during.team_ids) == 2


def test_user_without_a_role_is_a_viewer_who_may_nothing(store, town, seen):
    with store.writing() as session:
        session.execute(update(UserRole).values(until_at=NOW - timedelta(days=1)))
    assert seen("ash.manager").places == {}


def test_deactivated_user_is_nobody(store, town, seen):
    with store.writing() as session:
        session.execute(update(User).where(User.id == town.users["nurse"]).values(deactivated_at=NOW))
    assert seen("nurse") is None


def test_unknown_user_is_nobody(store):
    with store.reading() as session:
        assert viewer_of(session, 999, NOW) is None


def test_one_statement_says_it_all(store, town):
    with store.reading() as session, statements(store.engine) as sent:
        viewer_of(session, town.users["social.worker"], NOW)
    assert len(sent) == 1
