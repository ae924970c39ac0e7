"""The file of a version of a care plan in one format: one maker, for a copy recorded at a page and for what a program fetches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from caseload.domain.plan_size import TOO_LONG_FOR_PDF, is_too_long
from caseload.domain.plan_words import ShareFormat
from caseload.presenters.letter import missing_pdf
from caseload.presenters.plan_document import plan_document
from caseload.presenters.plan_pdf import LARGE, PLAIN, URGENT, pages_of, plan_pdf
from caseload.presenters.plan_text import plan_text
from caseload.presenters.urgent_summary import UrgentSummary, surely_fits, urgent_summary
from caseload.queries.plan_copies import PlanCopy


@dataclass(frozen=True, slots=True)
class Making:
    """A copy as it is to be made: by whom, when, and for whom it says it is; nobody where it is only looked at."""

    plan: PlanCopy
    by: str
    now: datetime
    recipient: str | None


NAMES: dict[ShareFormat, str] = {
    ShareFormat.PDF: "care-plan.pdf",
    ShareFormat.LARGE_PRINT: "care-plan-large-print.pdf",
    ShareFormat.PLAIN_TEXT: "care-plan.txt",
    ShareFormat.URGENT_SUMMARY: "urgent-summary.pdf",
}
"""What each file is called: nothing of whose plan it is."""


def why_no_file(plan: PlanCopy, share_format: ShareFormat) -> str | None:
    """Why this format cannot be made of this version here; None where it can."""
    if share_format is ShareFormat.PLAIN_TEXT:
        return None
    missing = missing_pdf()
    if missing is None and share_format is not ShareFormat.URGENT_SUMMARY and is_too_long(plan.contents):
        return TOO_LONG_FOR_PDF
    return missing


def plan_file(making: Making, share_format: ShareFormat) -> bytes:
    """The bytes of the file, where `why_no_file` has nothing against it."""
    return _MAKERS[share_format](making)


def summary_of(making: Making) -> UrgentSummary:
    """The one page, with as much on it as fits."""
    fits = _fits if missing_pdf() is None else surely_fits
    return urgent_summary(making.plan, by=making.by, now=making.now, recipient=making.recipient, fits=fits)


def _fits(summary: UrgentSummary) -> bool:
    return pages_of(_urgent_page(summary), URGENT) == 1


def _urgent_page(summary: UrgentSummary) -> str:
    return render_template("plan_copies/urgent_file.html", summary=summary)


def _pdf(styles: tuple[str, ...]) -> Callable[[Making], bytes]:
    def made(making: Making) -> bytes:
        document = plan_document(making.plan, by=making.by, now=making.now, recipient=making.recipient)
        return plan_pdf(render_template("plan_copies/document_file.html", document=document), styles)

    return made


def _text(making: Making) -> bytes:
    document = plan_document(making.plan, by=making.by, now=making.now, recipient=making.recipient)
    return plan_text(document).encode()


def _urgent(making: Making) -> bytes:
    return plan_pdf(_urgent_page(summary_of(making)), URGENT)


_MAKERS: dict[ShareFormat, Callable[[Making], bytes]] = {
    ShareFormat.PDF: _pdf(PLAIN),
    ShareFormat.LARGE_PRINT: _pdf(LARGE),
    ShareFormat.PLAIN_TEXT: _text,
    ShareFormat.URGENT_SUMMARY: _urgent,
}
