"""What has to be done before anything else: a password of one's own, a second factor."""

import pytest

from caseload.settings import settings_with
from tests.integration.caseload.conftest import SECRET as APP_SECRET
from tests.integration.caseload.conftest import form_fields
from tests.support import signing_in
from tests.support.accounts import (
    PASSWORD,
    code_at,
    give_password,
    give_second_factor,
    user_row,
)

database_url, settings = signing_in.database_url, signing_in.settings
sign_in, navigator = signing_in.sign_in, signing_in.navigator


def test_password_given_by_an_administrator_has_to_be_changed_before_anything_else(
    sign_in, store, town, clock, post, get
):
    give_password(store, town.users["navigator"], clock(), own=False)
    client, _ = sign_in()
    assert client.get("/").location == "/account/password"
    assert client.get("/notices").location == "/account/password"
    assert "Choose your own password" in get(client, "/account/password")
    fields = {
        "current_password": PASSWORD,
        "new_password": "seven brass kettles",
        "new_password_again": "seven brass kettles",
    }
    assert post(client, "/account/password", fields, follow=False).location == "/account"
    assert client.get("/notices").status_code == 200


def test_nothing_can_be_sent_either_before_what_comes_first(sign_in, store, town, clock, post):
    give_password(store, town.users["navigator"], clock(), own=False)
    client, _ = sign_in()
    fields = form_of(client, "/account/password")
    answer = client.post("/account", data={**fields, "email": "a@example.org", "wanted": "y", "row_version": "1"})
    assert answer.location == "/account/password"
    assert user_row(store, town.users["navigator"]).wants_digest is False


def form_of(client, url):
    """The hidden fields of a page's first form."""
    return form_fields(client.get(url).text, url)


class TestSecondFactorRequired:
    """An installation that demands a second factor of local accounts."""

    @pytest.fixture
    def settings(self):
        return settings_with(secret_key=APP_SECRET, secure_cookies=False, require_second_factor=True)

    def test_it_has_to_be_set_up_before_anything_else(self, sign_in, navigator, post, get, clock, store):
        client, _ = sign_in()
        assert client.get("/notices").location == "/account/second-factor"
        page = get(client, "/account/second-factor")
        secret = page.split('class="app-key">')[1].split("<")[0].replace(" ", "")
        answer = post(client, "/account/second-factor", {"code": code_at(clock(), secret)}, follow=False)
        assert answer.location == "/account"
        assert client.get("/notices").status_code == 200
        assert user_row(store, navigator).totp_confirmed_at == clock()

    def test_the_way_out_stays_open(self, sign_in, navigator, post):
        client, _ = sign_in()
        assert post(client, "/sign-out", page="/account/second-factor", follow=False).location == "/sign-in?left=1"

    def test_who_has_one_goes_straight_on(self, sign_in, navigator, post, clock, store):
        give_second_factor(store, navigator, clock())
        client, _ = sign_in()
        post(client, "/sign-in/code", {"code": code_at(clock())})
        assert client.get("/notices").status_code == 200
