"""What is kept of what hospitals send: every message once, byte for byte, also what is refused."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from caseload.actions.hospital_messages import Arrival, hold_message, store_messages
from caseload.domain.arrivals import NO_FEED, ArrivalOutcome
from caseload.domain.border_words import MessageState
from caseload.domain.words import NoticeKind
from caseload.intake.hospital.writer import store_all
from caseload.tables import HospitalMessage, Notice, UserRole
from tests.support.case_app import NOW, audited
from tests.support.hospital_listener import kept

TAKEN, HERE, REUSED, REFUSED = (
    ArrivalOutcome.TAKEN, ArrivalOutcome.HERE_ALREADY, ArrivalOutcome.KEY_REUSED, ArrivalOutcome.REFUSED,
)  # fmt: skip


def arrival(raw=b"MSH|one\rPID|1\r", key="k1", **told):
    return Arrival(raw=raw, feed=told.pop("feed", "royal"), message_key=key, **told)


def refused(raw=b"MSH|bad\r", reason="date", **told):
    return arrival(raw, None, refused=reason, **told)


def put(store, *arrivals, now=NOW):
    with store.writing() as session:
        return store_messages(session, now=now, arrivals=arrivals)


def outcomes(stored):
    return [one.outcome for one in stored]


def notices(store):
    with store.reading() as session:
        rows = session.execute(select(Notice.user_id, Notice.kind).order_by(Notice.id))
        return [tuple(row) for row in rows]


@pytest.fixture
def officer(town):
    """Who looks after data quality in the made-up place."""
    return town.users["data.quality"]


def test_a_message_is_kept_byte_for_byte(store):
    raw = bytes(range(256))
    [stored] = put(store, arrival(raw, "k", control_id="7", kind="ADT^A01", hl7_version="2.4", charset="cp1252"))
    with store.reading() as session:
        row = session.get_one(HospitalMessage, stored.message_id)
        assert (row.raw, row.state, row.reason_code, row.feed) == (raw, MessageState.RECEIVED, "", "royal")
        assert (row.control_id, row.kind, row.hl7_version, row.charset) == ("7", "ADT^A01", "2.4", "cp1252")
        assert (row.received_at, row.message_key, len(row.sha256)) == (NOW, "k", 64)
    assert audited(store) == []


def test_the_same_message_again_is_kept_once(store):
    first = put(store, arrival())
    again = put(store, arrival(), arrival())
    assert outcomes(first + again) == [TAKEN, HERE, HERE]
    assert {one.message_id for one in first + again} == {first[0].message_id}
    assert len(kept(store)) == 1


def test_the_same_message_twice_in_one_transaction(store):
    stored = put(store, arrival(), arrival(key="k2"), arrival())
    assert outcomes(stored) == [TAKEN, TAKEN, HERE]
    assert stored[0].message_id == stored[2].message_id != stored[1].message_id


@pytest.mark.parametrize("other", [b"MSH|one\nPID|1\n", b"MSH|one\r\nPID|1", b"\nMSH|one  \rPID|1\r\r"])
def test_the_same_message_with_other_line_ends_is_the_same(store, other):
    assert outcomes(put(store, arrival())) == [TAKEN]
    assert outcomes(put(store, arrival(other))) == [HERE]
    assert outcomes(put(store, arrival(key="k2"), arrival(other, "k2"))) == [TAKEN, HERE]


def test_other_bytes_under_a_used_key_are_held_once_and_told(store, officer):
    put(store, arrival())
    stored = put(store, arrival(b"MSH|two\rPID|1\r"), arrival(b"MSH|two\rPID|1\r"))
    again = put(store, arrival(b"MSH|two\rPID|1\r"))
    assert outcomes(stored + again) == [REUSED] * 3
    assert len({one.message_id for one in stored + again}) == 1
    assert [row[1:3] for row in kept(store)] == [("received", ""), ("held", "key_used")]
    assert notices(store) == [(officer, NoticeKind.MESSAGE_HELD)]
    assert audited(store) == [("message.held", [])]


def test_a_refused_message_is_kept_once_and_holds_no_key(store, officer):
    stored = put(store, refused(), refused(), refused(feed=NO_FEED))
    assert outcomes(stored + put(store, refused())) == [REFUSED] * 4
    assert [row[1:3] for row in kept(store)] == [("held", "date")] * 2
    assert stored[0].message_id == stored[1].message_id != stored[2].message_id
    assert notices(store) == [(officer, NoticeKind.MESSAGE_HELD)]
    assert outcomes(put(store, arrival(b"MSH|good\r"))) == [TAKEN]


def test_officers_are_told_again_once_they_have_read(store, officer):
    put(store, refused())
    with store.writing() as session:
        session.execute(select(Notice)).scalar_one().read_at = NOW
    put(store, refused(b"MSH|another\r"))
    assert notices(store) == [(officer, NoticeKind.MESSAGE_HELD)] * 2


def test_nobody_is_told_whose_role_has_ended(store, officer):
    with store.writing() as session:
        session.execute(select(UserRole).where(UserRole.user_id == officer)).scalar_one().until_at = NOW
    put(store, refused())
    assert notices(store) == []


@pytest.mark.parametrize("feed", ["royal", NO_FEED])
def test_what_was_refused_and_is_sent_again_under_other_rules_is_taken(store, feed):
    [first] = put(store, refused(b"MSH|one\r", "sender", feed=feed))
    [second] = put(store, arrival(b"MSH|one\r"))
    assert second.outcome is TAKEN
    with store.reading() as session:
        assert session.get_one(HospitalMessage, first.message_id).state is MessageState.CORRECTED
        assert session.get_one(HospitalMessage, second.message_id).corrects_id == first.message_id
    assert audited(store) == [("message.held", []), ("message.taken_after_all", [])]


def test_a_refused_message_that_somebody_dismissed_stays_so(store):
    [first] = put(store, refused(b"MSH|one\r"))
    with store.writing() as session:
        session.get_one(HospitalMessage, first.message_id).state = MessageState.DISMISSED
    put(store, refused(b"MSH|one\r"))
    [second] = put(store, arrival(b"MSH|one\r"))
    assert [row[1] for row in kept(store)] == ["dismissed", "received"]
    with store.reading() as session:
        assert session.get_one(HospitalMessage, second.message_id).corrects_id is None


def test_text_that_a_column_cannot_hold(store):
    [stored] = put(store, arrival(control_id="a\x00b\ud800" + "x" * 300, kind="K" * 30, charset="\x00"))
    with store.reading() as session:
        row = session.get_one(HospitalMessage, stored.message_id)
        assert (row.control_id[:4], len(row.control_id), len(row.kind), row.charset) == ("ab?x", 200, 20, "")


def test_a_message_without_a_key_is_never_taken(store):
    [stored] = put(store, arrival(key=None))
    assert stored.outcome is REFUSED
    assert kept(store)[0][1:3] == ("held", "control_id")


def test_holding_a_message(store, officer):
    [stored] = put(store, arrival())
    with store.writing() as session:
        hold_message(session, now=NOW, message_id=stored.message_id, reason="our_fault")
    assert kept(store)[0][1:3] == ("held", "our_fault")
    assert notices(store) == [(officer, NoticeKind.MESSAGE_HELD)]
    assert audited(store) == [("message.held", [])]


@pytest.mark.parametrize("state", [state for state in MessageState if state is not MessageState.RECEIVED])
def test_a_message_that_another_decided_on_meanwhile_is_not_held(store, officer, state):
    [stored] = put(store, arrival())
    with store.writing() as session:
        row = session.get_one(HospitalMessage, stored.message_id)
        row.state, row.reason_code = state, "as it was"
    with store.writing() as session:
        assert hold_message(session, now=NOW, message_id=stored.message_id, reason="our_fault") is state
    assert kept(store)[0][1:3] == (state.value, "as it was")
    assert (notices(store), audited(store)) == ([], [])


def test_bytes_that_are_kept_are_never_changed(store):
    [stored] = put(store, arrival())
    with pytest.raises(DBAPIError), store.writing() as session:
        session.get_one(HospitalMessage, stored.message_id).raw = b"other"
    assert kept(store)[0][3] == b"MSH|one\rPID|1\r"


def test_one_message_that_cannot_be_stored_does_no_harm_to_the_others(store, monkeypatch):
    """As where a column took exception to it; each is then stored by itself."""
    from caseload.intake.hospital import writer

    def storing(session, *, now, arrivals):
        if any(b"poison" in one.raw for one in arrivals):
            raise ValueError("a message that cannot be stored")
        return store_messages(session, now=now, arrivals=arrivals)

    monkeypatch.setattr(writer, "store_messages", storing)
    stored = store_all(store, [arrival(), arrival(b"poison", "k2"), arrival(b"MSH|three", "k3")], NOW)
    assert [one and one.outcome for one in stored] == [TAKEN, None, TAKEN]
    assert [row[3] for row in kept(store)] == [b"MSH|one\rPID|1\r", b"MSH|three"]


def test_a_database_that_was_first_somewhere_else(store, monkeypatch):
    """Another program stores the same message between our looking and our storing."""
    from caseload.intake.hospital import writer

    calls = []

    def storing(session, *, now, arrivals):
        calls.append(len(arrivals))
        if len(calls) == 1:
            session.execute(HospitalMessage.__table__.insert().values(**_row("k1")))
            session.execute(HospitalMessage.__table__.insert().values(**_row("k1")))
        return store_messages(session, now=now, arrivals=arrivals)

    monkeypatch.setattr(writer, "store_messages", storing)
    stored = store_all(store, [arrival(), arrival(b"MSH|two", "k2")], NOW)
    assert (calls, [one.outcome for one in stored]) == ([2, 2], [TAKEN, TAKEN])
    assert len(kept(store)) == 2


def _row(key):
    return {
        "feed": "royal", "received_at": NOW, "raw": b"", "sha256": "0" * 64, "message_key": key, "control_id": "",
        "kind": "", "hl7_version": "", "charset": "", "state": "received", "reason_code": "", "settled_note": "", "row_version": 1,
    }  # fmt: skip
