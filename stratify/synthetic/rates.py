"""Every rate and share of the made-up borough, each with its source or the word assumption.

"Census" is the 2021 census for Tower Hamlets, rounded by hand; "D12" and the like are statements of the published
plans that the product answers to. Log effects act on an annual rate. Change a number here and nowhere else.
"""

from typing import Final

# --- time -----------------------------------------------------------------------------------------------------------
STEPS_OF_HISTORY: Final = 69  # 5.75 years: two training snapshots that each look back 1,095 days
STEPS_OF_BURN_IN: Final = 12  # assumption: a year is enough for states that start at their equilibrium
STEPS_AFTER_INDEX: Final = 15  # a year of outcomes and three months for late coding
TRUTH_REPLICATES: Final = 8  # paths of the coming year averaged for the true risk

# --- people ---------------------------------------------------------------------------------------------------------
SURPLUS: Final = 0.03  # simulated over the wanted number; removed at random to meet it exactly
SURPLUS_LEAST: Final = 150
GROWTH_PER_YEAR: Final = 0.012  # assumption: a growing inner-city borough
# Census, smoothed; the registered list is a little older than the resident population.
AGE_BAND_STARTS: Final = (0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 100)
AGE_BAND_SHARES: Final = (
    6.4,
    6.0,
    5.6,
    5.7,
    10.4,
    14.6,
    12.8,
    9.4,
    7.0,
    5.3,
    4.5,
    3.7,
    2.8,
    2.0,
    1.6,
    1.0,
    0.7,
    0.38,
    0.17,
)
LEAVING_AGES: Final = (0, 5, 17, 20, 28, 40, 55, 70, 110)
LEAVING_PER_YEAR: Final = (0.075, 0.05, 0.05, 0.14, 0.145, 0.075, 0.04, 0.02, 0.015)  # 8-10 % a year in all
FEMALE_SHARE: Final = 0.495  # Census
TENURE_YEARS: Final = 7.0  # assumption: mean years on the list of people found there at the start
# NHS ethnic category 2001 and its share. Census, with not stated, not known and empty as GP systems leave them.
ETHNIC_SHARES: Final = (
    ("A", 21.5), ("B", 1.0), ("C", 13.4), ("D", 1.1), ("E", 0.7), ("F", 1.2), ("G", 1.4), ("H", 3.1), ("J", 1.2),
    ("K", 32.4), ("L", 1.9), ("M", 1.5), ("N", 4.7), ("P", 1.0), ("R", 3.1), ("S", 3.3), ("Z", 3.9), ("99", 2.4),
    ("", 1.2),
)  # fmt: skip
ASIAN: Final = frozenset("HJKL")
BLACK: Final = frozenset("MNP")
# Small areas by index-of-multiple-deprivation decile, 1 most deprived. Assumption after the English indices 2019.
DECILE_SHARES: Final = (15, 25, 22, 15, 9, 6, 4, 2, 1, 1)
PEOPLE_PER_AREA: Final = 1700  # a lower-layer super output area holds 1,000-3,000
DECILE_MISSING: Final = 0.012  # assumption
SEX_NOT_STATED: Final = 0.0008  # assumption: 9 or 0 on the register
PRACTICES: Final = 36  # of 261,536 people, in 8 networks and 4 localities (D24)
FULL_SIZE: Final = 261_536
NETWORKS: Final = 8
LOCALITIES: Final = 4
PRACTICES_LEAST: Final = 6
PRACTICE_SIZE_SPREAD: Final = 0.40  # assumption: log standard deviation of list sizes

# --- latent traits (standard deviations on the log scale; assumption, set so that the yearly repeats of 71 / 17.5 / 6 %
# once / twice / three times come out) ---------------------------------------------------------------------------------
FRAILTY_SPREAD: Final = 0.55
SEEKING_SPREAD: Final = 0.45  # use of GP, ED and outpatients beyond need
METABOLIC_SPREAD: Final = 1.0
DISTRESS_SPREAD: Final = 1.0
INSTABILITY_SPREAD: Final = 0.40
INSTABILITY_MEMORY: Final = 0.85  # a month; half-life about four months
SMOKING_SHARE: Final = 0.17  # assumption after the Annual Population Survey

# --- emergency admission: log annual rate of a person without conditions -------------------------------------------
EMERGENCY_AGES: Final = (0, 1, 3, 6, 12, 18, 30, 45, 60, 75, 85, 110)
EMERGENCY_FEMALE: Final = (-1.65, -2.45, -3.35, -4.20, -4.20, -3.65, -3.72, -4.02, -4.10, -3.95, -3.15, -2.50)
EMERGENCY_MALE: Final = (-1.50, -2.30, -3.20, -4.10, -4.25, -3.95, -4.02, -4.02, -4.00, -3.90, -3.15, -2.50)
RATE_CEILING: Final = 0.9  # admissions a year that nobody's own rate passes, before the memory of a recent one
EMERGENCY_LEVEL: Final = -0.40  # shifts the whole borough to 5-6 % with at least one a year
LOAD_CEILING: Final = 5.0  # conditions add less and less: ceiling * (1 - exp(-load / scale))
LOAD_SCALE: Final = 3.2
LOAD_GROWTH_PER_YEAR: Final = 0.03  # illness advances
INSTABILITY_WITH_LOAD: Final = 0.45  # a wobble matters more in the ill
FUNCTION_EFFECT: Final = 1.6  # effect * f / (half + f)
FUNCTION_HALF: Final = 0.5
FUNCTION_WITH_LOAD: Final = 0.12
DEPRIVATION_EFFECT: Final = 0.045  # per decile away from the middle
SMOKING_EFFECT: Final = 0.15
ALONE_EFFECT: Final = 0.10
ALONE_OLD_EFFECT: Final = 0.12
WIDOWED_EFFECT: Final = 0.45  # fades over a year
CARE_STARTED_EFFECT: Final = 0.40  # fades over four months
HOME_CARE_EFFECT: Final = 0.15
CARE_HOME_EFFECT: Final = 0.20
CARE_HOME_ENTRY_EFFECT: Final = 0.50  # fades over four months
HOMELESS_EFFECT: Final = 0.90
EXCITEMENT_SHORT: Final = 7.0  # after an emergency admission; about 14 % come back within 30 days in England
EXCITEMENT_SHORT_DAYS: Final = 38.0
EXCITEMENT_LONG: Final = 1.7
EXCITEMENT_LONG_DAYS: Final = 300.0
WIDOWED_DAYS: Final = 180.0
CARE_STARTED_DAYS: Final = 120.0
SEASON_SWING: Final = 0.09  # winter over summer, more in the very young and the old
SEASON_SWING_EXTREME_AGES: Final = 0.16
SEASON_PEAK_DAY: Final = 15  # mid January

# --- function: a frailty process from 0 (none) to about 1.5 ---------------------------------------------------------
FUNCTION_AGES: Final = (0, 50, 60, 70, 80, 90, 110)
FUNCTION_START: Final = (0.0, 0.02, 0.06, 0.14, 0.34, 0.62, 0.9)  # assumption
FUNCTION_LOSS_PER_YEAR: Final = (0.0, 0.001, 0.003, 0.007, 0.014, 0.020, 0.025)
FUNCTION_LOSS_PER_ADMISSION: Final = 0.025
FUNCTION_LOSS_PER_BED_DAY: Final = 0.003
FUNCTION_RECOVERY_DAYS: Final = 150.0

# --- death ----------------------------------------------------------------------------------------------------------
# Gompertz, of people without conditions; conditions, function and admissions add. About 0.45 % a year in all.
DEATH_AGES: Final = (0, 1, 10, 25, 40, 55, 65, 75, 85, 95, 110)
DEATH_PER_YEAR: Final = (0.0028, 0.00015, 0.00005, 0.0002, 0.0006, 0.0016, 0.0030, 0.0045, 0.010, 0.045, 0.30)
# What all of it comes to, used only to see how many must arrive to keep the pyramid. Order of the national life tables.
DEATH_IN_ALL: Final = (0.0035, 0.0002, 0.00006, 0.0003, 0.0012, 0.0045, 0.016, 0.045, 0.13, 0.29, 0.6)
DEATH_FEMALE_RATIO: Final = 0.75
DEATH_WITH_FUNCTION: Final = 0.7
DEATH_AFTER_ADMISSION: Final = 4.0
DEATH_IN_HOSPITAL: Final = 0.010  # of emergency admissions in a young population; rises with age and function

# --- contacts: mean a year at each age of anchors, before conditions -------------------------------------------------
CONTACT_AGES: Final = (0, 1, 5, 15, 25, 45, 65, 80, 110)
ED_PER_YEAR: Final = (1.01, 0.87, 0.36, 0.35, 0.39, 0.3, 0.29, 0.38, 0.46)
GP_FEMALE_PER_YEAR: Final = (6.75, 5.13, 2.16, 2.43, 3.51, 3.65, 4.19, 5.13, 5.67)
GP_MALE_PER_YEAR: Final = (6.75, 5.13, 2.16, 1.76, 1.89, 2.56, 3.65, 4.86, 5.67)
OUTPATIENT_PER_YEAR: Final = (0.88, 0.72, 0.64, 0.72, 0.96, 0.99, 1.36, 1.52, 1.36)
# How contacts follow the fixed trait of frailty (log scale), set so that use is about as concentrated as it is found to
# be: the busiest tenth take four in ten GP consultations (Kontopantelis 2021, BMJ Open), the 0.7 % with five or more
# attendances a year take 16 % of those at emergency departments (British Red Cross 2021).
GP_WITH_FRAILTY: Final = 0.90
ED_WITH_FRAILTY: Final = 1.80
OUTPATIENT_WITH_FRAILTY: Final = 0.75
MEDICINES_WITH_FRAILTY: Final = 0.70
GP_MODE_SHARES: Final = (0.58, 0.30, 0.02, 0.10)  # surgery, telephone, home visit, online
GP_MISSED: Final = 0.045
OUTPATIENT_MISSED: Final = 0.09
ED_THROUGH_SHARE: Final = 0.78  # emergency admissions that come through an emergency department
DAY_CASE_PER_YEAR: Final = (0.012, 0.015, 0.012, 0.015, 0.020, 0.038, 0.070, 0.075, 0.05)
INPATIENT_PER_YEAR: Final = (0.006, 0.006, 0.006, 0.008, 0.011, 0.014, 0.022, 0.022, 0.015)
BIRTHS_AGES: Final = (14, 17, 22, 27, 31, 36, 41, 46)
BIRTHS_PER_YEAR: Final = (0.0, 0.010, 0.035, 0.060, 0.082, 0.048, 0.010, 0.0)

# --- how rows reach the warehouse: days from the event, least and most -----------------------------------------------
DELAY_HOSPITAL: Final = (20, 46)  # after discharge for spells
DELAY_GP: Final = (1, 6)
DELAY_COMMUNITY: Final = (15, 41)
DELAY_SOCIAL: Final = (25, 36)
TRANSFER_OF_RECORD: Final = (10, 31)  # a new registrant's old record arrives

# --- social ---------------------------------------------------------------------------------------------------------
COVERAGE: Final = {  # share of council records with an NHS number (D12); the last two groups: assumption
    "learning_disability": 0.60,
    "mental_health": 0.60,
    "physical_disability_frailty": 0.43,
    "other_vulnerable": 0.34,
    "memory_cognition": 0.43,
    "carer": 0.34,
}
NAME_SLIPS: Final = 0.04  # council names with a slip of the keyboard; assumption
BIRTH_DATE_SLIPS: Final = 0.012
SEX_SLIPS: Final = 0.003
OLD_POSTCODES: Final = 0.08
COUNCIL_ONLY: Final = 0.03  # council clients who are on no register of the borough
OBJECTION_SHARES: Final = {"type_1": 0.022, "national_opt_out": 0.050, "risk_stratification": 0.006, "sharing": 0.009}
OBJECTION_WITHDRAWN: Final = 0.07

# --- imperfections --------------------------------------------------------------------------------------------------
VISITOR_SHARE: Final = 0.004  # hospital rows of people on no register of the borough
REVERSED_DATES: Final = 0.0001  # spells whose discharge was typed before their admission
UNCODED_DISCHARGE_DESTINATION: Final = 0.01
