"""The rules of care plans as configured in config/plan_rules.toml, read once and checked whole."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from caseload.domain.plan_rules import PlanRules
from caseload.domain.words import Tier
from caseload.rule_files import rules_in_file
from caseload.settings import config_folder


class _Rules(BaseModel):
    """The file's shape; every tier has its line."""

    model_config = ConfigDict(extra="forbid")
    version: str = Field(min_length=1, max_length=40)
    action_days: PositiveInt
    agreement_days: PositiveInt
    after_discharge_days: PositiveInt
    review_days: dict[Tier, PositiveInt]

    @model_validator(mode="after")
    def _is_whole(self) -> "_Rules":
        if set(self.review_days) != set(Tier):
            raise ValueError("every tier needs its days between reviews")
        return self


@cache
def read_plan_rules() -> PlanRules:
    """The rules of this installation; SettingsRefused names everything that is wrong with their file."""
    return plan_rules_in(config_folder() / "plan_rules.toml")


def plan_rules_in(path: Path) -> PlanRules:
    """The rules a file holds; SettingsRefused where it cannot be read or is not whole."""
    given = rules_in_file(path, _Rules, "rules of care plans in config/plan_rules.toml")
    return PlanRules(
        given.version, given.review_days, given.action_days, given.agreement_days, given.after_discharge_days
    )
