"""Score files of made-up people, small enough to read and right in every column."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from interfaces.scores import ScoreHeader, ScoreWriter

INDEX_DATE = date(2026, 10, 1)
HEADER = ScoreHeader("Thamesmere (made up)", INDEX_DATE, demonstration=True)

_TIERS = [("very_high", 1), ("high", 5), ("moderate", 20), ("none", 100)]


def reason(text: str = "2 emergency admissions in the last 12 months, latest 14 September 2026") -> dict[str, Any]:
    return {
        "code": "emergency_admissions",
        "text": text,
        "contribution": 0.75,
        "first_date": date(2026, 1, 3),
        "last_date": date(2026, 9, 14),
        "source": "admissions",
    }


def score_row(rank: int, of: int, **changed: Any) -> dict[str, Any]:
    """The row of that rank (1 is the highest) of so many; `changed` plants a fault."""
    share = 100 * rank / of
    tier = next(name for name, upto in _TIERS if share <= upto)
    reasons = [] if tier == "none" else [reason()]
    raw = 3.0 - 6.0 * rank / of
    row = {
        "pseudonym": f"{rank:032x}",
        "practice_code": f"F8400{rank % 3}",
        "index_date": INDEX_DATE,
        "outcome": "emergency_admission_12m",
        "score_kind": "model",
        "raw_score": raw,
        "probability": 1 - rank / (of + 1),
        "percentile": 100 * (of - rank + 1) / of,
        "tier": tier,
        "tier_method": "percentile",
        "previous_tier": None if rank % 7 == 0 else "high",
        "reasons": reasons,
        "other_contribution": raw + 2.5 - 0.75 if reasons else None,
        "baseline": -2.5 if reasons else None,
        "model_version": "0.1.0",
        "feature_set_hash": "5f2c",
        "key_id": "0a1b2c3d",
        "short_history": False,
        "not_known_to_services": False,
        "rising": rank % 5 == 0,
        "cohorts": ["over_75"] if rank % 2 else [],
        "segment": "promoting_independence",
        "age_band": "75-84",
    }
    return row | changed


def score_rows(people: int) -> list[dict[str, Any]]:
    return [score_row(rank, people) for rank in range(1, people + 1)]


def write_scores(path: Path, rows: list[dict[str, Any]], header: ScoreHeader = HEADER) -> None:
    with ScoreWriter(path, header) as writer:
        writer.write(pa.Table.from_pylist(rows))
