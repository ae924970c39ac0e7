"""The questionnaires as configured: whole, versioned, refused where they are not; and which answers can be."""

from pathlib import Path

import pytest

from caseload.domain.plan_words import Discipline
from caseload.domain.questionnaires import (
    Choice,
    Question,
    QuestionKind,
    Questionnaire,
    answer_words,
    unanswered,
    why_not_an_answer,
)
from caseload.exceptions import SettingsRefused
from caseload.questionnaires import questionnaires_in, read_questionnaires

FILE = Path(__file__).resolve().parents[3] / "config" / "questionnaires.toml"

NEXT_VERSION = """
[[questionnaire]]
discipline = "therapy"
version = 2
[[questionnaire.question]]
key = "wants_to_do"
words = "What do they hope to do again?"
kind = "short"
"""


@pytest.fixture
def changed(tmp_path):
    """A function: a copy of the file with something in it changed, or added at its end."""

    def change(old="", new="", more=""):
        text = FILE.read_text(encoding="utf-8")
        assert old in text
        file = tmp_path / "questionnaires.toml"
        file.write_text(text.replace(old, new, 1) + more if old else text + more, encoding="utf-8")
        return file

    return change


def refused(file):
    with pytest.raises(SettingsRefused) as error:
        questionnaires_in(file)
    assert "config/questionnaires.toml" in str(error.value)
    return str(error.value)


def test_every_discipline_asks_a_handful_of_questions():
    every = read_questionnaires()
    for discipline in Discipline:
        assert 5 <= len(every.newest(discipline).questions) <= 8
        assert any(question.required for question in every.newest(discipline).questions)


def test_questions_with_one_key_ask_the_same_everywhere():
    asked = {}
    for questionnaire in read_questionnaires().every:
        for question in questionnaire.questions:
            asked.setdefault(question.key, set()).add((question.words, question.kind, question.choices, question.most))
    assert [key for key, ways in asked.items() if len(ways) > 1] == []
    assert sum(len(one.questions) for one in read_questionnaires().every) > len(asked)


def test_scales_and_duties_name_their_source():
    named = {q.key: q.source for one in read_questionnaires().every for q in one.questions if q.source}
    assert {"frailty", "falls", "low_mood", "little_interest", "carer_strain", "safe"} <= named.keys()


def test_a_later_version_is_asked_and_the_earlier_stays_readable(changed):
    every = questionnaires_in(changed(more=NEXT_VERSION))
    assert every.newest(Discipline.THERAPY).ref == "therapy.2"
    assert every.of("therapy.1").by_key["wants_to_do"].words == "What would they like to be able to do again?"
    assert every.of("therapy.3") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('key = "conditions"', 'keys = "conditions"', "questionnaire.question.keys (the nearest there is: questionnaire.question.key)"),
        ('version = "2026.1"', 'versions = "2026.1"', "versions (the nearest there is: version)"),
        ('discipline = "voluntary"', 'discipline = "therapy"', "every discipline needs a questionnaire"),
        ('discipline = "voluntary"', 'discipline = "sport"', "discipline"),
        ('key = "conditions"', 'key = "what_matters"', "no two questions may have one key"),
        ('key = "conditions"', 'key = "Bad key"', "key"),
        ('kind = "number"', 'kind = "numbers"', "kind"),
        ('kind = "number"', 'kind = "choice"', "needs two choices or more"),
        ("most = 99", "most = 99\nleast = 100", "least is larger than most"),
        ("version = 1", "version = 0", "version"),
        ('version = "2026.1"', 'version = "2026.1', "line"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_whole_is_refused(changed, old, new, said):
    assert said in refused(changed(old, new))


def test_a_version_that_is_there_twice_is_refused(changed):
    assert "may have one version" in refused(changed(more=NEXT_VERSION.replace("version = 2", "version = 1")))


def test_a_file_that_is_missing_is_refused(tmp_path):
    assert "no file that can be read" in refused(tmp_path / "nothing.toml")


def question(kind, **options):
    return Question("key", "A question?", kind, **options)


@pytest.mark.parametrize(
    ("asked", "right", "wrong"),
    [
        (question(QuestionKind.YES_NO), ("yes", "no", ""), ("maybe", "Yes")),
        (question(QuestionKind.CHOICE, choices=(Choice("a", "A"), Choice("b", "B"))), ("a", "b", ""), ("c", "A")),
        (question(QuestionKind.SHORT), ("x" * 200, ""), ("x" * 201,)),
        (question(QuestionKind.LONG), ("x\n" * 2_000, ""), ("x" * 4_001,)),
        (question(QuestionKind.NUMBER, most=99), ("0", "99", "007", ""), ("100", "-1", "1.5", "one", "٣", "9" * 30)),
        (question(QuestionKind.NUMBER, least=1, most=4), ("1", "4"), ("0", "5")),
    ],
)
def test_answers_that_can_be_and_that_cannot(asked, right, wrong):
    assert [answer for answer in right if why_not_an_answer(asked, answer)] == []
    assert [answer for answer in wrong if not why_not_an_answer(asked, answer)] == []


def test_what_is_unanswered_is_what_is_required_and_empty():
    first, second = question(QuestionKind.LONG, required=True), Question("other", "B?", QuestionKind.YES_NO)
    asked = Questionnaire(Discipline.HEALTH, 1, (first, second))
    assert unanswered(asked, {}) == [first]
    assert unanswered(asked, {"key": "  "}) == [first]
    assert unanswered(asked, {"key": "words"}) == []


def test_answers_in_words():
    assert answer_words(question(QuestionKind.YES_NO), "no") == "No"
    assert answer_words(question(QuestionKind.LONG), "no") == "no"
    assert answer_words(None, "stays") == "stays"
