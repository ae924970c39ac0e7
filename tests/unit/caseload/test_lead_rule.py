"""The lead rule, its sentences, and its file."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.domain.lead_rule import AgeBound, LeadFacts, age_on, lead_outcome, same_outcome, sentence_for
from caseload.domain.words import PrimaryNeed, Profession, Tier
from caseload.exceptions import SettingsRefused
from caseload.lead_rules import read_lead_rules, rules_in
from tests.architecture.source import ROOT

RULES = read_lead_rules()
FROM_75 = replace(RULES, age_bound=AgeBound.FROM_75)
RUN = date(2026, 10, 1)
DAY = date(2026, 10, 5)

PLAN = {
    "medical": "doctor",
    "functional": "therapist",
    "nursing": "nurse",
    "mental_health": "mental_health",
    "social": "social_worker",
    "specialist": "secondary_care",
}
"""What the plan says of needs, written out again."""


def birthdays_had(born, day):
    """Age by counting birthdays one by one; 1 March stands for 29 February in a year without one."""
    count, year = 0, born.year
    while True:
        year += 1
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        birthday = date(year, 3, 1) if (born.month, born.day, leap) == (2, 29, False) else born.replace(year=year)
        if birthday > day:
            return count
        count += 1


def plainly(born, tier, run_on, need, day, *, includes_75):
    """The rule as somebody would carry it out with the plan on the desk; the profession's word, or None."""
    fresh = tier is not None and run_on <= day and day - run_on <= timedelta(days=62)
    if fresh and tier == "very_high":
        return "gp"
    age = birthdays_had(born, day)
    if age > 75 or includes_75 and age == 75:
        return "gp"
    return PLAN[need] if need else None


days = st.dates(date(2025, 1, 1), date(2032, 12, 31))
births = st.one_of(
    st.dates(date(1915, 1, 1), date(2020, 12, 31)),
    st.sampled_from([date(year, 2, 29) for year in range(1916, 2021, 4)]),
)


@st.composite
def histories(draw):
    """Facts on a day, with birthdays and the days around them far more often than chance would have them."""
    day = draw(days)
    born = draw(births)
    if draw(st.booleans()):
        turned = draw(st.sampled_from([74, 75, 76, 77]))
        born = draw(st.sampled_from([_years_before(day, turned) + timedelta(days=off) for off in (-1, 0, 1)]))
    tier = draw(st.sampled_from([None, *Tier]))
    run_on = None if tier is None else day - timedelta(days=draw(st.sampled_from([-1, 0, 1, 30, 61, 62, 63, 400])))
    return LeadFacts(born, tier, run_on, draw(st.sampled_from([None, *PrimaryNeed]))), day


def _years_before(day, years):
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


@given(histories())
def test_the_rule_proposes_what_an_independent_reading_of_the_plan_does(history):
    facts, day = history
    for rules, includes_75 in ((RULES, False), (FROM_75, True)):
        expected = plainly(facts.born, facts.tier, facts.run_on, facts.need, day, includes_75=includes_75)
        found = lead_outcome(rules, facts, day).profession
        assert (found.value if found else None) == expected


@given(births, days)
def test_an_age_is_the_number_of_birthdays_had(born, day):
    if born <= day:
        assert age_on(born, day) == birthdays_had(born, day)


@pytest.mark.parametrize(
    ("day", "over_75", "from_75"),
    [
        # born on 29 February 1952
        (date(2027, 2, 28), None, None),
        (date(2027, 3, 1), None, "gp"),  # 75: no 29 February in 2027
        (date(2028, 2, 28), None, "gp"),
        (date(2028, 2, 29), "gp", "gp"),  # 76
    ],
)
def test_somebody_born_on_29_february_comes_under_the_age_rule_on_their_birthday(day, over_75, from_75):
    facts = LeadFacts(date(1952, 2, 29))
    found = [lead_outcome(rules, facts, day).profession for rules in (RULES, FROM_75)]
    assert found == [over_75, from_75]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            LeadFacts(date(1990, 1, 1), Tier.VERY_HIGH, RUN),
            "Very high risk in the run of 1 October 2026, so the registered GP leads (rule VH, version 2026.1).",
        ),
        (
            LeadFacts(date(1944, 5, 1), Tier.HIGH, RUN),
            "Aged 82 on 5 October 2026, which is over 75, so the registered GP leads (rule AGE, version 2026.1).",
        ),
        (
            LeadFacts(date(1970, 1, 20), Tier.HIGH, RUN, PrimaryNeed.FUNCTIONAL),
            (
                "High risk in the run of 1 October 2026, aged 56 on 5 October 2026, which is not over 75, and the primary "
                "need is functional (mobility and daily living), so a therapist leads (rule NEED-FUNCTIONAL, version 2026.1)."
            ),
        ),
        (
            LeadFacts(date(1970, 1, 20), Tier.NONE, RUN, PrimaryNeed.SOCIAL),
            (
                "In no tier in the run of 1 October 2026, aged 56 on 5 October 2026, which is not over 75, and the primary "
                "need is social, so a social worker leads (rule NEED-SOCIAL, version 2026.1)."
            ),
        ),
        (
            LeadFacts(date(1970, 1, 20)),
            (
                "No score that may be used, aged 56 on 5 October 2026, which is not over 75, so the primary need decides, "
                "and it is not recorded. Record the primary need (version 2026.1)."
            ),
        ),
        (
            LeadFacts(date(1970, 1, 20), Tier.VERY_HIGH, date(2026, 8, 1), PrimaryNeed.NURSING),
            (
                "No score that may be used, aged 56 on 5 October 2026, which is not over 75, and the primary need is "
                "nursing, so a nurse leads (rule NEED-NURSING, version 2026.1)."
            ),
        ),
    ],
)
def test_the_sentence_says_what_it_rests_on(facts, sentence):
    assert lead_outcome(RULES, facts, DAY).sentence == sentence


def test_the_sentence_names_the_bound_that_is_set():
    outcome = lead_outcome(FROM_75, LeadFacts(date(1951, 10, 5)), DAY)
    assert outcome.sentence.startswith("Aged 75 on 5 October 2026, which is 75 or over, so the registered GP leads")


@given(histories())
def test_every_sentence_fits_its_column_and_ends_as_one(history):
    outcome = lead_outcome(RULES, *history)
    assert len(outcome.sentence) <= 500
    assert outcome.sentence.endswith(").")


def test_an_outcome_is_the_same_whatever_the_dates_in_its_sentence():
    facts = LeadFacts(date(1940, 1, 1))
    before, after = (lead_outcome(RULES, facts, day) for day in (DAY, DAY + timedelta(days=400)))
    assert before.sentence != after.sentence
    assert same_outcome(after, (before.rule_code, before.rule_version, before.profession))
    assert not same_outcome(after, ("VH", before.rule_version, Profession.GP))
    assert not same_outcome(after, None)


@pytest.mark.parametrize(("code", "told"), [("VH", False), ("AGE", True), ("NEED-SOCIAL", False), ("MISSING", False)])
def test_a_sentence_with_a_tier_is_kept_from_who_may_not_see_scores(code, told):
    assert (sentence_for("as it was", code, RULES, may_see_score=False) == "as it was") is told
    assert sentence_for("as it was", code, RULES, may_see_score=True) == "as it was"


def changed(tmp_path, old, new):
    text = (ROOT / "config" / "lead_rules.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "lead_rules.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('age_bound = "over_75"', 'age_bound = "over_80"', "age_bound"),
        ('lead = "therapist"', 'lead = "plumber"', "need.functional.lead"),
        ("[need.social]", "[need.sociable]", "need.sociable"),
        ('code = "AGE"', 'code = "VH"', "a code of its own"),
        ('code = "AGE"', 'code = "MISSING"', "a code of its own"),
        ("moderate = 1", "moderate = -1", "at least 0"),
        ("moderate = 1\n", "", "every tier"),
        ('version = "2026.1"', 'version = ""', "version"),
        ("[very_high]", "[very high", "Expected"),
        ("[weights]", "[wieghts]", "weights"),
    ],
)
def test_a_rule_file_with_a_mistake_is_refused_with_the_place(tmp_path, old, new, said):
    with pytest.raises(SettingsRefused, match="lead_rules.toml") as refused:
        rules_in(changed(tmp_path, old, new))
    assert said in str(refused.value)


def test_a_rule_file_without_a_line_for_a_need_is_refused(tmp_path):
    path = changed(tmp_path, '[need.social]\ncode = "NEED-SOCIAL"\nlead = "social_worker"\n', "")
    with pytest.raises(SettingsRefused, match="every primary need"):
        rules_in(path)


def test_a_missing_rule_file_is_refused():
    with pytest.raises(SettingsRefused, match="no file that can be read"):
        rules_in(Path("no such folder") / "lead_rules.toml")
