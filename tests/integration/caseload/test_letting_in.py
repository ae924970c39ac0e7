"""Letting somebody in again, and never again."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.actions.users import deactivate_user
from caseload.exceptions import NotThere
from caseload.queries.viewers import viewer_of
from caseload.settings import settings_with
from caseload.tables import Case, Handover, LeadAllocation, MdtSeries, TeamMembership, User
from tests.integration.caseload.conftest import SECRET
from tests.support.accounts import (
    PASSWORD,
    audit_details,
    give_password,
    give_second_factor,
    roles_now,
    sessions_of,
    user_row,
)
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


def lead_a_case(store, town, clock, username):
    """Make somebody the accountable lead of person 1."""
    with store.writing() as session:
        case = Case(
            person_id=town.people[1], state="open", opened_at=clock(), opened_by=town.users["ash.manager"]
        )  # fmt: skip
        session.add(case)
        session.flush()
        session.add(
            LeadAllocation(
                case_id=case.id, user_id=town.users[username], profession="nurse", from_at=clock(), rule_code="x",
                rule_version="1", sentence="x", confirmed_by=town.users["ash.manager"],
            )
        )  # fmt: skip
        return case.id


# Letting in again


def test_account_is_unlocked(admin, post, store, town, clock, app):
    give_password(store, town.users["nurse"], clock())
    with store.writing() as session:
        user = session.get_one(User, town.users["nurse"])
        user.failed_sign_ins, user.locked_until = 5, clock() + timedelta(minutes=15)
    url = f"/users/{town.users['nurse']}"
    post(admin, f"{url}/unlock", page=url, form=f"{url}/unlock")
    signed = post(app.test_client(), "/sign-in", {"username": "nurse", "password": PASSWORD}, follow=False)
    assert signed.status_code == 302


def test_new_password_ends_every_session_and_has_to_be_changed(admin, post, store, town, clock, client_as, app):
    give_password(store, town.users["nurse"], clock())
    nurse = client_as("nurse")
    url = f"/users/{town.users['nurse']}"
    answer = post(admin, f"{url}/password", page=url, form=f"{url}/password")
    given = re.search(r'app-key">([^<]+)<', answer.text)[1]
    assert nurse.get("/account").location.startswith("/sign-in")
    assert all(one.ended_at for one in sessions_of(store, town.users["nurse"]))
    old = post(app.test_client(), "/sign-in", {"username": "nurse", "password": PASSWORD}, follow=False)
    assert old.status_code == 422
    client = app.test_client()
    assert post(client, "/sign-in", {"username": "nurse", "password": given}, follow=False).status_code == 302
    assert client.get("/").location == "/account/password"


def test_second_factor_is_removed_and_sessions_end(admin, post, store, town, clock, client_as):
    give_password(store, town.users["nurse"], clock())
    give_second_factor(store, town.users["nurse"], clock())
    nurse = client_as("nurse")
    url = f"/users/{town.users['nurse']}"
    post(admin, f"{url}/second-factor/remove", page=url, form=f"{url}/second-factor/remove")
    row = user_row(store, town.users["nurse"])
    assert (row.totp_secret, row.totp_confirmed_at, row.totp_last_step) == (None, None, None)
    assert nurse.get("/account").location.startswith("/sign-in")


# Deactivating


def test_user_who_holds_nothing_is_deactivated_and_their_roles_and_sessions_end(
    admin, post, store, town, clock, client_as
):
    navigator = client_as("navigator")
    clock.now += timedelta(minutes=1)
    url = f"/users/{town.users['navigator']}"
    post(admin, f"{url}/deactivate")
    assert user_row(store, town.users["navigator"]).deactivated_at == clock()
    assert roles_now(store, town.users["navigator"]) == []
    with store.reading() as session:
        assert viewer_of(session, town.users["navigator"], clock()) is None
        membership = session.execute(select(TeamMembership)).scalar_one()
        assert membership.until_at == clock()
    assert navigator.get("/account").location.startswith("/sign-in")
    assert all(one.ended_at == clock() for one in sessions_of(store, town.users["navigator"]))
    again = post(admin, f"{url}/deactivate")
    assert "deactivated already" in again.text
    assert "deactivated" in admin.get(url).text.lower()


def test_user_who_leads_a_case_is_not_deactivated(admin, post, store, town, clock):
    lead_a_case(store, town, clock, "nurse")
    answer = post(admin, f"/users/{town.users['nurse']}/deactivate")
    assert answer.status_code == 422
    assert "They still hold 1 case as accountable lead" in answer.text
    assert user_row(store, town.users["nurse"]).deactivated_at is None
    assert roles_now(store, town.users["nurse"]) != []
    assert audit_details(store, "user.deactivate") == []


def test_user_who_was_asked_to_take_a_case_over_is_not_deactivated(admin, post, store, town, clock):
    case_id = lead_a_case(store, town, clock, "nurse")
    with store.writing() as session:
        session.add(
            Handover(
                case_id=case_id, from_user_id=town.users["nurse"], to_user_id=town.users["therapist"],
                state="requested", reason="x", requested_at=clock(), requested_by=town.users["nurse"],
                expires_at=clock() + timedelta(days=7),
            )
        )  # fmt: skip
    answer = post(admin, f"/users/{town.users['therapist']}/deactivate")
    assert "They still hold 1 request to take over a case" in answer.text
    assert user_row(store, town.users["therapist"]).deactivated_at is None


@pytest.mark.parametrize("part", ["chair_id", "coordinator_id"])
def test_user_who_chairs_or_coordinates_team_meetings_is_not_deactivated(admin, get, post, store, town, clock, part):
    url = f"/users/{town.users['navigator']}/deactivate"
    series = [
        meeting_series(store, town, clock, name, **{part: town.users["navigator"]}) for name in ("Falls MDT", "A MDT")
    ]
    page = get(admin, url)
    assert "They chair or coordinate 2 team meetings" in page
    assert "<li>Falls MDT</li>" in page
    answer = post(admin, url)
    assert answer.status_code == 422
    assert (
        "They chair or coordinate these team meetings: A MDT, Falls MDT. Somebody who runs meetings there has to name another "
        "first: under MDT, the meeting, then “Change the meeting”."
    ) in answer.text
    assert user_row(store, town.users["navigator"]).deactivated_at is None
    assert audit_details(store, "user.deactivate") == []
    with store.writing() as session:
        setattr(session.get_one(MdtSeries, series[0]), part, town.users["chair"])
        session.get_one(MdtSeries, series[1]).ended_on = clock().date()
    post(admin, url)
    assert user_row(store, town.users["navigator"]).deactivated_at == clock()


def meeting_series(store, town, clock, name, **parts):
    with store.writing() as session:
        by = {"chair_id": town.users["chair"], "coordinator_id": town.users["chair"], "created_by": town.users["chair"]}
        row = MdtSeries(
            name=name, team_id=town.team_id, weekday=2, starts="12:30", quorum=2, capacity=25, created_at=clock(),
            **(by | parts),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_request_that_lapsed_keeps_nobody(admin, post, store, town, clock):
    case_id = lead_a_case(store, town, clock, "nurse")
    with store.writing() as session:
        session.add(
            Handover(
                case_id=case_id, from_user_id=town.users["nurse"], to_user_id=town.users["therapist"],
                state="requested", reason="x", requested_at=clock(), requested_by=town.users["nurse"],
                expires_at=clock(),
            )
        )  # fmt: skip
    post(admin, f"/users/{town.users['therapist']}/deactivate")
    assert user_row(store, town.users["therapist"]).deactivated_at == clock()


def test_user_whose_cases_have_ended_is_deactivated(admin, post, store, town, clock):
    lead_a_case(store, town, clock, "nurse")
    clock.now += timedelta(minutes=1)
    with store.writing() as session:
        session.execute(select(LeadAllocation)).scalar_one().until_at = clock()
    post(admin, f"/users/{town.users['nurse']}/deactivate")
    assert user_row(store, town.users["nurse"]).deactivated_at == clock()


def test_action_refuses_by_itself_whoever_calls_it(store, town, clock):
    for username in ("ash.manager", "navigator", "ig"):
        with store.writing() as session:
            by = viewer_of(session, town.users[username], clock())
            with pytest.raises(NotThere):
                deactivate_user(session, by=by, now=clock(), user_id=town.users["nurse"])
