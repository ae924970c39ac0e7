"""What a PDF says and how: its pages, the size of every letter on them, what assistive technology is told."""

import io
from math import sqrt

from pypdf import PdfReader


def read_pdf(data):
    """A reader over the bytes of a PDF."""
    return PdfReader(io.BytesIO(data))


def page_count(data):
    """How many pages it has."""
    return len(read_pdf(data).pages)


def words(data):
    """Everything it says, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in read_pdf(data).pages).split())


def letter_sizes(data):
    """The sizes, in points to a tenth, of all the text that is on its pages, as it is drawn."""
    sizes = set()

    def seen(text, user, matrix, _font, size):
        if text.strip():
            sizes.add(round(size * sqrt(abs(_area(user) * _area(matrix))), 1))

    for page in read_pdf(data).pages:
        page.extract_text(visitor_text=seen)
    return sizes


def _area(matrix):
    a, b, c, d = matrix[:4]
    return a * d - b * c


def is_tagged(data):
    """Whether it is tagged, says its language and title, and claims PDF/UA."""
    root = read_pdf(data).trailer["/Root"]
    marked = bool(root.get("/MarkInfo", {}).get("/Marked"))
    claims = b"pdfuaid" in root["/Metadata"].get_data()
    return marked and claims and "/StructTreeRoot" in root and bool(root.get("/Lang"))
