"""How cohorts are taken here, as config/cohort_blocks.toml says, read once and checked whole."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from caseload.domain.cohort_rules import RANKED_TIERS, CaseWish, CohortBlocks, CohortRule
from caseload.domain.words import Tier
from caseload.exceptions import SettingsRefused
from caseload.known_keys import unknown_keys
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
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = unknown_keys(read, _Blocks)
        if unknown:
            raise _refused(f"keys that nothing reads in {path}: {'; '.join(unknown)}")
        given = _Blocks.model_validate(read)
    except (OSError, UnicodeDecodeError):
        raise _refused("no file that can be read") from None
    except tomllib.TOMLDecodeError as error:
        raise _refused(str(error)) from None
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors(include_input=False))
        raise _refused("; ".join(wrong)) from None
    tiers = tuple(tier for tier in RANKED_TIERS if tier in given.tiers)
    return CohortBlocks(given.version, given.most, CohortRule(given.size, tiers, given.cases))


def _refused(found: str) -> SettingsRefused:
    return SettingsRefused("how cohorts are taken in config/cohort_blocks.toml", found, "Put that file right.")
