"""What somebody at the desk decides about messages that wait: who may, what it leaves, and that nothing is changed behind them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.actions.hospital_identity import correct_message, dismiss_message, link_by_hand, retry_message
from caseload.domain.words import Role
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import HospitalMessage, Person, UserRole, WaitingNumber
from tests.support.case_app import NOW, audited
from tests.support.hospital_work import START, HospitalWork

HOUR = timedelta(hours=1)


@pytest.fixture
def hospital(store, town):
    with store.writing() as session:
        session.add_all(
            UserRole(
                user_id=town.users[name],
                role=Role.DATA_QUALITY,
                place_id=town.places[place],
                from_at=NOW - timedelta(days=9),
            )
            for name, place in (("admin", "TESTHAM"), ("integration", "SOUTH"))
        )
    return HospitalWork(store, town)


def settle(hospital, action, message_id, by="admin", version=None, **arguments):
    with hospital.store.writing() as session:
        row_version = version or session.get_one(HospitalMessage, message_id).row_version
        return action(
            session, by=hospital.town.viewer(session, by), now=NOW, message_id=message_id, row_version=row_version,
            **arguments,
        )  # fmt: skip


def row(hospital, message_id):
    with hospital.store.reading() as session:
        found = session.get_one(HospitalMessage, message_id)
        session.expunge(found)
        return found


def test_a_message_is_decided_on_again(hospital, town):
    waits = hospital.tell("A01", pid={7: "19410303"})
    answer = settle(hospital, retry_message, waits, rules=[hospital.feed])
    assert answer == {"message": waits, "state": "held"}
    with hospital.store.writing() as session:
        session.get_one(Person, town.people[1]).date_of_birth = row_birth = START.date().replace(
            year=1941, month=3, day=3
        )
    assert row_birth
    assert settle(hospital, retry_message, waits, rules=[hospital.feed])["state"] == "applied"
    assert hospital.about(waits) == ("applied", "", town.people[1])
    assert [one for one, _ in audited(hospital.store)].count("message.retry") == 2
    with pytest.raises(NotNow, match="does not wait"):
        settle(hospital, retry_message, waits, rules=[hospital.feed])


def test_who_is_here_meanwhile_is_found_by_a_message_that_was_not_acted_on(hospital, town):
    stranger = hospital.tell("A01", pid={3: "9990000980^^^NHS^NH", 7: "19410302"})
    with hospital.store.writing() as session:
        session.get_one(Person, town.people[1]).nhs_number = "9990000980"
    assert settle(hospital, retry_message, stranger, rules=[hospital.feed])["state"] == "applied"


def test_a_message_is_dismissed_with_a_reason(hospital, town):
    waits = hospital.tell("A01", person=None, local="A1")
    assert settle(hospital, dismiss_message, waits, note="Sent by mistake, says the hospital.") == waits
    found = row(hospital, waits)
    assert (found.state, found.settled_by, found.settled_note) == (
        "dismissed", town.users["admin"], "Sent by mistake, says the hospital.",
    )  # fmt: skip
    hospital.tell("A31", local="A1", visit=None)
    assert hospital.about(waits)[0] == "dismissed"
    assert hospital.apply(waits) == "dismissed"
    assert hospital.stays() == []
    with hospital.store.reading() as session:
        assert session.execute(select(WaitingNumber)).all() == []


def test_a_message_put_right_takes_the_place_of_the_one_that_waits(hospital, town):
    waits = hospital.tell("A01", pid={7: "19410303"})
    raw = row(hospital, waits).raw
    right = raw.replace(b"19410303", b"19410302")
    answer = settle(hospital, correct_message, waits, raw=right, note="Typed wrongly", rules=[hospital.feed])
    assert answer["state"] == "applied"
    old, new = row(hospital, waits), row(hospital, answer["message"])
    assert (old.state, old.raw, new.raw, new.corrects_id, new.kind) == ("corrected", raw, right, waits, "ADT^A01")
    assert new.message_key is None
    assert hospital.stays()[0][:2] == ("V1", "in-progress")
    assert ("message.correct", []) in audited(hospital.store)
    assert hospital.apply(waits) == "corrected"


def test_a_correction_that_cannot_be_read_is_refused_and_nothing_is_kept(hospital):
    waits = hospital.tell("A01", pid={7: "19410303"})
    for raw in (b"nothing", row(hospital, waits).raw.replace(b"19410303", b"19991399")):
        with pytest.raises(NotNow) as refused:
            settle(hospital, correct_message, waits, raw=raw, note="", rules=[hospital.feed])
        assert refused.value.field == "raw"
        assert "1999" not in str(refused.value)
    with hospital.store.reading() as session:
        assert len(session.execute(select(HospitalMessage.id)).all()) == 1
    assert hospital.about(waits)[0] == "held"


@pytest.mark.parametrize("by", ["ash.manager", "navigator", "ig"])
def test_only_who_looks_after_the_feeds_decides(hospital, town, by):
    waits = hospital.tell("A01", person=None, local="A1")
    number = town.nhs_numbers[1]
    for action, more in (
        (retry_message, {"rules": [hospital.feed]}),
        (dismiss_message, {"note": ""}),
        (correct_message, {"raw": b"MSH", "note": "", "rules": [hospital.feed]}),
        (link_by_hand, {"nhs_number": number, "note": "", "rules": [hospital.feed]}),
    ):
        with pytest.raises(NotThere):
            settle(hospital, action, waits, by=by, **more)
    assert hospital.about(waits)[0] == "held"


def test_people_of_another_place_are_not_found(hospital, town):
    waits = hospital.tell("A01", person=None, local="A1")
    with pytest.raises(NotNow, match="registered here"):
        settle(
            hospital,
            link_by_hand,
            waits,
            by="integration",
            nhs_number=town.nhs_numbers[1],
            note="",
            rules=[hospital.feed],
        )
    assert settle(
        hospital, link_by_hand, waits, by="integration", nhs_number=town.nhs_numbers[10], note="", rules=[hospital.feed]
    )["state"] == "applied"  # fmt: skip
    assert hospital.stays()[0][-1] == 10


def test_a_message_somebody_settled_meanwhile_conflicts(hospital):
    waits = hospital.tell("A01", person=None, local="A1")
    version = row(hospital, waits).row_version
    with hospital.store.writing() as session:
        session.get_one(HospitalMessage, waits).settled_note = "Looking into it"
    with pytest.raises(Conflict):
        settle(hospital, dismiss_message, waits, version=version, note="")


def test_a_missing_message_and_a_feed_no_longer_configured(hospital):
    with pytest.raises(NotThere):
        settle(hospital, retry_message, 999, version=1, rules=[hospital.feed])
    waits = hospital.tell("A01", person=None, local="A1")
    with pytest.raises(NotNow, match="not configured"):
        settle(hospital, retry_message, waits, rules=[])


def test_a_message_said_to_be_somebodys_stays_theirs_when_it_is_decided_on_again(hospital, town):
    """One that waits for something else as well: whose visit it is."""
    hospital.tell("A01", person=2, visit="V1")
    waits = hospital.tell("A01", person=None, local="A1", visit="V1")
    answer = settle(hospital, link_by_hand, waits, nhs_number=town.nhs_numbers[1], note="", rules=[hospital.feed])
    assert answer["state"] == "held"
    assert hospital.about(waits)[1] == "visit_of_another"
    assert (
        hospital.about(hospital.tell("A08", person=None, local="A1", visit="V2", at=START + HOUR))[2] == town.people[1]
    )
