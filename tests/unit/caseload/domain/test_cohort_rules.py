"""Where a member of a cohort can stand, what the record proposes, and what tells one preview from another."""

from itertools import product

import pytest

from caseload.cohort_blocks import cohort_blocks_in, read_cohort_blocks
from caseload.domain.cohort_rules import (
    LEAVE_WORDS,
    SKIPPED_WORDS,
    CaseWish,
    CohortRule,
    LeaveReason,
    MemberFacts,
    Skipped,
    column_by_facts,
    digest_of,
    proposed_column,
    why_not_moved,
)
from caseload.domain.plan_words import CohortColumn, PlanState
from caseload.domain.words import Tier
from caseload.exceptions import SettingsRefused

RULE = CohortRule(25, (Tier.VERY_HIGH, Tier.HIGH), CaseWish.WITHOUT)


def facts(plan=None, *, assessing=False, died=False, registered=True, objects=False):
    return MemberFacts(plan, assessing, died, registered, objects)


def test_every_move_is_allowed_or_refused_as_the_board_says():
    """Between working columns freely, never to the same, never to "left"; from there back to the first column only."""
    working = set(CohortColumn) - {CohortColumn.LEFT}
    for now, to in product(CohortColumn, CohortColumn):
        expected = (now in working and to in working and now is not to) or (
            now is CohortColumn.LEFT and to is CohortColumn.TO_CONTACT
        )
        assert (why_not_moved(now, to) is None) == expected, (now, to)


@pytest.mark.parametrize(
    ("known", "column"),
    [
        (facts(), None),
        (facts(assessing=True), CohortColumn.ASSESSING),
        (facts(PlanState.DRAFT), CohortColumn.PLANNING),
        (facts(PlanState.READY, assessing=True), CohortColumn.PLANNING),
        (facts(PlanState.ACTIVE, assessing=True), CohortColumn.PLAN_ACTIVE),
    ],
)
def test_the_record_speaks_for_a_column(known, column):
    assert column_by_facts(known) is column
    assert proposed_column(CohortColumn.TO_CONTACT, known) is column


def test_nothing_is_proposed_where_somebody_stands_already_or_after_they_left():
    assert proposed_column(CohortColumn.PLANNING, facts(PlanState.DRAFT)) is None
    assert proposed_column(CohortColumn.LEFT, facts(PlanState.ACTIVE)) is None


@pytest.mark.parametrize(
    "known", [facts(PlanState.ACTIVE, died=True), facts(assessing=True, registered=False), facts(objects=True)]
)
def test_who_died_moved_away_or_said_no_is_proposed_to_leave(known):
    assert proposed_column(CohortColumn.ASSESSING, known) is CohortColumn.LEFT


def test_a_preview_is_another_when_anything_in_it_is():
    first = digest_of(1, 2, RULE, [5, 6])
    assert first == digest_of(1, 2, CohortRule(25, (Tier.VERY_HIGH, Tier.HIGH), CaseWish.WITHOUT), (5, 6))
    others = [
        digest_of(2, 2, RULE, [5, 6]), digest_of(1, 3, RULE, [5, 6]), digest_of(1, 2, RULE, [6, 5]),
        digest_of(1, 2, RULE, [5]), digest_of(1, 2, CohortRule(24, RULE.tiers, RULE.cases), [5, 6]),
        digest_of(1, 2, CohortRule(25, (Tier.HIGH,), RULE.cases), [5, 6]),
        digest_of(1, 2, CohortRule(25, RULE.tiers, CaseWish.EITHER), [5, 6]),
    ]  # fmt: skip
    assert len({first, *others}) == 8


def test_the_wish_about_cases_decides_which_reasons_apply():
    always = {Skipped.DIED, Skipped.LEFT, Skipped.OBJECTS, Skipped.IN_COHORT}
    assert set(RULE.skips()) == always | {Skipped.WITH_CASE}
    assert set(CohortRule(1, RULE.tiers, CaseWish.WITH).skips()) == always | {Skipped.WITHOUT_CASE}
    assert set(CohortRule(1, RULE.tiers, CaseWish.EITHER).skips()) == always


def test_every_reason_has_words():
    assert set(SKIPPED_WORDS) == set(Skipped)
    assert set(LEAVE_WORDS) == set(LeaveReason)


def test_the_installation_begins_with_blocks_of_25():
    assert read_cohort_blocks().rule == RULE
    assert read_cohort_blocks().most == 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('version = "1"\nsize = 0\nmost = 5\ntiers = ["high"]\ncases = "either"', "size"),
        ('version = "1"\nsize = 9\nmost = 5\ntiers = ["high"]\ncases = "either"', "must not be larger"),
        ('version = "1"\nsize = 1\nmost = 5\ntiers = ["none"]\ncases = "either"', "tiers can be"),
        ('version = "1"\nsize = 1\nmost = 5\ntiers = ["high"]\ncases = "all"', "cases"),
        ('version = "1"\nsize = 1\nmost = 5\ntiers = ["high"]\ncase = "either"', "case (the nearest there is: cases)"),
        ("version = ", "Invalid value"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path, text, said):
    file = tmp_path / "cohort_blocks.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsRefused, match="cohort_blocks.toml") as refused:
        cohort_blocks_in(file)
    assert said in str(refused.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SettingsRefused, match="no file that can be read"):
        cohort_blocks_in(tmp_path / "cohort_blocks.toml")
