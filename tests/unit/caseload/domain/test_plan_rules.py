"""What can become of a version of a plan, what it takes, and the hash of its words."""

import hashlib
from datetime import date
from itertools import product
from shutil import copy

import pytest

from caseload.domain.plan_entries import lines_of, name_of
from caseload.domain.plan_hash import content_hash
from caseload.domain.plan_headings import FIELDS, KEY, FieldKind
from caseload.domain.plan_rules import (
    FOLLOW_UPS,
    MOVES,
    why_not_active,
    why_not_answered,
    why_not_moved,
    why_not_ready,
    why_not_signed,
    why_not_written,
)
from caseload.domain.plan_words import AgreementState, PlanHeading, PlanState
from caseload.domain.words import Tier
from caseload.exceptions import SettingsRefused
from caseload.plan_rules import plan_rules_in, read_plan_rules
from caseload.settings import config_folder

NEEDS, GOALS, ACTIONS = PlanHeading.NEEDS, PlanHeading.GOALS, PlanHeading.ACTIONS


def test_a_plan_only_goes_forward():
    order = list(PlanState)
    assert set(MOVES) == set(PlanState)
    assert all(order.index(to) > order.index(state) for state, nexts in MOVES.items() for to in nexts)
    for state, to in product(PlanState, PlanState):
        assert (why_not_moved(state, to) is None) == (to in MOVES[state])


def test_only_drafts_are_written_only_ready_ones_signed_and_only_standing_ones_answered():
    assert [state for state in PlanState if why_not_written(state) is None] == [PlanState.DRAFT]
    assert [state for state in PlanState if why_not_signed(state) is None] == [PlanState.READY]
    assert [state for state in PlanState if why_not_answered(state) is None] == [PlanState.READY, PlanState.ACTIVE]


def test_a_version_is_active_only_when_ready_signed_and_agreed():
    allowed = [
        (state, signed, answer)
        for state, signed, answer in product(PlanState, (True, False), (None, *AgreementState))
        if why_not_active(state, signed=signed, answer=answer) is None
    ]
    assert allowed == [
        (PlanState.READY, True, AgreementState.AGREED),
        (PlanState.READY, True, AgreementState.BY_REPRESENTATIVE),
    ]


def test_every_answer_but_a_yes_has_a_follow_up():
    assert set(AgreementState) - FOLLOW_UPS.keys() == {AgreementState.AGREED}


def test_what_a_draft_lacks_is_said_entry_by_entry():
    assert why_not_ready({}) == ["Write at least one need or one goal.", "Write at least one action."]
    whole = {GOALS: [{KEY: "g", "goal": "To walk"}], ACTIONS: [{KEY: "a", "what": "Walk", "status": "to_do"}]}
    assert why_not_ready(whole) == []
    alarm = {PlanHeading.TECHNOLOGY: [{"device": "Pendant alarm"}]}
    assert why_not_ready({**whole, **alarm}) == [
        "Technology “Pendant alarm”: “Look at whether it suits them on” is not filled in."
    ]


def test_the_hash_is_of_what_is_said_and_of_nothing_else():
    said = {NEEDS: [{KEY: "n", "need": "Breathless – on the stairs"}]}
    expected = content_hash(said)
    assert len(expected) == 64
    assert content_hash({NEEDS: [{"need": "Breathless – on the stairs", KEY: "n", "extra": ""}], GOALS: []}) == expected
    for other in (
        {NEEDS: [{KEY: "n", "need": "Breathless - on the stairs"}]},
        {GOALS: said[NEEDS]},
        {NEEDS: said[NEEDS] * 2},
        {},
    ):
        assert content_hash(other) != expected
    two = [{"need": "One"}, {"need": "Two"}]
    assert content_hash({NEEDS: two}) != content_hash({NEEDS: two[::-1]})


def test_the_hash_is_the_one_anybody_works_out():
    assert content_hash({NEEDS: [{"need": "Tired"}]}) == hashlib.sha256(b'{"needs":[{"need":"Tired"}]}').hexdigest()


def test_the_rules_have_days_for_every_tier():
    rules = read_plan_rules()
    today = date(2026, 10, 5)
    assert rules.review_on(Tier.VERY_HIGH, today) == date(2027, 1, 4)
    assert rules.review_on(None, today) == rules.review_on(Tier.NONE, today) == date(2027, 10, 5)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("action_days = 14", "action_dayz = 14", "action_dayz"),
        ("agreement_days = 5", "agreement_days = 0", "greater than 0"),
        ("none = 365", "", "every tier"),
        ("moderate = 365", "middling = 365", "middling"),
        ('version = "2026.1"', "version =", "Invalid value"),
    ],
)
def test_rules_that_are_not_whole_are_refused(tmp_path, before, after, found):
    path = tmp_path / "plan_rules.toml"
    copy(config_folder() / "plan_rules.toml", path)
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(SettingsRefused, match=found):
        plan_rules_in(path)
    with pytest.raises(SettingsRefused, match="no file"):
        plan_rules_in(tmp_path / "nowhere.toml")


def test_every_part_has_fields_that_can_be_asked():
    assert list(FIELDS) == list(PlanHeading)
    for heading, part in FIELDS.items():
        assert len(set(part.names)) == len(part.names), heading
        for field in part.fields:
            assert field.label, heading
            assert bool(field.choices) == (field.kind is FieldKind.CHOICE)
            assert (field.links_to is not None) == (field.kind is FieldKind.LINK)
            assert field.links_to is None or KEY in FIELDS[field.links_to].names
            assert not field.named_in or field.named_in in part.names
            assert not field.default or field.default in dict(field.choices)
            assert part.several or not field.required, "nothing has to be said in a part of one entry"


def test_an_entry_is_read_in_words():
    contents = {GOALS: [{KEY: "g", "goal": "To walk"}]}
    entry = {
        KEY: "a",
        "what": "Practise",
        "who": "7",
        "who_name": "Ash Gp",
        "when": "2026-11-02",
        "goal": "g",
        "status": "to_do",
    }
    assert list(lines_of(ACTIONS, entry, contents, write_day=lambda day: f"day {day.day}")) == [
        ("What will be done", "Practise"),
        ("Who will do it", "Ash Gp"),
        ("By when", "day 2"),
        ("Which goal is it for?", "To walk"),
        ("How it stands", "To do"),
    ]
    assert name_of(PlanHeading.PERSONAL_BUDGET, {"kind": "health"}) == "Personal health budget"
    assert list(lines_of(ACTIONS, {"what": "x", "goal": "gone"}, {})) == [("What will be done", "x")]
