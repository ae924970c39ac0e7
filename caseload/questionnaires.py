"""The questionnaires as configured in config/questionnaires.toml, read once and checked whole."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from caseload.domain.plan_words import Discipline
from caseload.domain.questionnaires import Choice, Question, QuestionKind, Questionnaire, Questionnaires
from caseload.rule_files import rules_in_file
from caseload.settings import config_folder


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str = Field(pattern=r"^[a-z][a-z_]{1,38}$")
    words: str = Field(min_length=3, max_length=200)
    kind: QuestionKind
    hint: str = Field(default="", max_length=300)
    required: bool = False
    source: str = Field(default="", max_length=200)
    choices: dict[str, str] = Field(default_factory=dict)
    least: int = Field(default=0, ge=0)
    most: int = Field(default=999, le=999_999)

    @model_validator(mode="after")
    def _is_answerable(self) -> "_Question":
        if (self.kind is QuestionKind.CHOICE) != (len(self.choices) > 1):
            raise ValueError(f"{self.key}: a question of kind choice, and no other, needs two choices or more")
        if self.least > self.most:
            raise ValueError(f"{self.key}: least is larger than most")
        return self


class _Questionnaire(BaseModel):
    model_config = ConfigDict(extra="forbid")
    discipline: Discipline
    version: int = Field(ge=1)
    question: list[_Question] = Field(min_length=1)

    @model_validator(mode="after")
    def _asks_once(self) -> "_Questionnaire":
        keys = [one.key for one in self.question]
        if len(set(keys)) != len(keys):
            raise ValueError(f"{self.discipline.value}.{self.version}: no two questions may have one key")
        return self


class _Questionnaires(BaseModel):
    """The file's shape; every discipline has a questionnaire, and no version of one is there twice."""

    model_config = ConfigDict(extra="forbid")
    version: str = Field(min_length=1, max_length=40)
    questionnaire: list[_Questionnaire]

    @model_validator(mode="after")
    def _is_whole(self) -> "_Questionnaires":
        refs = [(one.discipline, one.version) for one in self.questionnaire]
        if {discipline for discipline, _ in refs} != set(Discipline):
            raise ValueError("every discipline needs a questionnaire")
        if len(set(refs)) != len(refs):
            raise ValueError("no two questionnaires of one discipline may have one version")
        return self


@cache
def read_questionnaires() -> Questionnaires:
    """The questionnaires of this installation; SettingsRefused names everything that is wrong with their file."""
    return questionnaires_in(config_folder() / "questionnaires.toml")


def questionnaires_in(path: Path) -> Questionnaires:
    """The questionnaires a file holds; SettingsRefused where it cannot be read or is not whole."""
    given = rules_in_file(path, _Questionnaires, "questionnaires in config/questionnaires.toml")
    return Questionnaires(given.version, tuple(_questionnaire(one) for one in given.questionnaire))


def _questionnaire(given: _Questionnaire) -> Questionnaire:
    return Questionnaire(given.discipline, given.version, tuple(_question(one) for one in given.question))


def _question(given: _Question) -> Question:
    choices = tuple(Choice(code, words) for code, words in given.choices.items())
    return Question(
        given.key, given.words, given.kind, given.hint, given.required, given.source, choices, given.least, given.most
    )
