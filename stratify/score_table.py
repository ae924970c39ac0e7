"""A run's people as the rows of the score file: best rank first, with reasons for those in a tier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from interfaces.scores import COLUMNS, REASON_TYPE
from stratify.reasons.wording import NO_DAY, Reasons
from stratify.tier_scheme import TIERS

OUTCOME = "emergency_admission_12m"
PART_ROWS = 65_536
"""People handed to the score file at once."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class RunFacts:
    """What is the same for everyone in a run."""

    place: str
    index_date: date
    extracted_on: date
    score_kind: str
    model_version: str
    feature_set_hash: str
    key_id: str
    tier_method: str
    demonstration: bool
    synthetic: bool


@dataclass(frozen=True)
class People:
    """Everyone scored, one place each, in order of pseudonym; all arrays are of one length.

    `previous_tier` is -1 for somebody not scored in the previous run; `cohorts[k]` says who is in cohort k.
    `listed` are the places of people with reasons, in rising order; `reasons` has theirs in that order.
    """

    pseudonym: pa.Array
    practice_code: pa.Array
    raw: Floats
    probability: Floats | None
    percentile: Floats
    tier: Codes
    previous_tier: Codes
    short_history: Bools
    not_known_to_services: Bools
    rising: Bools
    cohorts: Bools
    cohort_codes: tuple[str, ...]
    segment: Codes
    segment_codes: tuple[str, ...]
    age_band: npt.NDArray[np.str_]
    listed: npt.NDArray[np.int64]
    reasons: Reasons


def score_parts(people: People, facts: RunFacts, order: npt.NDArray[np.int64]) -> Iterator[pa.Table]:
    """The rows of the score file in rank order, in parts of PART_ROWS."""
    table = _table(people, facts)
    for begin in range(0, len(order), PART_ROWS):
        yield table.take(pa.array(order[begin : begin + PART_ROWS]))


def named(codes: npt.NDArray[np.integer[Any]], names: Sequence[str]) -> pa.Array:
    """Codes as names; null where the code is negative."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(names, pa.string())).cast(
        pa.string()
    )


def _table(people: People, facts: RunFacts) -> pa.Table:
    count = len(people.raw)
    columns = {name: _same(value, count) for name, value in _constants(facts).items()}
    columns |= {name: getattr(people, name) for name in ("pseudonym", "practice_code")}
    columns |= {
        "raw_score": pa.array(people.raw),
        "probability": pa.nulls(count, pa.float64()) if people.probability is None else pa.array(people.probability),
        "percentile": pa.array(people.percentile),
        "tier": named(people.tier, TIERS),
        "previous_tier": named(people.previous_tier, TIERS),
        "reasons": _reason_lists(people),
        "other_contribution": _for_listed(people, people.reasons.other),
        "baseline": _for_listed(people, people.reasons.baseline),
        "short_history": pa.array(people.short_history),
        "not_known_to_services": pa.array(people.not_known_to_services),
        "rising": pa.array(people.rising),
        "cohorts": _cohort_lists(people),
        "segment": named(people.segment, people.segment_codes),
        "age_band": pa.array(people.age_band.astype(object), pa.string()),
    }
    return pa.table({column.name: columns[column.name] for column in COLUMNS})


def _constants(facts: RunFacts) -> dict[str, Any]:
    return {
        "index_date": facts.index_date,
        "outcome": OUTCOME,
        "score_kind": facts.score_kind,
        "tier_method": facts.tier_method,
        "model_version": facts.model_version,
        "feature_set_hash": facts.feature_set_hash,
        "key_id": facts.key_id,
    }


def _same(value: Any, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), count)


def _for_listed(people: People, values: Floats) -> pa.Array:
    spread = np.zeros(len(people.raw))
    missing = np.ones(len(people.raw), dtype=np.bool_)
    spread[people.listed] = values
    missing[people.listed] = False
    return pa.array(spread, mask=missing)


def _reason_lists(people: People) -> pa.Array:
    lengths = np.zeros(len(people.raw), dtype=np.int32)
    lengths[people.listed] = np.diff(people.reasons.starts)
    return pa.ListArray.from_arrays(_offsets(lengths), reason_entries(people.reasons))


def _cohort_lists(people: People) -> pa.Array:
    _person, cohort = np.nonzero(people.cohorts.T)
    lengths = people.cohorts.sum(axis=0, dtype=np.int32)
    return pa.ListArray.from_arrays(_offsets(lengths), named(cohort, people.cohort_codes))


def _offsets(lengths: npt.NDArray[np.int32]) -> pa.Array:
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))


def reason_entries(reasons: Reasons) -> pa.Array:
    """Every reason as one struct of the score file, end to end."""
    columns = [
        named(reasons.group, reasons.codes),
        pa.array(reasons.text, pa.string()),
        pa.array(reasons.contribution),
        _dates(reasons.first),
        _dates(reasons.last),
        pa.array(reasons.source, pa.string()),
    ]
    return pa.StructArray.from_arrays(columns, fields=list(REASON_TYPE))


def _dates(days: npt.NDArray[np.int32]) -> pa.Array:
    return pa.array(days, mask=days == NO_DAY).cast(pa.date32())
