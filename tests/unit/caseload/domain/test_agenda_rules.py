"""The rule of an agenda: each reason with its sentence, its order, its limits; and what holds of any candidates at all."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.domain.agenda_rules import (
    SCORE_REASONS,
    Asked,
    Before,
    Facts,
    Meeting,
    RisingRule,
    Score,
    Stay,
    agenda_for,
    entry_of,
    merged_order,
    planned_days,
)
from caseload.domain.plan_words import AgendaReason
from caseload.domain.words import Tier
from caseload.mdt_rules import read_mdt_rules

HELD = date(2026, 10, 7)
RULES = read_mdt_rules()
RUN = Score(date(2026, 10, 1), date(2026, 10, 3), Tier.VERY_HIGH, Tier.HIGH, rising=False, percentile=99.0)


def told(facts, rules=RULES, held_on=HELD):
    entry = entry_of(facts, held_on, rules)
    return entry and (entry.reason, entry.text)


@pytest.mark.parametrize(
    ("facts", "reason", "text"),
    [
        (Facts(1, score=RUN), "new_very_high", "New at very high risk in the run of 1 October 2026"),
        (
            Facts(1, score=replace(RUN, tier=Tier.HIGH, rising=True)),
            "rising",
            "Risk is rising in the run of 1 October 2026",
        ),
        (
            Facts(1, stay=Stay(date(2026, 10, 3), None)),
            "recent_admission",
            "Admitted on 3 October 2026 and still in hospital",
        ),
        (
            Facts(1, stay=Stay(date(2026, 8, 1), date(2026, 9, 9))),
            "recent_admission",
            "Admitted on 1 August 2026 and discharged on 9 September 2026",
        ),
        (Facts(1, review_due_on=date(2026, 10, 6)), "overdue_review", "Plan review was due on 6 October 2026"),
        (Facts(1, asked=Asked("Ash Gp", "two falls", 5)), "requested", "Asked for by Ash Gp: two falls"),
        (
            Facts(1, before=Before(date(2026, 9, 30), 4, unreached=True)),
            "carried_over",
            "Carried over from the meeting on 30 September 2026, which did not reach it",
        ),
        (
            Facts(1, before=Before(date(2026, 9, 9), 4, again_on=HELD)),
            "carried_over",
            "Carried over from the meeting on 9 September 2026, to be looked at again by 7 October 2026",
        ),
        (
            Facts(1, no_room_on=date(2026, 9, 30), review_due_on=date(2026, 9, 1)),
            "carried_over",
            "Carried over from the meeting on 30 September 2026, which had no room. Plan review was due on 1 September 2026",
        ),
        (
            Facts(1, no_room_on=date(2026, 9, 30), score=RUN),
            "carried_over",
            "Carried over from the meeting on 30 September 2026, which had no room",
        ),
    ],
)
def test_every_reason_has_a_sentence_that_can_be_checked(facts, reason, text):
    assert told(facts) == (AgendaReason(reason), text)


@pytest.mark.parametrize(
    "facts",
    [
        Facts(1),
        Facts(1, score=replace(RUN, previous_tier=Tier.VERY_HIGH)),
        Facts(1, score=replace(RUN, tier=Tier.HIGH)),
        Facts(1, score=replace(RUN, run_on=HELD - timedelta(days=RULES.score_valid_days + 1))),
        Facts(1, score=RUN, on_hold=True),
        Facts(1, score=RUN, before=Before(date(2026, 10, 3), 4)),
        Facts(1, stay=Stay(date(2026, 8, 1), HELD - timedelta(days=RULES.recent_stay_days + 1))),
        Facts(1, stay=Stay(date(2026, 9, 1), date(2026, 9, 20)), before=Before(date(2026, 9, 23), 4)),
        Facts(1, review_due_on=HELD),
        Facts(1, review_due_on=date(2026, 9, 1), before=Before(date(2026, 9, 23), 4)),
        Facts(1, before=Before(date(2026, 9, 9), 4, again_on=HELD + timedelta(days=1))),
        Facts(1, no_room_on=date(2026, 9, 30)),
    ],
    ids=[
        "nothing", "very high before", "not very high", "an old run", "on hold", "looked at since the run",
        "a stay long over", "looked at since the discharge", "due on the day", "looked at lately",
        "to be looked at later", "no room then, no reason now",
    ],
)  # fmt: skip
def test_nobody_comes_without_a_reason_that_still_holds(facts):
    assert told(facts) is None


def test_a_discharge_after_the_last_meeting_is_a_reason_again():
    facts = Facts(1, stay=Stay(date(2026, 9, 20), date(2026, 9, 28)), before=Before(date(2026, 9, 23), 4))
    assert told(facts)[0] is AgendaReason.RECENT_ADMISSION


def test_a_plan_that_stays_overdue_comes_back_after_a_while():
    due, lately = date(2026, 6, 1), timedelta(days=RULES.overdue_again_days)
    assert told(Facts(1, review_due_on=due, before=Before(HELD - lately + timedelta(days=1), 4))) is None
    assert told(Facts(1, review_due_on=due, before=Before(HELD - lately, 4)))[0] is AgendaReason.OVERDUE_REVIEW


@pytest.mark.parametrize(
    ("rule", "flagged", "moved_up"),
    [(RisingRule.RUN, True, False), (RisingRule.TIER, False, True), (RisingRule.EITHER, True, True)],
)
def test_what_counts_as_rising_is_configured(rule, flagged, moved_up):
    rules = replace(RULES, rising=rule)
    by_run = Facts(1, score=replace(RUN, tier=Tier.HIGH, previous_tier=Tier.HIGH, rising=True))
    by_tier = Facts(1, score=replace(RUN, tier=Tier.HIGH, previous_tier=Tier.MODERATE))
    assert (told(by_run, rules) is not None, told(by_tier, rules) is not None) == (flagged, moved_up)


def test_the_order_is_the_configured_one_then_percentile_then_case():
    stay, requested = Stay(date(2026, 10, 3), None), Asked("Ash Gp", "falls", 5)
    found = agenda_for(
        [
            Facts(1, review_due_on=date(2026, 9, 1)),
            Facts(2, score=replace(RUN, tier=Tier.HIGH, rising=True)),
            Facts(3, stay=stay),
            Facts(4, stay=stay, score=replace(RUN, tier=Tier.NONE, percentile=40.0)),
            Facts(5, score=RUN),
            Facts(6, score=replace(RUN, percentile=99.5)),
            Facts(7, asked=requested),
            Facts(8, before=Before(date(2026, 9, 30), 4, unreached=True), asked=requested, score=RUN),
            Facts(9, stay=stay),
        ],
        Meeting(HELD, 30), RULES,
    )  # fmt: skip
    assert [entry.case_id for entry in found.on] == [8, 7, 6, 5, 4, 3, 9, 2, 1]
    assert found.on[0].carried_from_id == 4


def test_whoever_does_not_fit_is_named_in_order_and_goes_first_next_time():
    facts = [Facts(number, score=replace(RUN, percentile=90.0 + number)) for number in range(1, 6)]
    first = agenda_for(facts, Meeting(HELD, 3), RULES)
    assert [entry.case_id for entry in first.on] == [5, 4, 3]
    assert [entry.case_id for entry in first.did_not_fit] == [2, 1]
    later = HELD + timedelta(days=7)
    seen = [replace(one, before=Before(HELD, 1)) if one.case_id > 2 else replace(one, no_room_on=HELD) for one in facts]
    fresh = [*seen, Facts(6, score=RUN), Facts(7, score=RUN)]
    assert [entry.case_id for entry in agenda_for(fresh, Meeting(later, 3), RULES).on] == [2, 1, 6]


def test_whoever_has_a_place_keeps_it_before_anybody_comes():
    facts = [Facts(1, asked=Asked("Ash Gp", "falls", 5)), Facts(2, before=Before(date(2026, 9, 30), 4, unreached=True))]
    found = agenda_for(facts, Meeting(HELD, 1), RULES, kept={1})
    assert ([one.case_id for one in found.on], [one.case_id for one in found.did_not_fit]) == ([1], [2])


def test_long_words_of_a_request_still_fit_the_column():
    entry = entry_of(Facts(1, asked=Asked("N" * 200, "w" * 400, 5)), HELD, RULES)
    assert len(entry.text) == 500
    assert entry.text.endswith("…")


days = st.dates(date(2026, 8, 1), date(2026, 10, 7))


@st.composite
def stays(draw):
    since = draw(days)
    return Stay(since, draw(st.none() | st.dates(since, date(2026, 10, 7))))


scores = st.builds(
    Score, run_on=days, loaded_on=days, tier=st.sampled_from(Tier), previous_tier=st.none() | st.sampled_from(Tier),
    rising=st.booleans(), percentile=st.floats(0, 100),
)  # fmt: skip
befores = st.builds(
    Before, on=days.filter(lambda on: on < HELD), item_id=st.just(1), unreached=st.booleans(),
    again_on=st.none() | st.dates(date(2026, 9, 1), date(2026, 12, 1)),
)  # fmt: skip


@st.composite
def candidates(draw):
    numbers = draw(st.lists(st.integers(1, 60), unique=True, max_size=40))
    return [
        Facts(
            number, draw(st.booleans()), draw(st.none() | scores), draw(st.none() | stays()), draw(st.none() | days),
            draw(st.none() | st.just(Asked("Ash Gp", "falls", number))), draw(st.none() | befores), draw(st.none() | days),
        )
        for number in numbers
    ]  # fmt: skip


@given(candidates(), st.integers(1, 30))
def test_nobody_is_lost_twice_or_over_the_capacity(facts, capacity):
    found = agenda_for(facts, Meeting(HELD, capacity), RULES)
    everybody = [entry.case_id for entry in (*found.on, *found.did_not_fit)]
    with_reason = [one.case_id for one in facts if entry_of(one, HELD, RULES) is not None]
    assert sorted(everybody) == sorted(with_reason)
    assert len(found.on) == min(capacity, len(with_reason))
    assert not found.did_not_fit or len(found.on) == capacity


@given(candidates(), st.integers(1, 30), st.randoms())
def test_the_agenda_is_the_same_in_whatever_order_the_cases_come(facts, capacity, random):
    mixed = list(facts)
    random.shuffle(mixed)
    assert agenda_for(mixed, Meeting(HELD, capacity), RULES) == agenda_for(facts, Meeting(HELD, capacity), RULES)


@given(candidates())
def test_reasons_come_in_the_configured_order(facts):
    order = [RULES.order.index(entry.reason) for entry in agenda_for(facts, Meeting(HELD, 99), RULES).on]
    assert order == sorted(order)


@given(candidates(), st.integers(1, 30))
def test_without_a_score_nobody_is_there_for_one(facts, capacity):
    """Somebody who objects has no score in the facts: what the run says of them changes nothing about the agenda."""
    objecting = [replace(one, score=None) for one in facts]
    found = agenda_for(objecting, Meeting(HELD, capacity), RULES)
    entries = (*found.on, *found.did_not_fit)
    assert not {entry.reason for entry in entries} & SCORE_REASONS
    assert not [entry for entry in entries if "risk" in entry.text.lower()]


@given(candidates(), st.integers(1, 30), st.data())
def test_whoever_keeps_a_place_is_on_and_the_rest_still_fits(facts, capacity, data):
    with_reason = [one.case_id for one in facts if entry_of(one, HELD, RULES) is not None]
    kept = set(data.draw(st.lists(st.sampled_from(with_reason), unique=True, max_size=capacity)) if with_reason else [])
    found = agenda_for(facts, Meeting(HELD, capacity), RULES, kept=kept)
    assert kept <= {entry.case_id for entry in found.on}
    assert len(found.on) <= capacity


@given(st.lists(st.integers(1, 40), unique=True), st.lists(st.integers(1, 40), unique=True))
def test_an_order_given_by_hand_outlives_building_again(now, wanted):
    merged = merged_order(now, wanted)
    assert sorted(merged) == sorted(wanted)
    assert [case_id for case_id in merged if case_id in now] == [case_id for case_id in now if case_id in wanted]
    assert merged_order(merged, wanted) == merged


@given(st.lists(st.integers(1, 40), unique=True), st.data())
def test_an_agenda_nobody_reordered_is_in_the_order_of_the_rule(wanted, data):
    there = [case_id for case_id in wanted if data.draw(st.booleans())]
    assert merged_order(there, wanted) == wanted


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 6), st.integers(0, 12))
def test_meetings_are_a_week_apart_on_their_weekday(start, weekday, count):
    found = planned_days(start, weekday, count)
    assert len(found) == count
    assert all(one.weekday() == weekday for one in found)
    assert all(0 <= (one - start).days - 7 * number < 7 for number, one in enumerate(found))
