"""What stands on the one urgent page, in which order, and what is left out where it does not fit."""

from datetime import UTC, date, datetime

import pytest

from caseload.domain.plan_headings import FIELDS, FieldKind
from caseload.domain.plan_words import PlanHeading, PlanState
from caseload.domain.urgent_summary_rules import LONGEST, TAKEN_FROM, UrgentPart, sentences_of, urgent_sentences
from caseload.domain.words import Profession, Sex
from caseload.presenters.plan_phrases import URGENT_TITLES
from caseload.presenters.urgent_summary import _last, surely_fits, urgent_summary
from caseload.queries.people import PersonFacts
from caseload.queries.plan_copies import LeadNow, PlanCopy
from tests.support.shared_plans import CONTENTS

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
PERSON = PersonFacts(1, "Family", "Given", date(1941, 3, 2), Sex.FEMALE, "9990000018", "Ash Surgery", None, None, False)


def plan(contents, state=PlanState.ACTIVE, lead=LeadNow("Ash Gp", Profession.GP, "Ash Surgery")):
    return PlanCopy(1, 1, 3, state, PERSON, "", None, "ab" * 32, AT, AT, lead, None, None, contents)


def page(contents, fits=lambda _: True, **options):
    return urgent_summary(plan(contents, **options), by="Kim", now=AT, recipient=None, fits=fits)


def said(summary):
    return [line.text for part in summary.parts for entry in part.entries for line in entry.lines]


def room_for(characters):
    """A page on which so many characters of what the plan says fit."""
    return lambda summary: sum(map(len, said(summary))) <= characters


def test_everything_stands_in_the_order_of_urgency():
    titles = [part.title for part in page(CONTENTS).parts]
    assert titles == [URGENT_TITLES[part] for part in UrgentPart]
    assert page(CONTENTS).left_out == ""


def test_every_part_has_a_title_and_every_field_is_there():
    assert set(URGENT_TITLES) == set(UrgentPart)
    assert set(TAKEN_FROM) == set(UrgentPart) - {UrgentPart.ALLERGIES}


@pytest.mark.parametrize("characters", range(0, 700, 23))
def test_what_does_not_fit_is_left_out_from_the_end_and_named(characters):
    whole, cut = page(CONTENTS), page(CONTENTS, room_for(characters))
    words, kept = " ".join(said(whole)).split(), " ".join(said(cut)).replace(" …", "").split()
    assert kept == words[: len(kept)]
    assert sum(map(len, said(cut))) <= characters or kept == []
    titles = [part.title for part in whole.parts]
    shown = [part.title for part in cut.parts]
    assert shown == titles[: len(shown)]
    assert all(title in cut.left_out for title in titles[len(shown) :])
    assert (cut.left_out == "") == (kept == words)
    if cut.left_out:
        assert "version 3. Ash Gp has it." in cut.left_out


def test_as_much_is_kept_as_fits():
    for characters in range(0, 700, 23):
        kept = len(" ".join(said(page(CONTENTS, room_for(characters)))))
        more = len(" ".join(said(page(CONTENTS, room_for(characters + 200)))))
        assert more >= kept
    assert sum(map(len, said(page(CONTENTS, room_for(10_000))))) == sum(map(len, said(page(CONTENTS))))


def test_text_that_goes_on_is_marked():
    contents = {PlanHeading.CONTINGENCY: [{"trigger": "A fall. A cough. " + "A long night without sleep. " * 20}]}
    (line,) = said(page(contents, room_for(25)))
    assert line == "A fall. A cough. …"


def test_text_without_an_end_is_cut_between_words():
    assert sentences_of("w " * (LONGEST + 1)) == [" ".join(["w"] * LONGEST), "w"]
    assert sentences_of("One. Two?\nThree") == ["One.", "Two?", "Three"]


def test_allergy_stands_first_wherever_it_was_written():
    contents = {
        PlanHeading.ABOUT_ME: [{"also": "I like tea. I am allergic to nuts."}],
        PlanHeading.MEDICINES_EQUIPMENT: [{"item": "EpiPen", "use": "For anaphylaxis.", "kept": "Handbag"}],
        PlanHeading.CONTINGENCY: [{"trigger": "An allergic reaction.", "what": "Give the pen. Call 999."}],
    }
    first, then = page(contents).parts
    assert [line.text for entry in first.entries for line in entry.lines] == [
        "EpiPen", "For anaphylaxis.", "Handbag", "I am allergic to nuts.",
    ]  # fmt: skip
    assert [line.text for line in then.entries[0].lines] == ["An allergic reaction.", "Give the pen. Call 999."]


def test_allergy_is_found_wherever_the_plan_marks_or_names_it_and_is_never_guessed():
    medicines = [
        {"item": "Penicillin", "kind": "allergy", "use": "My throat swells.", "kept": "Bracelet"},
        {"item": "Latex gloves", "kind": "equipment", "use": "Known ALLERGY."},
        {"item": "Aspirin", "kind": "medicine", "use": "I come out in a rash."},
    ]
    contents = {
        PlanHeading.MEDICINES_EQUIPMENT: medicines,
        PlanHeading.NEEDS: [{"key": "n1", "need": "Allergic to nuts. Out of breath."}],
        PlanHeading.CARERS: [{"name": "Jo", "needs": "Her anaphylactic shock frightened us."}],
        PlanHeading.ADVANCE_STATEMENT: [{"statement": "No known allergies. I stay at home."}],
        PlanHeading.OTHER_SUPPORT: [{"name": "Allergy plan"}],
    }
    first, *rest = page(contents).parts
    assert first.title == "Allergies"
    assert [line.text for entry in first.entries for line in entry.lines] == [
        "Penicillin", "My throat swells.", "Bracelet", "Latex gloves", "Known ALLERGY.", "Allergic to nuts.",
        "No known allergies.", "Her anaphylactic shock frightened us.", "Allergy plan",
    ]  # fmt: skip
    assert [line.text for part in rest for entry in part.entries for line in entry.lines] == [
        "Aspirin", "I come out in a rash.",
    ]  # fmt: skip


@pytest.mark.parametrize("heading", [one for one in PlanHeading if one is not PlanHeading.CONTINGENCY])
def test_allergy_in_any_text_of_any_part_stands_first(heading):
    """Whatever parts and fields there will be: none of them is forgotten."""
    texts = [one.name for one in FIELDS[heading].fields if one.kind in (FieldKind.TEXT, FieldKind.LONG)]
    for name in texts:
        shown = page({heading: [{name: "I am allergic to wasps."}]})
        assert set(said(shown)) == {"I am allergic to wasps."}, name
        assert shown.parts[0].title == "Allergies"


def test_plan_that_says_nothing_for_an_emergency_says_so():
    summary = page({PlanHeading.STRENGTHS: [{"strength": "I sing."}]})
    assert summary.nothing == "The plan says nothing for an emergency yet."
    assert said(summary) == []


def test_without_a_lead_the_practice_is_who_to_ask():
    summary = page(CONTENTS, room_for(10), lead=None)
    assert "Ash Surgery has it." in summary.left_out
    assert summary.call.entries[0].lines[0].text == "Nobody yet. Ask the GP practice."


def test_version_that_holds_no_longer_is_not_offered_for_doing_something():
    summary = page(CONTENTS, state=PlanState.SUPERSEDED)
    assert (summary.warning, summary.about) == ("No longer in force", "")


def test_very_long_plan_is_not_tried_as_a_whole():
    tried = []
    contents = {PlanHeading.CONTINGENCY: [{"trigger": "A word. " * 20_000}]}
    page(contents, lambda summary: tried.append(len("".join(said(summary)))) or False)
    assert max(tried) < 5_000
    assert len(tried) < 15


@pytest.mark.parametrize("guess", [0, 1, 6, 7, 8, 20])
@pytest.mark.parametrize("last", [0, 1, 7, 19, 20])
def test_the_last_that_fits_is_found_from_any_guess_and_in_two_questions_from_the_right_one(guess, last):
    asked = []
    found = _last(lambda number: asked.append(number) or number <= last, 0, 20, guess)
    assert found == last
    assert len(asked) == len(set(asked))
    assert len(asked) <= (2 if guess == last else 9)


def test_counting_lines_never_lets_more_on_a_page_than_there_is_room_for():
    contents = {PlanHeading.CONTINGENCY: [{"trigger": "Six short words are in here. " * 200}]}
    summary = page(contents, surely_fits)
    assert 800 < len("".join(said(summary))) < 2_500
    assert urgent_sentences(contents)[0].part is UrgentPart.CONTINGENCY
