"""Rule-based cohorts (D7), life-course segments (D8) and people not known to services, from cohorts.toml.

Attributes of the register (residence, living alone ...) are as the register stands on the day of the
extract: right for finding people to look at, never for a model.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stratify.conditions import Bools, Columns, Rule, parse_rule
from stratify.exceptions import ConfigRefused
from stratify.settings import read_toml
from stratify.tier_scheme import TIERS

_FILE = "cohorts.toml"

ATTRIBUTES: tuple[str, ...] = (
    "age_years",
    "sex",
    "ethnic_category",
    "imd_decile",
    "practice_code",
    "network",
    "locality",
    "short_history",
    "registered_days",
    "residence",
    "lives_alone",
    "partnership_status",
    "has_carer",
)
"""Attributes of the population a rule may name beside the features."""


@dataclass(frozen=True)
class Group:
    """A cohort or a segment: code, name on paper, the rule in words, where it is from, and the rule (None: everyone)."""

    code: str
    name: str
    words: str
    source: str
    rule: Rule | None
    needs_tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class CohortBook:
    """Everything cohorts.toml says. The last segment takes everyone the others left."""

    cohorts: tuple[Group, ...]
    segments: tuple[Group, ...]
    not_known_to_services: Group
    age_bands: tuple[int, ...]

    def names(self) -> frozenset[str]:
        """Every feature and attribute the rules read."""
        groups = (*self.cohorts, *self.segments, self.not_known_to_services)
        return frozenset().union(*(group.rule.names() for group in groups if group.rule))


@dataclass(frozen=True)
class Membership:
    """Who is in what: `cohorts[k]` is true or false per person, `segment` an index per person."""

    cohorts: npt.NDArray[np.bool_]
    segment: npt.NDArray[np.int8]
    not_known_to_services: Bools


@dataclass(frozen=True)
class CohortRow:
    """A cohort or segment for the report: its size and how many of it are in each tier, by tier name."""

    code: str
    name: str
    words: str
    people: int
    tiers: Mapping[str, int]
    missing_feeds: tuple[str, ...]


def read_cohorts(config: Path, features: Collection[str]) -> CohortBook:
    """The cohorts and segments of a configuration folder.

    `features` is every feature of the catalogue, also those a pack's tables cannot give. Raises ConfigRefused
    where a rule names something else, codes repeat, or not exactly the last segment is without a rule.
    """
    content = read_toml(config / _FILE)
    book = CohortBook(
        cohorts=tuple(_group(entry, "cohort") for entry in content.get("cohort", [])),
        segments=tuple(_group(entry, "segment") for entry in content.get("segment", [])),
        not_known_to_services=_group(content.get("not_known_to_services", {}), "not_known_to_services"),
        age_bands=tuple(content.get("age_bands", {}).get("starts", ())),
    )
    _check(book, frozenset(features) | frozenset(ATTRIBUTES))
    return book


def find_members(book: CohortBook, columns: Columns) -> Membership:
    """Evaluates every rule; a condition on a feature this pack cannot give is not met."""
    known = _Unrecorded(columns)
    cohorts = [_holds(group, known) for group in book.cohorts]
    segments = [_holds(group, known) for group in book.segments]
    return Membership(
        cohorts=np.array(cohorts, dtype=np.bool_).reshape(len(cohorts), known.people),
        segment=np.argmax(np.array(segments, dtype=np.bool_), axis=0).astype(np.int8),
        not_known_to_services=_holds(book.not_known_to_services, known),
    )


def withhold_unmeasurable(group: Group, holds: Bools, tables: Collection[str]) -> Bools:
    """No one, where a feed the rule rests on is not in the pack: absence of a feed is not absence of contact."""
    return holds if set(group.needs_tables) <= set(tables) else np.zeros_like(holds)


def age_bands(starts: Sequence[int], age: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.str_]:
    """Band of each age, as "65-74" or "85+"."""
    labels = [f"{low}-{high - 1}" for low, high in zip(starts, starts[1:], strict=False)] + [f"{starts[-1]}+"]
    return np.array(labels)[np.searchsorted(np.array(starts), age, side="right") - 1]


def cohort_rows(
    groups: Sequence[Group], members: npt.NDArray[np.bool_], tier: npt.NDArray[np.int8], tables: Collection[str]
) -> tuple[CohortRow, ...]:
    """Size of each group and its overlap with the tiers; `members[k]` belongs to `groups[k]`."""
    return tuple(
        CohortRow(
            code=group.code,
            name=group.name,
            words=group.words,
            people=int(inside.sum()),
            tiers=dict(zip(TIERS, np.bincount(tier[inside], minlength=len(TIERS)).tolist(), strict=True)),
            missing_feeds=tuple(sorted(set(group.needs_tables) - set(tables))),
        )
        for group, inside in zip(groups, members, strict=True)
    )


class _Unrecorded(Mapping[str, npt.NDArray[Any]]):
    """Columns in which a name that is absent reads as not recorded for everyone."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self.people = len(next(iter(columns.values())))

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        values = self._columns.get(name)
        return np.full(self.people, np.nan) if values is None else values

    def __iter__(self) -> Any:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _holds(group: Group, columns: _Unrecorded) -> Bools:
    return np.ones(columns.people, dtype=np.bool_) if group.rule is None else group.rule.holds(columns)


def _group(entry: Mapping[str, Any], kind: str) -> Group:
    try:
        code, name, words, source = (str(entry[key]) for key in ("code", "name", "words", "source"))
    except KeyError as missing:
        raise _refuse(f"every [{kind}] to have a code, a name, words and a source", f"one without {missing}") from None
    rule = parse_rule(entry, f"[{kind}] {code}") if {"all", "any"} & set(entry) else None
    return Group(code, name, words, source, rule, tuple(entry.get("needs_tables", ())))


def _check(book: CohortBook, known: frozenset[str]) -> None:
    if unknown := sorted(book.names() - known):
        raise _refuse("rules on features of the catalogue and attributes of the population", ", ".join(unknown))
    codes = [group.code for group in (*book.cohorts, *book.segments)]
    if len(set(codes)) != len(codes):
        raise _refuse("each cohort and segment to have a code of its own", "a code used twice")
    if [segment.rule is None for segment in book.segments] != [False] * (len(book.segments) - 1) + [True]:
        raise _refuse("the last segment, and no other, to be without a rule", "another order")
    if any(cohort.rule is None for cohort in (*book.cohorts, book.not_known_to_services)):
        raise _refuse("a rule for every cohort", "one without")
    if not book.age_bands or book.age_bands[0] != 0 or sorted(set(book.age_bands)) != list(book.age_bands):
        raise _refuse("[age_bands] starts to rise from 0", str(list(book.age_bands)))


def _refuse(expected: str, found: str) -> ConfigRefused:
    return ConfigRefused(expected, found, f"Correct {_FILE} and run again.")
