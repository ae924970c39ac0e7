"""A scoring zone of the right shape and volume for speed, not for truth: no clinical relation is built in.

About 58 events a person over three years, most of them prescriptions, with a few people having most of them.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stratify.days import day_number
from stratify.features.codelists import load_codelists
from stratify.features.measurement_units import MEASURED
from stratify.features.reference import RECORDED
from stratify.settings import default_config
from stratify.zone.zone import Zone, event_file, population_file

INDEX = date(2026, 10, 1)
PER_PERSON = {
    "gp_codes": 10.0,
    "gp_prescriptions": 31.7,
    "gp_appointments": 8.5,
    "admissions": 1.0,
    "ed_attendances": 1.3,
    "outpatients": 3.4,
    "community_contacts": 1.2,
    "mental_health_contacts": 0.6,
    "social_care_events": 0.2,
}
LOOK_BACK = 1200
CHUNK = 131072


def write_made_up_zone(folder: Path, people: int, seed: int) -> Zone:
    """Write a zone of that many people below a folder; the same seed gives the same zone."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    _write_people(folder, people, random)
    need = random.gamma(0.6, 1 / 0.6, people)
    zone = Zone(
        folder, "00000000", "bench", "Nowhere", True, INDEX, (INDEX,), (), "direct_care", LOOK_BACK, people, CHUNK,
        dict.fromkeys(PER_PERSON, 0), {},
    )  # fmt: skip
    rows = {}
    for table, rate in PER_PERSON.items():
        parts = []
        for chunk in zone.chunks:
            pids = np.asarray(zone.chunk_pids(chunk), dtype=np.int32)
            parts.append(_events(table, np.repeat(pids, random.poisson(need[pids] * rate)), random))
        events = pa.concat_tables(parts)
        rows[table] = events.num_rows
        _write(events, event_file(folder, table))
    done = Zone(**{**vars(zone), "rows": rows})
    done.write_manifest()
    return done


def _write(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="snappy", row_group_size=122880)


def _write_people(folder: Path, people: int, random: np.random.Generator) -> None:
    pid = np.arange(people, dtype=np.int32)
    sex = random.integers(1, 3, people).astype(np.int8)
    _write(
        pa.table({"pid": pid, "sex": sex, "imd_decile": random.integers(1, 11, people).astype(np.int8)}),
        folder / "people.parquet",
    )
    status = np.where(random.random(people) < 0.98, "scored", "deregistered_before_index")
    population = {
        "pid": pid,
        "status": status,
        "age_years": random.integers(0, 95, people).astype(np.int16),
        "registered_days": random.integers(1, 9000, people).astype(np.int32),
    }
    _write(pa.table(population), population_file(folder, INDEX))


def _pick(random: np.random.Generator, choices: list[str], size: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(random.integers(0, len(choices), size).astype(np.int32)), pa.array(choices)
    ).cast(pa.string())


def _events(table: str, pid: np.ndarray, random: np.random.Generator) -> pa.Table:
    size = len(pid)
    day = (day_number(INDEX) - random.integers(-100, LOOK_BACK, size)).astype(np.int32)
    order = np.lexsort((day, pid))
    day = day[order]
    avail = day + random.integers(1, 40, size).astype(np.int32)
    columns = {"pid": pid, "day": day, "avail": avail, **_MAKERS[table](random, size, day)}
    return pa.table(columns)


def _codes(random: np.random.Generator, size: int, day: np.ndarray) -> dict[str, object]:
    lists = load_codelists(default_config())
    measured = [(int(code), name) for name in MEASURED for code in lists[name].codes[:2]]
    recorded = [int(code) for name in RECORDED for code in lists[name].codes[:20]]
    other = [int(f"9{n}") for n in range(1000, 3000)]
    kind = random.random(size)
    codes = np.where(kind < 0.35, random.choice([m[0] for m in measured], size),
                     np.where(kind < 0.6, random.choice(recorded, size), random.choice(other, size)))  # fmt: skip
    value = np.where(kind < 0.35, random.uniform(20, 150, size).round(1), np.nan)
    return {
        "snomed": codes.astype(np.int64),
        "value": pa.array(value, from_pandas=True),
        "unit": pa.array(np.where(kind < 0.35, "", "")),
    }


def _prescriptions(random: np.random.Generator, size: int, day: np.ndarray) -> dict[str, object]:
    sections = [
        "0202",
        "0205",
        "0206",
        "0209",
        "0212",
        "0301",
        "0302",
        "0401",
        "0403",
        "0407",
        "0501",
        "0601",
        "0603",
        "1001",
        "0103",
        "0906",
    ]
    medicines = [f"{s}{p:02d}0{c}AAAAAA" for s in sections for p in (1, 2) for c in "ABCDEFGHIJ"]
    return {"bnf_code": _pick(random, medicines, size)}


def _appointments(random: np.random.Generator, size: int, day: np.ndarray) -> dict[str, object]:
    return {
        "mode": _pick(random, ["surgery", "telephone", "home_visit", "online"], size),
        "attended": (random.random(size) < 0.93).astype(np.int8),
    }


def _admissions(random: np.random.Generator, size: int, day: np.ndarray) -> dict[str, object]:
    diagnoses = [
        "I500",
        "J449",
        "N390",
        "I10",
        "E119",
        "F03",
        "W19",
        "R296",
        "G309",
        "L031",
        "F101",
        "X640",
        "C341",
        "Z874",
        "I489",
        "N179",
    ]
    stay = random.geometric(0.25, size).astype(np.int32) - 1
    secondary = [";".join(random.choice(diagnoses, n)) for n in (1, 3, 5, 8) for _ in range(200)]
    return {
        "kind": _pick(
            random,
            ["emergency", "emergency", "elective", "day_case", "day_case", "maternity", "transfer", "other"],
            size,
        ),
        "discharged_day": day + stay,
        "los_days": stay.astype(np.int16),
        "primary_diagnosis": _pick(random, diagnoses, size),
        "secondary_diagnoses": _pick(random, secondary, size),
        "treatment_function": _pick(random, ["300", "100", "430"], size),
        "discharge_destination": _pick(random, ["19", "54", "79", "29"], size),
        "cost_pence": random.integers(10_000, 900_000, size),
    }


def _ed(random: np.random.Generator, size: int, day: np.ndarray) -> dict[str, object]:
    return {
        "department_type": _pick(random, ["01", "01", "01", "02", "03", "04", "05"], size),
        "acuity": _pick(random, ["1", "2", "3", "4", "5"], size),
        "admitted": (random.random(size) < 0.3).astype(np.int8),
        "chief_complaint": np.full(size, 29857009, dtype=np.int64),
        "cost_pence": random.integers(5_000, 40_000, size),
    }


def _outpatients(random: np.random.Generator, size: int, day: np.ndarray) -> dict[str, object]:
    return {
        "treatment_function": _pick(random, ["300", "110", "320", "410", "430"], size),
        "first_attendance": (random.random(size) < 0.3).astype(np.int8),
        "attended": (random.random(size) < 0.9).astype(np.int8),
    }


def _community(random: np.random.Generator, size: int, day: np.ndarray) -> dict[str, object]:
    teams = [
        "district_nursing",
        "therapy",
        "community_matron",
        "rapid_response",
        "intermediate_care",
        "palliative",
        "falls",
        "other",
    ]
    return {"team": _pick(random, teams, size)}


def _mental_health(random: np.random.Generator, size: int, day: np.ndarray) -> dict[str, object]:
    return {
        "team": _pick(random, ["community", "crisis"], size),
        "inpatient": (random.random(size) < 0.05).astype(np.int8),
    }


def _social_care(random: np.random.Generator, size: int, day: np.ndarray) -> dict[str, object]:
    ended = np.where(random.random(size) < 0.5, day + random.integers(5, 500, size), -1)
    return {
        "event_type": _pick(random, ["request", "assessment", "service", "review"], size),
        "service_type": _pick(
            random, ["reablement", "home_care", "equipment", "residential", "nursing", "telecare"], size
        ),
        "client_group": _pick(random, ["physical_disability_frailty", "mental_health"], size),
        "ended_day": pa.array(ended.astype(np.int32), mask=ended < 0),
        "hours_tenths": random.integers(0, 400, size).astype(np.int32),
        "outcome": _pick(random, ["completed", "no_change"], size),
    }


_MAKERS = {
    "gp_codes": _codes,
    "gp_prescriptions": _prescriptions,
    "gp_appointments": _appointments,
    "admissions": _admissions,
    "ed_attendances": _ed,
    "outpatients": _outpatients,
    "community_contacts": _community,
    "mental_health_contacts": _mental_health,
    "social_care_events": _social_care,
}
