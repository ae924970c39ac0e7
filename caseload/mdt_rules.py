"""What team meetings go by, as configured in config/mdt.toml, read once and checked whole."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from caseload.domain.agenda_rules import SERIES_SIZE, MdtRules, RisingRule
from caseload.domain.plan_words import AgendaReason
from caseload.domain.words import EncounterKind
from caseload.rule_files import rules_in_file
from caseload.settings import config_folder


class _Rules(BaseModel):
    """The file's shape; every reason stands in the order once."""

    model_config = ConfigDict(extra="forbid")
    version: str = Field(min_length=1, max_length=40)
    capacity: int = Field(ge=1, le=SERIES_SIZE)
    quorum: int = Field(ge=1, le=SERIES_SIZE)
    weeks_ahead: int = Field(ge=1, le=52)
    close_without_quorum: bool
    recent_stay_days: int = Field(ge=1, le=366)
    stays: tuple[EncounterKind, ...] = Field(min_length=1)
    score_valid_days: int = Field(ge=1, le=366)
    rising: RisingRule
    overdue_again_days: int = Field(ge=1, le=366)
    order: tuple[AgendaReason, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> "_Rules":
        if sorted(self.order) != sorted(AgendaReason):
            raise ValueError("every reason stands in the order once")
        return self


@cache
def read_mdt_rules() -> MdtRules:
    """The rules of this installation; SettingsRefused names everything that is wrong with its file."""
    return mdt_rules_in(config_folder() / "mdt.toml")


def mdt_rules_in(path: Path) -> MdtRules:
    """The rules a file holds; SettingsRefused where it cannot be read or is not whole."""
    given = rules_in_file(path, _Rules, "rules of team meetings in config/mdt.toml")
    return MdtRules(**given.model_dump())
