"""Signing in with a password and a code, and being turned away."""

import json
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from caseload import passwords
from caseload.sign_in.browser_session import hash_of
from caseload.sign_in.local import check_password
from caseload.tables import User
from caseload.web import App
from tests.support import signing_in
from tests.support.accounts import (
    PASSWORD,
    audit_details,
    code_at,
    give_password,
    give_second_factor,
    sessions_of,
    user_row,
)
from tests.support.signing_in import WRONG

database_url, settings = signing_in.database_url, signing_in.settings
sign_in, navigator = signing_in.sign_in, signing_in.navigator


def cookie(client):
    found = client.get_cookie("caseload")
    return found.value if found else None


def test_right_password_signs_in_and_is_audited(sign_in, navigator, store, get):
    client, answer = sign_in()
    assert (answer.status_code, answer.location) == (302, "/")
    assert "Your account" in get(client, "/account")
    assert audit_details(store, "sign_in") == [(navigator, {"how": "password", "people": []})]
    assert [one.user_id for one in sessions_of(store, navigator)] == [navigator]


@pytest.mark.parametrize("username", ["NAVIGATOR", "  navigator "])
def test_username_is_taken_in_any_case_and_with_spaces_around_it(sign_in, navigator, username):
    assert sign_in(username)[1].status_code == 302


def test_page_that_was_wanted_is_where_one_lands(sign_in, navigator, app):
    client = app.test_client()
    turned = client.get("/notices?x=1")
    assert (turned.status_code, turned.location) == (302, "/sign-in?next=/notices?x%3D1")
    assert sign_in(client=client, url=turned.location)[1].location == "/notices?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "notices",
        "/nothing-here",
        "/sign-out",
        "javascript:1",
        "",
    ],
)
def test_page_elsewhere_is_never_where_one_lands(sign_in, navigator, elsewhere):
    assert sign_in(url=f"/sign-in?next={elsewhere}")[1].location == "/"


def test_who_is_signed_in_is_not_asked_again(client_as):
    assert client_as("navigator").get("/sign-in?next=/notices").location == "/notices"


@pytest.mark.parametrize(
    ("username", "password", "reason"),
    [
        ("navigator", "not the password", "password"),
        ("nobody.here", PASSWORD, "unknown"),
        ("nurse", PASSWORD, "no_password"),
    ],
)
def test_wrong_unknown_and_without_password_are_answered_alike(sign_in, navigator, store, username, password, reason):
    _, answer = sign_in(username, password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert password not in answer.text
    assert [detail["reason"] for _, detail in audit_details(store, "sign_in.refused")] == [reason]


def test_answers_to_wrong_and_unknown_differ_in_nothing_but_the_name(sign_in, navigator):
    def faceless(answer, name):
        text = answer.text.replace(name, "NAME")
        return [line for line in text.splitlines() if "csrf_token" not in line]

    wrong, unknown = sign_in("navigator", "not the password")[1], sign_in("nobody.here", "not the password")[1]
    assert faceless(wrong, "navigator") == faceless(unknown, "nobody.here")


def test_unknown_account_costs_one_check_of_a_password_like_a_known_one(store, navigator, settings, clock, monkeypatch):
    checked = []
    monkeypatch.setattr(passwords, "matches", lambda kept, password: checked.append(kept) or False)
    for username in ("navigator", "nobody.here", "nurse"):
        check_password(App(store, settings, clock), clock(), username, "x")
    assert len(checked) == 3


def test_password_kept_with_weaker_parameters_is_kept_anew_at_the_next_sign_in(sign_in, navigator, store):
    weak = PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(PASSWORD)
    with store.writing() as session:
        session.get_one(User, navigator).password_hash = weak
    assert sign_in()[1].status_code == 302
    assert "m=64," in user_row(store, navigator).password_hash
    assert sign_in()[1].status_code == 302


def test_deactivated_user_is_turned_away(sign_in, navigator, store, clock):
    with store.writing() as session:
        session.get_one(User, navigator).deactivated_at = clock()
    assert WRONG in sign_in()[1].text
    assert audit_details(store, "sign_in.refused")[-1][1]["reason"] == "deactivated"


def test_deactivated_users_session_opens_nothing(client_as, store, town, clock):
    client = client_as("navigator")
    assert client.get("/account").status_code == 200
    with store.writing() as session:
        session.get_one(User, town.users["navigator"]).deactivated_at = clock()
    assert client.get("/account").location.startswith("/sign-in")


def test_empty_form_says_what_to_enter(sign_in):
    _, answer = sign_in("", "")
    assert answer.status_code == 422
    assert "Enter your username" in answer.text
    assert "Enter your password" in answer.text
    assert "<title>Error: Sign in" in answer.text


# Lock-out


def test_account_is_locked_after_five_failures_even_for_the_right_password(sign_in, navigator, store, clock):
    for _ in range(5):
        sign_in(password="not the password")
    _, answer = sign_in()
    assert WRONG in answer.text
    assert user_row(store, navigator).locked_until == clock() + timedelta(minutes=15)
    assert audit_details(store, "sign_in.refused")[-1][1]["reason"] == "locked"


def test_locked_account_is_answered_like_any_other(sign_in, navigator):
    answers = [sign_in(password="not the password")[1] for _ in range(6)]
    assert {answer.status_code for answer in answers} == {422}
    assert all(WRONG in answer.text for answer in answers)


def test_lock_ends_by_itself_and_is_not_prolonged_by_further_tries(sign_in, navigator, store, clock):
    for _ in range(5):
        sign_in(password="not the password")
    clock.now += timedelta(minutes=14)
    sign_in(password="not the password")
    clock.now += timedelta(minutes=1)
    assert sign_in()[1].status_code == 302
    row = user_row(store, navigator)
    assert (row.failed_sign_ins, row.locked_until) == (0, None)


def test_after_a_lock_there_are_five_tries_again(sign_in, navigator, store, clock):
    for _ in range(5):
        sign_in(password="not the password")
    clock.now += timedelta(minutes=15)
    for _ in range(4):
        sign_in(password="not the password")
    assert sign_in()[1].status_code == 302


def test_signing_in_sets_the_count_back(sign_in, navigator, store):
    for _ in range(4):
        sign_in(password="not the password")
    sign_in()
    assert user_row(store, navigator).failed_sign_ins == 0


def test_one_account_that_is_locked_locks_no_other(sign_in, navigator, store, town, clock):
    give_password(store, town.users["nurse"], clock())
    for _ in range(5):
        sign_in(password="not the password")
    assert sign_in("nurse")[1].status_code == 302


# The code


@pytest.fixture
def with_code(store, navigator, clock):
    """A user who is asked for a code."""
    give_second_factor(store, navigator, clock())
    return navigator


def test_password_alone_signs_nobody_in_who_has_a_second_factor(sign_in, with_code, store, client_as):
    client, answer = sign_in()
    assert answer.location == "/sign-in/code"
    assert sessions_of(store, with_code) == []
    assert client.get("/account").location.startswith("/sign-in")
    assert audit_details(store, "sign_in") == []


def test_code_after_password_signs_in_and_lands_where_wanted(sign_in, with_code, post, clock, store):
    client, _ = sign_in(url="/sign-in?next=/notices")
    answer = post(client, "/sign-in/code", {"code": code_at(clock())}, follow=False)
    assert answer.location == "/notices"
    assert audit_details(store, "sign_in") == [(with_code, {"how": "password and code", "people": []})]


def test_code_without_password_is_not_asked_for(app):
    assert app.test_client().get("/sign-in/code").location == "/sign-in"


def test_code_may_be_given_for_ten_minutes(sign_in, with_code, clock):
    client, _ = sign_in()
    clock.now += timedelta(minutes=10)
    assert client.get("/sign-in/code").status_code == 200
    clock.now += timedelta(seconds=1)
    assert client.get("/sign-in/code").location == "/sign-in"


def test_code_is_taken_once(sign_in, with_code, post, clock):
    code = {"code": code_at(clock())}
    client, _ = sign_in()
    assert post(client, "/sign-in/code", code, follow=False).status_code == 302
    another, _ = sign_in()
    again = post(another, "/sign-in/code", code, follow=False)
    assert again.status_code == 422
    assert "was used already" in again.text
    clock.now += timedelta(seconds=30)
    assert post(another, "/sign-in/code", {"code": code_at(clock())}, follow=False).status_code == 302


def test_wrong_codes_lock_the_account_and_right_passwords_between_do_not_help(sign_in, with_code, post, clock, store):
    for number in range(5):
        client, _ = sign_in()
        assert post(client, "/sign-in/code", {"code": f"00000{number}"}, follow=False).status_code == 422
    right = post(client, "/sign-in/code", {"code": code_at(clock())}, follow=False)
    assert right.status_code == 422
    assert user_row(store, with_code).locked_until is not None
    assert WRONG in sign_in()[1].text


# The session


def test_signing_in_changes_the_token_so_that_a_planted_one_opens_nothing(sign_in, navigator, app, store):
    attacker = app.test_client()
    attacker.get("/sign-in")
    planted = cookie(attacker)
    victim = app.test_client()
    victim.set_cookie("caseload", planted)
    sign_in(client=victim)
    assert cookie(victim) != planted
    assert victim.get("/account").status_code == 200
    assert attacker.get("/account").location.startswith("/sign-in")


def test_token_changes_at_every_step_and_the_one_before_ends(sign_in, with_code, post, clock, app, store):
    client = app.test_client()
    client.get("/sign-in")
    tokens = [cookie(client)]
    sign_in(client=client)
    tokens.append(cookie(client))
    post(client, "/sign-in/code", {"code": code_at(clock())}, follow=False)
    tokens.append(cookie(client))
    assert len(set(tokens)) == 3
    assert [one.ended_at is None for one in sessions_of(store)] == [False, False]


def test_token_that_is_made_up_is_not_taken_over(app, store):
    client = app.test_client()
    made_up = "x" * 43
    client.set_cookie("caseload", made_up)
    client.get("/sign-in")
    assert cookie(client) != made_up
    assert [one.token_hash for one in sessions_of(store)] == [hash_of(cookie(client))]


def test_database_keeps_no_token(sign_in, navigator, store):
    client, _ = sign_in()
    kept = sessions_of(store, navigator)[0]
    assert kept.token_hash == hash_of(cookie(client))
    assert cookie(client) not in json.dumps(kept.content)


def test_signing_out_ends_the_session_on_the_server(sign_in, navigator, post, app, store):
    client, _ = sign_in()
    token = cookie(client)
    answer = post(client, "/sign-out", page="/account", follow=False)
    assert answer.location == "/sign-in?left=1"
    assert cookie(client) is None
    thief = app.test_client()
    thief.set_cookie("caseload", token)
    assert thief.get("/account").location.startswith("/sign-in")
    assert sessions_of(store, navigator)[0].ended_at is not None
    assert audit_details(store, "sign_out") == [(navigator, {"people": []})]
    assert "You have signed out" in client.get(answer.location).text


def test_sign_in_page_that_was_open_too_long_begins_again_without_showing_what_was_typed(app, clock, post):
    client = app.test_client()
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"csrf_token": "stale", "username": "navigator", "password": PASSWORD})
    assert answer.location == "/sign-in?again=1"
    assert PASSWORD not in client.get(answer.location).text
