"""From values to a page: one HTML file that needs nothing else, on a screen or on paper."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from stratify.report import words
from stratify.report.charts.canvas import look
from stratify.report.data import RunReportData
from stratify.report.sections.fairness import fairness
from stratify.report.sections.followed import followed
from stratify.report.sections.found import found
from stratify.report.sections.groups import groups
from stratify.report.sections.movement import movement
from stratify.report.sections.performance import performance, readable
from stratify.report.sections.places import places
from stratify.report.sections.reading import GLOSSARY, small_number_rule
from stratify.report.sections.sources import flow, sources
from stratify.report.sections.tiers import tiers
from stratify.report.small_numbers import LEAST

_HERE = Path(__file__).resolve().parent

_CONTENTS = (
    ("tiers-section", "Tiers"),
    ("movement-section", "What changed"),
    ("groups-section", "Whom to look at"),
    ("places-section", "Practices and networks"),
    ("flow-section", "Who is in and who is out"),
    ("sources-section", "What the run knew"),
    ("performance-section", "How well the score performs"),
    ("reading-section", "How to read this report"),
)


def _style() -> Markup:
    sheets = [(_HERE / "static" / name).read_text(encoding="utf-8") for name in ("nhsuk.css", "report.css")]
    # Our own files, not anything from a pack: safe to put between <style> tags as they are.
    together = "\n".join(sheets)
    return Markup(together)  # noqa: S704  # nosec B704


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _render(template: str, context: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(style=_style(), **context)


def _no_performance(data: RunReportData) -> str:
    if data.score_kind != "model":
        return f"This run used {words.SCORES[data.score_kind]}, a published index that was not fitted to this place."
    return "The model came without an evaluation that this report can read."


def _performance(data: RunReportData) -> dict[str, Any]:
    figures = readable(data.evaluation)
    return {
        "performance": None if figures is None else performance(figures),
        "fairness": None if figures is None else fairness(figures),
        "no_performance": _no_performance(data),
    }


def _frame(data: RunReportData) -> dict[str, Any]:
    when = words.day(data.index_date)
    return {
        "title": f"Monthly risk run, {data.place}, {when}",
        "kind": "Monthly risk run",
        "place": data.place,
        "heading": f"Monthly risk run, {when}",
        "footer": f"Caretier. {data.place}, index date {when}. For the people who look after the list; not for publication.",
        "contents": [item for item in _CONTENTS if data.practices or item[0] != "places-section"],
        "demonstration": data.demonstration,
        "synthetic": data.synthetic,
        "model_trained": data.model_trained,
        "small_numbers": small_number_rule(data.smallest_count),
        "glossary": GLOSSARY,
        "provenance": _provenance(data),
    }


def _provenance(data: RunReportData) -> list[tuple[str, str]]:
    pairs = [("Index date", words.day(data.index_date)), ("Score", words.SCORES[data.score_kind])]
    if data.model_version is not None:
        pairs.append(("Model version", data.model_version))
    return [*pairs, *data.provenance]


def render_run_report(data: RunReportData) -> str:
    """The report of one run as a self-contained HTML page; the same data give the same text.

    Raises DoesNotAddUp where the flow or the movement contradicts the sizes of the tiers.
    """
    with look():
        context = {
            "found": found(data),
            "tiers": tiers(data),
            "movement": movement(data),
            "groups": groups(data),
            "places": places(data),
            "flow": flow(data),
            "sources": sources(data),
            **_performance(data),
        }
    return _render("run.html", _frame(data) | context)


def render_evaluation_report(evaluation: Mapping[str, Any]) -> str:
    """An evaluation (of stratify.pipeline.evaluate, or a bare one) as a self-contained HTML page.

    Raises ValueError where it is of a version this report cannot read.
    """
    figures = readable(evaluation)
    if figures is None:
        raise ValueError("an evaluation of a version this report can read")
    with look():
        context = {"performance": performance(figures), "fairness": fairness(figures), **followed(evaluation)}
    frame = {"kind": "Evaluation", "small_numbers": small_number_rule(LEAST), "glossary": GLOSSARY}
    return _render("evaluation.html", frame | context)
