"""Signing in by its form in the made-up place, on SQLite, with a password alone: fixtures for the tests of it.

A test module takes them over by name: `sign_in = signing_in.sign_in`.
"""

import pytest

from caseload.settings import settings_with
from tests.integration.caseload.conftest import SECRET
from tests.support.accounts import PASSWORD, give_password
from tests.support.sqlite import sqlite_url

WRONG = "The username and password do not match an account that can sign in now"


@pytest.fixture
def database_url(tmp_path):
    """A fresh SQLite database."""
    return sqlite_url(tmp_path)


@pytest.fixture
def settings():
    """Settings under which a password is enough."""
    return settings_with(secret_key=SECRET, secure_cookies=False, require_second_factor=False)


@pytest.fixture
def sign_in(app, post, store, town, clock):
    """A function: send the sign-in form of a new browser; answers the browser and the answer."""

    def sent(username="navigator", password=PASSWORD, *, client=None, url="/sign-in"):
        client = client or app.test_client()
        return client, post(client, url, {"username": username, "password": password}, follow=False)

    return sent


@pytest.fixture
def navigator(store, town, clock):
    """The id of a user who can sign in with a password alone."""
    give_password(store, town.users["navigator"], clock())
    return town.users["navigator"]
