"""What the run report says, gathered from the stages of the run; nothing in it is about one person."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from interfaces.extracts.contract import TABLES
from interfaces.extracts.report import PackReport, TableReport
from stratify.cohorts import CohortRow
from stratify.evaluation.drift import score_stability
from stratify.previous_run import PreviousRun
from stratify.reasons.phrases import month_in_words
from stratify.report import (
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
from stratify.run_findings import RunFindings
from stratify.score_table import OUTCOME, People
from stratify.tier_scheme import TIERS

HISTOGRAM_STEPS = 50


def report_data(found: RunFindings, provenance: Sequence[tuple[str, str]]) -> RunReportData:
    """The values the report is rendered from."""
    facts, people, previous = found.facts, found.people, found.previous
    cut_offs = found.scheme.cut_offs
    return RunReportData(
        place=facts.place,
        index_date=facts.index_date,
        registered=sum(row.rows for row in found.flow),
        flow=tuple(FlowStep(row.status.value, row.rows) for row in found.flow),
        tiers=_tier_sizes(found),
        scored=len(people.raw),
        scored_adults=sum(row.adults for row in found.tiers),
        score_kind=facts.score_kind,
        outcome=OUTCOME,
        demonstration=facts.demonstration,
        synthetic=facts.synthetic,
        tier_method=facts.tier_method,
        tier_base=found.scheme.base.value,
        tier_reference=cut_offs.name if cut_offs else None,
        extracted_on=facts.extracted_on,
        short_history=int(people.short_history.sum()),
        sources=_sources(found.pack),
        warnings=found.warnings,
        previous_index_date=previous.index_date if previous else None,
        previous_scored=len(previous.month.tier) if previous else None,
        moves=tuple(Move(flow.origin, flow.destination, flow.people) for flow in found.flows),
        rising=int(people.rising.sum()) if previous else None,
        not_known=int(people.not_known_to_services.sum()),
        not_known_tiers=_by_tier(people, people.not_known_to_services),
        cohorts=_groups(found.cohorts),
        segments=_groups(found.segments),
        practices=_practices(found),
        activity=_activity(found),
        reasons=_reason_shares(found),
        distribution=_distribution(people),
        history=_history(previous),
        drift=_drift(people, previous),
        evaluation=found.evaluation,
        model_version=facts.model_version,
        model_trained=found.trained,
        provenance=tuple(provenance),
    )


def month_sizes(found: RunFindings) -> list[dict[str, Any]]:
    """This run's sizes after those of the runs before it, oldest first, as a manifest keeps them."""
    earlier = list(found.previous.manifest.get("history", [])) if found.previous else []
    tiers = {row.tier: row.people for row in found.tiers}
    return [
        *earlier,
        {"index_date": found.facts.index_date.isoformat(), "scored": len(found.people.raw), "tiers": tiers},
    ]


def _tier_sizes(found: RunFindings) -> tuple[TierSize, ...]:
    before = np.bincount(found.previous.month.tier, minlength=len(TIERS)).tolist() if found.previous else None
    return tuple(
        TierSize(row.tier, row.people, row.adults, row.national_share, before[code] if before else None)
        for code, row in enumerate(found.tiers)
    )


def _groups(rows: Sequence[CohortRow]) -> tuple[GroupSize, ...]:
    return tuple(
        GroupSize(row.code, row.name, row.words + _not_in_pack(row), row.people, dict(row.tiers)) for row in rows
    )


def _not_in_pack(row: CohortRow) -> str:
    return f" (without {', '.join(row.missing_feeds)}: not in this pack)" if row.missing_feeds else ""


def _by_tier(people: People, inside: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, int]:
    return dict(zip(TIERS, np.bincount(people.tier[inside], minlength=len(TIERS)).tolist(), strict=True))


def _sources(pack: PackReport) -> tuple[SourceTable, ...]:
    found = {table.table: _source(table) for table in pack.tables}
    return tuple(found.get(name) or SourceTable(name, present=False) for name in TABLES)


def _source(table: TableReport) -> SourceTable:
    fresh = table.freshness
    return SourceTable(
        name=table.table,
        present=True,
        rows=table.rows,
        rejected=table.set_aside,
        period_from=table.first_event,
        period_to=fresh.last_event if fresh else None,
        completeness=float(np.mean(list(table.completeness.values()))) if table.completeness else None,
        linked_share=table.linked_share,
        lag_days=round(fresh.lag_mean, 1) if fresh and fresh.lag_mean is not None else None,
        gaps=tuple(f"few rows for {month_in_words(month)}" for month in table.low_months),
    )


def _practices(found: RunFindings) -> tuple[PracticeSize, ...]:
    people = found.people
    encoded = people.practice_code.dictionary_encode()
    number, codes = encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
    width = len(TIERS)
    counts = np.bincount(number * width + people.tier, minlength=len(codes) * width).reshape(-1, width)
    adults = np.bincount(number[found.register.column("age_years") >= found.scheme.adult_age], minlength=len(codes))
    expected = None if people.probability is None else np.bincount(number, people.probability, minlength=len(codes))
    new = np.bincount(number[_new_in_top(people)], minlength=len(codes)) if found.previous else None
    sizes = [
        PracticeSize(
            code=code,
            name=found.practices[code].name,
            network=found.practices[code].network,
            locality=found.practices[code].locality,
            people=int(counts[row].sum()),
            adults=int(adults[row]),
            tiers=dict(zip(TIERS, counts[row].tolist(), strict=True)),
            expected_admissions=None if expected is None else round(float(expected[row]), 1),
            new_in_top_tiers=None if new is None else int(new[row]),
        )
        for row, code in enumerate(codes)
    ]
    return tuple(sorted(sizes, key=lambda size: size.code))


def _new_in_top(people: People) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """People now very high or high who were in neither tier in the previous run."""
    before = people.previous_tier
    return (people.tier <= 1) & ((before < 0) | (before > 1))


def _activity(found: RunFindings) -> tuple[TierActivity, ...]:
    tier, year = found.people.tier, found.past_year
    return tuple(
        TierActivity(
            tier=name,
            people=int((tier == code).sum()),
            emergency_admissions=int(year.admissions[tier == code].sum()),
            cost_pence=int(year.cost_pence[tier == code].sum()) if year.cost_known else None,
        )
        for code, name in enumerate(TIERS)
    )


def _reason_shares(found: RunFindings) -> tuple[ReasonShare, ...]:
    """How many people of each tier have each group among their reasons, commonest first."""
    reasons, tier = found.people.reasons, found.people.tier[found.people.listed]
    by_entry = np.repeat(tier, np.diff(reasons.starts))
    cells = np.bincount(reasons.group * len(TIERS) + by_entry, minlength=len(reasons.codes) * len(TIERS))
    counts = cells.reshape(-1, len(TIERS))
    order = np.argsort(-counts.sum(axis=1), kind="stable")
    return tuple(
        ReasonShare(reasons.names[number], *map(int, counts[number][:-1])) for number in order if counts[number].sum()
    )


def _distribution(people: People) -> Histogram:
    values = people.raw if people.probability is None else people.probability
    top = 1.0 if people.probability is not None else float(max(values.max(initial=0.0), 1.0))
    counts, edges = np.histogram(values, bins=HISTOGRAM_STEPS, range=(min(0.0, float(values.min(initial=0.0))), top))
    unit = "points" if people.probability is None else "probability"
    return Histogram(tuple(edges.tolist()), tuple(counts.tolist()), unit)


def _history(previous: PreviousRun | None) -> tuple[MonthSize, ...]:
    earlier = previous.manifest.get("history", []) if previous else []
    return tuple(MonthSize(date.fromisoformat(m["index_date"]), m["scored"], m["tiers"]) for m in earlier)


def _drift(people: People, previous: PreviousRun | None) -> tuple[Drift, ...]:
    if previous is None or not len(previous.month.raw) or not len(people.raw):
        return ()
    return (Drift("Score", round(score_stability(previous.month.raw, people.raw), 6)),)
