"""Identity providers that cannot be used as they are set, and an app without any."""

import json
import sys

import pytest
from joserfc.jwk import ECKey, RSAKey

from caseload.app import create_app
from caseload.exceptions import SettingsRefused
from caseload.settings import settings_with
from tests.integration.caseload.conftest import SECRET
from tests.support.sqlite import sqlite_url


@pytest.fixture
def database_url(tmp_path):
    return sqlite_url(tmp_path)


@pytest.fixture
def app_with(store, clock):
    """A function: the application with a provider set as these settings say."""

    def made(*, secrets=None, **more):
        chosen = {
            "name": "test", "label": "Test provider", "client_id": "caretier",
            "metadata_url": "https://login.example/.well-known/openid-configuration",
        }  # fmt: skip
        settings = settings_with(
            secret_key=SECRET, secure_cookies=False, oidc=[{**chosen, **more}], oidc_secrets=secrets or {}
        )
        return create_app(settings, store=store, now=clock)

    return made


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"metadata_url": "http://login.example/.well-known/openid-configuration"}, "https address"),
        ({"roles": {"x": "superuser"}}, "setting `roles` of the identity provider test. Found superuser"),
    ],
)
def test_provider_that_cannot_be_used_as_it_is_set_stops_the_start(app_with, more, words):
    with pytest.raises(SettingsRefused, match=words):
        app_with(**more)


def test_role_of_a_program_cannot_be_mapped_to_a_group_of_people(app_with):
    """The start is stopped, with the setting, what is wrong in it and every role that can stand there."""
    mapped = {"caretier-navigators": "navigator", "caretier-111": "urgent_care", "caretier-data": "warehouse"}
    with pytest.raises(SettingsRefused) as refusal:
        app_with(roles=mapped)
    allowed = "practice, navigator, lead, mdt_chair, integration_lead, ig_officer, admin, data_quality"
    assert str(refusal.value) == (
        "Expected roles that people have in the setting `roles` of the identity provider test. "
        f"Found urgent_care, warehouse. Choose from {allowed}."
    )


@pytest.mark.parametrize("inside", [None, b"no key at all", "public", "elliptic"])
def test_key_file_without_an_rsa_private_key_stops_the_start(app_with, tmp_path, inside):
    path = tmp_path / "client.pem"
    keys = {
        "public": lambda: RSAKey.generate_key(2048).as_pem(private=False),
        "elliptic": lambda: ECKey.generate_key("P-256").as_pem(private=True),
    }
    if inside is not None:
        path.write_bytes(keys[inside]() if inside in keys else inside)
    with pytest.raises(SettingsRefused, match="RSA private key"):
        app_with(client_key_file=str(path))


def test_secret_and_key_file_at_once_stop_the_start(app_with, tmp_path):
    with pytest.raises(SettingsRefused, match="one proof"):
        app_with(client_key_file=str(tmp_path / "client.pem"), secrets={"test": "x"})


def test_provider_without_authlib_stops_the_start_with_what_to_install(app_with, monkeypatch):
    monkeypatch.setitem(sys.modules, "authlib.integrations.flask_client", None)
    with pytest.raises(SettingsRefused, match=r"Install caretier\[oidc\]"):
        app_with()


def test_app_without_providers_needs_no_authlib(store, clock, settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "authlib.integrations.flask_client", None)
    app = create_app(settings, store=store, now=clock)
    assert app.test_client().get("/sign-in").status_code == 200


def test_secret_of_one_provider_has_a_name_of_its_own_in_the_environment(monkeypatch):
    monkeypatch.setenv("CARETIER_OIDC_SECRETS__CIS2", "from the environment")
    assert settings_with().oidc_secrets["cis2"].get_secret_value() == "from the environment"


def test_secrets_of_providers_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("CARETIER_OIDC_SECRETS", json.dumps({"test": "from the environment"}))
    settings = settings_with()
    assert settings.oidc_secrets["test"].get_secret_value() == "from the environment"
    assert "from the environment" not in repr(settings)
