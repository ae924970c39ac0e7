"""What the GP record holds in SNOMED codes: diagnoses, yearly reviews, symptoms, habits and circumstances."""

import numpy as np

from stratify.synthetic.arrays import NEVER, NO_CODE, Ints, days_within, one_of
from stratify.synthetic.change import Changes
from stratify.synthetic.condition_list import CONDITIONS
from stratify.synthetic.conditions import LifeCourse
from stratify.synthetic.contacts import repeated
from stratify.synthetic.journal import Journal
from stratify.synthetic.scene import Scene
from stratify.synthetic.state import Driver, Partnership, Residence, State
from stratify.synthetic.timeline import Step

UNITS: tuple[str, ...] = ("kg/m2", "mmHg", "mmol/mol", "mL/min/1.73m2", "g/L", "%", "g/dL")
MEASURES: tuple[str, ...] = ("60621009", "72313002", "999791000000106", "1011481000000105", "1022431000000105")
"""Body mass index, systolic pressure, HbA1c, eGFR, haemoglobin: members of the published lists of those names."""
DCCT_HBA1C = "1019431000000105"
"""HbA1c on the older per cent scale."""
SYMPTOMS: tuple[tuple[str, str], ...] = (
    ("404640003", "dizziness"), ("267036007", "dyspnoea"), ("161898004", "falls"), ("89362005", "weight loss"), ("8510008", "reduced mobility"),
    ("68566005", "urinary infection"), ("271594007", "syncope"), ("160689007", "housebound"), ("267076002", "lonely"), ("17886000", "fall from wheelchair"),
    ("201037000", "corns"), ("28651003", "postural hypotension"), ("21134002", "disability"),
)  # fmt: skip
SMOKER = "77176002"
LIVES_ALONE = "105529008"
PARTNERSHIP_CODES: dict[Partnership, str] = {
    Partnership.SINGLE: "125681006",
    Partnership.MARRIED: "87915002",
    Partnership.COHABITING: "38070000",
    Partnership.SEPARATED: "13184001",
    Partnership.WIDOWED: "33553000",
}
DIVORCED = "20295000"
DEATH_OF_PARTNER = "135868008"
NURSING_HOME = "160734000"
RESIDENTIAL_HOME = "394923006"
HAS_CARER = "184156005"
"""Has a caregiver. 184156008, met in some places for it, fails the Verhoeff check."""
SOCIAL_SERVICES = "201481000000104"

VOCABULARY: tuple[str, ...] = tuple(
    dict.fromkeys(
        [code for condition in CONDITIONS for code in (*condition.snomed, condition.review) if code]
        + [
            *MEASURES,
            DCCT_HBA1C,
            SMOKER,
            LIVES_ALONE,
            DIVORCED,
            DEATH_OF_PARTNER,
            NURSING_HOME,
            RESIDENTIAL_HOME,
            HAS_CARER,
            SOCIAL_SERVICES,
        ]
        + [code for code, _ in SYMPTOMS]
        + list(PARTNERSHIP_CODES.values())
    )
)
CODE: dict[str, int] = {code: number for number, code in enumerate(VOCABULARY)}


def write_codes(journal: Journal, person: Ints, day: Ints, code: Ints | int) -> None:
    """Codes without a value."""
    codes = np.full(len(person), code, dtype=np.int16) if isinstance(code, int) else code.astype(np.int16)
    nothing = np.full(len(person), NO_CODE, dtype=np.int16)
    journal.write("gp_codes", person=person, day=day, code=codes, value=nothing, unit=nothing.astype(np.int8))


def diagnoses(course: LifeCourse, journal: Journal, generator: np.random.Generator) -> None:
    """Each condition once when the record learns of it, and for some again under a second code."""
    for row, condition in enumerate(CONDITIONS):
        person = np.flatnonzero(course.recorded[row] < NEVER)
        day = course.recorded[row, person]
        weights = tuple(1.0 / (1 + number) for number in range(len(condition.snomed)))
        for share, lag in ((1.0, 0), (0.35, 400)):
            told = generator.random(len(person)) < share
            pick = one_of(generator, weights, int(told.sum()))
            codes = np.asarray([CODE[code] for code in condition.snomed])[pick]
            later = generator.integers(0, lag + 1, int(told.sum())) if lag else 0
            write_codes(journal, person[told], day[told] + later, codes)


def reviews(state: State, step: Step, course: LifeCourse, journal: Journal, generator: np.random.Generator) -> None:
    """Yearly reviews of the conditions that have one."""
    for row, condition in enumerate(CONDITIONS):
        if condition.review:
            known = course.recorded[row, state.person] < step.start
            slots = np.flatnonzero(known & (generator.random(state.count) < 0.8 * step.years))
            day = days_within(generator, step.start, step.end, len(slots))
            write_codes(journal, state.person[slots], day, CODE[condition.review])


def symptoms(state: State, step: Step, scene: Scene) -> None:
    """Complaints written down: falls, dizziness and the like where function is lost and the month goes badly."""
    age = state.ages(step.start)
    lost = np.minimum(state.lost_function, 1.8)
    bad = np.exp(np.clip(0.8 * state.wobble, -2, 2)) * (age >= 16)
    need = np.minimum(state.drivers[Driver.NEED], 2.5)
    yearly = (
        0.025 * bad * (1 + need), 0.020 * bad * (1 + state.load), 0.012 * bad + 0.40 * lost**1.3 * bad, 0.008 * bad * (1 + state.load),
        0.30 * lost**2, 0.05 * bad * np.where(state.female, 1.5, 0.6) * (1 + lost), 0.010 * bad * (1 + lost), 0.25 * np.maximum(lost - 0.5, 0),
        0.006 + 0.06 * state.alone * lost, 0.002 * lost, 0.05 * lost * (age >= 55), 0.03 * lost * bad, 0.06 * np.maximum(lost - 0.25, 0),
    )  # fmt: skip
    for (code, _), rate in zip(SYMPTOMS, yearly, strict=True):
        slots = repeated(scene.generator, np.asarray(rate), step)
        write_codes(
            scene.journal,
            state.person[slots],
            days_within(scene.generator, step.start, step.end, len(slots)),
            CODE[code],
        )


def habits(state: State, step: Step, scene: Scene) -> None:
    """Smoking asked about now and then."""
    smokers = np.flatnonzero(scene.people.smoker[state.person] & (state.ages(step.start) >= 16))
    slots = smokers[scene.generator.random(len(smokers)) < 0.35 * step.years]
    write_codes(
        scene.journal, state.person[slots], days_within(scene.generator, step.start, step.end, len(slots)), CODE[SMOKER]
    )


def circumstances(state: State, step: Step, changes: Changes, scene: Scene) -> None:
    """Changes of partnership, household and residence, most of them written down within weeks."""
    partnership = np.asarray([CODE[PARTNERSHIP_CODES[kind]] for kind in Partnership])[state.partnership]
    partnership = np.where(
        (state.partnership == Partnership.SEPARATED) & (scene.generator.random(state.count) < 0.5),
        CODE[DIVORCED],
        partnership,
    )
    partnered = np.concatenate([changes.bereaved, changes.paired, changes.parted])
    _write_some(state, step, scene, partnered, partnership[partnered], 0.75)
    _write_some(state, step, scene, changes.bereaved, CODE[DEATH_OF_PARTNER], 0.35)
    newly_alone = changes.alone_changed[state.alone[changes.alone_changed]]
    _write_some(state, step, scene, newly_alone, CODE[LIVES_ALONE], 0.6)
    nursing = state.residence[changes.entered_care] == Residence.NURSING_CARE
    _write_some(
        state, step, scene, changes.entered_care, np.where(nursing, CODE[NURSING_HOME], CODE[RESIDENTIAL_HOME]), 0.85
    )
    _write_some(state, step, scene, changes.care_began, CODE[HAS_CARER], 0.55)
    _write_some(state, step, scene, changes.care_began, CODE[SOCIAL_SERVICES], 0.3)


def found_circumstances(state: State, day: int, scene: Scene) -> None:
    """What the record already says of people who are on the register when its history begins."""
    size = state.count
    partnership = np.asarray([CODE[PARTNERSHIP_CODES[kind]] for kind in Partnership])[state.partnership]
    care_home = np.isin(state.residence, (Residence.RESIDENTIAL_CARE, Residence.NURSING_CARE))
    nursing = np.where(state.residence == Residence.NURSING_CARE, CODE[NURSING_HOME], CODE[RESIDENTIAL_HOME])
    adults = state.ages(day) >= 18
    told = scene.generator.random((3, size))
    for slots, code in (
        (np.flatnonzero(adults & (told[0] < 0.6)), partnership),
        (np.flatnonzero(state.alone & (told[1] < 0.5)), np.full(size, CODE[LIVES_ALONE])),
        (np.flatnonzero(care_home & (told[2] < 0.85)), nursing),
    ):
        earlier = day - scene.generator.integers(1, 2500, len(slots))
        write_codes(scene.journal, state.person[slots], np.maximum(earlier, state.birth[slots] + 1), code[slots])


def _write_some(state: State, step: Step, scene: Scene, slots: Ints, code: Ints | int, share: float) -> None:
    told = scene.generator.random(len(slots)) < share
    day = days_within(scene.generator, step.start, step.end, int(told.sum())) + scene.generator.integers(
        0, 45, int(told.sum())
    )
    write_codes(scene.journal, state.person[slots[told]], day, code if isinstance(code, int) else code[told])
