"""A monthly run of a made-up borough as a report is told of it; every figure invented, all of them adding up."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from stratify.report import (
    Drift,
    FlowStep,
    GroupSize,
    Histogram,
    MonthSize,
    Move,
    PracticeSize,
    ReasonShare,
    RunReportData,
    SourceTable,
    TierActivity,
    TierSize,
)

NETWORKS = (
    "Bow Health",
    "Bromley by Bow",
    "East End",
    "Highway",
    "Mile End & Bromley",
    "Poplar & Limehouse",
    "Stepney",
    "The Isle",
)
SCORED, ADULTS, REGISTERED = 259_812, 205_411, 268_904

_STAY = {"very_high": 1301, "high": 10_012, "moderate": 19_874, "none": 213_560}
_MOVES = (
    ("very_high", "high", 201), ("very_high", "moderate", 12), ("very_high", "died", 41), ("very_high", "deregistered", 18),
    ("very_high", "objection", 1), ("high", "very_high", 322), ("high", "moderate", 1187), ("high", "none", 104),
    ("high", "died", 62), ("high", "deregistered", 93), ("moderate", "high", 1402), ("moderate", "very_high", 24),
    ("moderate", "none", 2011), ("moderate", "died", 31), ("moderate", "deregistered", 240), ("none", "moderate", 2297),
    ("none", "high", 181), ("none", "very_high", 9), ("none", "died", 22), ("none", "deregistered", 4120),
    ("none", "objection", 38), ("none", "not_on_register", 11), ("joined", "very_high", 6), ("joined", "high", 75),
    ("joined", "moderate", 230), ("joined", "none", 7014),
)  # fmt: skip


def _moves() -> tuple[Move, ...]:
    return tuple(Move(*move) for move in ((tier, tier, n) for tier, n in _STAY.items())) + tuple(
        Move(*m) for m in _MOVES
    )


def _size(moves: tuple[Move, ...], tier: str) -> int:
    return sum(move.people for move in moves if move.destination == tier)


def _tiers(moves: tuple[Move, ...]) -> tuple[TierSize, ...]:
    shares = {"very_high": (0.005, 0.99), "high": (0.045, 0.97), "moderate": (0.15, 0.92)}
    return tuple(
        TierSize(
            tier,
            _size(moves, tier),
            int(_size(moves, tier) * adults),
            national,
            sum(m.people for m in moves if m.origin == tier),
        )
        for tier, (national, adults) in shares.items()
    )


def _practices() -> tuple[PracticeSize, ...]:
    rng = np.random.default_rng(12)
    found = []
    for number in range(36):
        people = int(rng.integers(900, 13_500))
        need = float(rng.uniform(0.7, 1.35))
        tiers = {
            "very_high": int(people * 0.0064 * need),
            "high": int(people * 0.0454 * need),
            "moderate": int(people * 0.0902 * need),
        }
        if number == 3:
            tiers["very_high"] = 3
        tiers["none"] = people - sum(tiers.values())
        name = f"{['Harbour', 'St Clement', 'Chrisp', 'Barkantine', 'Globe', 'Wapping'][number % 6]} {['Surgery', 'Health Centre', 'Practice'][number % 3]} {number + 1}"
        expected = people * 0.058 * need
        found.append(
            PracticeSize(f"F84{600 + number}", name, NETWORKS[number % 8], f"Locality {1 + number % 4}", people, int(people * 0.79), tiers, expected, int(people * 0.004 * need))
        )  # fmt: skip
    return tuple(found)


def _sources() -> tuple[SourceTable, ...]:
    whole = (date(2023, 10, 1), date(2026, 9, 28))
    rows = (
        ("gp_register", 268_911, 7, None, None, 0.97, None, 0, ()),
        ("admissions", 141_202, 31, *whole, 0.94, 0.991, 18.0, ()),
        ("ed_attendances", 402_118, 12, *whole, 0.91, 0.984, 4.0, ()),
        ("outpatients", 988_410, 40, *whole, 0.93, 0.99, 12.0, ()),
        ("gp_codes", 5_921_008, 204, *whole, 0.88, 1.0, 1.0, ()),
        ("gp_prescriptions", 6_240_112, 88, *whole, 1.0, 1.0, 1.0, ()),
        ("community_contacts", 310_220, 5, *whole, 0.8, 0.97, 9.0, ("no rows for August 2026",)),
        ("social_care_events", 61_003, 9, *whole, 0.71, 0.43, 21.0, ()),
    )
    held = [SourceTable(n, True, r, j, a, b, c, s, lag, gaps) for n, r, j, a, b, c, s, lag, gaps in rows]
    return (*held, SourceTable("mental_health_contacts", False))


def _groups(moves: tuple[Move, ...]) -> dict[str, Any]:
    sizes = {tier: _size(moves, tier) for tier in ("very_high", "high", "moderate")}
    children = {"very_high": 3, "high": 255, "moderate": 1808}
    older = {tier: int(sizes[tier] * share) for tier, share in (("very_high", 0.8), ("high", 0.71), ("moderate", 0.6))}
    adults = {tier: sizes[tier] - children[tier] - older[tier] for tier in sizes}
    return {
        "cohorts": (
            GroupSize("over_75", "Aged 75 and over", "Age at the index date of 75 or more", 9_911, {"very_high": 801, "high": 3_804, "moderate": 4_010}),
            GroupSize("frailty_under_75", "Frailty under 75", "Electronic frailty index of 0.24 or more, aged under 75", 4_120, {"very_high": 502, "high": 1_701, "moderate": 1_299}),
            GroupSize("dementia_or_care_home", "Dementia or care home", "A dementia code, or living in a care home", 2_204, {"very_high": 291, "high": 940, "moderate": 700}),
            GroupSize("learning_disability", "Learning disability", "On the learning disability register", 1_302, {"very_high": 4, "high": 88, "moderate": 204}),
        ),
        "segments": (
            GroupSize("children", "Born Well, Growing Well", "Aged 0 to 18", 57_201, children),
            GroupSize("living_well", "Living Well", "Adults without complex needs", 168_990, adults),
            GroupSize("promoting_independence", "Promoting Independence", "Complex and older adults", SCORED - 57_201 - 168_990, older),
        ),
    }  # fmt: skip


def _activity(moves: tuple[Move, ...]) -> tuple[TierActivity, ...]:
    held = {
        "very_high": (5_902, 2_301_220_000),
        "high": (9_940, 2_980_410_000),
        "moderate": (4_802, 1_202_900_000),
        "none": (2_201, 402_001_500),
    }
    return tuple(TierActivity(tier, _size(moves, tier), n, cost) for tier, (n, cost) in held.items())


def _history() -> tuple[MonthSize, ...]:
    months = [date(2026, month, 1) for month in range(4, 11)]
    return tuple(
        MonthSize(
            when, 257_000 + 400 * n, {"very_high": 1590 + 40 * n, "high": 11_400 + 70 * n, "moderate": 23_100 + 80 * n}
        )
        for n, when in enumerate(months)
    )


def made_up_run(evaluation: dict[str, Any] | None = None) -> RunReportData:
    """A full run: second month, demonstration model, every section present."""
    moves = _moves()
    scored = sum(move.people for move in moves if move.destination in _STAY)
    previous = sum(move.people for move in moves if move.origin != "joined")
    tiers = _tiers(moves)
    people = {size.tier: size.people for size in tiers}
    steps = (
        ("scored", scored),
        ("died_before_index", 2_210),
        ("deregistered_before_index", 6_301),
        ("objection_type_1", 344),
        ("objection_risk_stratification", 57),
        ("registered_on_or_after_index", 173),
        ("invalid_nhs_number", 7),
    )
    groups = _groups(moves)
    rest = scored - 57_201 - 168_990
    segments = (*groups["segments"][:2], replace(groups["segments"][2], people=rest))
    return RunReportData(
        place="Tower Hamlets (made up)",
        index_date=date(2026, 10, 1),
        registered=sum(number for _, number in steps),
        flow=tuple(FlowStep(status, number) for status, number in steps),
        tiers=tiers,
        scored=scored,
        scored_adults=int(scored * 0.79),
        demonstration=True,
        synthetic=True,
        tier_method="cut_off",
        tier_reference="the national reference table of 2025",
        extracted_on=date(2026, 10, 4),
        short_history=21_340,
        sources=_sources(),
        warnings=("Community health: no rows for August 2026. Scores of people seen by community teams that month may be too low.", "Mental health contacts are not in the pack."),
        previous_index_date=date(2026, 9, 1),
        previous_scored=previous,
        moves=moves,
        rising=1_844,
        not_known=4_410,
        not_known_tiers={"very_high": 4, "high": 702, "moderate": people["moderate"] // 6},
        cohorts=groups["cohorts"],
        segments=segments,
        practices=_practices(),
        activity=_activity(moves),
        reasons=(ReasonShare("Emergency admissions", 1501, 7200, 4100), ReasonShare("Age", 1320, 8800, 17_001), ReasonShare("Many medicines", 1299, 6900, 9_800), ReasonShare("Heart failure", 640, 1802, 3)),
        distribution=Histogram((0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 1), (88_000, 71_000, 52_000, 25_500, 13_000, 5_100, 2_600, 2_000, scored - 259_200)),
        history=_history(),
        drift=(Drift("Scores", 0.012), Drift("Age bands", 0.003)),
        evaluation=evaluation,
        model_version="2026.10-demo",
        model_trained="It was fitted on 60% of practices, index date 1 April 2025.",
        provenance=(("Pack", "sha256 0f3a1c…"), ("Configuration", "sha256 9a21bb…"), ("Code", "0.1.0"), ("Seed", "20261001"), ("Key id", "1a2b3c4d")),
    )  # fmt: skip
