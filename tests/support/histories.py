"""Random histories over several years on both sides of an index date, in every event table."""

import csv
from random import Random
from typing import Any

from stratify.days import day_number
from stratify.features.measurement_units import MEASURED
from stratify.features.reference import RECORDED
from stratify.settings import default_config
from tests.support.zones import INDEX

ICD10 = (
    "I500", "J449", "N390", "I10X", "E119", "E112", "F03", "W190", "R296", "G309", "L031", "F101", "X640", "C341",
    "C787", "Z874", "I489", "N179", "J181", "K709", "K729", "B24", "I252", "R54X", "F05", "G819", "S720", "X65",
)  # fmt: skip
BNF = (
    "0202010B0AAABAB", "0205051R0AAADAD", "0206020A0AAAAAA", "0208020V0AAAAAA", "0301011R0AAAPAP", "0302000K0AAALAL",
    "0401010Z0AAAAAA", "0402010AD", "0403030D0AAAAAA", "0407020Q0", "0408010AE", "0411000D0", "0501013B0", "060101",
    "060102", "0603020T0AAACAC", "0802", "1001010AD", "0103050P0", "0906", "0212000B0AAABAB",
)  # fmt: skip
_KINDS = ("emergency", "emergency", "elective", "day_case", "maternity", "transfer", "other")
_TEAMS = (
    "district_nursing",
    "therapy",
    "community_matron",
    "rapid_response",
    "intermediate_care",
    "palliative",
    "falls",
    "other",
)
_SERVICES = ("reablement", "home_care", "direct_payment", "residential", "nursing", "equipment", "telecare")
_UNITS = {
    "bmi": ("kg/m2", "", "stone"),
    "egfr": ("mL/min/1.73m2", None),
    "haemoglobin": ("g/L", "g/dL", ""),
    "hba1c": ("mmol/mol", "%", None),
    "systolic_blood_pressure": ("mmHg", "kPa"),
}

Tables = dict[str, list[dict[str, Any]]]


def codes_of(name: str) -> list[str]:
    """A code list's codes, read here and not with the product's loader."""
    path = default_config() / "codelists" / f"{name}.csv"
    return [row["code"] for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]


def random_history(random: Random, people: int, events: int, *, before: int, after: int) -> Tables:
    """That many events in each table, from `before` days before the index date to `after` days after it."""
    recorded = [int(code) for name in RECORDED for code in codes_of(name)[:6]]
    measured = {name: int(codes_of(name)[0]) for name in MEASURED}
    makers = {
        "gp_codes": lambda: _code(random, recorded, measured),
        "gp_prescriptions": lambda: {"bnf_code": random.choice(BNF)},
        "gp_appointments": lambda: {
            "mode": random.choice(["surgery", "telephone", "home_visit", "online", None]),
            "attended": _flag(random),
        },
        "admissions": lambda: _stay(random),
        "ed_attendances": lambda: {
            "department_type": random.choice(["01", "02", "03", "04", "05", None]),
            "acuity": random.choice(["1", "2", "3", "1064891000000107", None]),
            "admitted": _flag(random),
        },
        "outpatients": lambda: {"first_attendance": _flag(random), "attended": _flag(random)},
        "community_contacts": lambda: {"team": random.choice(_TEAMS)},
        "mental_health_contacts": lambda: {"team": "crisis", "inpatient": _flag(random)},
        "social_care_events": lambda: {
            "event_type": random.choice(["request", "assessment", "service", "service", "review"]),
            "service_type": random.choice(_SERVICES),
            "hours_tenths": random.randrange(400),
            "ended_after": None if random.random() < 0.05 else random.randrange(90),
        },
    }
    t = day_number(INDEX)
    return {
        table: [_dated(random, people, t, before, after, make()) for _ in range(events)]
        for table, make in makers.items()
    }


def _dated(random: Random, people: int, t: int, before: int, after: int, row: dict[str, Any]) -> dict[str, Any]:
    day = random.randrange(t - before, t + after)
    row = {"pid": random.randrange(people), "day": day, "avail": day + random.randrange(45), **row}
    if "stay" in row:
        stay = row.pop("stay")
        row["discharged_day"] = None if stay is None else day + stay
    if "ended_after" in row:
        length = row.pop("ended_after")
        row["ended_day"] = None if length is None else day + length
    return row


def _flag(random: Random) -> int | None:
    return [0, 1, None][random.randrange(3)]


def _code(random: Random, recorded: list[int], measured: dict[str, int]) -> dict[str, Any]:
    if random.random() < 0.6:
        return {"snomed": random.choice(recorded)}
    name = random.choice(list(measured))
    units = _UNITS[name]
    return {
        "snomed": measured[name],
        "value": round(random.uniform(1, 260), 1),
        "unit": random.choice(units),
    }


def _stay(random: Random) -> dict[str, Any]:
    secondary = random.choices(ICD10, k=random.randrange(6))
    length = int(random.expovariate(0.16)) if random.random() < 0.8 else random.randrange(250)
    return {
        "kind": random.choice(_KINDS),
        "stay": None if random.random() < 0.1 else length,
        "primary_diagnosis": random.choice(ICD10),
        "secondary_diagnoses": ";".join(secondary) or None,
        "discharge_destination": random.choice(["19", "54", "65", "85", "79"]),
        "cost_pence": random.randrange(10_000, 900_000),
    }
