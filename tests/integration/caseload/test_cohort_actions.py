"""Cohorts taken from the ranked list as they were previewed, moved on a board, left, ended; who may, and what races."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.actions.cohorts import end_cohort, leave_cohort, move_member, take_cohort
from caseload.actions.once import once
from caseload.audit_chain import verify
from caseload.domain.cohort_rules import CaseWish, CohortRule, LeaveReason, Skipped, digest_of
from caseload.domain.plan_words import CohortColumn
from caseload.domain.words import Tier
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.cohort_candidates import picked
from caseload.queries.cohort_places import cohort_places
from caseload.queries.risk_runs import newest_run
from caseload.tables import Case, Cohort, CohortMember, CohortMove, Person, Proposal
from tests.support.at_once import at_once
from tests.support.case_app import NOW, RUNS, audited, propose
from tests.support.day_work import act, said
from tests.support.led_cases import opened

ALL = (Tier.VERY_HIGH, Tier.HIGH, Tier.MODERATE)
EITHER = CohortRule(25, ALL, CaseWish.EITHER)
HIDDEN = 62


def rows(store, table):
    with store.reading() as session:
        found = list(session.execute(select(table).order_by(table.id)).scalars())
        session.expunge_all()
        return found


def preview(store, town, by, place, rule, now=NOW):
    with store.reading() as session:
        viewer = town.viewer(session, by, now)
        covered = cohort_places(session, viewer).covered_place(town.places[place])
        assert covered is not None
        return picked(session, viewer, now, newest_run(session, now).run_id, covered.practices, rule)


def numbers(store, town, by, place, rule):
    """The numbers of those who would be taken, in order."""
    by_id = {person: number for number, person in town.people.items()}
    return [by_id[person] for person, _rank in preview(store, town, by, place, rule).people]


def take(store, town, by, place, rule, *, digest=None, now=NOW, name="A block"):
    if digest is None:
        people = [person for person, _rank in preview(store, town, by, place, rule, now).people]
        digest = digest_of(town.runs[RUNS[1]], town.places[place], rule, people)
    return act(
        store, town, take_cohort, by=by, now=now, name=name, place_id=town.places[place], rule=rule, digest=digest,
        hidden_days=HIDDEN,
    )  # fmt: skip


def member_of(store, town, number, cohort_id=None):
    with store.reading() as session:
        wanted = select(CohortMember).where(CohortMember.person_id == town.people[number])
        if cohort_id is not None:
            wanted = wanted.where(CohortMember.cohort_id == cohort_id)
        found = session.execute(wanted).scalar_one()
        session.expunge(found)
        return found


def moved(store, town, number, to, *, by="ash.manager", **given):
    member = member_of(store, town, number)
    given.setdefault("row_version", member.row_version)
    return act(store, town, move_member, by=by, member_id=member.id, to=to, **given)


def left(store, town, number, reason, *, by="ash.manager", note=""):
    member = member_of(store, town, number)
    return act(
        store, town, leave_cohort, by=by, member_id=member.id, row_version=member.row_version, reason=reason, note=note
    )


@pytest.fixture
def block(store, town):
    """Ash's people of the tiers, taken by its manager: 1, 2, 3, 4."""
    return take(store, town, "ash.manager", "Y90001", EITHER)


def test_people_are_taken_by_rank_and_the_rule_is_kept_as_it_was(store, town):
    rule = CohortRule(3, ALL, CaseWish.EITHER)
    assert numbers(store, town, "chair", "NORTH", rule) == [1, 6, 2]
    cohort_id = take(store, town, "chair", "NORTH", rule)
    (cohort,) = rows(store, Cohort)
    assert (cohort.id, cohort.size, cohort.run_id, cohort.begun_on) == (cohort_id, 3, town.runs[RUNS[1]], NOW.date())
    assert cohort.rule == {
        "size": 3, "tiers": ["very_high", "high", "moderate"], "cases": "either", "place": "North network",
        "left_out": ["died", "left", "objects", "in_cohort"], "run_of": "2026-10-01",
    }  # fmt: skip
    people = [town.people[number] for number in (1, 6, 2)]
    members = rows(store, CohortMember)
    assert [(one.person_id, one.rank) for one in members] == list(zip(people, (1, 2, 3), strict=True))
    assert {one.board_column for one in members} == {CohortColumn.TO_CONTACT}
    assert [(one.member_id, one.board_column) for one in rows(store, CohortMove)] == [
        (one.id, CohortColumn.TO_CONTACT) for one in members
    ]
    assert ("cohort.take", sorted(people)) in [(action, sorted(found)) for action, found in audited(store)]


def test_taking_a_cohort_accepts_nobody(store, town):
    propose(store, town, [2])
    take(store, town, "ash.manager", "Y90001", EITHER)
    assert rows(store, Case) == []
    assert [one.state.value for one in rows(store, Proposal)] == ["proposed"]


def test_everybody_who_is_taken_was_previewed_and_nobody_else(store, town):
    for place, by in (("NORTH", "chair"), ("Y90001", "ash.manager"), ("SOUTH", "south.navigator")):
        found = preview(store, town, by, place, EITHER)
        cohort_id = take(store, town, by, place, EITHER)
        members = [one for one in rows(store, CohortMember) if one.cohort_id == cohort_id]
        assert [(one.person_id, one.rank) for one in members] == list(found.people)
        cohort = [one for one in rows(store, Cohort) if one.id == cohort_id][0]
        act(store, town, end_cohort, by=by, cohort_id=cohort_id, row_version=cohort.row_version)


def test_a_list_that_changed_since_the_preview_is_not_taken(store, town):
    people = [person for person, _rank in preview(store, town, "ash.manager", "Y90001", EITHER).people]
    digest = digest_of(town.runs[RUNS[1]], town.places["Y90001"], EITHER, people)
    with store.writing() as session:
        session.get_one(Person, town.people[2]).deregistered_on = NOW.date()
    with pytest.raises(Conflict, match="The list has changed"):
        take(store, town, "ash.manager", "Y90001", EITHER, digest=digest)
    assert rows(store, Cohort) == []


def test_who_is_passed_over_and_why(store, town):
    """1 has a case, 2 said no to care coordination, 3 left, 6 died; 4 is in another cohort."""
    opened(store, town, 1)
    said(store, town, 2, "care_coordination", "refused")
    with store.writing() as session:
        session.get_one(Person, town.people[3]).deregistered_on = NOW.date()
        session.get_one(Person, town.people[6]).date_of_death = NOW.date()
    take(store, town, "ash.manager", "Y90001", CohortRule(5, (Tier.MODERATE,), CaseWish.WITHOUT))
    found = preview(store, town, "chair", "NORTH", CohortRule(25, ALL, CaseWish.WITHOUT))
    assert [person for person, _rank in found.people] == [town.people[7], town.people[8]]
    assert {reason: one.number for reason, one in found.passed.items()} == dict.fromkeys(
        (Skipped.DIED, Skipped.LEFT, Skipped.OBJECTS, Skipped.IN_COHORT, Skipped.WITH_CASE), 1
    )
    assert list(found.passed) == [
        Skipped.DIED, Skipped.LEFT, Skipped.OBJECTS, Skipped.IN_COHORT, Skipped.WITH_CASE,
    ]  # fmt: skip


def test_only_those_are_counted_as_passed_over_who_rank_before_the_last_taken(store, town):
    opened(store, town, 1)
    opened(store, town, 10)
    found = preview(store, town, "ash.manager", "Y90001", CohortRule(1, ALL, CaseWish.WITHOUT))
    assert found.passed[Skipped.WITH_CASE].number == 1
    assert [person for person, _rank in found.people] == [town.people[2]]
    assert preview(store, town, "ash.manager", "Y90001", CohortRule(1, ALL, CaseWish.WITH)).passed == {}


def test_people_with_a_case_only(store, town):
    opened(store, town, 2)
    assert numbers(store, town, "ash.manager", "Y90001", CohortRule(5, ALL, CaseWish.WITH)) == [2]


def test_who_objects_to_scores_is_neither_taken_nor_counted(store, town):
    said(store, town, 1, "risk_stratification", "refused")
    found = preview(store, town, "ash.manager", "Y90001", EITHER)
    assert town.people[1] not in [person for person, _rank in found.people]
    assert found.passed == {}


def test_people_of_a_cohort_that_ended_can_be_taken_again(store, town, block):
    assert numbers(store, town, "ash.manager", "Y90001", EITHER) == []
    with pytest.raises(NotNow, match="Nobody fits"):
        take(store, town, "ash.manager", "Y90001", EITHER)
    act(store, town, end_cohort, by="ash.manager", cohort_id=block, row_version=1)
    assert numbers(store, town, "ash.manager", "Y90001", EITHER) == [1, 2, 3, 4]
    assert ("cohort.end", []) in audited(store)


@pytest.mark.parametrize(
    ("by", "place"),
    [("ash.manager", "NORTH"), ("ash.manager", "Y90002"), ("nurse", "Y90001"), ("chair", "EAST"), ("ig", "Y90001")],
)
def test_nobody_takes_people_of_a_place_that_is_not_wholly_theirs(store, town, by, place):
    with pytest.raises(NotThere):
        take(store, town, by, place, EITHER, digest="whatever")
    assert rows(store, Cohort) == []


def test_nobody_is_taken_by_scores_that_are_too_old(store, town):
    later = NOW + timedelta(days=80)
    with pytest.raises(NotNow, match="too old"):
        take(store, town, "ash.manager", "Y90001", EITHER, now=later, digest="whatever")


def test_a_navigator_takes_people_they_may_not_open_and_is_not_told_who(store, town):
    opened(store, town, 2)
    found = preview(store, town, "navigator", "NORTH", EITHER)
    assert [one.person_id for one in found.shown] == [town.people[2]]
    assert (len(found.people), found.unseen) == (7, 6)
    take(store, town, "navigator", "NORTH", EITHER)
    assert len(rows(store, CohortMember)) == 7


def test_a_move_is_kept_with_who_and_when(store, town, block):
    moved(store, town, 1, CohortColumn.ASSESSING)
    moved(store, town, 1, CohortColumn.PLAN_ACTIVE)
    member = member_of(store, town, 1)
    assert (member.board_column, member.moved_by, member.row_version) == (
        CohortColumn.PLAN_ACTIVE, town.users["ash.manager"], 3,
    )  # fmt: skip
    history = [one.board_column.value for one in rows(store, CohortMove) if one.member_id == member.id]
    assert history == ["to_contact", "assessing", "plan_active"]
    assert [one for one in audited(store) if one[0] == "cohort.move"] == [("cohort.move", [town.people[1]])] * 2


def test_a_move_that_is_none_is_refused(store, town, block):
    with pytest.raises(NotNow, match="already"):
        moved(store, town, 1, CohortColumn.TO_CONTACT)
    with pytest.raises(NotNow, match="with a reason"):
        moved(store, town, 1, CohortColumn.LEFT)


def test_a_move_of_a_card_somebody_else_moved_is_a_conflict_that_says_where_it_is(store, town, block):
    moved(store, town, 1, CohortColumn.ASSESSING)
    with pytest.raises(Conflict) as refused:
        moved(store, town, 1, CohortColumn.PLANNING, row_version=1)
    assert refused.value.theirs == {"Column": CohortColumn.ASSESSING}
    assert refused.value.by == "Ash Manager"
    assert member_of(store, town, 1).board_column is CohortColumn.ASSESSING


def test_leaving_has_a_reason_and_somebody_who_left_can_come_back(store, town, block):
    opened(store, town, 2)
    with pytest.raises(NotNow, match="in the note"):
        left(store, town, 2, LeaveReason.OTHER, note="  ")
    left(store, town, 2, LeaveReason.DECLINED, note="Prefers her own doctor")
    last = rows(store, CohortMove)[-1]
    assert (last.board_column, last.reason_code, last.note) == (
        CohortColumn.LEFT, "declined", "Prefers her own doctor",
    )  # fmt: skip
    assert [one.state.value for one in rows(store, Case)] == ["open"]
    with pytest.raises(NotNow, match="has left the cohort already"):
        left(store, town, 2, LeaveReason.DECLINED)
    moved(store, town, 2, CohortColumn.TO_CONTACT)
    assert member_of(store, town, 2).board_column is CohortColumn.TO_CONTACT
    assert [one for one in audited(store) if one[0] == "cohort.leave"] == [("cohort.leave", [town.people[2]])]


def test_a_cohort_that_ended_stays_as_it_was(store, town, block):
    with pytest.raises(Conflict):
        act(store, town, end_cohort, by="ash.manager", cohort_id=block, row_version=7)
    act(store, town, end_cohort, by="ash.manager", cohort_id=block, row_version=1)
    with pytest.raises(NotNow, match="has ended"):
        moved(store, town, 1, CohortColumn.ASSESSING)
    with pytest.raises(NotNow, match="has ended"):
        left(store, town, 1, LeaveReason.DIED)
    with pytest.raises(NotNow, match="has ended already"):
        act(store, town, end_cohort, by="ash.manager", cohort_id=block, row_version=2)


@pytest.mark.parametrize("by", ["birch.manager", "nurse", "navigator", "ash.gp.nobody"])
def test_a_member_is_moved_by_nobody_who_may_not_open_them(store, town, block, by):
    if by == "ash.gp.nobody":
        said(store, town, 1, "sharing_health", "refused", by="ash.manager")
        by = "chair"
    with pytest.raises(NotThere):
        moved(store, town, 1, CohortColumn.ASSESSING, by=by)
    with pytest.raises(NotThere):
        left(store, town, 1, LeaveReason.DECLINED, by=by)
    assert member_of(store, town, 1).board_column is CohortColumn.TO_CONTACT


@pytest.mark.parametrize("by", ["birch.manager", "nurse", "south.navigator"])
def test_a_cohort_is_ended_by_nobody_whose_place_it_is_not(store, town, block, by):
    with pytest.raises(NotThere):
        act(store, town, end_cohort, by=by, cohort_id=block, row_version=1)


def test_what_is_not_there_is_not_there(store, town):
    with pytest.raises(NotThere):
        act(store, town, move_member, by="chair", member_id=99, row_version=1, to=CohortColumn.ASSESSING)
    with pytest.raises(NotThere):
        act(store, town, end_cohort, by="chair", cohort_id=99, row_version=1)


def race(store, town, action, username, times, **arguments):
    with store.reading() as session:
        by = town.viewer(session, username)

    def send(number):
        given = {name: value(number) if callable(value) else value for name, value in arguments.items()}
        return once(store, action, by=by, now=NOW, key=f"a form of its own {action.__name__} {number:04}", **given)

    answers = at_once(times, send)
    with store.reading() as session:
        verify(session, store.secrets.audit)
    return answers


@pytest.mark.slow
def test_of_many_moves_of_one_card_at_once_one_is_made(store, town, block):
    member = member_of(store, town, 1)
    columns = (CohortColumn.ASSESSING, CohortColumn.PLANNING, CohortColumn.PLAN_ACTIVE)
    answers = race(
        store, town, move_member, "ash.manager", 32, member_id=member.id, row_version=1,
        to=lambda number: columns[number % 3],
    )  # fmt: skip
    assert answers.count(block) == 1
    assert {type(one) for one in answers if one != block} == {Conflict}
    assert member_of(store, town, 1).row_version == 2
    assert len([one for one in rows(store, CohortMove) if one.member_id == member.id]) == 2


@pytest.mark.slow
def test_of_many_who_take_the_same_people_at_once_one_does(store, town):
    people = [person for person, _rank in preview(store, town, "ash.manager", "Y90001", EITHER).people]
    digest = digest_of(town.runs[RUNS[1]], town.places["Y90001"], EITHER, people)
    answers = race(
        store, town, take_cohort, "ash.manager", 16, name="A block", place_id=town.places["Y90001"], rule=EITHER,
        digest=digest, hidden_days=HIDDEN,
    )  # fmt: skip
    assert [type(one) for one in answers if not isinstance(one, Exception)] == [int]
    assert {type(one) for one in answers if isinstance(one, Exception)} <= {Conflict, NotNow}
    assert len(rows(store, Cohort)) == 1
    assert sorted(one.person_id for one in rows(store, CohortMember)) == sorted(people)
