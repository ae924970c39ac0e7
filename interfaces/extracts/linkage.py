"""Whether a feed is about the people on the register: one without usable rows, and one about other people."""

from collections.abc import Iterator

from interfaces.extracts.contract import EVENT_TABLES
from interfaces.extracts.feeds import PackRules
from interfaces.extracts.refusal import Refusal
from interfaces.extracts.scan import Scan
from interfaces.extracts.source import TableSource

# A share of fewer rows says little: a small place may have sent a handful of rows about people who moved away.
_FEWEST_ROWS = 20


def linkage_refusals(source: TableSource, scan: Scan, rules: PackRules, *, people: int) -> Iterator[Refusal]:
    """An event feed that would leave everybody without events, unless it is allowed to.

    `people` are the accepted rows of the register. With none, nothing can be linked and it is the register's
    own check that says so.
    """
    if source.name not in EVENT_TABLES or source.name in rules.allowed_gaps:
        return
    if scan.rows == scan.set_aside:
        # A required table without any row is refused as such, and cannot be allowed.
        if scan.rows or not source.spec.required:
            yield _nothing_usable(source, scan)
        return
    fewest = rules.feed(source.name).min_linked_share
    if people and scan.numbered >= _FEWEST_ROWS and scan.linked < scan.numbered * fewest:
        yield _of_others(source, scan, fewest)


def _nothing_usable(source: TableSource, scan: Scan) -> Refusal:
    found = f"none: all {scan.rows:,} rows are set aside" if scan.rows else "a header and no rows"
    return Refusal(
        "feed_stopped",
        f"usable rows in {source.name}, which is in the pack",
        found,
        f"Ask the supplier for the rows, or go on without them with --allow-gap {source.name}.",
        source.name,
        source.files.name,
    )


def _of_others(source: TableSource, scan: Scan, fewest: float) -> Refusal:
    return Refusal(
        "feed_not_of_this_register",
        f"at least {fewest:.1%} of the rows with an NHS number to be of people on the register",
        f"{scan.linked:,} of {scan.numbered:,} ({scan.linked / scan.numbered:.1%})",
        f"Ask the supplier for the feed and the register of the same people, or go on with --allow-gap {source.name}.",
        source.name,
        source.files.name,
        "nhs_number",
        count=scan.numbered - scan.linked,
    )
