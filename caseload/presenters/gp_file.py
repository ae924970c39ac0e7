"""A practice's nightly file as text: RFC 4180 lines with the heads first, days as ISO 8601.

It is written in UTF-8 with a byte-order mark: the spreadsheets through which GP systems are filled would otherwise read
it in the code page of the machine, and spell names wrong.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from caseload.domain.gp_file import NAMES, GpRow
from caseload.presenters.csv_cells import safe_cells

ENCODING = "utf-8-sig"


def gp_file_text(rows: Iterable[GpRow]) -> str:
    """The whole file. The same rows give the same text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(NAMES)
    writer.writerows(safe_cells(_cells(row)) for row in rows)
    return out.getvalue()


def _cells(row: GpRow) -> list[str]:
    said = "; ".join(f"{flag.said} (ring {flag.ring})" for flag in row.flags)
    review = min((flag.review_on for flag in row.flags), default=None)
    return [
        row.nhs_number, row.family_name, row.given_name, _day(row.date_of_birth), _word(row.tier), _day(row.tier_as_at),
        _word(row.case_state), row.lead or "", row.navigator or "", _day(row.plan_active_since), _day(row.plan_review),
        said, _day(review), _day(row.last_contact),
    ]  # fmt: skip


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _word(word: StrEnum | None) -> str:
    return "" if word is None else word.value
