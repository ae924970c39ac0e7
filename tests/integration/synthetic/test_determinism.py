"""The same arguments give the same bytes; another seed gives another place; both formats hold the same rows."""

import hashlib
from datetime import date
from pathlib import Path

import duckdb
import pytest

from interfaces.extracts.check import check_pack
from interfaces.extracts.contract import TABLES
from interfaces.extracts.engine import connect
from interfaces.extracts.feeds import read_rules
from interfaces.extracts.pack import open_pack
from stratify.exceptions import InputRefused, OutputRefused
from stratify.settings import default_config
from stratify.synthetic.borough import make_borough

pytestmark = pytest.mark.slow
INDEX = date(2024, 2, 29)


def made(out: Path, **changes: object) -> Path:
    wanted = {"people": 1200, "index_date": INDEX, "seed": 3, "file_format": "parquet"} | changes
    make_borough(out, **wanted)  # type: ignore[arg-type]
    return out


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    return made(tmp_path_factory.mktemp("first") / "place")


def test_same_seed_gives_the_same_bytes(first, tmp_path):
    again = hashes(made(tmp_path / "again"))
    assert again == hashes(first)
    assert len(again) == 2 * (len(TABLES) + 1) + 2


def test_another_seed_gives_other_bytes(first, tmp_path):
    here, there = hashes(first), hashes(made(tmp_path / "other", seed=4))
    assert [
        name for name in here if here[name] == there[name] and not name.endswith(("README.txt", "practices.parquet"))
    ] == []


def test_csv_and_parquet_hold_the_same_rows(first, tmp_path):
    csv = made(tmp_path / "csv", file_format="csv")
    with duckdb.connect(config={"threads": 1}) as connection:
        for table in TABLES:
            columns = connection.sql(f"FROM '{first}/pack/{table}.parquet'")
            texts = ", ".join(f'"{name}"::VARCHAR' for name in columns.columns)
            numbers = [name for name in columns.columns if name in {"cost_gbp", "numeric_value", "hours_per_week"}]
            for name in numbers:
                texts = texts.replace(f'"{name}"::VARCHAR', f'"{name}"::DOUBLE')
            left = f"SELECT {texts} FROM '{first}/pack/{table}.parquet'"
            right = f"SELECT {texts} FROM read_csv('{csv}/pack/{table}.csv', header=true, all_varchar=true)"
            assert connection.sql(f"SELECT count(*) FROM ({left} EXCEPT ALL {right})").fetchall() == [(0,)], table


def test_progress_is_told_stage_by_stage(tmp_path):
    told: list[tuple[str, float]] = []
    make_borough(
        tmp_path / "place",
        people=600,
        index_date=INDEX,
        seed=1,
        file_format="csv",
        progress=lambda s, d: told.append((s, d)),
    )
    assert {stage for stage, _ in told} >= {"people", "conditions", "years", "true risk", "truth"}
    assert all(0 < done <= 1 for _, done in told)


def test_a_folder_that_exists_is_refused(first):
    with pytest.raises(OutputRefused):
        make_borough(first, people=1200, index_date=INDEX, seed=3)


def test_a_place_too_small_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="at least 500"):
        make_borough(tmp_path / "hamlet", people=100, index_date=INDEX, seed=3)
    assert not (tmp_path / "hamlet").exists()


def test_a_place_too_large_for_the_999_range_is_refused_before_any_work(tmp_path):
    with pytest.raises(InputRefused, match="999 range"):
        make_borough(tmp_path / "city", people=1_200_000, index_date=INDEX, seed=3)


def test_nothing_is_left_where_the_making_fails(tmp_path):
    def fail(stage: str, done: float) -> None:
        raise RuntimeError(stage)

    with pytest.raises(RuntimeError):
        make_borough(tmp_path / "place", people=600, index_date=INDEX, seed=3, progress=fail)
    assert not (tmp_path / "place").exists()


def test_small_places_keep_six_practices_in_two_networks(first):
    with duckdb.connect(config={"threads": 1}) as connection:
        [(practices, networks)] = connection.sql(
            f"SELECT count(*), count(DISTINCT network) FROM '{first}/pack/practices.parquet'"
        ).fetchall()
    assert practices == 6
    assert networks >= 2


def test_an_earlier_pack_changes_nothing_else_and_can_be_used(first, tmp_path):
    earlier = date(2024, 1, 29)
    made(tmp_path / "more", earlier=earlier)
    with_earlier = hashes(tmp_path / "more")
    assert {name: sha for name, sha in with_earlier.items() if not name.startswith("pack_earlier/")} == hashes(first)
    pack = open_pack(tmp_path / "more" / "pack_earlier")
    assert pack.manifest.extracted_on == earlier
    with connect(threads=1) as connection:
        report = check_pack(pack, rules=read_rules(default_config() / "feeds.toml"), connection=connection)
    assert report.usable


def test_an_earlier_pack_of_a_later_day_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="a day before 2024-02-29"):
        made(tmp_path / "place", earlier=INDEX)
    assert not (tmp_path / "place").exists()
