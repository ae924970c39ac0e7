"""What people agree and object to: recorded per purpose, withdrawable, in force for everybody's next request."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.domain.consent_rules import ConsentHow
from caseload.domain.words import ConsentPurpose, ConsentState, NoticeKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import (
    CareTeamMember,
    Consent,
    EmergencyAccess,
    Notice,
    Proposal,
    ProposalEvent,
    StagedDecision,
    Task,
)
from tests.support.case_app import NOW, audited, propose
from tests.support.day_work import TODAY, said, task_for, task_row
from tests.support.led_cases import led, opened

ANSWER = {"answer": "withdrawn", "how": "said"}


def consents(store, town, number):
    with store.reading() as session:
        rows = select(Consent).where(Consent.person_id == town.people[number]).order_by(Consent.id)
        return [(row.purpose.value, row.state.value) for row in session.execute(rows).scalars()]


def rules_tasks(store, town, number):
    """Tasks that rules set about a person: rule, owner, team, due day."""
    with store.reading() as session:
        rows = select(Task).where(Task.person_id == town.people[number], Task.rule_code.is_not(None)).order_by(Task.id)
        return [(row.rule_code, row.owner_id, row.team_id, row.due_on) for row in session.execute(rows).scalars()]


def test_answers_are_kept_one_after_the_other(store, town):
    for state in ("given", "withdrawn", "given", "withdrawn"):
        said(store, town, 1, "care_coordination", state)
    said(store, town, 1, "sharing_health", "refused")
    assert consents(store, town, 1) == [
        ("care_coordination", "given"), ("care_coordination", "withdrawn"), ("care_coordination", "given"),
        ("care_coordination", "withdrawn"), ("sharing_health", "refused"),
    ]  # fmt: skip
    assert [event for event in audited(store) if event[0].startswith("consent.")][0] == (
        "consent.given", [town.people[1]],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "state"),
    [
        ((), "withdrawn"), (("given",), "given"), (("given",), "refused"), (("refused",), "refused"),
        (("refused",), "withdrawn"), (("given", "withdrawn"), "withdrawn"), (("given", "withdrawn"), "refused"),
    ],
)  # fmt: skip
def test_answer_that_cannot_follow_is_refused(store, town, before, state):
    for earlier in before:
        said(store, town, 1, "sharing_social_care", earlier)
    with pytest.raises(NotNow):
        said(store, town, 1, "sharing_social_care", state)
    assert [one for _, one in consents(store, town, 1)] == list(before)


def test_answer_over_one_that_was_not_seen_is_a_conflict(store, town):
    said(store, town, 1, "sharing_health", "refused")
    with pytest.raises(Conflict):
        said(store, town, 1, "sharing_health", "given", seen_id=0)


@pytest.mark.parametrize(
    ("username", "number"), [("navigator", 1), ("cedar.manager", 1), ("chair", 1), ("ig", 1), ("integration", 1)]
)
def test_answer_cannot_be_recorded_by_who_may_not(store, town, username, number):
    with pytest.raises(NotThere):
        said(store, town, number, "sharing_health", "refused", by=username)


def test_answer_is_not_recorded_through_break_glass(store, town):
    with store.writing() as session:
        session.add(
            EmergencyAccess(
                user_id=town.users["nurse"], person_id=town.people[1], reason_code="r", reason="fell",
                opened_at=NOW, expires_at=NOW + timedelta(hours=1),
            )
        )  # fmt: skip
    with pytest.raises(NotNow, match="in an emergency"):
        said(store, town, 1, "sharing_health", "given", by="nurse")


def test_answer_of_somebody_who_died_stays_as_it_was(client_as, get, store, town):
    with pytest.raises(NotNow, match="has died"):
        said(store, town, 5, "sharing_health", "refused")
    html = get(client_as("ash.manager"), f"/people/{town.people[5]}/consent")
    assert "cannot be changed" in html
    assert "Record an answer" not in html
    assert (
        '<form method="post" novalidate'
        not in get(client_as("ash.manager"), f"/people/{town.people[5]}/consent/sharing_health").split("<main")[1]
    )


def test_representative_has_a_name(store, town):
    with pytest.raises(NotNow, match="name of the representative"):
        said(store, town, 1, "sharing_health", "given", how=ConsentHow.REPRESENTATIVE)
    said(store, town, 1, "sharing_health", "given", how=ConsentHow.REPRESENTATIVE, representative="A Daughter")


def test_withdrawn_sharing_takes_a_council_users_access_from_their_next_request(client_as, get, post, store, town):
    led(store, town, 1, "social.worker", need="social", code="persons_choice")
    said(store, town, 1, "sharing_social_care", "given")
    worker, manager = client_as("social.worker"), client_as("ash.manager")
    urls = ["", "/looks", "/tasks", "/consent", "/contacts/new", "/tasks/new"]
    for url in urls:
        get(worker, f"/people/{town.people[1]}{url}")
    assert "FAMILY1" in get(worker, "/")
    answered = post(manager, f"/people/{town.people[1]}/consent/sharing_social_care", ANSWER)
    assert "It is in force from now on" in answered.text
    for url in urls:
        assert worker.get(f"/people/{town.people[1]}{url}").status_code == 404, url
    assert "FAMILY1" not in get(worker, "/")
    assert "FAMILY1" not in get(worker, "/cases")
    get(manager, f"/people/{town.people[1]}")
    get(client_as("ash.gp"), f"/people/{town.people[1]}")


def test_given_again_gives_the_access_back(client_as, get, store, town):
    led(store, town, 1, "social.worker", need="social", code="persons_choice")
    said(store, town, 1, "sharing_social_care", "refused")
    worker = client_as("social.worker")
    assert worker.get(f"/people/{town.people[1]}").status_code == 404
    said(store, town, 1, "sharing_social_care", "given")
    get(worker, f"/people/{town.people[1]}")


def test_withdrawn_sharing_passes_tasks_on_and_asks_for_another_lead(store, town):
    led(store, town, 1, "social.worker", need="social", code="persons_choice")
    theirs = task_for(store, town, 1, by="social.worker")
    others = task_for(store, town, 1, by="ash.gp")
    said(store, town, 1, "sharing_social_care", "refused")
    assert (task_row(store, theirs)["owner_id"], task_row(store, theirs)["team_id"]) == (None, town.team_id)
    assert task_row(store, others)["owner_id"] == town.users["ash.gp"]
    assert ("lead_without_access", None, town.team_id, TODAY) in rules_tasks(store, town, 1)
    with store.reading() as session:
        told = session.execute(
            select(Notice.user_id, Notice.kind).where(Notice.kind == NoticeKind.CONSENT_WITHDRAWN)
        ).all()
    assert [tuple(row) for row in told] == [(town.users["social.worker"], NoticeKind.CONSENT_WITHDRAWN)]


def test_withdrawn_care_coordination_tells_the_team_and_asks_to_close(store, town):
    case_id = led(store, town, 1, "ash.gp")
    with store.writing() as session:
        session.add(
            CareTeamMember(
                case_id=case_id, user_id=town.users["navigator"], role="care_navigator", from_on=TODAY,
                added_at=NOW, added_by=town.users["ash.manager"],
            )
        )  # fmt: skip
    said(store, town, 1, "care_coordination", "given")
    said(store, town, 1, "care_coordination", "withdrawn")
    with store.reading() as session:
        told = set(session.execute(select(Notice.user_id).where(Notice.kind == NoticeKind.CONSENT_WITHDRAWN)).scalars())
    assert told == {town.users["ash.gp"], town.users["navigator"]}
    assert rules_tasks(store, town, 1)[-1] == ("consent_withdrawn", town.users["navigator"], None, TODAY)


def test_no_without_a_case_sets_no_task(store, town):
    for purpose in ConsentPurpose:
        said(store, town, 1, purpose, "refused")
    assert rules_tasks(store, town, 1) == []


@pytest.mark.parametrize("staged", [True, False])
def test_objection_to_risk_scores_hides_the_score_everywhere_at_once_and_closes_the_proposal(
    client_as, get, post, store, town, staged
):
    proposal_id = propose(store, town, [1, 2])[1]
    if staged:
        with store.writing() as session:
            session.add(
                StagedDecision(
                    proposal_id=proposal_id, practice_id=town.places["Y90001"], decision="accept", staged_at=NOW,
                    staged_by=town.users["ash.manager"],
                )
            )  # fmt: skip
    manager = client_as("ash.manager")
    page, review = f"/people/{town.people[1]}", f"/review/{town.places['Y90001']}"
    assert "2 emergency admissions" in get(manager, page)
    assert "FAMILY1" in get(manager, review)
    post(manager, f"{page}/consent/risk_stratification", {"answer": "refused", "how": "said"})
    html = get(manager, page)
    assert "objects to risk scores" in html
    for score in ("2 emergency admissions", "app-chart", "Percentile", "predicted chance", "Up from"):
        assert score not in html, score
    assert "FAMILY1" not in get(manager, review)
    assert "FAMILY2" in get(manager, review)
    with store.reading() as session:
        proposal = session.get_one(Proposal, proposal_id)
        assert (proposal.state.value, proposal.reason_code, proposal.decided_by) == ("closed", "objected", None)
        assert session.get(StagedDecision, proposal_id) is None
        events = session.execute(
            select(ProposalEvent.state, ProposalEvent.by).where(ProposalEvent.proposal_id == proposal_id)
        ).all()
    assert [(state.value, by) for state, by in events] == [("closed", town.users["ash.manager"])]
    assert ("proposal.close", [town.people[1]]) in audited(store)


def test_objection_hides_the_score_of_somebody_with_a_case_on_every_page(client_as, get, store, town):
    case_id = led(store, town, 1, "ash.gp")
    manager = client_as("ash.manager")
    pages = [f"/people/{town.people[1]}", "/cases"]
    for url in pages:
        assert "Very high" in main_of(get(manager, url)), url
    said(store, town, 1, "risk_stratification", "refused")
    for url in pages:
        part = main_of(get(manager, url)).split("app-filters")[0] if url == "/cases" else main_of(get(manager, url))
        assert "Very high" not in rows_about(part, "FAMILY1", url), url
    assert case_id


def rows_about(html, name, url):
    """The rows of a list that name somebody; of a page about one person, all of it."""
    if url.startswith("/people/"):
        return html
    return " ".join(row for row in html.split("<tr")[1:] if name in row)


def main_of(html):
    return html.split("<main")[1]


def test_objection_keeps_a_concern_before_the_practice(store, town):
    proposal_id = propose(store, town, [1])[1]
    with store.writing() as session:
        session.add(
            ProposalEvent(
                proposal_id=proposal_id, state="proposed", reason_code="concern", note="Fell twice", at=NOW,
                by=town.users["ash.gp"],
            )
        )  # fmt: skip
    said(store, town, 1, "risk_stratification", "refused")
    with store.reading() as session:
        assert session.get_one(Proposal, proposal_id).state.value == "proposed"


def test_objection_taken_back_shows_the_score_again(client_as, get, store, town):
    said(store, town, 1, "risk_stratification", "refused")
    said(store, town, 1, "risk_stratification", "given")
    assert "2 emergency admissions" in get(client_as("ash.manager"), f"/people/{town.people[1]}")


def test_page_shows_what_holds_and_what_was_said(client_as, get, store, town):
    said(store, town, 1, "sharing_health", "given", note="At the kitchen table")
    said(store, town, 1, "sharing_health", "withdrawn", how=ConsentHow.WRITTEN)
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}/consent")
    assert "Letter, e-mail or message" in html
    assert "At the kitchen table" in html
    assert "No objection recorded" in html
    assert html.index("Withdrawn") < html.index("Given<")


def test_form_offers_only_what_can_follow(client_as, get, store, town):
    url = f"/people/{town.people[1]}/consent/sharing_health"
    client = client_as("ash.manager")
    first = main_of(get(client, url))
    assert 'value="given"' in first
    assert 'value="refused"' in first
    assert 'value="withdrawn"' not in first
    said(store, town, 1, "sharing_health", "given")
    second = main_of(get(client, url))
    assert 'value="withdrawn"' in second
    assert 'value="given"' not in second


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"answer": ""}, "Select what they said"),
        ({"answer": "perhaps"}, "Select what they said"),
        ({"how": ""}, "Select how they said it"),
        ({"how": "representative"}, "Enter the name of the representative"),
        ({"note": "x" * 2001}, "The note must be 2,000 characters or fewer"),
    ],
)
def test_form_says_what_is_wrong(client_as, post, store, town, wrong, sentence):
    url = f"/people/{town.people[1]}/consent/sharing_health"
    page = post(client_as("ash.manager"), url, {"answer": "given", "how": "said", **wrong})
    assert page.status_code == 422
    assert page.text.count(sentence) >= 2
    assert consents(store, town, 1) == []


def test_two_who_answer_at_once_do_not_overwrite_each_other(client_as, post, store, town):
    url = f"/people/{town.people[1]}/consent/sharing_health"
    late = post(client_as("ash.gp"), url, {"answer": "given", "how": "said", "seen": "0"})
    assert late.status_code == 200
    page = post(client_as("ash.manager"), url, {"answer": "refused", "how": "said", "seen": "0", "note": "Mine"})
    assert page.status_code == 409
    assert "Mine" in page.text
    assert consents(store, town, 1) == [("sharing_health", "given")]


def test_unknown_purpose_is_no_page(client_as, town):
    assert client_as("ash.manager").get(f"/people/{town.people[1]}/consent/selling").status_code == 404


def test_who_takes_their_own_access_away_goes_to_their_day(client_as, post, store, town):
    led(store, town, 1, "social.worker", need="social", code="persons_choice")
    client = client_as("social.worker")
    url = f"/people/{town.people[1]}/consent/sharing_social_care"
    page = post(client, url, {"answer": "refused", "how": "said"}, follow=False)
    assert (page.status_code, page.location) == (303, "/")
    assert consents(store, town, 1) == [("sharing_social_care", ConsentState.REFUSED.value)]


def test_mdt_chair_reads_and_does_not_record(client_as, get, store, town):
    opened(store, town, 1)
    client = client_as("chair")
    assert "Record an answer" not in get(client, f"/people/{town.people[1]}/consent")
    assert client.get(f"/people/{town.people[1]}/consent/sharing_health").status_code == 404


def test_objection_takes_the_tier_out_of_the_words_of_the_lead_rule(client_as, get, store, town):
    """Wherever the rule's sentence is shown: the list of cases without a lead, the lead's page, the timeline."""
    waiting = opened(store, town, 2)
    led(store, town, 1, "ash.gp")
    manager = client_as("ash.manager")
    pages = ["/cases/unallocated", f"/cases/{waiting}/lead", f"/people/{town.people[1]}"]
    for url in pages:
        assert re.search(r"[Hh]igh risk in the run", main_of(get(manager, url))), url
    for number in (1, 2):
        said(store, town, number, "risk_stratification", "refused")
    for url in pages:
        assert not re.search(r"[Hh]igh risk in the run", main_of(get(manager, url))), url


@pytest.mark.parametrize(
    ("purpose", "before", "asked", "button", "state"),
    [
        ("sharing_social_care", ["given"], "Withdraw consent to sharing with social care?", "Withdraw consent", "withdrawn"),
        ("sharing_social_care", ["refused"], "Record that they agree now: sharing with social care?", "They agree", "given"),
        (
            "risk_stratification", ["given"], "Record an objection to use of their record for risk scores?",
            "Record the objection", "withdrawn",
        ),
        (
            "risk_stratification", ["refused"], "Take back the objection to use of their record for risk scores?",
            "Take back the objection", "given",
        ),
    ],
)  # fmt: skip
def test_only_answer_there_is_is_confirmed_with_one_button(
    client_as, get, post, store, town, purpose, before, asked, button, state
):
    for one in before:
        said(store, town, 1, purpose, one)
    client, url = client_as("ash.manager"), f"/people/{town.people[1]}/consent/{purpose}"
    html = get(client, url).split("<main")[1]
    assert asked in html.split("<h1")[1].split("</h1>")[0]
    assert 'type="radio" value="withdrawn"' not in html
    assert html.count('name="answer"') == 1
    assert f">{button}</button>" in html
    page = post(client, url, {"how": "said"})
    assert "It is in force from now on" in page.text
    with store.reading() as session:
        last = session.execute(select(Consent).order_by(Consent.id.desc()).limit(1)).scalar_one()
        assert (last.purpose, last.state) == (purpose, state)


def test_first_answer_is_a_choice(client_as, get, town):
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}/consent/sharing_social_care")
    assert html.count('name="answer"') == 2
    assert "Record the answer" in html
