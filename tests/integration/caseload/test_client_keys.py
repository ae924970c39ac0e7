"""Proving to an identity provider who we are with an assertion signed by a key of our own."""

from joserfc.jwk import RSAKey
from sqlalchemy import select

from caseload.tables import WebSession
from tests.support import provider_app
from tests.support.accounts import audit_details
from tests.support.provider_app import there_and_back

database_url, running, provider = provider_app.database_url, provider_app.running, provider_app.provider
app_with, linked = provider_app.app_with, provider_app.linked


def with_key(provider, tmp_path, signed_with=None, **more):
    """Settings of a client that signs with a key, and a provider that knows it (or, with `signed_with`, another)."""
    provider.client_key = RSAKey.generate_key(2048)
    path = tmp_path / "client.pem"
    path.write_bytes((signed_with or provider.client_key).as_pem(private=True))
    return {"client_key_file": str(path), "client_key_id": "ours", "secrets": {}, **more}


def test_client_that_signs_with_its_key_needs_no_secret_and_signs_anew_each_time(
    app_with, linked, store, provider, tmp_path
):
    app = app_with(**with_key(provider, tmp_path))
    for _ in range(2):
        assert there_and_back(app.test_client()).location == "/"
    assert len(audit_details(store, "sign_in")) == 2
    assert [header["kid"] for header, _ in provider.assertions] == ["ours", "ours"]
    assert all(said["exp"] - said["iat"] == 60 for _, said in provider.assertions)


def test_client_that_signs_with_another_key_is_not_believed(app_with, linked, store, provider, tmp_path):
    client = app_with(**with_key(provider, tmp_path, RSAKey.generate_key(2048))).test_client()
    assert there_and_back(client).location != "/"
    with store.reading() as session:
        assert session.execute(select(WebSession).where(WebSession.user_id.is_not(None))).first() is None
