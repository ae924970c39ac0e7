"""Conditions as configuration writes them: "age_years >= 75", "residence in residential_care, nursing_care".

A condition names a column (a feature or an attribute of the population), compares it and is true or
false for every person. Something not recorded meets no condition but "missing".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stratify.exceptions import ConfigRefused

Bools = npt.NDArray[np.bool_]
Columns = Mapping[str, npt.NDArray[Any]]
"""Values by column name: float with NaN for not recorded, bool, or object (text, None for not recorded)."""

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
    "=": np.equal,
}
_FORM = re.compile(
    r"""
    (?P<name>[a-z][a-z0-9_]*) \s+
    (?: (?P<state>recorded|missing)
      | (?P<compare>>=|<=|>|<|=) \s* (?P<number>-?\d+(?:\.\d+)?)
      | in \s+ (?P<values>[A-Za-z0-9_]+ (?: \s*,\s* [A-Za-z0-9_]+ )*)
    )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Condition:
    """One comparison: `test` is ">=", "<=", ">", "<", "=", "in", "recorded" or "missing"."""

    name: str
    test: str
    number: float = 0.0
    values: tuple[str, ...] = ()

    def holds(self, columns: Columns) -> Bools:
        """True or false for every person; KeyError where `columns` lacks the name."""
        values = columns[self.name]
        if self.test == "missing":
            return np.logical_not(_recorded(values))
        if self.test == "recorded":
            return _recorded(values)
        if self.test == "in":
            return np.isin(values.astype(str), self.values) & _recorded(values)
        answer: Bools = _COMPARE[self.test](values.astype(np.float64), self.number)
        return answer


@dataclass(frozen=True)
class Rule:
    """Conditions and rules of which all must hold (`every`), or at least one."""

    every: bool
    parts: "tuple[Condition | Rule, ...]"

    def holds(self, columns: Columns) -> Bools:
        """True or false for every person; no parts hold for everyone (all) or no one (any)."""
        answers = [part.holds(columns) for part in self.parts]
        join = np.logical_and if self.every else np.logical_or
        return join.reduce(answers)  # type: ignore[no-any-return]

    def names(self) -> frozenset[str]:
        """Every column the rule reads."""
        nested = (part.names() if isinstance(part, Rule) else frozenset((part.name,)) for part in self.parts)
        return frozenset().union(*nested)


def parse_condition(text: str) -> Condition:
    """The condition a text says; ConfigRefused quotes one it cannot read.

    >>> parse_condition("age_years >= 75")
    Condition(name='age_years', test='>=', number=75.0, values=())
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ConfigRefused(
            'a condition such as "age_years >= 75", "x recorded" or "residence in a, b"',
            repr(text),
            "Correct it in the configuration file and run again.",
        )
    if match["state"]:
        return Condition(match["name"], match["state"])
    if match["compare"]:
        return Condition(match["name"], match["compare"], number=float(match["number"]))
    return Condition(match["name"], "in", values=tuple(re.split(r"\s*,\s*", match["values"])))


def parse_rule(content: Mapping[str, Any], where: str) -> Rule:
    """The rule under `all = [...]` or `any = [...]`; entries are condition texts or nested tables.

    `where` names the place in the configuration for ConfigRefused.
    """
    keys = [key for key in ("all", "any") if key in content]
    if len(keys) != 1 or not isinstance(content[keys[0]], list) or not content[keys[0]]:
        raise ConfigRefused(
            f"{where} to have one list of conditions, under all or any",
            f"{len(keys)} of them, or an empty one",
            "Correct the configuration file and run again.",
        )
    parts = (parse_condition(p) if isinstance(p, str) else parse_rule(p, where) for p in content[keys[0]])
    return Rule(keys[0] == "all", tuple(parts))


def _recorded(values: npt.NDArray[Any]) -> Bools:
    if values.dtype.kind == "f":
        recorded: Bools = np.logical_not(np.isnan(values))
        return recorded
    if values.dtype.kind == "O":
        return np.fromiter((value is not None for value in values), dtype=np.bool_, count=len(values))
    return np.ones(len(values), dtype=np.bool_)
