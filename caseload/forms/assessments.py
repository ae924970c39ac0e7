"""What an assessment asks: its sections by their questionnaires, capacity, the outcome, why it is abandoned."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import InputRequired, ValidationError

from caseload.domain.plan_words import Capacity
from caseload.domain.questionnaires import (
    TO_COMPLETE,
    Question,
    QuestionKind,
    Questionnaire,
    answer_words,
    said_of,
    why_not_an_answer,
)
from caseload.domain.words import PrimaryNeed
from caseload.forms.at_most import AtMost
from caseload.forms.choices import choice, choices, choices_of
from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.presenters.assessments import EarlierLine
from caseload.questionnaires import read_questionnaires

COMPLETE = "complete"
"""What the second button of a section sends as `then`."""

_NOTE = AtMost(2000)
_LONG = AtMost(4000)


class SectionForm(Form):
    """One section; `section_form` adds its questions. `completing` asks for every required answer."""

    questionnaire: ClassVar[Questionnaire]

    def __init__(self, *arguments: Any, completing: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.completing = completing

    @classmethod
    def fields_at(cls, where: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """The questions of the discipline, of every version of its questionnaire."""
        versions = sorted(read_questionnaires().every, key=lambda one: one.version)
        asked = {
            question.key: question
            for one in versions
            if one.discipline == where.get("discipline")
            for question in one.questions
        }
        return {
            **{answer_name(key): _field(question) for key, question in asked.items()},
            **{still_name(key): _bare_tick(question) for key, question in asked.items()},
        }

    def field_for(self, question: Question) -> Field:
        """Where the answer to a question is given."""
        return self[answer_name(question.key)]

    def still_right(self, question: Question) -> str:
        """The earlier answer that was ticked as still right; empty where none was, or none is offered."""
        field = self._fields.get(still_name(question.key))
        return _plain(next(iter(field.data or ()), "")) if field is not None else ""

    def typed(self, question: Question) -> str:
        """What was given as a new answer."""
        return _plain(self.field_for(question).data or "")

    @property
    def answers(self) -> dict[str, str]:
        """Question key -> answer: the new one, or the earlier one that is still right."""
        asked = self.questionnaire.questions
        return {question.key: self.typed(question) or self.still_right(question) for question in asked}

    def keep_ticks(self, earlier: Mapping[str, EarlierLine]) -> None:
        """Put what was ticked as still right into its field where the earlier answer is another by now."""
        for question in self.questionnaire.questions:
            ticked, before = self.still_right(question), earlier.get(question.key)
            if ticked and (before is None or _plain(before.answer) != ticked):
                self.field_for(question).data, self[still_name(question.key)].data = ticked, []

    def fill_gaps(self, others: Mapping[str, str]) -> None:
        """Take over somebody else's answers where none was given here."""
        for question in self.questionnaire.questions:
            if not self.answers[question.key] and others.get(question.key):
                self.field_for(question).data = others[question.key]

    def others_words(self, others: Mapping[str, str]) -> dict[str, str]:
        """Somebody else's answers, in words, to the questions that were answered otherwise here."""
        mine = self.answers
        return {
            question.key: answer_words(question, others.get(question.key, "")) or "No answer"
            for question in self.questionnaire.questions
            if mine[question.key] != others.get(question.key, "")
        }


def section_form(questionnaire: Questionnaire, earlier: Mapping[str, EarlierLine]) -> type[SectionForm]:
    """The form of one questionnaire; where an answer was given before, it can be said to be still right."""
    fields: dict[str, Any] = {
        "questionnaire": questionnaire,
        "refused_as": {question.key: answer_name(question.key) for question in questionnaire.questions},
    }
    for question in questionnaire.questions:
        fields[answer_name(question.key)] = _field(question)
        before = earlier.get(question.key)
        if before is not None and can_stay(question, before):
            fields[still_name(question.key)] = SelectMultipleField(
                f"Still right: {question.words}", choices=[choice(before.answer, before.words)], validate_choice=False
            )
    return type("SectionForm", (SectionForm,), fields)


def _bare_tick(question: Question) -> Field:
    """The box beside an earlier answer, where nobody knows any more what that was: it was sent with the tick."""
    label = f"Still right: {question.words}"
    if question.answers:
        offered = choices((one.code, one.words) for one in question.answers)
        return SelectMultipleField(label, choices=offered, validate_choice=False)
    return TextAreaField(label)


def can_stay(question: Question, before: EarlierLine) -> bool:
    """Whether an earlier answer can be one to the question as it is asked now."""
    return why_not_an_answer(question, before.answer) is None


def answer_name(key: str) -> str:
    """What the field of a question is called."""
    return f"answer_{key}"


def still_name(key: str) -> str:
    """What the box beside an earlier answer is called."""
    return f"still_{key}"


def _field(question: Question) -> Field:
    hint = " ".join(part for part in (question.hint, f"Source: {question.source}." if question.source else "") if part)
    words = question.words if question.required else f"{question.words} (optional)"
    given: dict[str, Any] = {"label": words, "validators": [_answer(question)], "description": hint}
    if question.answers:
        offered = choices((one.code, one.words) for one in question.answers)
        return RadioField(choices=offered, validate_choice=False, **given)
    if question.kind is QuestionKind.NUMBER:
        return StringField(render_kw={"inputmode": "numeric", "width": 4}, **given)
    if question.kind is QuestionKind.SHORT:
        return StringField(**given)
    return TextAreaField(render_kw={"rows": 4}, **given)


def _answer(question: Question) -> Callable[[SectionForm, Field], None]:
    def check(form: SectionForm, _field: Field) -> None:
        new, before = form.typed(question), form.still_right(question)
        if new and before and new != before:
            raise ValidationError(said_of(question, "Either tick “Still right” or give another answer, not both"))
        refusal = why_not_an_answer(question, new or before)
        if refusal:
            raise ValidationError(said_of(question, refusal))
        if form.completing and question.required and not (new or before):
            raise ValidationError(said_of(question, TO_COMPLETE))

    return check


def _plain(text: str) -> str:
    """Typed text as it is kept: lines end one way, nothing stands around it."""
    return text.replace("\r\n", "\n").strip()


class CapacityForm(Form):
    """Whether the person could decide about this."""

    capacity = RadioField(
        "Can the person decide about this assessment and about sharing it?",
        choices=choices_of(Capacity),
        validators=[InputRequired("Select whether the person can decide")],
    )
    note = TextAreaField(
        "How was it found?",
        [_NOTE],
        description="Needed where they lack capacity: which decision, how it was assessed and by whom, and how it was "
        "decided in their best interests.",
    )

    def validate_note(self, field: TextAreaField) -> None:
        """Somebody who lacks capacity has a right to know how that was found."""
        if self.capacity.data == Capacity.LACKS_CAPACITY and not (field.data or "").strip():
            raise ValidationError("Enter how it was found that they lack capacity")


class OutcomeForm(Form):
    """What the assessment comes to. `joint` says whether health and social care have both completed a part."""

    need = RadioField(
        "What is the person’s primary health need?",
        choices=choices_of(PrimaryNeed),
        validators=[InputRequired("Select the primary health need")],
        description="It decides which profession the rule proposes as accountable lead.",
    )
    needs = TextAreaField("What does the person need?", [_LONG], description="From all sections, most pressing first.")
    risks = TextAreaField("What are the risks?", [_LONG], description="What could go wrong, how likely, how bad.")
    review_on = DayField(
        "When should it be reviewed?", [InputRequired("Enter when it should be reviewed")],
        subject="The date of the review",
    )  # fmt: skip
    why_not_joint = TextAreaField(
        "Why is it completed although it is not joint?", [_NOTE], description="It stays in the case’s history."
    )

    def __init__(self, *arguments: Any, joint: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._joint = joint
        if joint:
            del self.why_not_joint

    def validate_needs(self, field: TextAreaField) -> None:
        """An assessment without needs has not been one."""
        _asked(field, "Enter what the person needs")

    def validate_risks(self, field: TextAreaField) -> None:
        """That there is none can be said as well."""
        _asked(field, "Enter the risks, or that there are none")

    def validate_why_not_joint(self, field: TextAreaField) -> None:
        """Asked for only where it is not joint."""
        _asked(field, "Enter why it is completed although it is not joint")

    @property
    def why(self) -> str:
        """The reason; empty where none is asked for."""
        return "" if self._joint else (self.why_not_joint.data or "").strip()


class AbandonForm(Form):
    """Why it ends without an outcome."""

    reason = TextAreaField("Why is the assessment abandoned?", [_NOTE], render_kw={"rows": 3})

    def validate_reason(self, field: TextAreaField) -> None:
        """Somebody will ask."""
        _asked(field, "Enter why the assessment is abandoned")


def _asked(field: Field, sentence: str) -> None:
    if not (field.data or "").strip():
        raise ValidationError(sentence)
