"""The people of a run a year later: their scores, what happened to them, and the simple scores they are compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stratify.estimators.logistic_formula import LogisticFormula
from stratify.evaluation import EvaluationInputs, FollowUp, person_groups
from stratify.evaluation.groups import NOT_RECORDED
from stratify.evaluation.rivals import NAMES
from stratify.exceptions import InputRefused
from stratify.features.catalogue import feature_names
from stratify.features.matrix import build_features
from stratify.fit_evaluation import RIVAL_FEATURES
from stratify.outcomes import WINDOW_DAYS, outcomes_sql
from stratify.previous_run import read_columns
from stratify.pseudonyms import Key, pseudonyms
from stratify.zone.zone import Zone

ORACLE = "oracle"
"""The rival that knows the true risk of made-up people."""

_SCORES = ("pseudonym", "practice_code", "raw_score", "probability", "tier")
_PART = 65_536  # people whose features are held at once
_DAYS = ("days_to_event", "died_days", "left_days")

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class RunFollowUp:
    """Those scored in a run whose outcome a later pack knows, in order of pseudonym; all arrays are of one length.

    `joined` accounts for everyone scored in the run. `truth` is the true risk of made-up people, where it was given.
    """

    practice: Array
    raw: npt.NDArray[np.float64]
    probability: npt.NDArray[np.float64] | None
    tier: Array
    event: npt.NDArray[np.bool_]
    groups: Mapping[str, Array]
    inputs: EvaluationInputs
    joined: Mapping[str, int]
    truth: npt.NDArray[np.float64] | None = None

    def of(self, chosen: npt.NDArray[np.bool_]) -> "RunFollowUp":
        """Some of these people."""
        told = self.inputs.follow_up
        columns = {name: None if values is None else values[chosen] for name, values in vars(told).items()}
        rivals = {name: values[chosen] for name, values in self.inputs.rivals.items()}
        return RunFollowUp(
            practice=self.practice[chosen],
            raw=self.raw[chosen],
            probability=None if self.probability is None else self.probability[chosen],
            tier=self.tier[chosen],
            event=self.event[chosen],
            groups={name: labels[chosen] for name, labels in self.groups.items()},
            inputs=EvaluationInputs(rivals, FollowUp(**columns), self.inputs.seed, self.inputs.horizon),
            joined=self.joined,
            truth=None if self.truth is None else self.truth[chosen],
        )


@dataclass(frozen=True)
class Later:
    """The later pack's zone, the index date of the run, a connection, the configuration.

    `truth` names risks by pseudonym; `logistic` is the formula the run's model was compared with.
    """

    zone: Zone
    index_date: date
    connection: duckdb.DuckDBPyConnection
    config: Path
    truth: pa.Table | None = None
    logistic: LogisticFormula | None = None


def read_truth(folder: Path, key: Key, index_date: date) -> pa.Table:
    """True risks by pseudonym from the truth of a made-up borough; InputRefused where it is of another date."""
    path = folder / "risk.parquet"
    if not path.is_file():
        raise InputRefused("a folder with the truth of a made-up borough", "no risk.parquet in it", "Name OUT/truth.")
    table = pq.read_table(path, columns=["nhs_number", "index_date", "true_risk"])
    dates = pc.unique(table["index_date"]).to_pylist()
    if dates != [index_date]:
        raise InputRefused(
            f"true risks at {index_date.isoformat()}",
            ", ".join(day.isoformat() for day in dates) or "none",
            "Use the truth made with the pack of the run.",
        )
    names = pseudonyms(key, table["nhs_number"].to_pylist()).astype(np.str_)
    return pa.table({"pseudonym": pa.array(names.tolist(), pa.string()), "true_risk": table["true_risk"]})


def follow_up(scores: Path, later: Later, seed: int) -> RunFollowUp:
    """Join a run's score file with the outcomes in a later pack's zone, by pseudonym."""
    run = read_columns(scores, _SCORES).sort_by("pseudonym")
    known = later.connection.execute(outcomes_sql(later.zone, later.index_date)).to_arrow_table()
    place = pc.fill_null(pc.index_in(run["pseudonym"], value_set=known["pseudonym"]), -1)
    positions = np.asarray(place.to_numpy(), dtype=np.int64)
    status = np.asarray(known["status"].to_numpy(zero_copy_only=False), dtype=object)
    found = positions >= 0
    followed = found & (status[np.maximum(positions, 0)] == "scored") if len(status) else found
    kept = run.filter(pa.array(followed))
    outcome = known.take(pa.array(positions[followed]))
    groups = _groups(later, outcome, kept)
    return RunFollowUp(
        practice=groups["practice"],
        raw=_floats(kept["raw_score"]),
        probability=None if kept["probability"].null_count else _floats(kept["probability"]),
        tier=np.asarray(kept["tier"].to_pylist(), dtype=object),
        event=_whole(outcome["event"]).astype(np.bool_),
        groups=groups,
        inputs=EvaluationInputs(_rivals(later, outcome["pid"]), _follow_up(outcome), seed, WINDOW_DAYS),
        joined=_joined(status, positions, followed),
        truth=_truth(later.truth, kept["pseudonym"]),
    )


def _floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _whole(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Days, counts and flags as whole numbers, -1 for one that did not happen."""
    return np.asarray(pc.fill_null(column.cast(pa.int64()), -1).to_numpy(), dtype=np.int64)


def _follow_up(outcome: pa.Table) -> FollowUp:
    return FollowUp(
        censored=_whole(outcome["censored"]) > 0,
        event_if_death_counts=_whole(outcome["event_if_death_counts"]) > 0,
        emergency_admissions=_whole(outcome["emergency_admissions_365"]),
        cost_pence=_whole(outcome["cost_pence_365"]),
        **{name: _whole(outcome[name]) for name in _DAYS},
    )


def _joined(status: Array, positions: npt.NDArray[np.int64], followed: npt.NDArray[np.bool_]) -> dict[str, int]:
    """Everyone scored in the run, by why they are not followed up."""
    found = positions >= 0
    if 2 * np.count_nonzero(found) < len(positions):
        raise InputRefused(
            "a later pack of the people in the run",
            f"one with {np.count_nonzero(found):,} of {len(positions):,} of them",
            "Give a pack of the same place; a merged or divided place is another place.",
        )
    others = status[positions[found & ~followed]]
    codes, counts = np.unique(others.astype(np.str_), return_counts=True)
    return {
        "scored_in_run": len(positions),
        "not_in_outcomes_pack": int(np.count_nonzero(~found)),
        **dict(zip(codes.tolist(), counts.tolist(), strict=True)),
        "followed": int(np.count_nonzero(followed)),
    }


def _groups(later: Later, outcome: pa.Table, kept: pa.Table) -> dict[str, Array]:
    """Groups by what the register says, places by the practice people were scored in."""
    zone = later.zone
    columns = later.connection.execute(
        "SELECT CAST(p.sex AS VARCHAR) AS sex, coalesce(p.ethnic_category, '') AS ethnic_category,"
        " coalesce(p.imd_decile, 0) AS imd_decile, coalesce(s.residence, '') AS residence,"
        " coalesce(s.age_years, 0) AS age_years"
        f" FROM {zone.people_table().sql} p JOIN {zone.population_table(later.index_date).sql} s ON s.pid = p.pid"
        " ORDER BY p.pid"
    ).fetchnumpy()
    # A zone numbers its people from 0 without gaps, so a pid is a position.
    pids = _whole(outcome["pid"])
    places = later.connection.execute(
        f"SELECT DISTINCT practice_code, network, locality FROM {zone.people_table().sql} ORDER BY ALL"
    ).fetchall()
    networks = {code: network for code, network, _ in places}
    codes = [str(code) for code in kept["practice_code"].to_pylist()]
    return person_groups(
        {name: np.asarray(values)[pids] for name, values in columns.items()}
        | {
            "practice_code": np.asarray(codes, dtype=object),
            "network": np.asarray([networks.get(code) or NOT_RECORDED for code in codes], dtype=object),
        }
    )


def _rivals(later: Later, pids: pa.ChunkedArray) -> dict[str, npt.NDArray[np.float64]]:
    """Logistic regression, published indices, age and last year's admissions of these people; a missing index is 0."""
    possible = set(feature_names(later.zone.tables))
    simple = {rival: feature for rival, feature in RIVAL_FEATURES.items() if feature in possible}
    formula = later.logistic if later.logistic and possible.issuperset(later.logistic.names) else None
    # The formula's features in its own order come first, so that its columns need not be picked out again.
    names = list(dict.fromkeys([*(formula.names if formula else ()), *simple.values()]))
    found: dict[str, list[npt.NDArray[np.float64]]] = {name: [] for name in NAMES}
    people = _whole(pids)
    for start in range(0, len(people), _PART):
        part = people[start : start + _PART]
        matrix = build_features(
            later.zone, later.index_date, pids=part, connection=later.connection, names=names, config=later.config
        )
        if formula is not None:
            found["logistic"].append(formula.raw(matrix.values[:, : len(formula.names)]))
        for rival, feature in simple.items():
            found[rival].append(np.nan_to_num(matrix.column(feature).astype(np.float64)))
    return {rival: np.concatenate(parts) for rival, parts in found.items() if parts}


def _truth(truth: pa.Table | None, names: pa.ChunkedArray) -> npt.NDArray[np.float64] | None:
    if truth is None:
        return None
    place = pc.index_in(names, value_set=truth["pseudonym"])
    if place.null_count:
        raise InputRefused(
            "the true risk of everyone scored",
            f"none for {place.null_count} of them",
            "Use the truth made with the pack of the run.",
        )
    return _floats(truth["true_risk"].take(place))
