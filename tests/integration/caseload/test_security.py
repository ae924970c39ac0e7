"""What every answer of every route is held to: headers, cookies, forms that are ours, rates."""

import re
from http.cookies import SimpleCookie

import pytest
from sqlalchemy import func, select

from caseload.app import create_app
from caseload.security import LIMITS
from caseload.settings import settings_with
from caseload.tables import ActionKey, AuditEvent
from caseload.web import for_programs
from tests.integration.caseload.conftest import SECRET, form_fields
from tests.support.accounts import PASSWORD, give_password, sessions_of
from tests.support.sqlite import sqlite_url

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}


@pytest.fixture
def database_url(tmp_path):
    return sqlite_url(tmp_path)


def addresses(app, method):
    """Every address of a page that takes this method, with 1 for every number in it."""
    return sorted(path for path in filled_in(app, method) if not for_programs(path))


def filled_in(app, method):
    """Every address that takes this method, those of programs among them."""
    rules = [rule for rule in app.url_map.iter_rules() if method in rule.methods]
    return {re.sub(r"<int:\w+>", "1", re.sub(r"<(?!int:)(?:\w+:)?\w+>", "x", rule.rule)) for rule in rules}


def checked(answer):
    """The nonce of an answer whose headers are what they must be."""
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, name
    policy = {part.split()[0]: part.split()[1:] for part in answer.headers["Content-Security-Policy"].split("; ")}
    scripts = policy.pop("script-src")
    assert policy == POLICY
    assert scripts[0] == "'self'"
    assert len(scripts) == 2
    return re.fullmatch(r"'nonce-([\w-]{24})'", scripts[1])[1]


def count(store, table):
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_every_answer_has_the_headers_and_a_nonce_of_its_own(app, client_as):
    app.testing = False  # a fault is an answer like any other
    nonces, seen = [], set()
    for client in (app.test_client(), client_as("ash.manager"), client_as("admin"), client_as("ig")):
        for url in [*addresses(app, "GET"), "/nothing-here"]:
            with client.get(url) as answer:
                nonces.append(checked(answer))
                seen.add(answer.status_code)
    assert len(set(nonces)) == len(nonces)
    assert {200, 302, 404} <= seen


def test_refused_forms_have_the_headers_too(app, client_as):
    client = client_as("ash.manager")
    for url in addresses(app, "POST"):
        checked(client.post(url))
    checked(client.delete("/account"))


def test_what_programs_are_answered_is_no_page_and_needs_no_cookie(app, client_as):
    client = client_as("ash.manager")
    asked = [(method, url) for method in ("GET", "POST") for url in filled_in(app, method) if for_programs(url)]
    assert len(asked) > 15
    for method, url in asked:
        answer = client.open(url, method=method, data={"csrf_token": "made up"} if method == "POST" else None)
        for name, value in ALWAYS.items():
            assert answer.headers.get(name) == value, name
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "script-src" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert "html" not in answer.content_type


def test_nothing_but_style_sheets_is_ever_stored(app, client_as):
    app.testing = False
    for client in (app.test_client(), client_as("ash.manager"), client_as("ig")):
        for url in [*addresses(app, "GET"), "/nothing-here"]:
            with client.get(url) as answer:
                stored = url.startswith("/static")
                assert (answer.headers.get("Cache-Control") == "no-store") is not stored, url


def test_no_route_of_the_app_answers_a_form_that_is_not_ours(app, client_as, store):
    client = client_as("ash.manager")
    client.get("/account")
    before = count(store, AuditEvent), count(store, ActionKey)
    for url in addresses(app, "POST"):
        for fields in ({}, {"csrf_token": "made up"}):
            answer = client.post(url, data={**fields, "form_key": "k" * 32, "row_version": "1"})
            expected = 302 if url.startswith(("/sign-in", "/sign-out")) else 400
            assert answer.status_code == expected, url
            assert answer.status_code == 400 or answer.location == "/sign-in?again=1"
    assert (count(store, AuditEvent), count(store, ActionKey)) == before


def test_token_of_one_session_is_none_of_anothers(client_as):
    fields = form_fields(client_as("nurse").get("/account").text, "/account")
    assert client_as("nurse").post("/account", data=fields).status_code == 400


def test_forged_sign_out_signs_nobody_out(client_as):
    client = client_as("nurse")
    client.post("/sign-out")
    assert client.get("/account").status_code == 200


def test_form_key_is_needed_as_well(client_as, store):
    client = client_as("nurse")
    fields = form_fields(client.get("/account").text, "/account")
    fields.pop("form_key")
    assert client.post("/account", data=fields).status_code == 400
    assert count(store, ActionKey) == 0


def test_cookie_is_closed_to_scripts_and_other_sites(app):
    answer = app.test_client().get("/sign-in")
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["caseload"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert (cookie["domain"], cookie["max-age"], cookie["expires"]) == ("", "", "")
    assert re.fullmatch(r"[\w-]{43}", cookie.value)


def test_cookie_and_headers_over_https(store, town, clock):
    app = create_app(settings_with(secret_key=SECRET), store=store, now=clock)
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["__Host-caseload"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_form_over_https_from_another_site_is_refused(store, town, clock):
    give_password(store, town.users["nurse"], clock())
    app = create_app(settings_with(secret_key=SECRET, require_second_factor=False), store=store, now=clock)
    client = app.test_client()
    fields = form_fields(client.get("/sign-in", base_url="https://localhost").text, "/sign-in")
    fields |= {"username": "nurse", "password": PASSWORD}

    def send(sender):
        headers = {"Referer": sender} if sender else {}
        return client.post("/sign-in", data=fields, base_url="https://localhost", headers=headers).location

    assert send("https://example.org/sign-in") == send(None) == "/sign-in?again=1"
    assert send("https://localhost/sign-in") == "/"


def test_form_larger_than_a_megabyte_is_refused_unread(client_as):
    client = client_as("nurse")
    fields = form_fields(client.get("/account").text, "/account")
    assert client.post("/account", data={**fields, "email": "x" * 1_100_000}).status_code == 413


def test_pages_have_no_secret_of_the_server_and_no_fault_of_ours_in_them(app, client_as, monkeypatch, caplog):
    def broken(*_arguments, **_more):
        raise RuntimeError("999 000 0018 is somebody's number")

    app.testing = False
    monkeypatch.setattr("caseload.pages.account.account_of", broken)
    answer = client_as("nurse").get("/account")
    assert answer.status_code == 500
    assert "999" not in answer.text
    assert "999" not in caplog.text
    checked(answer)


# Rates


def tries(app, number, address="10.0.0.1", **headers):
    """The status codes of so many sign-ins from one address."""
    client = app.test_client()
    fields = form_fields(client.get("/sign-in").text, "/sign-in")
    data = {**fields, "username": "nobody", "password": "not the password"}
    return [
        client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address}, headers=headers).status_code
        for _ in range(number)
    ]


@pytest.mark.usefixtures("same_minute")
def test_address_that_tries_more_than_sixty_times_a_minute_is_asked_to_wait(app, town):
    codes = tries(app, 62)
    assert codes == [422] * 60 + [429] * 2
    assert tries(app, 1, "10.0.0.2") == [422]


@pytest.mark.usefixtures("same_minute")
def test_page_that_asks_to_wait_is_a_page_like_others(app, town, monkeypatch):
    monkeypatch.setitem(LIMITS, ("sign_in.show", "POST"), "1 per minute")
    tries(app, 1)
    client = app.test_client()
    fields = form_fields(client.get("/sign-in").text, "/sign-in")
    answer = client.post("/sign-in", data=fields, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert answer.status_code == 429
    assert "<h1" in answer.text
    checked(answer)
    assert app.test_client().get("/sign-in").status_code == 200


@pytest.mark.usefixtures("same_minute")
def test_address_told_by_a_proxy_counts_only_where_there_is_one(store, town, clock, monkeypatch):
    monkeypatch.setitem(LIMITS, ("sign_in.show", "POST"), "3 per minute")
    direct = create_app(settings_with(secret_key=SECRET, secure_cookies=False), store=store, now=clock)
    proxied = create_app(
        settings_with(secret_key=SECRET, secure_cookies=False, behind_proxies=1), store=store, now=clock
    )
    for number in range(3):
        tries(direct, 1, **{"X-Forwarded-For": f"10.1.0.{number}"})
        tries(proxied, 1, **{"X-Forwarded-For": f"10.1.0.{number}"})
    assert tries(direct, 1, **{"X-Forwarded-For": "10.1.0.200"}) == [429]
    assert tries(proxied, 1, **{"X-Forwarded-For": "10.1.0.200"}) == [422]


def test_host_that_is_not_the_public_one_is_not_answered(store, town, clock):
    app = create_app(
        settings_with(secret_key=SECRET, secure_cookies=False, public_url="https://caretier.example"),
        store=store,
        now=clock,
    )
    assert app.test_client().get("/sign-in", base_url="http://caretier.example").status_code == 200
    assert app.test_client().get("/sign-in", base_url="http://attacker.example").status_code == 400
    checked(app.test_client().get("/sign-in", base_url="http://attacker.example"))


def test_every_limit_is_of_a_page_there_is(app):
    there = {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods}
    assert set(LIMITS) <= there


@pytest.mark.usefixtures("same_minute")
def test_one_users_haste_is_not_anothers(client_as, monkeypatch):
    monkeypatch.setitem(LIMITS, ("account.password", "POST"), "1 per minute")
    nurse, navigator = client_as("nurse"), client_as("navigator")

    def send(client):
        return client.post("/account/password", data=form_fields(client.get("/account").text, "/account")).status_code

    assert [send(nurse), send(nurse), send(navigator)] == [422, 429, 422]


def test_who_only_reads_pages_is_never_asked_to_wait(client_as, store, town):
    client = client_as("nurse")
    assert {client.get("/account/leave").status_code for _ in range(70)} == {200}
    assert len(sessions_of(store, town.users["nurse"])) == 1
