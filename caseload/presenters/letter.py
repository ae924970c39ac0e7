"""A letter as a PDF, where the program that makes them is installed: WeasyPrint, with the system's Pango."""

from pathlib import Path
from typing import Any

_STYLES = Path(__file__).resolve().parent.parent / "static"
LETTER, MINUTES = ("letter.css",), ("letter.css", "minutes.css")
"""The style sheets of a letter, and of the minutes of a meeting; later ones over earlier ones."""


def missing_pdf() -> str | None:
    """The sentence that says how to get PDFs; None where they can be made."""
    try:
        import weasyprint  # noqa: F401 - only whether it is there
    except ImportError:
        return (
            "No program that makes PDF files is installed. Ask your administrator to run: pip install 'caretier[pdf]'"
        )
    except OSError:
        return (
            "The PDF program is installed, and a part of the system it needs is not. Ask your administrator for Pango."
        )
    return None


def letter_pdf(html: str, styles: tuple[str, ...] = LETTER) -> bytes:
    """The letter's HTML as a tagged PDF. It may not fetch anything: what a letter needs is in it."""
    from weasyprint import CSS, HTML

    sheets = [CSS(string=(_STYLES / name).read_text(encoding="utf-8")) for name in styles]
    document = HTML(string=html, url_fetcher=_nothing)
    pdf: bytes = document.write_pdf(stylesheets=sheets, pdf_variant="pdf/ua-1")
    return pdf


def _nothing(url: str, *_arguments: Any, **_options: Any) -> dict[str, Any]:
    raise ValueError("a letter fetches nothing")
