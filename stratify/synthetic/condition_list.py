"""The long-term conditions of the made-up people: how common, whom they strike, what they do, how they are coded.

Prevalence anchors are per cent at ages 0, 10 … 90. They follow the order of the Quality and Outcomes Framework and
of published age curves without being fitted to any; treat each as an assumption. SNOMED codes are members of the
published code lists of the same name, except epilepsy, cancer, liver disease and drug misuse, which those lists lack.
ICD-10 codes are how a hospital would code the condition as a comorbidity.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Condition:
    """One condition. `load`, `decline`, `volatile`, `need` and `death` act on the log scale through the drivers."""

    name: str
    prevalence: tuple[float, ...]
    snomed: tuple[str, ...]
    icd10: tuple[str, ...]
    load: float  # on emergency admission
    death: float = 0.0  # on the death rate
    decline: float = 0.0  # on yearly loss of function
    volatile: float = 0.0  # on month-to-month instability
    need: float = 0.15  # on GP and outpatient contacts
    female: float = 1.0  # rate ratio of women to men
    poorer: float = 0.2  # log effect from the least to the most deprived, halved on each side
    asian: float = 1.0
    black: float = 1.0
    metabolic: float = 0.0  # log effect of one standard deviation of the trait
    distress: float = 0.0
    frailty: float = 0.15
    smoking: float = 1.0
    after: tuple[tuple[str, float], ...] = field(default=())  # rate ratios once another condition is there
    recorded: float = 0.93  # share that reaches the GP record at all
    delay: int = 150  # mean days from onset to record
    review: str = ""  # SNOMED code of a yearly review


CONDITIONS: tuple[Condition, ...] = (
    Condition("hypertension", (0, 0, 0.3, 1.5, 6, 15, 28, 42, 52, 56), ("59621000", "38341003"), ("I10X",), 0.10, 0.05, 0.1, need=0.30,
              asian=1.25, black=1.5, metabolic=0.45, delay=500, poorer=0.3),
    Condition("diabetes_type_2", (0, 0, 0.15, 0.8, 3, 8, 14, 19, 20, 17), ("44054006",), ("E119", "E112", "E114"), 0.42, 0.25, 0.25, 0.2,
              0.45, female=0.85, asian=2.4, black=1.6, metabolic=0.75, poorer=0.45, after=(("obesity", 2.2),), delay=350, review="170777000"),
    Condition("diabetes_type_1", (0, 0.15, 0.35, 0.45, 0.5, 0.5, 0.5, 0.5, 0.45, 0.4), ("46635009",), ("E109", "E101"), 1.0, 0.4, 0.3, 0.6,
              0.45, asian=0.6, frailty=0.0, delay=10, recorded=0.99, review="170777000"),
    Condition("obesity", (0, 1.5, 4, 7, 10, 12, 12, 11, 7, 4), ("162864005", "914721000000105"), ("E669", "E668"), 0.10, 0.05, 0.15, need=0.12,
              female=1.25, poorer=0.5, metabolic=0.9, delay=700, recorded=0.8),
    Condition("asthma", (0.8, 5.0, 6.0, 6.0, 6.2, 6.6, 7.2, 7.6, 7.6, 7.6), ("195967001", "389145006", "370218001"), ("J459", "J450"), 0.42, 0.05,
              0.05, 0.5, 0.25, female=1.15, smoking=1.2, delay=120, review="394701000"),
    Condition("copd", (0, 0, 0, 0.1, 0.5, 2, 5.0, 8, 9.5, 9.5), ("13645005", "313297008", "87433001"), ("J449", "J440", "J441"), 0.95, 0.6,
              0.6, 0.9, 0.45, smoking=4.0, poorer=0.8, asian=0.6, black=0.5, delay=500),
    Condition("coronary_heart_disease", (0, 0, 0, 0.1, 0.6, 2.5, 6.5, 12, 17, 20), ("414545008", "194828000", "399211009"),
              ("I259", "I251", "I252"), 0.55, 0.35, 0.2, 0.4, 0.35, female=0.55, asian=1.5, black=0.8, metabolic=0.35, smoking=1.6,
              poorer=0.4, after=(("hypertension", 1.7), ("diabetes_type_2", 1.8)), delay=60),
    Condition("heart_failure", (0, 0, 0.01, 0.04, 0.1, 0.35, 0.9, 2.4, 6.5, 12), ("84114007", "42343007", "85232009"), ("I500", "I509", "I501"),
              1.05, 0.95, 0.7, 0.9, 0.5, after=(("coronary_heart_disease", 3.5), ("hypertension", 1.5), ("diabetes_type_2", 1.5),
              ("atrial_fibrillation", 2.0), ("valve_disease", 2.0)), delay=90),
    Condition("atrial_fibrillation", (0, 0, 0.02, 0.08, 0.2, 0.6, 1.8, 5, 11, 17), ("49436004", "282825002", "440028005"), ("I489", "I480", "I482"),
              0.45, 0.3, 0.25, 0.4, 0.35, asian=0.5, black=0.6, after=(("hypertension", 1.5), ("coronary_heart_disease", 1.5)), delay=120),
    Condition("stroke", (0, 0.01, 0.05, 0.12, 0.3, 0.9, 2.2, 5, 9, 13), ("230690007", "432504007", "266257000"), ("I694", "Z867", "I693"),
              0.60, 0.45, 1.2, 0.3, 0.35, black=1.5, smoking=1.4, poorer=0.4,
              after=(("hypertension", 1.7), ("atrial_fibrillation", 2.5), ("diabetes_type_2", 1.4)), delay=20),
    Condition("peripheral_arterial_disease", (0, 0, 0, 0, 0.1, 0.35, 1.1, 2.5, 3.8, 4.4), ("840580004", "400047006", "399957001"), ("I739", "I702"),
              0.45, 0.4, 0.5, 0.2, 0.25, smoking=3.0, poorer=0.5, after=(("diabetes_type_2", 2.0), ("coronary_heart_disease", 1.5)), delay=150),
    Condition("chronic_kidney_disease", (0, 0, 0.04, 0.15, 0.4, 1.2, 3.6, 10, 22, 32), ("433144002", "700378005", "431857002", "709044004"),
              ("N183", "N184", "N189"), 0.45, 0.35, 0.35, 0.3, 0.3, asian=1.3, black=1.4, after=(("diabetes_type_2", 2.0),
              ("hypertension", 1.6), ("heart_failure", 1.8)), delay=400),
    Condition("valve_disease", (0, 0.05, 0.06, 0.08, 0.12, 0.3, 0.8, 2, 5, 8), ("60573004", "48724000"), ("I350", "I340"), 0.35, 0.35, 0.2, 0.2, delay=150),
    Condition("dementia", (0, 0, 0, 0, 0.02, 0.08, 0.4, 2, 9, 22), ("26929004", "429998004", "52448006"), ("F009", "F019", "F03X"), 0.70, 0.9,
              2.2, 0.4, 0.2, female=1.15, after=(("stroke", 2.0),), delay=500, recorded=0.75, poorer=0.3, review="249181000000100"),
    Condition("cognitive_impairment", (0, 0, 0, 0.01, 0.05, 0.15, 0.7, 2.2, 5, 8), ("386807006",), ("R418", "F067"), 0.20, 0.15, 0.7, 0.1, 0.15,
              after=(("stroke", 1.8), ("parkinsons", 2.5)), delay=300, recorded=0.7),
    Condition("parkinsons", (0, 0, 0, 0, 0.01, 0.05, 0.25, 0.8, 1.7, 2), ("49049000",), ("G20X",), 0.65, 0.5, 1.6, 0.3, 0.3, female=0.7, poorer=0.0, delay=300),
    Condition("depression", (0, 0.3, 4, 8.5, 11, 12.5, 12.5, 10.5, 11, 12), ("35489007", "370143000", "36923009"), ("F329", "F339"), 0.32, 0.12,
              0.2, 0.4, 0.45, female=1.6, poorer=0.4, asian=0.6, black=0.6, distress=0.7, delay=250),
    Condition("anxiety", (0, 0.4, 3.5, 7, 8.5, 8.5, 8, 7.5, 7.5, 8), ("197480006", "21897009", "231504006"), ("F419", "F411"), 0.22, 0.02, 0.1,
              0.4, 0.40, female=1.6, poorer=0.3, asian=0.7, black=0.6, distress=0.7, after=(("depression", 2.2),), delay=250),
    Condition("severe_mental_illness", (0, 0, 0.3, 1.0, 1.7, 2.1, 2.1, 1.9, 1.8, 1.7), ("58214004", "13746004", "69322001"), ("F209", "F319", "F29X"),
              0.65, 0.5, 0.3, 0.8, 0.45, poorer=0.9, black=2.0, distress=0.6, delay=90),
    Condition("learning_disability", (0.15, 0.6, 0.65, 0.65, 0.65, 0.65, 0.65, 0.65, 0.65, 0.65), ("416075005", "984661000000105", "984671000000103"),
              ("F819", "F709", "F719"), 0.55, 0.6, 0.5, 0.2, 0.3, female=0.65, frailty=0.0, delay=900, recorded=0.9),
    Condition("epilepsy", (0.1, 0.35, 0.5, 0.65, 0.75, 0.85, 0.95, 1.15, 1.4, 1.6), ("84757009",), ("G409", "G403"), 0.85, 0.4, 0.2, 0.6, 0.3,
              poorer=0.4, after=(("learning_disability", 8.0), ("stroke", 3.0)), delay=60),
    Condition("cancer", (0.02, 0.06, 0.15, 0.35, 0.9, 2.4, 5.5, 11, 16, 18), ("363346000",), ("C349", "C509", "C189", "C61X", "C859", "C787"),
              0.75, 1.3, 0.4, 0.5, 0.5, asian=0.7, smoking=1.4, poorer=0.15, delay=25, recorded=0.98),
    Condition("rheumatoid_arthritis", (0, 0.03, 0.1, 0.2, 0.45, 0.8, 1.3, 1.9, 2.2, 2.2), ("69896004", "239791005"), ("M069", "M059"), 0.35, 0.15,
              0.5, 0.3, 0.4, female=2.2, delay=120),
    Condition("osteoarthritis", (0, 0, 0, 0.3, 1.5, 5, 11, 20, 28, 32), ("396275006", "239873007", "239872002"), ("M199", "M179", "M159"), 0.10, 0.0,
              0.6, 0.05, 0.3, female=1.5, after=(("obesity", 1.8),), delay=600, recorded=0.8),
    Condition("osteoporosis", (0, 0, 0, 0, 0.1, 0.5, 1.8, 4.5, 9, 14), ("64859006",), ("M819", "M809"), 0.20, 0.1, 0.4, female=3.5, black=0.4, delay=500),
    Condition("fragility_fracture", (0, 0, 0, 0.1, 0.3, 0.7, 1.6, 3.2, 7.5, 15), ("5913000", "123971006", "281913001"), ("Z871", "M809"), 0.30, 0.25,
              0.9, 0.1, female=2.0, asian=0.6, black=0.4, frailty=0.3, after=(("osteoporosis", 3.0), ("dementia", 1.6)), delay=30),
    Condition("hypothyroidism", (0.02, 0.1, 0.5, 1.2, 2.2, 3.5, 5, 7, 8.5, 9), ("40930008", "111566002"), ("E039",), 0.05, 0.0, 0.05, need=0.2, female=4.0, poorer=0.0),
    Condition("anaemia", (0.5, 1.2, 2.5, 3.8, 4.6, 5, 5.5, 8, 13, 18), ("271737000", "87522002"), ("D649", "D509"), 0.28, 0.25, 0.25, 0.3, 0.25,
              female=2.0, asian=1.5, black=1.4, after=(("chronic_kidney_disease", 2.0), ("cancer", 2.5)), delay=60),
    Condition("sickle_cell_disease", (0.09, 0.10, 0.10, 0.10, 0.10, 0.10, 0.10, 0.10, 0.10, 0.10), ("127040003",), ("D571",), 2.1, 0.8, 0.3, 1.0,
              0.5, asian=0.05, black=9.0, frailty=0.0, poorer=0.0, delay=5, recorded=0.99),
    Condition("peptic_ulcer", (0, 0, 0.1, 0.4, 0.9, 1.6, 2.4, 3.2, 3.8, 4), ("13200003", "51868009"), ("K279", "K269"), 0.30, 0.1, 0.1, 0.2, smoking=1.6),
    Condition("alcohol_misuse", (0, 0, 0.5, 1.4, 2.2, 2.8, 2.5, 1.4, 0.7, 0.5), ("15167005", "7200002", "86933000"), ("F102", "F101"), 0.95, 0.6,
              0.5, 0.9, 0.25, female=0.45, asian=0.35, black=0.7, poorer=0.5, distress=0.6, smoking=1.8, delay=700, recorded=0.7),
    Condition("drug_misuse", (0, 0, 0.6, 1.5, 1.9, 1.7, 1.2, 0.8, 0.6, 0.5), ("75544000",), ("F112", "F192"), 1.0, 0.8, 0.4, 0.9, 0.35, female=0.4,
              asian=0.7, poorer=0.9, distress=0.6, smoking=2.5, delay=500, recorded=0.75),
    Condition("liver_disease", (0, 0, 0.02, 0.08, 0.25, 0.5, 0.7, 0.8, 0.8, 0.7), ("19943007",), ("K746", "K703", "K769"), 0.90, 1.1, 0.4, 0.6, 0.35,
              metabolic=0.3, after=(("alcohol_misuse", 9.0), ("drug_misuse", 3.0)), delay=200),
    Condition("hearing_loss", (0.1, 0.3, 0.5, 0.8, 1.5, 3, 7, 14, 28, 45), ("15188001", "60700002"), ("H919",), 0.03, 0.0, 0.15, need=0.08, delay=900, recorded=0.8),
    Condition("visual_impairment", (0.2, 0.4, 0.5, 0.7, 1.2, 2.5, 6, 15, 32, 48), ("193570009", "267718000", "397540003"), ("H269", "H547"), 0.06,
              0.03, 0.3, need=0.12, after=(("diabetes_type_2", 1.7),), delay=400, recorded=0.85),
    Condition("urinary_incontinence", (0, 0.1, 0.1, 0.3, 0.8, 1.5, 2.5, 5, 10, 16), ("165232002",), ("R32X", "N394"), 0.18, 0.05, 0.5, 0.1, female=2.2,
              frailty=0.3, after=(("dementia", 3.0), ("stroke", 1.8)), delay=500, recorded=0.7),
    Condition("prostate_disease", (0, 0, 0.1, 0.3, 0.8, 3.5, 11, 24, 32, 34), ("266569009",), ("N40X",), 0.14, 0.0, 0.1, need=0.2, female=0.001),
    Condition("skin_ulcer", (0, 0, 0.02, 0.05, 0.12, 0.3, 0.7, 1.6, 4, 7), ("46742003", "95344007", "399912005"), ("L97X", "L899"), 0.50, 0.35, 0.6,
              0.4, frailty=0.3, after=(("diabetes_type_2", 2.5), ("peripheral_arterial_disease", 4.0)), delay=30),
    Condition("insomnia", (0, 0.1, 1, 3, 5, 7, 8, 8, 9, 9), ("193462001",), ("G470",), 0.08, 0.0, 0.05, 0.1, 0.25, female=1.4, distress=0.5,
              after=(("depression", 2.0), ("anxiety", 2.0)), delay=300, recorded=0.7),
    Condition("palliative", (0, 0, 0.003, 0.006, 0.012, 0.03, 0.08, 0.25, 0.9, 2.2), ("103735009", "414937009"), ("Z515",), 1.0, 2.6, 2.0, 0.7, 0.6,
              frailty=0.4, poorer=0.0, after=(("cancer", 9.0), ("heart_failure", 3.5), ("dementia", 3.0), ("copd", 2.5)), delay=15),
)  # fmt: skip

NAMES: tuple[str, ...] = tuple(condition.name for condition in CONDITIONS)
POSITION: dict[str, int] = {name: number for number, name in enumerate(NAMES)}
