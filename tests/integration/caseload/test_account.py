"""Somebody's own account."""

from datetime import timedelta

import pytest

from caseload.settings import settings_with
from tests.integration.caseload.conftest import SECRET
from tests.support.accounts import (
    PASSWORD,
    audit_details,
    code_at,
    give_password,
    give_second_factor,
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


def test_password_is_changed_by_who_knows_it_and_other_browsers_are_signed_out(
    post, store, town, clock, client_as, app
):
    give_password(store, town.users["nurse"], clock())
    here, there = client_as("nurse"), client_as("nurse")
    token = here.get_cookie("caseload").value
    fields = {
        "current_password": PASSWORD, "new_password": "seven brass kettles",
        "new_password_again": "seven brass kettles",
    }  # fmt: skip
    assert "has been changed" in post(here, "/account/password", fields).text
    assert here.get_cookie("caseload").value != token
    assert there.get("/account").location.startswith("/sign-in")
    signed = post(app.test_client(), "/sign-in", {"username": "nurse", "password": "seven brass kettles"}, follow=False)
    assert signed.status_code == 302
    assert [who for who, _ in audit_details(store, "account.password")] == [town.users["nurse"]]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"current_password": "not the password"}, "The current password is not right"),
        ({"new_password_again": "seven brass kettle"}, "must be the same"),
        ({"new_password": "password1234", "new_password_again": "password1234"}, "many people"),
        ({"new_password": "short", "new_password_again": "short"}, "at least 12"),
        ({"new_password": PASSWORD, "new_password_again": PASSWORD}, "another one than the current"),
    ],
)
def test_password_is_not_changed_by_a_wrong_form(post, store, town, clock, client_as, fields, words):
    give_password(store, town.users["nurse"], clock())
    kept = user_row(store, town.users["nurse"]).password_hash
    given = {
        "current_password": PASSWORD, "new_password": "seven brass kettles",
        "new_password_again": "seven brass kettles", **fields,
    }  # fmt: skip
    answer = post(client_as("nurse"), "/account/password", given)
    assert answer.status_code == 422
    assert words in answer.text
    assert "seven brass" not in answer.text
    assert user_row(store, town.users["nurse"]).password_hash == kept


def test_guessing_the_password_of_a_browser_left_open_locks_the_account(post, store, town, clock, client_as):
    give_password(store, town.users["nurse"], clock())
    client = client_as("nurse")
    fields = {"new_password": "seven brass kettles", "new_password_again": "seven brass kettles"}
    for _ in range(5):
        post(client, "/account/password", {**fields, "current_password": "not the password"})
    assert post(client, "/account/password", {**fields, "current_password": PASSWORD}).status_code == 422
    assert user_row(store, town.users["nurse"]).locked_until is not None


def secret_of(page):
    return page.split('class="app-key">')[1].split("<")[0].replace(" ", "")


def test_second_factor_is_set_up_with_its_first_code(post, store, town, clock, client_as, get, app):
    give_password(store, town.users["nurse"], clock())
    client = client_as("nurse")
    secret = secret_of(get(client, "/account/second-factor"))
    assert secret == secret_of(get(client, "/account/second-factor"))
    assert "The code is wrong" in post(client, "/account/second-factor", {"code": "000000"}).text
    assert user_row(store, town.users["nurse"]).totp_confirmed_at is None
    code = code_at(clock(), secret)
    assert "has been set up" in post(client, "/account/second-factor", {"code": code}).text
    row = user_row(store, town.users["nurse"])
    assert row.totp_confirmed_at == clock()
    assert secret.encode() not in row.totp_secret
    another = app.test_client()
    post(another, "/sign-in", {"username": "nurse", "password": PASSWORD})
    assert post(another, "/sign-in/code", {"code": code}).status_code == 422  # it was taken when it was set up
    clock.now += timedelta(seconds=30)
    assert post(another, "/sign-in/code", {"code": code_at(clock(), secret)}).status_code == 200


def test_second_factor_is_replaced_only_with_the_password(post, store, town, clock, client_as, get):
    give_password(store, town.users["nurse"], clock())
    give_second_factor(store, town.users["nurse"], clock())
    before = user_row(store, town.users["nurse"]).totp_secret
    client = client_as("nurse")
    code = code_at(clock(), secret_of(get(client, "/account/second-factor")))
    wrong = post(client, "/account/second-factor", {"code": code, "current_password": "not the password"})
    assert wrong.status_code == 422
    assert user_row(store, town.users["nurse"]).totp_secret == before
    post(client, "/account/second-factor", {"code": code, "current_password": PASSWORD})
    assert user_row(store, town.users["nurse"]).totp_secret != before


def test_secret_of_a_second_factor_is_never_kept_in_the_clear(store, town, clock, client_as, get):
    give_password(store, town.users["nurse"], clock())
    secret = secret_of(get(client_as("nurse"), "/account/second-factor"))
    assert all(secret not in str(one.content) for one in sessions_of(store, town.users["nurse"]))


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"email": "", "wanted": "y"}, "Enter an email address"), ({"email": "here@", "wanted": "y"}, "correct format")],
)
def test_digest_needs_an_address(post, store, town, client_as, fields, words):
    answer = post(client_as("nurse"), "/account", fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert user_row(store, town.users["nurse"]).wants_digest is False


def test_digest_is_wanted_and_unwanted(post, store, town, client_as):
    client = client_as("nurse")
    post(client, "/account", {"email": "nurse@example.org", "wanted": "y"})
    row = user_row(store, town.users["nurse"])
    assert (row.email, row.wants_digest) == ("nurse@example.org", True)
    post(client, "/account", {"email": ""})
    row = user_row(store, town.users["nurse"])
    assert (row.email, row.wants_digest) == (None, False)


def test_account_page_says_who_one_is(client_as, get):
    page = get(client_as("navigator"), "/account")
    for words in ("Navigator", "East Community Trust", "Care navigator, North network", "North care navigators"):
        assert words in page
