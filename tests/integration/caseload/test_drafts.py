"""What somebody typed before their session ended: kept, for them alone, until it is sent or discarded."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.settings import settings_with
from caseload.tables import ActionKey, Draft, User
from tests.integration.caseload.conftest import SECRET, form_fields
from tests.support.accounts import PASSWORD, audit_details, give_password
from tests.support.plan_work import PlanWork
from tests.support.sqlite import sqlite_url

TYPED = {"email": "half.an.address", "wanted": "y"}


@pytest.fixture
def database_url(tmp_path):
    return sqlite_url(tmp_path)


@pytest.fixture
def settings():
    return settings_with(secret_key=SECRET, secure_cookies=False, require_second_factor=False)


@pytest.fixture
def sign_in(post, store, town, clock):
    """A function: sign this browser in, where the page it was sent to says."""

    def sent(client, username, url="/sign-in"):
        give_password(store, town.users[username], clock())
        return post(client, url, {"username": username, "password": PASSWORD}, follow=False)

    return sent


@pytest.fixture
def left_open(client_as, clock):
    """A function: a browser whose user opened a form and let the session end; the browser and the form's hidden fields."""

    def opened(username="navigator", url="/account"):
        client = client_as(username)
        fields = form_fields(client.get(url).text, url)
        clock.now += timedelta(minutes=16)
        return client, fields

    return opened


def drafts(store):
    with store.reading() as session:
        return [(one.user_id, one.path, one.content) for one in session.execute(select(Draft)).scalars()]


def test_form_sent_after_the_session_ended_is_kept_and_has_no_effect(left_open, store, town):
    client, fields = left_open()
    answer = client.post("/account", data={**fields, **TYPED})
    assert answer.location == "/sign-in?next=/account"
    assert drafts(store) == [(town.users["navigator"], "/account", {"email": ["half.an.address"], "wanted": ["y"]})]
    with store.reading() as session:
        assert session.get_one(User, town.users["navigator"]).wants_digest is False
        assert session.execute(select(ActionKey)).first() is None
    assert audit_details(store, "draft.save")[0][1] == {"fields": ["email", "wanted"], "people": []}


def test_user_is_told_and_finds_it_in_the_form_after_signing_in(left_open, sign_in, get):
    client, fields = left_open()
    answer = client.post("/account", data={**fields, **TYPED})
    assert "You were signed out before this was saved." in get(client, answer.location)
    assert sign_in(client, "navigator", answer.location).location == "/account"
    page = get(client, "/account")
    assert 'id="draft"' in page
    assert re.search(r'<input[^>]*name="email"[^>]*value="half\.an\.address"', page)
    assert re.search(r'<input[^>]*name="wanted"[^>]*checked', page)


def test_nobody_else_is_shown_it(left_open, sign_in, get, app):
    client, fields = left_open()
    answer = client.post("/account", data={**fields, **TYPED})
    sign_in(client, "nurse", answer.location)
    assert "half.an.address" not in get(client, "/account")
    assert "half.an.address" not in get(client, "/account")


def test_each_of_two_users_is_shown_their_own_of_the_same_form(left_open, sign_in, get):
    for username, text in (("navigator", "of.the.navigator"), ("nurse", "of.the.nurse")):
        client, fields = left_open(username)
        client.post("/account", data={**fields, "email": text})
    for username, text, other in (
        ("navigator", "of.the.navigator", "of.the.nurse"),
        ("nurse", "of.the.nurse", "of.the.navigator"),
    ):
        sign_in(client, username)
        page = get(client, "/account")
        assert text in page
        assert other not in page
        client.delete_cookie("caseload")


def test_it_waits_for_its_user_on_any_browser(left_open, sign_in, get, app):
    client, fields = left_open()
    client.post("/account", data={**fields, **TYPED})
    another = app.test_client()
    sign_in(another, "navigator")
    assert "half.an.address" in get(another, "/account")
    assert "half.an.address" not in get(another, "/account/password")


def test_form_of_one_user_sent_while_another_is_signed_in_is_kept_for_neither(left_open, sign_in, store):
    client, fields = left_open("navigator")
    sign_in(client, "nurse")
    answer = client.post("/account", data={**fields, **TYPED})
    assert answer.status_code == 400
    assert drafts(store) == []


def test_form_of_one_user_sent_with_anothers_ended_session_is_kept_for_neither(left_open, client_as, store, clock):
    _, fields = left_open("navigator")
    nurse = client_as("nurse")
    clock.now += timedelta(minutes=16)
    assert nurse.post("/account", data={**fields, **TYPED}).status_code == 400
    assert drafts(store) == []


@pytest.mark.parametrize("token", ["", "made up", "IjEuYWJjIg.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"])
def test_form_that_is_not_ours_is_not_kept(left_open, store, token):
    client, fields = left_open()
    assert client.post("/account", data={**fields, **TYPED, "csrf_token": token}).status_code == 400
    assert drafts(store) == []


def test_form_without_any_session_is_not_kept(left_open, app, store):
    _, fields = left_open()
    assert app.test_client().post("/account", data={**fields, **TYPED}).status_code == 400
    assert drafts(store) == []


def test_passwords_and_codes_are_never_kept_or_shown(left_open, store, town, clock):
    give_password(store, town.users["navigator"], clock())
    client, fields = left_open(url="/account/password")
    secret = "seven brass kettles"
    answer = client.post("/account/password", data={**fields, "current_password": secret, "new_password": secret})
    assert secret not in answer.text
    assert drafts(store) == []


def test_form_as_long_as_a_book_is_not_kept(left_open, store):
    client, fields = left_open()
    assert client.post("/account", data={**fields, "email": "x" * 50_001}).status_code == 400
    assert drafts(store) == []


def test_form_opened_before_one_signed_in_again_is_kept_for_the_same_user(client_as, sign_in, store, town, get):
    client = client_as("navigator")
    fields = form_fields(client.get("/account").text, "/account")
    client.delete_cookie("caseload")
    sign_in(client, "navigator")
    answer = client.post("/account", data={**fields, **TYPED})
    assert answer.status_code == 400
    assert "half.an.address" in answer.text
    assert [owner for owner, _, _ in drafts(store)] == [town.users["navigator"]]
    assert "half.an.address" in get(client, "/account")


def test_draft_goes_when_its_form_is_taken(left_open, sign_in, store, post, get):
    client, fields = left_open()
    sign_in(client, "navigator", client.post("/account", data={**fields, **TYPED}).location)
    page = post(client, "/account", {"email": "nav@example.org", "wanted": "y"})
    assert "have been saved" in page.text
    assert drafts(store) == []
    assert 'id="draft"' not in get(client, "/account")


def test_draft_stays_when_its_form_is_wrong_again(left_open, sign_in, store, post):
    client, fields = left_open()
    sign_in(client, "navigator", client.post("/account", data={**fields, **TYPED}).location)
    assert post(client, "/account", TYPED).status_code == 422
    assert len(drafts(store)) == 1


def test_draft_can_be_discarded_by_its_user_only(left_open, sign_in, store, post, client_as):
    client, fields = left_open()
    sign_in(client, "navigator", client.post("/account", data={**fields, **TYPED}).location)
    with store.reading() as session:
        draft_id = session.execute(select(Draft.id)).scalar_one()
    url = f"/account/drafts/{draft_id}/discard"
    nurse = client_as("nurse")
    stolen = form_fields(nurse.get("/account").text, "/account")
    assert nurse.post(url, data=stolen).status_code == 404
    assert len(drafts(store)) == 1
    page = post(client, url, page="/account", form=url)
    assert "has been discarded" in page.text
    assert drafts(store) == []


def test_forms_of_several_windows_are_all_kept(left_open, store):
    client, fields = left_open()
    client.post("/account", data={**fields, **TYPED})
    client.get("/notices")
    client.post("/account/leave", data={**fields, "first_day-day": "6"})
    assert [path for _, path, _ in drafts(store)] == ["/account", "/account/leave"]


def test_later_draft_of_a_form_takes_the_place_of_the_earlier(left_open, sign_in, store, clock):
    client, fields = left_open()
    client.post("/account", data={**fields, **TYPED})
    client.post("/account", data={**fields, "email": "another"})
    assert [content for _, _, content in drafts(store)] == [{"email": ["another"]}]


def test_form_that_only_confirms_is_not_kept_after_a_conflict(client_as, get, store, town):
    plans = PlanWork(store, town)
    version = plans.drafted()
    client, url = client_as("ash.gp"), f"/plans/{version}/ready"
    fields = form_fields(get(client, url), url)
    assert len(fields["seen"]) == 64
    plans.write(version, "strengths", [{"strength": "She knows everybody"}], "social.worker")
    assert client.post(url, data=fields).status_code == 409
    assert drafts(store) == []
    day = {"review_on-day": "2", "review_on-month": "11", "review_on-year": "2026"}
    assert client.post(url, data={**fields, **day, "form_key": "k" * 32}).status_code == 409
    assert [path for _, path, _ in drafts(store)] == [url]


def test_form_that_only_confirms_is_not_kept_when_the_session_ends(client_as, get, store, town, clock):
    version = PlanWork(store, town).drafted()
    client, url = client_as("ash.gp"), f"/plans/{version}/ready"
    fields = form_fields(get(client, url), url)
    clock.now += timedelta(minutes=16)
    client.post(url, data=fields)
    assert drafts(store) == []


@pytest.mark.parametrize(("text", "kept"), [("She knows everybody", 1), ("", 0)])
def test_part_of_a_plan_is_kept_when_the_session_ends_where_anything_was_typed(
    client_as, get, store, town, clock, text, kept
):
    version = PlanWork(store, town).start()
    client, url = client_as("ash.gp"), f"/plans/{version}/sections/strengths"
    fields = form_fields(get(client, url), url)
    clock.now += timedelta(minutes=16)
    client.post(url, data={**fields, "e0_strength": text, "then": "another"})
    assert len(drafts(store)) == kept


def test_draft_of_a_form_without_a_page_of_its_own_belongs_to_the_page_it_is_on(client_as, store, clock, town):
    client = client_as("cedar.manager")
    practice = town.places["Y90003"]
    token = form_fields(client.get("/account").text, "/account")
    clock.now += timedelta(minutes=16)
    answer = client.post(
        f"/review/{practice}/stage",
        data={**token, "reason": "other"},
        headers={"Referer": f"http://localhost/review/{practice}"},
    )
    assert answer.location == f"/sign-in?next=/review/{practice}"
    assert [path for _, path, _ in drafts(store)] == [f"/review/{practice}"]


def test_drafts_older_than_a_week_are_removed_with_the_next(left_open, store, clock, client_as):
    client, fields = left_open()
    client.post("/account", data={**fields, **TYPED})
    clock.now += timedelta(days=8)
    later = client_as("nurse")
    fields = form_fields(later.get("/account").text, "/account")
    clock.now += timedelta(minutes=16)
    later.post("/account", data={**fields, **TYPED})
    assert len(drafts(store)) == 1
