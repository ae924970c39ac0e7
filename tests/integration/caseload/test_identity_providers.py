"""Signing in with an identity provider: one that behaves, and every way of one that does not."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import select

from caseload.actions.identities import user_of_identity
from caseload.app import create_app
from caseload.domain.identity import Identity
from caseload.domain.words import Role
from caseload.settings import settings_with
from caseload.tables import Organisation, User, UserRole, WebSession
from tests.integration.caseload.conftest import SECRET
from tests.support import provider_app
from tests.support.accounts import audit_details
from tests.support.identity_provider import CLIENT_ID
from tests.support.patience import PATIENCE
from tests.support.provider_app import there_and_back

CIS2_ROLES = {
    "roles_claim": "nhsid_nrbac_roles",
    "role_field": "role_code",
    "organisation_field": "org_code",
    "roles": {"S0030:G0100:R8010": "practice", "S0010:G0020:R8000": "lead"},
    "organisations": {"Y90001": "Y90001", "Y90002": "Y90002"},
}
COUNCIL_ROLES = {
    "roles_claim": "groups",
    "organisation_claim": "department",
    "roles": {"caretier-navigators": "navigator", "caretier-overview": "integration_lead"},
    "organisations": {"Adult Social Care": "COUNCIL"},
    "places": {"Adult Social Care": "TESTHAM"},
}


database_url, running, provider = provider_app.database_url, provider_app.running, provider_app.provider
app_with, linked = provider_app.app_with, provider_app.linked


def who(client):
    """The username on the account page of a signed-in browser."""
    page = client.get("/account")
    return page.text if page.status_code == 200 else None


def signed_in_at_all(store):
    with store.reading() as session:
        return session.execute(select(WebSession.user_id).where(WebSession.user_id.is_not(None))).first() is not None


def roles_now(store, user_id, now):
    with store.reading() as session:
        held = select(UserRole.role, Organisation.code).join(Organisation, Organisation.id == UserRole.place_id)
        held = held.where(UserRole.user_id == user_id, UserRole.until_at.is_(None))
        return {(role.value, code) for role, code in session.execute(held)}


def test_linked_user_is_signed_in(app_with, linked, store):
    client = app_with().test_client()
    answer = there_and_back(client)
    assert (answer.status_code, answer.location) == (302, "/")
    assert "navigator" in who(client)
    assert audit_details(store, "sign_in") == [(linked, {"how": "test", "people": []})]


def test_provider_is_asked_with_state_nonce_and_challenge_new_every_time(app_with, linked, provider):
    client = app_with().test_client()
    there_and_back(client)
    there_and_back(client, "/sign-in/with/test")
    for name in ("state", "nonce", "code_challenge"):
        values = [asked[name] for asked in provider.asked]
        assert len(set(values)) == len(values)
        assert all(len(value) >= 20 for value in values)
    assert provider.asked[0]["redirect_uri"] == "http://localhost/sign-in/with/test/return"


def test_public_address_is_what_the_provider_is_told(provider, store, town, clock):
    chosen = {"name": "test", "label": "T", "metadata_url": provider.metadata_url, "client_id": CLIENT_ID}
    settings = settings_with(
        secret_key=SECRET, secure_cookies=False, oidc=[chosen], public_url="https://caretier.example/"
    )
    client = create_app(settings, store=store, now=clock).test_client()
    away = client.get("/sign-in/with/test", base_url="https://caretier.example").location
    assert parse_qs(urlsplit(away).query)["redirect_uri"] == ["https://caretier.example/sign-in/with/test/return"]


def test_page_that_was_wanted_is_where_one_lands(app_with, linked):
    client = app_with().test_client()
    assert there_and_back(client, "/sign-in/with/test?next=/notices").location == "/notices"
    another = app_with().test_client()
    assert there_and_back(another, "/sign-in/with/test?next=https://example.org/").location == "/"


def test_sign_in_page_offers_the_provider(app_with, get):
    page = get(app_with().test_client(), "/sign-in?next=/notices")
    assert "Sign in with Test provider" in page
    assert "/sign-in/with/test?next=/notices" in page


def test_session_token_changes(app_with, linked, provider):
    client = app_with().test_client()
    client.get("/sign-in/with/test")
    before = client.get_cookie("caseload").value
    there_and_back(client)
    assert client.get_cookie("caseload").value != before


def test_second_factor_of_ours_is_not_asked_of_who_signed_in_elsewhere(app_with, linked):
    client = app_with().test_client()
    there_and_back(client)
    assert client.get("/notices").status_code == 200


# Refusals


@pytest.mark.parametrize(
    "wrong",
    [
        "issuer", "audience", "audience with our name on it", "nonce", "no nonce", "signature", "changed", "expired",
        "of the future", "alg none", "symmetric key", "no id token", "no subject", "no audience", "userinfo",
    ],
)  # fmt: skip
def test_token_that_is_wrong_signs_nobody_in(app_with, linked, provider, store, wrong):
    provider.wrong = wrong
    client = app_with().test_client()
    answer = there_and_back(client)
    assert answer.status_code == 403
    assert "You could not be signed in with Test provider. The sign-in could not be checked." in answer.text
    assert who(client) is None
    assert not signed_in_at_all(store)
    assert audit_details(store, "sign_in.refused")[-1][1] == {"people": [], "provider": "test", "reason": "no_proof"}


def test_state_of_another_browser_is_refused(app_with, linked, store):
    """Somebody is made to follow a link that would sign them in as the attacker."""
    app = app_with()
    attacker, victim = app.test_client(), app.test_client()
    attacker_back = requests.get(attacker.get("/sign-in/with/test").location, allow_redirects=False, timeout=PATIENCE)
    parts = urlsplit(attacker_back.headers["Location"])
    victim.get("/sign-in/with/test")
    assert victim.get(f"{parts.path}?{parts.query}").status_code == 403
    assert not signed_in_at_all(store)


@pytest.mark.parametrize("change", ["state", "code"])
def test_state_or_code_that_is_changed_is_refused(app_with, linked, store, change):
    client = app_with().test_client()
    answer = there_and_back(client, change=lambda address: address.replace(f"{change}=", f"{change}=x"))
    assert answer.status_code == 403
    assert not signed_in_at_all(store)


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x"])
def test_coming_back_without_having_gone_is_refused(app_with, linked, store, query):
    assert app_with().test_client().get(f"/sign-in/with/test/return{query}").status_code == 403
    assert not signed_in_at_all(store)


def test_coming_back_twice_is_refused(app_with, linked, store):
    client = app_with().test_client()
    seen = []
    there_and_back(client, change=lambda address: seen.append(address) or address)
    parts = urlsplit(seen[0])
    client.delete_cookie("caseload")
    assert client.get(f"{parts.path}?{parts.query}").status_code == 403


def test_who_declined_there_is_told_so(app_with, linked, provider):
    provider.wrong = "declined"
    answer = there_and_back(app_with().test_client())
    assert answer.status_code == 403
    assert "You did not sign in there" in answer.text


@pytest.mark.parametrize("wrong", ["silent", "metadata issuer"])
def test_provider_that_does_not_answer_as_it_should_is_said_not_to(app_with, linked, provider, wrong):
    provider.wrong = wrong
    answer = app_with().test_client().get("/sign-in/with/test")
    assert answer.status_code == 403
    assert "does not answer" in answer.text


def test_provider_that_is_not_set_is_not_there(app_with):
    client = app_with().test_client()
    assert client.get("/sign-in/with/another").status_code == 404
    assert client.get("/sign-in/with/another/return").status_code == 404


def test_strength_that_is_asked_for_has_to_be_told(app_with, linked, provider):
    app = app_with(acr_values="AAL3_ANY")
    weak = there_and_back(app.test_client())
    assert (weak.status_code, provider.asked[-1]["acr_values"]) == (403, "AAL3_ANY")
    assert "stronger method" in weak.text
    provider.claims["acr"] = "AAL3_ANY"
    assert there_and_back(app.test_client()).status_code == 302


def test_unknown_user_is_turned_away(app_with, provider, store):
    provider.claims["email"] = "navigator@example.org"  # an address alone links nobody
    answer = there_and_back(app_with().test_client())
    assert answer.status_code == 403
    assert "You have no account here" in answer.text
    assert audit_details(store, "sign_in.refused")[-1][1]["reason"] == "unknown"


def test_same_subject_at_another_issuer_is_somebody_else(app_with, linked, store):
    with store.writing() as session:
        session.get_one(User, linked).oidc_issuer = "https://another.example"
    assert there_and_back(app_with().test_client()).status_code == 403


def test_deactivated_user_is_turned_away(app_with, linked, store, clock):
    with store.writing() as session:
        session.get_one(User, linked).deactivated_at = clock()
    answer = there_and_back(app_with(**CIS2_ROLES, create_users=True).test_client())
    assert answer.status_code == 403
    client = app_with().test_client()
    assert "has been deactivated" in there_and_back(client).text
    assert who(client) is None


def test_user_of_a_provider_has_no_password_here(app_with, linked, post):
    app = app_with()
    client = app.test_client()
    there_and_back(client)
    page = client.get("/account").text
    assert "your organisation’s own service" in page.replace("&#8217;", "’")
    assert "current_password" not in client.get("/account/password").text


# What the claims say


def cis2(*roles):
    """A list of roles as NHS CIS2's userinfo has them."""
    return [
        {"person_orgid": "1", "person_roleid": "2", "org_code": place, "role_name": '"A":"B":"C"', "role_code": role}
        for place, role in roles
    ]


def test_cis2_user_is_made_with_employer_and_roles(app_with, provider, store, town, clock):
    provider.claims = {"sub": "910000000001"}
    provider.more = {
        "name": "Osei Grace", "nhsid_useruid": "910000000001",
        "nhsid_nrbac_roles": cis2(("Y90001", "S0030:G0100:R8010"), ("Y90002", "S0010:G0020:R8000"),
                                  ("Y99999", "S0030:G0100:R8010"), ("Y90001", "S8000:G8000:R8001")),
    }  # fmt: skip
    client = app_with(**CIS2_ROLES, create_users=True, username_claim="nhsid_useruid").test_client()
    assert there_and_back(client).status_code == 302
    with store.reading() as session:
        made = session.execute(select(User).where(User.oidc_subject == "910000000001")).scalar_one()
        found = made.id, made.username, made.display_name, made.home_id, made.password_hash, made.oidc_issuer
    assert found[1:] == ("910000000001", "Osei Grace", town.places["Y90001"], None, provider.address)
    assert roles_now(store, found[0], clock()) == {("practice", "Y90001"), ("lead", "Y90002")}
    assert client.get("/review").status_code in (200, 302)


def test_council_user_works_over_another_place_than_their_employer(app_with, provider, store, town, clock):
    provider.claims |= {"groups": ["staff", "caretier-navigators"], "department": "Adult Social Care"}
    provider.claims |= {"preferred_username": "Grace.Osei", "email": "grace.osei@example.org"}
    assert there_and_back(app_with(**COUNCIL_ROLES, create_users=True).test_client()).status_code == 302
    with store.reading() as session:
        made = session.execute(select(User).where(User.username == "grace.osei")).scalar_one()
        user_id, home = made.id, made.home_id
    assert home == town.places["COUNCIL"]
    assert roles_now(store, user_id, clock()) == {("navigator", "TESTHAM")}


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"groups": ["staff"], "department": "Adult Social Care"}, "You have no role in this service"),
        ({"groups": ["caretier-navigators"], "department": "Parks"}, "You have no role in this service"),
        ({"groups": "caretier-navigators"}, "You have no role in this service"),
        ({}, "You have no role in this service"),
        ({"groups": {"caretier-navigators": 1}, "department": ["Adult Social Care"]}, "You have no role"),
    ],
)
def test_user_whose_claims_give_nothing_here_is_turned_away_and_not_made(app_with, provider, store, claims, words):
    provider.claims |= claims
    answer = there_and_back(app_with(**COUNCIL_ROLES, create_users=True).test_client())
    assert answer.status_code == 403
    assert words in answer.text
    with store.reading() as session:
        assert session.execute(select(User).where(User.oidc_subject == "555001")).first() is None


def test_unknown_user_with_a_role_is_turned_away_where_users_are_not_made(app_with, provider):
    provider.claims |= {"groups": ["caretier-navigators"], "department": "Adult Social Care"}
    assert "You have no account here" in there_and_back(app_with(**COUNCIL_ROLES).test_client()).text


def test_roles_follow_the_claims_at_every_sign_in(app_with, linked, provider, store, clock):
    app = app_with(**COUNCIL_ROLES)
    provider.claims |= {"groups": ["caretier-overview"], "department": "Adult Social Care"}
    clock.now += timedelta(minutes=1)
    there_and_back(app.test_client())
    assert roles_now(store, linked, clock()) == {("integration_lead", "TESTHAM")}
    assert audit_details(store, "user.roles_told")[0][0] == linked
    provider.claims["groups"] = ["caretier-overview", "caretier-navigators"]
    clock.now += timedelta(minutes=1)
    there_and_back(app.test_client())
    assert roles_now(store, linked, clock()) == {("integration_lead", "TESTHAM"), ("navigator", "TESTHAM")}


def test_who_is_told_to_have_no_role_any_more_keeps_none(app_with, linked, provider, store, clock):
    provider.claims |= {"groups": ["staff"], "department": "Adult Social Care"}
    clock.now += timedelta(minutes=1)
    assert "You have no role in this service" in there_and_back(app_with(**COUNCIL_ROLES).test_client()).text
    assert roles_now(store, linked, clock()) == set()


def test_roles_stay_the_administrators_where_no_claims_are_mapped(app_with, linked, provider, store, clock):
    provider.claims |= {"roles": ["admin"], "organisation": "TESTHAM"}
    there_and_back(app_with().test_client())
    assert roles_now(store, linked, clock()) == {("navigator", "NORTH")}


def test_role_of_a_program_is_given_to_nobody_who_signs_in(linked, provider, store, clock):
    """The settings cannot map one; nor is one given that was told all the same."""
    told = frozenset({(Role.NAVIGATOR, "TESTHAM"), (Role.URGENT_CARE, "TESTHAM")})
    grace = (provider.address, "555001", "grace", "Grace Osei", "", "")
    identity = Identity(*grace, told, roles_are_told=True, may_be_new=False)
    with store.writing() as session:
        assert user_of_identity(session, now=clock(), identity=identity) == linked
    assert roles_now(store, linked, clock()) == {("navigator", "TESTHAM")}


def test_role_nobody_mapped_is_never_given(app_with, linked, provider, store, clock):
    provider.claims |= {"groups": ["admin", "caretier-navigators"], "department": "Adult Social Care"}
    there_and_back(app_with(**COUNCIL_ROLES).test_client())
    assert roles_now(store, linked, clock()) == {("navigator", "TESTHAM")}


def test_username_that_is_taken_is_not_taken_over(app_with, provider, store, town):
    provider.claims |= {"groups": ["caretier-navigators"], "department": "Adult Social Care"}
    provider.claims |= {"preferred_username": "admin"}
    there_and_back(app_with(**COUNCIL_ROLES, create_users=True).test_client())
    with store.reading() as session:
        made = session.execute(select(User).where(User.oidc_subject == "555001")).scalar_one()
        assert made.username == "user-555001"
        assert session.get_one(User, town.users["admin"]).oidc_subject is None


def test_second_sign_in_of_a_user_who_was_made_makes_no_other(app_with, provider, store):
    provider.claims |= {"groups": ["caretier-navigators"], "department": "Adult Social Care"}
    app = app_with(**COUNCIL_ROLES, create_users=True)
    there_and_back(app.test_client())
    there_and_back(app.test_client())
    with store.reading() as session:
        assert len(session.execute(select(User).where(User.oidc_subject == "555001")).all()) == 1
