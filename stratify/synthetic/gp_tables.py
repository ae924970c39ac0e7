"""GP codes, prescriptions and appointments, and the community and mental-health contacts, as tables.

Four practices have habits of their own, as real feeds do: one sends HbA1c in per cent and haemoglobin in g/dL, one sends
measurements without units, one sends no appointment mode, one sends full product codes and arrives weeks late.
"""

import numpy as np

from stratify.synthetic import gp_codes, medicine_list, rates, visits
from stratify.synthetic.arrays import NO_CODE, NO_DAY, Bools, Floats, Ints, from_tenths
from stratify.synthetic.places import Places
from stratify.synthetic.setting import Setting
from stratify.synthetic.tables import Coded, Column, Dates, Numbers, Table, Wholes

MODES: tuple[str, ...] = ("surgery", "telephone", "home_visit", "online")
OLD_UNITS, NO_UNITS, NO_MODE, LATE = range(4)
_LATE_DELAY = (20, 61)


def odd_practice(places: Places, habit: int) -> int:
    """The practice with one of the habits: spread over the list so that small places have them too."""
    return (habit * len(places.practice_weights)) // 4


def codes_table(setting: Setting) -> Table:
    """The coded record; codes from before registration arrive with the transferred record."""
    generator = setting.stream("gp_codes")
    rows = setting.history.journal.read("gp_codes", ("person", "day", "code", "value", "unit"))
    day = rows["day"]
    keep = np.flatnonzero(
        setting.here(rows["person"], day, before_registration=True) & (generator.random(len(day)) >= 0.01)
    )
    person, day = rows["person"][keep], day[keep].astype(np.int32)
    code, value, unit = rows["code"][keep], from_tenths(rows["value"][keep]), rows["unit"][keep]
    code, value, unit = _old_units(setting, person, code, value, unit)
    unit = np.where(_at(setting, person, NO_UNITS) | (generator.random(len(unit)) < 0.015), NO_CODE, unit).astype(
        np.int8
    )
    value[generator.random(len(value)) < 0.004] = np.nan
    columns: dict[str, Column] = {
        "snomed_code": Coded(code, gp_codes.VOCABULARY),
        "recorded_on": Dates(day),
        "numeric_value": Numbers(value),
        "unit": Coded(unit, gp_codes.UNITS),
    }
    return Table(
        "gp_codes", setting.rank[person], day, _gp_available(setting, person, day, generator), columns
    ).sorted()


def _old_units(setting: Setting, person: Ints, code: Ints, value: Floats, unit: Ints) -> tuple[Ints, Floats, Ints]:
    """HbA1c as per cent (IFCC-DCCT master equation: 0.0915 x + 2.15) and haemoglobin in g/dL at one practice."""
    there = _at(setting, person, OLD_UNITS)
    sugar, blood = there & (unit == 2), there & (unit == 4)
    value = np.where(sugar, np.round(0.0915 * value + 2.15, 1), np.where(blood, value / 10, value)).astype(np.float32)
    code = np.where(sugar, gp_codes.CODE[gp_codes.DCCT_HBA1C], code).astype(np.int16)
    return code, value, np.where(sugar, 5, np.where(blood, 6, unit)).astype(np.int8)


def _at(setting: Setting, person: Ints, habit: int) -> Bools:
    return np.asarray(setting.people.practice[person] == odd_practice(setting.places, habit))


def _gp_available(setting: Setting, person: Ints, day: Ints, generator: np.random.Generator) -> Ints:
    soon = setting.available(day, rates.DELAY_GP, generator)
    late = setting.available(day, _LATE_DELAY, generator)
    registered = setting.people.registered[person]
    moved = setting.available(registered, rates.TRANSFER_OF_RECORD, generator)
    arrived = np.where(_at(setting, person, LATE), late, soon)
    return np.where(day < registered, np.maximum(arrived, moved), arrived).astype(np.int32)


def prescriptions_table(setting: Setting) -> Table:
    """One row per medicine issued."""
    generator = setting.stream("gp_prescriptions")
    rows = setting.history.journal.read("gp_prescriptions", ("person", "day", "chemical"))
    keep = np.flatnonzero(setting.here(rows["person"], rows["day"]))
    person, day, chemical = (rows[name][keep] for name in ("person", "day", "chemical"))
    vocabulary = [*medicine_list.VOCABULARY, *medicine_list.PRODUCTS.values()]
    for number, short in enumerate(medicine_list.PRODUCTS):
        full = _at(setting, person, LATE) & (chemical == medicine_list.CODE[short])
        chemical[full] = len(medicine_list.VOCABULARY) + number
    columns: dict[str, Column] = {"bnf_code": Coded(chemical, vocabulary), "issued_on": Dates(day)}
    available = _gp_available(setting, person, day, generator)
    return Table("gp_prescriptions", setting.rank[person], day, available, columns).sorted()


def appointments_table(setting: Setting) -> Table:
    """Appointments kept and missed, with how they were held."""
    generator = setting.stream("gp_appointments")
    rows = setting.history.journal.read("gp_appointments", ("person", "day", "mode", "attended"))
    keep = np.flatnonzero(setting.here(rows["person"], rows["day"]))
    person, day, mode, attended = (rows[name][keep] for name in ("person", "day", "mode", "attended"))
    mode = np.where(_at(setting, person, NO_MODE), NO_CODE, mode).astype(np.int8)
    columns: dict[str, Column] = {
        "seen_on": Dates(day),
        "mode": Coded(mode, MODES),
        "attended": Wholes(attended),
    }
    available = _gp_available(setting, person, day, generator)
    return Table("gp_appointments", setting.rank[person], day, available, columns).sorted()


def community_table(setting: Setting) -> Table:
    """Community contacts; before the feed kept arrival dates they are empty."""
    generator = setting.stream("community_contacts")
    rows = setting.history.journal.read("community_contacts", ("person", "day", "team"))
    keep = setting.here(rows["person"], rows["day"])
    person, day = rows["person"][keep], rows["day"][keep].astype(np.int32)
    columns: dict[str, Column] = {"contact_on": Dates(day), "team": Coded(rows["team"][keep], visits.TEAMS)}
    available = setting.available(day, rates.DELAY_COMMUNITY, generator)
    available = np.where(day < setting.timeline.index - 4 * 365, NO_DAY, available)
    return Table("community_contacts", setting.rank[person], day, available, columns).sorted()


def mental_health_table(setting: Setting) -> Table:
    """Mental-health contacts; a ward contact is an inpatient one."""
    generator = setting.stream("mental_health_contacts")
    rows = setting.history.journal.read("mental_health_contacts", ("person", "day", "team"))
    keep = setting.here(rows["person"], rows["day"])
    person, day, team = rows["person"][keep], rows["day"][keep].astype(np.int32), rows["team"][keep]
    ward = visits.MENTAL_TEAMS.index("inpatient_ward")
    columns: dict[str, Column] = {
        "contact_on": Dates(day),
        "team": Coded(team, visits.MENTAL_TEAMS),
        "inpatient": Wholes((team == ward).astype(np.int8)),
    }
    available = setting.available(day, rates.DELAY_COMMUNITY, generator)
    return Table("mental_health_contacts", setting.rank[person], day, available, columns).sorted()
