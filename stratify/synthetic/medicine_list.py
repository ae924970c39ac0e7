"""What is prescribed for what: BNF chemical codes (nine characters) as the NHS prescription data use them.

Shares and lengths are assumptions. `step` is the least severity at which a line is added.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of treatment: one of several chemicals, for a share of those whose condition is on record."""

    condition: str
    chemicals: tuple[str, ...]
    share: float
    step: float = 0.0
    years: float = 7.0  # mean time until it is stopped


STATINS = ("0212000B0", "0212000Y0", "0212000AA")
ACE = ("0205051R0", "0205051L0", "0205051M0")
ARB = ("0205052N0", "0205052C0")
AMLODIPINE = ("0206020A0",)
THIAZIDE = ("0202010P0", "0202010B0")
BETA_BLOCKER = ("0204000H0", "0204000E0")
LOOP = ("0202020L0", "0202020D0")
ANTIPLATELET = ("0209000C0", "0209000A0")
ANTICOAGULANT = ("0208020Z0", "0208020Y0", "0208020AA", "0208020V0")
PPI = ("0103050P0", "0103050L0")
SALBUTAMOL = ("0301011R0",)
SSRI = ("0403030Q0", "0403030D0", "0403030E0")
PARACETAMOL = ("0407010H0",)
LAXATIVE = ("0106040M0", "0106040G0", "0106020M0")

LINES: tuple[Line, ...] = (
    Line("hypertension", AMLODIPINE, 0.55), Line("hypertension", ACE + ARB, 0.60), Line("hypertension", THIAZIDE, 0.35, 1.0),
    Line("hypertension", ("0202030S0",), 0.20, 1.4), Line("hypertension", STATINS, 0.35),
    Line("diabetes_type_2", ("0601022B0",), 0.80), Line("diabetes_type_2", STATINS, 0.70), Line("diabetes_type_2", ("0601021M0",), 0.40, 0.9),
    Line("diabetes_type_2", ("0601023AN", "0601023AG"), 0.55, 0.9), Line("diabetes_type_2", ("0601023AE", "0601023X0"), 0.30, 1.1),
    Line("diabetes_type_2", ("0601012V0",), 0.60, 1.5), Line("diabetes_type_2", ACE, 0.40),
    Line("diabetes_type_1", ("0601012V0",), 0.97), Line("diabetes_type_1", ("0601011A0",), 0.95), Line("diabetes_type_1", STATINS, 0.35),
    Line("obesity", ("0405010P0",), 0.06, 1.3, 1.0),
    Line("asthma", SALBUTAMOL, 0.85, 0.0, 5.0), Line("asthma", ("0302000C0",), 0.60, 0.8, 5.0), Line("asthma", ("0302000N0", "0302000K0"), 0.45, 1.1),
    Line("asthma", ("0303020G0",), 0.30, 1.3), Line("copd", SALBUTAMOL, 0.90), Line("copd", ("0301020Q0",), 0.65, 0.8),
    Line("copd", ("0302000N0", "0302000C0"), 0.50, 1.0), Line("copd", ("0307000C0",), 0.30, 1.3),
    Line("coronary_heart_disease", ANTIPLATELET, 0.85), Line("coronary_heart_disease", STATINS, 0.85), Line("coronary_heart_disease", BETA_BLOCKER, 0.60),
    Line("coronary_heart_disease", ("0206010F0",), 0.55), Line("coronary_heart_disease", ("0206010K0",), 0.30, 1.1),
    Line("heart_failure", LOOP, 0.80), Line("heart_failure", BETA_BLOCKER, 0.75), Line("heart_failure", ACE, 0.65),
    Line("heart_failure", ("0202030S0",), 0.45, 1.0), Line("heart_failure", ("0601023AG", "0601023AN"), 0.35, 0.9),
    Line("atrial_fibrillation", ANTICOAGULANT, 0.80), Line("atrial_fibrillation", BETA_BLOCKER, 0.65), Line("atrial_fibrillation", ("0201010F0",), 0.15, 1.2),
    Line("stroke", ANTIPLATELET, 0.75), Line("stroke", STATINS, 0.75), Line("peripheral_arterial_disease", ANTIPLATELET, 0.75),
    Line("peripheral_arterial_disease", STATINS, 0.70), Line("chronic_kidney_disease", ACE, 0.50), Line("chronic_kidney_disease", STATINS, 0.55),
    Line("chronic_kidney_disease", ("0906040G0",), 0.20, 1.1), Line("dementia", ("0411000D0", "0411000G0"), 0.55),
    Line("dementia", ("0402010AB", "040201030"), 0.12, 1.3, 1.5), Line("parkinsons", ("0409010N0", "0409010K0"), 0.90),
    Line("parkinsons", ("0409010T0",), 0.25, 1.2), Line("depression", SSRI, 0.60, 0.0, 2.0), Line("depression", ("0403040X0", "0403040W0"), 0.35, 1.2, 2.5),
    Line("anxiety", SSRI, 0.40, 0.0, 2.0), Line("anxiety", ("0204000R0",), 0.25, 0.0, 1.0), Line("anxiety", ("0401020K0",), 0.12, 1.2, 0.7),
    Line("severe_mental_illness", ("040201060", "0402010AB", "040201030", "0402010AD"), 0.80), Line("severe_mental_illness", ("0402030K0", "0408010W0"), 0.25, 1.0),
    Line("epilepsy", ("0408010A0", "0408010H0", "0408010C0", "0408010W0"), 0.92), Line("epilepsy", ("0408010A0", "0408010H0"), 0.35, 1.2),
    Line("cancer", ("0407020Q0",), 0.20, 1.1, 0.8), Line("cancer", ("0406000T0",), 0.25, 1.0, 0.8), Line("cancer", ("0603020T0",), 0.15, 1.2, 1.0),
    Line("rheumatoid_arthritis", ("1001030U0",), 0.55), Line("rheumatoid_arthritis", ("0901020G0",), 0.50), Line("rheumatoid_arthritis", ("0603020T0",), 0.25, 1.1, 2.0),
    Line("osteoarthritis", PARACETAMOL, 0.45, 0.0, 4.0), Line("osteoarthritis", ("0407010F0", "0407020C0"), 0.35, 0.9, 4.0),
    Line("osteoarthritis", ("1001010P0",), 0.20, 0.0, 1.5), Line("osteoporosis", ("0606020A0",), 0.65), Line("osteoporosis", ("0906040G0",), 0.60),
    Line("hypothyroidism", ("0602010V0",), 0.95, 0.0, 20.0), Line("anaemia", ("0901011F0", "0901011P0"), 0.60, 0.0, 0.6),
    Line("anaemia", ("0901020D0",), 0.20, 0.9, 3.0), Line("sickle_cell_disease", ("0901020G0",), 0.80), Line("sickle_cell_disease", ("0501011P0",), 0.75),
    Line("peptic_ulcer", PPI, 0.80), Line("alcohol_misuse", ("0906026M0",), 0.40, 0.9, 3.0), Line("drug_misuse", ("0410030C0", "0410030A0"), 0.50, 0.9, 4.0),
    Line("liver_disease", ("0202030S0",), 0.30, 1.1), Line("liver_disease", ("0106040G0",), 0.35, 1.1), Line("urinary_incontinence", ("0704020N0", "0704020J0"), 0.45, 0.0, 2.5),
    Line("prostate_disease", ("0704010U0",), 0.60), Line("prostate_disease", ("0604020C0",), 0.25, 1.1), Line("skin_ulcer", PARACETAMOL, 0.40, 0.0, 1.0),
    Line("visual_impairment", ("1106000L0",), 0.15), Line("insomnia", ("0401010Z0",), 0.25, 0.0, 0.8),
    Line("palliative", ("0407020Q0",), 0.60, 0.0, 2.0), Line("palliative", LAXATIVE, 0.55, 0.0, 2.0), Line("hypertension", PPI, 0.15, 0.9),
    Line("coronary_heart_disease", PPI, 0.40), Line("dementia", LAXATIVE, 0.30), Line("osteoarthritis", PPI, 0.25, 1.0),
)  # fmt: skip


@dataclass(frozen=True)
class Habit:
    """Medicines of people without a long-term condition: rate of starting a run a year by age, its mean
    length in days, how much likelier women and men are."""

    chemicals: tuple[str, ...]
    ages: tuple[int, ...]
    starts: tuple[float, ...]
    days: float
    women: float = 1.0
    men: float = 1.0
    wobble: float = 0.0  # how far the month's instability brings it on


HABITS: tuple[Habit, ...] = (
    Habit(("0703010F0", "0703021Q0"), (0, 15, 18, 25, 40, 48, 110), (0, 0, 0.18, 0.16, 0.06, 0, 0), 500, 1.6, 0.0),
    Habit(("0304010I0", "0304010E0"), (0, 2, 10, 40, 110), (0.08, 0.12, 0.14, 0.09, 0.04), 60),
    Habit(("130201000", "1304000V0"), (0, 1, 5, 20, 60, 110), (0.35, 0.40, 0.16, 0.08, 0.10, 0.18), 60),
    Habit(PARACETAMOL, (0, 3, 10, 40, 70, 110), (0.45, 0.30, 0.12, 0.14, 0.22, 0.35), 50, 1.1, 0.9, 0.3),
    Habit(
        ("0501013B0", "0501030I0", "0501050B0"),
        (0, 2, 10, 40, 70, 110),
        (0.45, 0.45, 0.20, 0.18, 0.30, 0.45),
        8,
        1.1,
        0.9,
        0.7,
    ),
    Habit(("0501130R0", "0501080W0"), (0, 15, 40, 70, 110), (0.03, 0.05, 0.06, 0.14, 0.30), 8, 1.6, 0.53, 0.5),
    Habit(("0501012G0",), (0, 10, 40, 70, 110), (0.06, 0.06, 0.06, 0.09, 0.14), 8, 1.0, 1.0, 0.5),
    Habit(
        ("1001010J0", "1001010P0"), (0, 15, 30, 55, 80, 110), (0.05, 0.06, 0.12, 0.16, 0.08, 0.04), 40, 1.05, 0.95, 0.2
    ),
    Habit(
        ("0407010F0", "0407020C0", "040702040"),
        (0, 17, 35, 60, 85, 110),
        (0, 0.02, 0.06, 0.10, 0.12, 0.10),
        70,
        1.15,
        0.88,
        0.5,
    ),
    Habit(("0408010G0", "0408010AE"), (0, 20, 45, 65, 110), (0, 0.005, 0.02, 0.03, 0.03), 400, 1.15, 0.88, 0.3),
    Habit(PPI, (0, 16, 35, 60, 85, 110), (0.01, 0.03, 0.07, 0.12, 0.14, 0.14), 350, 1.05, 0.95),
    Habit(LAXATIVE, (0, 3, 20, 60, 85, 110), (0.08, 0.10, 0.03, 0.06, 0.18, 0.25), 120, 1.1, 0.9),
    Habit(("0906040G0",), (0, 16, 40, 70, 110), (0.05, 0.03, 0.05, 0.09, 0.12), 300, 1.15, 0.85),
    Habit(("0301011R0",), (0, 2, 10, 40, 110), (0.06, 0.08, 0.03, 0.03, 0.05), 60, 1.0, 1.0, 0.6),
    Habit(("0603020T0",), (0, 20, 50, 70, 110), (0.02, 0.02, 0.04, 0.07, 0.08), 8, 1.05, 0.95, 0.9),
    Habit(("0401010Z0",), (0, 20, 45, 75, 110), (0, 0.01, 0.02, 0.03, 0.04), 40, 1.15, 0.88, 0.4),
)

VOCABULARY: tuple[str, ...] = tuple(
    dict.fromkeys(
        [code for line in LINES for code in line.chemicals] + [code for habit in HABITS for code in habit.chemicals]
    )
)
CODE: dict[str, int] = {code: number for number, code in enumerate(VOCABULARY)}
PRODUCTS: dict[str, str] = {"0212000B0": "0212000B0AAABAB"}
"""Full product codes that one practice's system sends; atorvastatin 20 mg tablets."""
