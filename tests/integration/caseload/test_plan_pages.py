"""The pages of a care plan, as somebody with a browser and no script meets them."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from caseload.actions.plans import Basis
from caseload.domain.plan_headings import FIELDS
from caseload.domain.plan_words import PlanHeading
from caseload.tables import PlanAgreement, PlanSection, PlanVersion, ReplacedPlan, Task
from tests.integration.caseload.conftest import form_fields, read_page
from tests.support.case_app import audited
from tests.support.plan_work import GOAL, NEED, PlanWork


@pytest.fixture
def plans(store, town):
    return PlanWork(store, town)


def said(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_a_plan_from_start_to_active_without_a_script(plans, client_as, get, post):
    lead, worker = client_as("ash.gp"), client_as("social.worker")
    case = f"/cases/{plans.case_id}/plan"
    assert "There is no plan yet." in get(lead, case)
    assert "The draft is started." in post(lead, case, {"basis": "empty"}).text
    with plans.store.reading() as session:
        version = session.execute(select(PlanVersion.id)).scalar_one()
    here = f"/plans/{version}"
    get(lead, here)
    post(lead, f"{here}/sections/needs", {"e0_need": NEED["need"]})
    again = post(worker, f"{here}/sections/goals", {"e0_goal": GOAL["goal"], "e0_importance": "9", "then": "another"})
    assert again.request.path == f"{here}/sections/goals"
    assert "Goal or hope 2 (new)" in said(again.text)
    fields = {"e0_what": "Ask for rehabilitation", "e0_who": str(plans.town.users["navigator"]), "e0_status": "to_do"}
    shown = post(
        lead, f"{here}/sections/actions", {**fields, "e0_when-day": "30", "e0_when-month": "10", "e0_when-year": "2026"}
    )
    assert "Ask for rehabilitation" in shown.text
    assert "30 October 2026" in shown.text
    assert "Nothing is written here yet." in get(lead, here)
    assert "ready to be signed off" in post(lead, f"{here}/ready").text
    assert "has not signed off" in get(worker, f"{here}/activate")
    assert "You have signed off" in post(lead, f"{here}/sign").text
    refused = post(
        worker, f"{here}/agreement", {"state": "does_not_agree", "method": "telephone", "reason": "No alarm"}
    )
    assert "A task to talk about it again is set." in refused.text
    assert "has not agreed" in get(lead, f"{here}/activate")
    post(worker, f"{here}/agreement", {"state": "agreed", "method": "face_to_face", "copy_given": "y"})
    active = post(lead, f"{here}/activate")
    assert "Its actions are on people’s lists." in active.text
    assert "Joint care plan Joint" in said(active.text)
    page = said(get(lead, here))
    assert "Task Open : Action 1 , due 30 October 2026" in page
    assert page.index("Agreed") < page.index("Does not agree")
    with plans.store.reading() as session:
        assert session.get_one(PlanVersion, version).state == "active"
        assert len(session.execute(select(PlanAgreement.id)).all()) == 2


def test_part_with_more_entries_than_are_written_by_hand_keeps_them_all(plans, client_as, get, post):
    version = plans.start()
    plans.write(version, "needs", [{"need": f"Need number {number}"} for number in range(65)])
    client = client_as("ash.gp")
    path = f"/plans/{version}/sections/needs"
    asked = re.findall(r'name="e(\d+)_need"', get(client, path))
    post(client, path, {f"e{number}_need": f"Put right: {number}" for number in asked})
    _, needs, _ = plans.section(version, "needs")
    assert [entry["need"] for entry in needs] == [f"Put right: {number}" for number in range(65)]


def test_somebody_who_saved_the_same_part_first_is_shown_beside_mine(plans, client_as, get):
    version = plans.start()
    path = f"/plans/{version}/sections/strengths"
    mine, theirs = client_as("ash.gp"), client_as("social.worker")
    forms = {one: form_fields(get(one, path), path) for one in (mine, theirs)}
    theirs.post(path, data={**forms[theirs], "e0_strength": "Her sister visits on Sundays"})
    answer = mine.post(path, data={**forms[mine], "e0_strength": "She knows the whole street"})
    assert (answer.status_code, read_page(answer.text)) == (409, [])
    assert ("view", [plans.town.people[1]]) == audited(plans.store)[-1]
    page = said(answer.text)
    assert "It was last changed by Social Worker" in page
    assert page.index("Her sister visits on Sundays") < page.index("She knows the whole street")
    both = {
        **form_fields(answer.text, path),
        "e0_strength": "She knows the whole street",
        "e1_strength": "Her sister visits on Sundays",
    }
    assert mine.post(path, data=both).status_code == 303
    assert [entry["strength"] for entry in plans.section(version, "strengths")[1]] == [
        "She knows the whole street", "Her sister visits on Sundays",
    ]  # fmt: skip


def test_words_that_met_a_conflict_are_offered_again(plans, client_as, get):
    version = plans.start()
    path = f"/plans/{version}/sections/strengths"
    mine = client_as("ash.gp")
    form = form_fields(get(mine, path), path)
    plans.write(version, "strengths", [{"strength": "Theirs"}], "social.worker")
    mine.post(path, data={**form, "e1_strength": "Mine, the second"})
    assert "Mine, the second" in get(mine, path)


def test_an_entry_is_taken_out_with_a_box(plans, client_as, post):
    version = plans.start()
    plans.write(version, "strengths", [{"strength": "One"}, {"strength": "Two"}])
    post(
        client_as("ash.gp"),
        f"/plans/{version}/sections/strengths",
        {"e0_strength": "One", "e0_remove": "y", "e1_strength": "Two"},
    )
    assert plans.section(version, "strengths")[1] == [{"strength": "Two"}]


def test_an_entry_that_is_not_complete_is_named_at_its_field(plans, client_as, post):
    version = plans.start()
    answer = post(
        client_as("ash.gp"), f"/plans/{version}/sections/carers", {"e0_contact": "01632 960001", "e1_name": "Jo"}
    )
    assert answer.status_code == 422
    assert 'href="#e0_name"' in answer.text
    assert "01632 960001" in answer.text
    assert 'value="Jo"' in answer.text
    assert plans.section(version, "carers") == (0, [], [])


def test_somebody_chosen_and_a_name_typed_are_refused_at_both_fields_and_nothing_is_lost(plans, client_as, post):
    version, navigator = plans.start(), str(plans.town.users["navigator"])
    typed = {
        "e0_what": "Ring every Monday", "e0_who_name": "Her son Pat",
        "e1_what": "Visit", "e1_who": navigator, "e1_who_name": "Her sister Jo",
    }  # fmt: skip
    path = f"/plans/{version}/sections/actions"
    answer = post(client_as("ash.gp"), path, typed)
    assert answer.status_code == 422
    listed = re.findall(
        r'<a href="#([\w-]+)">\s*(.*?)\s*</a>', answer.text.partition("There is a problem")[2], flags=re.S
    )
    name = "Or the name of somebody who is not on this list"
    assert listed[:2] == [
        ("e1_who", f"Action 2: choose somebody in “Who will do it” or fill in “{name}”, not both"),
        ("e1_who_name", f"Action 2: empty “{name}”, or choose “Not said” in “Who will do it”"),
    ]
    assert re.search(rf'<option value="{navigator}"[^>]*selected', answer.text)
    assert 'value="Her sister Jo"' in answer.text
    assert plans.section(version, "actions") == (0, [], [])
    post(client_as("ash.gp"), path, {**typed, "e1_who": ""})
    assert [entry["who_name"] for entry in plans.section(version, "actions")[1]] == ["Her son Pat", "Her sister Jo"]


def test_each_mistake_in_an_entry_names_the_entry_and_the_field(plans, client_as, post):
    version = plans.start()
    typed = {
        "e0_what": "Visit", "e1_what": "x" * 201, "e1_confidence": "11", "e1_when-day": "31", "e1_when-month": "2",
        "e1_when-year": "2027",
    }  # fmt: skip
    page = post(client_as("ash.gp"), f"/plans/{version}/sections/actions", typed).text
    for sentence in (
        "Action 2: “What will be done” must be 200 characters or fewer",
        "Action 2: “By when” must be a real date",
        "Action 2: “How sure is the person of doing it?”: select one from the list",
    ):
        assert sentence in unescape(page), sentence


def test_a_plan_that_would_become_too_long_is_said_at_the_field_and_keeps_what_was_typed(plans, client_as, post):
    version = plans.start()
    plans.write(version, "strengths", [{"strength": "x" * 4000}] * 29)
    answer = post(client_as("ash.gp"), f"/plans/{version}/sections/carers", {"e0_name": "Pat", "e0_needs": "y" * 4000})
    assert answer.status_code == 422
    assert "With this the plan would be longer than 50 pages. Shorten this part or another one" in answer.text
    assert 'href="#e0_name"' in answer.text
    assert "y" * 4000 in answer.text


def test_what_is_not_offered_cannot_be_chosen(plans, client_as, post):
    version = plans.start()
    for heading, typed in (
        ("actions", {"e0_what": "Visit", "e0_who": str(plans.town.users["south.navigator"])}),
        ("goals", {"e0_goal": "To walk", "e0_importance": "11"}),
        ("goals", {"e0_goal": "To walk", "e0_need": "no such need"}),
    ):
        answer = post(client_as("ash.gp"), f"/plans/{version}/sections/{heading}", typed)
        assert answer.status_code == 422
        assert "select one from the list" in answer.text


def test_a_day_that_is_none_is_not_lost(plans, client_as, post):
    version = plans.start()
    fields = {
        "e0_device": "Pendant alarm",
        "e0_review_on-day": "31",
        "e0_review_on-month": "2",
        "e0_review_on-year": "2027",
    }
    answer = post(client_as("ash.gp"), f"/plans/{version}/sections/technology", fields)
    assert answer.status_code == 422
    assert 'href="#e0_review_on-day"' in answer.text


@pytest.mark.parametrize("heading", PlanHeading)
def test_every_part_can_be_opened_and_saved_with_all_it_asks(plans, client_as, get, post, heading):
    version = plans.start()
    lead, path = client_as("ash.gp"), f"/plans/{version}/sections/{heading}"
    get(lead, path)
    typed, wanted = {}, {}
    for field in FIELDS[heading].fields:
        if field.kind == "day":
            typed |= {f"e0_{field.name}-day": "2", f"e0_{field.name}-month": "Nov", f"e0_{field.name}-year": "2026"}
            wanted[field.name] = "2026-11-02"
        elif field.kind == "choice":
            typed[f"e0_{field.name}"] = wanted[field.name] = field.choices[-1][0]
        elif field.kind in ("text", "long"):
            typed[f"e0_{field.name}"] = wanted[field.name] = f"What is typed into {field.name}"
    assert post(lead, path, typed).status_code == 200
    (entry,) = plans.section(version, heading)[1]
    assert {name: text for name, text in entry.items() if name != "key"} == wanted
    shown = get(lead, f"/plans/{version}")
    assert all(text in shown for name, text in wanted.items() if text.startswith("What is typed"))
    again = form_fields(get(lead, path), path)
    assert "e0_key" in again or "key" not in FIELDS[heading].names


def test_a_link_names_what_it_points_to(plans, client_as, get, post):
    version = plans.start()
    plans.write(version, "needs", [NEED])
    (need,) = plans.section(version, "needs")[1]
    post(client_as("ash.gp"), f"/plans/{version}/sections/goals", {"e0_goal": "To walk", "e0_need": need["key"]})
    assert plans.section(version, "goals")[1][0]["need"] == need["key"]
    assert get(client_as("ash.gp"), f"/plans/{version}").count(NEED["need"]) == 2


def test_two_versions_are_compared_word_by_word(plans, client_as, get):
    first = plans.active()
    second = plans.start(basis=Basis.ACTIVE)
    needs = plans.section(second, "needs")[1]
    plans.write(second, "needs", [{**needs[0], "need": "She is short of breath at night."}, {"need": "Lonely <b>"}])
    plans.write(second, "goals", [])
    page = get(client_as("navigator"), f"/plans/compare/{first}/{second}")
    assert "<del>on</del>" in page
    assert "<ins>at</ins>" in page
    assert "Lonely &lt;b&gt;" in page
    assert "Goals and hopes: taken out" in page


def test_who_is_not_the_lead_is_told_who_is(plans, client_as, get, post):
    version = plans.drafted()
    plans.ready(version)
    assert "That is Ash Gp." in get(client_as("navigator"), f"/plans/{version}/sign")
    page = client_as("navigator").get(f"/plans/{version}").text
    assert "Waiting for the sign-off of Ash Gp." in said(page)


def test_a_restricted_person_a_stranger_and_an_unknown_version_are_not_there(plans, client_as):
    version = plans.drafted()
    for path in (f"/plans/{version}", f"/plans/{version}/sections/needs", f"/cases/{plans.case_id}/plan"):
        assert client_as("cedar.manager").get(path).status_code == 404
    assert client_as("ash.gp").get("/plans/99999").status_code == 404
    assert client_as("ash.gp").get(f"/plans/{version}/sections/nonsense").status_code == 404


def test_listed_plans_are_shown_as_waiting_and_replaced(plans, client_as, get, post):
    lead, path = client_as("ash.gp"), f"/cases/{plans.case_id}/replaced-plans"
    post(lead, path, {"name": "COPD plan", "holder": "Respiratory nurse"})
    assert "Waiting" in get(lead, path)
    assert "already" in post(lead, path, {"name": "copd plan"}).text
    plans.active()
    page = get(lead, path)
    assert "Replaced" in page
    with plans.store.reading() as session:
        assert len(session.execute(select(ReplacedPlan.id)).all()) == 1


def test_an_overdue_review_is_said(plans, client_as, get, clock):
    plans.active()
    with plans.store.writing() as session:
        clock.now = clock.now.replace(year=2027, month=3)
        assert session.execute(select(Task.kind).where(Task.kind == "plan_review")).scalar_one() == "plan_review"
    assert "Review overdue" in get(client_as("ash.gp"), f"/cases/{plans.case_id}/plan")
    assert "FAMILY1" in get(client_as("ash.gp"), "/cases?plan=overdue")


@pytest.mark.parametrize(
    ("value", "draft", "active"), [("overdue", 0, 0), ("active", 0, 1), ("written", 1, 0), ("none", 1, 0)]
)
def test_cases_are_filtered_by_how_their_plan_stands(plans, client_as, get, value, draft, active):
    version = plans.agreed()
    assert get(client_as("ash.gp"), f"/cases?plan={value}").count("FAMILY1") == draft
    plans.activate(version)
    assert get(client_as("ash.gp"), f"/cases?plan={value}").count("FAMILY1") == active


def test_the_persons_page_leads_to_the_plan(plans, client_as, get):
    assert f"/cases/{plans.case_id}/plan" in get(client_as("ash.gp"), f"/people/{plans.town.people[1]}")


def test_what_is_typed_is_text_and_nothing_else(plans, client_as, get, post):
    version = plans.start()
    nasty = "<script>alert(1)</script> =SUM(A1) {{ 7*7 }}"
    post(client_as("ash.gp"), f"/plans/{version}/sections/strengths", {"e0_strength": nasty})
    page = get(client_as("ash.gp"), f"/plans/{version}")
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    with plans.store.reading() as session:
        assert session.execute(select(PlanSection.content)).scalar_one() == [{"strength": nasty}]
