"""Who is in and who is out, and what the run knew: tables, periods, freshness."""

from typing import Any

from stratify.report import words
from stratify.report.data import FlowStep, RunReportData, SourceTable
from stratify.report.sections.movement import DoesNotAddUp
from stratify.report.tables import Table, table

STATUSES = {
    "scored": "Scored",
    "invalid_nhs_number": "NHS number not valid",
    "duplicate": "On the register twice",
    "born_on_or_after_index": "Born on or after the index date",
    "died_before_index": "Died before the index date",
    "registered_on_or_after_index": "Registered on or after the index date",
    "deregistered_before_index": "No longer registered",
    "objection_type_1": "Objected: type 1",
    "objection_risk_stratification": "Objected: risk stratification",
    "objection_national_opt_out": "Objected: national data opt-out",
}


def _flow_row(step: FlowStep, registered: int) -> tuple[str, ...]:
    name = step.label or STATUSES.get(step.status, step.status.replace("_", " ").capitalize())
    return (name, words.count(step.people), words.share(step.people, registered, 2))


def flow(data: RunReportData) -> dict[str, Any]:
    """Every row of the register, scored or not; DoesNotAddUp where one is missing."""
    scored = sum(step.people for step in data.flow if step.status == "scored")
    if sum(step.people for step in data.flow) != data.registered or scored != data.scored:
        raise DoesNotAddUp("the flow does not account for every row of the register")
    ordered = sorted(data.flow, key=lambda step: step.status == "scored")
    rows = [_flow_row(step, data.registered) for step in ordered]
    rows.append(("All rows of the register", words.count(data.registered), "100.00%"))
    held = table(
        "flow-table", "Where every row of the GP register went", "Rows of the register|Number|Share", rows, total=True
    )
    short = None if data.short_history is None else words.people(data.short_history)
    return {"table": held, "short_history": short, "scored": words.count(data.scored)}


def _table_row(row: SourceTable) -> tuple[str, ...]:
    name = words.TABLES.get(row.name, row.name)
    if not row.present:
        return (name, "Not in the pack", *(words.NOTHING,) * 6)
    period = (
        words.NOTHING
        if row.period_to is None
        else f"{words.short_day(row.period_from)} to {words.short_day(row.period_to)}"
    )
    return (
        name,
        words.count(row.rows),
        words.count(row.rejected),
        period,
        words.NOTHING if row.lag_days is None else words.days(row.lag_days),
        words.percent(row.completeness, 0),
        words.percent(row.linked_share, 1),
        words.sentence(words.listed(list(row.gaps))) or "None seen",
    )


def _sources_table(data: RunReportData) -> Table | None:
    if not data.sources:
        return None
    headings = "Table|Rows|Set aside|Period~|Usual wait|Complete|Linked|Gaps~"
    return table("sources-table", "Tables of the pack", headings, [_table_row(row) for row in data.sources])


def sources(data: RunReportData) -> dict[str, Any]:
    """What came in, and what its absence means."""
    absent = [words.TABLES.get(row.name, row.name) for row in data.sources if not row.present]
    return {
        "extracted_on": words.day(data.extracted_on),
        "table": _sources_table(data),
        "absent": words.listed(absent),
        "one_absent": len(absent) == 1,
    }
