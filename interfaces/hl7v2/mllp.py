"""Frames of the minimal lower layer protocol: one byte before a message, two after it.

Source: HL7 "Transport Specification: MLLP, Release 1". A frame is VT, the message, FS, CR. What senders do besides: leave the CR out
or write LF after it, send garbage before a frame, break off and begin again, put a VT (a soft line break) into free text.
"""

from dataclasses import dataclass

START = 0x0B
END = 0x1C
_START = bytes([START])
_END = bytes([END])
_AGAIN = (b"\x0bMSH", b"\x0b\xef\xbb\xbfMSH")  # a sender that broke off and began again; any other VT is text
_BETWEEN = b"\r\n"
HEAD = 2048
"""So many bytes of a frame that is too large are kept: enough for its header, to answer it with."""


@dataclass(frozen=True, slots=True, repr=False)
class Framed:
    """One message, byte for byte what stood between the marks."""

    message: bytes


@dataclass(frozen=True, slots=True)
class Noise:
    """So many bytes outside any frame, or of a frame that its sender broke off. What they were is not kept."""

    length: int


@dataclass(frozen=True, slots=True, repr=False)
class TooLarge:
    """A frame that has grown beyond the limit: told once, at once; the rest of it is passed over. `head` is its beginning."""

    head: bytes


Piece = Framed | Noise | TooLarge


class Frames:
    """Cuts a stream of bytes into frames, however the bytes come: the same bytes give the same pieces.

    Never holds more than `limit` bytes and what was fed last. `frames_begun` and `in_frame` are for whoever gives a frame a
    deadline, `noise` (bytes outside a frame that were not yet told) for whoever hangs up on a sender that never sends one.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_frame = False
        self.frames_begun = 0
        self.noise = 0
        self._skipping = False
        self._held = bytearray()

    @property
    def head(self) -> bytes:
        """The beginning of the frame that has not ended yet; empty outside one, and of one that is too large."""
        return bytes(self._held[:HEAD])

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that these bytes complete."""
        pieces: list[Piece] = []
        at = 0
        while at < len(data):
            at = self._inside(data, at, pieces) if self.in_frame else self._outside(data, at, pieces)
        return pieces

    def _outside(self, data: bytes, at: int, pieces: list[Piece]) -> int:
        start = data.find(_START, at)
        between = data[at:] if start < 0 else data[at:start]
        self.noise += len(between.translate(None, _BETWEEN))
        if start < 0:
            return len(data)
        if self.noise:
            pieces.append(Noise(self.noise))
        self.noise = 0
        self.in_frame = True
        self.frames_begun += 1
        return start + 1

    def _inside(self, data: bytes, at: int, pieces: list[Piece]) -> int:
        end = data.find(_END, at)
        stop = len(data) if end < 0 else end
        if not self._skipping:
            self._hold(data[at:stop], pieces)
        if end < 0:
            return stop
        if not self._skipping:
            pieces.extend(_latest(bytes(self._held)))
        self._held.clear()
        self._skipping = self.in_frame = False
        return end + 1

    def _hold(self, data: bytes, pieces: list[Piece]) -> None:
        room = self.limit - len(self._held)
        if len(data) <= room:
            self._held += data
            return
        pieces.append(TooLarge(bytes(self._held[:HEAD] + data[: min(room, HEAD)])[:HEAD]))
        self._held.clear()
        self._skipping = True


def _latest(held: bytes) -> list[Piece]:
    """The message of a frame; where its sender broke off and began again, the last one and how much went before."""
    start = max(held.rfind(mark) for mark in _AGAIN)
    if start < 0:
        return [Framed(held)]
    return [Noise(start), Framed(held[start + 1 :])] if start else [Framed(held[1:])]


def framed(message: bytes) -> bytes:
    """A message in its frame. It must hold no end mark itself (ValueError): acknowledgements never do."""
    if _END in message:
        raise ValueError("an end mark inside a message")
    return _START + message + _END + b"\r"
