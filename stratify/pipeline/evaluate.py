"""Judging a run by what happened, as the methods section of a paper tells it.

1. The run and its scores are read as they were written; the key must be the run's.
2. A pack from at least a year later is checked and read into a scoring zone with the outcome at the run's index date.
3. People are joined by pseudonym; everyone scored is followed up or has a reason why not.
4. The score is judged on practices the model never saw, beside its rivals, and then on everyone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from interfaces.extracts.check import check_pack
from interfaces.extracts.feeds import PackRules, read_rules
from interfaces.extracts.integrity import require_unchanged
from interfaces.extracts.pack import Pack, open_pack
from interfaces.extracts.report import PackReport
from interfaces.scratch import scratch_folder
from stratify.artefact import LOGISTIC
from stratify.engine import connect, within_memory
from stratify.estimators.logistic_formula import LogisticFormula
from stratify.evaluation import evaluate_scores
from stratify.evaluation.censoring import gone
from stratify.evaluation.oracle import against_truth
from stratify.evaluation.scores import VERSION
from stratify.evaluation.subgroups import FEWEST_EVENTS
from stratify.exceptions import InputRefused, KeyRefused, OutputRefused
from stratify.outcomes import late_rows_notice, refuse_open_window
from stratify.progress import Progress, silent
from stratify.pseudonyms import Key, load_key
from stratify.run_follow_up import Later, RunFollowUp, follow_up, read_truth
from stratify.run_manifest import check_output, read_manifest
from stratify.settings import default_config
from stratify.zone.build import ZoneOptions, build_zone

SCORES = "scores.parquet"
_TABLES = ("admissions", "ed_attendances", "gp_codes", "gp_prescriptions")
"""What the outcome, its cost and the published indices are made of; a run with a logistic regression needs every table."""


@dataclass(frozen=True)
class EvaluateOptions:
    """What may be set for an evaluation.

    `held_out_only`: the main figures are of practices the model never saw (everyone's are given as well); otherwise of
    everyone. `allow_incomplete` goes on although admissions of the last weeks of the year may not have arrived.
    `truth` is the folder of true risks of a made-up borough. `json_path` and `html_path` are written where given.
    """

    seed: int = 0
    held_out_only: bool = True
    allow_incomplete: bool = False
    allow_gap: Sequence[str] = ()
    objections_for: str | None = None
    truth: Path | None = None
    threads: int = 1
    memory: str | None = None
    json_path: Path | None = None
    html_path: Path | None = None
    scratch: Path | None = None
    config: Path = field(default_factory=default_config)


@dataclass(frozen=True)
class _Work:
    """What every step needs."""

    run: Path
    manifest: Mapping[str, Any]
    pack: Pack
    key: Key
    rules: PackRules
    options: EvaluateOptions
    progress: Progress

    @property
    def index_date(self) -> date:
        return date.fromisoformat(self.manifest["index_date"])


def evaluate(
    run_folder: Path,
    outcomes_pack: Path,
    *,
    key_file: Path,
    options: EvaluateOptions | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Every figure of a run against the outcomes in a pack from at least a year later, JSON-able.

    Keys: `main` and `everyone` (each as evaluate_scores gives them; `everyone` is None where main is of everyone),
    `held_out`, `oracle`, `run`, `outcomes_pack`, `warnings`. The same run, pack and seed give the same result.
    Raises InputRefused for a run or pack that cannot be used or a year that is not over, KeyRefused for another key,
    OutputRefused where a file cannot be written.
    """
    chosen = options or EvaluateOptions()
    work = _prepare(run_folder, outcomes_pack, key_file, chosen, progress)
    warnings = _check_dates(work)
    followed = _followed(work)
    progress("Evaluating")
    result = _judge(work, followed, warnings)
    _write(result, chosen)
    return result


def _prepare(run: Path, outcomes: Path, key_file: Path, options: EvaluateOptions, progress: Progress) -> _Work:
    manifest = read_manifest(run)
    key = load_key(key_file, outside=[run, outcomes])
    if key.id != manifest["key_id"]:
        raise KeyRefused(
            f"the key {manifest['key_id']}, with which the run was made",
            f"the key {key.id}",
            "Give the key of the run: people cannot be matched across keys.",
        )
    pack = open_pack(outcomes, configured=options.config / "feeds")
    if pack.manifest.place != manifest["place"]:
        raise InputRefused(
            f"a later pack of {manifest['place']}", f"one of {pack.manifest.place}", "Give the pack of the run's place."
        )
    rules = read_rules(options.config / "feeds.toml").allowing(options.allow_gap)
    return _Work(run, manifest, pack, key, rules, options, progress)


def _check_dates(work: _Work) -> list[str]:
    """Refuse a year that is not over, or whose last admissions may not have arrived unless that was allowed."""
    extracted_on = work.pack.manifest.extracted_on
    refuse_open_window(work.index_date, extracted_on)
    notice = late_rows_notice(work.index_date, extracted_on, work.rules.feed("admissions").lag_days)
    if notice is None:
        return []
    if not work.options.allow_incomplete:
        raise InputRefused(
            "a pack in which every admission of the year has had time to arrive",
            notice.rstrip("."),
            "Use a later pack, or say that an incomplete year will do.",
        )
    return [notice]


@contextmanager
def _workplace(options: EvaluateOptions) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection and a scratch folder; both are gone afterwards."""
    with scratch_folder("caretier-evaluate-", options.scratch) as scratch:
        with connect(memory_limit=options.memory, threads=options.threads, temp_directory=scratch / "spill") as open_:
            with within_memory(options.memory):
                yield open_, scratch


def _followed(work: _Work) -> RunFollowUp:
    scores = check_output(work.run, work.manifest, SCORES)
    truth, logistic = work.options.truth, _logistic(work)
    with _workplace(work.options) as (connection, scratch):
        report = _check_pack(work, connection)
        zone = build_zone(
            work.pack,
            work.key,
            scratch / "zone",
            index_dates=[work.index_date],
            rules=work.rules,
            connection=connection,
            progress=work.progress,
            outcomes=True,
            options=ZoneOptions(
                purpose=work.options.objections_for,
                tables=None if logistic else _TABLES,
                checked=report,
                config=work.options.config,
            ),
        )
        require_unchanged(work.pack.folder, report.files)
        true_risks = None if truth is None else read_truth(truth, work.key, work.index_date)
        work.progress("Following people up")
        return follow_up(
            scores,
            Later(zone, work.index_date, connection, work.options.config, true_risks, logistic),
            work.options.seed,
        )


def _logistic(work: _Work) -> LogisticFormula | None:
    """The logistic regression the run's model was compared with; a run by an index, or of an older model, has none."""
    if LOGISTIC not in work.manifest["outputs"]:
        return None
    path = check_output(work.run, work.manifest, LOGISTIC)
    return LogisticFormula.from_json(json.loads(path.read_text(encoding="utf-8")))


def _check_pack(work: _Work, connection: duckdb.DuckDBPyConnection) -> PackReport:
    """The check of a pack that can be used; InputRefused for one that cannot."""
    report = check_pack(
        work.pack,
        rules=work.rules,
        connection=connection,
        progress=lambda table: work.progress(f"Checking {table}"),
    )
    if not report.usable:
        others = f" (and {len(report.refusals) - 1} more)" if len(report.refusals) > 1 else ""
        raise InputRefused(
            "an outcomes pack that can be used",
            f"{report.refusals[0].sentence.rstrip('.')}{others}",
            "Run `stratify check-pack` for the whole report.",
        )
    return report


def held_out_practices(manifest: Mapping[str, Any]) -> list[str]:
    """The practices that no part of the model's fit has seen, as a run's manifest keeps them; empty where there are none."""
    score = manifest.get("score") or {}
    return list(score.get("held_out_practices") or ())


def _judge(work: _Work, followed: RunFollowUp, warnings: list[str]) -> dict[str, Any]:
    codes = held_out_practices(work.manifest)
    chosen = np.isin(followed.practice.astype(np.str_), codes)
    held_out = work.options.held_out_only and _enough(followed, chosen)
    if work.options.held_out_only and not held_out and work.manifest["score_kind"] == "model":
        warnings = [*warnings, "The main figures are of everyone: too few people are of practices the model never saw."]
    main = followed.of(chosen) if held_out else followed
    return {
        "version": VERSION,
        "run": _run(work, followed),
        "outcomes_pack": {
            "pack_id": work.pack.manifest.pack_id,
            "extracted_on": work.pack.manifest.extracted_on.isoformat(),
        },
        "held_out": {"practices": len(codes) if held_out else 0, "codes": sorted(codes) if held_out else []},
        "main": _figures(main),
        "everyone": _figures(followed) if held_out else None,
        "oracle": _oracle(main),
        "warnings": warnings,
    }


def _enough(followed: RunFollowUp, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> bool:
    """Whether these people include enough with the event, and without it, to say anything."""
    events = int(np.count_nonzero(followed.event[chosen]))
    return min(events, int(np.count_nonzero(chosen)) - events) >= FEWEST_EVENTS


def _figures(people: RunFollowUp) -> dict[str, Any]:
    return evaluate_scores(people.event, people.raw, people.probability, people.groups, people.tier, people.inputs)


def _oracle(people: RunFollowUp) -> dict[str, Any] | None:
    if people.truth is None:
        return None
    known = ~gone(people.event, people.inputs)
    return against_truth(people.event, people.raw, people.probability, people.truth, known)


def _run(work: _Work, followed: RunFollowUp) -> dict[str, Any]:
    manifest = work.manifest
    return {
        "place": manifest["place"],
        "index_date": manifest["index_date"],
        "score_kind": manifest["score_kind"],
        "demonstration": bool(manifest["score"].get("demonstration")),
        "joined": dict(followed.joined),
        "provenance": {
            "Run": str(manifest.get("run_id", "")),
            "Score file": f"sha256 {manifest['outputs'][SCORES]['sha256']}",
            "Outcomes pack": work.pack.manifest.pack_id,
            "Outcomes extracted on": work.pack.manifest.extracted_on.isoformat(),
            "Key id": work.key.id,
            "Seed": str(work.options.seed),
        },
    }


def _write(result: Mapping[str, Any], options: EvaluateOptions) -> None:
    if options.json_path is not None:
        text = json.dumps(result, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        _write_text(options.json_path, text + "\n")
    if options.html_path is not None:
        # Imported here: drawing takes a second that an evaluation without a page does not need.
        from stratify.report import render_evaluation_report

        _write_text(options.html_path, render_evaluation_report(result))


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputRefused(
            f"a place to write {path.name}", error.strerror or "one that cannot be written", "Choose another folder."
        ) from None
