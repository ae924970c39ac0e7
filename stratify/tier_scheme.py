"""What tiers.toml says: how tiers are cut, of whom, at which shares, and what counts as rising."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from stratify.exceptions import ConfigRefused
from stratify.settings import read_toml

TIERS: tuple[str, ...] = ("very_high", "high", "moderate", "none")
"""Tier names by code, highest risk first; the last is everyone below the tiers."""

CUT_TIERS = TIERS[:-1]

TIER_WORDS: dict[str, str] = {
    "very_high": "Very high",
    "high": "High",
    "moderate": "Moderate",
    "none": "Below the tiers",
}

_FILE = "tiers.toml"


class Method(StrEnum):
    """How tiers are cut."""

    PERCENTILE = "percentile"
    CUT_OFF = "cut_off"


class Base(StrEnum):
    """Whom the percentages are of."""

    SCORED = "scored"
    ADULTS = "adults"
    REGISTERED = "registered"


@dataclass(frozen=True)
class CutOffs:
    """Absolute probabilities, highest tier first, and the reference distribution they come from."""

    name: str
    probability: tuple[float, ...]


@dataclass(frozen=True)
class Capacity:
    """Places worked together (D10): how many, counted from which place of the ranked list."""

    block: int
    start: int


@dataclass(frozen=True)
class Rising:
    """How much a probability must have risen, absolutely and as a multiple, to count as rising."""

    probability_up: float
    times_up: float


@dataclass(frozen=True)
class Explain:
    """Whose movement is explained: new arrivals in these tiers, and this many of the largest moves."""

    entrants: tuple[str, ...]
    largest_moves: int


@dataclass(frozen=True)
class TierScheme:
    """Everything tiers.toml says. Shares are exact fractions of the base, one per tier, not cumulative."""

    method: Method
    base: Base
    adult_age: int
    shares: tuple[Fraction, ...]
    national: tuple[Fraction, ...]
    cut_offs: CutOffs | None
    capacity: Capacity
    rising: Rising
    explain: Explain


def read_scheme(config: Path) -> TierScheme:
    """The tier scheme of a configuration folder; ConfigRefused names what is missing or impossible."""
    content = read_toml(config / _FILE)
    method = _member(Method, content.get("method"), "method")
    return TierScheme(
        method=method,
        base=_member(Base, content.get("base"), "base"),
        adult_age=_whole(content, "adult_age", 0),
        shares=_shares(_section(content, "share"), "share"),
        national=_shares(_section(content, "national"), "national"),
        cut_offs=_cut_offs(config, content) if method is Method.CUT_OFF else None,
        capacity=_capacity(_section(content, "capacity")),
        rising=_rising(_section(content, "rising")),
        explain=_explain(_section(content, "explain")),
    )


def read_cut_offs(path: Path) -> CutOffs:
    """A table of cut-offs as written by derive-cutoffs: strictly falling probabilities between 0 and 1."""
    content = read_toml(path)
    values = content.get("probability", {})
    if not isinstance(values, dict) or set(values) != set(CUT_TIERS):
        raise _refuse(f"{path.name} to give a probability for each of {', '.join(CUT_TIERS)}", "something else")
    falling = tuple(_number(values, tier) for tier in CUT_TIERS)
    if not 1 > falling[0] > falling[1] > falling[2] > 0:
        raise _refuse(f"the probabilities in {path.name} to fall from tier to tier between 1 and 0", str(falling))
    return CutOffs(str(content.get("name", path.stem)), falling)


_Member = TypeVar("_Member", bound=StrEnum)


def _refuse(expected: str, found: str) -> ConfigRefused:
    return ConfigRefused(expected, found, f"Correct {_FILE} or the table it names and run again.")


def _member(kind: type[_Member], value: object, key: str) -> _Member:
    try:
        return kind(str(value))
    except ValueError:
        raise _refuse(f"{key} to be one of {', '.join(kind)}", repr(value)) from None


def _section(content: dict[str, Any], name: str) -> dict[str, Any]:
    section = content.get(name)
    if not isinstance(section, dict):
        raise _refuse(f"a section [{name}] in {_FILE}", "none")
    return section


def _whole(section: dict[str, Any], key: str, least: int) -> int:
    value = section.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise _refuse(f"{key} to be a whole number of at least {least}", repr(value))
    return value


def _number(section: dict[str, Any], key: str) -> float:
    value = section.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _refuse(f"{key} to be a number", repr(value))
    return float(value)


def _shares(section: dict[str, Any], name: str) -> tuple[Fraction, ...]:
    if set(section) != set(CUT_TIERS):
        raise _refuse(f"[{name}] to give a percentage for each of {', '.join(CUT_TIERS)}", ", ".join(section))
    # By way of the text: 0.5 per cent is one in 200 exactly, which a binary fraction of 0.005 is not.
    shares = tuple(Fraction(str(_number(section, tier))) / 100 for tier in CUT_TIERS)
    if min(shares) < 0 or sum(shares) > 1:
        raise _refuse(f"the percentages of [{name}] to be 0 or more and at most 100 together", "something else")
    return shares


def _cut_offs(config: Path, content: dict[str, Any]) -> CutOffs:
    table = _section(content, "cut_off").get("table")
    if not isinstance(table, str):
        raise _refuse("[cut_off] to name a table", repr(table))
    return read_cut_offs(config / table)


def _capacity(section: dict[str, Any]) -> Capacity:
    return Capacity(_whole(section, "block", 1), _whole(section, "start", 1))


def _rising(section: dict[str, Any]) -> Rising:
    return Rising(_number(section, "probability_up"), _number(section, "times_up"))


def _explain(section: dict[str, Any]) -> Explain:
    entrants = tuple(section.get("entrants", ()))
    if not set(entrants) <= set(CUT_TIERS):
        raise _refuse(f"entrants to be among {', '.join(CUT_TIERS)}", ", ".join(map(str, entrants)))
    return Explain(entrants, _whole(section, "largest_moves", 0))
