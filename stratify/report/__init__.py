"""Reports for people: one self-contained page for a run, one for an evaluation."""

from stratify.report.data import (
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
from stratify.report.page import render_evaluation_report, render_run_report

__all__ = [
    "Drift",
    "FlowStep",
    "GroupSize",
    "Histogram",
    "MonthSize",
    "Move",
    "PracticeSize",
    "ReasonShare",
    "RunReportData",
    "SourceTable",
    "TierActivity",
    "TierSize",
    "render_evaluation_report",
    "render_run_report",
]
