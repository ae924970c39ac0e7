"""One borough of ordinary size for the tests of rates, made once and only read."""

from datetime import date

import duckdb
import pytest

from stratify.synthetic.borough import Borough, make_borough
from tests.support.once_in_a_run import made_once_in_a_run

INDEX = date(2025, 10, 1)


@pytest.fixture(scope="package")
def borough(tmp_path_factory, worker_id) -> Borough:
    def make(folder):
        return make_borough(folder / "place", people=24_000, index_date=INDEX, seed=7, file_format="parquet")

    return made_once_in_a_run(tmp_path_factory, worker_id, "borough", make)


@pytest.fixture
def ask(borough):
    """Run SQL in which {pack}, {later} and {truth} stand for the three folders; returns rows."""

    def asked(sql: str) -> list[tuple]:
        text = sql
        for name, folder in (("pack", borough.pack), ("later", borough.pack_later), ("truth", borough.truth)):
            text = text.replace(f"{{{name}}}", str(folder))
        with duckdb.connect(config={"threads": 1}) as connection:
            return connection.sql(text).fetchall()

    return asked


@pytest.fixture
def one(ask):
    """The only value of the only row."""
    return lambda sql: ask(sql)[0][0]
