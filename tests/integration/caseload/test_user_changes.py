"""What an administrator changes of a user: details, roles, teams, leading cases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.domain.words import Profession, Role
from caseload.queries.viewers import viewer_of
from caseload.settings import settings_with
from caseload.tables import Leave, Practitioner, TeamMembership, User, UserRole
from tests.integration.caseload.conftest import SECRET, form_fields
from tests.support.accounts import audit_details, roles_now, user_row
from tests.support.case_app import NOW, audited
from tests.support.day_work import task_for, task_row
from tests.support.led_cases import led, opened
from tests.support.sqlite import sqlite_url


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


def test_details_are_changed(admin, post, store, town):
    url = f"/users/{town.users['nurse']}/details"
    post(admin, url, {"display_name": "Nurse Ngozi", "job_title": "Matron", "email": "", "home": town.places["TRUST"]})
    row = user_row(store, town.users["nurse"])
    assert (row.display_name, row.job_title, row.email) == ("Nurse Ngozi", "Matron", None)
    assert audit_details(store, "user.change") == [(town.users["admin"], {"people": [], "user": town.users["nurse"]})]


def test_details_changed_meanwhile_are_a_conflict_that_keeps_what_was_typed(admin, store, town):
    url = f"/users/{town.users['nurse']}/details"
    fields = form_fields(admin.get(url).text, url)
    with store.writing() as session:
        session.get_one(User, town.users["nurse"]).job_title = "Sister"
    answer = admin.post(
        url, data={**fields, "display_name": "Nurse", "job_title": "Matron", "home": town.places["TRUST"]}
    )
    assert answer.status_code == 409
    assert "Matron" in answer.text
    assert "Sister" in answer.text
    assert user_row(store, town.users["nurse"]).job_title == "Sister"


def test_role_is_given_and_ended(admin, post, store, town):
    user_id = town.users["nurse"]
    post(admin, f"/users/{user_id}/roles/new", {"role": "mdt_chair", "place": town.places["EAST"]})
    assert (Role.MDT_CHAIR, town.places["EAST"]) in roles_now(store, user_id)
    with store.reading() as session:
        held = session.execute(select(UserRole.id).where(UserRole.user_id == user_id, UserRole.role == Role.LEAD))
        role_id = held.scalar_one()
    post(admin, f"/users/{user_id}/roles/{role_id}/end", page=f"/users/{user_id}", form=f"/roles/{role_id}/end")
    assert roles_now(store, user_id) == [(Role.MDT_CHAIR, town.places["EAST"])]
    assert [detail["role"] for _, detail in audit_details(store, "user.role")] == ["mdt_chair"]
    assert [detail["role"] for _, detail in audit_details(store, "user.role_end")] == ["lead"]


def test_tasks_out_of_reach_when_a_role_ends_go_where_a_rules_would(admin, post, get, store, town):
    user_id = town.users["navigator"]
    led(store, town, 1, "ash.gp")
    opened(store, town, 2)
    with_lead = task_for(store, town, 1, by="navigator")
    without = task_for(store, town, 2, by="navigator")
    other = task_for(store, town, 2, by="ash.manager")
    with store.writing() as session:  # a role elsewhere stays
        session.add(UserRole(user_id=user_id, role=Role.NAVIGATOR, place_id=town.places["SOUTH"], from_at=NOW))
        wanted = select(UserRole.id).where(UserRole.user_id == user_id, UserRole.place_id == town.places["NORTH"])
        role_id = session.execute(wanted).scalar_one()
    assert "When a role ends, open tasks on their list" in get(admin, f"/users/{user_id}")
    url = f"/users/{user_id}/roles/{role_id}/end"
    answer = post(admin, url, page=f"/users/{user_id}", form=url)
    assert "The role has ended. 4 open tasks went to somebody else’s list, a team’s or nobody’s." in answer.text
    owners = [(task_row(store, task)["owner_id"], task_row(store, task)["team_id"]) for task in (with_lead, without)]
    assert owners == [(town.users["ash.gp"], None), (None, None)]
    assert task_row(store, other)["owner_id"] == town.users["ash.manager"]
    reassigned = [people for action, people in audited(store) if action == "task.reassigned"]
    both = [[town.people[1]], [town.people[2]]]  # theirs, and their team's: nobody else of it may open them
    assert reassigned == sorted(both + both)


def test_role_that_is_held_already_is_not_given_again(admin, post, town):
    answer = post(admin, f"/users/{town.users['nurse']}/roles/new", {"role": "lead", "place": town.places["EAST"]})
    assert answer.status_code == 422
    assert "They have this role there already" in answer.text


def test_nobody_gives_themselves_a_role(admin, post, store, town):
    before = roles_now(store, town.users["admin"])
    fields = {"role": "practice", "place": town.places["Y90001"]}
    answer = post(admin, f"/users/{town.users['admin']}/roles/new", fields)
    assert answer.status_code == 422
    assert "Another administrator has to change your own roles" in answer.text
    assert roles_now(store, town.users["admin"]) == before


def test_nobody_gives_themselves_another_employer(admin, post, store, town):
    user_id = town.users["admin"]
    before = user_row(store, user_id)
    other = next(place for place in (town.places["TRUST"], town.places["Y90001"]) if place != before.home_id)
    fields = {"display_name": "Other", "job_title": "Other", "email": "", "home": other}
    answer = post(admin, f"/users/{user_id}/details", fields)
    assert answer.status_code == 422
    assert "Another administrator has to do this" in answer.text
    assert (user_row(store, user_id).home_id, user_row(store, user_id).display_name) == (
        before.home_id, before.display_name,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["password", "second-factor/remove", "deactivate"])
def test_nobody_does_to_their_own_account_what_another_has_to(admin, store, town, path):
    fields = form_fields(admin.get("/account").text, "/account")
    answer = admin.post(f"/users/{town.users['admin']}/{path}", data=fields)
    assert answer.status_code == 422
    assert "Another administrator has to do this" in answer.text
    assert user_row(store, town.users["admin"]).deactivated_at is None


def test_user_with_a_role_elsewhere_keeps_their_account_from_a_smaller_administrator(
    north_admin, store, town, post, clock, get
):
    with store.writing() as session:
        session.add(
            UserRole(user_id=town.users["ash.gp"], role=Role.LEAD, place_id=town.places["Y90003"], from_at=clock())
        )
    url = f"/users/{town.users['ash.gp']}"
    assert "also has a role outside your places" in get(north_admin, url)
    answer = post(north_admin, f"{url}/deactivate")
    assert answer.status_code == 422
    assert user_row(store, town.users["ash.gp"]).deactivated_at is None
    post(north_admin, f"{url}/roles/new", {"role": "mdt_chair", "place": town.places["NORTH"]})
    assert (Role.MDT_CHAIR, town.places["NORTH"]) in roles_now(store, town.users["ash.gp"])


def test_team_is_joined_and_left(admin, post, store, town, clock):
    url = f"/users/{town.users['nurse']}"
    post(admin, f"{url}/teams/new", {"team": town.team_id})
    with store.reading() as session:
        assert viewer_of(session, town.users["nurse"], clock()).team_ids == {town.team_id}
        wanted = select(TeamMembership.id).where(TeamMembership.user_id == town.users["nurse"])
        membership = session.execute(wanted).scalar_one()
    assert "in this team already" in post(admin, f"{url}/teams/new", {"team": town.team_id}).text
    clock.now += timedelta(minutes=1)
    post(admin, f"{url}/teams/{membership}/end", page=url, form=f"/teams/{membership}/end")
    with store.reading() as session:
        assert viewer_of(session, town.users["nurse"], clock()).team_ids == frozenset()


def test_profile_is_made_and_changed(admin, post, store, town):
    url = f"/users/{town.users['navigator']}/profile"
    post(admin, url, {"profession": "nurse", "capacity": "35", "working_days": ["0", "2", "6"]})
    with store.reading() as session:
        kept = session.get_one(Practitioner, town.users["navigator"])
        assert (kept.profession, kept.capacity, kept.working_days) == (Profession.NURSE, 35, 0b1000101)
    page = admin.get(f"/users/{town.users['navigator']}").text
    assert "Monday, Wednesday, Sunday" in page
    post(admin, url, {"profession": "therapist", "capacity": "0", "working_days": ["1"]})
    with store.reading() as session:
        assert session.get_one(Practitioner, town.users["navigator"]).profession == Profession.THERAPIST


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"profession": ""}, "Choose a profession"),
        ({"capacity": "-1"}, "as a whole number"),
        ({"capacity": "10001"}, "between 0 and 10,000"),
        ({"capacity": "many"}, "as a whole number"),
        ({"working_days": []}, "Choose the days they work"),
        ({"working_days": ["7"]}, "Choose the days they work"),
    ],
)
def test_profile_that_makes_no_sense_is_refused(admin, post, town, store, fields, words):
    given = {"profession": "nurse", "capacity": "35", "working_days": ["0"], **fields}
    answer = post(admin, f"/users/{town.users['navigator']}/profile", given)
    assert answer.status_code == 422
    assert words in answer.text
    with store.reading() as session:
        assert session.get(Practitioner, town.users["navigator"]) is None


def days(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def test_leave_is_added_and_removed_by_administrator_and_by_oneself(admin, post, client_as, store, town):
    away = {**days("first_day", date(2026, 12, 21)), **days("last_day", date(2027, 1, 4))}
    url = f"/users/{town.users['nurse']}"
    post(admin, f"{url}/leave/new", away)
    nurse = client_as("nurse")
    post(nurse, "/account/leave", {**days("first_day", date(2027, 2, 1)), **days("last_day", date(2027, 2, 1))})
    page = nurse.get("/account").text
    assert "21 December 2026 to 4 January 2027" in page
    assert "1 February 2027" in page
    with store.reading() as session:
        first, second = session.execute(select(Leave.id).order_by(Leave.first_day)).scalars()
    post(nurse, f"/account/leave/{first}/remove", page="/account", form=f"/leave/{first}/remove")
    post(admin, f"{url}/leave/{second}/remove", page=url, form=f"/leave/{second}/remove")
    with store.reading() as session:
        assert session.execute(select(Leave)).first() is None


def test_leave_that_ends_before_it_begins_or_of_somebody_else_is_refused(post, client_as, store, town):
    nurse = client_as("nurse")
    away = {**days("first_day", date(2026, 12, 21)), **days("last_day", date(2026, 12, 20))}
    assert "first day or later" in post(nurse, "/account/leave", away).text
    away |= days("last_day", date(2026, 12, 22))
    assert "people who can lead cases" in post(client_as("navigator"), "/account/leave", away).text
    with store.writing() as session:
        session.add(Leave(user_id=town.users["therapist"], first_day=date(2026, 12, 1), last_day=date(2026, 12, 1)))
        session.flush()
        theirs = session.execute(select(Leave.id)).scalar_one()
    answer = post(nurse, f"/account/leave/{theirs}/remove", page="/account", form="/account")
    assert answer.status_code == 404
