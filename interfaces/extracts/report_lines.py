"""A pack report as lines of plain text: the verdict, the problems, then one small table per question."""

from collections.abc import Iterator, Sequence
from datetime import date
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interfaces.extracts.report import PackReport, TableReport

_WIDTH = 118
_MONTHS_SHOWN = 24
_LABELS_PER_LINE = 4


def report_lines(report: "PackReport") -> list[str]:
    """The report; only a table with a column for each of many feeds is wider than 120 characters."""
    parts = (_head, _refusals, _notices, _tables, _rejects, _freshness, _volume, _coverage, _completeness)
    return [line for part in parts for line in _spaced(part(report))]


def _spaced(lines: Iterator[str]) -> list[str]:
    block = list(lines)
    return [*block, ""] if block else []


def _head(report: "PackReport") -> Iterator[str]:
    manifest = report.manifest
    people = "made-up people" if manifest.synthetic else "real people"
    yield f"Pack {manifest.pack_id}: {manifest.place}, {people}, extracted on {_day(manifest.extracted_on)}"
    problems = len(report.refusals)
    yield "It can be used." if report.usable else f"REFUSED for {problems} reason{'s' if problems > 1 else ''}:"


def _refusals(report: "PackReport") -> Iterator[str]:
    for at, refusal in enumerate(report.refusals, start=1):
        yield f"{at}. {refusal.rule} in {refusal.place}"
        yield from _folded(f"expected {refusal.expected}; found {refusal.found}. {refusal.todo}", "   ")


def _notices(report: "PackReport") -> Iterator[str]:
    if report.notices or report.absent:
        yield "Worth knowing"
    for notice in report.notices:
        yield from _folded(f"{notice.table + ': ' if notice.table else ''}{notice.text}", "- ")
    if report.absent:
        absent = ", ".join(report.absent)
        yield from _folded(f"not in the pack: {absent}. Features that rest on them will be absent too.", "- ")


def _tables(report: "PackReport") -> Iterator[str]:
    if not report.tables:
        return
    yield "Tables"
    yield from _aligned(
        ("table", "rows", "set aside", "first event", "last event", "with number", "on register"),
        [_table_row(table) for table in report.tables],
    )


def _table_row(table: "TableReport") -> tuple[str, ...]:
    last = table.freshness.last_event if table.freshness else None
    return (
        table.table,
        f"{table.rows:,}",
        f"{table.set_aside:,}",
        _day(table.first_event),
        _day(last),
        _share(table.numbered_share),
        _share(table.linked_share),
    )


def _rejects(report: "PackReport") -> Iterator[str]:
    if report.rejects:
        yield "Rows set aside (a row is counted under each rule it breaks)"
        yield from _aligned(
            ("table", "rule", "column", "rows", "first in"),
            [
                (table, count.rule, count.column, f"{count.rows:,}", _first(count.file, count.first_rows))
                for table, count in report.rejects
            ],
            left=(0, 1, 2, 4),
        )


def _first(file: str | None, rows: Sequence[int]) -> str:
    return f"{file}, row {', '.join(str(row) for row in rows)}" if file else "-"


def _freshness(report: "PackReport") -> Iterator[str]:
    dated = [(table.table, table.freshness) for table in report.tables if table.freshness]
    if dated:
        yield "Freshness (in days; lag = from an event of the last year to its arrival in the warehouse)"
        yield from _aligned(
            ("table", "last event", "days old", "lag known", "mean", "longest", "else assumed"),
            [
                (
                    name,
                    _day(fresh.last_event),
                    _or_dash(fresh.days_old),
                    _share(fresh.lag_known),
                    "-" if fresh.lag_mean is None else f"{fresh.lag_mean:.1f}",
                    _or_dash(fresh.lag_longest),
                    str(fresh.lag_assumed),
                )
                for name, fresh in dated
            ],
        )


def _volume(report: "PackReport") -> Iterator[str]:
    dated = [table for table in report.tables if table.months]
    if not dated:
        return
    months = sorted({month for table in dated for month in table.months})[-_MONTHS_SHOWN:]
    yield f"Rows by month of event (! = fewer than usual){', last two years' if len(months) == _MONTHS_SHOWN else ''}"
    yield from _aligned(
        ("month", *(table.table for table in dated)),
        [(month.isoformat()[:7], *(_volume_cell(table, month) for table in dated)) for month in months],
    )


def _volume_cell(table: "TableReport", month: date) -> str:
    mark = "!" if month in table.low_months else ""
    return f"{mark}{table.months[month]:,}" if month in table.months else "-"


def _coverage(report: "PackReport") -> Iterator[str]:
    if report.coverage:
        yield "Social care clients with an NHS number"
        yield from _aligned(
            ("client group", "people", "with number", "share", "on register"),
            [
                (
                    group.client_group,
                    f"{group.people:,}",
                    f"{group.numbered:,}",
                    _share(group.numbered / group.people if group.people else None),
                    f"{group.linked:,}",
                )
                for group in report.coverage
            ],
        )


def _completeness(report: "PackReport") -> Iterator[str]:
    filled = [table for table in report.tables if table.rows]
    if filled:
        yield "Completeness (share of rows with a value; columns not named are complete)"
    for table in filled:
        gaps = [f"{name} {_share(share)}" for name, share in table.completeness.items() if share < 1]
        yield from _wrapped(table.table, gaps or ["complete"])


def _wrapped(label: str, items: list[str]) -> Iterator[str]:
    for start in range(0, len(items), _LABELS_PER_LINE):
        head = label if start == 0 else ""
        yield f"  {head:<24}{', '.join(items[start : start + _LABELS_PER_LINE])}"


def _folded(text: str, lead: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False)


def _aligned(heads: Sequence[str], rows: list[tuple[str, ...]], left: tuple[int, ...] = (0,)) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = [
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()


def _day(day: date | None) -> str:
    return day.isoformat() if day else "-"


def _share(share: float | None) -> str:
    if share is None:
        return "-"
    # Never round a gap away: 100 % is said only of everything, 0 % only of nothing.
    shown = min(round(share * 100, 1), 99.9) if share < 1 else 100.0
    return f"{max(shown, 0.1) if share > 0 else 0.0:.1f}%"


def _or_dash(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"
