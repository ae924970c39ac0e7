"""Charlson and the Hospital Frailty Risk Score against two others: pycomorb, and the published rule in plain Python.

The histories are random: stays inside and outside the look-back, not yet available, not yet ended, of every
kind, with codes of three to five characters in any position.
"""

import csv
from importlib.resources import files

import numpy as np
import polars as pl
import pytest
from pycomorb import CharlsonComorbidityIndex, HospitalFrailtyRiskScore

from stratify.engine import connect
from stratify.features.matrix import build_features
from stratify.indices import index_components, score_zone
from tests.support.zones import INDEX, T, write_zone

FEW, MANY = 5_000, 100_000
SEVERE_OVER_MILD = {
    "Diabetes with chronic complication": "Diabetes without chronic complication",
    "Moderate or severe liver disease": "Mild liver disease",
    "Metastatic solid tumor": "Any malignancy, including lymphoma and leukemia, except malignant neoplasm of skin",
}


def oracle_rows(name):
    """A definition as pycomorb ships it: the independent copy of the published tables."""
    lines = (files("pycomorb") / "common" / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines))


HFRS_TENTHS = {row["icd10_codes"]: round(float(row["weight"]) * 10) for row in oracle_rows("HFRS.csv")}
CHARLSON_CODES = {row["category"]: tuple(row["icd10_codes"].split("|")) for row in oracle_rows("CHARLSON_QUAN.csv")[1:]}
CHARLSON_WEIGHTS = {
    row["category"].split(",")[0]: int(row["charlson_weights"]) for row in oracle_rows("CHARLSON_WEIGHTS.csv")[1:]
}


def random_codes(random, size):
    """ICD-10 codes of three to five characters, half of them near those that the indices name."""
    named = [code for codes in CHARLSON_CODES.values() for code in codes if len(code) > 2] + list(HFRS_TENTHS)
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    bases = np.where(
        random.random(size) < 0.5,
        random.choice(named, size),
        np.char.add(random.choice(letters, size), np.char.zfill(random.integers(0, 100, size).astype(str), 2)),
    )
    tails = random.choice(["", "0", "1", "2", "5", "9", "X", "01", "9D"], size)
    return [f"{base}{tail}"[:5] for base, tail in zip(bases.tolist(), tails.tolist(), strict=True)]


def random_stays(people, seed):
    random = np.random.default_rng(seed)
    pids = np.repeat(np.arange(people), random.poisson(2.0, people))
    day = T - random.integers(-60, 1300, len(pids))
    stay = random.integers(0, 40, len(pids))
    late = random.integers(0, 60, len(pids))
    counts = random.integers(1, 6, len(pids))
    codes = random_codes(random, int(counts.sum()))
    kinds = random.choice(["emergency", "elective", "day_case", "maternity", "transfer", "other"], len(pids))
    rows, at = [], 0
    for i, pid in enumerate(pids.tolist()):
        mine, at = codes[at : at + counts[i]], at + int(counts[i])
        rows.append({
            "pid": pid, "day": int(day[i]), "avail": int(day[i] + late[i]), "kind": str(kinds[i]),
            "discharged_day": None if stay[i] > 37 else int(day[i] + stay[i]),
            "primary_diagnosis": mine[0], "secondary_diagnoses": ";".join(mine[1:]) or None,
        })  # fmt: skip
    return rows


def known_codes(rows, look_back):
    """Per person, every code of a stay that is known to have ended before the index date, in plain words."""
    known = {}
    for row in rows:
        ended = row["kind"] == "day_case" or (row["discharged_day"] is not None and row["discharged_day"] < T)
        if row["day"] < T and row["avail"] < T and ended and T - row["day"] <= look_back:
            codes = [row["primary_diagnosis"], *(row["secondary_diagnoses"] or "").split(";")]
            known.setdefault(row["pid"], []).extend(code for code in codes if code)
    return known


def plain_hfrs(codes):
    return sum(HFRS_TENTHS[code] for code in {code[:3] for code in codes} & set(HFRS_TENTHS)) / 10


def plain_charlson(codes):
    present = {name for name, prefixes in CHARLSON_CODES.items() if any(code.startswith(prefixes) for code in codes)}
    present -= {SEVERE_OVER_MILD[name] for name in present & set(SEVERE_OVER_MILD)}
    return sum(CHARLSON_WEIGHTS[name.split(",")[0]] for name in present)


def as_frame(known):
    return pl.DataFrame(
        {"id": [p for p, codes in known.items() for _ in codes], "code": [c for codes in known.values() for c in codes]}
    ).with_columns(pl.lit(40).alias("age"))


def spread(people, frame, column):
    scores = np.zeros(people)
    scores[frame["id"].to_numpy()] = frame[column].to_numpy()
    return scores


@pytest.fixture(
    scope="module", params=[FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["few_people", "many_people"]
)
def place(request, tmp_path_factory):
    rows = random_stays(request.param, seed=2018)
    zone = write_zone(
        tmp_path_factory.mktemp("indices"),
        {"admissions": rows},
        people=request.param,
        chunk_size=request.param // 2 + 7,
    )
    return request.param, rows, zone


@pytest.fixture(scope="module")
def connection():
    return connect(threads=2)


def test_hfrs_equals_pycomorb_and_plain_python(place, connection):
    people, rows, zone = place
    known = known_codes(rows, 730)
    ours = score_zone(zone, INDEX, "hfrs", connection, range(people))
    plain = np.array([plain_hfrs(known.get(pid, ())) for pid in range(people)])
    theirs = spread(people, HospitalFrailtyRiskScore(as_frame(known)), "HFRS Score")
    assert (ours > 15).any()
    assert np.array_equal(ours, plain)
    assert np.array_equal(ours, theirs)


def test_charlson_equals_pycomorb_and_plain_python(place, connection):
    people, rows, zone = place
    known = known_codes(rows, 1095)
    ours = score_zone(zone, INDEX, "charlson", connection, range(people))
    plain = np.array([plain_charlson(known.get(pid, ())) for pid in range(people)])
    frame = CharlsonComorbidityIndex(as_frame(known), return_categories=True)
    theirs = spread(people, frame, "Charlson Comorbidity Index")
    assert (ours > 8).any()
    assert np.array_equal(ours, plain)
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("kind", ["charlson", "hfrs"])
def test_the_feature_is_the_score(place, connection, kind):
    people, _, zone = place
    matrix = build_features(zone, INDEX, pids=range(people), connection=connection, names=[kind])
    assert np.array_equal(
        matrix.column(kind), score_zone(zone, INDEX, kind, connection, range(people)).astype(np.float32)
    )


@pytest.mark.parametrize("kind", ["charlson", "hfrs"])
def test_components_add_up_to_the_score(place, connection, kind):
    people, _, zone = place
    parts = index_components(zone, INDEX, kind, connection, range(people))
    total = np.zeros(people)
    np.add.at(total, parts.pids, np.round(parts.points * 10))
    assert np.array_equal(total / 10, score_zone(zone, INDEX, kind, connection, range(people)))
    assert (parts.first_days <= parts.last_days).all()
    assert (parts.last_days < T).all()


def test_the_points_of_the_frailty_score_sum_to_173_2():
    assert sum(HFRS_TENTHS.values()) == 1732
    assert len(HFRS_TENTHS) == 109
