"""An audit log that was touched is found out, and the first bad event is named; six events are written, then attacked."""

import threading
from datetime import timedelta, timezone

import pytest
from sqlalchemy import select, text

from caseload.actions.audit import record
from caseload.audit_chain import FIRST_HASH, check_note, event_hash, verify
from caseload.exceptions import AuditBroken
from caseload.secrets import Secrets
from caseload.tables import AuditEvent, AuditSubject
from tests.support.attacks import attack
from tests.support.case_app import NOW, audited
from tests.support.patience import until

OTHER = Secrets.of("a secret that somebody else made up, long enough")


def tell(store, town, *numbers, action="view", now=NOW):
    with store.writing() as session:
        people = [town.people[number] for number in numbers]
        record(session, action, by=town.users["navigator"], now=now, people=people, page="people.show")


@pytest.fixture
def told(store, town):
    """Six events: five about one person each, the third about two more."""
    for number in (1, 2, 3, 6, 7, 8):
        tell(store, town, number, *((10, 11) if number == 3 else ()), now=NOW + timedelta(minutes=number))
    return store


def verified(store):
    with store.reading() as session:
        return verify(session, store.secrets.audit)


def broken(store, found):
    with pytest.raises(AuditBroken, match=found) as caught:
        verified(store)
    return caught.value


def hash_of(store, number):
    with store.reading() as session:
        return session.execute(select(AuditEvent.hash).where(AuditEvent.number == number)).scalar_one()


def test_untouched_log_is_sound_and_its_last_event_known(told):
    found = verified(told)
    assert (found.events, found.last_hash) == (6, hash_of(told, 6))


def test_log_without_events_is_sound(store):
    found = verified(store)
    assert (found.events, found.last_hash) == (0, FIRST_HASH)


def test_log_is_read_in_batches_that_do_not_matter(told, monkeypatch):
    whole = verified(told)
    monkeypatch.setattr("caseload.audit_chain._BATCH", 2)
    assert verified(told) == whole


def test_moment_given_in_another_time_zone_is_the_same_moment(store, town):
    tell(store, town, 1, now=NOW.astimezone(timezone(timedelta(hours=1))))
    assert verified(store).events == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "'2026-10-04 09:00:00'"),
        ("user_id", "1"),
        ("user_id", "NULL"),
        ("action", "'sign_in'"),
        ("case_id", "1"),
        ("detail", "replace(detail, 'people.show', 'people.hide')"),
        ("detail", "detail || ' '"),
        ("previous_hash", "'" + "0" * 64 + "'"),
        ("hash", "'" + "f" * 64 + "'"),
    ],
)
def test_each_changed_column_is_found(told, column, value):
    attack(told.engine, f"UPDATE audit_event SET {column} = {value} WHERE number = 4")
    broken(told, "event 4 is not as it was written")


def test_changed_number_is_found(told):
    attack(
        told.engine,
        "UPDATE audit_event SET number = 40 WHERE number = 4",
        "UPDATE audit_subject SET number = 40 WHERE number = 4",
    )
    broken(told, "event 4 is missing")


def test_event_hashed_again_under_another_key_is_found(told):
    with told.reading() as session:
        event = session.get_one(AuditEvent, 4)
        event.user_id = None
        forged = event_hash(OTHER.audit, event)
    attack(told.engine, f"UPDATE audit_event SET user_id = NULL, hash = '{forged}' WHERE number = 4")
    broken(told, "event 4 is not as it was written")


def test_log_under_another_key_is_found_at_its_first_event(told):
    with told.reading() as session, pytest.raises(AuditBroken, match="event 1 is not as it was written"):
        verify(session, OTHER.audit)


def test_removed_event_is_found(told):
    attack(told.engine, "DELETE FROM audit_event WHERE number = 3", "DELETE FROM audit_subject WHERE number = 3")
    broken(told, "event 3 is missing")


def test_removed_first_event_is_found(told):
    attack(told.engine, "DELETE FROM audit_event WHERE number = 1", "DELETE FROM audit_subject WHERE number = 1")
    broken(told, "event 1 is missing")


def test_removed_event_whose_place_the_next_ones_took_is_found(told):
    moved = [
        f"UPDATE {table} SET number = {number} WHERE number = {number + 1}"
        for number in (3, 4, 5)
        for table in ("audit_event", "audit_subject")
    ]
    attack(
        told.engine,
        "DELETE FROM audit_event WHERE number = 3",
        "DELETE FROM audit_subject WHERE number = 3",
        *moved,
        "UPDATE audit_head SET number = 5",
    )
    broken(told, "event 3 is not as it was written")


def test_cut_off_tail_is_found(told):
    attack(told.engine, "DELETE FROM audit_event WHERE number > 4", "DELETE FROM audit_subject WHERE number > 4")
    broken(told, "the log ends at event 4 where its head says 6")


def test_cut_off_tail_with_its_people_left_is_found(told):
    attack(
        told.engine,
        "DELETE FROM audit_event WHERE number > 4",
        f"UPDATE audit_head SET number = 4, hash = '{hash_of(told, 4)}'",
    )
    broken(told, "people are listed for event 5")


def test_cut_off_tail_with_its_head_put_back_is_found_by_an_earlier_note(told):
    """Without a note nothing tells a shorter log from a longer one: that is why the note is kept elsewhere."""
    noted = verified(told)
    attack(
        told.engine,
        "DELETE FROM audit_event WHERE number > 4",
        "DELETE FROM audit_subject WHERE number > 4",
        f"UPDATE audit_head SET number = 4, hash = '{hash_of(told, 4)}'",
    )
    assert verified(told).events == 4
    with told.reading() as session, pytest.raises(AuditBroken, match="event 6 is not the one that was noted"):
        check_note(session, noted)


def test_tail_written_again_after_it_was_cut_is_found_by_an_earlier_note(told, town):
    noted = verified(told)
    attack(
        told.engine,
        "DELETE FROM audit_event WHERE number > 4",
        "DELETE FROM audit_subject WHERE number > 4",
        f"UPDATE audit_head SET number = 4, hash = '{hash_of(told, 4)}'",
    )
    for _ in range(3):
        tell(told, town, 1)
    assert verified(told).events == 7
    with told.reading() as session, pytest.raises(AuditBroken, match="event 6 is not the one that was noted"):
        check_note(session, noted)


def test_note_still_holds_after_further_events(told, town):
    noted = verified(told)
    tell(told, town, 1)
    with told.reading() as session:
        check_note(session, noted)


def test_emptied_log_is_found_by_an_earlier_note(told):
    noted = verified(told)
    attack(
        told.engine,
        "DELETE FROM audit_subject",
        "DELETE FROM audit_event",
        f"UPDATE audit_head SET number = 0, hash = '{FIRST_HASH}'",
    )
    assert verified(told).events == 0
    with told.reading() as session, pytest.raises(AuditBroken, match="event 6"):
        check_note(session, noted)


def test_emptied_log_is_found_by_its_head(told):
    attack(told.engine, "DELETE FROM audit_subject", "DELETE FROM audit_event")
    broken(told, "the log ends at event 0 where its head says 6")


def test_events_that_changed_places_are_found(told):
    swapped = [
        f"UPDATE {table} SET number = {to} WHERE number = {number}"
        for number, to in ((3, 30), (4, 3), (30, 4))
        for table in ("audit_event", "audit_subject")
    ]
    attack(told.engine, *swapped)
    broken(told, "event 3 is not as it was written")


def test_event_put_in_at_the_end_is_found(told):
    attack(
        told.engine,
        "INSERT INTO audit_event (number, at, user_id, action, case_id, detail, previous_hash, hash) "
        "SELECT 7, at, user_id, action, case_id, detail, hash, hash FROM audit_event WHERE number = 6",
        "INSERT INTO audit_subject (person_id, number) SELECT person_id, 7 FROM audit_subject WHERE number = 6",
        "UPDATE audit_head SET number = 7",
    )
    broken(told, "event 7 is not as it was written")


def test_event_put_in_between_is_found(told):
    moved = [
        f"UPDATE {table} SET number = {number + 1} WHERE number = {number}"
        for number in (6, 5, 4)
        for table in ("audit_event", "audit_subject")
    ]
    attack(
        told.engine,
        *moved,
        "INSERT INTO audit_event (number, at, user_id, action, case_id, detail, previous_hash, hash) "
        "SELECT 4, at, user_id, action, case_id, detail, hash, hash FROM audit_event WHERE number = 3",
        "UPDATE audit_head SET number = 7",
    )
    broken(told, "event 4 is not as it was written")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM audit_subject WHERE number = 3 AND person_id = {ten}",
        "INSERT INTO audit_subject (person_id, number) VALUES ({twelve}, 3)",
        "UPDATE audit_subject SET person_id = {twelve} WHERE number = 3 AND person_id = {ten}",
        "UPDATE audit_subject SET number = 3 WHERE number = 2",
    ],
    ids=["removed", "added", "exchanged", "moved"],
)
def test_changed_list_of_people_is_found(told, town, change):
    attack(told.engine, change.format(ten=town.people[10], twelve=town.people[12]))
    named = "2" if "number = 2" in change else "3"
    broken(told, f"event {named} no longer lists the people it concerned")


def test_people_listed_for_an_event_that_never_was_are_found(told, town):
    attack(told.engine, f"INSERT INTO audit_subject (person_id, number) VALUES ({town.people[1]}, 9)")
    broken(told, "people are listed for event 9")


def test_head_alone_changed_is_found(told):
    attack(told.engine, "UPDATE audit_head SET number = 9")
    broken(told, "the log ends at event 6 where its head says 9")


def test_head_of_another_hash_is_found(told):
    attack(told.engine, f"UPDATE audit_head SET hash = '{FIRST_HASH}'")
    broken(told, "the log ends at event 6")


def test_missing_head_is_found(told):
    attack(told.engine, "DELETE FROM audit_head")
    broken(told, "head row")


def test_answer_says_what_to_do(told):
    attack(told.engine, "UPDATE audit_event SET action = 'x' WHERE number = 2")
    error = broken(told, "event 2")
    assert error.exit_code == 6
    assert "Keep this database as evidence" in error.todo


def test_log_verifies_while_others_write(told, town):
    """What is verified is one moment of the log: a writer in between must not look like an attacker."""
    stop = threading.Event()

    def write():
        while not stop.is_set():
            tell(told, town, 1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [verified(told).events for _ in range(30)]
        assert until(lambda: verified(told).events > seen[0])
    finally:
        stop.set()
        writer.join()
    assert seen == sorted(seen)


def test_people_of_an_event_are_found_from_their_side(told, town):
    with told.reading() as session:
        found = session.execute(select(AuditSubject.number).where(AuditSubject.person_id == town.people[10]))
        assert list(found.scalars()) == [3]


def test_events_are_numbered_without_gaps_over_many_transactions(told, town):
    def fails():
        with told.writing() as session:
            record(session, "view", by=None, now=NOW, people=[town.people[1]])
            raise RuntimeError  # a transaction that fails takes its events with it

    with pytest.raises(RuntimeError):
        fails()
    tell(told, town, 1)
    with told.reading() as session:
        assert list(session.execute(text("SELECT number FROM audit_event ORDER BY number")).scalars()) == list(
            range(1, 8)
        )
    assert len(audited(told)) == 7


def test_act_outside_a_writing_transaction_is_refused(store):
    with store.reading() as session, pytest.raises(RuntimeError, match="writing transaction"):
        record(session, "view", by=None, now=NOW)
