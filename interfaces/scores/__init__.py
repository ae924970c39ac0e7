"""The score file: what a monthly run hands to whoever works from it."""

from interfaces.scores.contract import (
    COLUMNS,
    REASON_TYPE,
    SCHEMA,
    VERSION,
    Column,
    Reason,
    ScoreHeader,
    ScoreKind,
    ScoreRow,
    Tier,
    TierMethod,
    describe_columns,
)
from interfaces.scores.reader import ScoreFile, check_scores, open_scores, read_score_rows, read_scores
from interfaces.scores.writer import ROW_GROUP_ROWS, ScoreWriter

__all__ = [
    "COLUMNS",
    "REASON_TYPE",
    "ROW_GROUP_ROWS",
    "SCHEMA",
    "VERSION",
    "Column",
    "Reason",
    "ScoreFile",
    "ScoreHeader",
    "ScoreKind",
    "ScoreRow",
    "ScoreWriter",
    "Tier",
    "TierMethod",
    "check_scores",
    "describe_columns",
    "open_scores",
    "read_score_rows",
    "read_scores",
]
