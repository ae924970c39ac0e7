"""The files of a run: scores, refusals, movement, rejects, practice lists, report and manifest, in that order."""

import dataclasses
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from interfaces.scores import ScoreHeader, ScoreWriter
from stratify import identification_log
from stratify.artefact import LOGISTIC
from stratify.identification_log import Identification
from stratify.movement import Kind
from stratify.movement_table import movement_table, no_movement, words_for_movement
from stratify.practice_lists import ListContent, on_lists, percent, write_practice_lists
from stratify.reidentification import nhs_numbers
from stratify.report import RunReportData, render_run_report
from stratify.run_findings import RunFindings
from stratify.run_manifest import code_identity, config_hashes, run_id, tree_sha256, write_json
from stratify.run_movement import Moved
from stratify.run_report import month_sizes, report_data
from stratify.run_request import Setting
from stratify.run_summary import RunSummary
from stratify.score_table import score_parts
from stratify.scorers import ModelScorer


@dataclass(frozen=True)
class RunOutputs:
    """What a run found, in rank order where `order` says, and the rejects of its zone."""

    findings: RunFindings
    order: npt.NDArray[np.int64]
    moved: Moved | None
    rejects: Path


@dataclass(frozen=True)
class Written:
    """What was written of a run: its summary, and what its manifest is to say."""

    summary: RunSummary
    manifest: dict[str, Any]


def write_outputs(folder: Path, outputs: RunOutputs, setting: Setting) -> Written:
    """Writes every file of the run into `folder` but its manifest and timings."""
    found = outputs.findings
    identity = _identity(outputs, setting)
    name = run_id(identity)
    _write_scores(folder / "scores.parquet", outputs)
    _write_table(folder / "refused.parquet", found.register.refused)
    _write_table(folder / "movement.parquet", _movement(outputs))
    shutil.copyfile(outputs.rejects, folder / "rejects.parquet")
    rows = _write_lists(folder / "lists", outputs, setting)
    data = report_data(found, _provenance(identity, name))
    (folder / "report.html").write_text(render_run_report(data), encoding="utf-8")
    write_json(folder / "report.json", _plain(data))
    _write_rival(folder / LOGISTIC, setting)
    counts = _counts(outputs)
    manifest = {**identity, **counts, "run_id": name, "list_rows": rows, "warnings": list(found.warnings)}
    return Written(_summary(outputs, setting, name, rows, counts), manifest)


def log_identified_lists(folder: Path, written: Written, setting: Setting) -> None:
    """Adds to the log beside the key that the lists of a run carry NHS numbers; nothing where they do not."""
    request = setting.request
    if setting.purpose is None or request.now is None:
        return
    act = Identification(
        when=request.now,
        who=request.who,
        purpose=setting.purpose,
        run_id=written.summary.run_id,
        key_id=setting.key.id,
        rows=written.summary.list_rows,
        file=f"{request.out.name}/lists",
        sha256=tree_sha256(folder / "lists"),
    )
    identification_log.append(request.key_file, act)


def _identity(outputs: RunOutputs, setting: Setting) -> dict[str, Any]:
    """Everything the run was made of."""
    found, request = outputs.findings, setting.request
    facts, previous = found.facts, found.previous
    return {
        "place": facts.place,
        "pack_id": setting.pack.manifest.pack_id,
        "synthetic": facts.synthetic,
        "index_date": facts.index_date.isoformat(),
        "extracted_on": facts.extracted_on.isoformat(),
        "score_kind": facts.score_kind,
        "key_id": facts.key_id,
        "tier_method": facts.tier_method,
        "tier_base": found.scheme.base.value,
        "cut_offs": dataclasses.asdict(found.scheme.cut_offs) if found.scheme.cut_offs else None,
        "seed": request.seed,
        "purpose": setting.purpose,
        "objections_for": setting.objections_for,
        "score": {
            **setting.scorer.identity(),
            "sha256": tree_sha256(request.model_folder) if request.model_folder else None,
        },
        "inputs": dict(found.pack.files),
        "config": config_hashes(request.config),
        "code": code_identity(),
        "previous": {key: previous.manifest[key] for key in ("run_id", "index_date")} if previous else None,
    }


def _counts(outputs: RunOutputs) -> dict[str, Any]:
    found = outputs.findings
    return {
        "flow": {row.status.value: row.rows for row in found.flow},
        "tiers": [dataclasses.asdict(row) for row in found.tiers],
        "movement": [dataclasses.asdict(flow) for flow in found.flows],
        "history": month_sizes(found),
    }


def _write_scores(path: Path, outputs: RunOutputs) -> None:
    facts = outputs.findings.facts
    with ScoreWriter(path, ScoreHeader(facts.place, facts.index_date, facts.demonstration)) as writer:
        for part in score_parts(outputs.findings.people, facts, outputs.order):
            writer.write(part)


def _write_rival(path: Path, setting: Setting) -> None:
    """The model's logistic regression goes with the run, so that `evaluate` can judge both by the same outcomes."""
    scorer = setting.scorer
    if isinstance(scorer, ModelScorer) and scorer.model.rival is not None:
        write_json(path, scorer.model.rival.to_json())


def _write_table(path: Path, table: pa.Table) -> None:
    pq.write_table(
        table.replace_schema_metadata(None), path, compression="zstd", compression_level=3, store_schema=False
    )


def _movement(outputs: RunOutputs) -> pa.Table:
    moved = outputs.moved
    if moved is None:
        return no_movement()
    practice = outputs.findings.people.practice_code
    return movement_table(moved.previous, moved.current, practice, moved.movement, moved.explained)


def _write_lists(folder: Path, outputs: RunOutputs, setting: Setting) -> int:
    found, moved = outputs.findings, outputs.moved
    people = found.people
    numbers = None
    if setting.purpose:
        wanted = people.pseudonym.take(pa.array(on_lists(people))).to_numpy(zero_copy_only=False).astype("S32")
        numbers = nhs_numbers(setting.pack, setting.key, wanted)
    content = ListContent(
        people=people,
        facts=found.facts,
        order=outputs.order,
        moved=words_for_movement(moved.previous if moved else None, moved.movement if moved else None, len(people.raw)),
        practices={code: place.name for code, place in found.practices.items()},
        cohort_names=[cohort.name for cohort in setting.cohorts.cohorts],
        capacity=found.scheme.capacity,
        numbers=numbers,
        purpose=setting.purpose,
    )
    return write_practice_lists(folder, content)


def _provenance(identity: dict[str, Any], name: str) -> list[tuple[str, str]]:
    return [
        ("Run", name),
        ("Pack", str(identity["pack_id"])),
        ("Extracted on", str(identity["extracted_on"])),
        ("Feature set", str(identity["score"]["feature_set_hash"])),
        ("Pseudonym key", str(identity["key_id"])),
        ("Program", f"{identity['code']['version']} ({identity['code']['sha256'][:12]})"),
        ("Seed", str(identity["seed"])),
    ]


def _plain(data: RunReportData) -> dict[str, Any]:
    content: dict[str, Any] = _jsonable(dataclasses.asdict(data))
    return content


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _jsonable(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(held) for held in value]
    return value.isoformat() if isinstance(value, date) else value


def _summary(outputs: RunOutputs, setting: Setting, name: str, rows: int, counts: dict[str, Any]) -> RunSummary:
    found, moved = outputs.findings, outputs.moved
    return RunSummary(
        folder=setting.request.out,
        run_id=name,
        place=found.facts.place,
        index_date=found.facts.index_date,
        score_kind=found.facts.score_kind,
        model_version=found.facts.model_version,
        demonstration=found.facts.demonstration,
        scored=len(found.people.raw),
        flow=counts["flow"],
        tiers={row.tier: row.people for row in found.tiers},
        adults={row.tier: row.adults for row in found.tiers},
        moves=_moves(moved),
        explained=len(moved.explained.places) if moved else 0,
        list_rows=rows,
        capacity=_capacity(outputs),
        warnings=found.warnings,
    )


def _moves(moved: Moved | None) -> dict[str, int]:
    if moved is None:
        return {}
    kinds = Counter(moved.movement.kind.tolist())
    kinds[Kind.LEAVER.value] = len(moved.movement.leavers)
    return {kind.value: kinds[kind.value] for kind in Kind}


def _capacity(outputs: RunOutputs) -> str:
    """The first block of people who can be worked with (D10), as a sentence."""
    capacity, people = outputs.findings.scheme.capacity, outputs.findings.people
    block = outputs.order[capacity.start - 1 : capacity.start - 1 + capacity.block]
    if len(block) == 0:
        return f"Nobody from place {capacity.start} of the ranked list on."
    where = f"places {capacity.start} to {capacity.start + len(block) - 1}"
    if people.probability is None:
        return f"The first {len(block)} ({where}): {people.raw[block[-1]]:g} points or more."
    chance = people.probability[block]
    return (
        f"The first {len(block)} ({where}): a chance of {percent(chance[-1:])[0]:g} % or more each, "
        f"{chance.sum():.1f} of them expected to be admitted as an emergency in the next 12 months."
    )
