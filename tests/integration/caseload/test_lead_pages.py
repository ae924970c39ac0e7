"""The page of a case's accountable lead, the letter, the care team."""

import re
import sys
import zlib
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.care_team import add_member
from caseload.actions.handovers import accept_handover
from caseload.domain.words import CareTeamRole
from caseload.exceptions import Conflict
from caseload.tables import CareTeamMember, Consent, LeadAllocation, Leave, Person
from tests.integration.caseload.conftest import form_fields
from tests.support.case_app import NOW, audited
from tests.support.journeys import act
from tests.support.led_cases import asked, decided, leads_of, led, named, opened


def test_the_page_shows_the_rules_sentence_and_compares_who_could_lead(store, town, client_as, get):
    case_id = opened(store, town, 1)
    html = get(client_as("ash.manager"), f"/cases/{case_id}/lead")
    assert "Very high risk in the run of 1 October 2026, so the registered GP leads (rule VH, version 2026.1)." in html
    assert "No lead yet" in html
    assert "Ash Gp, GP, Ash Surgery" in html
    assert "Works for the person’s practice. This takes them from 0% to 7% of capacity. Works today." in html
    assert html.index("Ash Gp, GP") < html.index("Ash Partner, GP") < html.index("Birch Gp, GP")
    assert "A reason is needed: the rule proposes the registered GP." in html
    assert ("view", [town.people[1]]) in audited(store)


def test_a_candidate_on_leave_is_shown_with_the_next_working_day_and_comes_after_those_who_work(
    store, town, client_as, get
):
    with store.writing() as session:
        session.add(Leave(user_id=town.users["ash.gp"], first_day=date(2026, 10, 1), last_day=date(2026, 10, 9)))
    case_id = opened(store, town, 1)
    html = get(client_as("ash.manager"), f"/cases/{case_id}/lead")
    assert "On leave until 9 October 2026, works next on 12 October 2026" in html  # the 10th is a Saturday
    assert html.index("Ash Partner, GP") < html.index("Ash Gp, GP") < html.index("Birch Gp, GP")


def test_naming_the_lead_by_the_form(store, town, client_as, get, post):
    case_id = opened(store, town, 1)
    client = client_as("ash.manager")
    answer = post(client, f"/cases/{case_id}/lead", {"user_id": town.users["ash.gp"], "override_code": ""})
    assert answer.status_code == 200
    assert "The accountable lead is named" in answer.text
    assert [user for user, _, _ in leads_of(store, case_id)] == [town.users["ash.gp"]]
    html = get(client, f"/cases/{case_id}/lead")
    assert "Ash Gp, GP, Ash Surgery" in html
    assert "The person should be told by 15 October 2026" in html
    assert "Name the lead" not in html


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "Select who leads"),
        ({"user_id": "therapist", "override_code": ""}, "Select a reason. The rule proposes the registered GP."),
        ({"user_id": "therapist", "override_code": "other"}, "Enter in the note what the reason is"),
        ({"user_id": "nobody"}, "Select who leads"),
    ],
)
def test_a_form_that_misses_something_says_what_and_keeps_the_rest(store, town, client_as, post, data, error):
    case_id = opened(store, town, 1)
    users = {**town.users, "nobody": 987654}
    sent = {name: users.get(value, value) for name, value in data.items()}
    answer = post(client_as("ash.manager"), f"/cases/{case_id}/lead", sent | {"override_note": ""})
    assert answer.status_code == 422
    assert "<title>Error: Accountable lead" in answer.text
    assert error in answer.text
    assert leads_of(store, case_id) == []
    if sent.get("user_id") == town.users["therapist"]:
        assert f'value="{town.users["therapist"]}" checked' in answer.text


def test_an_override_by_the_form_is_shown_with_its_reason(store, town, client_as, get, post):
    case_id = opened(store, town, 1)
    client = client_as("navigator")
    data = {"user_id": town.users["therapist"], "override_code": "persons_choice", "override_note": "Knows her well"}
    assert post(client, f"/cases/{case_id}/lead", data).status_code == 200
    html = get(client, f"/cases/{case_id}/lead")
    assert "The person chose this professional: Knows her well" in html


def test_sending_the_form_twice_names_one_lead_and_answers_the_same(store, town, client_as):
    case_id = opened(store, town, 1)
    client = client_as("ash.manager")
    fields = form_fields(client.get(f"/cases/{case_id}/lead").text, f"/cases/{case_id}/lead")
    data = {**fields, "user_id": town.users["ash.gp"], "override_code": ""}
    first, second = (client.post(f"/cases/{case_id}/lead", data=data) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(leads_of(store, case_id)) == 1


def test_a_lead_named_meanwhile_by_somebody_else_is_a_conflict_that_keeps_what_was_typed(store, town, client_as):
    case_id = opened(store, town, 1)
    client = client_as("ash.manager")
    fields = form_fields(client.get(f"/cases/{case_id}/lead").text, f"/cases/{case_id}/lead")
    named(store, town, case_id, "ash.partner", by="navigator")
    data = {**fields, "user_id": town.users["therapist"], "override_code": "other", "override_note": "Typed by hand"}
    answer = client.post(f"/cases/{case_id}/lead", data=data)
    assert answer.status_code == 409
    assert "Ash Partner" in answer.text
    assert "Typed by hand" in answer.text


def test_a_viewer_who_may_not_name_leads_reads_without_a_form(store, town, client_as, get):
    case_id = led(store, town, 1, "ash.gp")
    html = get(client_as("ash.gp"), f"/cases/{case_id}/lead")
    assert "Name the lead" not in html
    assert "Hand over to somebody else" in html


def test_somebody_who_may_not_see_scores_is_not_told_a_tier_by_the_sentence(store, town, client_as, get):
    case_id = led(store, town, 1, "volunteer", code="persons_choice")
    html = get(client_as("volunteer"), f"/cases/{case_id}/lead")
    assert "Very high" not in html
    assert "rests on a risk score, which is not shown to you" in html


def test_an_objection_to_scores_hides_the_tier_in_the_sentence_from_everyone(store, town, client_as, get):
    case_id = led(store, town, 1, "ash.gp")
    with store.writing() as session:
        session.add(
            Consent(person_id=town.people[1], purpose="risk_stratification", state="withdrawn", how="letter", at=NOW)
        )
    html = get(client_as("ash.gp"), f"/cases/{case_id}/lead")
    assert "Very high" not in html


def test_recording_that_the_person_was_told_by_the_form(store, town, client_as, get, post):
    case_id = led(store, town, 1, "ash.gp")
    client = client_as("ash.gp")
    day = {"told_on-day": "4", "told_on-month": "10", "told_on-year": "2026"}
    answer = post(client, f"/cases/{case_id}/lead/told", day | {"how": "letter"}, page=f"/cases/{case_id}/lead")
    assert answer.status_code == 200
    assert "The person was told on 4 October 2026: letter. Recorded by Ash Gp." in answer.text


@pytest.mark.parametrize(
    ("day", "how", "error"),
    [("6", "letter", "must be today or in the past"), ("1", "letter", "must not be before the lead began"),
     ("4", "", "Select how the person was told"), ("", "letter", "Enter when the person was told")],
)  # fmt: skip
def test_telling_with_a_mistake_says_what_is_wrong(store, town, client_as, post, day, how, error):
    case_id = led(store, town, 1, "ash.gp")
    data = {"told_on-day": day, "told_on-month": "10" if day else "", "told_on-year": "2026" if day else "", "how": how}
    answer = post(client_as("ash.gp"), f"/cases/{case_id}/lead/told", data, page=f"/cases/{case_id}/lead")
    assert answer.status_code == 422
    assert error in answer.text


def test_telling_that_is_overdue_says_so_in_words(store, town, client_as, get, clock):
    case_id = led(store, town, 1, "ash.gp")
    client = client_as("ash.gp")
    clock.now = NOW + timedelta(days=8)
    client = client_as("ash.gp")
    assert "Overdue" in get(client, f"/cases/{case_id}/lead")


def test_the_letter_says_who_leads_and_nothing_of_a_score_and_its_making_is_audited(store, town, client_as, get):
    case_id = led(store, town, 1, "therapist", code="persons_choice")
    html = get(client_as("ash.manager"), f"/cases/{case_id}/letter")
    assert (
        "Since 2 October 2026, Therapist (Therapist, East Community Trust) is your accountable lead professional."
        in html
    )
    assert "You asked for this." in html
    assert "Given1 Family1" in html
    assert "ZZ1 1ZZ" in html
    assert "risk" not in html.lower()
    assert ("letter.make", [town.people[1]]) in audited(store)


def test_the_letter_says_whom_to_ring(store, town, client_as, get):
    case_id = led(store, town, 1, "therapist", code="persons_choice")
    html = get(client_as("ash.manager"), f"/cases/{case_id}/letter")
    assert "Dear Given1 Family1," in html
    assert "want to speak to Therapist, ring Ash Surgery and say that it is about this letter." in html


@pytest.mark.parametrize(
    ("born", "to_guardian"), [(date(2010, 10, 5), False), (date(2010, 10, 6), True), (date(2015, 8, 8), True)]
)
def test_the_letter_about_a_child_is_written_to_the_parent_or_guardian(store, town, client_as, get, born, to_guardian):
    case_id = led(store, town, 1, "therapist", code="persons_choice")
    with store.writing() as session:
        session.get_one(Person, town.people[1]).date_of_birth = born
    url = f"/cases/{case_id}/letter"
    html = get(client_as("ash.manager"), url)
    assert ("<p>The parent or guardian of Given1 Family1</p>" in html) is to_guardian
    assert ("Dear parent or guardian of Given1 Family1," in html) is to_guardian
    assert ("is Given1’s accountable lead professional." in html) is to_guardian
    assert ("You or Given1 asked for this." in html) is to_guardian
    letter = html[html.index("app-letter") :]
    assert bool(re.search(r"\b[Yy]our (care|accountable|GP)", letter)) is not to_guardian


def unpacked(pdf):
    """A PDF with its streams inflated."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        with suppress(zlib.error):
            found.append(zlib.decompress(stream))
    return b"".join(found)


def test_the_letter_as_a_file_is_a_tagged_pdf(store, town, client_as):
    pytest.importorskip("weasyprint", exc_type=OSError)
    case_id = led(store, town, 1, "ash.gp")
    answer = client_as("ash.gp").get(f"/cases/{case_id}/letter.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    inside = unpacked(answer.data)
    for what in (b"pdfuaid", b"/StructTreeRoot", b"/Lang", b"/Count 1"):  # PDF/UA, tagged, its language, one page
        assert what in inside
    assert answer.headers["Cache-Control"] == "no-store"
    assert audited(store).count(("letter.make", [town.people[1]])) == 1


def test_without_the_pdf_program_the_page_says_how_to_get_it(store, town, client_as, get, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    case_id = led(store, town, 1, "ash.gp")
    client = client_as("ash.gp")
    assert "pip install &#39;caretier[pdf]&#39;" in get(client, f"/cases/{case_id}/letter.pdf", status=503)
    html = get(client, f"/cases/{case_id}/letter")
    assert "letter.pdf" not in html


def test_a_case_without_a_lead_has_no_letter(store, town, client_as):
    case_id = opened(store, town, 1)
    answer = client_as("ash.manager").get(f"/cases/{case_id}/letter")
    assert answer.status_code == 422
    assert ("letter.make", [town.people[1]]) not in audited(store)


def test_somebody_joins_the_care_team_by_the_form_and_may_then_open_the_record(store, town, client_as, get, post):
    case_id = led(store, town, 1, "ash.gp")
    outsider = client_as("nurse")
    assert outsider.get(f"/cases/{case_id}/team").status_code == 404
    day = {"from_on-day": "5", "from_on-month": "10", "from_on-year": "2026"}
    data = {"role": "nurse", "user_id": town.users["nurse"], "name": "", "organisation": "", **day}
    answer = post(client_as("ash.gp"), f"/cases/{case_id}/team", data)
    assert answer.status_code == 200
    assert "The care team has a new member" in answer.text
    assert "East Community Trust" in get(outsider, f"/cases/{case_id}/team")
    assert ("care_team.add", [town.people[1]]) in audited(store)


def test_somebody_from_elsewhere_joins_by_name_and_their_time_ends_by_a_button(store, town, client_as, get, post):
    case_id = led(store, town, 1, "ash.gp")
    client = client_as("ash.gp")
    day = {"from_on-day": "1", "from_on-month": "10", "from_on-year": "2026"}
    data = {"role": "carer", "user_id": "", "name": "Her Daughter", "organisation": "Family", **day}
    post(client, f"/cases/{case_id}/team", data)
    with store.reading() as session:
        member = session.execute(select(CareTeamMember)).scalar_one()
        assert (member.name, member.user_id, member.from_on) == ("Her Daughter", None, date(2026, 10, 1))
        member_id = member.id
    answer = post(client, f"/cases/{case_id}/team/{member_id}/end", page=f"/cases/{case_id}/team")
    assert answer.status_code == 200
    with store.reading() as session:
        assert session.execute(select(CareTeamMember.until_on)).scalar_one() == date(2026, 10, 5)
    assert ("care_team.end", [town.people[1]]) in audited(store)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"role": ""}, "Select their role"),
        ({"user_id": ""}, "Select somebody from the list, or enter a name below"),
        ({"name": "Somebody Else"}, "Select somebody from the list or enter a name, not both"),
        ({"from_on-day": ""}, "The day they join must include a day"),
    ],
)
def test_a_care_team_form_with_a_mistake_says_what_is_wrong(store, town, client_as, post, changed, error):
    case_id = led(store, town, 1, "ash.gp")
    data = {"role": "nurse", "user_id": town.users["nurse"], "name": "", "organisation": "",
            "from_on-day": "5", "from_on-month": "10", "from_on-year": "2026", **changed}  # fmt: skip
    answer = post(client_as("ash.gp"), f"/cases/{case_id}/team", data)
    assert answer.status_code == 422
    assert error in answer.text


def test_somebody_put_on_the_care_team_twice_is_a_conflict_that_says_who_was_first(store, town):
    case_id = led(store, town, 1, "ash.gp")
    place = {"case_id": case_id, "role": CareTeamRole.NURSE, "from_on": date(2026, 10, 1)}
    act(store, town, add_member, by="ash.gp", user_id=town.users["nurse"], **place)
    with pytest.raises(Conflict) as refused:
        act(store, town, add_member, by="ash.manager", user_id=town.users["nurse"], **place)
    assert (refused.value.by, refused.value.at) == ("Ash Gp", NOW)


def test_nobody_of_a_refused_sector_is_offered_for_the_care_team(store, town, client_as, get):
    case_id = led(store, town, 1, "ash.gp")
    with store.writing() as session:
        session.add(
            Consent(person_id=town.people[1], purpose="sharing_social_care", state="refused", how="letter", at=NOW)
        )
    html = get(client_as("ash.gp"), f"/cases/{case_id}/team")
    assert "Social Worker" not in html.split("Add somebody")[1].split("Name, if they")[0].replace("Social worker", "")


@pytest.mark.parametrize("path", ["lead", "letter", "letter.pdf", "team"])
def test_pages_of_a_case_do_not_exist_for_somebody_without_a_relationship(store, town, client_as, path):
    case_id = led(store, town, 1, "ash.gp")
    for username in ("birch.manager", "south.navigator", "nurse", "integration", "ig", "admin"):
        assert client_as(username).get(f"/cases/{case_id}/{path}").status_code == 404
    assert client_as("ash.manager").get(f"/cases/{case_id + 999}/{path}").status_code == 404


def test_the_history_of_leads_stays_on_the_page(store, town, client_as, get):
    case_id = led(store, town, 1, "ash.gp")
    handover_id = asked(store, town, case_id, "ash.partner", by="ash.gp")
    decided(store, town, accept_handover, handover_id, by="ash.partner", now=NOW + timedelta(hours=1))
    html = get(client_as("ash.manager"), f"/cases/{case_id}/lead")
    assert "Who led before" in html
    assert "By handover, accepted by" in html
    with store.reading() as session:
        assert len(session.execute(select(LeadAllocation)).scalars().all()) == 2
