"""Naming the accountable lead of a case, and telling the person."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.cases import close_case, set_need_case
from caseload.actions.leads import confirm_lead, propose_lead, propose_leads, propose_leads_everywhere, record_told
from caseload.domain.case_rules import ClosingReason
from caseload.domain.words import ConsentState, ContactMode, PrimaryNeed, Profession, TaskState
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import Case, Consent, LeadAllocation, LeadProposal, Leave, Notice, Person, Task
from tests.support.case_app import NOW, audited
from tests.support.led_cases import BEFORE, leads_of, led, named, opened


def proposals_of(store, case_id):
    with store.reading() as session:
        rows = session.execute(select(LeadProposal).where(LeadProposal.case_id == case_id).order_by(LeadProposal.id))
        return [(row.rule_code, row.profession, row.sentence) for row in rows.scalars()]


def lead_row(store, case_id):
    with store.reading() as session:
        row = session.execute(select(LeadAllocation).where(LeadAllocation.case_id == case_id)).scalar_one()
        session.expunge(row)
        return row


def test_opening_a_case_of_somebody_at_very_high_risk_proposes_the_registered_gp(store, town):
    case_id = opened(store, town, 1)
    assert proposals_of(store, case_id) == [
        (
            "VH",
            Profession.GP,
            "Very high risk in the run of 1 October 2026, so the registered GP leads (rule VH, version 2026.1).",
        )
    ]
    assert ("lead.propose", [town.people[1]]) in audited(store)


def test_a_case_without_a_primary_need_proposes_nobody_and_says_what_is_missing(store, town):
    case_id = opened(store, town, 2)
    [(code, profession, sentence)] = proposals_of(store, case_id)
    assert (code, profession) == ("MISSING", None)
    assert "the primary need decides, and it is not recorded" in sentence


def test_a_need_that_changes_the_outcome_adds_a_proposal_and_one_that_does_not_adds_none(store, town):
    case_id = opened(store, town, 2, "functional")
    with store.writing() as session:
        case = session.get_one(Case, case_id)
        first = propose_lead(session, now=NOW, case=case)
        assert propose_lead(session, now=NOW + timedelta(hours=1), case=case) == first
    assert [(code, who) for code, who, _ in proposals_of(store, case_id)] == [
        ("MISSING", None),
        ("NEED-FUNCTIONAL", Profession.THERAPIST),
    ]


def test_a_birthday_changes_what_is_proposed_the_day_it_comes(store, town):
    case_id = opened(store, town, 10, "nursing")  # 76 on 6 October 2026
    with store.writing() as session:
        assert propose_leads(session, now=NOW, case_ids=[case_id]) == 0
        assert propose_leads(session, now=NOW + timedelta(days=1), case_ids=[case_id]) == 1
    assert proposals_of(store, case_id)[-1][:2] == ("AGE", Profession.GP)


def test_the_rule_is_applied_to_every_case_that_is_not_closed(store, town):
    first, second = opened(store, town, 10, "nursing"), opened(store, town, 1)
    with store.writing() as session:
        by = town.viewer(session, "ash.manager")
        version = session.get_one(Case, second).row_version
        close_case(session, by=by, now=NOW, case_id=second, row_version=version, reason=ClosingReason.GOALS_MET)
    with store.writing() as session:
        assert propose_leads_everywhere(session, now=NOW + timedelta(days=100)) == 1  # a birthday, and a run too old
    assert proposals_of(store, first)[-1][0] == "AGE"
    assert [code for code, _, _ in proposals_of(store, second)] == ["VH"]


def test_nobody_is_named_for_somebody_who_died(store, town):
    case_id = opened(store, town, 1)
    with store.writing() as session:
        session.get_one(Person, town.people[1]).date_of_death = date(2026, 10, 4)
    with pytest.raises(NotNow) as refused:
        named(store, town, case_id, "ash.gp", by="ash.manager")
    assert refused.value.sentence.startswith("This person has died")


def test_an_objection_to_scoring_takes_the_tier_out_of_the_rule(store, town):
    case_id = opened(store, town, 1)  # born 1941: over 75 as well as very high
    with store.writing() as session:
        session.add(
            Consent(
                person_id=town.people[1],
                purpose="risk_stratification",
                state=ConsentState.REFUSED,
                how="letter",
                at=NOW,
            )
        )
    with store.writing() as session:
        propose_lead(session, now=NOW, case=session.get_one(Case, case_id))
    assert proposals_of(store, case_id)[-1][0] == "AGE"


def test_confirming_whom_the_rule_proposes_names_them_and_sets_the_task_of_telling_the_person(store, town):
    case_id = led(store, town, 1, "ash.gp")
    lead = lead_row(store, case_id)
    assert (lead.user_id, lead.profession, lead.from_at, lead.until_at) == (
        town.users["ash.gp"],
        Profession.GP,
        BEFORE,
        None,
    )
    assert (lead.rule_code, lead.rule_version, lead.override_code) == ("VH", "2026.1", None)
    assert lead.tell_by == date(2026, 10, 12)
    with store.reading() as session:
        task = session.execute(select(Task).where(Task.rule_code == "TELL_LEAD")).scalar_one()
        assert (task.owner_id, task.due_on, task.case_id) == (town.users["ash.gp"], lead.tell_by, case_id)
        told = session.execute(select(Notice.user_id).where(Notice.kind == "made_lead")).scalars().all()
        assert told == [town.users["ash.gp"]]
    assert ("lead.confirm", [town.people[1]]) in audited(store)


@pytest.mark.parametrize(
    ("username", "code", "note", "sentence"),
    [
        ("therapist", None, "", "The rule proposes the registered GP. Choose a reason"),
        ("birch.gp", None, "", "The rule proposes the registered GP. Choose a reason"),
        ("therapist", "handed_over", "", "Choose a reason"),
        ("therapist", "no such reason", "", "Choose a reason"),
        ("therapist", "other", " ", "Say in words"),
        ("navigator", "persons_choice", "", "cannot lead this case"),
    ],
)
def test_a_choice_that_needs_a_reason_and_has_none_that_stands_is_refused(store, town, username, code, note, sentence):
    case_id = opened(store, town, 1)
    with pytest.raises(NotNow) as refused:
        named(store, town, case_id, username, by="ash.manager", code=code, note=note)
    assert sentence in refused.value.sentence
    assert leads_of(store, case_id) == []


def test_an_override_keeps_its_reason_beside_what_the_rule_said(store, town):
    case_id = led(store, town, 1, "therapist", code="persons_choice", note="Asked for by name")
    lead = lead_row(store, case_id)
    assert (lead.override_code, lead.override_note, lead.rule_code) == ("persons_choice", "Asked for by name", "VH")
    assert lead.profession is Profession.THERAPIST
    assert ("lead.override", [town.people[1]]) in audited(store)


def test_somebody_on_leave_is_named_only_with_a_reason(store, town):
    with store.writing() as session:
        session.add(Leave(user_id=town.users["ash.gp"], first_day=date(2026, 10, 1), last_day=date(2026, 10, 14)))
    case_id = opened(store, town, 1)
    with pytest.raises(NotNow, match="Choose a reason") as refused:
        named(store, town, case_id, "ash.gp", by="ash.manager")
    assert refused.value.sentence.startswith("They are on leave.")
    assert named(store, town, case_id, "ash.gp", by="ash.manager", code="persons_choice")


def test_nobody_can_be_confirmed_plainly_while_the_primary_need_is_missing(store, town):
    case_id = opened(store, town, 2)
    with pytest.raises(NotNow) as refused:
        named(store, town, case_id, "ash.gp", by="ash.manager")
    assert "until the primary need is recorded" in refused.value.sentence


def test_a_gp_stands_for_a_doctor(store, town):
    case_id = led(store, town, 2, "birch.gp", need="medical")
    assert lead_row(store, case_id).override_code is None


def test_a_second_lead_is_a_conflict_that_names_the_first(store, town):
    case_id = led(store, town, 1, "ash.gp")
    with pytest.raises(Conflict) as refused:
        named(store, town, case_id, "ash.partner", by="ash.manager")
    assert refused.value.theirs == {"Accountable lead": "Ash Gp"}
    assert len(leads_of(store, case_id)) == 1


def test_a_case_that_changed_since_the_page_was_shown_is_a_conflict(store, town):
    case_id = opened(store, town, 2, "functional")
    with store.writing() as session:
        by = town.viewer(session, "ash.manager")
        version = session.get_one(Case, case_id).row_version
        set_need_case(session, by=by, now=NOW, case_id=case_id, row_version=version, need=PrimaryNeed.NURSING)
    with pytest.raises(Conflict), store.writing() as session:
        confirm_lead(
            session, by=town.viewer(session, "ash.manager"), now=NOW, case_id=case_id, row_version=version,
            user_id=town.users["therapist"],
        )  # fmt: skip
    assert leads_of(store, case_id) == []


@pytest.mark.parametrize("username", ["birch.manager", "south.navigator", "therapist", "ash.partner", "integration"])
def test_somebody_who_may_not_name_leads_there_is_told_nothing(store, town, username):
    case_id = opened(store, town, 1)
    with pytest.raises(NotThere):
        named(store, town, case_id, "ash.gp", by=username)


def test_nobody_of_a_sector_the_person_refused_can_lead(store, town):
    case_id = opened(store, town, 2, "social")
    with store.writing() as session:
        session.add(
            Consent(person_id=town.people[2], purpose="sharing_social_care", state="refused", how="telephone", at=NOW)
        )
    with pytest.raises(NotNow, match="cannot be carried out|Choose somebody") as refused:
        named(store, town, case_id, "social.worker", by="ash.manager")
    assert "cannot lead this case" in refused.value.sentence


def test_the_persons_own_practice_can_lead_though_sharing_with_health_was_refused(store, town):
    case_id = opened(store, town, 1)
    with store.writing() as session:
        session.add(
            Consent(person_id=town.people[1], purpose="sharing_health", state="withdrawn", how="letter", at=NOW)
        )
    with pytest.raises(NotNow):
        named(store, town, case_id, "therapist", by="ash.manager", code="persons_choice")
    assert named(store, town, case_id, "ash.gp", by="ash.manager")


def test_closing_a_case_ends_its_leads_time_and_no_other_can_be_named(store, town):
    case_id = led(store, town, 1, "ash.gp")
    with store.writing() as session:
        by = town.viewer(session, "ash.manager")
        version = session.get_one(Case, case_id).row_version
        close_case(session, by=by, now=NOW, case_id=case_id, row_version=version, reason=ClosingReason.GOALS_MET)
    assert leads_of(store, case_id) == [(town.users["ash.gp"], BEFORE, NOW)]
    with pytest.raises(NotNow):
        named(store, town, case_id, "ash.gp", by="ash.manager")


def tell(store, town, case_id, *, told_on, by="ash.gp", how=ContactMode.LETTER, lead_id=None):
    with store.writing() as session:
        lead = session.execute(select(LeadAllocation.id).where(LeadAllocation.case_id == case_id)).scalar_one()
        return record_told(
            session, by=town.viewer(session, by), now=NOW, case_id=case_id, allocation_id=lead_id or lead,
            told_on=told_on, how=how,
        )  # fmt: skip


def test_recording_that_the_person_was_told_keeps_when_and_how_and_finishes_the_task(store, town):
    case_id = led(store, town, 1, "ash.gp")
    tell(store, town, case_id, told_on=date(2026, 10, 4))
    lead = lead_row(store, case_id)
    assert (lead.told_at.isoformat(), lead.told_by, lead.told_how) == (
        "2026-10-04T11:00:00+00:00",  # noon in London
        town.users["ash.gp"],
        "letter",
    )
    with store.reading() as session:
        task = session.execute(select(Task).where(Task.rule_code == "TELL_LEAD")).scalar_one()
        assert (task.state, task.ended_by) == (TaskState.DONE, town.users["ash.gp"])
    assert ("lead.told", [town.people[1]]) in audited(store)


def test_recording_twice_that_the_person_was_told_is_a_conflict(store, town):
    case_id = led(store, town, 1, "ash.gp")
    tell(store, town, case_id, told_on=date(2026, 10, 5))
    with pytest.raises(Conflict):
        tell(store, town, case_id, told_on=date(2026, 10, 5))


@pytest.mark.parametrize("told_on", [date(2026, 10, 1), date(2026, 10, 6)])
def test_the_day_of_telling_lies_between_the_leads_beginning_and_today(store, town, told_on):
    case_id = led(store, town, 1, "ash.gp")
    with pytest.raises(NotNow):
        tell(store, town, case_id, told_on=told_on)
    assert lead_row(store, case_id).told_at is None


def test_the_lead_of_another_case_cannot_be_said_to_have_been_told(store, town):
    case_id, other = led(store, town, 1, "ash.gp"), led(store, town, 2, "therapist", need="functional")
    with pytest.raises(NotThere):
        tell(store, town, case_id, told_on=date(2026, 10, 5), lead_id=lead_row(store, other).id)
