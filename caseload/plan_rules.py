"""The rules of care plans as configured in config/plan_rules.toml, read once and checked whole."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator

from caseload.domain.plan_rules import PlanRules
from caseload.domain.words import Tier
from caseload.exceptions import SettingsRefused
from caseload.known_keys import unknown_keys
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
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = unknown_keys(read, _Rules)
        if unknown:
            raise _refused(f"keys that nothing reads in {path}: {'; '.join(unknown)}")
        given = _Rules.model_validate(read)
    except (OSError, UnicodeDecodeError):
        raise _refused("no file that can be read") from None
    except tomllib.TOMLDecodeError as error:
        raise _refused(str(error)) from None
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors(include_input=False))
        raise _refused("; ".join(wrong)) from None
    return PlanRules(
        given.version, given.review_days, given.action_days, given.agreement_days, given.after_discharge_days
    )


def _refused(found: str) -> SettingsRefused:
    return SettingsRefused("rules of care plans in config/plan_rules.toml", found, "Put that file right.")
