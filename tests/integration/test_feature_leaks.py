"""Nothing that happens on or after an index date, or is known only from then on, may touch a feature."""

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest

from stratify.days import day_number
from stratify.engine import connect
from stratify.features import catalogue
from stratify.features.catalogue import feature_names
from stratify.features.definition import Aggregate, Feature, Kind, Measure, Relation
from stratify.features.matrix import build_features
from stratify.indices import INDICES, score_zone
from tests.support.histories import random_history
from tests.support.zones import COLUMNS, write_zone

PEOPLE = 25
INDEX_DATES = tuple(date(2025 + (month > 11), (month % 12) + 1, 1) for month in range(3, 15))
LATER = {"admissions": "discharged_day", "social_care_events": "ended_day"}

LEAKY = Feature(
    "leaky", "leaky", "admissions", 365, "admissions", "A seeded fault: it forgets when rows became available.",
    Kind.COUNT,
    Relation("leaky", ("admissions",), "SELECT pid, {t} - day AS ago FROM chunk_admissions WHERE day < {t}"),
    Measure(Aggregate.COUNT, 365),
)  # fmt: skip
LEAKY_DISCHARGE = replace(
    LEAKY,
    name="leaky_discharge",
    relation=Relation(
        "leaky_discharge",
        ("admissions",),
        "SELECT pid, {t} - day AS ago FROM chunk_admissions WHERE {usable} AND discharged_day IS NOT NULL",
    ),
)


def usable(row, t):
    return row["day"] < t and row["avail"] < t


def rewritten_future(tables, t, random):
    """The same past with another future: rows deleted, moved, changed and added, ends of stays and services too."""
    return {name: _rewritten(name, rows, t, random) for name, rows in tables.items()}


def _rewritten(name, rows, t, random):
    kept = []
    for row in rows:
        if usable(row, t):
            kept.append(_with_another_end(row, LATER.get(name), t, random))
        elif random.random() < 0.5:
            kept.append(_moved(row, rows, t, random))
    added = [_moved(row, rows, t, random) for row in random.choices(rows, k=30)]
    mixed = kept + added
    random.shuffle(mixed)
    return mixed


def _with_another_end(row, column, t, random):
    end = row.get(column)
    if end is None or end < t:
        return row
    return row | {column: None if random.random() < 0.5 else t + random.randrange(900)}


def _moved(row, rows, t, random):
    """A row of other content that cannot be known at t: it happens later, or arrives later."""
    other = random.choice(rows)
    day = random.randrange(t - 1000, t + 300)
    avail = max(day, t) + random.randrange(60)
    return other | {"pid": row["pid"], "day": day, "avail": avail}


def differing(before, after):
    """The names of features of which any byte differs."""
    return [name for name in before.names if before.column(name).tobytes() != after.column(name).tobytes()]


@pytest.fixture(scope="module")
def connection():
    return connect(threads=1)


@pytest.fixture(scope="module")
def history():
    # Reaches from before the look-back of the first index date to after the last one.
    return random_history(Random(20261001), PEOPLE, 900, before=1700, after=250)


@pytest.fixture(scope="module")
def zone(history, tmp_path_factory):
    return write_zone(tmp_path_factory.mktemp("zone") / "z", history, people=PEOPLE, index_dates=INDEX_DATES)


@pytest.mark.parametrize("index_date", INDEX_DATES, ids=str)
def test_features_stay_the_same_to_the_byte_whatever_happens_later(index_date, history, zone, connection, tmp_path):
    random = Random(day_number(index_date))
    tables = rewritten_future(history, day_number(index_date), random)
    other = write_zone(tmp_path / "other", tables, people=PEOPLE, index_dates=INDEX_DATES)
    names = feature_names(COLUMNS)
    before = build_features(zone, index_date, connection=connection, names=names)
    after = build_features(other, index_date, connection=connection, names=names)
    assert differing(before, after) == []
    assert before.values.tobytes() == after.values.tobytes()
    for kind in INDICES:
        scores = [score_zone(z, index_date, kind, connection).tobytes() for z in (zone, other)]
        assert scores[0] == scores[1], kind


def test_the_histories_give_every_feature_something_to_measure(zone, connection):
    """Otherwise the tests above would pass on columns of zeros."""
    names = feature_names(COLUMNS)
    values = np.concatenate(
        [build_features(zone, day, connection=connection, names=names).values for day in INDEX_DATES]
    )
    constant = [n for n, column in zip(names, values.T, strict=True) if len(np.unique(column)) == 1]
    assert constant == ["age_years", "male", "imd_decile", "registered_days"]


@pytest.mark.parametrize("fault", [LEAKY, LEAKY_DISCHARGE], ids=lambda fault: fault.name)
def test_a_leaky_feature_is_found_out(fault, history, zone, connection, tmp_path, monkeypatch):
    monkeypatch.setitem(catalogue._BY_NAME, fault.name, fault)
    index_date = INDEX_DATES[5]
    tables = rewritten_future(history, day_number(index_date), Random(7))
    other = write_zone(tmp_path / "other", tables, people=PEOPLE, index_dates=INDEX_DATES)
    names = [*feature_names(COLUMNS), fault.name]
    before = build_features(zone, index_date, connection=connection, names=names)
    after = build_features(other, index_date, connection=connection, names=names)
    assert differing(before, after) == [fault.name]


def test_a_row_that_arrives_on_the_index_date_is_not_used(connection, tmp_path):
    t = day_number(INDEX_DATES[0])
    row = {"pid": 0, "day": t - 5, "kind": "emergency"}
    known = write_zone(tmp_path / "a", {"admissions": [row | {"avail": t - 1}]}, index_dates=INDEX_DATES)
    late = write_zone(tmp_path / "b", {"admissions": [row | {"avail": t}]}, index_dates=INDEX_DATES)
    counts = [
        build_features(z, INDEX_DATES[0], connection=connection, names=["emergency_admissions_30d"]).values[0, 0]
        for z in (known, late)
    ]
    assert counts == [1.0, 0.0]
