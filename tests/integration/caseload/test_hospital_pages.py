"""The data quality officer's pages: what is shown of held messages and to whom, and what is done about them."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from caseload.actions.consent import NOTHING, record_consent
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.queries.hospital_messages import held_by_reason
from caseload.tables import (
    AuditEvent,
    FeedHeard,
    HospitalMessage,
    IdentityChange,
    Notice,
    PersonIdentifier,
    RestrictedAccess,
    UserRole,
)
from interfaces.hl7v2.refusals import Reason
from tests.support.case_app import NOW, audited
from tests.support.hospital_at_work import Sender, configure_royal

READ = "hospital_message.read"


@pytest.fixture(autouse=True)
def royal(store, town):
    """The feed, whose rules the pages know."""
    configure_royal()
    return Sender(store, town)


@pytest.fixture
def officer(client_as):
    return client_as("data.quality")


def acts(store, action):
    """What was audited under a code: the people and the rest."""
    with store.reading() as session:
        rows = session.execute(select(AuditEvent.detail).where(AuditEvent.action == action).order_by(AuditEvent.number))
        return [json.loads(row.detail) for row in rows]


def views(store):
    return [(one["page"], one["people"]) for one in acts(store, "view")]


def row_of(store, message_id):
    with store.reading() as session:
        row = session.get_one(HospitalMessage, message_id)
        session.expunge(row)
        return row


def only_of(store, town, place):
    """The officer's place is this one alone."""
    with store.writing() as session:
        role = session.execute(select(UserRole).where(UserRole.user_id == town.users["data.quality"])).scalar_one()
        role.place_id = town.places[place]


def unverified(royal, number, **told):
    """A held message about somebody."""
    told = {"local": f"L{number}", "visit": f"V{number}", **told}
    return royal.send("A01", person=number, verified=False, **told)


def test_feeds_are_shown_with_what_they_sent_and_whether_they_are_silent(store, royal, officer, get):
    royal.send("A01", local="A1")
    unverified(royal, 2)
    assert "Nothing came" not in get(officer, "/hospital")
    page = get(officer, "/hospital")
    assert re.search(r'href="/hospital/held\?feed=royal"[^>]*>1<', page)
    assert "Never" in page
    with store.writing() as session:
        session.add(FeedHeard(feed="royal", last_at=NOW - timedelta(minutes=59)))
    assert "Not silent" in get(officer, "/hospital")
    with store.writing() as session:
        session.get_one(FeedHeard, "royal").last_at = NOW - timedelta(minutes=61)
    assert ">Silent<" in get(officer, "/hospital")


def test_the_list_says_why_and_nothing_of_whom(store, town, royal, officer, get):
    first, second = (
        unverified(royal, 1),
        royal.send("A03", person=2, refused=Reason.DATE, pid={7: "19999999", 5: "Seen^Nobody"}),
    )
    page = get(officer, "/hospital/held")
    assert page.index(f"Message {first}<") < page.index(f"Message {second}<")
    assert "The oldest first. Nothing is filtered out." in page
    assert "A date or time in it is none" in page
    assert "A03: discharged" in page
    for value in (town.nhs_numbers[1], "L1", "Seen", "Family1", "V1"):
        assert value not in re.sub(r"<[^>]*>", " ", page.partition("<main")[2])
    filtered = get(officer, "/hospital/held?feed=royal&reason=date")
    assert f"Message {second}<" in filtered
    assert f"Message {first}<" not in filtered
    assert "This list is filtered." in filtered
    assert views(store) == []


def test_the_list_is_paged_by_row(royal, app, officer, get):
    ids = [unverified(royal, 1, local="X", visit=f"V{n}") for n in range(60)]
    page = get(officer, "/hospital/held")
    after = re.search(r'href="(/hospital/held\?after=\d+)"', page)[1]
    following = get(officer, after)
    shown = [*map(int, re.findall(r">Message (\d+)<", page + following))]
    assert shown == ids


def test_what_a_message_says_is_shown_escaped_when_asked_for_and_that_is_written_down(store, town, royal, officer, get):
    held = unverified(royal, 1, pid={5: "<script>x</script>^Ada", 7: "19419999"})
    page = get(officer, f"/hospital/messages/{held}")
    assert "Ada" not in page
    assert acts(store, READ) == []
    raw = get(officer, f"/hospital/messages/{held}/raw")
    assert "&lt;script&gt;x&lt;/script&gt;^Ada" in raw
    assert "PID-7, look here: </span>19419999</mark>" in raw
    assert [one["message"] for one in acts(store, READ)] == [held]
    assert views(store) == [("hospital.raw", [town.people[1]])]
    assert "Ada" not in json.dumps(acts(store, READ))


def test_a_message_about_nobody_is_read_with_an_event_of_its_own(store, royal, officer, get):
    held = royal.send("A01", person=None, local="Q7", pid={5: "Nobody^Known"})
    assert "Nobody^Known" in get(officer, f"/hospital/messages/{held}/raw")
    assert [one["message"] for one in acts(store, READ)] == [held]
    assert views(store) == []


CLOSED = {
    "a restricted record": {"number": 4},
    "restricted, by the hospital's number alone": {"number": None, "local": "R4", "linked": 4},
    "restricted, by name alone": {"number": None, "pid": {5: "FAMILY4^Given4"}},
    "restricted, by birth and a part of the name": {"number": None, "pid": {5: "Family4^Bob", 7: "19621105"}},
    "a number in a field where none belongs": {"number": None, "pid": {2: "999 000 0042"}},
    "a sensitive visit": {"number": 1, "pv1": {16: "VIP"}},
    "sharing refused": {"number": 2, "refused_by": 2},
}


@pytest.mark.parametrize("case", CLOSED.values(), ids=CLOSED)
def test_what_is_closed_is_told_by_its_row_alone(store, town, royal, officer, get, post, case):
    case = dict(case)
    number, linked, refused_by = case.pop("number"), case.pop("linked", None), case.pop("refused_by", None)
    if linked:
        with store.writing() as session:
            session.add(
                PersonIdentifier(
                    person_id=town.people[linked], feed="royal", authority="RYX", kind="MR", value="R4", from_at=NOW
                )
            )
    if refused_by:
        with store.writing() as session:
            record_consent(
                session, by=town.viewer(session, "ash.manager"), now=NOW, person_id=town.people[refused_by],
                purpose=ConsentPurpose.SHARING_HEALTH, state=ConsentState.REFUSED, how=ConsentHow.SAID, seen_id=NOTHING,
            )  # fmt: skip
    if 2 in case.get("pid", {}):
        case["pid"] = {2: town.nhs_numbers[4]}
    told = {"local": f"L{number or 0}", "visit": "V77", **case}
    raw = royal.work.raw("A01", person=number, verified=False, **told)
    held = royal.keep(raw, kind="ADT^A01", refused=Reason.OUR_FAULT)
    here = f"/hospital/messages/{held}"
    assert f"Message {held}<" in get(officer, "/hospital/held")
    page = get(officer, here)
    assert "is not shown to you" in page
    assert "/raw" not in page
    for path in ("raw", "correct", "link"):
        assert officer.get(f"{here}/{path}").status_code == 404
    with store.reading() as session:
        before = session.execute(select(func.count()).select_from(HospitalMessage)).scalar_one()
    for path in ("correct", "link"):
        sent = {"form_key": "k" * 32, "row_version": "1", "raw": raw.decode(), "note": "x", "nhs_number": town.nhs_numbers[1],
                "born-day": "2", "born-month": "3", "born-year": "1941", "seen": str(town.people[1])}  # fmt: skip
        sent["csrf_token"] = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]
        assert officer.post(f"{here}/{path}", data=sent).status_code == 404
    with store.reading() as session:
        assert session.execute(select(func.count()).select_from(HospitalMessage)).scalar_one() == before
    assert acts(store, READ) == []
    assert views(store) == []
    assert "was dismissed" in post(officer, f"{here}/dismiss", {"note": "Sent again"}, page=here).text


def test_who_is_named_for_a_restricted_record_reads_it(store, town, royal, officer, get):
    held = unverified(royal, 4)
    with store.writing() as session:
        session.add(
            RestrictedAccess(
                person_id=town.people[4], user_id=town.users["data.quality"], given_at=NOW, given_by=town.users["admin"]
            )
        )
    assert town.nhs_numbers[4] in get(officer, f"/hospital/messages/{held}/raw")
    assert views(store) == [("hospital.raw", [town.people[4]])]


def test_nobody_is_told_of_messages_about_people_of_another_place(store, town, royal, officer, get, post):
    mine, theirs = unverified(royal, 1), unverified(royal, 10)
    royal.send("A01", person=10, local="T10", visit="V90")
    linked = royal.send(
        "A01", person=None, local="T10", visit="V91", pid={3: "T10^^^RYX^MR~T11^^^RYX^MR", 7: "19000101"}
    )
    merge = royal.work.merge("N10", "T10", at=NOW)
    only_of(store, town, "NORTH")
    with store.reading() as session:
        assert sum(held_by_reason(session, town.viewer(session, "data.quality")).values()) == 1
        (change,) = session.execute(select(IdentityChange.id)).scalars()
    page = get(officer, "/hospital/held")
    assert f"Message {mine}<" in page
    assert f"Message {theirs}<" not in page
    for one in (theirs, linked, merge):
        assert officer.get(f"/hospital/messages/{one}").status_code == 404
        assert officer.get(f"/hospital/messages/{one}/raw").status_code == 404
    assert "No number was changed" in get(officer, "/hospital/identities")
    assert officer.get(f"/hospital/identities/{change}").status_code == 404


def test_a_message_is_linked_after_the_two_were_compared(store, town, royal, officer, get, post):
    held = unverified(royal, 2, pid={5: "FAMILY2^Given2", 11: "9 Other Road^^^^ZZ9 9ZZ"})
    here = f"/hospital/messages/{held}/link"
    typed = {"nhs_number": town.nhs_numbers[2], "born-day": "15", "born-month": "7", "born-year": "1958"}
    wrong = post(officer, here, {**typed, "born-day": "16"})
    assert wrong.status_code == 422
    assert "There is nobody to link with this NHS number and date of birth" in wrong.text
    compare = post(officer, here, typed)
    assert compare.status_code == 200
    assert "2 Test Street" in compare.text
    assert "9 Other Road" in compare.text
    assert ">Different<" in compare.text
    assert ("hospital_acts.link", [town.people[2]]) in views(store)
    assert row_of(store, held).state == "held"
    seen = {**typed, "seen": str(town.people[2])}
    unsaid = post(officer, here, {**seen, "note": " "})
    assert (unsaid.status_code, row_of(store, held).state) == (422, "held")
    done = post(officer, here, {**seen, "note": "The ward read the wristband out"})
    assert "The message was acted on." in done.text
    row = row_of(store, held)
    assert (row.state, row.person_id, row.settled_by) == ("applied", town.people[2], town.users["data.quality"])
    assert ("message.link", [town.people[2]]) in audited(store)
    with store.reading() as session:
        (change,) = session.execute(select(IdentityChange.id)).scalars()
    undone = post(officer, f"/hospital/identities/{change}/undo", page=f"/hospital/identities/{change}")
    assert "It was taken back. 1 message waits again." in undone.text
    assert row_of(store, held).state == "held"
    again = officer.post(f"/hospital/identities/{change}/undo", data=_sent(get(officer, here)))
    assert again.status_code == 409


def _sent(page):
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]
    return {"csrf_token": token, "form_key": "z" * 32, "row_version": "1"}


@pytest.mark.parametrize("number", [4, 10])
def test_nobody_is_found_to_link_who_is_closed_or_elsewhere(store, town, royal, officer, post, number):
    born = royal.work.born(number)
    held = royal.send("A01", person=None, local="Q7")
    only_of(store, town, "NORTH")
    typed = {
        "nhs_number": town.nhs_numbers[number],
        "born-day": str(born.day),
        "born-month": str(born.month),
        "born-year": str(born.year),
    }
    for seen in ({}, {"seen": str(town.people[number]), "note": "x"}):
        page = post(officer, f"/hospital/messages/{held}/link", {**typed, **seen})
        assert page.status_code == 422
        assert "There is nobody to link" in page.text
        assert f"Given{number}" not in page.text
    assert row_of(store, held).person_id is None


def test_a_copy_put_right_takes_the_place_and_the_original_stays(store, town, royal, officer, get, post):
    held = royal.send("A01", visit="V2", pid={7: "19419999"}, refused=Reason.DATE)
    before = row_of(store, held)
    here = f"/hospital/messages/{held}/correct"
    text = before.raw.decode().replace("\r", "\r\n")
    assert "19419999" in get(officer, here)
    for typed, sentence in (
        (text, "Nothing was changed"),
        (text.replace("19419999", "19418888"), "PID-7"),
        (text.replace("19419999", "19410302").replace(town.nhs_numbers[1], town.nhs_numbers[4]), "not open to you"),
    ):
        page = post(officer, here, {"raw": typed, "note": "Asked the ward"})
        assert page.status_code == 422
        assert sentence in page.text
        assert typed.splitlines()[2] in page.text
    done = post(officer, here, {"raw": text.replace("19419999", "19410302"), "note": "Asked the ward"})
    assert "The message was acted on." in done.text
    after = row_of(store, held)
    assert (after.raw, after.sha256, after.state) == (before.raw, before.sha256, "corrected")
    with store.reading() as session:
        copy = session.execute(select(HospitalMessage).where(HospitalMessage.corrects_id == held)).scalar_one()
        assert copy.raw == before.raw.replace(b"19419999", b"19410302")
        assert (copy.state, copy.person_id) == ("applied", town.people[1])
    assert "Its place was taken by" in get(officer, f"/hospital/messages/{held}")
    assert "message.correct" in {action for action, _ in audited(store)}


def test_a_message_is_decided_on_again_and_one_is_dismissed(store, town, royal, officer, get, post):
    again = royal.send("A01", local="A1", refused=Reason.OUR_FAULT)
    here = f"/hospital/messages/{again}"
    assert "The message was acted on." in post(officer, f"{here}/retry", page=here).text
    assert row_of(store, again).state == "applied"
    gone = unverified(royal, 2)
    here = f"/hospital/messages/{gone}"
    empty = post(officer, f"{here}/dismiss", {"note": " "}, page=here)
    assert (empty.status_code, row_of(store, gone).state) == (422, "held")
    assert "Error: " in empty.text
    post(officer, f"{here}/dismiss", {"note": "Sent again by the ward"}, page=here)
    assert (row_of(store, gone).state, row_of(store, gone).settled_note) == ("dismissed", "Sent again by the ward")
    assert "Settle it" not in get(officer, here)
    assert {"message.retry", "message.dismiss"} <= {action for action, _ in audited(store)}


def test_whoever_is_second_is_told_so_and_keeps_what_they_typed(store, town, royal, officer, get, post):
    held = unverified(royal, 2)
    here = f"/hospital/messages/{held}"
    stale = get(officer, here)
    with store.writing() as session:
        session.get_one(HospitalMessage, held).settled_note = "x"
    fields = {**_sent(stale), "row_version": re.search(r'name="row_version" value="(\d+)"', stale)[1]}
    page = officer.post(f"{here}/dismiss", data={**fields, "note": "Sent again"})
    assert page.status_code == 409
    assert "Sent again" in page.text
    assert row_of(store, held).state == "held"


def test_a_form_sent_twice_does_it_once(store, royal, officer, get):
    held = unverified(royal, 2)
    page = get(officer, f"/hospital/messages/{held}")
    fields = {
        **_sent(page),
        "row_version": re.search(r'name="row_version" value="(\d+)"', page)[1],
        "note": "Sent again",
    }
    answers = [officer.post(f"/hospital/messages/{held}/dismiss", data=fields) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert [action for action, _ in audited(store)].count("message.dismiss") == 1


def test_the_pages_are_for_whoever_settles_messages(royal, client_as):
    held = unverified(royal, 1)
    for username in ("ash.manager", "ig", "admin", "integration"):
        for path in ("", "/held", "/identities", f"/messages/{held}", f"/messages/{held}/raw"):
            assert client_as(username).get(f"/hospital{path}").status_code == 404


def test_notices_lead_to_the_list_and_the_feeds(store, town, royal, officer, get):
    unverified(royal, 1)
    with store.writing() as session:
        session.add(Notice(user_id=town.users["data.quality"], kind="feed_silent", at=NOW))
    page = get(officer, "/notices")
    assert 'href="/hospital/held"' in page
    assert 'href="/hospital">See the hospitals’ feeds' in page
    assert 'href="/hospital">Hospital messages' in page
