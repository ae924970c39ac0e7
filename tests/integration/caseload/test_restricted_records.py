"""Records kept from everyone but named users."""

import pytest
from sqlalchemy import select

from caseload.actions.emergency import open_in_emergency
from caseload.actions.restrictions import lift_restriction, name_users, restrict_person
from caseload.domain.emergency_access import EmergencyReason
from caseload.domain.restriction import LiftReason, RestrictReason
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.restrictions import restriction_of
from caseload.queries.visible import person_for
from caseload.tables import Person, PersonEvent, RestrictedAccess, User
from tests.support.case_app import NOW, audited
from tests.support.led_cases import led


def act(store, town, action, username, number=1, row_version=None, **given):
    with store.writing() as session:
        version = session.get_one(Person, town.people[number]).row_version if row_version is None else row_version
        return action(
            session, by=town.viewer(session, username), now=NOW, person_id=town.people[number], row_version=version,
            **given,
        )  # fmt: skip


def restricted(store, town, username="ash.manager", names=(), number=1):
    users = [town.users[name] for name in names]
    return act(store, town, restrict_person, username, number, reason=RestrictReason.SAFETY, user_ids=users)


def who_may_open(store, town, number=1):
    found = set()
    with store.reading() as session:
        for username in town.users:
            try:
                person_for(session, town.viewer(session, username), NOW, town.people[number])
            except NotThere:
                continue
            found.add(username)
    return found


def named(store, town, number=1):
    with store.reading() as session:
        wanted = select(User.username).join(RestrictedAccess, RestrictedAccess.user_id == User.id)
        return set(session.execute(wanted.where(RestrictedAccess.person_id == town.people[number])).scalars())


def test_restricting_leaves_the_record_to_those_named_and_the_lead(store, town):
    led(store, town, 1, "ash.partner", "medical", code="persons_choice", note="She asked")
    assert who_may_open(store, town) == {"ash.manager", "ash.gp", "ash.partner", "navigator", "chair"}
    restricted(store, town, names=["navigator"])
    assert named(store, town) == {"ash.manager", "navigator"}
    assert who_may_open(store, town) == {"ash.manager", "navigator", "ash.partner"}
    assert audited(store)[-1] == ("person.restricted", [town.people[1]])


def test_restricting_is_history_without_words_about_the_person(store, town):
    restricted(store, town)
    act(store, town, name_users, "ash.manager", user_ids=[town.users["ash.manager"], town.users["ash.gp"]])
    act(store, town, lift_restriction, "ash.gp", reason=LiftReason.MISTAKE)
    with store.reading() as session:
        rows = session.execute(select(PersonEvent).order_by(PersonEvent.id)).scalars().all()
        assert [(row.kind, row.by, row.after["reason"]) for row in rows] == [
            ("restricted", town.users["ash.manager"], "safety"),
            ("users_named", town.users["ash.manager"], ""),
            ("restriction_lifted", town.users["ash.gp"], "mistake"),
        ]
        assert rows[2].before["users"] == sorted([town.users["ash.manager"], town.users["ash.gp"]])
    assert named(store, town) == set()
    assert "ash.gp" in who_may_open(store, town)


def test_naming_somebody_without_anything_to_do_with_the_person_is_refused(store, town):
    with pytest.raises(NotNow, match="work with this person"):
        restricted(store, town, names=["cedar.manager"])
    assert not named(store, town)


def test_the_last_one_who_can_change_it_cannot_be_taken_off(store, town):
    restricted(store, town, names=["navigator"])
    with pytest.raises(NotNow, match="Name at least one member"):
        act(store, town, name_users, "ash.manager", user_ids=[town.users["navigator"]])
    assert named(store, town) == {"ash.manager", "navigator"}


def test_somebody_not_named_cannot_change_a_restriction(store, town):
    restricted(store, town)
    with pytest.raises(NotThere):
        act(store, town, lift_restriction, "ash.gp", reason=LiftReason.MISTAKE)


@pytest.mark.parametrize("username", ["navigator", "birch.manager", "ig", "admin"])
def test_restricting_is_for_the_persons_own_practice(store, town, username):
    led(store, town, 1, "ash.gp", "medical")
    with pytest.raises(NotThere):
        restricted(store, town, username)


def test_emergency_access_does_not_change_a_restriction(store, town):
    restricted(store, town)
    in_emergency(store, town, "ash.gp")
    with pytest.raises(NotNow, match="in an emergency"):
        act(store, town, name_users, "ash.gp", user_ids=[town.users["ash.gp"], town.users["ash.manager"]])
    assert named(store, town) == {"ash.manager"}


def test_emergency_access_frees_a_record_whose_named_users_have_all_left(store, town):
    restricted(store, town)
    with store.writing() as session:
        session.get_one(User, town.users["ash.manager"]).deactivated_at = NOW
    in_emergency(store, town, "ash.gp")
    act(store, town, name_users, "ash.gp", user_ids=[town.users["ash.gp"]])
    assert named(store, town) == {"ash.gp"}


def in_emergency(store, town, username):
    with store.writing() as session:
        open_in_emergency(
            session, by=town.viewer(session, username), now=NOW, nhs_number=town.nhs_numbers[1],
            reason_code=EmergencyReason.SAFEGUARDING, reason="Somebody is at the door", minutes=60,
        )  # fmt: skip


def test_two_changes_at_once_conflict(store, town):
    version = restriction(store, town, "ash.manager").row_version
    restricted(store, town, names=["ash.gp"])
    for action, given in (
        (name_users, {"user_ids": [town.users["ash.manager"]]}),
        (lift_restriction, {"reason": LiftReason.MISTAKE}),
    ):
        with pytest.raises(Conflict):
            act(store, town, action, "ash.manager", row_version=version, **given)


def restriction(store, town, username):
    with store.reading() as session:
        return restriction_of(session, town.viewer(session, username), NOW, town.people[1])


def test_restriction_lists_who_could_be_named(store, town):
    led(store, town, 1, "therapist", "medical", code="persons_choice", note="He asked")
    kept = restriction(store, town, "ash.gp")
    names = {user.name for user in kept.users}
    assert names == {"Ash Manager", "Ash Gp", "Navigator", "Chair", "Therapist"}
    assert kept.lead == "Therapist"


def test_restriction_journey_through_the_pages(store, town, client_as, get, post):
    client = client_as("ash.manager")
    url = f"/people/{town.people[1]}/restriction"
    get(client, url)
    assert "Select why this record is restricted" in post(client, url, {}).text
    done = post(client, url, {"reason": "person_asked", "users": [str(town.users["navigator"])]})
    assert "The record is restricted" in done.text
    assert named(store, town) == {"ash.manager", "navigator"}
    assert client_as("ash.gp").get(url).status_code == 404
    page = get(client, url)
    assert "The person asked for it" in page
    changed = post(client, f"{url}/names", {"users": [str(town.users["ash.manager"])]}, page=url)
    assert "were changed" in changed.text
    assert named(store, town) == {"ash.manager"}
    refused = post(client, f"{url}/lift", {}, page=url)
    assert refused.status_code == 422
    lifted = post(client, f"{url}/lift", {"reason": "no_longer_needed"}, page=url)
    assert "The restriction was lifted" in lifted.text
    assert client_as("ash.gp").get(url).status_code == 200
