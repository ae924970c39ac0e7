"""What an assessment asks: questionnaires by discipline, each in versions that stay readable, and which answers can be.

Answers are text by question key: `yes` or `no`, the code of a choice, digits, or what was typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from caseload.domain.plan_words import Discipline

YES, NO = "yes", "no"
SHORT_LENGTH, LONG_LENGTH = 200, 4_000
"""How many characters an answer of a kind may have."""

TO_COMPLETE = "Answer this question to complete the section"


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    SHORT = "short"
    LONG = "long"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Questions with the same key ask the same, whichever questionnaire they are in.

    `required` is asked for when the section is completed, not while it is being written. `source` names where the
    question or its answers come from. `least` and `most` bound a number.
    """

    key: str
    words: str
    kind: QuestionKind
    hint: str = ""
    required: bool = False
    source: str = ""
    choices: tuple[Choice, ...] = ()
    least: int = 0
    most: int = 999

    @property
    def answers(self) -> tuple[Choice, ...]:
        """What can be chosen; nothing where the answer is typed."""
        if self.kind is QuestionKind.YES_NO:
            return (Choice(YES, "Yes"), Choice(NO, "No"))
        return self.choices


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What one discipline asks, in one version."""

    discipline: Discipline
    version: int
    questions: tuple[Question, ...]

    @property
    def ref(self) -> str:
        """How a section says which one it was made with."""
        return f"{self.discipline.value}.{self.version}"

    @property
    def by_key(self) -> dict[str, Question]:
        """The questions by their keys."""
        return {question.key: question for question in self.questions}


@dataclass(frozen=True, slots=True)
class Questionnaires:
    """All that are configured, earlier versions among them. `version` is of the whole set."""

    version: str
    every: tuple[Questionnaire, ...]

    def newest(self, discipline: Discipline) -> Questionnaire:
        """What a new section of this discipline asks."""
        return max((one for one in self.every if one.discipline is discipline), key=lambda one: one.version)

    def of(self, ref: str) -> Questionnaire | None:
        """The one a section was made with; None where it is no longer configured."""
        return next((one for one in self.every if one.ref == ref), None)


def said_of(question: Question, sentence: str) -> str:
    """What is wrong with an answer, with the question before it: a page lists several of them."""
    return f"“{question.words}”: {sentence[:1].lower()}{sentence[1:]}"


def why_not_an_answer(question: Question, answer: str) -> str | None:
    """The sentence for an answer that cannot be one; None where it can. An empty answer is none yet, and can be."""
    if not answer:
        return None
    if question.kind is QuestionKind.NUMBER:
        return _why_not_a_number(question, answer)
    if question.kind in (QuestionKind.SHORT, QuestionKind.LONG):
        most = SHORT_LENGTH if question.kind is QuestionKind.SHORT else LONG_LENGTH
        return None if len(answer) <= most else f"The answer must be {most:,} characters or fewer"
    return None if answer in {one.code for one in question.answers} else "Select one of the answers"


def _why_not_a_number(question: Question, answer: str) -> str | None:
    number = int(answer) if answer.isascii() and answer.isdecimal() and len(answer) < 10 else None
    if number is None or not question.least <= number <= question.most:
        return f"The answer must be a whole number from {question.least} to {question.most}"
    return None


def unanswered(questionnaire: Questionnaire, answers: Mapping[str, str]) -> list[Question]:
    """The required questions that have no answer yet, in their order."""
    return [one for one in questionnaire.questions if one.required and not answers.get(one.key, "").strip()]


def answer_words(question: Question | None, answer: str) -> str:
    """An answer as it is read: the words of a choice; as it stands where its question is not known any more."""
    chosen = {one.code: one.words for one in question.answers} if question else {}
    return chosen.get(answer, answer)
