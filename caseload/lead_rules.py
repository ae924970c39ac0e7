"""The lead rule as configured in config/lead_rules.toml, read once and checked whole."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from caseload.domain.lead_rule import AgeBound, Clause, LeadRules
from caseload.domain.words import PrimaryNeed, Profession, Tier
from caseload.rule_files import rules_in_file
from caseload.settings import config_folder


class _Clause(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern=r"^[A-Z][A-Z-]{0,38}$")
    lead: Profession


class _Rules(BaseModel):
    """The file's shape; every need and every tier has its line, and no code is used twice."""

    model_config = ConfigDict(extra="forbid")
    version: str = Field(min_length=1, max_length=40)
    age_bound: AgeBound
    score_valid_days: int = Field(ge=1)
    very_high: _Clause
    age: _Clause
    need: dict[PrimaryNeed, _Clause]
    stands_for: dict[Profession, frozenset[Profession]] = Field(default_factory=dict)
    weights: dict[Tier, int]

    @model_validator(mode="after")
    def _is_whole(self) -> "_Rules":
        if set(self.need) != set(PrimaryNeed):
            raise ValueError("every primary need needs a line")
        if set(self.weights) != set(Tier) or min(self.weights.values()) < 0:
            raise ValueError("every tier needs a weight of at least 0")
        codes = [self.very_high.code, self.age.code, *(clause.code for clause in self.need.values())]
        if len(set(codes)) != len(codes) or "MISSING" in codes:
            raise ValueError("every line needs a code of its own, other than MISSING")
        return self


@cache
def read_lead_rules() -> LeadRules:
    """The rule of this installation; SettingsRefused names everything that is wrong with its file."""
    return rules_in(config_folder() / "lead_rules.toml")


def rules_in(path: Path) -> LeadRules:
    """The rule a file holds; SettingsRefused where it cannot be read or is not whole."""
    given = rules_in_file(path, _Rules, "a lead rule in config/lead_rules.toml")
    return LeadRules(
        given.version, given.age_bound, given.score_valid_days, _clause(given.very_high), _clause(given.age),
        {need: _clause(clause) for need, clause in given.need.items()}, given.stands_for, given.weights,
    )  # fmt: skip


def _clause(given: _Clause) -> Clause:
    return Clause(given.code, given.lead)
