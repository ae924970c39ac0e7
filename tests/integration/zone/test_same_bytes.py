"""The zone's bytes depend on what the pack says and the key, on nothing else."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interfaces.extracts.pack import open_pack
from stratify.engine import connect
from stratify.zone import Zone, ZoneOptions, build_zone
from tests.support.built_zones import INDEX, KEY, RULES, built
from tests.support.packs import a_pack, admission, attendance, care_event, gp_code, nhs, person, prescription, seal

EARLIER = INDEX - timedelta(days=365)


def on(days_before: int) -> str:
    return (INDEX - timedelta(days=days_before)).isoformat()


def tables(seed: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """A small pack with many rows that tie on person and day; `seed` shuffles every table."""
    numbers = [nhs(n) for n in range(1, 30)]
    names = {"family_name": "Green", "given_name": "Ana", "sex": "2", "postcode": "E1 1AA"}
    found = {
        "gp_register": [person(number, f"19{40 + n}-03-02") for n, number in enumerate(numbers)],
        "gp_prescriptions": [
            prescription(number, code, on(20 + n % 3), available_on=on(15))
            for n, number in enumerate(numbers * 4)
            for code in ("0206010", "0301011", "0206010")
        ],
        "gp_codes": [
            gp_code(number, "75367002", on(30), numeric_value=value, unit=unit)
            for number in numbers
            for value, unit in ((140, "mmHg"), (139.5, "mmHg"), (None, None), (140, None))
        ],
        "admissions": [
            admission(number, on(100 + n), spell_id=f"S{number}{n}", cost_gbp=0.1 + n)
            for number in numbers
            for n in (0, 0, 1)
        ],
        "ed_attendances": [attendance(number, on(40), cost_gbp=10.1) for number in numbers],
        "social_care_events": [
            care_event(f"E{n}", f"P{n}", on(60), nhs_number=number if n % 2 else None, hours_per_week=2.5)
            for n, number in enumerate(numbers)
        ],
        "social_care_people": [
            {
                "la_code": "211",
                "la_person_id": f"P{n}",
                "client_group": "carer",
                "date_of_birth": f"19{40 + n}-03-02",
                **names,
            }
            for n in range(len(numbers))
        ],
        "demographics": [
            {"nhs_number": number, "date_of_birth": f"19{40 + n}-03-02", **names} for n, number in enumerate(numbers)
        ],
        "objections": [{"nhs_number": numbers[3], "kind": "type_1", "from_date": on(5)}],
    }
    for rows in found.values() if seed is not None else ():
        random.Random(seed).shuffle(rows)
    return found


def files(zone: Zone) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in zone.folder.iterdir()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("expected")
    pack = a_pack(folder / "pack", **tables())
    zone = built(pack, folder / "zone", index_dates=[INDEX, EARLIER], threads=1)
    assert zone.rows["social_care_events"] > 9
    return files(zone)


@pytest.mark.parametrize(
    ("seed", "storage", "threads"),
    [(None, "csv", 2), (1, "csv", 1), (2, "parquet", 2), (3, "parts", 2), (4, "parquet", 1)],
)
def test_bytes_are_those_of_any_order_storage_and_number_of_threads(
    tmp_path: Path, expected: dict[str, bytes], seed: int | None, storage: str, threads: int
) -> None:
    pack = a_pack(tmp_path / "pack", storage=storage, **tables(seed))
    zone = built(pack, tmp_path / "zone", index_dates=[EARLIER, INDEX], threads=threads)
    assert files(zone) == expected


def test_bytes_change_with_one_row(tmp_path: Path, expected: dict[str, bytes]) -> None:
    changed = tables()
    changed["gp_prescriptions"][7]["bnf_code"] = "0206011"
    zone = built(a_pack(tmp_path / "pack", **changed), tmp_path / "zone", index_dates=[INDEX, EARLIER])
    assert {name for name, content in files(zone).items() if content != expected[name]} == {"gp_prescriptions.parquet"}


PEOPLE, ROWS = 400, 400_000


def large_pack(folder: Path, seed: int) -> Path:
    """Many row groups of prescriptions, in another order for each seed."""
    numbers = np.array([nhs(n) for n in range(1, PEOPLE + 1)])
    drawn = np.random.default_rng(7)
    who, day = drawn.integers(0, PEOPLE, ROWS), drawn.integers(20, 365, ROWS)
    code = drawn.integers(0, 300, ROWS)
    order = np.random.default_rng(seed).permutation(ROWS)
    issued = np.datetime64(INDEX) - day[order].astype("timedelta64[D]")
    a_pack(folder, storage="parquet", gp_register=[person(number) for number in numbers])
    script = {
        "nhs_number": pa.array(numbers[who[order]]),
        "bnf_code": pa.array([f"02{part:03d}0{'A' * 9}" for part in code[order]]),
        "issued_on": pa.array(issued.astype("datetime64[D]"), pa.date32()),
    }
    pq.write_table(pa.table(script), folder / "gp_prescriptions.parquet", row_group_size=30_000)
    return seal(folder)


def prescriptions(folder: Path, pack: Path, **limits: Any) -> bytes:
    with connect(temp_directory=folder.parent / "spill", **limits) as connection:
        zone = build_zone(
            open_pack(pack),
            KEY,
            folder,
            index_dates=[INDEX],
            rules=RULES,
            connection=connection,
            options=ZoneOptions(chunk_size=64),
        )
    assert zone.rows["gp_prescriptions"] == ROWS
    return zone.event_path("gp_prescriptions").read_bytes()


@pytest.mark.slow
def test_bytes_of_many_row_groups_are_the_same_when_they_do_not_fit_in_memory(tmp_path: Path) -> None:
    sorted_in_memory = prescriptions(tmp_path / "plain", large_pack(tmp_path / "one", 1), threads=1)
    assert len(pq.ParquetFile(tmp_path / "plain" / "gp_prescriptions.parquet").metadata.to_dict()["row_groups"]) > 2
    two_threads = prescriptions(tmp_path / "threads", large_pack(tmp_path / "two", 2), threads=2)
    spilled = prescriptions(tmp_path / "spilled", large_pack(tmp_path / "three", 3), threads=2, memory_limit="40MB")
    assert sorted_in_memory == two_threads == spilled


@pytest.mark.slow
def test_chunk_reads_only_the_row_groups_of_its_people(tmp_path: Path) -> None:
    pack = large_pack(tmp_path / "pack", 1)
    prescriptions(tmp_path / "zone", pack)
    zone = Zone.open(tmp_path / "zone")
    groups = pq.ParquetFile(zone.event_path("gp_prescriptions")).metadata
    spans = [groups.row_group(n).column(0).statistics for n in range(groups.num_row_groups)]
    assert [span.min for span in spans] == sorted(span.min for span in spans)
    assert all(before.max <= after.min for before, after in zip(spans, spans[1:], strict=False))
    assert zone.chunks == range(7)
