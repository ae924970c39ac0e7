"""The monthly run, as its methods section would tell it.

1. The pack is checked; a pack that breaks the contract is refused, and so is a previous run that does not fit.
2. The scoring zone is built: pseudonyms, no identifier; the population at the index date, with why others are out.
3. Features and raw score of everyone, a chunk of people at a time; cohorts, segment and flags on the way.
4. Tiers on the raw score, ties by pseudonym; probabilities by calibration.
5. Reasons for everyone in a tier; movement since the previous run, adding up exactly, with why.
6. Everything is written aside and appears at once: a run folder is complete or absent.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import numpy as np

from interfaces.extracts.check import check_pack
from interfaces.extracts.integrity import require_unchanged
from interfaces.extracts.report import PackReport
from stratify.engine import connect, within_memory
from stratify.exceptions import InputRefused
from stratify.explanations import Explainer, ModelExplainer
from stratify.index_explanations import IndexExplainer
from stratify.population import FlowRow, flow_table
from stratify.previous_run import PreviousRun, read_previous
from stratify.progress import Progress, silent
from stratify.reading import Reading
from stratify.run_findings import RunFindings, read_practices, size_cohorts, size_segments
from stratify.run_folder import writing
from stratify.run_manifest import write_json, write_manifest
from stratify.run_movement import compare_runs, this_month
from stratify.run_outputs import RunOutputs, Written, log_identified_lists, write_outputs
from stratify.run_people import Reasoned, Scoring, everyone, registered, to_tier
from stratify.run_request import RunRequest, Setting, prepare
from stratify.run_summary import RunSummary
from stratify.run_warnings import ties_at_cuts, trained_words, warnings_of
from stratify.scored_population import Register, ScoredPopulation, read_past_year, read_register, score_population
from stratify.scorers import IndexScorer, ModelScorer
from stratify.settings import default_config
from stratify.stage_clock import StageClock
from stratify.tiers import NONE, assign_tiers, tier_rows
from stratify.zone.build import ZoneOptions, build_zone
from stratify.zone.zone import Zone


def run(  # noqa: PLR0913  (one argument for each option of the command)
    pack_folder: Path,
    *,
    index_date: date,
    key_file: Path,
    out: Path,
    model_folder: Path | None = None,
    score: str | None = None,
    previous: Path | None = None,
    seed: int = 0,
    threads: int = 1,
    memory: str | None = None,
    allow_gap: Sequence[str] = (),
    purpose: str | None = None,
    objections_for: str | None = None,
    keep_zone: Path | None = None,
    progress: Progress = silent,
    config_folder: Path | None = None,
    who: str = "",
    now: datetime | None = None,
) -> RunSummary:
    """Scores everyone registered at `index_date` and writes the run folder `out`, whole or not at all.

    Give `model_folder`, or `score` as hfrs, charlson or efi. `previous` is an earlier run of the same place, key and
    score. With a `purpose` the practice lists carry NHS numbers, and `who` asked for them and when (`now`) goes to the
    log beside the key. `keep_zone` keeps the scoring zone in that folder. Nothing in a run is random: `seed` is only
    recorded. The same input gives the same bytes, timings.json apart, whatever the threads or the day.

    Raises InputRefused, ModelRefused, KeyRefused or OutputRefused; then nothing is left behind.
    """
    request = RunRequest(
        pack_folder=Path(pack_folder),
        index_date=index_date,
        key_file=Path(key_file),
        out=Path(out),
        model_folder=model_folder,
        score=score,
        previous=previous,
        seed=seed,
        threads=threads,
        memory=memory,
        allow_gap=tuple(allow_gap),
        purpose=purpose,
        objections_for=objections_for,
        keep_zone=keep_zone,
        config=config_folder or default_config(),
        who=who,
        now=now,
    )
    clock = StageClock(progress)
    with writing(request.out, private=request.purpose is not None) as folder:
        scratch = folder / "scratch"
        scratch.mkdir(mode=0o700)
        with clock.stage("Reading model and configuration"):
            setting = prepare(request)
        with within_memory(memory):
            written = _carry_out(setting, folder, scratch, clock)
        shutil.rmtree(scratch)
        write_manifest(folder, written.manifest)
        write_json(folder / "timings.json", clock.report())
        # Last before the folder appears: nobody may see NHS numbers that no line of the log accounts for.
        log_identified_lists(folder, written, setting)
    return written.summary


@dataclass(frozen=True)
class _Work:
    """What every stage after the zone needs."""

    setting: Setting
    report: PackReport
    previous: PreviousRun | None
    reading: Reading
    register: Register
    clock: StageClock
    scratch: Path


def _carry_out(setting: Setting, folder: Path, scratch: Path, clock: StageClock) -> Written:
    request = setting.request
    previous = read_previous(request.previous, setting.facts) if request.previous else None
    with connect(memory_limit=request.memory, threads=request.threads, temp_directory=scratch / "spill") as connection:
        with clock.stage("Checking the pack"):
            report = _checked(setting, connection, clock.progress)
        with clock.stage("Building the scoring zone"):
            dates = [request.index_date, *([previous.index_date] if previous else [])]
            zone = _build_zone(setting, report, dates, connection, scratch, clock.progress)
        if isinstance(setting.scorer, ModelScorer):
            setting.scorer.model.check_tables(zone.tables)
        names = setting.names_to_read(zone.tables)
        reading = Reading(zone, request.index_date, names, connection, request.config, request.threads)
        register = read_register(zone, request.index_date)
        outputs = _score(_Work(setting, report, previous, reading, register, clock, scratch))
        with clock.stage("Writing the run"):
            written = write_outputs(folder, outputs, setting)
            require_unchanged(setting.pack.folder, report.files)
            return written


def _checked(setting: Setting, connection: duckdb.DuckDBPyConnection, progress: Progress) -> PackReport:
    report = check_pack(
        setting.pack,
        rules=setting.rules,
        connection=connection,
        progress=lambda table: progress(f"Checking {table}"),
    )
    if not report.usable:
        others = f" (and {len(report.refusals) - 1} more)" if len(report.refusals) > 1 else ""
        raise InputRefused(
            "a pack that keeps the contract",
            f"{report.refusals[0].sentence.rstrip('.')}{others}",
            "Run `stratify check-pack` on it for the whole report.",
        )
    return report


def _build_zone(
    setting: Setting,
    report: PackReport,
    dates: Sequence[date],
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
    progress: Progress,
) -> Zone:
    request = setting.request
    return build_zone(
        setting.pack,
        setting.key,
        request.keep_zone or scratch / "zone",
        index_dates=dates,
        rules=setting.rules,
        connection=connection,
        progress=progress,
        options=ZoneOptions(purpose=setting.objections_for, checked=report, config=request.config),
    )


def _score(work: _Work) -> RunOutputs:
    setting, register, reading, clock = work.setting, work.register, work.reading, work.clock
    with clock.stage("Computing features and scores"):
        population = score_population(reading, register, setting.scorer, setting.cohorts, work.scratch, clock.progress)
    with clock.stage("Putting people in tiers"):
        flow = flow_table(reading.zone, reading.index_date, reading.connection)
        scored = to_tier(register, population, setting.scorer, setting.scheme, registered(flow))
        tiered = assign_tiers(setting.scheme, scored)
    with clock.stage("Giving reasons"):
        explainer = _explainer(work, population)
        listed = np.nonzero(tiered.tier < NONE)[0]
        reasoned = Reasoned(listed, explainer.reasons(listed))
    with clock.stage("Comparing with the previous run"):
        current = this_month(register, scored, tiered)
        moved = compare_runs(work.previous, current, setting.scheme, explainer) if work.previous else None
    with clock.stage("Gathering the findings"):
        scoring = Scoring(population, scored, tiered, reasoned, moved)
        return RunOutputs(_gather(work, scoring, flow), tiered.order, moved, reading.zone.rejects_path)


def _explainer(work: _Work, population: ScoredPopulation) -> Explainer:
    scorer, pids = work.setting.scorer, work.register.column("pid")
    if isinstance(scorer, ModelScorer):
        return ModelExplainer(scorer.model, work.setting.reasons, work.reading, population.spill, pids)
    assert isinstance(scorer, IndexScorer), "a score is a model's or an index"
    book = work.setting.reasons
    return IndexExplainer(scorer.index, book.indices[scorer.kind], book.shown, work.reading, pids, population.raw)


def _gather(work: _Work, scoring: Scoring, flow: tuple[FlowRow, ...]) -> RunFindings:
    setting, tables = work.setting, work.reading.zone.tables
    people = everyone(work.register, scoring, setting.cohorts, tables)
    model = setting.scorer.model if isinstance(setting.scorer, ModelScorer) else None
    return RunFindings(
        facts=setting.facts,
        scheme=setting.scheme,
        pack=work.report,
        flow=flow,
        register=work.register,
        people=people,
        tiers=tier_rows(setting.scheme, scoring.scored, people.tier),
        cohorts=size_cohorts(setting.cohorts, people, tables),
        segments=size_segments(setting.cohorts, people, tables),
        past_year=read_past_year(work.reading, work.register),
        practices=read_practices(setting.pack, work.reading.connection),
        previous=work.previous,
        flows=scoring.moved.flows if scoring.moved else (),
        evaluation=model.evaluation if model else None,
        trained=trained_words(model) if model else None,
        warnings=warnings_of(setting, work.report, work.previous, ties_at_cuts(people.raw, scoring.tiered)),
    )
