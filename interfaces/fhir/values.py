"""The small parts resources are put together from: codes, references, periods, identifiers, narrative.

Source: FHIR R4 4.0.1, Data Types; Narrative. What is empty is left out: FHIR forbids empty texts, lists and objects.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from html import escape
from typing import Any

Json = dict[str, Any]

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""FHIR R4, string: no characters below 32 but tab, return and line feed; the rest cannot stand in XHTML or in UTF-8."""
_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
_SPACES = re.compile(r"\s+")


def text_of(words: str) -> str:
    """What somebody wrote, as a FHIR string can hold it; empty where nothing is left."""
    return _FORBIDDEN.sub("", words).strip()


def can_be_kept(words: str) -> bool:
    """Whether text that was sent can be written down at all: no database has NUL, and half a surrogate pair is no UTF-8."""
    return not _UNKEPT.search(words)


def is_fhir_text(words: str) -> bool:
    """Whether text that was sent comes back as it is: it has no character that `text_of` takes out."""
    return not _FORBIDDEN.search(words)


def code_of(words: str) -> str:
    """A code as FHIR has them: no space around it and single ones within."""
    return _SPACES.sub(" ", text_of(words)).strip()


def filled(**parts: Any) -> Json:
    """The parts that are there. A name that Python keeps for itself ends in an underscore here and not in the JSON."""
    return {name.rstrip("_"): part for name, part in parts.items() if part not in (None, "", [], {}, ())}


def listed(parts: Iterable[Any]) -> list[Any]:
    """The parts that are there, as a list."""
    return [part for part in parts if part not in (None, "", [], {}, ())]


def coding(system: str, code: str, display: str = "") -> Json:
    """One code of a code system; nothing without a code."""
    code = code_of(code)
    return filled(system=system, code=code, display=text_of(display)) if code else {}


def concept(*codings: Json, text: str = "") -> Json:
    """A CodeableConcept."""
    return filled(coding=listed(codings), text=text_of(text))


def reference(resource: str, logical_id: str) -> Json:
    """A reference to something this server has; nothing without an id."""
    return {"reference": f"{resource}/{logical_id}"} if logical_id else {}


def named(display: str) -> Json:
    """A reference to somebody this server has no resource for: only what they are called."""
    return filled(display=text_of(display))


def identifier(system: str, value: str, **parts: Any) -> Json:
    """An identifier; nothing without a value."""
    value = code_of(value)
    return filled(system=system, value=value, **parts) if value else {}


def own_identifier(system: str, value: str) -> Json:
    """An identifier as somebody else gave it; nothing without a value. A system is a URI, in which no space can stand."""
    value = text_of(value)
    return filled(system=_SPACES.sub("", text_of(system)), value=value) if value else {}


def moment(at: datetime | None) -> str | None:
    """An instant, to the millisecond, in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(on: date | None) -> str | None:
    """A date."""
    return None if on is None else on.isoformat()


def period(start: date | datetime | None, end: date | datetime | None) -> Json:
    """A period, by days or by moments."""
    return filled(start=_written(start), end=_written(end))


def _written(at: date | datetime | None) -> str | None:
    return moment(at) if isinstance(at, datetime) else day(at)


def annotations(texts: Iterable[str]) -> list[Json]:
    """One annotation for each text that says something."""
    return [{"text": said} for said in map(text_of, texts) if said]


XHTML = "http://www.w3.org/1999/xhtml"


def narrative(inner: Sequence[str], status: str = "generated") -> Json:
    """The text of a resource for people, from XHTML that `heading`, `paragraph` and `pairs` made; nothing from nothing."""
    return {"status": status, "div": f'<div xmlns="{XHTML}">{"".join(inner)}</div>'} if inner else {}


def heading(words: str) -> str:
    """A heading of a narrative."""
    return f"<h2>{_escaped(words)}</h2>"


def paragraph(words: str) -> str:
    """A paragraph of a narrative; nothing where nothing is said."""
    return f"<p>{_escaped(words)}</p>" if text_of(words) else ""


def pairs(lines: Iterable[tuple[str, str]]) -> str:
    """What is said of one entry: labels with their texts, line by line; nothing where nothing is said."""
    said = "".join(f"<dt>{_escaped(label)}</dt><dd>{_escaped(words)}</dd>" for label, words in lines if text_of(words))
    return f"<dl>{said}</dl>" if said else ""


def _escaped(words: str) -> str:
    return escape(text_of(words)).replace("\n", "<br/>")
