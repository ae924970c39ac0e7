"""The administrator's pages: making users, and whom an administrator sees."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.actions.user_roles import give_role
from caseload.actions.users import create_user
from caseload.app import create_app
from caseload.domain.permissions import PROGRAM_ROLES
from caseload.domain.words import Profession, Role
from caseload.exceptions import NotNow
from caseload.queries.viewers import viewer_of
from caseload.settings import settings_with
from caseload.sign_in.web import start_session
from caseload.tables import Practitioner, User, UserRole
from tests.integration.caseload.conftest import SECRET, form_fields
from tests.support.accounts import (
    PASSWORD,
    audit_details,
    roles_now,
    user_row,
)
from tests.support.api_programs import let_in_program
from tests.support.sqlite import sqlite_url

NEW = {
    "display_name": "Grace Osei", "job_title": "Care navigator", "email": "grace.osei@example.org",
    "username": "Grace.Osei", "way": "local", "role": "navigator",
}  # fmt: skip


@pytest.fixture
def database_url(tmp_path):
    return sqlite_url(tmp_path)


@pytest.fixture
def settings():
    return settings_with(secret_key=SECRET, secure_cookies=False, require_second_factor=False)


@pytest.fixture
def admin(client_as):
    """The administrator of the whole borough."""
    return client_as("admin")


@pytest.fixture
def north_admin(store, town, client_as, clock):
    """An administrator of the network North alone; a browser of theirs."""
    with store.writing() as session:
        user = session.get_one(User, town.users["chair"])
        for held in session.execute(select(UserRole).where(UserRole.user_id == user.id)).scalars():
            held.until_at = clock() - timedelta(days=1)
        session.add(UserRole(user_id=user.id, role=Role.ADMIN, place_id=town.places["NORTH"], from_at=clock()))
    return client_as("chair")


@pytest.fixture
def add(post, town):
    """A function: fill in the form of a new user."""

    def sent(client, **more):
        fields = {**NEW, "home": town.places["TRUST"], "place": town.places["NORTH"], **more}
        return post(client, "/users/new", fields, follow=False)

    return sent


def made(store, username="grace.osei"):
    with store.reading() as session:
        return session.execute(select(User.id).where(User.username == username)).scalar_one_or_none()


# Making


def test_user_is_made_with_a_role_and_a_password_that_is_shown_once(admin, add, store, town, app, post, clock):
    answer = add(admin)
    assert answer.status_code == 200
    password = re.search(r'app-key">([^<]+)<', answer.text)[1]
    user_id = made(store)
    row = user_row(store, user_id)
    assert (row.display_name, row.home_id, row.password_changed_at) == ("Grace Osei", town.places["TRUST"], None)
    assert roles_now(store, user_id) == [(Role.NAVIGATOR, town.places["NORTH"])]
    assert audit_details(store, "user.create") == [(town.users["admin"], {"people": [], "user": user_id})]
    client = app.test_client()
    signed = post(client, "/sign-in", {"username": "grace.osei", "password": password}, follow=False)
    assert signed.status_code == 302
    assert client.get("/").location == "/account/password"
    assert password not in admin.get(f"/users/{user_id}").text


def test_form_sent_twice_makes_one_user_and_says_the_same_password(admin, store, town):
    fields = form_fields(admin.get("/users/new").text, "/users/new")
    fields |= {**NEW, "home": town.places["TRUST"], "place": town.places["NORTH"]}
    answers = [admin.post("/users/new", data=fields) for _ in range(2)]
    shown = [re.search(r'app-key">([^<]+)<', answer.text)[1] for answer in answers]
    assert shown[0] == shown[1]
    assert len(audit_details(store, "user.create")) == 1


def test_password_is_in_no_table(admin, add, store):
    password = re.search(r'app-key">([^<]+)<', add(admin).text)[1]
    with store.engine.connect() as connection:
        names = [row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
        dump = "".join(str(list(connection.exec_driver_sql(f"SELECT * FROM {name}"))) for name in names)
    assert password not in dump


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"username": "admin"}, "This username is taken"),
        ({"username": "ADMIN"}, "This username is taken"),
        ({"username": "a"}, "2 to 254 characters"),
        ({"username": "grace osei"}, "only letters, numbers"),
        ({"display_name": ""}, "Enter their full name"),
        ({"email": "nowhere"}, "email address in the correct format"),
        ({"home": ""}, "Choose their employer"),
        ({"home": "9999"}, "“Employer”: select one from the list"),
        ({"role": "superuser"}, "Choose a role"),
        ({"role": ""}, "Choose a role"),
        ({"role": "warehouse"}, "Choose a role"),
        ({"place": ""}, "Choose the place of the role"),
        ({"way": "nhs"}, "“How they sign in”: select one from the list"),
    ],
)
def test_user_is_not_made_of_a_wrong_form(admin, add, store, fields, words):
    answer = add(admin, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert made(store) is None


def test_administrator_of_a_network_chooses_only_within_it(north_admin, add, store, town, get):
    page = get(north_admin, "/users/new")
    assert "South network" not in page
    assert "Cedar Surgery" not in page
    assert add(north_admin, place=town.places["SOUTH"]).status_code == 422
    assert add(north_admin, home=town.places["Y90003"]).status_code == 422
    assert add(north_admin).status_code == 200
    assert roles_now(store, made(store)) == [(Role.NAVIGATOR, town.places["NORTH"])]


def test_action_checks_the_place_itself(store, town, north_admin, clock):
    with store.writing() as session, pytest.raises(NotNow, match="within your own"):
        create_user(
            session, by=viewer_of(session, town.users["chair"], clock()), now=clock(), username="grace.osei",
            display_name="Grace Osei", job_title="", home_id=town.places["TRUST"], password=None,
            roles=[(Role.PRACTICE, town.places["Y90003"])],
        )  # fmt: skip


@pytest.mark.parametrize("role", sorted(PROGRAM_ROLES))
def test_nobody_who_signs_in_is_given_the_role_of_a_program(store, town, clock, role):
    place = town.places["NORTH"]
    with store.writing() as session, pytest.raises(NotNow, match="Only a program"):
        create_user(
            session, by=None, now=clock(), username="grace.osei", display_name="Grace Osei", job_title="",
            home_id=town.places["TRUST"], password=PASSWORD, roles=[(role, place)],
        )  # fmt: skip
    user_id = town.users["ash.gp"]
    before = roles_now(store, user_id)
    with store.writing() as session:
        by = viewer_of(session, town.users["admin"], clock())
        with pytest.raises(NotNow, match="Only a program"):
            give_role(session, by=by, now=clock(), user_id=user_id, role=role, place_id=place)
    assert roles_now(store, user_id) == before


def test_a_program_keeps_the_role_it_was_let_in_with(store, town, clock):
    home = town.places["TRUST"]
    program = let_in_program(store, home_id=home, roles=[(Role.URGENT_CARE, town.places["TESTHAM"])])
    with store.writing() as session:
        by = viewer_of(session, town.users["admin"], clock())
        give_role(
            session, by=by, now=clock(), user_id=program.user_id, role=Role.WAREHOUSE, place_id=town.places["NORTH"]
        )
    assert sorted(role for role, _ in roles_now(store, program.user_id)) == [Role.URGENT_CARE, Role.WAREHOUSE]


def test_command_line_makes_whom_it_likes_with_a_password_of_their_own(store, town, clock):
    with store.writing() as session:
        user_id = create_user(
            session, by=None, now=clock(), username="First.Admin", display_name="First", job_title="",
            home_id=town.places["COUNCIL"], password=PASSWORD, roles=[(Role.ADMIN, town.places["TESTHAM"])],
            team_ids=[town.team_id], profession=Profession.NURSE, capacity=40,
        )  # fmt: skip
    row = user_row(store, user_id)
    assert (row.username, row.password_changed_at) == ("first.admin", clock())
    with store.reading() as session:
        viewer = viewer_of(session, user_id, clock())
        assert viewer.team_ids == {town.team_id}
        assert viewer.roles == {Role.ADMIN}
        assert session.get_one(Practitioner, user_id).capacity == 40
    assert audit_details(store, "user.create")[0][0] is None


def test_weak_password_makes_no_user_either(store, town, clock):
    with store.writing() as session, pytest.raises(NotNow, match="many people"):
        create_user(
            session, by=None, now=clock(), username="x.y", display_name="X", job_title="",
            home_id=town.places["COUNCIL"], password="password1234",
        )  # fmt: skip


def test_user_of_an_identity_provider_is_made_with_a_link_and_no_password(store, town, clock, post, client_as, add):
    chosen = {
        "name": "cis2", "label": "NHS CIS2", "client_id": "x",
        "metadata_url": "https://login.example/.well-known/openid-configuration",
    }  # fmt: skip
    app = create_app(settings_with(secret_key=SECRET, secure_cookies=False, oidc=[chosen]), store=store, now=clock)
    client = app.test_client()
    with store.writing() as session:
        client.set_cookie("caseload", start_session(session, town.users["admin"], clock()))
    assert "Enter the identifier" in add(client, way="cis2").text
    assert add(client, way="cis2", subject="910000000001").status_code == 302
    row = user_row(store, made(store))
    assert (row.oidc_issuer, row.oidc_subject, row.password_hash) == ("https://login.example", "910000000001", None)
    url = f"/users/{row.id}/identity"
    post(client, url, {"way": "cis2", "subject": ""})
    assert user_row(store, row.id).oidc_subject is None
    post(client, f"/users/{town.users['nurse']}/identity", {"way": "cis2", "subject": "910000000002"})
    assert "Another user is already linked" in post(client, url, {"way": "cis2", "subject": "910000000002"}).text


# The list and whom an administrator sees


def test_list_is_by_username_and_goes_on_behind_the_last(admin, get, store, town, clock, app):
    settings = settings_with(secret_key=SECRET, secure_cookies=False, page_rows=5)
    small = create_app(settings, store=store, now=clock).test_client()
    small.set_cookie("caseload", admin.get_cookie("caseload").value)
    seen, url = [], "/users"
    while url:
        page = get(small, url)
        seen += re.findall(r'href="/users/\d+">([^<]+)<', page)
        following = re.search(r'href="([^"]+)">Next page', page)
        url = following and following[1].replace("&amp;", "&")
    assert seen == sorted(town.users)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("find=ash", {"ash.manager", "ash.gp", "ash.partner"}),
        ("find=NURSE", {"nurse"}),
        ("find=%25", set()),
        ("state=locked", {"nurse"}),
        ("state=deactivated", {"consultant"}),
        ("state=active&find=cons", set()),
    ],
)
def test_list_can_be_narrowed(admin, get, store, town, clock, query, found):
    with store.writing() as session:
        session.get_one(User, town.users["nurse"]).locked_until = clock() + timedelta(minutes=5)
        session.get_one(User, town.users["consultant"]).deactivated_at = clock()
    page = get(admin, f"/users?{query}")
    assert set(re.findall(r'href="/users/\d+">([^<]+)<', page)) == found
    assert "This list is filtered." in page


def test_administrator_of_a_network_sees_its_people_and_employers_without_a_place(north_admin, get, town):
    page = get(north_admin, "/users")
    seen = set(re.findall(r'href="/users/\d+">([^<]+)<', page))
    assert {"ash.manager", "ash.gp", "birch.gp", "navigator", "chair"} <= seen
    assert seen.isdisjoint({"cedar.manager", "south.navigator", "therapist", "admin", "ig", "integration"})
    for username in ("cedar.manager", "admin", "therapist"):
        assert north_admin.get(f"/users/{town.users[username]}").status_code == 404


@pytest.mark.parametrize("username", ["ash.manager", "navigator", "therapist", "chair", "integration", "ig"])
def test_nobody_but_an_administrator_is_shown_users(client_as, town, username):
    client = client_as(username)
    for url in ("/users", "/users/new", f"/users/{town.users['nurse']}", f"/users/{town.users['nurse']}/details"):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["details", "roles/new", "teams/new", "profile", "leave/new", "identity", "deactivate", "password", "unlock",
     "second-factor/remove", "roles/1/end", "teams/1/end", "leave/1/remove"],
)  # fmt: skip
def test_administrator_of_a_network_changes_nobody_elsewhere(north_admin, town, path, store):
    fields = form_fields(north_admin.get("/account").text, "/account")
    fields |= {"role": "practice", "place": town.places["NORTH"], "team": town.team_id, "row_version": "1"}
    fields |= {"profession": "nurse", "capacity": "1", "working_days": "1", "display_name": "X", "home": "8"}
    fields |= {"first_day-day": "1", "first_day-month": "1", "first_day-year": "2027"}
    fields |= {"last_day-day": "1", "last_day-month": "1", "last_day-year": "2027"}
    answer = north_admin.post(f"/users/{town.users['cedar.manager']}/{path}", data=fields)
    assert answer.status_code == 404
    assert [one for one, _ in audit_details(store, "user.change")] == []
