"""QuestionnaireResponse (UK Core): one discipline's part of a joint assessment."""

from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.code_systems import OURS, our_codes
from interfaces.fhir.record import Code, Record, Staff, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, coding, filled, moment, reference, text_of


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered question. `kind` is how it is answered; `chosen` what the answer says where it is a code."""

    key: Code
    question: Words
    kind: Code
    answer: Words
    chosen: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireResponseRecord(Record):
    """A section. `status` is a word of the FHIR value set questionnaire-answers-status."""

    patient: Code
    discipline: Code
    questionnaire_version: Code
    status: Code
    authored_at: datetime | None
    author: Staff = ""
    answers: tuple[Answer, ...] = ()


def questionnaire_response_json(record: QuestionnaireResponseRecord) -> Json:
    """The QuestionnaireResponse of a section: the questions as they were asked then, with their answers."""
    version = f"|{record.questionnaire_version}" if record.questionnaire_version else ""
    return resource_json(
        "QuestionnaireResponse",
        record,
        questionnaire=f"{OURS}:questionnaire:{record.discipline}{version}",
        status=record.status,
        subject=reference("Patient", record.patient),
        authored=moment(record.authored_at),
        author=reference("Practitioner", record.author),
        item=[_item(one) for one in record.answers if text_of(one.answer)],
    )


def _item(one: Answer) -> Json:
    return filled(linkId=one.key, text=text_of(one.question), answer=[_answer(one)])


def _answer(one: Answer) -> Json:
    said = text_of(one.answer)
    if one.kind == "yes_no" and said in ("yes", "no"):
        return {"valueBoolean": said == "yes"}
    if one.kind == "number" and said.isascii() and said.isdecimal() and len(said) < 10:
        return {"valueInteger": int(said)}
    if one.kind == "choice":
        return {"valueCoding": coding(our_codes("answer"), said, one.chosen)}
    return {"valueString": said}
