"""An assessment in words: whether it is joint and why not, its sections, and what was answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from caseload.domain.assessment_rules import missing_for_joint
from caseload.domain.plan_words import AssessmentState, Discipline, SectionState
from caseload.domain.questionnaires import Questionnaires, answer_words
from caseload.presenters.words import colour_of, words_of
from caseload.presenters.writing import moment
from caseload.queries.assessments import SectionRow
from caseload.queries.known import EarlierAnswer


@dataclass(frozen=True, slots=True)
class JointLine:
    """Whether an assessment is joint, as a tag and a sentence."""

    joint: bool
    tag: str
    colour: str
    words: str


@dataclass(frozen=True, slots=True)
class SectionLine:
    """One discipline's part as the overview lists it; `by` says who wrote it, for whom and when."""

    discipline: str
    name: str
    status: str
    colour: str
    by: str
    organisation: str
    saved: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A question with its answer, in words."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """An answer given before, in words, with whose it was; `answer` is what is kept where it is still right."""

    answer: str
    words: str
    source: str


def joint_line(sections: Sequence[SectionRow], state: AssessmentState) -> JointLine:
    """What an overview says of it. It is worked out from the sections; nobody can tick it."""
    missing = missing_for_joint((one.discipline, one.state) for one in sections)
    if not missing:
        return JointLine(True, "Joint", "green", _joint_words(sections))
    ended = state is not AssessmentState.OPEN
    needed = " and ".join(missing)
    words = f"Not complete: {needed}." if ended else f"To be joint it needs {needed} to be complete."
    return JointLine(False, "Not joint" if ended else "Not joint yet", "yellow", words)


def _joint_words(sections: Sequence[SectionRow]) -> str:
    employers = {one.organisation for one in sections if one.state is SectionState.COMPLETE}
    if len(employers) > 1:
        return "Health and social care have both completed their part."
    (employer,) = employers
    return f"Health and social care parts are both complete. All of it was written by {employer}."


def section_lines(sections: Iterable[SectionRow]) -> list[SectionLine]:
    """Every discipline in its order, whether anybody has begun its part or not."""
    begun = {one.discipline: one for one in sections}
    return [_section_line(discipline, begun.get(discipline)) for discipline in Discipline]


def _section_line(discipline: Discipline, row: SectionRow | None) -> SectionLine:
    if row is None:
        return SectionLine(discipline.value, words_of(discipline), "Not begun", "grey", "–", "–", "–")
    return SectionLine(
        discipline.value, words_of(discipline), words_of(row.state), colour_of(row.state), row.author,
        row.organisation, moment(row.saved_at),
    )  # fmt: skip


def answer_lines(section: SectionRow, questionnaires: Questionnaires) -> list[AnswerLine]:
    """What a section says, in the words of the questionnaire it was made with, whatever is asked today."""
    made_with = questionnaires.of(section.questionnaire)
    if made_with is None:
        return [AnswerLine(_bare(key), answer) for key, answer in section.answers.items()]
    return [
        AnswerLine(question.words, answer_words(question, section.answers.get(question.key, "")) or "Not answered")
        for question in made_with.questions
    ]


def earlier_lines(earlier: Mapping[str, EarlierAnswer], questionnaires: Questionnaires) -> dict[str, EarlierLine]:
    """Answers given before by question key, in the words they were given in."""
    return {key: _earlier_line(key, one, questionnaires) for key, one in earlier.items()}


def _earlier_line(key: str, one: EarlierAnswer, questionnaires: Questionnaires) -> EarlierLine:
    made_with = questionnaires.of(one.questionnaire)
    question = made_with.by_key.get(key) if made_with else None
    source = f"{one.author}, {one.organisation}, in {words_of(one.discipline)}, {moment(one.at)}"
    return EarlierLine(one.answer, answer_words(question, one.answer), source)


def _bare(key: str) -> str:
    return key.replace("_", " ").capitalize()
