"""Opening a record in an emergency: what it gives, what it does not, who is told, and how it is reviewed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.actions.emergency import end_emergency, open_in_emergency, review_emergency
from caseload.domain.emergency_access import EmergencyFinding, EmergencyReason
from caseload.domain.words import NoticeKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.presenters.emergency import said_of_opening
from caseload.queries.emergency import emergency_deeds, emergency_opening, emergency_queue, emergency_until
from caseload.queries.visible import case_to_change, person_for, person_to_change
from caseload.tables import EmergencyAccess, Notice, Person, RestrictedAccess
from tests.support.case_app import NOW, audited
from tests.support.led_cases import led, opened

HOUR = timedelta(minutes=60)
REASON = "Found on the floor by a neighbour"


def broken(store, town, username, number, now=NOW, reason=REASON, nhs_number=None):
    with store.writing() as session:
        return open_in_emergency(
            session, by=town.viewer(session, username, now), now=now,
            nhs_number=nhs_number or town.nhs_numbers[number], reason_code=EmergencyReason.URGENT_CARE,
            reason=reason, minutes=60,
        )  # fmt: skip


def reviewed(store, town, opening_id, finding, note="", by="ig", now=NOW + HOUR, row_version=1):
    with store.writing() as session:
        return review_emergency(
            session, by=town.viewer(session, by, now), now=now, opening_id=opening_id, row_version=row_version,
            finding=finding, note=note,
        )  # fmt: skip


def may_open(store, town, username, number, now):
    with store.reading() as session:
        try:
            person_for(session, town.viewer(session, username, now), now, town.people[number])
        except NotThere:
            return False
        return True


def openings(store):
    with store.reading() as session:
        rows = session.execute(select(EmergencyAccess).order_by(EmergencyAccess.id)).scalars().all()
        session.expunge_all()
        return rows


def test_emergency_access_opens_the_record_until_it_expires(store, town):
    assert not may_open(store, town, "nurse", 4, NOW)
    answer = broken(store, town, "nurse", 4)
    assert answer == {"person_id": town.people[4], "opened": True, "before": 0, "running": False}
    hour = timedelta(minutes=60)
    assert [may_open(store, town, "nurse", 4, NOW + after) for after in (timedelta(0), hour - timedelta(seconds=1), hour)] == [
        True,
        True,
        False,
    ]  # fmt: skip
    assert not may_open(store, town, "consultant", 4, NOW)
    assert not may_open(store, town, "nurse", 1, NOW)
    with store.reading() as session:
        viewer = town.viewer(session, "nurse")
        assert emergency_until(session, viewer, NOW, town.people[4]) == NOW + hour
        assert emergency_until(session, viewer, NOW + hour, town.people[4]) is None


def test_emergency_access_is_audited_and_the_officers_of_the_place_are_told(store, town):
    broken(store, town, "nurse", 4)
    assert audited(store) == [("emergency.open", [town.people[4]])]
    with store.reading() as session:
        notices = session.execute(select(Notice)).scalars().all()
        assert [(notice.user_id, notice.kind, notice.person_id) for notice in notices] == [
            (town.users["ig"], NoticeKind.EMERGENCY_ACCESS, town.people[4])
        ]


def test_emergency_access_to_somebody_one_may_open_anyway_asks_for_no_review(store, town):
    anyway = {"person_id": town.people[1], "opened": False, "before": 0, "running": False}
    assert broken(store, town, "ash.manager", 1) == anyway
    assert openings(store) == []


def test_emergency_access_asked_for_again_says_whether_the_first_is_over(store, town):
    broken(store, town, "nurse", 1)
    answer = broken(store, town, "nurse", 1)
    assert (answer["opened"], answer["running"]) == (False, True)
    assert len(openings(store)) == 1
    answer = broken(store, town, "nurse", 1, now=NOW + HOUR)
    assert (answer["opened"], answer["before"], answer["running"]) == (True, 1, False)
    assert len(openings(store)) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"opened": True, "before": 0, "running": False}, "You can open this record for 60 minutes."),
        ({"opened": True, "before": 2, "running": False}, "You can open this record again for 60 minutes."),
        ({"opened": False, "before": 1, "running": True}, "Your emergency access to this record has not ended."),
        ({"opened": False, "before": 1, "running": False}, "You can open this record without emergency access."),
    ],
)
def test_each_answer_to_emergency_access_is_said_in_words(answer, said):
    assert said_of_opening(answer, 60).startswith(said)


def test_emergency_access_with_a_number_nobody_has_is_audited_too(store, town):
    answer = broken(store, town, "nurse", 0, nhs_number="9990009990")
    assert (answer["person_id"], answer["opened"]) == (None, False)
    assert audited(store) == [("emergency.nobody", [])]


@pytest.mark.parametrize("username", ["integration", "ig", "admin"])
def test_emergency_access_is_for_people_in_care(store, town, username):
    with pytest.raises(NotThere):
        broken(store, town, username, 1)


def test_emergency_access_without_a_reason_that_says_something_is_refused(store, town):
    with pytest.raises(NotNow):
        broken(store, town, "nurse", 4, reason="   urgent   ")
    assert openings(store) == []


def test_emergency_access_is_for_reading_and_gives_no_lasting_change(store, town):
    case_id = opened(store, town, 1)
    broken(store, town, "nurse", 1)
    with store.reading() as session:
        nurse = town.viewer(session, "nurse")
        for ask, row_id in ((person_to_change, town.people[1]), (case_to_change, case_id)):
            with pytest.raises(NotNow, match="in an emergency"):
                ask(session, nurse, NOW, row_id)
            with pytest.raises(NotThere):
                ask(session, town.viewer(session, "consultant"), NOW, row_id)
        assert person_to_change(session, town.viewer(session, "ash.gp"), NOW, town.people[1]).id == town.people[1]


def test_review_records_the_finding_once(store, town):
    broken(store, town, "nurse", 4)
    [opening] = openings(store)
    reviewed(store, town, opening.id, EmergencyFinding.JUSTIFIED)
    [row] = openings(store)
    assert (row.finding, row.reviewed_by, row.reviewed_at) == ("justified", town.users["ig"], NOW + HOUR)
    assert row.expires_at == opening.expires_at
    assert audited(store)[-1] == ("emergency.review", [town.people[4]])
    with pytest.raises(Conflict) as refused:
        reviewed(store, town, opening.id, EmergencyFinding.NOT_JUSTIFIED, note="x", row_version=1)
    assert (refused.value.by, refused.value.at) == ("Ig", NOW + HOUR)
    with pytest.raises(NotNow, match="already"):
        reviewed(store, town, opening.id, EmergencyFinding.NOT_JUSTIFIED, note="x", row_version=2)


def test_review_that_finds_it_not_justified_needs_a_note(store, town):
    broken(store, town, "nurse", 4)
    [opening] = openings(store)
    with pytest.raises(NotNow, match="note"):
        reviewed(store, town, opening.id, EmergencyFinding.NOT_JUSTIFIED)
    assert openings(store)[0].finding is None


def ended(store, town, opening_id, now, by="ig", row_version=1):
    with store.writing() as session:
        return end_emergency(
            session, by=town.viewer(session, by, now), now=now, opening_id=opening_id, row_version=row_version
        )


def test_access_that_has_not_ended_is_not_reviewed_until_it_has_or_is_ended(store, town):
    broken(store, town, "nurse", 4)
    [opening] = openings(store)
    later = NOW + timedelta(minutes=5)
    with pytest.raises(NotNow, match="not ended"):
        reviewed(store, town, opening.id, EmergencyFinding.JUSTIFIED, now=later)
    assert may_open(store, town, "nurse", 4, later)
    for username in ("nurse", "ash.manager", "admin"):
        with pytest.raises(NotThere):
            ended(store, town, opening.id, later, by=username)
    ended(store, town, opening.id, later)
    assert not may_open(store, town, "nurse", 4, later)
    assert audited(store)[-1] == ("emergency.end", [town.people[4]])
    with pytest.raises(NotNow, match="ended already"):
        ended(store, town, opening.id, later, row_version=2)
    with pytest.raises(Conflict):
        reviewed(store, town, opening.id, EmergencyFinding.JUSTIFIED, now=later)  # whose form still showed it running
    reviewed(store, town, opening.id, EmergencyFinding.JUSTIFIED, now=later, row_version=2)


@pytest.mark.parametrize("username", ["nurse", "ash.manager", "integration", "admin"])
def test_review_is_for_information_governance_officers(store, town, username):
    broken(store, town, "nurse", 4)
    [opening] = openings(store)
    with pytest.raises(NotThere):
        reviewed(store, town, opening.id, EmergencyFinding.JUSTIFIED, by=username)


def test_review_queue_has_no_name_and_what_was_done_while_it_was_open(store, town, client_as, get):
    with store.writing() as session:
        session.get_one(Person, town.people[4]).given_name = "Wilhelmina"
    number = town.nhs_numbers[4]
    said = f"Wilhelmina Family4 ({number[:3]} {number[3:6]}-{number[6:]}, born 5/11/1962, zz11zz) rang: she fell"
    broken(store, town, "nurse", 4, reason=said)
    get(client_as("nurse"), f"/people/{town.people[4]}")
    [opening] = openings(store)
    with store.reading() as session:
        officer = town.viewer(session, "ig")
        [row] = emergency_queue(session, officer, reviewed=False, limit=10)
        assert row == emergency_opening(session, officer, opening.id)
        assert row.reason == "[name] [name] ([NHS number], born [date of birth], [postcode]) rang: she fell"
        deeds = [(deed.action, deed.page) for deed in emergency_deeds(session, row, limit=10)]
        assert deeds == [("emergency.open", ""), ("view", "people.show")]
        assert emergency_queue(session, officer, reviewed=True, limit=10) == []


def test_emergency_journey_through_the_pages(store, town, client_as, post, get, clock):
    client = client_as("nurse")
    nothing = post(client, "/search", {"nhs_number": town.nhs_numbers[1]})
    assert "No record that you can open" in nothing.text
    begun = post(client, "/emergency-access", page=None, data={"begin": "1", "nhs_number": town.nhs_numbers[1]})
    assert f'value="{town.nhs_numbers[1]}"' in begun.text
    wrong = post(client, "/emergency-access", {"nhs_number": town.nhs_numbers[1]})
    assert wrong.status_code == 422
    assert "Select why you need this record now" in wrong.text
    given = {"nhs_number": town.nhs_numbers[1], "reason_code": "risk_to_life", "reason": "He has just had a fall"}
    response = post(client, "/emergency-access", given)
    assert response.status_code == 200
    assert "You can open this record for 60 minutes" in response.text
    assert ("view", [town.people[1]]) in audited(store)

    officer = client_as("ig")
    assert "There is a risk to somebody" in get(officer, "/governance/emergency")
    [opening] = openings(store)
    url = f"/governance/emergency/{opening.id}"
    html = get(officer, url)
    assert "He has just had a fall" in html
    assert "What did you find?" not in html
    done = post(officer, f"{url}/end", page=url)
    assert "The emergency access has ended. You can review it now." in done.text
    assert "End this access now" not in done.text
    assert client.get(f"/people/{town.people[1]}").status_code == 404
    assert "Say what follows from this finding" in post(officer, url, {"finding": "not_justified"}).text
    done = post(officer, url, {"finding": "not_justified", "note": "Spoken to"})
    assert "The review was recorded" in done.text
    assert "Not justified" in get(officer, "/governance/emergency?show=reviewed")
    assert "Spoken to" in get(officer, url)


def test_no_form_is_offered_that_break_glass_does_not_allow(store, town, client_as, get):
    case_id = led(store, town, 1, "ash.gp")
    client, person = client_as("consultant"), f"/people/{town.people[1]}"
    broken(store, town, "consultant", 1)
    forms = [f"/cases/{case_id}/{step}" for step in ("hold", "close", "need", "mdt-request")]
    for path in (*forms, f"{person}/consent/care_coordination"):
        answer = client.get(path)
        assert (answer.status_code, "in an emergency" in answer.get_data(as_text=True)) == (422, True), path
    html = get(client, f"/cases/{case_id}/lead")
    assert "The person should be told by" in html
    assert "Save that the person was told" not in html
    assert "Hand over to somebody else" not in html
    assert "Add to the care team" not in get(client, f"/cases/{case_id}/team")


def test_no_form_to_name_a_lead_hand_over_or_restrict_is_offered_through_break_glass(store, town, client_as, get):
    """A practice that may name leads, kept out by the restriction of the record alone."""
    case_id, other_id = opened(store, town, 2), led(store, town, 1, "ash.gp")
    with store.writing() as session:
        for number in (1, 2):
            session.get_one(Person, town.people[number]).restricted = True
            session.add(
                RestrictedAccess(
                    person_id=town.people[number],
                    user_id=town.users["ash.gp"],
                    given_at=NOW,
                    given_by=town.users["ash.gp"],
                )  # fmt: skip
            )
    client = client_as("ash.manager")
    for number in (1, 2):
        broken(store, town, "ash.manager", number)
    assert "Name the lead" not in get(client, f"/cases/{case_id}/lead")
    assert "Name the lead" in get(client_as("ash.gp"), f"/cases/{case_id}/lead")
    for path in (f"/cases/{other_id}/handover", f"/people/{town.people[2]}/restriction"):
        answer = client.get(path)
        assert (answer.status_code, "in an emergency" in answer.get_data(as_text=True)) == (422, True), path
    get(client_as("ash.gp"), f"/people/{town.people[2]}/restriction")
