"""The run before this one: refused unless it is of the same place, key and score and of an earlier index date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from interfaces.scores import SCHEMA, read_scores
from stratify.exceptions import InputRefused, KeyRefused
from stratify.movement import Month
from stratify.run_manifest import check_output, read_manifest
from stratify.score_table import RunFacts
from stratify.tier_scheme import TIERS

_COLUMNS = ("pseudonym", "practice_code", "raw_score", "probability", "percentile", "tier")


@dataclass(frozen=True)
class PreviousRun:
    """An earlier run: its manifest, its people in rank order and their practices."""

    folder: Path
    manifest: dict[str, Any]
    index_date: date
    month: Month
    practice_code: pa.Array


def read_previous(folder: Path, facts: RunFacts) -> PreviousRun:
    """The earlier run in a folder.

    Raises InputRefused where it is no finished run, was changed since, or is of another place or score or of
    the same or a later index date; KeyRefused where its pseudonyms were made with another key.
    """
    manifest = read_manifest(folder)
    index_date = _check(manifest, facts, folder.name)
    rows = read_columns(check_output(folder, manifest, "scores.parquet"), _COLUMNS)
    refused = pq.read_table(check_output(folder, manifest, "refused.parquet"))
    month = Month(
        pseudonym=rows["pseudonym"].combine_chunks(),
        tier=_codes(rows["tier"]),
        raw=rows["raw_score"].to_numpy(),
        percentile=rows["percentile"].to_numpy(),
        probability=rows["probability"].to_numpy(),
        refused=dict(zip(refused["pseudonym"].to_pylist(), refused["status"].to_pylist(), strict=True)),
    )
    return PreviousRun(folder, manifest, index_date, month, rows["practice_code"].combine_chunks())


def read_columns(scores: Path, columns: Sequence[str]) -> pa.Table:
    """Some columns of a score file, in rank order."""
    schema = pa.schema([SCHEMA.field(name) for name in columns])
    return pa.Table.from_batches(list(read_scores(scores, columns)), schema).combine_chunks()


def _check(manifest: dict[str, Any], facts: RunFacts, name: str) -> date:
    if manifest["key_id"] != facts.key_id:
        raise KeyRefused(
            f"{name} to have been made with the key {facts.key_id}",
            f"the key {manifest['key_id']}",
            "Use the key of that run, or run without --previous; people cannot be matched across keys.",
        )
    for field, words in (("place", "place"), ("score_kind", "kind of score")):
        if manifest[field] != getattr(facts, field):
            raise InputRefused(
                f"{name} to be of the same {words}, {getattr(facts, field)}",
                str(manifest[field]),
                "Name the previous run of this place with this score.",
            )
    index_date = date.fromisoformat(manifest["index_date"])
    if index_date >= facts.index_date:
        raise InputRefused(
            f"{name} to be of an index date before {facts.index_date.isoformat()}",
            index_date.isoformat(),
            "Name an earlier run, or run for a later index date.",
        )
    return index_date


def _codes(tiers: pa.ChunkedArray) -> npt.NDArray[np.int8]:
    encoded = tiers.combine_chunks().dictionary_encode()
    lookup = np.array([TIERS.index(name) for name in encoded.dictionary.to_pylist()], dtype=np.int8)
    codes: npt.NDArray[np.int8] = lookup[encoded.indices.to_numpy()]
    return codes
