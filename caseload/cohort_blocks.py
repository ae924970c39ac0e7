"""How cohorts are taken here, as config/cohort_blocks.toml says, read once and checked whole."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from caseload.domain.cohort_rules import RANKED_TIERS, CaseWish, CohortBlocks, CohortRule
from caseload.domain.words import Tier
from caseload.rule_files import rules_in_file
from caseload.settings import config_folder


class _Blocks(BaseModel):
    """The file's shape."""

    model_config = ConfigDict(extra="forbid")
    version: str = Field(min_length=1, max_length=40)
    size: int = Field(ge=1)
    most: int = Field(ge=1, le=500)
    tiers: list[Tier] = Field(min_length=1)
    cases: CaseWish

    @model_validator(mode="after")
    def _is_whole(self) -> "_Blocks":
        if self.size > self.most:
            raise ValueError("size must not be larger than most")
        if not set(self.tiers) <= set(RANKED_TIERS):
            raise ValueError("tiers can be very_high, high and moderate")
        return self


@cache
def read_cohort_blocks() -> CohortBlocks:
    """How cohorts are taken in this installation; SettingsRefused names everything that is wrong with its file."""
    return cohort_blocks_in(config_folder() / "cohort_blocks.toml")


def cohort_blocks_in(path: Path) -> CohortBlocks:
    """What a file says; SettingsRefused where it cannot be read or is not whole."""
    given = rules_in_file(path, _Blocks, "how cohorts are taken in config/cohort_blocks.toml")
    tiers = tuple(tier for tier in RANKED_TIERS if tier in given.tiers)
    return CohortBlocks(given.version, given.most, CohortRule(given.size, tiers, given.cases))
