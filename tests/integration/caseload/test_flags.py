"""Flags for urgent care: set only where the person agreed and has a plan, changed, ended by hand and by what they stand on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.aftermath import Change, answer_changes
from caseload.actions.cases import close_case
from caseload.actions.flag_endings import sweep_flags
from caseload.actions.plans import withdraw_plan
from caseload.actions.restrictions import restrict_person
from caseload.domain.case_rules import ClosingReason
from caseload.domain.person_changes import PersonChange
from caseload.domain.restriction import RestrictReason
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.flags import flag_in_force
from caseload.tables import CareFlag, Case, Person, PersonEvent, PlanVersion
from tests.support.case_app import NOW, audited
from tests.support.flag_work import SAYS, FlagWork
from tests.support.plan_work import PlanWork

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def work(store, town):
    """Person 1 with a case that ash.gp leads, an active plan and a yes."""
    return FlagWork(store, town)


def in_force(store, now=NOW):
    with store.reading() as session:
        wanted = select(CareFlag.id).join(Person, Person.id == CareFlag.person_id).where(flag_in_force(now))
        return sorted(session.execute(wanted).scalars())


def acts(store):
    return [action for action, _ in audited(store) if action.startswith("flag.")]


# Setting one


def test_setting_writes_the_flag_its_history_its_task_and_its_event(work, store, town):
    flag_id = work.set()
    flag = work.flag(flag_id)
    assert (flag.person_id, flag.case_id, flag.code, flag.category.value) == (
        work.person_id, work.case_id, "has_care_plan", "care_plan",
    )  # fmt: skip
    assert {name: getattr(flag, name) for name in SAYS} == SAYS
    assert (flag.starts_on, flag.state.value, flag.set_by) == (NOW.date(), "active", town.users["ash.gp"])
    (event,) = work.history(flag_id)
    assert event[:2] == ("set", None)
    assert SAYS["said"] in event[2]
    assert event[3] == town.users["ash.gp"]
    assert work.reviews() == [(date(2026, 12, 21), "open", town.users["ash.gp"])]
    assert ("flag.set", [work.person_id]) in audited(store)
    assert in_force(store) == [flag_id]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ((), "has not agreed yet that urgent care"),
        ((("sharing_urgent_care", "refused"),), "does not want urgent care to be told"),
        ((("sharing_urgent_care", "given"), ("sharing_urgent_care", "withdrawn")), "does not want urgent care"),
        ((("sharing_urgent_care", "given"), ("care_coordination", "refused")), "does not agree to care coordination"),
    ],
)  # fmt: skip
def test_nothing_is_set_without_a_yes(store, town, answers, sentence):
    work = FlagWork(store, town, agrees=False)
    for purpose, state in answers:
        work.say(purpose, state)
    with pytest.raises(NotNow, match=sentence):
        work.set()
    assert in_force(store) == []
    assert acts(store) == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"date_of_death": date(2026, 10, 1)}, "has died"),
        ({"deregistered_on": date(2026, 10, 1)}, "not on the list"),
    ],
)
def test_nothing_is_set_for_who_died_or_left(work, values, sentence):
    work.person(**values)
    with pytest.raises(NotNow, match=sentence):
        work.set()


def test_nothing_is_set_for_a_restricted_record(work):
    work.person(restricted=True)
    with pytest.raises(NotNow, match="restricted"):
        work.set()


def test_nothing_is_set_without_an_active_plan(work, store):
    with store.writing() as session:
        plan = session.get_one(PlanVersion, work.plan_id)
        plan.state, plan.ended_at, plan.ended_by = "superseded", NOW, plan.created_by
    with pytest.raises(NotNow, match="no active care plan"):
        work.set()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"said": " "}, "said"),
        ({"said": "x" * 141}, "said"),
        ({"said": "Has medicines: [which]"}, "said"),
        ({"said": "NHS number 999 000 0018"}, "said"),
        ({"ring_name": ""}, "ring_name"),
        ({"ring_name": "x" * 201}, "ring_name"),
        ({"ring_phone": "the practice"}, "ring_phone"),
        ({"ring_phone": "0" * 41}, "ring_phone"),
        ({"ring_when": " "}, "ring_when"),
        ({"review_on": NOW.date()}, "review_on"),
        ({"review_on": date(2027, 4, 6)}, "review_on"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_field(work, changed, field):
    with pytest.raises(NotNow) as refused:
        work.set(**changed)
    assert refused.value.field == field


def test_the_longest_that_can_be_sent_is_taken(work):
    flag_id = work.set(said="x" * 140, review_on=date(2027, 4, 5))
    assert len(work.flag(flag_id).said) == 140


def test_a_code_that_is_not_known_is_refused(work):
    with pytest.raises(NotNow):
        work.set(code="anything")


def test_a_second_flag_of_a_kind_is_refused_and_another_kind_is_not(work, store):
    first = work.set()
    with pytest.raises(NotNow, match="already"):
        work.set()
    second = work.set(code="door")
    assert in_force(store) == [first, second]


@pytest.mark.parametrize("username", ["birch.gp", "birch.manager", "cedar.manager"])
def test_who_may_not_open_the_person_is_told_nothing(work, username):
    with pytest.raises(NotThere):
        work.set(username)
    flag_id = work.set()
    with pytest.raises(NotThere):
        work.change(flag_id, username)
    with pytest.raises(NotThere):
        work.end(flag_id, username)


# Changing one


def test_changing_keeps_what_it_said_before_and_moves_the_review(work, store, town):
    flag_id = work.set()
    work.change(flag_id, said="Ring us first, day or night.", review_on=date(2026, 12, 1), now=LATER)
    flag = work.flag(flag_id)
    assert (flag.said, flag.review_on, flag.changed_at) == ("Ring us first, day or night.", date(2026, 12, 1), LATER)
    (_, changed) = work.history(flag_id)
    assert changed[0] == "changed"
    assert SAYS["said"] in changed[1]
    assert "Ring us first" in changed[2]
    lead = town.users["ash.gp"]
    assert work.reviews() == [(date(2026, 12, 21), "cancelled", lead), (date(2026, 11, 17), "open", lead)]
    assert acts(store) == ["flag.set", "flag.change"]


def test_a_change_that_was_overtaken_is_a_conflict(work):
    flag_id = work.set()
    work.change(flag_id, said="First", now=LATER)
    with pytest.raises(Conflict):
        work.change(flag_id, said="Second", row_version=1)
    assert work.flag(flag_id).said == "First"


def test_a_flag_is_not_changed_once_the_person_said_no(work):
    flag_id = work.set()
    work.say("sharing_urgent_care", "withdrawn")
    with pytest.raises(NotNow, match="ended"):
        work.change(flag_id, said="Still here")


def test_renewing_a_flag_past_its_date_puts_it_in_force_again(work, store):
    flag_id = work.set(review_on=date(2026, 10, 6))
    now = NOW + timedelta(days=3)
    assert in_force(store, now) == []
    work.change(flag_id, now=now)
    assert in_force(store, now) == [flag_id]


# Ending one


@pytest.mark.parametrize(
    ("mistake", "state", "ending"), [(False, "inactive", "removed"), (True, "entered-in-error", "mistake")]
)
def test_ending_by_hand_keeps_the_record_and_tells_the_lead(work, store, town, mistake, state, ending):
    flag_id = work.set()
    work.end(flag_id, "ash.manager", note=" She moved in with her son. ", mistake=mistake, now=LATER)
    flag = work.flag(flag_id)
    assert work.stands(flag_id) == (state, ending)
    assert (flag.said, flag.ended_note, flag.ended_at, flag.ended_user_id) == (
        SAYS["said"], "She moved in with her son.", LATER, town.users["ash.manager"],
    )  # fmt: skip
    assert work.history(flag_id)[-1] == ("ended", "active", ending, town.users["ash.manager"])
    assert work.told() == [town.users["ash.gp"]]
    assert [state for _, state, _ in work.reviews()] == ["cancelled"]
    assert in_force(store, LATER) == []
    with pytest.raises(NotNow, match="has ended"):
        work.end(flag_id)


def test_ending_needs_a_reason(work):
    with pytest.raises(NotNow, match="why"):
        work.end(work.set(), note=" ")


@pytest.mark.parametrize(("purpose", "state"), [("sharing_urgent_care", "withdrawn"), ("care_coordination", "refused")])
def test_a_no_ends_every_flag_at_once(work, store, town, purpose, state):
    flags = [work.set(), work.set(code="door")]
    work.say(purpose, state)
    assert [work.stands(flag_id) for flag_id in flags] == [("inactive", "consent")] * 2
    assert work.told() == [town.users["ash.gp"]] * 2
    assert in_force(store) == []


@pytest.mark.parametrize(
    "purpose", ["sharing_health", "sharing_social_care", "sharing_voluntary", "risk_stratification"]
)
def test_another_no_ends_no_flag(work, store, purpose):
    flag_id = work.set()
    work.say(purpose, "refused")
    assert in_force(store) == [flag_id]


def test_restricting_the_record_ends_its_flags(work, store):
    flag_id = work.set()
    with store.reading() as session:
        version = session.get_one(Person, work.person_id).row_version
    work.act(
        restrict_person, "ash.manager", person_id=work.person_id, row_version=version,
        reason=next(iter(RestrictReason)), user_ids=[work.town.users["ash.gp"]],
    )  # fmt: skip
    assert work.stands(flag_id) == ("inactive", "restricted")


def test_withdrawing_the_active_plan_ends_its_flags(work, store):
    flag_id = work.set()
    with store.reading() as session:
        version = session.get_one(PlanVersion, work.plan_id).row_version
    work.act(withdraw_plan, version_id=work.plan_id, row_version=version, reason="Out of date")
    assert work.stands(flag_id) == ("inactive", "plan_ended")


def test_withdrawing_a_draft_ends_no_flag(work, store):
    flag_id = work.set()
    plans = PlanWork(store, work.town, work.case_id, joined=False)
    plans.withdraw(plans.start())
    assert in_force(store) == [flag_id]


def test_closing_the_case_ends_its_flags_without_another_notice(work, store):
    flag_id = work.set()
    with store.reading() as session:
        version = session.get_one(Case, work.case_id).row_version
    work.act(close_case, "ash.manager", case_id=work.case_id, row_version=version, reason=next(iter(ClosingReason)))
    assert work.stands(flag_id) == ("inactive", "case_closed")
    assert work.told() == []


# What time ends


def test_a_flag_holds_on_its_last_day_in_london_and_not_the_day_after(work, store):
    flag_id = work.set(review_on=date(2026, 10, 20))
    assert in_force(store, NOW.replace(day=20, hour=22, minute=59)) == [flag_id]
    assert in_force(store, NOW.replace(day=20, hour=23, minute=1)) == []  # summer time: midnight has passed in London


def test_the_sweep_writes_down_what_has_ended_by_itself(work, store, town):
    overdue, holds = work.set(review_on=date(2026, 10, 6)), work.set(code="door")
    now = NOW + timedelta(days=2)
    with store.writing() as session:
        assert sweep_flags(session, now=now) == 1
    assert work.stands(overdue) == ("inactive", "review_date_passed")
    assert work.flag(overdue).ended_user_id is None
    assert work.history(overdue)[-1] == ("ended", "active", "review_date_passed", None)
    assert work.told() == [town.users["ash.gp"]]
    assert in_force(store, now) == [holds]
    with store.writing() as session:
        assert sweep_flags(session, now=now) == 0


@pytest.mark.parametrize(
    ("values", "ending"),
    [
        ({"date_of_death": date(2026, 10, 1)}, "died"),
        ({"deregistered_on": date(2026, 10, 1)}, "left"),
        ({"restricted": True}, "restricted"),
    ],
)
def test_what_nobody_ended_is_told_to_nobody_and_swept(work, store, values, ending):
    """Rows that were changed past every action: the question itself leaves the flag out."""
    flag_id = work.set()
    work.person(**values)
    assert in_force(store) == []
    with store.writing() as session:
        sweep_flags(session, now=NOW)
    assert work.stands(flag_id) == ("inactive", ending)


def test_a_new_flag_takes_the_place_of_one_past_its_date(work, store):
    overdue = work.set(review_on=date(2026, 10, 6))
    now = NOW + timedelta(days=2)
    renewed = work.set(now=now)
    assert work.stands(overdue) == ("inactive", "review_date_passed")
    assert in_force(store, now) == [renewed]


@pytest.mark.parametrize(
    ("kind", "ending"),
    [(PersonChange.DIED, "died"), (PersonChange.LEFT, "left"), (PersonChange.MOVED_PRACTICE, "left")],
)
def test_what_a_load_or_a_hospital_says_of_the_person_ends_their_flags(work, store, kind, ending):
    flag_id = work.set()
    with store.writing() as session:
        event = PersonEvent(person_id=work.person_id, kind=kind.value, at=NOW, before={}, after={})
        session.add(event)
        session.flush()
        assert answer_changes(session, [Change(work.person_id, kind, event.id)], NOW) == 1
    assert work.stands(flag_id) == ("inactive", ending)
    assert work.told() == []  # they are told of the death or the move itself
