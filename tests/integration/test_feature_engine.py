"""The matrix: whose rows, in which order, the same every time and within its memory."""

from datetime import date
from random import Random

import numpy as np
import pytest

from stratify.engine import connect
from stratify.exceptions import InputRefused
from stratify.features.catalogue import feature_names
from stratify.features.matrix import build_features, iter_feature_chunks
from stratify.indices import score_zone
from tests.support.histories import random_history
from tests.support.zones import COLUMNS, INDEX, ago, write_zone

PEOPLE = 60
NAMES = feature_names(COLUMNS)


@pytest.fixture(scope="module")
def history():
    return random_history(Random(5), PEOPLE, 400, before=1200, after=60)


@pytest.fixture(scope="module")
def people():
    return [
        {"pid": pid, "status": "scored" if pid % 7 else "objection_type_1", "age_years": pid} for pid in range(PEOPLE)
    ]


@pytest.fixture(scope="module")
def connection():
    return connect(threads=2)


@pytest.fixture(scope="module")
def zone(history, people, tmp_path_factory):
    return write_zone(tmp_path_factory.mktemp("zone"), history, people=people)


@pytest.fixture(scope="module")
def whole(zone, connection):
    return build_features(zone, INDEX, connection=connection, names=NAMES)


def test_without_pids_everyone_scored_is_there_in_order(whole):
    assert whole.pids.tolist() == [pid for pid in range(PEOPLE) if pid % 7]
    assert whole.values.shape == (len(whole.pids), len(NAMES))
    assert whole.values.dtype == np.float32
    assert whole.column("age_years").tolist() == whole.pids.tolist()


@pytest.mark.parametrize("chunk_size", [13, 59, 60, 61])
def test_the_size_of_chunks_does_not_matter(history, people, whole, connection, tmp_path, chunk_size):
    zone = write_zone(tmp_path, history, people=people, chunk_size=chunk_size)
    names = NAMES[::9]
    chunks = list(iter_feature_chunks(zone, INDEX, names, connection=connection))
    assert len(chunks) == -(-PEOPLE // chunk_size)
    assert np.concatenate([chunk.pids for chunk in chunks]).tolist() == whole.pids.tolist()
    assert np.concatenate([chunk.values for chunk in chunks]).tobytes() == whole.values[:, ::9].tobytes()


def test_chunks_of_one_person_hold_the_same(history, whole, connection, tmp_path):
    """Tables without a row, and with a single one, are where engines err."""
    few = {table: [row for row in rows if row["pid"] < 5][:12] for table, rows in history.items()}
    together = write_zone(tmp_path / "a", few, people=5)
    apart = write_zone(tmp_path / "b", few, people=5, chunk_size=1)
    expected = build_features(together, INDEX, connection=connection, names=NAMES)
    assert (
        build_features(apart, INDEX, connection=connection, names=NAMES).values.tobytes() == expected.values.tobytes()
    )


def test_people_come_in_the_order_asked_for_scored_or_not(zone, whole, connection):
    pids = np.array([41, 3, 59, 3, 0, 22])
    matrix = build_features(zone, INDEX, pids=pids, connection=connection, names=NAMES)
    assert matrix.pids.tolist() == pids.tolist()
    assert matrix.column("age_years").tolist() == pids.tolist()
    at = whole.pids.tolist().index(41)
    assert matrix.values[0].tobytes() == whole.values[at].tobytes()
    assert matrix.values[1].tobytes() == matrix.values[3].tobytes()


def test_no_people_give_an_empty_matrix(zone, connection):
    matrix = build_features(zone, INDEX, pids=range(0), connection=connection, names=NAMES)
    assert matrix.values.shape == (0, len(NAMES))


def test_a_chunk_without_anyone_scored_gives_an_empty_matrix(connection, tmp_path):
    zone = write_zone(tmp_path, {"admissions": []}, people=[{"pid": 0, "status": "died_before_index"}])
    assert build_features(zone, INDEX, connection=connection, names=["age_years"]).values.shape == (0, 1)


def test_features_come_in_the_order_asked_for(zone, whole, connection):
    names = ["efi", "age_years", "emergency_admissions_365d"]
    matrix = build_features(zone, INDEX, connection=connection, names=names)
    for name in names:
        assert matrix.column(name).tobytes() == whole.column(name).tobytes()
    assert matrix.names == tuple(names)


def test_threads_do_not_matter(zone, whole):
    for threads in (1, 2):
        again = build_features(zone, INDEX, connection=connect(threads=threads), names=NAMES)
        assert again.values.tobytes() == whole.values.tobytes()


def test_the_order_of_rows_does_not_matter(history, people, whole, connection, tmp_path):
    random = np.random.default_rng(1)
    shuffled = {table: [rows[i] for i in random.permutation(len(rows))] for table, rows in history.items()}
    zone = write_zone(tmp_path, shuffled, people=people)
    assert build_features(zone, INDEX, connection=connection, names=NAMES).values.tobytes() == whole.values.tobytes()


def test_a_missing_table_takes_its_features_away_and_changes_no_other(history, people, whole, connection, tmp_path):
    kept = {table: rows for table, rows in history.items() if table in ("admissions", "gp_codes")}
    zone = write_zone(tmp_path, kept, people=people)
    names = feature_names(zone.tables)
    assert 0 < len(names) < len(NAMES)
    matrix = build_features(zone, INDEX, connection=connection, names=names)
    for name in names:
        assert matrix.column(name).tobytes() == whole.column(name).tobytes(), name


def test_an_index_date_the_zone_was_not_built_for_is_refused(zone, connection):
    with pytest.raises(InputRefused, match="2024-05-01"):
        build_features(zone, date(2024, 5, 1), connection=connection, names=["age_years"])


def test_a_memory_limit_is_honoured(people, tmp_path):
    """Sixty thousand prescriptions of one substance each do not fit in 20 MB at once; they are spilled."""
    rows = [ago(n % 360 + 2, bnf_code=f"{n:09d}AAAAAA") | {"pid": n % PEOPLE} for n in range(60_000)]
    zone = write_zone(tmp_path / "zone", {"admissions": [], "gp_prescriptions": rows}, people=people)
    names = ["medicines_365d", "diuretics_365d"]
    small = connect(memory_limit="20MB", threads=1, temp_directory=tmp_path / "spill")
    tight = build_features(zone, INDEX, pids=range(PEOPLE), connection=small, names=names)
    roomy = build_features(zone, INDEX, pids=range(PEOPLE), connection=connect(threads=1), names=names)
    assert tight.values.tobytes() == roomy.values.tobytes()
    assert tight.values[:, 0].sum() == 60_000


@pytest.mark.parametrize(
    ("kind", "tables", "lacking"),
    [("charlson", {"gp_codes": []}, "admissions"), ("efi", {"admissions": [], "gp_codes": []}, "gp_prescriptions")],
)
def test_an_index_whose_table_is_absent_is_refused_by_name(connection, tmp_path, kind, tables, lacking):
    zone = write_zone(tmp_path, tables)
    with pytest.raises(InputRefused, match=lacking):
        score_zone(zone, INDEX, kind, connection)


def test_an_unknown_index_is_refused(zone, connection):
    with pytest.raises(InputRefused, match="elixhauser"):
        score_zone(zone, INDEX, "elixhauser", connection)


def test_scores_without_pids_are_of_everyone_scored(zone, whole, connection):
    scores = score_zone(zone, INDEX, "hfrs", connection)
    assert len(scores) == len(whole.pids)
    assert scores.astype(np.float32).tobytes() == whole.column("hfrs").tobytes()
