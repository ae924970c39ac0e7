"""How hard the fixed words of a care plan's copies are to read, and that templates have no words of their own."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from caseload.domain.plan_headings import FIELDS, FieldKind
from caseload.domain.plan_words import PlanHeading
from caseload.presenters import plan_phrases
from caseload.presenters.words import words_of
from tests.support.reading_age import reading_age, sentences, syllables

AT_MOST = 9.0
"""Years: the reading age that GOV.UK writes for (Content design: planning, writing and managing content)."""

TEMPLATES = Path(__file__).resolve().parents[3] / "caseload" / "templates" / "plan_copies"
COPIES = ("document.html", "document_file.html", "urgent_text.html", "urgent_file.html", "parts.html")


def phrases():
    for name, value in vars(plan_phrases).items():
        if name.isupper() and isinstance(value, str | Mapping):
            yield from value.values() if isinstance(value, Mapping) else [value]


def labels():
    """What stands before what was typed: headings, entries and fields as a copy calls them."""
    for heading, part in FIELDS.items():
        yield words_of(heading)
        yield part.entry
        for field in part.fields:
            if field.kind is not FieldKind.KEY:
                yield plan_phrases.LABELS.get(field.label, field.label)
                yield from (words for _, words in field.choices if not words.isdigit())


def fixed(texts):
    """Without the places that are filled in: a day is read as one word."""
    return [re.sub(r"\{\w+\}", "Monday", text) for text in texts]


def test_sentences_of_a_copy_can_be_read_at_nine(capsys):
    texts = [text for text in fixed(phrases()) if text.endswith(".")]
    assert len(texts) > 12
    age = reading_age(texts)
    with capsys.disabled():
        sys.stdout.write(f"\nreading age of {len(sentences(texts))} sentences: {age:.1f} years\n")
    assert age <= AT_MOST


def test_all_fixed_words_of_a_copy_can_be_read_at_nine(capsys):
    texts = [*fixed(phrases()), *labels()]
    age = reading_age(texts)
    with capsys.disabled():
        sys.stdout.write(f"\nreading age of all {len(sentences(texts))} phrases and labels: {age:.1f} years\n")
    assert age <= AT_MOST


@pytest.mark.parametrize("text", [text for text in fixed(phrases()) if text.endswith(".")])
def test_no_sentence_of_a_copy_is_long(text):
    assert max(map(len, sentences([text]))) <= 20


@pytest.mark.parametrize(
    ("word", "count"),
    [("plan", 1), ("agreed", 2), ("people", 2), ("medicines", 3), ("phone", 1), ("practice", 2), ("urgent", 2),
     ("allergies", 3), ("makes", 1), ("equipment", 3), ("written", 2), ("needed", 2), ("999", 1)],
)  # fmt: skip
def test_syllables_are_counted(word, count):
    assert syllables(word) == count


def test_hard_words_have_a_higher_reading_age():
    hard = ["The multidisciplinary professionals facilitate comprehensive personalised interventions for individuals."]
    assert reading_age(["We help you. You say what you want."]) < 8 < 20 < reading_age(hard)


@pytest.mark.parametrize("name", COPIES)
def test_templates_of_copies_have_no_words_of_their_own(name):
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", text, flags=re.S)
    assert re.findall(r"[A-Za-z]+", bare) == []


def test_every_label_that_is_put_otherwise_is_a_label_there_is():
    there = {field.label for part in FIELDS.values() for field in part.fields}
    assert set(plan_phrases.LABELS) <= there
    assert set(plan_phrases.URGENT_LABELS) <= there
    questions = {one for one in there if one.endswith("?")}
    assert questions <= set(plan_phrases.LABELS)


def test_every_heading_has_fields():
    assert set(FIELDS) == set(PlanHeading)
