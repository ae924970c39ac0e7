"""A lead, or somebody on the care team, who may no longer open the record: said wherever they are named."""

import re
from datetime import timedelta

from caseload.domain.words import Role
from caseload.tables import CareTeamMember, Person, RestrictedAccess, UserRole
from tests.support.case_app import NOW
from tests.support.day_work import TODAY, said
from tests.support.led_cases import led


def on_team(store, town, case_id, *usernames):
    with store.writing() as session:
        for username in usernames:
            session.add(
                CareTeamMember(
                    case_id=case_id,
                    user_id=town.users[username],
                    role="social_worker",
                    from_on=TODAY,
                    added_at=NOW,
                    added_by=town.users["ash.gp"],
                )  # fmt: skip
            )


def test_the_practice_is_told_whom_its_answer_keeps_out(client_as, post, store, town):
    case_id = led(store, town, 1, "social.worker", need="social", code="persons_choice")
    on_team(store, town, case_id, "therapist", "volunteer")
    manager, url = client_as("ash.manager"), f"/people/{town.people[1]}/consent"
    page = post(manager, f"{url}/sharing_social_care", {"answer": "refused", "how": "said"}).text
    assert "Social Worker leads this case and can no longer open the record." in page
    assert "A task to hand the case over is on the list of North care navigators." in page
    assert "on the care team and can" not in page
    page = post(manager, f"{url}/sharing_voluntary", {"answer": "refused", "how": "said"}).text
    assert "Volunteer is on the care team and can no longer open the record." in page
    page = post(manager, f"{url}/sharing_health", {"answer": "refused", "how": "said"}).text
    assert "Therapist and Volunteer are on the care team and can no longer open the record." in page


def test_an_answer_that_keeps_nobody_out_names_nobody(client_as, post, store, town):
    case_id = led(store, town, 1, "ash.gp")  # employed by the practice that holds the record
    on_team(store, town, case_id, "ash.partner")
    url = f"/people/{town.people[1]}/consent/sharing_health"
    page = post(client_as("ash.manager"), url, {"answer": "refused", "how": "said"}).text
    assert "It is in force from now on" in page
    assert "can no longer open" not in page


def test_a_lead_who_is_kept_out_is_shown_as_one_and_no_letter_names_them(client_as, get, store, town):
    case_id = led(store, town, 1, "social.worker", need="social", code="persons_choice")
    manager, words = client_as("ash.manager"), "ay no longer see the record:"
    pages = (f"/people/{town.people[1]}", f"/cases/{case_id}/lead", "/cases", f"/cases/{case_id}/team")
    for path in pages:
        assert words not in get(manager, path), path
    for path in pages[:2]:
        assert f"/cases/{case_id}/letter" in get(manager, path), path
    said(store, town, 1, "sharing_social_care", "refused")
    for path in pages:
        assert words in get(manager, path), path
        assert f"/cases/{case_id}/letter" not in get(manager, path), path
    refused = manager.get(f"/cases/{case_id}/letter")
    assert (refused.status_code, "Hand the case over first" in refused.get_data(as_text=True)) == (422, True)
    said(store, town, 1, "sharing_social_care", "given")
    for path in pages:
        assert words not in get(manager, path), path


def test_who_is_on_the_care_team_and_may_not_see_the_record_is_marked(client_as, get, store, town):
    case_id = led(store, town, 1, "ash.gp")
    on_team(store, town, case_id, "social.worker", "ash.partner")
    manager, path, words = client_as("ash.manager"), f"/cases/{case_id}/team", "May not see the record"
    assert words not in get(manager, path)
    said(store, town, 1, "sharing_social_care", "refused")
    assert re.findall(rf'"app-cell">([^<]*)<br><strong>{words}', get(manager, path)) == ["Social Worker"]
    said(store, town, 1, "sharing_social_care", "given")
    with store.writing() as session:
        session.get_one(Person, town.people[1]).restricted = True
        for username in ("ash.manager", "social.worker"):
            session.add(
                RestrictedAccess(
                    person_id=town.people[1], user_id=town.users[username], given_at=NOW, given_by=town.users["ash.gp"]
                )
            )  # fmt: skip
    page = get(manager, path)
    assert re.findall(rf'"app-cell">([^<]*)<br><strong>{words}', page) == ["Ash Partner"]
    assert "may no longer see the record" not in page  # a restriction never shuts out who leads


def test_a_lead_of_the_practice_by_role_alone_is_not_kept_out(client_as, get, store, town):
    """A GP employed elsewhere in health with a practice role over the person's practice holds the record."""
    case_id = led(store, town, 1, "therapist", code="persons_choice")
    said(store, town, 1, "sharing_health", "refused")
    manager = client_as("ash.manager")
    assert "may no longer see the record" in get(manager, f"/cases/{case_id}/lead")
    with store.writing() as session:
        session.add(
            UserRole(
                user_id=town.users["therapist"],
                role=Role.PRACTICE,
                place_id=town.places["NORTH"],
                from_at=NOW - timedelta(days=1),
            )  # fmt: skip
        )
    assert "may no longer see the record" not in get(manager, f"/cases/{case_id}/lead")
    get(client_as("therapist"), f"/people/{town.people[1]}")
