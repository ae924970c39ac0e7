"""The pages of flags for urgent care: what they offer, what they begin with, what they say."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from caseload.tables import FlagAcknowledgement
from tests.support.case_app import NOW, audited
from tests.support.flag_work import SAYS, FlagWork

FILLED = {
    "said": SAYS["said"], "ring_name": SAYS["ring_name"], "ring_phone": SAYS["ring_phone"],
    "ring_when": SAYS["ring_when"], "review_on-day": "4", "review_on-month": "1", "review_on-year": "2027",
}  # fmt: skip


@pytest.fixture
def work(store, town):
    """Person 1 with a plan and a yes."""
    return FlagWork(store, town)


def text_of(page):
    return unescape(page.get_data(as_text=True))


def value(text, name):
    """What a field begins with."""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    box = re.search(rf'<input[^>]*name="{name}"[^>]*>', text)
    return area[1].strip() if area else re.search(r'value="([^"]*)"', box[0])[1]


def test_where_one_can_be_set_the_person_and_the_plan_say_so(client_as, work):
    client = client_as("ash.gp")
    for path in (f"/people/{work.person_id}", f"/cases/{work.case_id}/plan"):
        assert "Set a flag for urgent care" in text_of(client.get(path)), path
    work.set()
    for path in (f"/people/{work.person_id}", f"/cases/{work.case_id}/plan"):
        page = text_of(client.get(path))
        assert "1 flag in force" in page, path
        assert "Set a flag for urgent care" not in page, path


@pytest.mark.parametrize("purpose", [None, "sharing_urgent_care", "care_coordination"])
def test_where_none_can_be_set_nothing_is_prompted_and_the_page_says_why(client_as, store, town, purpose):
    work = FlagWork(store, town, agrees=purpose is not None)
    if purpose is not None:
        work.say(purpose, "withdrawn" if purpose == "sharing_urgent_care" else "refused")
    client = client_as("ash.gp")
    assert "Set a flag for urgent care" not in text_of(client.get(f"/people/{work.person_id}"))
    page = text_of(client.get(f"/people/{work.person_id}/flags"))
    assert "No flag can be set now. Not shared:" in page
    assert "/flags/new/" not in page


def test_the_form_begins_with_the_plan_the_lead_and_its_number(client_as, work):
    page = text_of(client_as("ash.gp").get(f"/people/{work.person_id}/flags/new/medicines_at_home"))
    assert (
        value(page, "said") == "Has medicines at home for when they get worse: Steroid tablets in the kitchen drawer."
    )
    assert value(page, "ring_name") == "Ash Gp"
    assert value(page, "ring_phone") == "01632 960001"
    assert [value(page, f"review_on-{part}") for part in ("day", "month", "year")] == ["4", "1", "2027"]


def test_a_later_flag_begins_with_when_to_ring_of_the_last(client_as, work):
    work.set()
    page = text_of(client_as("ash.gp").get(f"/people/{work.person_id}/flags/new/door"))
    assert value(page, "ring_when") == SAYS["ring_when"]


def test_setting_one_by_the_form_shows_it_in_words(client_as, post, work, store):
    client = client_as("ash.gp")
    answer = post(client, f"/people/{work.person_id}/flags/new/has_care_plan", FILLED)
    page = text_of(answer)
    assert "The flag is set." in page
    for words in (
        "In force",
        SAYS["said"],
        "Ash GP, 020 7946 0000",
        SAYS["ring_when"],
        "4 January 2027",
        "Nobody has said so yet",
    ):
        assert words in page
    assert ("view", [work.person_id]) in audited(store)
    looks = text_of(client.get(f"/people/{work.person_id}/looks"))
    assert "Set a flag for urgent care" in looks
    assert "Opened the flags for urgent care" in looks


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"said": ""}, "Enter what urgent care should know"),
        ({"said": "x" * 141}, "140 characters or fewer"),
        ({"said": "Has medicines: [which]"}, "Fill in what stands in square brackets"),
        ({"ring_name": ""}, "Enter who they should ring"),
        ({"ring_phone": "the practice"}, "Enter a telephone number that can be dialled"),
        ({"ring_when": ""}, "Enter when they can ring"),
        (
            {"review_on-day": "5", "review_on-month": "10", "review_on-year": "2026"},
            "The review date must be after today",
        ),
        ({"review_on-year": ""}, "The review date must"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_kept(client_as, post, work, changed, sentence):
    answer = post(client_as("ash.gp"), f"/people/{work.person_id}/flags/new/has_care_plan", {**FILLED, **changed})
    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert page.count("nhsuk-error-message") >= 1
    assert value(page, "ring_when") == {**FILLED, **changed}["ring_when"]


def test_a_form_that_was_overtaken_keeps_what_was_typed(client_as, post, work):
    flag_id = work.set()
    work.change(flag_id, "ash.manager", said="Ring us first.")
    data = {**FILLED, "said": "Ring us last.", "row_version": "1"}
    answer = post(client_as("ash.gp"), f"/flags/{flag_id}/change", data)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Somebody else changed this" in page
    assert "Ring us last." in page
    assert work.flag(flag_id).said == "Ring us first."


def test_ending_one_says_why_and_keeps_it(client_as, post, work):
    flag_id = work.set()
    data = {"why": "mistake", "note": "It was meant for somebody else.", "row_version": "1"}
    page = text_of(post(client_as("ash.gp"), f"/flags/{flag_id}/end", data))
    for words in ("The flag has ended.", "Set by mistake", "It was meant for somebody else.", SAYS["said"]):
        assert words in page
    assert f"/flags/{flag_id}/change" not in page


def test_who_took_it_over_is_shown(client_as, work, store, town):
    flag_id = work.set()
    with store.writing() as session:
        taken = {"flag_id": flag_id, "flag_version": 1, "at": NOW, "by": town.users["nurse"]}
        session.add(FlagAcknowledgement(note="In the crew’s system", **taken))
    page = text_of(client_as("ash.gp").get(f"/people/{work.person_id}/flags"))
    assert "Nurse, 5 October 2026" in page
    assert ": In the crew’s system" in page


def test_one_past_its_date_is_said_to_be_told_to_nobody_before_the_sweep(client_as, work, clock):
    work.set(review_on=date(2026, 10, 6))
    clock.now = NOW + timedelta(days=2)
    page = text_of(client_as("ash.gp").get(f"/people/{work.person_id}/flags"))
    assert "Not told any more: its review date has passed" in page
    assert "Change or renew" in page


def test_a_flag_of_somebody_else_is_not_there(client_as, work):
    flag_id = work.set()
    client = client_as("birch.gp")
    for path in (f"/flags/{flag_id}/change", f"/flags/{flag_id}/end", f"/people/{work.person_id}/flags"):
        assert client.get(path).status_code == 404
