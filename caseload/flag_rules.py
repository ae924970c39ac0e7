"""What flags for urgent care go by, as configured in config/flags.toml, read once and checked whole."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, field_validator, model_validator

from caseload.domain.border_words import FlagCategory
from caseload.domain.flag_rules import SAID, FlagCode, FlagRules
from caseload.domain.plan_headings import FIELDS
from caseload.domain.plan_words import PlanHeading
from caseload.rule_files import rules_in_file
from caseload.settings import config_folder


class _Flag(BaseModel):
    """One code as the file has it."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern=r"^[a-z][a-z_]{1,39}$")
    category: FlagCategory
    name: str = Field(min_length=1, max_length=60)
    says: str = Field(min_length=1, max_length=SAID)
    taken_from: str = ""
    offered: bool = True

    @field_validator("taken_from")
    @classmethod
    def _is_in_a_plan(cls, said: str) -> str:
        if said and (said.count("/") != 1 or _source(said) is None):
            raise ValueError("it names a part of the care plan and a field of it, as contingency/what")
        return said

    @model_validator(mode="after")
    def _has_a_gap(self) -> "_Flag":
        if self.taken_from and "[" not in self.says:
            raise ValueError("words that are taken from the plan need a gap in square brackets")
        return self


class _Rules(BaseModel):
    """The file's shape; no code twice."""

    model_config = ConfigDict(extra="forbid")
    version: str = Field(min_length=1, max_length=40)
    longest_days: PositiveInt
    ahead_days: PositiveInt
    flag: tuple[_Flag, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> "_Rules":
        if len({one.code for one in self.flag}) != len(self.flag):
            raise ValueError("a code stands here once")
        if self.ahead_days >= self.longest_days:
            raise ValueError("the task to review a flag cannot be due before the flag is set")
        return self


@cache
def read_flag_rules() -> FlagRules:
    """The rules of this installation; SettingsRefused names everything that is wrong with their file."""
    return flag_rules_in(config_folder() / "flags.toml")


def flag_rules_in(path: Path) -> FlagRules:
    """The rules a file holds; SettingsRefused where it cannot be read or is not whole."""
    given = rules_in_file(path, _Rules, "flags for urgent care in config/flags.toml")
    codes = {
        one.code: FlagCode(one.code, one.category, one.name, one.says, _source(one.taken_from), one.offered)
        for one in given.flag
    }
    return FlagRules(given.version, given.longest_days, given.ahead_days, codes)


def _source(said: str) -> tuple[PlanHeading, str] | None:
    heading, _, name = said.partition("/")
    if heading not in set(PlanHeading) or name not in FIELDS[PlanHeading(heading)].names:
        return None
    return PlanHeading(heading), name
