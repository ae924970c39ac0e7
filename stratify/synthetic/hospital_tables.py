"""Emergency attendances and outpatient appointments as tables."""

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import NO_CODE, Floats, Ints, one_of
from stratify.synthetic.cause_list import CAUSES
from stratify.synthetic.condition_list import POSITION
from stratify.synthetic.places import PROVIDER_SHARES, PROVIDERS
from stratify.synthetic.setting import Setting
from stratify.synthetic.spell_rows import Spells
from stratify.synthetic.spells import METHODS, with_visitors
from stratify.synthetic.tables import Coded, Column, Dates, Marks, Numbers, Table, Wholes

DEPARTMENTS: tuple[str, ...] = ("01", "02", "03", "04", "05")
ACUITIES: tuple[str, ...] = (
    "1064891000000107",
    "1064911000000105",
    "1064901000000108",
    "1077241000000103",
    "1077251000000100",
)
"""Emergency care data set acuity, most urgent first: immediate, very urgent, urgent, standard, low."""
COMPLAINTS = (
    "29857009", "267036007", "21522001", "25064002", "386661006", "271594007", "417746004", "161898004", "422400008", "62315008",
    "82271004", "248062006", "80313002", "26544005", "49650001", "247348008", "91175000", "40917007", "161891005", "13791008",
    "11163003", "2776000", "22253000",
)  # fmt: skip
_COMPLAINT_AT = {code: number for number, code in enumerate(COMPLAINTS)}
_HOME_COMPLAINTS = (
    0.09,
    0.08,
    0.12,
    0.06,
    0.10,
    0.02,
    0.20,
    0.06,
    0.05,
    0.03,
    0.05,
    0.01,
    0.02,
    0.01,
    0.02,
    0.04,
    0.01,
    0.005,
    0.07,
    0.01,
    0.01,
    0.01,
    0.005,
)
SPECIALTIES: tuple[str, ...] = (
    "300", "320", "340", "361", "307", "430", "110", "130", "502", "501", "400", "410", "800", "420", "100", "101", "301", "330", "710", "120", "303",
)  # fmt: skip
_CLINICS: tuple[tuple[str, str, float], ...] = (
    ("coronary_heart_disease", "320", 2.5), ("heart_failure", "320", 4), ("atrial_fibrillation", "320", 1.5), ("copd", "340", 3), ("asthma", "340", 0.8),
    ("chronic_kidney_disease", "361", 2), ("diabetes_type_2", "307", 1.5), ("diabetes_type_1", "307", 4), ("parkinsons", "400", 4), ("epilepsy", "400", 4),
    ("rheumatoid_arthritis", "410", 5), ("cancer", "800", 6), ("osteoarthritis", "110", 1.5), ("visual_impairment", "130", 3), ("prostate_disease", "101", 1.5),
    ("severe_mental_illness", "710", 3), ("liver_disease", "301", 3), ("peptic_ulcer", "301", 1), ("sickle_cell_disease", "303", 6), ("hearing_loss", "120", 1),
    ("dementia", "430", 1.5),
)  # fmt: skip


def ed_table(setting: Setting, spells: Spells) -> Table:
    """Attendances that ended in going home, and those that began an emergency admission."""
    generator = setting.stream("ed_attendances")
    rows = setting.history.journal.read("ed_attendances", ("person", "day", "department", "cause"))
    keep = setting.here(rows["person"], rows["day"])
    home = {name: values[keep] for name, values in rows.items()}
    through = np.flatnonzero((spells.cause >= 0) & (spells.method == METHODS.index("21")))
    came = spells.day[through] - (generator.random(len(through)) < 0.12)
    came = np.maximum(came, setting.people.registered[spells.person[through]])
    person = np.concatenate([home["person"], spells.person[through]])
    day = np.concatenate([home["day"], came]).astype(np.int32)
    cause = np.concatenate([home["cause"], spells.cause[through]])
    department = np.concatenate([home["department"], one_of(generator, (0.96, 0.02, 0.01, 0.0, 0.01), len(through))])
    admitted = cause >= 0
    size = len(person)
    columns: dict[str, Column] = {
        "attendance_id": Marks("A", generator.permutation(size)),
        "provider_code": Coded(one_of(generator, PROVIDER_SHARES, size).astype(np.int8), PROVIDERS),
        "arrived_on": Dates(day),
        "department_type": Coded(department.astype(np.int8), DEPARTMENTS),
        "acuity": Coded(_acuity(admitted.astype(np.int8), generator), ACUITIES),
        "chief_complaint": Coded(_complaint(cause, generator), COMPLAINTS),
        "admitted": Wholes(np.where(generator.random(size) < 0.004, NO_CODE, admitted).astype(np.int8)),
        "cost_gbp": Numbers(_ed_cost(department, admitted.astype(np.int8), generator)),
    }
    available = setting.available(day, (8, 30), generator)
    return with_visitors(setting, Table("ed_attendances", setting.rank[person], day, available, columns)).sorted()


def _acuity(admitted: Ints, generator: np.random.Generator) -> Ints:
    size = len(admitted)
    sick = one_of(generator, (0.06, 0.24, 0.46, 0.21, 0.03), size)
    well = one_of(generator, (0.005, 0.05, 0.26, 0.48, 0.205), size)
    acuity = np.where(admitted == 1, sick, well)
    return np.where(generator.random(size) < 0.06, NO_CODE, acuity).astype(np.int8)


def _complaint(cause: Ints, generator: np.random.Generator) -> Ints:
    size = len(cause)
    usual = np.asarray([_COMPLAINT_AT[cause.complaint] for cause in CAUSES])[np.maximum(cause, 0)]
    complaint = np.where(
        (cause >= 0) & (generator.random(size) < 0.85), usual, one_of(generator, _HOME_COMPLAINTS, size)
    )
    return np.where(generator.random(size) < 0.05, NO_CODE, complaint).astype(np.int8)


def _ed_cost(department: Ints, admitted: Ints, generator: np.random.Generator) -> Floats:
    base = np.where(department == 0, 165.0 + 120.0 * admitted, 85.0)
    return np.round(base * generator.lognormal(0.0, 0.3, len(department))).astype(np.float32)


def outpatients_table(setting: Setting) -> Table:
    """Appointments kept and missed, at the clinics of a person's conditions more often than not."""
    generator = setting.stream("outpatients")
    rows = setting.history.journal.read("outpatients", ("person", "day", "first", "attended"))
    keep = setting.here(rows["person"], rows["day"])
    person, day = rows["person"][keep], rows["day"][keep].astype(np.int32)
    columns: dict[str, Column] = {
        "appointment_on": Dates(day),
        "treatment_function": Coded(_specialty(setting, person, day, generator), SPECIALTIES),
        "first_attendance": Wholes(rows["first"][keep]),
        "attended": Wholes(rows["attended"][keep]),
    }
    available = setting.available(day, rates.DELAY_HOSPITAL, generator)
    return with_visitors(setting, Table("outpatients", setting.rank[person], day, available, columns)).sorted()


def _specialty(setting: Setting, person: Ints, day: Ints, generator: np.random.Generator) -> Ints:
    """Exponential race between clinics: general ones for all, and those of the conditions present."""
    size = len(person)
    age = (day - setting.people.birth[person]) / 365.25
    general = one_of(
        generator, (1, 0.6, 0.5, 0.2, 0.2, 0, 2.2, 1.4, 0, 0, 0.8, 0.4, 0.1, 0, 1.2, 0.7, 1.1, 1.3, 0.3, 1.2, 0.4), size
    )
    women = setting.people.female[person] & (age >= 15) & (age < 46)
    general = np.where(women & (generator.random(size) < 0.40), np.where(generator.random(size) < 0.55, 9, 8), general)
    general = np.where((age < 16) & (generator.random(size) < 0.6), 13, general)
    best = generator.standard_exponential(size) / 2.2
    specialty = general.astype(np.int8)
    for name, clinic, weight in _CLINICS:
        ill = np.flatnonzero(setting.course.onset[POSITION[name], person] < day)
        time = generator.standard_exponential(len(ill)) / weight
        sooner = time < best[ill]
        specialty[ill[sooner]] = SPECIALTIES.index(clinic)
        best[ill[sooner]] = time[sooner]
    return specialty
