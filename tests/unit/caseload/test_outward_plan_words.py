"""What of a plan's words is sent under which heading."""

from caseload.domain.plan_words import PlanHeading
from caseload.domain.prsb import read_elements
from caseload.domain.urgent_summary_rules import UrgentPart
from caseload.queries.outward.plan_words import (
    TITLES,
    URGENT_TITLES,
    activities_of,
    goals_of,
    sections_of,
    urgent_sections_of,
)
from tests.architecture.source import ROOT
from tests.support.shared_plans import CONTENTS

OURS = {"Medicines and equipment", "Technology", "Social prescribing", "Carers"}
"""Parts the standard has no heading for."""


def test_every_part_has_a_title_and_those_of_the_standard_are_its_own_words():
    paths = "/".join(element.path for element in read_elements(ROOT / "config" / "prsb.csv"))
    assert set(TITLES) == set(PlanHeading)
    assert set(URGENT_TITLES) == set(UrgentPart)
    assert OURS < set(TITLES.values())
    for title in set(TITLES.values()) - OURS:
        assert f"/{title}/" in f"/{paths}/", title


def test_a_plan_is_sent_whole_in_its_own_order():
    sections = sections_of(CONTENTS)
    assert [one.title for one in sections] == [TITLES[heading] for heading in PlanHeading if heading in CONTENTS]
    goal = next(one for one in sections if one.title == "Goals and hopes").entries[0]
    assert ("Which need is it about?", "I get out of breath on the stairs.") in goal


def test_urgent_care_is_sent_its_one_page_allergies_first():
    sections = urgent_sections_of(CONTENTS)
    assert sections[0].title == "Allergies"
    assert "Never give it: my throat swells." in dict(sections[0].entries[0])["How it is used, and what help is needed"]
    said = str(sections)
    assert "Walk to the shop again" not in said
    assert "To stay in my own home." not in said
    assert "Speak to my left ear." in said
    change = next(one for one in sections if one.title == "Contingency/safety plans")
    assert dict(change.entries[0])["What should happen"] == (
        "Sit me up. Give the blue inhaler. Call 999 if it does not help in 10 minutes."
    )


def test_an_action_points_to_a_goal_that_is_there_and_to_no_other():
    (action,) = activities_of(7, CONTENTS, to_goals=True)
    assert (action.goal, action.who_name, action.due_on.isoformat(), action.status) == (
        "7-g1",
        "Given1",
        "2026-11-02",
        "to_do",
    )
    (action,) = activities_of(7, {**CONTENTS, PlanHeading.GOALS: []}, to_goals=True)
    assert action.goal == ""
    (action,) = activities_of(7, CONTENTS, to_goals=False)
    assert action.goal == ""


def test_a_goal_without_a_key_cannot_be_pointed_to():
    assert [one["key"] for one in goals_of({PlanHeading.GOALS: [{"goal": "Old"}, {"key": "g2", "goal": "New"}]})] == [
        "g2"
    ]
