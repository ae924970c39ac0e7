"""Checking a pack in a test, and the two questions every refused pack is asked."""

from dataclasses import replace
from pathlib import Path

from interfaces.extracts.check import check_pack
from interfaces.extracts.engine import connect
from interfaces.extracts.feeds import PackRules
from interfaces.extracts.pack import open_pack
from interfaces.extracts.refusal import Refusal
from interfaces.extracts.report import PackReport


def check(folder: Path, *, rules: PackRules | None = None, mapping: Path | None = None, threads: int = 2) -> PackReport:
    """The report on the pack in that folder, by rules that differ from the installed ones only if given."""
    with connect(threads=threads) as connection:
        return check_pack(open_pack(folder, mapping=mapping), rules=rules or lenient(), connection=connection)


def lenient(**more: object) -> PackRules:
    """Rules under which a single bad row of a small table does not refuse the pack by its share."""
    rules = PackRules()
    return replace(rules, default=replace(rules.default, max_reject_share=1.0), **more)  # type: ignore[arg-type]


def rules_of(report: PackReport) -> set[str]:
    """The rules a pack was refused for."""
    return {refusal.rule for refusal in report.refusals}


def refusal(report: PackReport, rule: str) -> Refusal:
    """The one refusal for that rule."""
    (found,) = [refusal for refusal in report.refusals if refusal.rule == rule]
    return found


def said(report: PackReport) -> str:
    """Everything a reader may see of a report, as one text with single spaces."""
    parts = [*report.lines(), str(report.to_json()), *(refusal.sentence for refusal in report.refusals)]
    return " ".join(" ".join(parts).split())


def set_aside(report: PackReport) -> set[tuple[str, str, str, int]]:
    """Table, rule, column and rows of everything set aside."""
    return {(table, count.rule, count.column, count.rows) for table, count in report.rejects}
