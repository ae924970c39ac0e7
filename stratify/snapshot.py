"""People at one day of the past: their features before it, and how the year after it went."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from stratify.evaluation.censoring import staying_weights
from stratify.evaluation.groups import age_bands
from stratify.evaluation.inputs import EvaluationInputs, FollowUp
from stratify.features.matrix import FeatureMatrix, build_features
from stratify.fit_dates import OUTCOME_DAYS
from stratify.practice_split import Part, Split
from stratify.zone.zone import Zone

_PEOPLE = ("pseudonym", "sex", "ethnic_category", "imd_decile", "practice_code", "network", "locality")
_POPULATION = ("age_years", "residence")


@dataclass(frozen=True)
class Snapshot:
    """Everyone scored at a day of the past, in order of pid.

    `event`: an emergency admission in the 365 days from that day. `weight` is 0 for who left the register
    without one, because whether they were admitted is not known, and for the others one over the share of people
    of their age band still on the register when their outcome became known: those who stayed stand in for those who left.
    """

    index_date: date
    matrix: FeatureMatrix
    event: NDArray[np.bool_]
    weight: NDArray[np.float64]
    follow_up: FollowUp
    columns: dict[str, NDArray[Any]]

    @property
    def known(self) -> NDArray[np.bool_]:
        return self.weight > 0


def who_is_in(split: Split, snapshot: Snapshot, *parts: Part) -> NDArray[np.bool_]:
    """Who of a snapshot is in any of these parts of a split."""
    own = split.parts(snapshot.columns["practice_code"], snapshot.columns["pseudonym"])
    return np.isin(own, [part.value for part in parts])


def read_snapshot(
    zone: Zone, index_date: date, names: list[str], connection: duckdb.DuckDBPyConnection, config: Path
) -> Snapshot:
    """The snapshot of a zone that holds the outcome at that date; code lists and units are those of `config`."""
    matrix = build_features(zone, index_date, connection=connection, names=names, config=config)
    # A zone numbers its people from 0 without gaps, so a pid is a position.
    outcome = {name: _filled(values[matrix.pids]) for name, values in _outcome(zone, index_date, connection).items()}
    people = zone.people_table().arrays(connection, *_PEOPLE)
    population = zone.population_table(index_date).arrays(connection, *_POPULATION)
    columns = {name: _plain(values[matrix.pids]) for name, values in (people | population).items()}
    event = outcome["event"].astype(np.bool_)
    follow_up = _follow_up(outcome)
    return Snapshot(index_date, matrix, event, _weights(event, follow_up, columns["age_years"]), follow_up, columns)


def _outcome(zone: Zone, index_date: date, connection: duckdb.DuckDBPyConnection) -> dict[str, NDArray[Any]]:
    return zone.outcome_table(index_date).arrays(connection)


def _filled(values: NDArray[Any]) -> NDArray[np.int64]:
    """Days and counts as whole numbers, -1 for one that did not happen."""
    return np.ma.filled(np.ma.asarray(values).astype(np.int64), -1)


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """A column without a mask: an empty text for a missing text, NaN for a missing number."""
    if values.dtype.kind in "OUS":
        return np.asarray(np.ma.filled(np.ma.asarray(values), ""), dtype=object)
    if np.ma.getmaskarray(values).any():
        return np.asarray(np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan))
    return np.asarray(np.ma.getdata(values))


def _follow_up(outcome: dict[str, NDArray[np.int64]]) -> FollowUp:
    return FollowUp(
        censored=outcome["censored"].astype(np.bool_),
        event_if_death_counts=outcome["event_if_death_counts"].astype(np.bool_),
        days_to_event=outcome["days_to_event"],
        died_days=outcome["died_days"],
        left_days=outcome["left_days"],
        emergency_admissions=outcome["emergency_admissions_365"],
        cost_pence=outcome["cost_pence_365"],
    )


def _weights(event: NDArray[np.bool_], follow_up: FollowUp, age: NDArray[Any]) -> NDArray[np.float64]:
    """Inverse-probability-of-censoring weights by age band (Robins and Finkelstein, Biometrics 2000;56:779-788).

    The young move most and are admitted least, so who stayed stands in for those of their own age who left.
    """
    inputs = EvaluationInputs(follow_up=follow_up, horizon=OUTCOME_DAYS)
    weight = staying_weights(event, inputs, age_bands(age))
    return np.ones(len(event)) if weight is None else weight
