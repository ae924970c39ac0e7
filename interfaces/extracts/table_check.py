"""From the counts of one pass to the report on a table and to what refuses it."""

from collections.abc import Iterator
from datetime import timedelta

import duckdb

from interfaces.extracts.casts import quoted
from interfaces.extracts.contract import Kind
from interfaces.extracts.feeds import PackRules
from interfaces.extracts.manifest import Manifest
from interfaces.extracts.refusal import Refusal
from interfaces.extracts.rejects import Place, first_places
from interfaces.extracts.report import Freshness, RejectCount, TableReport
from interfaces.extracts.rules import RowRule, joined_sql
from interfaces.extracts.scan import DateForms, Scan, date_form_predicates
from interfaces.extracts.source import RAW, TableSource
from interfaces.extracts.volume import by_month, low_months, stopped

_TODO = {
    "wrong_type": "Export the column in that form; nothing is guessed.",
    "damaged_identifier": "Export the table straight from the source system, without opening it in a spreadsheet.",
    "wrong_form": "Export the codes in that form, or read the table through a mapping file that removes the dots.",
}
_SHAPED = (Kind.DATE, Kind.WHOLE, Kind.NUMBER, Kind.FLAG)


def table_report(
    source: TableSource, scan: Scan, rejects: tuple[RejectCount, ...], rules: PackRules, manifest: Manifest
) -> TableReport:
    """The report on a table, from the counts of its pass and the places of the rows it sets aside."""
    days = {day: rows for day, rows in scan.days.items() if rows}
    months = by_month(days)
    feed = rules.feed(source.name)
    complete_until = manifest.extracted_on - timedelta(days=feed.lag_days)
    return TableReport(
        table=source.name,
        file=source.files.name,
        mapping=source.mapping,
        rows=scan.rows,
        set_aside=scan.set_aside,
        rejects=rejects,
        completeness={name: filled / scan.rows if scan.rows else 0.0 for name, filled in scan.filled.items()},
        first_event=min(days, default=None),
        months=months,
        low_months=low_months(months, complete_until, rules.low_month_share),
        freshness=_freshness(source, scan, manifest, feed.lag_days),
        numbered_share=_person_share(source, scan.numbered, scan.rows),
        linked_share=_person_share(source, scan.linked, scan.rows) if source.name != "gp_register" else None,
    )


def reject_counts(
    connection: duckdb.DuckDBPyConnection, source: TableSource, scan: Scan, register: str
) -> tuple[RejectCount, ...]:
    """Each rule that sets rows of the table aside, with the first of them."""
    broken = [rule for rule, count in scan.broken.items() if count]
    places = first_places(connection, source, broken, register)
    return tuple(
        RejectCount(
            rule.code, rule.column, scan.broken[rule], rule.sentence, rule.found, places[rule].file, places[rule].rows
        )
        for rule in broken
    )


def row_refusals(
    connection: duckdb.DuckDBPyConnection, source: TableSource, scan: Scan, register: str
) -> Iterator[Refusal]:
    """Cells that refuse the whole pack: of a wrong type or form, damaged, or dates of two forms in a column."""
    if source.spec.required and scan.rows == 0:
        yield _no_rows(source)
    broken = [rule for rule, count in scan.refused.items() if count]
    places = first_places(connection, source, broken, register)
    for rule in broken:
        found = rule.found + (_shape(connection, source, rule, register) if rule.code == "wrong_type" else "")
        yield _row_refusal(rule, places[rule], found, scan.refused[rule])
    for forms in scan.date_forms:
        if forms.iso and forms.slashed:
            yield _mixed_dates(connection, source, forms, register)


def feed_refusals(source: TableSource, scan: Scan, rules: PackRules, manifest: Manifest) -> Iterator[Refusal]:
    """A feed that stopped early, unless it is allowed to; and one with too many rows set aside."""
    feed = rules.feed(source.name)
    stop = stopped(scan.days, manifest.extracted_on, source.gap_months or feed.gap_months)
    if stop is not None and source.name not in rules.allowed_gaps:
        yield Refusal(
            "feed_stopped",
            f"about {stop.expected:,} rows of {source.name} after {stop.since.isoformat()}",
            f"{stop.found:,}; its last event is of {stop.last_event.isoformat()}",
            f"Ask the supplier for the missing months, or go on without them with --allow-gap {source.name}.",
            source.name,
            source.files.name,
        )
    if scan.rows and scan.set_aside > scan.rows * feed.max_reject_share:
        yield Refusal(
            "too_many_rejects",
            f"at most {feed.max_reject_share:.1%} of rows set aside",
            f"{scan.set_aside:,} of {scan.rows:,} ({scan.set_aside / scan.rows:.1%})",
            "The report says which rules they break; ask the supplier to correct the table.",
            source.name,
            source.files.name,
            count=scan.set_aside,
        )


def _no_rows(source: TableSource) -> Refusal:
    return Refusal(
        "no_rows",
        "at least one row in a required table",
        "a header without rows",
        "Ask the supplier to send the table again.",
        source.name,
        source.files.name,
    )


def _freshness(source: TableSource, scan: Scan, manifest: Manifest, lag_assumed: int) -> Freshness | None:
    if source.spec.event_date is None:
        return None
    last = max((day for day, rows in scan.days.items() if rows), default=None)
    return Freshness(
        last_event=last,
        days_old=(manifest.extracted_on - last).days if last else None,
        lag_known=scan.filled["available_on"] / scan.rows if scan.rows else 0.0,
        lag_mean=scan.lag_days / scan.lag_rows if scan.lag_rows else None,
        lag_longest=scan.longest_lag,
        lag_assumed=lag_assumed,
    )


def _person_share(source: TableSource, count: int, rows: int) -> float | None:
    return count / rows if rows and "nhs_number" in source.spec.column_names else None


def _row_refusal(rule: RowRule, place: Place, found: str, count: int) -> Refusal:
    return Refusal(
        rule.code, rule.sentence, found, _TODO[rule.code], rule.table, place.file, rule.column, place.rows, count
    )


def _shape(connection: duckdb.DuckDBPyConnection, source: TableSource, rule: RowRule, register: str) -> str:
    """How the first such cell is written: digits as 9, letters as A. A shape helps and says nothing of anybody."""
    if source.spec.column(rule.column).kind not in _SHAPED:
        return ""
    cell = f"CAST({quoted(RAW + rule.column)} AS VARCHAR)"
    masked = rf"regexp_replace(regexp_replace(substr({cell}, 1, 20), '\p{{L}}', 'A', 'g'), '\p{{N}}', '9', 'g')"
    joined = joined_sql(source, register, with_raw=True)
    found = connection.execute(f"SELECT {masked} FROM {joined} WHERE {rule.predicate} LIMIT 1").fetchone()
    return f", of the form {found[0]}" if found else ""


def _mixed_dates(
    connection: duckdb.DuckDBPyConnection, source: TableSource, forms: DateForms, register: str
) -> Refusal:
    """The refusal of a column with both forms of date; its rows are the first of the rarer form."""
    rarer = date_form_predicates(forms.column)[0 if forms.iso < forms.slashed else 1]
    rule = RowRule("mixed_dates", source.name, forms.column, rarer, "one form of date in a column", "")
    place = first_places(connection, source, [rule], register)[rule]
    return Refusal(
        rule.code,
        rule.sentence,
        f"{forms.iso:,} dates as 2026-09-14 and {forms.slashed:,} as 14/09/2026",
        "Export the column in one form, best as 2026-09-14.",
        source.name,
        place.file,
        forms.column,
        place.rows,
        min(forms.iso, forms.slashed),
    )
