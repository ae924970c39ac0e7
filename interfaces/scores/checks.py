"""What every row of a score file must keep, checked by column so that a million people take a moment.

Problems name the file's row (1 is the first) and the column, never a value.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from interfaces.exceptions import ScoreFileContents
from interfaces.scores.contract import COLUMNS, PER_FILE, ScoreHeader, ScoreKind, Tier, TierMethod

ADDITIVE_WITHIN = 1e-6
"""How far baseline, reasons and the rest together may lie from the raw score."""

_PSEUDONYM = "^[0-9a-f]{32}$"
_KEY_ID = "^[0-9a-f]{8}$"
_LIKE_AN_NHS_NUMBER = r"\b[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}\b"


@dataclass
class RowChecker:
    """Checks the rows of one file as they pass, part by part and in order."""

    header: ScoreHeader
    file_name: str = "scores.parquet"
    rows: int = 0
    _constants: dict[str, Any] = field(default_factory=dict)
    _last: pa.Table | None = None

    def check(self, part: pa.Table) -> None:
        """Raises ScoreFileContents for the first problem; `part` has every column of the contract."""
        if part.num_rows == 0:
            return
        for rule in _RULES:
            self._refuse_first(*rule(part))
        self._check_constants(part)
        self._check_order(part)
        self.rows += part.num_rows
        self._last = part.slice(part.num_rows - 1)

    def _check_constants(self, part: pa.Table) -> None:
        if not self._constants:
            self._constants = {name: part[name][0] for name in PER_FILE}
            self._constants["index_date"] = pa.scalar(self.header.index_date, pa.date32())
        for name, value in self._constants.items():
            self._refuse_first(
                name,
                "the same value in every row, and the header's where it names one",
                pc.not_equal(part[name], value),
            )

    def _check_order(self, part: pa.Table) -> None:
        """Raw score falls or, where equal, the pseudonym rises; nobody ranked lower has a higher percentile."""
        columns = ["raw_score", "pseudonym", "percentile"]
        lower = part.select(columns)
        if self._last is None:
            upper, lower, skipped = lower.slice(0, lower.num_rows - 1), lower.slice(1), 1
        else:
            upper, skipped = pa.concat_tables([self._last.select(columns), lower.slice(0, lower.num_rows - 1)]), 0
        tied = pc.and_(
            pc.equal(upper["raw_score"], lower["raw_score"]), pc.greater_equal(upper["pseudonym"], lower["pseudonym"])
        )
        wrong = pc.or_(pc.less(upper["raw_score"], lower["raw_score"]), tied)
        self._refuse_first("raw_score", "rank order: raw score from high to low, ties by pseudonym", wrong, skipped)
        rising = pc.less(upper["percentile"], lower["percentile"])
        self._refuse_first("percentile", "percentiles that never rise from one rank to the next", rising, skipped)

    def _refuse_first(self, column: str, rule: str, wrong: pa.ChunkedArray, skipped: int = 0) -> None:
        bad = pc.fill_null(wrong, False)
        count = pc.sum(bad).as_py() or 0
        if not count:
            return
        first = self.rows + skipped + pc.index(bad, True).as_py() + 1
        raise ScoreFileContents(
            f"{self.file_name}, column {column}: {rule}",
            f"{count} of the rows checked otherwise, the first in row {first}",
            "Nothing of it may be used; correct what produced the rows and write the file again.",
        )


Finding = tuple[str, str, Any]
Rule = Callable[[pa.Table], Finding]


def _filled(name: str) -> Rule:
    return lambda part: (name, "a value in every row", pc.is_null(part[name], nan_is_null=False))


def _one_of(name: str, members: Iterable[StrEnum]) -> Rule:
    values = [str(member) for member in members]
    wording = f"one of {', '.join(values)}"
    # An empty value is the business of _filled; is_in would call it a stranger.
    return lambda part: (
        name,
        wording,
        pc.and_(pc.is_valid(part[name]), pc.invert(pc.is_in(part[name], value_set=pa.array(values)))),
    )


def _between(name: str, low: float, high: float) -> Rule:
    def rule(part: pa.Table) -> Finding:
        inside = pc.and_(pc.greater_equal(part[name], low), pc.less_equal(part[name], high))
        return name, f"a number from {low:g} to {high:g}", pc.invert(inside)  # NaN is not inside

    return rule


def _finite(name: str) -> Rule:
    return lambda part: (name, "a finite number", pc.invert(pc.is_finite(part[name])))


def _written_as(name: str, pattern: str, wording: str) -> Rule:
    return lambda part: (name, wording, pc.invert(pc.match_substring_regex(part[name], pattern)))


def _not_blank(name: str) -> Rule:
    return lambda part: (name, "a text that is not blank", pc.equal(pc.utf8_trim_whitespace(part[name]), ""))


def _probability_of_models_only(part: pa.Table) -> Finding:
    is_model = pc.equal(part["score_kind"], ScoreKind.MODEL.value)
    wrong = pc.xor(is_model, pc.is_valid(part["probability"]))
    return "probability", "a probability exactly where the score is the model's", wrong


def _reason_rows(part: pa.Table) -> tuple[Any, Any]:
    """Row of each reason, and the reasons one under the other."""
    reasons = part["reasons"].combine_chunks()
    return pc.list_parent_indices(reasons), pc.list_flatten(reasons)


def _marked(part: pa.Table, rows: Any, wrong: Any) -> Any:
    """Which rows of the part hold at least one reason marked wrong."""
    positions = pc.filter(rows, pc.fill_null(wrong, False))
    return pc.is_in(_positions(part), value_set=positions)


def _positions(part: pa.Table) -> Any:
    return pa.array(range(part.num_rows), pa.int64())


def _reasons_are_whole(part: pa.Table) -> Finding:
    rows, reasons = _reason_rows(part)
    wrong = pc.is_null(reasons)
    for name in ("code", "text", "source"):
        values = pc.struct_field(reasons, name)
        wrong = pc.or_(wrong, pc.or_(pc.is_null(values), pc.equal(pc.fill_null(values, ""), "")))
    contribution = pc.fill_null(pc.struct_field(reasons, "contribution"), float("nan"))
    wrong = pc.or_(wrong, pc.invert(pc.is_finite(contribution)))
    return "reasons", "reasons with code, text, source and a finite contribution", _marked(part, rows, wrong)


def _reasons_are_dated_before(part: pa.Table) -> Finding:
    rows, reasons = _reason_rows(part)
    first, last = (pc.struct_field(reasons, name) for name in ("first_date", "last_date"))
    at = pc.take(part["index_date"].combine_chunks(), rows)
    late = pc.or_kleene(pc.greater_equal(last, at), pc.greater_equal(first, at))
    wrong = pc.or_kleene(late, pc.greater(first, last))
    return "reasons", "evidence dates in order and before the index date", _marked(part, rows, wrong)


def _reasons_name_nobody(part: pa.Table) -> Finding:
    rows, reasons = _reason_rows(part)
    wrong = pc.match_substring_regex(pc.struct_field(reasons, "text"), _LIKE_AN_NHS_NUMBER)
    return "reasons", "texts without anything that looks like an NHS number", _marked(part, rows, wrong)


def _reasons_add_up(part: pa.Table) -> Finding:
    """Baseline + reasons + the rest = raw score, wherever baseline and rest are given."""
    rows, reasons = _reason_rows(part)
    sums = pa.table({"row": rows, "sum": pc.struct_field(reasons, "contribution")})
    # One thread: the order of a float sum is part of its value.
    sums = sums.group_by("row", use_threads=False).aggregate([("sum", "sum")])
    given = pc.index_in(_positions(part), value_set=sums["row"].combine_chunks().cast(pa.int64()))
    reason_sum = pc.fill_null(pc.take(sums["sum_sum"].combine_chunks(), given), 0.0)
    total = pc.add(pc.add(part["baseline"], part["other_contribution"]), reason_sum)
    wrong = pc.greater(pc.abs(pc.subtract(part["raw_score"], total)), ADDITIVE_WITHIN)
    return "reasons", f"baseline, reasons and the rest to add up to the raw score within {ADDITIVE_WITHIN:g}", wrong


_RULES: tuple[Rule, ...] = (
    *(_filled(column.name) for column in COLUMNS if not column.nullable),
    _written_as("pseudonym", _PSEUDONYM, "32 small hexadecimal digits"),
    _written_as("key_id", _KEY_ID, "8 small hexadecimal digits"),
    *(_not_blank(name) for name in ("practice_code", "outcome", "model_version", "feature_set_hash", "segment")),
    _one_of("score_kind", ScoreKind),
    _one_of("tier", Tier),
    _one_of("tier_method", TierMethod),
    _one_of("previous_tier", Tier),
    _finite("raw_score"),
    _between("percentile", 0, 100),
    _between("probability", 0, 1),
    _probability_of_models_only,
    _reasons_are_whole,
    _reasons_are_dated_before,
    _reasons_name_nobody,
    _reasons_add_up,
)
