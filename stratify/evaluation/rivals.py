"""Other scores of the same people, judged by the same measures."""

from collections.abc import Mapping
from typing import Any

from stratify.evaluation.discrimination import auprc, auroc, auroc_difference
from stratify.evaluation.inputs import Bools, Floats
from stratify.evaluation.operating_points import at_cuts

NAMES = {
    "score": "This score",
    "logistic": "Logistic regression on the same features",
    "charlson": "Charlson index",
    "hfrs": "Hospital Frailty Risk Score",
    "efi": "Electronic frailty index",
    "age": "Age",
    "last_year_admissions": "Last year's emergency admissions",
    "everyone": "Everyone",
    "no_one": "No one",
}
"""The names of scores and simple rules in a report."""


def _figures(event: Bools, score: Floats) -> dict[str, Any]:
    return {"auroc": auroc(event, score), "auprc": auprc(event, score), "cuts": at_cuts(event, score)}


def compare(event: Bools, score: Floats, rivals: Mapping[str, Floats]) -> list[dict[str, Any]]:
    """The score first, then each rival, with how much larger the score's AUROC is on the same people."""
    rows: list[dict[str, Any]] = [{"name": "score", **_figures(event, score), "auroc_lead": None}]
    for name, rival in rivals.items():
        lead = auroc_difference(event, score, rival)
        rows.append({"name": name, **_figures(event, rival), "auroc_lead": lead})
    return rows
