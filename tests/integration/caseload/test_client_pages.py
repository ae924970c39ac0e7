"""The administrator's pages of programs: letting one in, changing it, shutting it out; and the command that does the first."""

import json

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import RSAKey
from sqlalchemy import select
from typer.testing import CliRunner

from caseload import client_commands
from caseload.actions.users import give_password, link_identity
from caseload.domain.words import Role
from caseload.exceptions import NotNow
from caseload.queries.viewers import viewer_of
from caseload.sign_in.local import check_password
from caseload.tables import ApiClient, ApiToken, User, UserRole
from tests.support.api_programs import ec_key, northern_system, public_set, rsa_key, urgent_care
from tests.support.case_app import NOW, audited


def fields(town, **more):
    return {
        "name": "111 Cymbeline", "purpose": "Reads flags when somebody rings", "home": str(town.places["TRUST"]),
        "role": "urgent_care", "place": str(town.places["TESTHAM"]), "scopes": "system/Flag.rs\nsystem/CarePlan.r",
        "keys": public_set(ec_key()), "redirect_uris": "", **more,
    }  # fmt: skip


def clients(store):
    with store.reading() as session:
        found = session.execute(select(ApiClient).order_by(ApiClient.id)).scalars().all()
        session.expunge_all()
        return found


def test_an_administrator_lets_a_program_in(store, town, app, client_as, post, get):
    page = post(client_as("admin"), "/clients/new", fields(town))
    assert "The program has been let in." in page.text
    (client,) = clients(store)
    assert client.client_id in page.text
    assert "Read and search flags for urgent care" in page.text
    assert (client.scopes, client.redirect_uris) == (["system/CarePlan.r", "system/Flag.rs"], [])
    assert [sorted(key) for key in client.keys["keys"]] == [["alg", "crv", "kid", "kty", "use", "x", "y"]]
    with store.reading() as session:
        viewer = viewer_of(session, client.user_id, NOW)
        user = session.get_one(User, client.user_id)
        assert (viewer.display_name, viewer.roles) == ("111 Cymbeline", {Role.URGENT_CARE})
        assert (user.password_hash, user.oidc_subject, user.home_id) == (None, None, town.places["TRUST"])
    assert {"client.add", "user.create"} <= {action for action, _ in audited(store)}
    assert "111 Cymbeline" in get(client_as("admin"), "/clients")


def test_nobody_signs_in_as_a_program(store, town, app):
    program = northern_system(store, town)
    for password in ("", program.client_id, "x"):
        assert check_password(app.extensions["caseload"], NOW, program.client_id, password) is None
    with store.writing() as session:
        admin = town.viewer(session, "admin")
        with pytest.raises(NotNow, match="account of a program"):
            give_password(session, by=admin, now=NOW, user_id=program.user_id, password="a long enough password 8")
        with pytest.raises(NotNow, match="account of a program"):
            link_identity(session, by=admin, now=NOW, user_id=program.user_id, issuer="x", subject="y")


WRONG = {
    "a private key": ({"keys": json.dumps({"keys": [ec_key().as_dict(private=True)]})}, "This is a private key"),
    "a shared secret": ({"keys": '{"keys": [{"kty": "oct", "k": "AAAA", "kid": "1"}]}'}, "This is a private key"),
    "no key set": ({"keys": "-----BEGIN PUBLIC KEY-----"}, "must be a JSON Web Key Set"),
    "no key": ({"keys": '{"keys": []}'}, "between 1 and 10 keys"),
    "a key without a kid": ({"keys": '{"keys": [{"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}]}'}, "needs a kid"),
    "another curve": (
        {"keys": '{"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "1"}]}'},
        "curve P-384",
    ),
    "an unreadable key": (
        {"keys": '{"keys": [{"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA", "kid": "1"}]}'},
        "cannot be read",
    ),
    "one kid twice": ({"keys": public_set(ec_key(), ec_key())}, "a kid of its own"),
    "no scope": ({"scopes": "  "}, "Enter at least one scope"),
    "an old scope": ({"scopes": "system/Flag.read"}, "written as system/Flag.rs"),
    "people and nowhere to go back to": ({"scopes": "user/Flag.rs"}, "Enter where people are sent back to"),
    "an address that is not secure": ({"redirect_uris": "http://partner.example/back"}, "must start with https://"),
    "an address with a fragment": ({"redirect_uris": "https://partner.example/#x"}, "must start with https://"),
    "a role nobody's program has": ({"role": "admin"}, "Choose what it acts as"),
    "a role without a place": ({"place": ""}, "Choose the place of the role"),
    "its own scopes without a role": ({"role": "none", "place": ""}, "can only have scopes that start with user/"),
}


@pytest.mark.parametrize(("changed", "sentence"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_used_is_said_at_its_field(store, town, client_as, post, changed, sentence):
    page = post(client_as("admin"), "/clients/new", fields(town, **changed))
    assert page.status_code == 422
    assert sentence in page.text
    assert "There is a problem" in page.text
    assert clients(store) == []


def test_an_rsa_key_that_is_too_short_is_refused(town, client_as, post):
    with pytest.warns(SecurityWarning):
        short = RSAKey.generate_key(1024, {"kid": "1"})
    page = post(client_as("admin"), "/clients/new", fields(town, keys=public_set(short)))
    assert "2,048 bits or more" in page.text


def test_a_change_takes_its_tokens_away(store, town, app, client_as, post):
    program = urgent_care(store, town)
    program.headers(app.test_client(), "system/Flag.rs")
    client, here = client_as("admin"), f"/clients/{program.row_id}"
    changed = {
        "name": "111 Dover",
        "purpose": "The same",
        "scopes": "system/Flag.r",
        "keys": public_set(rsa_key()),
        "redirect_uris": "",
    }
    page = post(client, f"{here}/change", changed)
    assert "The program has been changed." in page.text
    (kept,) = clients(store)
    assert (kept.name, kept.scopes, kept.keys["keys"][0]["kid"], kept.row_version) == (
        "111 Dover",
        ["system/Flag.r"],
        "rsa-1",
        2,
    )
    with store.reading() as session:
        assert session.execute(select(ApiToken.revoked_at)).scalar_one() == NOW
        assert session.get_one(User, program.user_id).display_name == "111 Dover"
    assert program.asks(app.test_client(), "system/Flag.rs").json["error"] == "invalid_client"


def test_a_program_is_shut_out(store, town, app, client_as, post, get):
    program = urgent_care(store, town)
    program.headers(app.test_client(), "system/Flag.rs")
    client, here = client_as("admin"), f"/clients/{program.row_id}"
    page = post(client, f"{here}/end", page=here)
    assert "The program has been shut out." in page.text
    (kept,) = clients(store)
    assert (kept.ended_at, kept.ended_by) == (NOW, town.users["admin"])
    with store.reading() as session:
        assert session.get_one(User, program.user_id).deactivated_at == NOW
        assert session.execute(select(UserRole.until_at).where(UserRole.user_id == program.user_id)).scalar_one() == NOW
        assert session.execute(select(ApiToken.revoked_at)).scalar_one() == NOW
    assert "Shut out" in get(client, "/clients")
    assert "client.end" in {action for action, _ in audited(store)}


def test_whoever_is_asked_to_let_one_in_signs_in_first(app):
    asked = app.test_client().get("/oauth2/authorize?response_type=code&client_id=x")
    assert asked.status_code == 302
    assert asked.headers["Location"] == "/sign-in?next=/oauth2/authorize?response_type%3Dcode%26client_id%3Dx"


def test_pages_of_programs_are_for_administrators(client_as):
    for username in ("ash.manager", "navigator", "ig", "integration"):
        assert client_as(username).get("/clients").status_code == 404


def test_the_command_lets_one_in(store, town, tmp_path, monkeypatch):
    keys = tmp_path / "keys.json"
    keys.write_text(public_set(ec_key()), encoding="utf-8")
    monkeypatch.setattr(client_commands, "settings_for", lambda _database: None)
    monkeypatch.setattr(client_commands, "opened_store", lambda _settings: _Opened(store))
    given = [
        "111 Cymbeline", "--employer", "TRUST", "--keys", str(keys), "--scope", "system/Flag.rs", "--purpose", "Flags",
        "--role", "urgent_care", "--place", "TESTHAM",
    ]  # fmt: skip
    told = CliRunner().invoke(client_commands.programs, given)
    assert told.exit_code == 0, told.output
    (client,) = clients(store)
    assert told.output == f"111 Cymbeline may ask the API as {client.client_id}\n"
    assert client.made_by is None
    halfway = CliRunner().invoke(client_commands.programs, given[:-2])
    assert halfway.exit_code == 1
    assert len(clients(store)) == 1


class _Opened:
    def __init__(self, store):
        self.store = store

    def __enter__(self):
        return self.store

    def __exit__(self, *_error):
        return None
