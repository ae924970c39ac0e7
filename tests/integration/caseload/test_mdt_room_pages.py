"""The pages of a meeting's room: thirty people on one page, from one to the next, minutes as each reader may read them."""

import re
from datetime import date

import pytest

from caseload.actions.consent import record_consent
from caseload.actions.emergency import open_in_emergency
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.emergency_access import EmergencyReason
from caseload.domain.plan_words import AgendaReason, MeetingState
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.tables import AgendaItem, Draft, MdtAction, MdtDecision, MdtMeeting, Person
from tests.integration.caseload.conftest import form_fields
from tests.support.case_app import NOW, audited
from tests.support.led_cases import led, opened
from tests.support.mdt_work import NOTES, make_room
from tests.support.packs import nhs
from tests.support.pdf_pages import read_pdf, words
from tests.support.statements import statements

DAY = {"next_review_on-day": "2", "next_review_on-month": "11", "next_review_on-year": "2026"}


@pytest.fixture
def room(store, town):
    """Persons 1 (led by ash.gp) and 6, whom the chair may open, and 10 of another place."""
    cases = {1: led(store, town, 1, "ash.gp", "medical"), 10: opened(store, town, 10), 6: opened(store, town, 6)}
    return make_room(store, town, cases)


def address(room, page):
    return f"/mdt/meetings/{room.meeting_id}/{page}"


def item_path(room, number):
    return f"/mdt/items/{room.items[number]}"


def test_the_room_shows_every_item_and_only_its_number_where_the_person_may_not_be_opened(
    room, client_as, get, store, town
):
    html = get(client_as("navigator"), address(room, "room"))
    assert "FAMILY1, Given1" in html
    assert "FAMILY6" in html
    assert "Family10" not in html
    assert "FAMILY10" not in html
    assert html.count("Not shown to you") == 2  # the item, and what the words mean
    assert "0 of 3 items have an outcome" in html
    assert audited(store)[-1] == ("view", sorted([town.people[1], town.people[6]]))


def test_whoever_said_no_since_the_agenda_was_locked_is_said_so_and_their_score_is_no_reason(
    room, client_as, get, store, town
):
    with store.writing() as session:
        item = session.get_one(AgendaItem, room.items[1])
        item.reason, item.reason_text = AgendaReason.RISING, "From moderate to very high"
        by = town.viewer(session, "ash.manager")
        for purpose in (ConsentPurpose.CARE_COORDINATION, ConsentPurpose.SHARING_VOLUNTARY):
            said = {"state": ConsentState.REFUSED, "how": ConsentHow.SAID, "seen_id": 0}
            record_consent(session, by=by, now=NOW, person_id=town.people[1], purpose=purpose, **said)
    html = get(client_as("navigator"), address(room, "room"))
    assert "Does not want care coordination" in html
    assert "Not to be shared with: voluntary sector" in html
    assert "From moderate to very high" in html
    with store.writing() as session:
        by = town.viewer(session, "ash.manager")
        record_consent(
            session, by=by, now=NOW, person_id=town.people[1], purpose=ConsentPurpose.RISK_STRATIFICATION, **said
        )
    for page in (address(room, "room"), item_path(room, 1), address(room, "minutes")):
        assert "From moderate to very high" not in get(client_as("navigator"), page)


def test_saving_one_goes_on_to_the_next_that_has_no_outcome_and_back_to_the_room_after_the_last(room, client_as, post):
    client = client_as("navigator")
    decided = {"outcome": "continue", "rationale": "It goes well", "then": "next", **NOTES}
    first = post(client, item_path(room, 1), decided, follow=False)
    assert (first.status_code, first.location) == (303, item_path(room, 6))
    assert room.row(AgendaItem, room.items[1]).latest == "Home again"
    last = post(client, item_path(room, 6), decided | DAY, follow=False)
    assert last.location == address(room, "room")
    assert [row.next_review_on for row in room.rows(MdtDecision)] == [None, date(2026, 11, 2)]


def test_saving_may_stay_and_add_one_action_after_another(room, client_as, post, town):
    client = client_as("navigator")
    for what in ("Ring the pharmacy", "Visit at home"):
        answer = post(client, item_path(room, 1), {"what": what, "owner_id": str(town.users["ash.gp"]), "then": "stay"})
        assert what in answer.text
    assert [(row.what, row.owner_id, row.due_on) for row in room.rows(MdtAction)] == [
        ("Ring the pharmacy", town.users["ash.gp"], None), ("Visit at home", town.users["ash.gp"], None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"outcome": "refer"}, "Enter why this was decided"),
        ({"rationale": "Because"}, "Select a decision"),
        ({"outcome": "remove_all", "rationale": "x"}, "Select a decision"),
        ({"due_on-day": "12", "due_on-month": "10", "due_on-year": "2026"}, "Enter what has to be done"),
        ({"what": "Ring", "owner_id": "999999"}, "Select an owner from the list"),
        ({"what": "Ring", "due_on-day": "1", "due_on-month": "10", "due_on-year": "2026"}, "before the meeting"),
        ({"outcome": "refer", "rationale": "x", "next_review_on-day": "31", "next_review_on-month": "2", "next_review_on-year": "2027"}, "must be a real date"),
        ({"situation": "x" * 4001}, "must be 4,000 characters or fewer"),
    ],
)  # fmt: skip
def test_a_form_with_something_wrong_is_shown_again_with_what_was_typed(room, client_as, post, typed, said):
    answer = post(client_as("navigator"), item_path(room, 1), {"latest": "Words that stay", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "There is a problem" in answer.text
    assert "Words that stay" in answer.text
    assert room.rows(MdtAction) == room.rows(MdtDecision) == []
    assert room.row(AgendaItem, room.items[1]).latest == ""


def test_the_second_of_two_note_takers_is_shown_both_texts_and_loses_none(room, client_as, store):
    one, two = client_as("navigator"), client_as("chair")
    fields = {client: form_fields(client.get(item_path(room, 1)).text, item_path(room, 1)) for client in (one, two)}
    assert one.post(item_path(room, 1), data=fields[one] | {"situation": "The first words"}).status_code == 303
    answer = two.post(item_path(room, 1), data=fields[two] | {"situation": "The second words"})
    assert answer.status_code == 409
    assert "The first words" in answer.text
    assert "The second words" in answer.text
    assert "last changed by Navigator" in answer.text
    again = two.get(item_path(room, 1)).text
    assert ">The second words</textarea>" in again  # offered as a draft
    assert "The first words" in again  # beside what is saved now


def test_a_draft_is_kept_while_typing_for_its_writer_only_and_goes_when_the_item_is_saved(room, client_as, post, store):
    client = client_as("navigator")
    fields = form_fields(client.get(item_path(room, 1)).text, item_path(room, 1))
    referrer = {"Referer": f"http://localhost{item_path(room, 1)}"}
    answer = client.post(f"{item_path(room, 1)}/draft", data=fields | {"latest": "Half a sent"}, headers=referrer)
    assert (answer.status_code, answer.json) == (200, {"kept": True})
    assert room.row(AgendaItem, room.items[1]).latest == ""
    assert ">Half a sent</textarea>" in client.get(item_path(room, 1)).text
    assert "Half a sent" not in client_as("chair").get(item_path(room, 1)).text
    assert "Half a sent" not in client.get(item_path(room, 6)).text
    post(client, item_path(room, 1), {"latest": "A whole sentence"})
    assert room.rows(Draft) == []


def test_reading_the_item_without_a_part_in_the_meeting_shows_words_and_no_form(room, client_as, get):
    room.save(1, notes=NOTES, decision="step_up", why="Two falls in a month")
    html = get(client_as("ash.gp"), item_path(room, 1))
    assert "Two falls in a month" in html
    assert "<textarea" not in html
    assert client_as("ash.gp").post(item_path(room, 1)).status_code in (400, 404)


def test_nobody_finds_an_item_of_somebody_they_may_not_open(room, client_as):
    for username in ("volunteer", "navigator", "south.navigator", "ig"):
        client = client_as(username)
        for path in (item_path(room, 10), "/mdt/items/99999"):
            assert client.get(path).status_code == 404


def test_attendance_and_guests_are_written_down_without_javascript(room, client_as, post, town):
    client = client_as("navigator")
    page = address(room, "attendance")
    marked = post(
        client, page, {f"mark_{town.users['chair']}": "attended", f"mark_{town.users['therapist']}": "deputy"}
    )
    assert "2 marks changed" in marked.text
    assert "2 of the team came or sent a deputy; the quorum is 2." in marked.text
    added = post(client, address(room, "guests"), {"name": "Pat Example", "deputy_for": "Therapist"}, page=page)
    assert "Pat Example" in added.text
    guest = re.search(r"/mdt/attendance/(\d+)/remove", added.text)[0]
    assert "Pat Example" not in post(client, guest, page=page).text
    assert "Enter the guest" in post(client, address(room, "guests"), {"name": " "}, page=page).text


def test_the_page_that_closes_says_what_is_missing_and_then_closes(room, client_as, post, get, town):
    client = client_as("chair")
    room.present("navigator", "chair")
    page = get(client, address(room, "close"))
    assert "Item 1 has no outcome</a>: FAMILY1, Given1" in page
    assert "Item 2 has no outcome. Not shown to you." in page
    assert "What closing does" not in page
    carried = post(client, address(room, "carry-over"), page=address(room, "close"))
    assert "3 items carried over" in carried.text
    assert "What closing does" in carried.text
    closed = post(client, address(room, "close"))
    assert "The meeting is closed. 0 tasks set." in closed.text
    assert room.row(MdtMeeting, room.meeting_id).state is MeetingState.CLOSED
    assert "Nothing of it can be changed" in get(client, address(room, "close"))


def test_closing_with_something_missing_is_refused_by_the_action_too(room, client_as, store):
    client = client_as("chair")
    fields = form_fields(client.get("/account").text, "/account")
    answer = client.post(address(room, "close"), data={**fields, "row_version": "1"})
    assert answer.status_code == 422
    assert "Item 1 has no outcome." in answer.text


def test_minutes_are_as_each_reader_may_read_them(room, client_as, get, store, town):
    for number in (1, 6):
        room.save(
            number, notes={**NOTES, "situation": f"About person {number}"}, decision="continue", why=f"Why {number}"
        )
    html = get(client_as("navigator"), address(room, "minutes"))
    assert "Draft." in html
    assert "FAMILY1, Given1" in html
    assert "About person 6" in html
    assert "1 item is not shown" in html
    lead = get(client_as("nurse"), address(room, "minutes"))
    assert "About person" not in lead
    assert "FAMILY" not in lead
    assert "Why 1" not in lead
    assert lead.count("Not shown to you") == 3
    assert "3 items are not shown" in lead
    views = [people for deed, people in audited(store) if deed == "view"]
    assert views[-1] == sorted([town.people[1], town.people[6]])  # nobody was shown to the nurse


def test_minutes_as_a_file_keep_each_person_on_one_sheet_and_say_on_each_whose_meeting_it_was(room, client_as, store):
    with store.writing() as session:
        for number, item_id in room.items.items():
            item = session.get_one(AgendaItem, item_id)
            item.situation = item.latest = f"Said of {number}. " * 150
    data = client_as("navigator").get(address(room, "minutes.pdf")).data
    sheets = [" ".join(page.extract_text().split()) for page in read_pdf(data).pages]
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, start=1):
        assert "Minutes: " in sheet
        assert f"Page {number} of {len(sheets)}" in sheet
    said = {number: [one.count(f"Said of {number}.") for one in sheets] for number in room.items}
    shown = {number: [times for times in found if times] for number, found in said.items() if any(found)}
    assert len(shown) == 2  # one of the three is about somebody the navigator may not open
    assert all(found == [300] for found in shown.values())


def test_minutes_as_a_file_are_redacted_in_the_same_way(room, client_as):
    pytest.importorskip("weasyprint")
    room.save(1, notes=NOTES, decision="continue")
    answer = client_as("navigator").get(address(room, "minutes.pdf"))
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    said, hidden = (words(client_as(name).get(address(room, "minutes.pdf")).data) for name in ("navigator", "nurse"))
    assert "FAMILY1, Given1" in said
    assert "Two falls" in said
    assert "FAMILY" not in hidden
    assert "Two falls" not in hidden


def opened_in_emergency(store, town, username, number):
    with store.writing() as session:
        open_in_emergency(
            session, by=town.viewer(session, username), now=NOW, nhs_number=nhs(number),
            reason_code=EmergencyReason.URGENT_CARE, reason="Brought in tonight", minutes=60,
        )  # fmt: skip


def test_an_emergency_opens_one_person_of_the_minutes_and_nobody_else(room, client_as, get, store, town):
    """Break-glass is of one person: the nurse reads what was said of 1, and 6 and 10 stay a number, on page and in file."""
    for number in (1, 6):
        room.save(
            number, notes={**NOTES, "situation": f"About person {number}"}, decision="continue", why=f"Why {number}"
        )
    opened_in_emergency(store, town, "nurse", 1)
    nurse = client_as("nurse")
    html = get(nurse, address(room, "minutes"))
    assert "About person 1" in html
    assert "About person 6" not in html
    assert "FAMILY6" not in html
    assert html.count("Not shown to you") == 2
    assert audited(store)[-1] == ("view", [town.people[1]])
    pytest.importorskip("weasyprint")
    said = words(nurse.get(address(room, "minutes.pdf")).data)
    assert "About person 1" in said
    assert "FAMILY1, Given1" in said
    assert "About person 6" not in said
    assert "FAMILY6" not in said
    assert audited(store)[-1] == ("view", [town.people[1]])


def test_thirty_people_take_no_more_questions_than_three(store, town, client_as, get):
    cases = {}
    with store.writing() as session:
        for number in range(100, 130):
            person = Person(
                nhs_number=nhs(number), pseudonym=f"{number:032x}", family_name=f"Family{number}", given_name="Given",
                name_key=f"family{number} given", date_of_birth=date(1950, 1, 1), sex="1", postcode="ZZ1 1ZZ",
                practice_id=town.places["Y90001"], updated_at=NOW,
            )  # fmt: skip
            session.add(person)
            session.flush()
            town.people[number] = person.id
    for number in range(100, 130):
        cases[number] = opened(store, town, number)
    room = make_room(store, town, cases)
    room.save(100, notes=NOTES, decision="continue")
    room.action(100)
    client = client_as("navigator")
    for path in (
        address(room, "room"),
        item_path(room, 100),
        address(room, "close"),
        address(room, "minutes"),
        "/mdt/actions",
    ):
        get(client, path)
        with statements(store.engine) as sent:
            get(client, path)
        assert len(sent) <= 12, "\n\n".join([path, *sent])
