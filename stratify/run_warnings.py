"""What a reader of a run must be warned of, and how its model came about, in sentences."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from interfaces.extracts.contract import EVENT_TABLES
from interfaces.extracts.report import PackReport
from stratify.artefact import FittedModel, other_library
from stratify.lists import DEMONSTRATION
from stratify.previous_run import PreviousRun
from stratify.reasons.phrases import day_in_words
from stratify.run_request import Setting
from stratify.scorers import ModelScorer
from stratify.tier_scheme import CUT_TIERS, TIER_WORDS
from stratify.tiers import Floats, Tiered


def warnings_of(
    setting: Setting, report: PackReport, previous: PreviousRun | None, ranked: Sequence[str]
) -> tuple[str, ...]:
    """Sentences on the model, the ranking (given), the pack and the comparison, most important first."""
    return (
        *_of_model(setting),
        *ranked,
        *_of_pack(setting, report),
        *_of_comparison(setting, previous),
        *(f"{notice.table or 'Pack'}: {notice.text}." for notice in report.notices),
    )


def ties_at_cuts(raw: Floats, tiered: Tiered) -> tuple[str, ...]:
    """A sentence for each tier whose last place is shared by people of equal score beyond it."""
    scores, tiers = raw[tiered.order], tiered.tier[tiered.order]
    sentences = []
    for code, name in enumerate(CUT_TIERS):
        end = int(np.searchsorted(tiers, code, side="right"))
        if 0 < end < len(scores) and tiers[end - 1] == code and scores[end - 1] == scores[end]:
            tied = int((scores == scores[end]).sum())
            sentences.append(
                f"The {TIER_WORDS[name].lower()} tier ends among {tied:,} people of equal score: "
                "who of them is in it follows from the order of their pseudonyms alone."
            )
    return tuple(sentences)


def trained_words(model: FittedModel) -> str:
    """What a model was fitted on, in one sentence."""
    training, pack = model.manifest["training"], model.manifest["pack"]
    made_up = " (made-up people)" if pack["synthetic"] else ""
    until = day_in_words(date.fromisoformat(training["index_date"]))
    return f"Fitted on {pack['place']}{made_up}, on what was known by {until}."


def _of_model(setting: Setting) -> Iterator[str]:
    if not isinstance(setting.scorer, ModelScorer):
        return
    if setting.scorer.demonstration:
        yield DEMONSTRATION
    if versions := other_library(setting.scorer.model.manifest):
        yield f"The model was fitted with LightGBM {versions[0]} and is read by {versions[1]}."
    known = date.fromisoformat(setting.scorer.model.manifest["training"]["index_date"])
    if known > setting.request.index_date:
        yield (
            f"The model was fitted on outcomes known by {day_in_words(known)}, after this index date: "
            "its figures for this run are better than they would be for a coming year."
        )


def _of_pack(setting: Setting, report: PackReport) -> Iterator[str]:
    extracted = setting.pack.manifest.extracted_on
    if setting.request.index_date > extracted:
        yield (
            f"The pack was extracted on {day_in_words(extracted)}, before the index date: "
            "what happened in between is not known."
        )
    begins = next((table.first_event for table in report.tables if table.table == "admissions"), None)
    if begins and begins >= setting.request.index_date:
        yield (
            f"The pack knows of no admission before the index date: its first is of {day_in_words(begins)}. "
            "What happened to anybody before then is not known, and the scores say little."
        )
    if "objections" in report.absent:
        yield "No objections in the pack: people who object to being scored are not known and may be in the lists."
    if report.absent:
        yield f"Not in the pack: {', '.join(report.absent)}. What rests on them is not known for anybody."
    if empty := _empty_columns(report):
        yield f"Missing, or empty in every row: {', '.join(empty)}. What rests on them is not known for anybody."
    if setting.rules.allowed_gaps:
        yield f"Feeds that were allowed to stop early: {', '.join(sorted(setting.rules.allowed_gaps))}."


def _empty_columns(report: PackReport) -> list[str]:
    """Columns of the feeds without a single value; the feed's usual lag stands in for an absent available_on."""
    return [
        f"{table.table}.{column}"
        for table in report.tables
        for column, share in table.completeness.items()
        if table.table in EVENT_TABLES and share == 0 and table.rows and column != "available_on"
    ]


def _of_comparison(setting: Setting, previous: PreviousRun | None) -> Iterator[str]:
    if previous is None:
        return
    before, now = previous.manifest["score"]["version"], setting.scorer.version
    if before != now:
        yield f"The previous run used version {before} of the score, this one {now}: part of the movement is the change of score."
    if previous.manifest["tier_method"] != setting.scheme.method.value:
        yield "The previous run cut its tiers by another method: part of the movement is the change of method."
