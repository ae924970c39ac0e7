"""Checking a pack: what refuses it, what is set aside, and how complete, fresh and steady each feed is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from interfaces.exceptions import PackError, PackRefused
from interfaces.extracts import csv_file
from interfaces.extracts.contract import TABLES
from interfaces.extracts.coverage import care_coverage, unknown_practices
from interfaces.extracts.feeds import PackFacts, PackRules
from interfaces.extracts.fingerprint import Fingerprint
from interfaces.extracts.integrity import (
    change_refusals,
    changed_refusal,
    encoding_refusal,
    manifest_refusals,
    take_fingerprints,
)
from interfaces.extracts.keys import duplicate_refusal
from interfaces.extracts.lawful import lawful_notices, lawful_refusals
from interfaces.extracts.layout import Storage
from interfaces.extracts.linkage import linkage_refusals
from interfaces.extracts.opening import csv_refusal
from interfaces.extracts.pack import Pack
from interfaces.extracts.refusal import Notice, Refusal
from interfaces.extracts.report import Coverage, PackReport, TableReport
from interfaces.extracts.rules import REGISTER, register_sql
from interfaces.extracts.scan import scan_table
from interfaces.extracts.source import TableSource
from interfaces.extracts.table_check import feed_refusals, reject_counts, row_refusals, table_report

_REGISTER_TABLE = "check_register"


@dataclass
class _Check:
    """What a check has gathered so far."""

    pack: Pack
    rules: PackRules
    connection: duckdb.DuckDBPyConnection
    prints: dict[Path, Fingerprint] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    reports: list[TableReport] = field(default_factory=list)
    coverage: tuple[Coverage, ...] = ()
    people: int = 0

    @property
    def facts(self) -> PackFacts:
        return self.rules.facts(self.pack.manifest)


def check_pack(
    pack: Pack,
    *,
    rules: PackRules,
    connection: duckdb.DuckDBPyConnection,
    progress: Callable[[str], None] | None = None,
) -> PackReport:
    """Read every table of the pack once and report on it; nothing is written.

    `progress` is called with the name of each table before it is read. Raises PackError only where the
    memory limit of the connection does not suffice.
    """
    check = _Check(pack, rules, connection)
    check.refusals += [*pack.faults, *lawful_refusals(pack, rules)]
    check.notices += [*pack.notices, *lawful_notices(pack, rules)]
    tell = progress or (lambda table: None)
    readable = _fingerprinted(check, tell)
    _make_register(check, readable)
    for source in readable:
        tell(source.name)
        _check_table(check, source)
    _look_across(check, {report.table for report in check.reports})
    check.refusals += change_refusals(pack, check.prints)
    connection.execute(f"DROP TABLE IF EXISTS {_REGISTER_TABLE}")
    return _report(check)


def _fingerprinted(check: _Check, tell: Callable[[str], None]) -> list[TableSource]:
    """The tables whose bytes are there and are text where they should be."""
    readable = []
    for source in check.pack.tables.values():
        tell(source.name)
        try:
            check.prints |= take_fingerprints(source, check.prints)
        except OSError:
            check.refusals.append(changed_refusal(source, source.files.name))
            continue
        refusal = encoding_refusal(source, check.prints)
        if refusal is None:
            readable.append(source)
        else:
            check.refusals.append(refusal)
    return readable


def _make_register(check: _Check, readable: list[TableSource]) -> None:
    """A temporary table of the people whose events will be looked at; empty where there is no usable register."""
    usable = check.pack if any(source.name == REGISTER for source in readable) else None
    tables = {} if usable is None else usable.tables
    people = register_sql(Pack(check.pack.folder, check.pack.manifest, tables), check.facts)
    nobody = register_sql(Pack(check.pack.folder, check.pack.manifest, {}), check.facts)
    for text in (people, nobody):
        try:
            check.connection.execute(f"CREATE OR REPLACE TEMP TABLE {_REGISTER_TABLE} AS FROM {text}")
        except duckdb.OutOfMemoryException:
            raise _too_little_memory(REGISTER) from None
        except duckdb.Error:  # the register's own scan says what is wrong with it
            continue
        check.people = _counted(check, f"SELECT count(*) FROM {_REGISTER_TABLE}")
        return


def _check_table(check: _Check, source: TableSource) -> None:
    try:
        scan = scan_table(check.connection, source, check.facts, _REGISTER_TABLE)
        rows = _counted(check, source.count_sql()) if source.rows else scan.rows
        check.refusals += manifest_refusals(check.pack, source, check.prints, rows)
        check.refusals += row_refusals(check.connection, source, scan, _REGISTER_TABLE)
        kept = scan.rows - scan.set_aside
        duplicate = duplicate_refusal(check.connection, source, check.facts, _REGISTER_TABLE, kept)
        rejects = reject_counts(check.connection, source, scan, _REGISTER_TABLE)
    except duckdb.OutOfMemoryException:
        raise _too_little_memory(source.name) from None
    except duckdb.Error:  # the message may quote a row, so the file is read again to say what is wrong
        check.refusals.append(_unreadable(check, source))
        return
    check.refusals += [duplicate] if duplicate else []
    if not rows and not source.spec.required:
        check.notices.append(Notice(source.name, "holds a header and no rows"))
    if rows != scan.rows:
        text = f"{rows - scan.rows:,} of {rows:,} rows in {source.files.name} repeat another or are not of this table"
        check.notices.append(Notice(source.name, text))
    check.refusals += feed_refusals(source, scan, check.rules, check.pack.manifest)
    check.refusals += linkage_refusals(source, scan, check.rules, people=check.people)
    check.reports.append(table_report(source, scan, rejects, check.rules, check.pack.manifest))


def _counted(check: _Check, query: str) -> int:
    counted = check.connection.execute(query).fetchone()
    return int(counted[0]) if counted else 0


def _unreadable(check: _Check, source: TableSource) -> Refusal:
    changed = [refusal for refusal in change_refusals(check.pack, check.prints) if refusal.table == source.name]
    if changed:
        return changed[0]
    if source.files.storage is Storage.CSV:
        fault = csv_file.first_fault(source.files.paths[0], len(source.header))
        if fault is not None:
            return csv_refusal(fault, source.name, source.files.name)
    return Refusal(
        "unreadable_file",
        "a complete file",
        "one that is damaged or cut short",
        "Ask the supplier to send the file again.",
        source.name,
        source.files.name,
    )


def _too_little_memory(table: str) -> PackError:
    return PackError(f"enough memory to read {table}", "the limit was reached", "Allow more with --memory.")


def _look_across(check: _Check, read: set[str]) -> None:
    """What only shows with two tables side by side; left out where one of them could not be read."""
    sources = {name: source for name, source in check.pack.tables.items() if name in read}
    try:
        check.coverage = care_coverage(check.connection, sources, check.facts, _REGISTER_TABLE)
        check.notices += unknown_practices(check.connection, sources)
    except duckdb.OutOfMemoryException:
        raise _too_little_memory("two tables side by side") from None
    except duckdb.Error:  # a file that changed since its own table was read: the last look at every file says so
        return


def _report(check: _Check) -> PackReport:
    folder = check.pack.folder
    refused = {refusal.table for refusal in check.refusals}
    unread = {name for name in TABLES if name in check.pack.tables or name in refused}
    return PackReport(
        manifest=check.pack.manifest,
        tables=tuple(check.reports),
        absent=tuple(name for name in TABLES if name not in unread),
        refusals=_without_repeats(check.refusals),
        notices=tuple(check.notices),
        coverage=check.coverage,
        files={path.relative_to(folder).as_posix(): check.prints[path].sha256 for path in sorted(check.prints)},
    )


def _without_repeats(refusals: list[Refusal]) -> tuple[Refusal, ...]:
    # A file that changed is met by the table that could not be read and by the last look at every file.
    return tuple(dict.fromkeys(refusals))


def require_usable(report: PackReport) -> None:
    """Raise PackRefused, with the first reason and the number of the others, where the pack must not be used."""
    if report.usable:
        return
    first, others = report.refusals[0], len(report.refusals) - 1
    more = f" There {'is' if others == 1 else 'are'} {others} more." if others else ""
    raise PackRefused(
        f"{first.expected} ({first.place}; rule {first.rule})",
        first.found,
        f"{first.todo}{more} `stratify check-pack` shows the whole report.",
    )
