"""An evaluation of made-up people whose risk is known, for the tests of reports and of the evaluation itself."""

from typing import Any

import numpy as np

from stratify.evaluation import EvaluationInputs, FollowUp, evaluate_scores

RIVAL_NOISE = {"logistic": 0.35, "charlson": 2.2, "hfrs": 1.8, "efi": 2.0, "age": 2.6, "last_year_admissions": 2.0}


def _groups(people: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    practice = rng.integers(0, 7, people)
    names = np.asarray([f"F84{600 + n}" for n in range(7)], dtype=object)
    ethnic = [
        "White",
        "Asian or Asian British",
        "Black or Black British",
        "Mixed",
        "Other ethnic groups",
        "Not recorded",
    ]
    return {
        "sex": rng.choice(np.asarray(["Female", "Male"], dtype=object), people),
        "age_band": rng.choice(np.asarray(["0 to 17", "18 to 44", "45 to 64", "65 to 74", "75 and over"], dtype=object), people),
        "imd_fifth": rng.choice(np.asarray(["1 (most deprived)", "2", "3", "4", "Not recorded"], dtype=object), people),
        "ethnicity": rng.choice(np.asarray(ethnic, dtype=object), people, p=[0.4, 0.38, 0.1, 0.05, 0.05, 0.02]),
        "residence": rng.choice(np.asarray(["Own home", "Nursing home"], dtype=object), people, p=[0.998, 0.002]),
        "practice": names[practice],
        "network": np.asarray([f"Network {1 + n // 2}" for n in practice], dtype=object),
    }  # fmt: skip


def _follow_up(event: np.ndarray, odds: np.ndarray, rng: np.random.Generator) -> FollowUp:
    people = len(event)
    censored = ~event & (rng.random(people) < 0.06)
    died = ~event & ~censored & (rng.random(people) < 0.004)
    admissions = np.where(event, 1 + rng.poisson(np.exp(np.clip(odds, -3, 1)) * 0.8), 0)
    return FollowUp(
        censored=censored,
        event_if_death_counts=event | died,
        days_to_event=np.where(event, rng.integers(0, 365, people), -1),
        died_days=np.where(died, rng.integers(0, 365, people), -1),
        left_days=np.where(censored, rng.integers(0, 365, people), -1),
        emergency_admissions=admissions.astype(np.int64),
        cost_pence=(admissions * rng.integers(120_000, 480_000, people)).astype(np.int64),
    )


def made_up_evaluation(people: int = 20_000, seed: int = 5) -> dict[str, Any]:
    """The evaluation of a score that is right, with six rivals that are worse."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-3.5, 1.45, people)
    risk = 1 / (1 + np.exp(-odds))
    event = rng.random(people) < risk
    rivals = {name: odds + rng.normal(0, noise, people) for name, noise in RIVAL_NOISE.items()}
    order = np.argsort(-odds, kind="stable")
    tiers = np.full(people, "none", dtype=object)
    for tier, share in (("moderate", 0.2), ("high", 0.05), ("very_high", 0.005)):
        tiers[order[: int(share * people)]] = tier
    inputs = EvaluationInputs(rivals, _follow_up(event, odds, rng), seed=seed)
    return evaluate_scores(event, odds, risk, _groups(people, rng), tiers, inputs)
