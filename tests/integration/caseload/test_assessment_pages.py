"""Assessing jointly at the pages: what is known stands beside what is asked, and nobody's words are lost."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from caseload.actions.consent import NOTHING, record_consent
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.plan_words import AssessmentState, Discipline, SectionState
from caseload.domain.words import CareTeamRole, ConsentPurpose, ConsentState, EncounterKind, Residence
from caseload.questionnaires import read_questionnaires
from caseload.tables import Assessment, AssessmentSection, CareTeamMember, Encounter, LeadProposal, Person
from tests.integration.caseload.conftest import form_fields, read_page
from tests.support.assessing import act, answers_to, assessment_row, started, written
from tests.support.case_app import NOW, audited
from tests.support.led_cases import led

EARLIER = NOW - timedelta(days=2)
OUTCOME = {
    "need": "social", "needs": "Help at home", "risks": "None known", "review_on-day": "5", "review_on-month": "1",
    "review_on-year": "2027",
}  # fmt: skip


@pytest.fixture
def case_id(store, town):
    """Person 2, led by ash.gp, with a social worker and a navigator on the team."""
    made = led(store, town, 2, "ash.gp", "medical")
    with store.writing() as session:
        for username, role in (("social.worker", CareTeamRole.SOCIAL_WORKER), ("nurse", CareTeamRole.NURSE)):
            session.add(
                CareTeamMember(
                    case_id=made, user_id=town.users[username], role=role, from_on=EARLIER.date(), added_at=EARLIER,
                    added_by=town.users["ash.gp"],
                )
            )  # fmt: skip
    return made


@pytest.fixture
def assessment_id(store, town, case_id):
    return started(store, town, case_id, now=EARLIER)


def sections(store):
    with store.reading() as session:
        found = list(session.execute(select(AssessmentSection).order_by(AssessmentSection.id)).scalars())
        session.expunge_all()
        return found


def sent(discipline, **given):
    """A section's form filled in."""
    return {f"answer_{key}": answer for key, answer in answers_to(discipline, **given).items()}


def main_of(html):
    """The words of a page's main part."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html.partition("<main")[2])))


def test_from_the_case_to_a_joint_assessment_and_the_lead_it_proposes(store, town, case_id, client_as, get, post):
    """Two professionals, two browsers: each writes their section, it becomes joint, and the need goes to the lead rule."""
    gp, social = client_as("ash.gp"), client_as("social.worker")
    html = get(gp, f"/people/{town.people[2]}")
    assert f'href="/cases/{case_id}/assessment"' in html
    assert f'href="/people/{town.people[2]}/measures"' in html
    answer = post(gp, f"/cases/{case_id}/assessment")
    assert "Not joint yet" in answer.text
    with store.reading() as session:
        made = session.execute(select(Assessment.id)).scalar_one()
    here = f"/assessments/{made}"
    for client, discipline in ((gp, "health"), (social, "social_care")):
        answer = post(client, f"{here}/sections/{discipline}", {**sent(discipline), "then": "complete"})
        assert "the section is complete." in answer.text
    assert "Health and social care have both completed their part." in get(gp, f"/cases/{case_id}/assessment")
    answer = post(social, f"{here}/outcome", OUTCOME)
    assert "The assessment is completed." in answer.text
    assert "Accountable lead" in answer.text
    assert assessment_row(store, made).state is AssessmentState.COMPLETED
    with store.reading() as session:
        last = session.execute(select(LeadProposal).order_by(LeadProposal.id.desc()).limit(1)).scalar_one()
        assert last.rule_code == "NEED-SOCIAL"
    html = get(gp, f"/people/{town.people[2]}")
    assert "Joint assessment started" in html
    assert "Assessment completed" in html


def test_a_section_is_saved_with_gaps_and_completed_without(store, assessment_id, client_as, post):
    url, client = f"/assessments/{assessment_id}/sections/health", client_as("ash.gp")
    assert "Health: saved." in post(client, url, {"answer_falls": "2"}).text
    answer = post(client, url, {"answer_falls": "2", "then": "complete"})
    assert answer.status_code == 422
    assert "Error: Health section" in answer.text
    assert answer.text.count('<a href="#answer_') == 4  # every required question that is left
    assert [(one.state, one.answers) for one in sections(store)] == [(SectionState.DRAFT, {"falls": "2"})]


def test_lines_typed_on_any_machine_are_kept_as_lines(store, assessment_id, client_as, post):
    url = f"/assessments/{assessment_id}/sections/health"
    post(client_as("ash.gp"), url, {"answer_conditions": "  Her heart.\r\nHer knees. "})
    assert sections(store)[0].answers == {"conditions": "Her heart.\nHer knees."}


def test_a_section_without_an_answer_is_not_kept(store, assessment_id, client_as, post):
    answer = post(client_as("ash.gp"), f"/assessments/{assessment_id}/sections/health")
    assert answer.status_code == 422
    assert "Answer at least one question" in answer.text
    assert sections(store) == []


def test_somebody_who_is_second_sees_theirs_beside_their_own_and_saves_over_it(
    store, town, assessment_id, client_as, get, post
):
    url = f"/assessments/{assessment_id}/sections/health"
    second = client_as("nurse")
    mine = form_fields(get(second, url), url)
    post(client_as("ash.gp"), url, {"answer_conditions": "Theirs about the heart", "answer_pain": "yes"})
    answer = second.post(url, data={**mine, "answer_conditions": "Mine about the lungs", "answer_memory": "no"})
    assert answer.status_code == 409
    said = main_of(answer.text)
    assert "Somebody else was first" in said
    assert "It was last changed by Ash Gp" in said
    assert "for: Which conditions trouble them most, and how? : Theirs about the heart" in said
    assert "for: Has anybody noticed a change in their memory or thinking? : No answer" in said
    assert "for: Are they in pain" not in said  # nothing was said of it here: theirs is filled in
    assert re.search(r'name="answer_pain" type="radio" value="yes" checked', answer.text)
    assert "Mine about the lungs" in said
    assert sections(store)[0].answers == {"conditions": "Theirs about the heart", "pain": "yes"}
    again = form_fields(answer.text, url)
    assert again["row_version"] == "1"
    both = {"answer_conditions": "Theirs about the heart\nMine about the lungs", "answer_pain": "yes"}
    assert second.post(url, data={**again, **both}).status_code == 303
    assert sections(store)[0].answers == {"conditions": both["answer_conditions"], "pain": "yes"}
    assert sections(store)[0].author_id == town.users["nurse"]


@pytest.mark.parametrize("theirs", [{"answer_memory": "yes"}, {"answer_low_mood": "yes"}])
def test_a_tick_of_still_right_and_what_is_known_stay_where_somebody_was_first(
    store, town, assessment_id, client_as, get, post, theirs
):
    written(store, town, assessment_id, "health", "ash.gp", EARLIER, memory="no", what_matters="Her garden")
    url, second = f"/assessments/{assessment_id}/sections/mental_health", client_as("nurse")
    mine = form_fields(get(second, url), url)
    post(client_as("social.worker"), url, theirs)
    answer = second.post(url, data={**mine, "still_memory": "no", "still_what_matters": "Her garden"})
    assert (answer.status_code, read_page(answer.text)) == (409, [])
    said = main_of(answer.text)
    assert "Somebody else was first" in said
    assert "Already known" in said
    assert "GP register, 5 October 2026" in said
    for ticked in ("still_memory", "still_what_matters"):
        assert re.search(rf'name="{ticked}" type="checkbox"[^>]* checked', answer.text), ticked
    again = {**form_fields(answer.text, url), "still_memory": "no", "still_what_matters": "Her garden", **theirs}
    if "answer_memory" in theirs:
        del again["still_memory"]  # theirs is right
    assert second.post(url, data=again).status_code == 303
    kept = {"what_matters": "Her garden", "memory": theirs.get("answer_memory", "no")}
    assert sections(store)[-1].answers == kept | {key.removeprefix("answer_"): text for key, text in theirs.items()}


def test_a_tick_whose_earlier_answer_was_changed_meanwhile_becomes_an_answer_of_this_section(
    store, town, assessment_id, client_as, get, post
):
    written(store, town, assessment_id, "health", "ash.gp", EARLIER, complete=False, what_matters="Her garden")
    url, second = f"/assessments/{assessment_id}/sections/mental_health", client_as("nurse")
    mine = form_fields(get(second, url), url)
    post(client_as("social.worker"), url, {"answer_low_mood": "yes"})
    written(store, town, assessment_id, "health", "ash.gp", complete=False, seen=1, what_matters="Her sister")
    answer = second.post(url, data={**mine, "still_what_matters": "Her garden"})
    assert answer.status_code == 409
    assert re.search(r"<textarea[^>]*name=\"answer_what_matters\"[^>]*>Her garden</textarea>", answer.text)
    assert "Her sister" in main_of(answer.text)
    assert not re.search(r'name="still_what_matters"[^>]* checked', answer.text)


def test_each_mistake_of_a_section_names_its_question_and_leads_to_it(assessment_id, client_as, post):
    url, client = f"/assessments/{assessment_id}/sections/therapy", client_as("ash.gp")
    typed = {"answer_falls": "often", "answer_getting_about": "flying", "answer_eating": "x" * 4001, "then": "complete"}
    page = post(client, url, typed).text
    listed = re.findall(r'<a href="#([\w-]+)">\s*(.*?)\s*</a>', page.partition("There is a problem")[2], flags=re.S)
    asked = {one.key: one for one in read_questionnaires().newest(Discipline.THERAPY).questions}
    wrong = {
        "getting_about": "select one of the answers",
        "falls": "the answer must be a whole number from 0 to 99",
        "transfers": "answer this question to complete the section",
        "eating": "the answer must be 4,000 characters or fewer",
        "wants_to_do": "answer this question to complete the section",
    }
    expected = [(f"answer_{key}", f"“{asked[key].words}”: {sentence}") for key, sentence in wrong.items()]
    assert [(name, unescape(words)) for name, words in listed if name.startswith("answer_")] == expected
    assert all(f'id="{name}"' in page for name, _ in expected)


def test_two_sections_at_once_do_not_meet(store, assessment_id, client_as, get):
    gp, social = client_as("ash.gp"), client_as("social.worker")
    urls = [f"/assessments/{assessment_id}/sections/{one}" for one in ("health", "social_care")]
    forms = [form_fields(get(client, url), url) for client, url in zip((gp, social), urls, strict=True)]
    for client, url, form, key in zip((gp, social), urls, forms, ("conditions", "daily_living"), strict=True):
        assert client.post(url, data={**form, f"answer_{key}": "words"}).status_code == 303
    assert [one.discipline for one in sections(store)] == [Discipline.HEALTH, Discipline.SOCIAL_CARE]


def test_a_complete_section_is_read_and_reopened(store, town, assessment_id, client_as, get, post):
    written(store, town, assessment_id, "health", "ash.gp", what_matters="To sleep through")
    url, client = f"/assessments/{assessment_id}/sections/health", client_as("nurse")
    html = get(client, url)
    assert "To sleep through" in html
    assert "Questionnaire health.1" in html
    assert 'name="answer_what_matters"' not in html
    assert 'name="answer_what_matters"' in post(client, f"{url}/reopen", page=url).text
    assert sections(store)[0].state is SectionState.DRAFT


def test_an_answer_given_before_is_shown_and_can_be_said_to_be_still_right(
    store, town, assessment_id, client_as, get, post
):
    written(store, town, assessment_id, "health", "ash.gp", NOW, what_matters="To stay\nin her home", memory="no")
    url, client = f"/assessments/{assessment_id}/sections/mental_health", client_as("nurse")
    html = get(client, url)
    assert "Answered before: To stay in her home Ash Gp, Ash Surgery, in Health, 5 October 2026" in main_of(html)
    assert "Answered before: No Ash Gp" in main_of(html)
    assert html.count("Still right") == 2  # what matters and memory; the others were never asked
    post(client, url, {"still_what_matters": "To stay\r\nin her home", "still_memory": "no", "answer_low_mood": "yes"})
    assert sections(store)[1].answers == {"what_matters": "To stay\nin her home", "low_mood": "yes", "memory": "no"}
    assert "Still right" not in get(client, url)  # it is this section's own answer now


def test_still_right_and_another_answer_contradict_each_other(store, town, assessment_id, client_as, post):
    written(store, town, assessment_id, "health", "ash.gp", NOW, memory="no")
    url = f"/assessments/{assessment_id}/sections/mental_health"
    answer = post(client_as("nurse"), url, {"still_memory": "no", "answer_memory": "yes"})
    assert answer.status_code == 422
    assert "not both" in answer.text
    assert len(sections(store)) == 1


def test_answers_of_an_earlier_assessment_are_known_and_those_of_an_abandoned_one_are_not(
    store, town, case_id, client_as, get, post
):
    client = client_as("ash.gp")
    for state, words in (("outcome", "Of the completed one"), ("abandon", "Of the abandoned one")):
        made = started(store, town, case_id, now=EARLIER)
        written(store, town, made, "therapy", "nurse", EARLIER, wants_to_do=words)
        more = {**OUTCOME, "why_not_joint": "Short"} if state == "outcome" else {"reason": "In hospital"}
        assert post(client, f"/assessments/{made}/{state}", more).status_code == 200
    made = started(store, town, case_id)
    html = get(client, f"/assessments/{made}/sections/voluntary")
    assert "Of the completed one" in html
    assert "Of the abandoned one" not in html


def test_what_is_known_has_its_source_and_is_not_asked(store, town, assessment_id, client_as, get):
    with store.writing() as session:
        person = session.get_one(Person, town.people[2])
        person.lives_alone, person.residence = True, Residence.SHELTERED
        for ref, started_on in (("1", NOW - timedelta(days=100)), ("2", NOW - timedelta(days=400))):
            session.add(
                Encounter(
                    person_id=person.id, source="x", source_ref=ref, kind=EncounterKind.EMERGENCY_ADMISSION,
                    started_on=started_on.date(), provider_code="TRUST",
                )
            )  # fmt: skip
    consent = {"purpose": ConsentPurpose.CARE_COORDINATION, "state": ConsentState.GIVEN, "how": ConsentHow.SAID}
    act(store, town, record_consent, "ash.manager", EARLIER, person_id=town.people[2], seen_id=NOTHING, **consent)
    said = main_of(get(client_as("ash.gp"), f"/assessments/{assessment_id}/sections/health"))
    assert "Age 68 years GP register, 5 October 2026" in said
    assert "Lives in Sheltered housing GP register" in said
    assert "Lives alone Yes GP register" in said
    assert "Has a carer" not in said  # nothing is known of it
    assert "Emergency admission: 1 time 27 June 2026, East Community Trust" in said  # not the one of 400 days ago
    assert "2 emergency admissions in the last 12 months" in said
    assert "Risk score of 1 October 2026, demonstration model: never for care" in said
    assert "Care coordination Given Ash Manager, 3 October 2026" in said


def test_reasons_of_a_score_are_not_known_to_a_charity_or_where_the_person_objects(
    store, town, case_id, assessment_id, client_as, get
):
    with store.writing() as session:
        session.add(
            CareTeamMember(
                case_id=case_id, user_id=town.users["volunteer"], role=CareTeamRole.VOLUNTARY_WORKER,
                from_on=EARLIER.date(), added_at=EARLIER, added_by=town.users["ash.gp"],
            )
        )  # fmt: skip
    url, reason = f"/assessments/{assessment_id}/sections/voluntary", "2 emergency admissions in the last 12 months"
    assert reason in get(client_as("nurse"), url)
    assert reason not in get(client_as("volunteer"), url)
    objection = {"purpose": ConsentPurpose.RISK_STRATIFICATION, "state": ConsentState.REFUSED, "how": ConsentHow.SAID}
    act(store, town, record_consent, "ash.manager", NOW, person_id=town.people[2], seen_id=NOTHING, **objection)
    assert reason not in get(client_as("nurse"), url)


def test_sharing_refused_shuts_the_assessment_at_once(store, town, assessment_id, client_as, get):
    url, client = f"/assessments/{assessment_id}", client_as("social.worker")
    get(client, url)
    refusal = {"purpose": ConsentPurpose.SHARING_SOCIAL_CARE, "state": ConsentState.REFUSED, "how": ConsentHow.SAID}
    act(store, town, record_consent, "ash.manager", NOW, person_id=town.people[2], seen_id=NOTHING, **refusal)
    for path in ("", "/sections/social_care", "/capacity", "/outcome", "/abandon"):
        assert client.get(f"{url}{path}").status_code == 404


def test_consent_stands_on_the_overview_with_the_way_to_it(town, assessment_id, client_as, get):
    html = get(client_as("ash.gp"), f"/assessments/{assessment_id}")
    assert "Sharing with social care" in html
    assert f'href="/people/{town.people[2]}/consent"' in html


def test_capacity_is_asked_and_shown(store, assessment_id, client_as, get, post):
    url, client = f"/assessments/{assessment_id}/capacity", client_as("ash.gp")
    answer = post(client, url, {"capacity": "lacks_capacity", "note": " "})
    assert answer.status_code == 422
    assert "Enter how it was found that they lack capacity" in answer.text
    post(client, url, {"capacity": "lacks_capacity", "note": "Seen twice, with her son."})
    html = get(client, f"/assessments/{assessment_id}")
    assert "Lacks capacity for this decision" in html
    assert "Seen twice, with her son." in html
    assert "checked" in get(client, url)


def test_completing_one_that_is_not_joint_says_so_and_needs_a_reason(store, assessment_id, client_as, get, post):
    url, client = f"/assessments/{assessment_id}/outcome", client_as("ash.gp")
    assert "This is not a joint assessment." in get(client, url)
    answer = post(client, url, OUTCOME)
    assert answer.status_code == 422
    assert "Enter why it is completed although it is not joint" in answer.text
    assert "Help at home" in answer.text
    post(client, url, {**OUTCOME, "why_not_joint": "The council has closed its books."})
    html = get(client, f"/assessments/{assessment_id}")
    assert "Not joint" in html
    assert "The council has closed its books." in html


def test_one_that_stops_being_joint_while_its_outcome_is_written_is_not_completed_unnoticed(
    store, town, assessment_id, client_as, get, post
):
    for discipline, username in (("health", "ash.gp"), ("social_care", "social.worker")):
        written(store, town, assessment_id, discipline, username)
    url, client = f"/assessments/{assessment_id}/outcome", client_as("ash.gp")
    html = get(client, url)
    assert "What the section says: Social care" in html
    assert "Which daily tasks do they need help with?" in html
    assert 'name="why_not_joint"' not in html
    form = form_fields(html, url)
    section = f"/assessments/{assessment_id}/sections/social_care"
    post(client_as("social.worker"), f"{section}/reopen", page=section)
    answer = client.post(url, data={**form, **OUTCOME})
    assert answer.status_code == 422
    assert "Enter why it is completed although it is not joint" in answer.text
    assert assessment_row(store, assessment_id).state is AssessmentState.OPEN


def test_an_assessment_that_ended_is_read_and_not_written(store, town, case_id, assessment_id, client_as, get, post):
    client = client_as("ash.gp")
    written(store, town, assessment_id, "health", "ash.gp", complete=False)
    post(client, f"/assessments/{assessment_id}/abandon", {"reason": "She is in hospital"})
    html = get(client, f"/cases/{case_id}/assessment")
    assert f'href="/assessments/{assessment_id}"' in html
    assert "Start the assessment" in html
    html = get(client, f"/assessments/{assessment_id}/sections/health")
    assert "Some words" in html
    assert 'name="answer_' not in html
    for path in ("capacity", "outcome", "abandon"):
        answer = client.get(f"/assessments/{assessment_id}/{path}")
        assert answer.status_code == 422
        assert "abandoned" in answer.text


def test_an_older_version_of_the_questions_is_still_shown(store, town, assessment_id, client_as, get):
    """What was answered stays in its own words when the questions change, and can be read when they are gone."""
    written(store, town, assessment_id, "health", "ash.gp", falls="3")
    with store.writing() as session:
        session.execute(select(AssessmentSection)).scalar_one().questionnaire = "health.99"
    assert read_questionnaires().of("health.99") is None
    html = get(client_as("ash.gp"), f"/assessments/{assessment_id}/sections/health")
    assert "not configured here any more" in html
    assert "Falls" in html


def test_a_discipline_that_is_none_is_not_there(assessment_id, client_as):
    client = client_as("ash.gp")
    assert client.get(f"/assessments/{assessment_id}/sections/sport").status_code == 404
    assert client.get("/assessments/99999").status_code == 404


def test_every_look_at_a_section_is_written_down(store, town, assessment_id, client_as, get):
    get(client_as("social.worker"), f"/assessments/{assessment_id}/sections/social_care")
    assert audited(store)[-1] == ("view", [town.people[2]])
