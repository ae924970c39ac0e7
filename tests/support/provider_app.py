"""The application with an identity provider that runs on this machine: fixtures for the tests of it, and the way there.

A test module takes the fixtures over by name, as from `tests.support.signing_in`.
"""

from urllib.parse import urlsplit

import pytest
import requests

from caseload.app import create_app
from caseload.settings import settings_with
from caseload.sign_in import oidc
from caseload.tables import User
from tests.integration.caseload.conftest import SECRET
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.support.patience import PATIENCE
from tests.support.sqlite import sqlite_url


@pytest.fixture
def database_url(tmp_path):
    """A fresh SQLite database."""
    return sqlite_url(tmp_path)


@pytest.fixture(scope="module")
def running():
    """A provider that answers as long as the module's tests run."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running):
    """A provider that behaves, and vouches for Grace Osei."""
    running.claims, running.more, running.wrong = {"sub": "555001", "name": "Grace Osei"}, {}, ""
    running.asked.clear()
    running.client_key = None
    running.assertions.clear()
    return running


@pytest.fixture
def app_with(provider, store, town, clock, monkeypatch):
    """A function: the application with the provider set as these settings say; it waits for it as long as it takes."""
    monkeypatch.setattr(oidc, "_SECONDS", PATIENCE)

    def made(*, secrets=None, **more):
        chosen = {
            "name": "test", "label": "Test provider", "metadata_url": provider.metadata_url, "client_id": CLIENT_ID,
        }  # fmt: skip
        secrets = {"test": CLIENT_SECRET} if secrets is None else secrets
        settings = settings_with(
            secret_key=SECRET, secure_cookies=False, oidc=[{**chosen, **more}], oidc_secrets=secrets
        )
        app = create_app(settings, store=store, now=clock)
        app.testing = True
        return app

    return made


@pytest.fixture
def linked(store, town, provider):
    """The navigator's account, linked to the subject the provider vouches for."""
    with store.writing() as session:
        user = session.get_one(User, town.users["navigator"])
        user.oidc_issuer, user.oidc_subject = provider.address, "555001"
    return town.users["navigator"]


def there_and_back(client, url="/sign-in/with/test", change=lambda address: address):
    """Go to the provider, be signed in there and come back; the answer to coming back."""
    away = client.get(url)
    assert away.status_code == 302, away.text
    back = requests.get(away.location, allow_redirects=False, timeout=PATIENCE).headers["Location"]
    parts = urlsplit(change(back))
    return client.get(f"{parts.path}?{parts.query}")
