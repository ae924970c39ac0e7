"""A plan's HTML as a tagged PDF, laid out by style sheets of its own; where the program for it is installed."""

from functools import cache
from pathlib import Path
from typing import Any

_STYLES = Path(__file__).resolve().parent.parent / "static"
PLAIN, LARGE, URGENT = ("plan.css",), ("plan.css", "plan_large.css"), ("plan.css", "plan_urgent.css")
"""The style sheets of each kind of copy, later ones over earlier ones."""


def plan_pdf(html: str, styles: tuple[str, ...]) -> bytes:
    """The PDF, tagged for assistive technology (PDF/UA-1). It fetches nothing: what it needs is in it."""
    pdf: bytes = _source(html).write_pdf(stylesheets=_sheets(styles), pdf_variant="pdf/ua-1")
    return pdf


def pages_of(html: str, styles: tuple[str, ...]) -> int:
    """How many pages it has."""
    return len(_source(html).render(stylesheets=_sheets(styles), pdf_variant="pdf/ua-1").pages)


def _source(html: str) -> Any:
    from weasyprint import HTML

    return HTML(string=html, url_fetcher=_nothing)


@cache
def _sheets(styles: tuple[str, ...]) -> list[Any]:
    from weasyprint import CSS

    return [CSS(string=(_STYLES / name).read_text(encoding="utf-8")) for name in styles]


def _nothing(url: str, *_arguments: Any, **_options: Any) -> dict[str, Any]:
    raise ValueError("a copy of a plan fetches nothing")
