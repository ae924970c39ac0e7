"""Fitting a model from one pack, as the methods section of a paper tells it.

1. The pack is checked and read into a scoring zone, with features and outcomes at snapshots of the past.
2. Practices are split into those that teach, those that choose and those that judge.
3. Settings are chosen: trees grown on the earlier snapshot of the teaching practices, judged by log
   loss at the later snapshot of the choosing ones.
4. The trees are grown anew on the earlier snapshot of both, and calibrated at their later snapshot.
5. The model is evaluated at the later snapshot of the judging practices, beside its rivals.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from interfaces.extracts.check import check_pack, require_usable
from interfaces.extracts.feeds import PackRules, read_rules
from interfaces.extracts.integrity import require_unchanged
from interfaces.extracts.pack import Pack, open_pack
from interfaces.extracts.report import PackReport
from interfaces.scratch import scratch_folder
from stratify.artefact import FittedModel, save_model
from stratify.engine import connect, within_memory
from stratify.estimators.calibration_line import CalibrationLine
from stratify.estimators.calibrator import MonotoneCalibrator
from stratify.estimators.risk_classifier import RiskClassifier
from stratify.estimators.tuning import Growth, Lesson, Trial, gains, grow, model_text, try_candidates
from stratify.evaluation.discrimination import roc_placements
from stratify.exceptions import FitRefused, OutputRefused
from stratify.features.catalogue import feature_names
from stratify.fit_dates import FitDates, check_history, feed_start, fit_dates
from stratify.fit_evaluation import Judged, evaluate_fit, fit_rival
from stratify.fit_plan import FitPlan, read_fit_plan
from stratify.leakage import check_features, check_fit
from stratify.model_manifest import Learned, Source, model_manifest
from stratify.practice_split import Part, Split, SplitRule, split_practices
from stratify.progress import Progress, silent
from stratify.pseudonyms import Key, load_key
from stratify.settings import default_config
from stratify.snapshot import Snapshot, read_snapshot, who_is_in
from stratify.snapshot_warnings import snapshot_warnings
from stratify.zone.build import ZoneOptions, build_zone
from stratify.zone.zone import Zone

_TAUGHT = (Part.TRAIN, Part.VALIDATION)
# A trained rival's few hundred coefficients gain nothing from more people.
_MOST_TAUGHT = 100_000


@dataclass(frozen=True)
class FitOptions:
    """What may be set for a fit.

    `memory` is a limit for the feature engine, such as "2GB". `demonstration` marks a model as not for care; None
    marks it where the pack's people are made up. `version` names the model; None names it by its content.
    `allowed_gaps` are feeds that may stop early. `objections_for` names a purpose of objections.toml. `scratch` is where the scoring zone is built and deleted.
    """

    seed: int = 0
    threads: int = 1
    memory: str | None = None
    demonstration: bool | None = None
    version: str | None = None
    allowed_gaps: Sequence[str] = ()
    objections_for: str | None = None
    scratch: Path | None = None
    config: Path = field(default_factory=default_config)


@dataclass(frozen=True)
class _Fit:
    """What every step needs."""

    pack: Pack
    plan: FitPlan
    rules: PackRules
    dates: FitDates
    options: FitOptions
    progress: Progress
    connection: duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class _Data:
    """The snapshots, and which practices teach, choose and judge."""

    zone: Zone
    boosters: list[Snapshot]
    calibration: Snapshot
    split: Split

    @property
    def names(self) -> list[str]:
        return list(self.calibration.matrix.names)

    def known(self, snapshot: Snapshot, *parts: Part) -> NDArray[np.bool_]:
        """The people of these parts whose outcome is known."""
        return who_is_in(self.split, snapshot, *parts) & snapshot.known


def fit(
    pack_folder: Path,
    *,
    index_date: date,
    key_file: Path,
    model_folder: Path,
    options: FitOptions | None = None,
    progress: Progress = silent,
) -> FittedModel:
    """Fit, evaluate and save the model that a run at `index_date` may use, from outcomes known by then.

    The same pack, key and options give the same bytes. Raises PackRefused for a pack that cannot be used, FitRefused
    where the history is too short, outcomes are too few or something leaks, OutputRefused where `model_folder` exists.
    """
    chosen = options or FitOptions()
    _claim(model_folder)
    pack = open_pack(pack_folder, configured=chosen.config / "feeds")
    key = load_key(key_file, outside=[pack_folder, model_folder])
    rules = read_rules(chosen.config / "feeds.toml").allowing(chosen.allowed_gaps)
    plan = read_fit_plan(chosen.config)
    lag = rules.feed("admissions").lag_days
    dates = fit_dates(index_date, lag_days=lag, booster_days_before=plan.booster_days_before)
    with _workplace(chosen) as (connection, scratch):
        step, report, warnings = _checked(_Fit(pack, plan, rules, dates, chosen, progress, connection))
        zone = _build_zone(step, key, scratch / "zone", report)
        require_unchanged(pack_folder, report.files)
        data = _read(step, zone)
        model = _learn(step, data, warnings)
    save_model(model_folder, model)
    return model


def _claim(folder: Path) -> None:
    """Make the folder's place; what would fail in the end is said at the start."""
    if folder.exists():
        raise OutputRefused(
            f"no folder {folder.name} yet", "one that exists", "Choose another name: a model is never replaced."
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputRefused(
            f"a place where {folder.name} can be written", str(error.strerror), "Choose a folder you may write to."
        ) from None


@contextmanager
def _workplace(options: FitOptions) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection and a scratch folder; both are gone afterwards."""
    with scratch_folder("caretier-fit-", options.scratch) as scratch:
        with connect(memory_limit=options.memory, threads=options.threads, temp_directory=scratch / "spill") as open_:
            with within_memory(options.memory):
                yield open_, scratch


def _checked(step: _Fit) -> tuple[_Fit, PackReport, list[str]]:
    """Refuse a pack that cannot be used or does not reach back far enough; keep the snapshots it does reach.

    Also sentences on feeds that begin late.
    """
    report = check_pack(
        step.pack,
        rules=step.rules,
        connection=step.connection,
        progress=lambda table: step.progress(f"Checking {table}"),
    )
    require_usable(report)
    starts = {table.table: feed_start(table.months) for table in report.tables if table.months}
    dates = step.dates.reached(starts.get("admissions"), step.plan.look_back_days)
    return replace(step, dates=dates), report, check_history(dates, starts, look_back_days=step.plan.look_back_days)


def _build_zone(step: _Fit, key: Key, folder: Path, report: PackReport) -> Zone:
    return build_zone(
        step.pack,
        key,
        folder,
        index_dates=step.dates.snapshots,
        rules=step.rules,
        connection=step.connection,
        progress=step.progress,
        outcomes=True,
        options=ZoneOptions(
            purpose=step.options.objections_for,
            look_back_days=step.plan.look_back_days,
            checked=report,
            config=step.options.config,
        ),
    )


def _read(step: _Fit, zone: Zone) -> _Data:
    names = feature_names(zone.tables)
    snapshots = {}
    for done, day in enumerate(step.dates.snapshots):
        step.progress("Building features", done, len(step.dates.snapshots))
        snapshots[day] = read_snapshot(zone, day, names, step.connection, step.options.config)
    boosters = [snapshots[day] for day in step.dates.boosters]
    calibration = snapshots[step.dates.calibration]
    plan = step.plan
    rule = SplitRule(plan.train_share, plan.validation_share, plan.fewest_practices, step.options.seed)
    data = _Data(zone, boosters, calibration, split_practices(calibration.columns["practice_code"], rule))
    _check_enough(step, data)
    return data


def _check_enough(step: _Fit, data: _Data) -> None:
    used = [(snapshot, Part.TRAIN) for snapshot in data.boosters]
    for snapshot, part in (*used, (data.calibration, Part.VALIDATION), (data.calibration, Part.TEST)):
        event = snapshot.event[data.known(snapshot, part)]
        fewer = min(np.count_nonzero(event), np.count_nonzero(~event))
        if fewer < step.plan.fewest_events:
            raise FitRefused(
                f"at least {step.plan.fewest_events} people with and without an emergency admission in the year from "
                f"{snapshot.index_date.isoformat()} among those who {_ROLES[part]}",
                f"{fewer}",
                "Fit on the pack of a larger place.",
            )


_ROLES = {Part.TRAIN: "teach", Part.VALIDATION: "choose", Part.TEST: "judge"}


def _learn(step: _Fit, data: _Data, warnings: list[str]) -> FittedModel:
    growth = Growth(step.plan, data.names, step.options.seed, step.options.threads)
    trials = _choose(step, data, growth)
    step.progress("Growing the trees")
    classifier = grow(trials[0], _lesson(data, data.boosters, *_TAUGHT), growth)
    step.progress("Calibrating")
    line = _calibrate(data, classifier)
    step.progress("Evaluating")
    judged = _judged(data)
    rival = fit_rival(judged)
    evaluation = evaluate_fit(classifier, line, judged, rival, seed=step.options.seed)
    told = warnings + snapshot_warnings(data.boosters[0], data.calibration, data.split, drift=step.plan.drift)
    learned = Learned(model_text(classifier), line, trials, evaluation)
    manifest = model_manifest(_source(step, data, told), learned)
    return FittedModel(learned.text, line, manifest, evaluation, rival)


def _choose(step: _Fit, data: _Data, growth: Growth) -> list[Trial]:
    """The candidates, best first, once neither a feature nor the best of them is too good to be true."""
    step.progress("Looking for leaks")
    train = _lesson(data, data.boosters[:1], Part.TRAIN)
    check_features(data.names, train.values, train.event, limit=step.plan.feature_auroc)
    validation = _lesson(data, [data.calibration], Part.VALIDATION)
    trials = try_candidates(
        train, validation, growth, lambda done, total: step.progress("Choosing settings", done, total)
    )
    best = trials[0].classifier
    area = float(np.mean(roc_placements(validation.event, best.decision_function(validation.values))[0]))
    check_fit(area, data.names, gains(best), limit=step.plan.model_auroc)
    return trials


def _lesson(data: _Data, snapshots: Sequence[Snapshot], *parts: Part, most: int | None = None) -> Lesson:
    """The people of these parts at these snapshots whose outcome is known; at most `most`, taken evenly."""
    kept = [np.flatnonzero(data.known(snapshot, *parts)) for snapshot in snapshots]
    step = 1 if most is None else -(-sum(map(len, kept)) // most)
    kept = [who[::step] for who in kept]
    # Filled in place: two copies of the largest matrix of a fit would not fit in its memory.
    values = np.empty((sum(map(len, kept)), len(data.names)), dtype=np.float32)
    ends = np.cumsum([len(who) for who in kept])
    for snapshot, who, end in zip(snapshots, kept, ends, strict=True):
        np.take(snapshot.matrix.values, who, axis=0, out=values[end - len(who) : end])
    return Lesson(
        values,
        np.concatenate([snapshot.event[who] for snapshot, who in zip(snapshots, kept, strict=True)]),
        np.concatenate([snapshot.weight[who] for snapshot, who in zip(snapshots, kept, strict=True)]),
    )


def _calibrate(data: _Data, classifier: RiskClassifier) -> CalibrationLine:
    later = _lesson(data, [data.calibration], *_TAUGHT)
    return MonotoneCalibrator().fit(classifier.decision_function(later.values), later.event, later.weight).line_


def _judged(data: _Data) -> Judged:
    """The later snapshot of the practices that judge, with everything their rivals need."""
    who = who_is_in(data.split, data.calibration, Part.TEST)
    return Judged(data.calibration, who, _lesson(data, data.boosters, *_TAUGHT, most=_MOST_TAUGHT))


def _source(step: _Fit, data: _Data, warnings: list[str]) -> Source:
    manifest, options = step.pack.manifest, step.options
    return Source(
        pack=manifest,
        demonstration=manifest.synthetic if options.demonstration is None else options.demonstration,
        version=options.version,
        dates=step.dates,
        plan=step.plan,
        tables=data.zone.tables,
        names=data.names,
        snapshots=[*data.boosters, data.calibration],
        split=data.split,
        seed=options.seed,
        config=options.config,
        warnings=warnings,
    )
