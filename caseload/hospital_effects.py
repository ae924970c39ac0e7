"""What messages of hospitals set off, as configured in config/hospital_effects.toml, read once and checked whole."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from caseload.domain.hospital_effects import HospitalRules
from caseload.rule_files import rules_in_file
from caseload.settings import config_folder


class _Rules(BaseModel):
    """The file's shape; no day stands among the holidays twice."""

    model_config = ConfigDict(extra="forbid")
    version: str = Field(min_length=1, max_length=40)
    news_days: int = Field(ge=1, le=366)
    wait_days: int = Field(ge=0, le=366)
    contact_working_days: int = Field(ge=1, le=30)
    holidays: tuple[date, ...]

    @field_validator("holidays")
    @classmethod
    def _stand_once(cls, days: tuple[date, ...]) -> tuple[date, ...]:
        if len(set(days)) < len(days):
            raise ValueError("every holiday stands in the list once")
        return days


@cache
def read_hospital_rules() -> HospitalRules:
    """The rules of this installation; SettingsRefused names everything that is wrong with their file."""
    return hospital_rules_in(config_folder() / "hospital_effects.toml")


def hospital_rules_in(path: Path) -> HospitalRules:
    """The rules a file holds; SettingsRefused where it cannot be read or is not whole."""
    given = rules_in_file(path, _Rules, "rules of hospital messages in config/hospital_effects.toml")
    return HospitalRules(
        given.version, given.news_days, given.wait_days, given.contact_working_days, frozenset(given.holidays)
    )
