"""Bytes of a message as text: by its own word for its characters, then by the feed's, then by trying.

Source: HL7 2.8 chapter 2, MSH-18 and table 0211. Trying goes UTF-8, cp1252 (what Windows systems send without saying so), and
ISO 8859-1, which takes every byte: so every message has a text, and that text written in the same characters has the same bytes.
"""

from dataclasses import dataclass

from interfaces.hl7v2.notes import Note, NoteCode

_BOM = b"\xef\xbb\xbf"
_CODECS = {
    "ASCII": "ascii",
    "USASCII": "ascii",
    "UTF8": "utf-8",
    "UNICODE": "utf-8",
    "UNICODEUTF8": "utf-8",
    "WINDOWS1252": "cp1252",
    "CP1252": "cp1252",
    "ANSI": "cp1252",
} | {
    f"{prefix}8859{part}": f"iso8859-{part}"
    for prefix in ("", "ISO", "ISOIEC")
    for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)
}
_LATIN_1 = "iso8859-1"
_TRIED = ("utf-8", "cp1252")
_C1 = bytes(range(0x80, 0xA0))
_PLAIN = str.maketrans("", "", " -_/.")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the codec that gave it, and what was noticed. `text` encoded again is the bytes without their mark."""

    text: str
    codec: str
    notes: tuple[Note, ...]


def codec_named(name: str) -> str | None:
    """The codec of a name of table 0211 or a usual misspelling of one; None where there is none.

    >>> codec_named("8859/1"), codec_named("UNICODE UTF-8"), codec_named("ISO IR87")
    ('iso8859-1', 'utf-8', None)
    """
    return _CODECS.get(name.upper().translate(_PLAIN))


def decoded(raw: bytes, hint: str = "") -> Decoded:
    """The text of a message; `hint` is the feed's own word, for where the message has none or a wrong one."""
    notes = []
    if raw.startswith(_BOM):
        raw = raw[len(_BOM) :]
        notes.append(Note(NoteCode.BYTE_ORDER_MARK))
    declared = _declared(raw)
    wanted = codec_named(declared) if declared else None
    if declared and wanted is None:
        notes.append(Note(NoteCode.CHARSET_UNKNOWN, "MSH-18"))
    text, codec = _first_that_fits(raw, wanted, codec_named(hint) if hint else None)
    if wanted not in (None, codec):
        notes.append(Note(NoteCode.CHARSET_NOT_AS_DECLARED, "MSH-18"))
    return Decoded(text, codec, tuple(notes))


def _declared(raw: bytes) -> str:
    """MSH-18, its first repetition, before anything is decoded: the header is ASCII in every set of the table we know."""
    if not raw.startswith(b"MSH") or len(raw) < 9:
        return ""
    line = raw[: _line_end(raw)]
    fields = line.split(raw[3:4], 18)
    if len(fields) < 18:
        return ""
    return fields[17].split(raw[5:6] or b"~")[0].decode("ascii", "replace").strip()


def _line_end(raw: bytes) -> int:
    ends = [at for at in (raw.find(b"\r"), raw.find(b"\n")) if at >= 0]
    return min(ends, default=len(raw))


def _first_that_fits(raw: bytes, wanted: str | None, hinted: str | None) -> tuple[str, str]:
    for codec in (wanted, hinted, *_TRIED):
        if codec is None or (codec == _LATIN_1 and codec in (wanted, hinted) and _has_controls(raw)):
            continue  # systems that say 8859/1 and mean cp1252 or UTF-8: nobody writes the control characters of 8859/1
        try:
            return raw.decode(codec), codec
        except UnicodeDecodeError:
            continue
    return raw.decode(_LATIN_1), _LATIN_1


def _has_controls(raw: bytes) -> bool:
    return not raw.isascii() and len(raw.translate(None, _C1)) < len(raw)
