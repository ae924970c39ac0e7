"""The admissions table: emergency, planned, maternity, newborn and transferred spells with codes, lengths and costs."""

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import NO_CODE, NO_DAY, Floats, Ints, one_of
from stratify.synthetic.cause_list import CAUSES, ELECTIVE, ELECTIVE_CANCER, MATERNITY
from stratify.synthetic.diagnosis_codes import secondary_codes
from stratify.synthetic.places import PROVIDER_SHARES, PROVIDERS
from stratify.synthetic.setting import Setting
from stratify.synthetic.spell_rows import Spells
from stratify.synthetic.tables import Coded, Column, Dates, Marks, Numbers, Table, Texts

METHODS: tuple[str, ...] = (
    "21",
    "22",
    "23",
    "24",
    "25",
    "28",
    "2A",
    "2B",
    "2C",
    "2D",
    "11",
    "12",
    "13",
    "31",
    "32",
    "82",
    "83",
    "81",
)
_METHOD = {code: number for number, code in enumerate(METHODS)}
_OTHER_WAYS = ("22", "23", "24", "25", "28", "2A", "2B", "2D")
_OTHER_SHARES = (0.34, 0.05, 0.16, 0.02, 0.08, 0.10, 0.05, 0.20)
DESTINATIONS: tuple[str, ...] = ("19", "51", "65", "85", "88", "79")
"""Usual residence, other NHS ward, council care home, other care home, hospice, died (NHS Data Dictionary)."""
_PRIMARY = tuple(
    dict.fromkeys(
        [c for cause in CAUSES for c in cause.icd10]
        + [e[0] for e in (*ELECTIVE, *ELECTIVE_CANCER)]
        + [m[0] for m in MATERNITY]
        + ["Z380", "O800", "O471"]
    )
)
_PRIMARY_AT = {code: number for number, code in enumerate(_PRIMARY)}
_SPECIALTIES = tuple(
    dict.fromkeys(
        [cause.treatment for cause in CAUSES] + [e[1] for e in (*ELECTIVE, *ELECTIVE_CANCER)] + ["501", "424"]
    )
)
_SPECIALTY_AT = {code: number for number, code in enumerate(_SPECIALTIES)}
_STAY = np.asarray([cause.stay for cause in CAUSES])


def all_spells(setting: Setting) -> Spells:
    """Every spell of the people kept, emergencies first; planned spells that would overlap an emergency are left out."""
    emergencies = _emergencies(setting)
    planned = [
        _without_overlap(spells, emergencies)
        for spells in (
            _planned(setting, "day_cases"),
            _planned(setting, "inpatients"),
            _maternity(setting),
            _newborns(setting),
        )
    ]
    return emergencies.joined([*planned, _transfers(emergencies, setting)])


def _emergencies(setting: Setting) -> Spells:
    names = ("person", "day", "cause", "bed_days", "delay", "destination", "lost", "alone")
    rows = setting.history.journal.read("emergencies", names)
    keep = np.flatnonzero(setting.here(rows["person"], rows["day"]))
    rows = {name: values[keep] for name, values in rows.items()}
    generator = setting.stream("emergencies")
    size = len(keep)
    died = setting.history.died[rows["person"]]
    end = np.minimum(rows["day"] + rows["bed_days"], died)
    destination = np.where(end == died, 5, np.where(rows["destination"] == 5, 0, rows["destination"]))
    ready = np.where((rows["delay"] > 0) & (destination != 5), end - rows["delay"], NO_DAY)
    through_ed = generator.random(size) < rates.ED_THROUGH_SHARE
    other = np.asarray([_METHOD[code] for code in _OTHER_WAYS])[one_of(generator, _OTHER_SHARES, size)]
    return Spells(
        person=rows["person"],
        day=rows["day"],
        end=end,
        ready=np.where(ready >= rows["day"], ready, NO_DAY),
        method=np.where(through_ed, _METHOD["21"], other),
        primary=_primary_of(rows["cause"], generator),
        specialty=np.asarray([_SPECIALTY_AT[cause.treatment] for cause in CAUSES])[rows["cause"]],
        destination=destination,
        day_case=np.zeros(size, dtype=np.int8),
        cause=rows["cause"],
        lost=rows["lost"],
        alone=rows["alone"],
    )


def _primary_of(cause: Ints, generator: np.random.Generator) -> Ints:
    """A primary diagnosis of each cause; the first codes of a cause are the commoner."""
    primary = np.empty(len(cause), dtype=np.int16)
    for number, one in enumerate(CAUSES):
        rows = np.flatnonzero(cause == number)
        weights = tuple(1.0 / (1 + place) for place in range(len(one.icd10)))
        primary[rows] = np.asarray([_PRIMARY_AT[code] for code in one.icd10])[one_of(generator, weights, len(rows))]
    return primary


def _spells(setting: Setting, person: Ints, day: Ints, stay: Ints, kind: tuple[Ints, Ints, Ints, int]) -> Spells:
    """Spells that are not emergencies; `kind` is method, primary diagnosis, specialty and whether a day case."""
    method, primary, specialty, day_case = kind
    size = len(person)
    end = np.minimum(day + stay, setting.history.died[person])
    died = end == setting.history.died[person]
    return Spells(
        person=person, day=day, end=end, ready=np.full(size, NO_DAY), method=method, primary=primary, specialty=specialty,
        destination=np.where(died, 5, 0), day_case=np.full(size, day_case, dtype=np.int8),
        cause=np.full(size, -1, dtype=np.int8), lost=np.zeros(size, dtype=np.int16), alone=np.zeros(size, dtype=np.int8),
    )  # fmt: skip


def _planned(setting: Setting, table: str) -> Spells:
    rows = setting.history.journal.read(table, ("person", "day", "cancer"))
    keep = setting.here(rows["person"], rows["day"])
    person, day, cancer = (rows[name][keep] for name in ("person", "day", "cancer"))
    generator = setting.stream(table)
    size = len(person)
    primary, specialty = _why(ELECTIVE, size, generator)
    primary_cancer, specialty_cancer = _why(ELECTIVE_CANCER, size, generator)
    of_cancer = (cancer == 1) & (generator.random(size) < 0.9)
    method = np.asarray([_METHOD["11"], _METHOD["12"], _METHOD["13"]])[one_of(generator, (0.62, 0.23, 0.15), size)]
    day_case = table == "day_cases"
    stay = (
        np.zeros(size, dtype=np.int32) if day_case else np.minimum(generator.geometric(0.35, size), 40).astype(np.int32)
    )
    kind = (
        method,
        np.where(of_cancer, primary_cancer, primary),
        np.where(of_cancer, specialty_cancer, specialty),
        int(day_case),
    )
    return _spells(setting, person, day, stay, kind)


def _why(choices: tuple[tuple[str, str, float], ...], size: int, generator: np.random.Generator) -> tuple[Ints, Ints]:
    pick = one_of(generator, tuple(choice[2] for choice in choices), size)
    primary = np.asarray([_PRIMARY_AT[choice[0]] for choice in choices])[pick]
    return primary, np.asarray([_SPECIALTY_AT[choice[1]] for choice in choices])[pick]


def _maternity(setting: Setting) -> Spells:
    generator = setting.stream("maternity")
    found = []
    for table, method, codes in (
        ("deliveries", ("31", "32"), MATERNITY),
        ("antenatal", ("31", "31"), (("O471", 1.0),)),
    ):
        rows = setting.history.journal.read(table, ("person", "day"))
        keep = setting.here(rows["person"], rows["day"])
        person, day = rows["person"][keep], rows["day"][keep]
        size = len(person)
        primary = np.asarray([_PRIMARY_AT[code] for code, _ in codes])[
            one_of(generator, tuple(w for _, w in codes), size)
        ]
        methods = np.asarray([_METHOD[code] for code in method])[one_of(generator, (0.97, 0.03), size)]
        stay = np.minimum(generator.geometric(0.5, size), 12).astype(np.int32) - (table == "antenatal")
        found.append(_spells(setting, person, day, stay, (methods, primary, np.full(size, _SPECIALTY_AT["501"]), 0)))
    return found[0].joined(found[1:])


def _newborns(setting: Setting) -> Spells:
    """The spell in which a registered baby was born here; nine in ten, in hospital."""
    generator = setting.stream("newborns")
    birth = setting.people.birth
    soon = setting.people.registered - birth < 29
    born_here = soon & setting.kept & (birth >= setting.timeline.history_start) & (generator.random(len(birth)) < 0.93)
    person = np.flatnonzero(born_here).astype(np.int32)
    size = len(person)
    method = np.where(generator.random(size) < 0.985, _METHOD["82"], _METHOD["83"])
    stay = np.minimum(generator.geometric(0.55, size), 14).astype(np.int32)
    kind = (method, np.full(size, _PRIMARY_AT["Z380"]), np.full(size, _SPECIALTY_AT["424"]), 0)
    return _spells(setting, person, birth[person], stay, kind)


def _transfers(emergencies: Spells, setting: Setting) -> Spells:
    """The second spell of those who went on to another hospital."""
    generator = setting.stream("transfers")
    moved = np.flatnonzero(emergencies.destination == 1)
    first = emergencies.take(moved)
    stay = generator.geometric(0.25, len(moved)).astype(np.int32)
    kind = (np.full(len(moved), _METHOD["81"]), first.primary, first.specialty, 0)
    spells = _spells(setting, first.person, first.end, stay, kind)
    # A further emergency may follow within days; the stay elsewhere ends before it and before leaving the register.
    return _without_overlap(
        spells.take(np.flatnonzero(spells.day < setting.end[spells.person])), emergencies, after_start=True
    )


def _without_overlap(spells: Spells, emergencies: Spells, *, after_start: bool = False) -> Spells:
    order = np.lexsort((emergencies.day, emergencies.person))
    key = emergencies.person[order].astype(np.int64) * 2**20 + emergencies.day[order]
    ends = emergencies.end[order]
    last = np.searchsorted(key, spells.person.astype(np.int64) * 2**20 + spells.end, side="right") - 1
    same = (last >= 0) & (emergencies.person[order][last] == spells.person)
    meets = same & (emergencies.day[order][last] > spells.day if after_start else ends[last] >= spells.day)
    return spells.take(np.flatnonzero(~meets))


def admissions_table(setting: Setting, spells: Spells) -> Table:
    """The admissions table as the warehouse would hold it when every spell has ended and been sent in."""
    generator = setting.stream("admissions")
    size = len(spells.person)
    rank = setting.rank[spells.person]
    end = np.where(
        (spells.method < _METHOD["11"]) & (generator.random(size) < rates.REVERSED_DATES), spells.day - 3, spells.end
    )
    missing = generator.random(size) < rates.UNCODED_DISCHARGE_DESTINATION
    columns: dict[str, Column] = {
        "spell_id": Marks("S", generator.permutation(size)),
        "provider_code": Coded(one_of(generator, PROVIDER_SHARES, size).astype(np.int8), PROVIDERS),
        "admission_method": Coded(spells.method.astype(np.int8), METHODS),
        "admitted_on": Dates(spells.day),
        "discharged_on": Dates(end),
        "discharge_ready_on": Dates(spells.ready),
        "discharge_destination": Coded(np.where(missing, NO_CODE, spells.destination).astype(np.int8), DESTINATIONS),
        "patient_classification": Coded(spells.day_case, ("1", "2")),
        "treatment_function": Coded(spells.specialty.astype(np.int16), _SPECIALTIES),
        "primary_diagnosis": Coded(spells.primary.astype(np.int16), _PRIMARY),
        "secondary_diagnoses": Texts(secondary_codes(setting, spells, _PRIMARY, generator)),
        "cost_gbp": Numbers(_cost(setting, spells, generator)),
    }
    available = setting.available(np.maximum(end, spells.day), rates.DELAY_HOSPITAL, generator)
    table = Table("admissions", rank, spells.day, available, columns)
    return with_visitors(setting, table).sorted()


def with_visitors(setting: Setting, table: Table) -> Table:
    """The table with a few rows that belong to people on no register here, in place of their true person."""
    generator = setting.stream(f"visitors {table.name}")
    chosen = generator.random(table.rows) < rates.VISITOR_SHARE
    if table.name == "admissions":  # never an outcome lost: only spells that are not emergencies change hands
        chosen &= np.asarray(table.columns["admission_method"].codes) >= _METHOD["11"]  # type: ignore[union-attr]
    stranger = setting.visitors[generator.integers(0, len(setting.visitors), table.rows)]
    rank = np.where(chosen, stranger, table.rank).astype(np.int32)
    return Table(table.name, rank, table.day, table.available, table.columns)


def _cost(setting: Setting, spells: Spells, generator: np.random.Generator) -> Floats:
    """Pounds: a base by kind, more by cause, and each day in bed. Assumptions after the national tariff's order of size."""
    stay = np.maximum(spells.end - spells.day, 0)
    emergency = spells.cause >= 0
    base = np.where(
        emergency, 420 + 160 * _STAY[np.maximum(spells.cause, 0)], np.where(spells.day_case == 1, 780, 2300)
    )
    base = np.where(np.isin(spells.method, [_METHOD["82"], _METHOD["83"]]), 650, base)
    age = np.clip((spells.day - setting.people.birth[spells.person]) / 365.25, 0, 100)
    total = (base + 310 * stay) * (1 + 0.004 * np.maximum(age - 40, 0)) * generator.lognormal(-0.03, 0.25, len(stay))
    total[generator.random(len(total)) < 0.008] = np.nan
    return np.asarray(np.round(total), dtype=np.float32)
