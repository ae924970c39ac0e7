"""Messages in files: framed as they were on the wire or one after the other as plain text, one or many, compressed or not.

Read piece by piece, so that a file may be larger than memory. Lines around batches of messages (FHS, BHS, BTS, FTS: HL7 v2.8
chapter 2, 2.10.3) are passed over.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from caseload.exceptions import RunRefused
from interfaces.hl7v2.mllp import HEAD, Framed, Frames, Noise, Piece, TooLarge

_AT_ONCE = 262_144
_GZIP = b"\x1f\x8b"
_FRAMED = re.compile(rb"\x0b(?:\xef\xbb\xbf)?MSH")
_HEADER = re.compile(rb"(?:\A|(?<=[\r\n]))(?:\xef\xbb\xbf)?MSH(?=[^A-Za-z0-9\s])")
_ENVELOPE = re.compile(rb"(?:\A|(?<=[\r\n]))(?:\xef\xbb\xbf)?(?:FHS|BHS|BTS|FTS)(?=[^A-Za-z0-9\s])")
_KEPT = 16
"""Bytes of a message that is too large that are kept, so that the next header is found where it is read in two pieces."""


def messages_in(path: Path, limit: int) -> Iterator[Piece]:
    """The messages of a file, byte for byte. RunRefused where it cannot be read.

    Noise is what belongs to none, TooLarge a message of more than `limit` bytes.
    """
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == _GZIP
        with _opened(path, compressed) as opened:
            yield from _pieces(opened, limit)
    except (OSError, EOFError, zlib.error) as error:
        raise RunRefused(
            "a file of messages that can be read", f"{path.name}, which cannot ({type(error).__name__})", "Check it."
        ) from None


def _opened(path: Path, compressed: bool) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path)) if compressed else path.open("rb")


def _pieces(file: IO[bytes], limit: int) -> Iterator[Piece]:
    first = file.read(_AT_ONCE)
    chunks = _chunks(first, file)
    return _framed(chunks, limit) if _FRAMED.search(first) else _plain(chunks, limit)


def _chunks(first: bytes, file: IO[bytes]) -> Iterator[bytes]:
    while first:
        yield first
        first = file.read(_AT_ONCE)


def _framed(chunks: Iterator[bytes], limit: int) -> Iterator[Piece]:
    frames = Frames(limit)
    for chunk in chunks:
        yield from frames.feed(chunk)
    left = len(frames.head) if frames.in_frame else frames.noise
    if left:
        yield Noise(left)


def _plain(chunks: Iterator[bytes], limit: int) -> Iterator[Piece]:
    held = b""
    skipping = False
    for chunk in chunks:
        held += chunk
        starts = [match.start() for match in _HEADER.finditer(held)]
        for begin, end in zip([0, *starts], starts, strict=False):
            if end > begin:
                yield from _one(held[begin:end], limit, skipping=skipping)
                skipping = False
        held = held[starts[-1] :] if starts else held
        skipping = skipping and not starts
        if len(held) > limit:
            if not skipping:
                yield TooLarge(held[:HEAD])
            held, skipping = held[-_KEPT:], True
    yield from _one(held, limit, skipping=skipping)


def _one(held: bytes, limit: int, *, skipping: bool) -> Iterator[Piece]:
    """What stands from one header to the next; nothing where it is the rest of a message that was too large."""
    if skipping:
        return
    envelope = _ENVELOPE.search(held)
    message = held[: envelope.start()] if envelope else held
    if not message.strip():
        return
    if not _HEADER.match(message):
        yield Noise(len(message))
    elif len(message) > limit:
        yield TooLarge(message[:HEAD])
    else:
        yield Framed(message)
