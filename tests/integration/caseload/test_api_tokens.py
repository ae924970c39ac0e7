"""Tokens: who is given one for which proof, for how long, for what; and that everything counts once."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select

from caseload.actions.api_clients import end_client
from caseload.domain.token_hash import hash_of
from caseload.domain.words import Role
from caseload.queries.api_clients import token_in_force
from caseload.tables import ApiAssertion, ApiToken, User
from tests.integration.caseload.conftest import form_fields
from tests.support.api_programs import ASSERTION, TOKEN, let_in_program, rsa_key
from tests.support.case_app import NOW, audited

BACK = "https://partner.example/back"
SCOPES = ("system/Flag.rs", "system/Task.cru", "user/CarePlan.r", "user/Flag.rs")


@pytest.fixture
def program(store, town):
    return let_in_program(
        store, home_id=town.places["TRUST"], roles=[(Role.NAVIGATOR, town.places["NORTH"])], scopes=SCOPES,
        redirect_uris=[BACK],
    )  # fmt: skip


@pytest.fixture
def client(app):
    return app.test_client()


def kept_tokens(store):
    with store.reading() as session:
        found = session.execute(select(ApiToken).order_by(ApiToken.id)).scalars().all()
        session.expunge_all()
        return found


def test_a_proof_is_given_a_token_for_what_was_asked_within_what_the_program_may(store, client, program):
    answer = program.asks(client, "system/Flag.rs system/*.r")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 600, "system/Flag.rs system/Task.r")
    assert "refresh_token" not in told
    (kept,) = kept_tokens(store)
    assert kept.token_hash == hashlib.sha256(told["access_token"].encode()).hexdigest()
    assert (kept.user_id, kept.expires_at) == (program.user_id, NOW + timedelta(minutes=10))
    assert ("token.issue", []) in audited(store)


def test_a_proof_by_an_rsa_key_counts_as_well(store, town, client):
    program = let_in_program(
        store, home_id=town.places["TRUST"], roles=[(Role.URGENT_CARE, town.places["TESTHAM"])],
        scopes=["system/Flag.rs"], key=rsa_key(),
    )  # fmt: skip
    assert program.asks(client, "system/Flag.rs").status_code == 200


WRONG_PROOFS = {
    "another key": {"key": ECKey.generate_key("P-384", {"kid": "ec-1"})},
    "an unknown kid": {"header": {"kid": "ec-2"}},
    "an empty kid": {"header": {"kid": ""}},
    "another audience": {"aud": "https://elsewhere.example/oauth2/token"},
    "no audience": {"without": ("aud",)},
    "another subject": {"sub": "client-somebody"},
    "an issuer that is not the subject": {"iss": "client-somebody"},
    "no issuer": {"without": ("iss",)},
    "over": {"exp": int(NOW.timestamp()) - 61},
    "good for too long": {"exp": int(NOW.timestamp()) + 361, "iat": int(NOW.timestamp())},
    "without an end": {"without": ("exp",)},
    "of the future": {"iat": int(NOW.timestamp()) + 61},
    "of long ago": {"iat": int(NOW.timestamp()) - 400},
    "without a beginning": {"without": ("iat",)},
    "not good yet": {"nbf": int(NOW.timestamp()) + 120},
    "an end that is no number": {"exp": "soon"},
    "an end that is true": {"exp": True},
    "without a number of its own": {"without": ("jti",)},
    "a number of its own that is no text": {"jti": 12},
    "a number of its own that is too long": {"jti": "x" * 256},
}


@pytest.mark.parametrize("wrong", WRONG_PROOFS.values(), ids=WRONG_PROOFS)
def test_a_proof_that_is_not_in_order_gets_nothing(store, client, program, wrong):
    answer = program.asks(client, "system/Flag.rs", assertion=program.proof(**wrong))
    assert answer.status_code in (400, 401)
    assert answer.json["error"] == "invalid_client"
    assert kept_tokens(store) == []


def test_a_signature_of_another_kind_gets_nothing(store, client, town):
    program = let_in_program(
        store, home_id=town.places["TRUST"], roles=[(Role.URGENT_CARE, town.places["TESTHAM"])],
        scopes=["system/Flag.rs"], key=rsa_key(),
    )  # fmt: skip
    for assertion in (program.proof(header={"alg": "RS256"}), _unsigned(program), _by_a_shared_secret(program)):
        answer = program.asks(client, "system/Flag.rs", assertion=assertion)
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def _unsigned(program):
    return ".".join(
        [_coded(json.dumps({"alg": "none", "kid": program.key.kid}).encode()), program.proof().split(".")[1], ""]
    )


def _by_a_shared_secret(program):
    """Signed with the public key as if it were a secret: the mistake that the list of algorithms is there against."""
    head = _coded(json.dumps({"alg": "HS256", "kid": program.key.kid}).encode())
    signed = f"{head}.{program.proof().split('.')[1]}"
    return f"{signed}.{_coded(hmac.digest(program.key.as_pem(private=False), signed.encode(), 'sha256'))}"


def _coded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "a.b", "e30.e30.e30", "é.é.é", "eyJ9.eyJ9.x", "." * 40, "x" * 9_000, "[].[].[]"]
)
def test_what_is_no_proof_at_all_gets_nothing(client, program, text):
    data = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": text}
    answer = client.post(TOKEN, data=data)
    assert answer.status_code in (400, 401)
    assert answer.json["error"] == "invalid_client"
    assert "é" not in answer.text


def test_a_proof_counts_once(store, client, program):
    proof = program.proof()
    assert program.asks(client, "system/Flag.rs", assertion=proof).status_code == 200
    again = program.asks(client, "system/Flag.rs", assertion=proof)
    assert (again.status_code, again.json["error"]) == (401, "invalid_client")
    assert len(kept_tokens(store)) == 1
    with store.reading() as session:
        assert len(session.execute(select(ApiAssertion)).all()) == 1


def test_a_proof_counts_once_even_where_nothing_is_given_for_it(store, client, program):
    proof = program.proof()
    assert program.asks(client, "system/Encounter.r", assertion=proof).json["error"] == "invalid_scope"
    assert program.asks(client, "system/Flag.rs", assertion=proof).json["error"] == "invalid_client"
    assert kept_tokens(store) == []


@pytest.mark.parametrize(
    "scope", ["", "system/Encounter.rs", "user/CarePlan.r", "system/Flag.read", "openid", "system/Flag.u"]
)
def test_nothing_is_given_for_scopes_it_does_not_have(client, program, scope):
    answer = program.asks(client, scope)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")


def test_secrets_and_other_ways_to_prove_oneself_get_nothing(client, program):
    bare = {"grant_type": "client_credentials", "scope": "system/Flag.rs", "client_id": program.client_id}
    for data in (bare, {**bare, "client_secret": "x"}):
        assert client.post(TOKEN, data=data).json["error"] == "invalid_client"
    assert client.post(TOKEN, data=bare, auth=(program.client_id, "x")).json["error"] == "invalid_client"


def test_other_grants_are_not_given(client, program):
    for grant in ("password", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer", ""):
        answer = program.asks(client, "system/Flag.rs", grant_type=grant)
        assert (answer.status_code, answer.json["error"]) == (400, "unsupported_grant_type")


def test_nothing_of_a_proof_may_be_in_the_address(client, program):
    answer = client.post(f"{TOKEN}?client_assertion={program.proof()}", data={"grant_type": "client_credentials"})
    assert answer.status_code == 400
    assert answer.json["resourceType"] == "OperationOutcome"
    assert client.post(TOKEN, json={}).status_code == 415


def test_a_program_that_was_shut_out_gets_nothing_and_its_tokens_are_worth_nothing(store, town, client, program):
    token = program.asks(client, "system/Flag.rs").json["access_token"]
    with store.reading() as session:
        assert token_in_force(session, hash_of(token), NOW) is not None
    with store.writing() as session:
        end_client(session, by=town.viewer(session, "admin"), now=NOW, client_row_id=program.row_id, row_version=1)
    with store.reading() as session:
        assert token_in_force(session, hash_of(token), NOW) is None
    assert program.asks(client, "system/Flag.rs").json["error"] == "invalid_client"
    assert "client.end" in {action for action, _ in audited(store)}


def test_a_token_is_over_after_its_time_and_not_before(store, client, program):
    token = program.asks(client, "system/Flag.rs").json["access_token"]
    with store.reading() as session:
        assert token_in_force(session, hash_of(token), NOW + timedelta(minutes=9, seconds=59)) is not None
        assert token_in_force(session, hash_of(token), NOW + timedelta(minutes=10)) is None
        assert token_in_force(session, token, NOW) is None


def test_a_token_can_be_given_back_by_the_program_that_has_it_only(store, town, client, program):
    token = program.asks(client, "system/Flag.rs").json["access_token"]
    other = let_in_program(
        store, home_id=town.places["COUNCIL"], roles=[(Role.NAVIGATOR, town.places["NORTH"])], key=rsa_key()
    )

    def given_back(by):
        data = {"token": token, "client_assertion_type": ASSERTION, "client_assertion": by.proof()}
        assert client.post("/oauth2/revoke", data=data).status_code == 200

    given_back(other)
    with store.reading() as session:
        assert token_in_force(session, hash_of(token), NOW) is not None
    given_back(program)
    with store.reading() as session:
        assert token_in_force(session, hash_of(token), NOW) is None
    assert [action for action, _ in audited(store)].count("token.revoke") == 1
    assert client.post("/oauth2/revoke", data={"token": token}).status_code in (400, 401)


def test_neither_token_nor_proof_is_kept_as_it_was_sent(store, client, program):
    proof = program.proof()
    token = program.asks(client, "system/Flag.rs", assertion=proof).json["access_token"]
    with store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        dump = "\n".join(raw.iterdump())
    assert token not in dump
    assert proof.split(".")[2] not in dump


def test_programs_get_and_send_no_cookie(client_as, program):
    client = client_as("navigator")
    answer = program.asks(client, "system/Flag.rs")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_what_a_program_may_know_beforehand(client):
    told = client.get("/.well-known/smart-configuration").json
    assert told["token_endpoint"] == "http://localhost/oauth2/token"
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert told["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert told["code_challenge_methods_supported"] == ["S256"]


# --- somebody lets a program in -----------------------------------------------------------------------------------------

VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def asking(program, **more):
    asked = {
        "response_type": "code", "client_id": program.client_id, "redirect_uri": BACK, "scope": "user/CarePlan.rs",
        "state": "abc", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **more,
    }  # fmt: skip
    return f"/oauth2/authorize?{urlencode({name: value for name, value in asked.items() if value is not None})}"


def code_of(answer):
    there = urlsplit(answer.headers["Location"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == BACK
    return parse_qs(there.query)


def exchanged(client, program, code, now=NOW, **more):
    data = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER,
        "client_assertion_type": ASSERTION, "client_assertion": program.proof(now), **more,
    }  # fmt: skip
    return client.post(TOKEN, data={name: value for name, value in data.items() if value is not None})


def let_in(client_as, post, program, username="navigator", **answer):
    url = asking(program)
    return post(client_as(username), url, {"answer": "let_in", **answer}, follow=False, form="/oauth2/authorize")


def test_somebody_lets_a_program_act_for_them(store, town, app, client_as, get, post, program):
    page = get(client_as("navigator"), asking(program))
    assert "Read care plans" in page
    assert "until 5 October 2026" in page
    assert "https://partner.example" in page
    given = code_of(let_in(client_as, post, program))
    assert given["state"] == ["abc"]
    answer = exchanged(app.test_client(), program, given["code"][0])
    assert (answer.status_code, answer.json["expires_in"], answer.json["scope"]) == (200, 900, "user/CarePlan.r")
    with store.reading() as session:
        held = token_in_force(session, hash_of(answer.json["access_token"]), NOW)
    assert held.viewer.user_id == town.users["navigator"]
    assert ("token.let_in", []) in audited(store)


def test_the_page_may_lead_back_to_the_program_and_nowhere_else(client_as, program):
    policy = client_as("navigator").get(asking(program)).headers["Content-Security-Policy"]
    assert "form-action 'self' https://partner.example;" in policy


def test_a_program_that_is_not_let_in_is_told_so(store, client_as, post, program):
    answer = let_in(client_as, post, program, answer="refuse")
    told = code_of(answer)
    assert (told["error"], told["state"], "code" in told) == (["access_denied"], ["abc"], False)
    assert "token.let_in" not in {action for action, _ in audited(store)}


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"scope": "user/Encounter.rs"}, "invalid_scope"),
        ({"scope": "system/Flag.rs"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_request_that_is_not_in_order_is_sent_back_without_a_code(client_as, program, more, error):
    answer = client_as("navigator").get(asking(program, **more))
    assert (answer.status_code, code_of(answer)["error"]) == (302, [error])


@pytest.mark.parametrize(
    "more",
    [
        {"client_id": "client-nobody"},
        {"redirect_uri": "https://elsewhere.example/back"},
        {"redirect_uri": None},
        {"redirect_uri": f"{BACK}/more"},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(client_as, program, more):
    answer = client_as("navigator").get(asking(program, **more))
    assert (answer.status_code, "Location" in answer.headers) == (422, False)
    assert "elsewhere" not in answer.text


def test_a_code_counts_once_and_a_second_time_takes_the_tokens_away(store, app, client_as, post, program):
    code = code_of(let_in(client_as, post, program))["code"][0]
    token = exchanged(app.test_client(), program, code).json["access_token"]
    again = exchanged(app.test_client(), program, code)
    assert (again.status_code, again.json["error"]) == (400, "invalid_grant")
    with store.reading() as session:
        assert token_in_force(session, hash_of(token), NOW) is None


@pytest.mark.parametrize(
    "more",
    [
        {"code_verifier": "w" * 50},
        {"code_verifier": None},
        {"redirect_uri": None},
        {"redirect_uri": f"{BACK}x"},
        {"code": "x" * 64},
    ],
)
def test_a_code_without_what_belongs_to_it_gets_nothing(store, app, client_as, post, program, more):
    code = code_of(let_in(client_as, post, program))["code"][0]
    answer = exchanged(app.test_client(), program, more.pop("code", code), **more)
    assert (answer.status_code, answer.json["error"]) in ((400, "invalid_grant"), (400, "invalid_request"))
    assert kept_tokens(store) == []


def test_a_code_is_of_no_use_to_another_program_or_later(store, town, app, clock, client_as, post, program):
    other = let_in_program(
        store, home_id=town.places["COUNCIL"], scopes=["user/CarePlan.r"], redirect_uris=[BACK], key=rsa_key()
    )
    code = code_of(let_in(client_as, post, program))["code"][0]
    assert exchanged(app.test_client(), other, code).json["error"] == "invalid_grant"
    clock.now = NOW + timedelta(minutes=2)
    assert exchanged(app.test_client(), program, code, clock.now).json["error"] == "invalid_grant"
    assert kept_tokens(store) == []


def test_who_may_open_nobody_lets_nobody_in(client_as, program):
    assert client_as("admin").get(asking(program)).status_code == 404
    assert client_as("integration").get(asking(program)).status_code == 404


def test_the_page_sent_twice_gives_one_code(store, client_as, program):
    client = client_as("navigator")
    fields = {**form_fields(client.get(asking(program)).text, "/oauth2/authorize"), "answer": "let_in"}
    first, second = (client.post(asking(program), data=fields) for _ in range(2))
    assert code_of(first) == code_of(second)
    assert [action for action, _ in audited(store)].count("token.let_in") == 1


def test_a_token_of_somebody_who_was_deactivated_is_worth_nothing(store, town, app, client_as, post, program):
    code = code_of(let_in(client_as, post, program))["code"][0]
    token = exchanged(app.test_client(), program, code).json["access_token"]
    with store.writing() as session:
        session.get_one(User, town.users["navigator"]).deactivated_at = NOW
    with store.reading() as session:
        assert token_in_force(session, hash_of(token), NOW) is None
