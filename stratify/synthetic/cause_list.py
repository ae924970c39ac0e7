"""Why people are admitted as an emergency: weights by age, what conditions raise them, ICD-10 codes, length of stay.

The mix follows the order of the national admitted-patient tables at chapter level; each weight is an assumption.
Age bands: under 1, 1-4, 5-14, 15-29, 30-49, 50-64, 65-79, 80 and over.
"""

from dataclasses import dataclass

AGE_BANDS: tuple[int, ...] = (1, 5, 15, 30, 50, 65, 80)


@dataclass(frozen=True)
class Cause:
    """One reason for admission: `stay` is the median length in days, `frail` how much lost function raises it."""

    name: str
    weights: tuple[float, ...]
    icd10: tuple[str, ...]
    stay: float
    complaint: str = ""  # SNOMED chief complaint in the emergency department
    raised_by: tuple[tuple[str, float], ...] = ()
    treatment: str = "300"
    frail: float = 0.0
    female: float = 1.0
    winter: float = 0.0
    lethal: float = 1.0


CAUSES: tuple[Cause, ...] = (
    Cause("chest_infection", (4, 4, 2, 1.5, 2.5, 6, 11, 16), ("J189", "J181", "J22X", "J180", "J690"), 3.2, "267036007",
          (("copd", 2.5), ("dementia", 1.6), ("stroke", 1.4)), "340", 0.8, 1.0, 0.5, 3.0),
    Cause("bronchiolitis", (20, 3, 0, 0, 0, 0, 0, 0), ("J219", "J210"), 1.6, "267036007", (), "420", 0, 0.85, 1.2, 0.1),
    Cause("viral_illness", (22, 18, 7, 2.5, 1.5, 1, 0.8, 0.6), ("B349", "R509", "J069", "J039"), 0.7, "386661006", (), "420", 0, 1.0, 0.4, 0.1),
    Cause("gastroenteritis", (7, 8, 4, 2, 2, 2, 2, 2), ("A099", "K529", "A084"), 1.1, "62315008", (), "300", 0.2, 1.0, 0.1, 0.2),
    Cause("asthma", (1, 9, 7, 3, 2, 1.2, 0.6, 0.3), ("J459", "J46X", "J451"), 1.2, "267036007", (("asthma", 14),), "340", 0, 1.1, 0.3, 0.2),
    Cause("copd", (0, 0, 0, 0, 0.2, 1, 1.2, 1), ("J441", "J440", "J449"), 3.6, "267036007", (("copd", 30),), "340", 0.4, 1.0, 0.5, 2.0),
    Cause("heart_failure", (0, 0, 0, 0.05, 0.2, 0.6, 1.2, 1.8), ("I500", "I501", "I509"), 6.0, "267036007", (("heart_failure", 25),), "320", 0.5, 1.0, 0.2, 3.0),
    Cause("chest_pain", (0, 0, 0.5, 3, 7, 9, 6, 3), ("R074", "R073", "I209"), 0.6, "29857009", (("coronary_heart_disease", 2.5), ("anxiety", 1.6)), "320", 0.0, 0.9, 0.0, 0.1),
    Cause("heart_attack", (0, 0, 0, 0.1, 1, 2.5, 3, 2.2), ("I214", "I219", "I211"), 3.4, "29857009", (("coronary_heart_disease", 4), ("diabetes_type_2", 1.6)), "320", 0.2, 0.6, 0.1, 3.0),
    Cause("atrial_fibrillation", (0, 0, 0, 0.3, 0.9, 1.5, 2.4, 2), ("I489", "I471", "I480"), 1.5, "80313002", (("atrial_fibrillation", 8),), "320", 0.3, 1.0, 0.0, 0.6),
    Cause("stroke", (0, 0, 0, 0.15, 0.7, 1.8, 3.2, 3.6), ("I639", "I634", "G459", "I619"), 6.0, "26544005", (("atrial_fibrillation", 2), ("hypertension", 1.5), ("stroke", 1.8)), "300", 0.6, 1.0, 0.0, 4.0),
    Cause("urinary_infection", (3, 2, 1.5, 2, 2, 2, 4, 6), ("N390", "N10X", "T835"), 2.6, "49650001", (("urinary_incontinence", 2), ("dementia", 1.7), ("prostate_disease", 1.5)), "430", 0.8, 1.7, 0.0, 1.2),
    Cause("sepsis", (2, 1, 0.5, 0.7, 1.1, 2, 3.4, 4), ("A419", "A415", "A418"), 6.5, "386661006", (("cancer", 2), ("diabetes_type_2", 1.4)), "300", 0.7, 1.0, 0.1, 7.0),
    Cause("fall", (1, 1.5, 2.5, 2, 2, 2.5, 4, 9), ("S009", "S018", "S223", "S424", "S525", "S099"), 1.5, "161898004", (("osteoporosis", 1.6), ("parkinsons", 2), ("dementia", 1.6), ("alcohol_misuse", 2)), "110", 1.2, 1.0, 0.1, 0.8),
    Cause("hip_fracture", (0, 0, 0, 0, 0.1, 0.5, 1.4, 3.6), ("S720", "S721"), 12.0, "161898004", (("osteoporosis", 2.5), ("dementia", 1.6)), "110", 0.8, 1.6, 0.05, 3.0),
    Cause("head_injury", (2, 3, 3, 2.5, 1.8, 1.4, 1.6, 2.4), ("S099", "S060", "S065"), 0.9, "82271004", (("alcohol_misuse", 3), ("epilepsy", 1.6)), "300", 0.4, 0.7, 0.0, 1.0),
    Cause("injury", (1, 4, 8, 8, 6, 3, 1.5, 1), ("S626", "S826", "S610", "S521", "T141"), 1.3, "417746004", (("drug_misuse", 1.6),), "110", 0.1, 0.6, 0.0, 0.2),
    Cause("abdominal_pain", (1, 2, 8, 11, 9, 7, 4, 2.5), ("R104", "R103", "R101"), 0.9, "21522001", (), "100", 0.1, 1.4, 0.0, 0.1),
    Cause("appendix", (0, 0.5, 5, 4, 2, 1, 0.4, 0.2), ("K358", "K353", "K37X"), 2.2, "21522001", (), "100", 0.1, 0.9, 0.0, 0.2),
    Cause("gallstones", (0, 0, 0.2, 2, 4.5, 4, 3, 1.8), ("K802", "K810", "K859", "K805"), 3.2, "21522001", (("obesity", 1.6),), "100", 0.3, 1.9, 0.0, 0.8),
    Cause("bleeding_gut", (0.3, 0.3, 0.3, 0.8, 1.5, 2, 2.6, 2.6), ("K922", "K921", "K250", "K259"), 2.4, "422400008", (("peptic_ulcer", 6), ("liver_disease", 5), ("alcohol_misuse", 2.5)), "301", 0.4, 0.8, 0.0, 2.0),
    Cause("constipation", (0.5, 1, 1.5, 0.5, 0.6, 0.8, 1.4, 2.4), ("K590", "K566"), 1.4, "21522001", (("dementia", 1.5), ("cancer", 2)), "100", 0.6, 1.0, 0.0, 0.5),
    Cause("diabetes", (0.2, 0.3, 0.4, 0.5, 0.5, 0.6, 0.7, 0.7), ("E101", "E111", "E162", "E116", "E105"), 2.6, "422400008", (("diabetes_type_1", 60), ("diabetes_type_2", 12)), "307", 0.3, 1.0, 0.0, 1.0),
    Cause("kidney_injury", (0.1, 0.1, 0.1, 0.2, 0.5, 1, 2, 2.6), ("N179", "E86X", "E871", "E875"), 4.2, "13791008", (("chronic_kidney_disease", 4), ("diabetes_type_2", 1.6)), "361", 0.7, 1.0, 0.0, 2.5),
    Cause("skin_infection", (1, 1.5, 1.5, 1.8, 2.6, 2.8, 2.8, 2.8), ("L031", "L039", "L024"), 2.3, "247348008", (("skin_ulcer", 6), ("diabetes_type_2", 2), ("obesity", 1.6), ("drug_misuse", 2.5)), "300", 0.4, 0.8, -0.1, 0.6),
    Cause("seizure", (1.5, 2.5, 1, 1.3, 1.2, 1, 0.8, 0.8), ("R568", "G409", "G419"), 1.3, "91175000", (("epilepsy", 40), ("alcohol_misuse", 4), ("stroke", 2)), "400", 0.2, 0.8, 0.0, 0.8),
    Cause("alcohol", (0, 0, 0.1, 0.6, 0.9, 0.8, 0.4, 0.1), ("F100", "F103", "K703", "F102", "K852"), 1.9, "11163003", (("alcohol_misuse", 45), ("liver_disease", 3)), "301", 0.2, 0.5, 0.0, 0.8),
    Cause("self_harm", (0, 0, 1.5, 5, 2.2, 1, 0.3, 0.1), ("T391", "T424", "T430", "T509"), 0.9, "248062006", (("depression", 3.5), ("severe_mental_illness", 4), ("drug_misuse", 4), ("anxiety", 1.8)), "300", 0, 1.5, 0.0, 0.3),
    Cause("mental_health", (0, 0, 0.4, 1.6, 1.4, 0.9, 0.6, 0.4), ("F239", "F209", "F329", "F311"), 9.0, "2776000", (("severe_mental_illness", 25), ("depression", 2), ("drug_misuse", 2.5)), "710", 0.1, 0.9, 0.0, 0.2),
    Cause("sickle_crisis", (0.02, 0.02, 0.02, 0.02, 0.02, 0.01, 0, 0), ("D570",), 3.0, "22253000", (("sickle_cell_disease", 4000),), "303", 0, 1.0, 0.1, 0.3),
    Cause("cancer_care", (0.1, 0.2, 0.2, 0.2, 0.6, 1.2, 1.5, 1.2), ("D70X", "C349", "C787", "R11X", "C189"), 5.0, "386661006", (("cancer", 12), ("palliative", 3)), "800", 0.3, 1.0, 0.0, 6.0),
    Cause("confusion", (0, 0, 0, 0.2, 0.3, 0.5, 1.6, 4.2), ("F059", "R410", "R418", "R54X"), 6.0, "40917007", (("dementia", 5), ("cognitive_impairment", 3), ("parkinsons", 2)), "430", 1.2, 1.0, 0.1, 1.8),
    Cause("collapse", (0.2, 0.5, 1, 1.6, 1.6, 2, 3, 4), ("R55X", "I951", "R42X", "I959"), 1.1, "271594007", (("atrial_fibrillation", 1.5), ("valve_disease", 2)), "300", 0.6, 1.0, 0.0, 0.6),
    Cause("headache", (0, 0.3, 1.5, 3, 3.4, 2, 1, 0.5), ("R51X", "G439", "G442"), 0.7, "25064002", (), "400", 0.0, 1.6, 0.0, 0.1),
    Cause("pregnancy", (0, 0, 0.1, 11, 8, 0, 0, 0), ("O209", "O210", "O268", "O039", "O234"), 0.7, "21522001", (), "502", 0, 1000.0, 0.0, 0.0),
    Cause("blood", (0.1, 0.2, 0.2, 0.4, 0.7, 0.8, 1.2, 1.6), ("D649", "D500", "I269", "I802"), 2.0, "267036007", (("anaemia", 4), ("cancer", 2.5)), "303", 0.2, 1.1, 0.0, 1.2),
    Cause("newborn", (18, 0, 0, 0, 0, 0, 0, 0), ("P599", "P929", "R633"), 1.2, "386661006", (), "420", 0, 1.0, 0.0, 0.1),
)  # fmt: skip

NAMES: tuple[str, ...] = tuple(cause.name for cause in CAUSES)

FRAILTY_CODES: tuple[tuple[str, float], ...] = (
    ("W190", 0.9), ("R296", 0.9), ("R410", 0.7), ("F059", 0.6), ("N390", 0.8), ("L891", 0.4), ("R268", 0.5), ("Z740", 0.6),
    ("E86X", 0.4), ("I951", 0.4), ("R54X", 0.4), ("R32X", 0.5), ("N179", 0.7), ("E871", 0.4), ("R13X", 0.3), ("K590", 0.5),
)  # fmt: skip
"""Secondary codes of frail older people, all in the groups of Gilbert 2018, with how readily each is written down."""
INCIDENTAL_CODES: tuple[tuple[str, float], ...] = (
    ("Z720", 0.5), ("Z880", 0.4), ("E559", 0.3), ("R11X", 0.3), ("Z921", 0.2), ("D649", 0.2), ("K219", 0.3), ("Z864", 0.3),
)  # fmt: skip
"""Secondary codes of anybody."""

ELECTIVE: tuple[tuple[str, str, float], ...] = (
    # primary diagnosis, treatment function, weight
    ("Z121", "301", 2), ("K297", "301", 2), ("H269", "130", 2), ("M171", "110", 1.2), ("M161", "110", 0.8), ("K409", "100", 1.2),
    ("N40X", "101", 0.8), ("K802", "100", 1), ("N920", "502", 1.2), ("J350", "120", 0.8), ("K029", "140", 1.5), ("D250", "502", 0.8),
    ("I259", "320", 0.8), ("L720", "330", 1), ("M545", "191", 1), ("C509", "800", 0.5), ("N183", "361", 0.5), ("D500", "303", 0.8),
)  # fmt: skip
ELECTIVE_CANCER: tuple[tuple[str, str, float], ...] = (
    ("Z511", "800", 3),
    ("C509", "800", 1),
    ("C189", "800", 1),
    ("C349", "800", 1),
)
MATERNITY: tuple[tuple[str, float], ...] = (
    ("O800", 4),
    ("O820", 2),
    ("O814", 1),
    ("O420", 1),
    ("O702", 1),
    ("O240", 0.5),
)
