"""What flags may say, whom there may be one about, what ends them; and that their fixed words are plain."""

import re
import sys
from datetime import date, timedelta
from itertools import product

import pytest

from caseload.domain.border_words import FlagCategory, FlagEnding
from caseload.domain.flag_rules import (
    ASKED,
    SAID,
    WHY_NOT,
    FlagCode,
    FlagRules,
    FlagStanding,
    ended_by_itself,
    first_phone,
    first_words,
    stands_against,
    why_not_flagged,
    why_not_reviewed_on,
    why_not_rung,
    why_not_said,
)
from caseload.domain.plan_words import PlanHeading
from caseload.domain.sharing_rules import SHARING_RULES, RecipientKind
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.exceptions import SettingsRefused
from caseload.flag_rules import flag_rules_in, read_flag_rules
from tests.support.reading_age import reading_age, sentences

TODAY = date(2026, 10, 5)
AT_MOST = 9.0
"""Years: the reading age that GOV.UK writes for."""
YES = {ConsentPurpose.SHARING_URGENT_CARE: ConsentState.GIVEN}
GOOD = {"died": False, "left": False, "restricted": False, "holds": YES, "case_current": True, "plan_active": True}


def standing(**changed):
    return FlagStanding(**{**GOOD, **changed})


# Whom there may be one about


@pytest.mark.parametrize(
    ("changed", "ending"),
    [
        ({}, None),
        ({"died": True}, FlagEnding.DIED),
        ({"left": True}, FlagEnding.LEFT),
        ({"restricted": True}, FlagEnding.RESTRICTED),
        ({"holds": {}}, FlagEnding.CONSENT),
        ({"holds": {**YES, ConsentPurpose.CARE_COORDINATION: ConsentState.REFUSED}}, FlagEnding.CONSENT),
        ({"case_current": False, "plan_active": False}, FlagEnding.CASE_CLOSED),
        ({"plan_active": False}, FlagEnding.PLAN_ENDED),
        ({"died": True, "restricted": True, "plan_active": False}, FlagEnding.DIED),
    ],
)
def test_what_stands_against_a_flag_has_a_sentence(changed, ending):
    assert stands_against(standing(**changed)) is ending
    assert (why_not_flagged(standing(**changed)) is None) is (ending is None)


@pytest.mark.parametrize(("urgent", "coordination"), list(product([None, *ConsentState], repeat=2)))
def test_only_a_yes_to_urgent_care_without_a_no_to_coordination_lets_one_be_set(urgent, coordination):
    said = {ConsentPurpose.SHARING_URGENT_CARE: urgent, ConsentPurpose.CARE_COORDINATION: coordination}
    holds = {purpose: state for purpose, state in said.items() if state is not None}
    may = urgent is ConsentState.GIVEN and coordination in (None, ConsentState.GIVEN)
    assert (why_not_flagged(standing(holds=holds)) is None) is may


def test_the_purposes_are_those_that_sharing_with_urgent_care_asks():
    rule = SHARING_RULES[RecipientKind.URGENT_CARE]
    assert {*rule.not_refused, *rule.agreed} == ASKED


def test_every_sentence_is_of_an_ending_that_stands_against_one():
    assert WHY_NOT.keys() | {FlagEnding.CONSENT} == {
        FlagEnding.DIED, FlagEnding.LEFT, FlagEnding.RESTRICTED, FlagEnding.CONSENT, FlagEnding.CASE_CLOSED,
        FlagEnding.PLAN_ENDED,
    }  # fmt: skip


@pytest.mark.parametrize(("days", "ending"), [(1, None), (0, None), (-1, FlagEnding.REVIEW_DATE_PASSED)])
def test_a_flag_holds_on_the_day_of_its_review(days, ending):
    assert ended_by_itself(standing(), TODAY + timedelta(days=days), TODAY) is ending


def test_what_stands_against_it_comes_before_the_date():
    assert ended_by_itself(standing(died=True), TODAY - timedelta(days=1), TODAY) is FlagEnding.DIED


# What one says


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("", "Enter"),
        ("x" * (SAID + 1), "140"),
        ("Has medicines: [which]", "brackets"),
        ("Has medicines: which]", "brackets"),
        ("Ring 020 7946 0000", "long numbers"),
        ("NHS 999 000 0018", "long numbers"),
        ("Key safe 123456", "long numbers"),
    ],
)
def test_words_that_cannot_be_sent(said, part):
    assert part in why_not_said(said)


@pytest.mark.parametrize("said", ["x" * SAID, "Aim for 88 to 92%.", "Two puffs, 100 mg, at 8 and 20.", "Flat 12345"])
def test_words_that_can_be_sent(said):
    assert why_not_said(said) is None


@pytest.mark.parametrize(
    "phone", ["020 7946 0000", "+44 20 7946 0000", "(020) 7946-0000", "111", "020 7946 0000 ext 12"]
)
def test_numbers_that_can_be_dialled(phone):
    assert why_not_rung(phone) is None


@pytest.mark.parametrize("phone", ["", "12", "the practice", "020 7946 0000 or the navigator", "020/7946"])
def test_numbers_that_cannot_be_dialled(phone):
    assert why_not_rung(phone)


def test_review_dates_have_an_end():
    rules = read_flag_rules()
    latest = TODAY + timedelta(days=rules.longest_days)
    assert why_not_reviewed_on(TODAY, TODAY, rules)
    assert why_not_reviewed_on(TODAY + timedelta(days=1), TODAY, rules) is None
    assert why_not_reviewed_on(latest, TODAY, rules) is None
    assert why_not_reviewed_on(latest + timedelta(days=1), TODAY, rules)


def test_a_form_begins_with_the_plans_review_where_that_is_to_come():
    rules = FlagRules("1", 100, 14, {})
    assert rules.review_on(TODAY, TODAY + timedelta(days=30)) == TODAY + timedelta(days=30)
    assert rules.review_on(TODAY, TODAY) == rules.review_on(TODAY, None) == TODAY + timedelta(days=100)
    assert rules.review_on(TODAY, TODAY + timedelta(days=300)) == TODAY + timedelta(days=100)


def test_the_task_is_ahead_of_the_review_and_never_before_today():
    rules = FlagRules("1", 100, 14, {})
    assert rules.task_on(TODAY, TODAY + timedelta(days=30)) == TODAY + timedelta(days=16)
    assert rules.task_on(TODAY, TODAY + timedelta(days=3)) == TODAY


# What a form begins with

MEDICINES = FlagCode(
    "medicines", FlagCategory.CLINICAL, "Medicines", "Has at home: [which].", (PlanHeading.CONTINGENCY, "anticipatory"), True
)  # fmt: skip


def test_a_gap_is_filled_from_the_plan_by_its_first_sentence():
    contents = {PlanHeading.CONTINGENCY: [{"anticipatory": ""}, {"anticipatory": "Steroids in the drawer. Ask her."}]}
    assert first_words(MEDICINES, contents) == "Has at home: Steroids in the drawer."


@pytest.mark.parametrize("text", ["", "x" * SAID, "Ask 020 7946 0000", "See [the list]"])
def test_a_gap_stays_where_the_plan_has_nothing_that_fits(text):
    contents = {PlanHeading.CONTINGENCY: [{"anticipatory": text}]}
    assert first_words(MEDICINES, contents) == MEDICINES.says
    assert first_words(MEDICINES, {}) == MEDICINES.says


@pytest.mark.parametrize(
    ("who", "phone"),
    [
        ("Sam Example, my daughter, 01632 960001", "01632 960001"),
        ("+44 20 7946 0000", "+44 20 7946 0000"),
        ("Sam", ""),
        ("111", ""),
    ],
)
def test_the_number_is_the_first_the_plan_names(who, phone):
    assert first_phone({PlanHeading.CONTINGENCY: [{"who": who}]}) == phone


# The place's own table


def test_the_words_of_every_code_can_be_sent_once_their_gaps_are_filled():
    for code in read_flag_rules().codes.values():
        assert why_not_said(re.sub(r"\[[^\]]*\]", "Monday", code.says)) is None, code.code
    assert {code.category for code in read_flag_rules().codes.values()} == set(FlagCategory)


def test_the_words_of_the_codes_can_be_read_at_nine(capsys):
    codes = read_flag_rules().codes.values()
    texts = [re.sub(r"\[[^\]]*\]", "Monday", code.says) for code in codes]
    names = [code.name for code in codes]
    age, with_names = reading_age(texts), reading_age([*texts, *names, *WHY_NOT.values()])
    with capsys.disabled():
        sys.stdout.write(
            f"\nreading age of the words of flags: {age:.1f} years; with names and refusals {with_names:.1f}\n"
        )
    assert age <= AT_MOST
    assert with_names <= AT_MOST
    assert max(len(one) for text in texts for one in sentences([text])) <= 20


GIVEN = 'version = "1"\nlongest_days = 100\nahead_days = 14\n'
ONE = '[[flag]]\ncode = "one"\ncategory = "safety"\nname = "One"\nsays = "One."\n'


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (GIVEN, "flag"),
        (GIVEN + ONE + ONE, "once"),
        (GIVEN.replace("14", "100") + ONE, "task"),
        (GIVEN + ONE.replace("safety", "anything"), "category"),
        (GIVEN + ONE.replace("One.", "x" * 141), "says"),
        (GIVEN + ONE + 'taken_from = "contingency/nothing"\n', "taken_from"),
        (GIVEN + ONE + 'taken_from = "contingency/what"\n', "gap"),
        (GIVEN + ONE + 'taken_form = "contingency/what"\n', "taken_form"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(tmp_path, text, part):
    path = tmp_path / "flags.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsRefused, match=part):
        flag_rules_in(path)


def test_a_whole_table_is_taken(tmp_path):
    path = tmp_path / "flags.toml"
    path.write_text(GIVEN + ONE, encoding="utf-8")
    rules = flag_rules_in(path)
    assert rules.name_of("one") == "One"
    assert rules.name_of("dropped") == "dropped"
