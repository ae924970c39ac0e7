"""One connection: bytes in, answers out in the order of their messages, one for every frame.

Source: HL7 "Transport Specification: MLLP, Release 1"; HL7 v2.8 chapter 2, 2.9 (acknowledgements). A sender that pipelines
is read from while its earlier messages are being stored, up to a number of messages; then its own system keeps what it
sends, until it is read from again.
"""

import asyncio
import logging
import socket
from collections import deque
from typing import cast

from caseload.domain.arrivals import ArrivalOutcome
from caseload.intake.hospital.answers import refusal_of
from caseload.intake.hospital.door import not_now
from caseload.intake.hospital.hall import Hall, Reply, Unanswered
from interfaces.hl7v2.mllp import Framed, Frames, Noise, Piece, TooLarge
from interfaces.hl7v2.reading import header_of
from interfaces.hl7v2.refusals import Reason

_log = logging.getLogger(__name__)
_MOST_UNANSWERED = 256


class Connection(asyncio.BufferedProtocol):
    """A sender, from when it connects to when it is gone."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._frames = Frames(hall.limits.message_bytes)
        self._loop = asyncio.get_running_loop()
        self._unanswered: deque[Reply] = deque()
        self._paused: set[str] = set()
        self._frame = 0
        self._frame_since = self._heard_at = self._blocked_since = 0.0
        self._ending = False
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)

    # --- what the event loop calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connected."""
        self._transport = cast(asyncio.Transport, transport)
        self._heard_at = self._loop.time()
        # A sender whose machine went away says nothing, and neither does one that has nothing to say: the system asks.
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if not self._hall.enter(self):
            self._ending = True
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """They are gone, or we hung up. What was read of them is stored all the same."""
        if self._frames.in_frame and not self._ending:
            self._hall.metrics.count("frames_cut_total", how="hung up")
        self._ending = True
        self._hall.leave(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where to read into: one place for all connections, because what is read is taken out at once."""
        return self._hall.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes were read."""
        if self._ending:
            return
        self._heard_at = self._loop.time()
        for piece in self._frames.feed(bytes(self._hall.buffer[:nbytes])):
            self._take(piece)
        self._time_frame()
        if self._frames.noise > self._hall.limits.message_bytes:
            self._hall.metrics.count("noise_bytes_total", self._frames.noise)
            self._end("bytes that are in no frame")
        self.send_answers()

    def eof_received(self) -> bool:
        """They will send nothing more; what they sent is answered before we hang up as well."""
        if self._frames.in_frame:
            self._hall.metrics.count("frames_cut_total", how="hung up")
        self._ending = True
        self._close_when_done()
        return self._transport.get_extra_info("sslcontext") is None  # TLS has no half-closed connections

    def pause_writing(self) -> None:
        """They do not read our answers: then we read nothing of theirs."""
        self._blocked_since = self._loop.time()
        self.pause("answers unread")

    def resume_writing(self) -> None:
        """They have read them."""
        self.go_on("answers unread")

    # --- what the hall calls ---

    def pause(self, why: str) -> None:
        """Read nothing until every reason for it is gone."""
        self._paused.add(why)
        self._transport.pause_reading()

    def go_on(self, why: str) -> None:
        """One reason for not reading is gone."""
        if why not in self._paused:
            return
        self._paused.discard(why)
        if not self._paused and not self._transport.is_closing():
            self._heard_at = self._frame_since = self._loop.time()  # they could not send meanwhile
            self._transport.resume_reading()

    def send_answers(self) -> None:
        """Send what is answered, in the order it came: a message that waits keeps back those behind it."""
        ready: list[bytes] = []
        while self._unanswered and (text := self._unanswered[0].text) is not None:
            message = self._unanswered.popleft()
            self._hall.metrics.answered(self._loop.time() - message.since)
            ready.append(text)
        if ready and not self._transport.is_closing():
            self._transport.write(b"".join(ready))
        if len(self._unanswered) >= _MOST_UNANSWERED:
            self.pause("unanswered")
        elif len(self._unanswered) <= _MOST_UNANSWERED // 2:
            self.go_on("unanswered")
        self._close_when_done()

    def check(self) -> None:
        """Called every so often: whether a frame takes too long, nothing was sent for too long, or answers stay unread."""
        now, limits = self._loop.time(), self._hall.limits
        if "answers unread" in self._paused and now - self._blocked_since > limits.frame_seconds:
            _log.info("the connection from %s was cut off: it does not read its answers", self._from)
            self._transport.abort()
        if self._paused or self._ending:
            return
        if self._frames.in_frame and now - self._frame_since > limits.frame_seconds:
            self._cut_frame()
        elif not self._frames.in_frame and not self._unanswered and now - self._heard_at > limits.idle_seconds:
            self._end("nothing said for long")

    def finish(self) -> None:
        """The listener is being stopped: hang up where nothing is being sent and everything is answered."""
        if not self._frames.in_frame and not self._unanswered:
            self._ending = True
            self._close_when_done()

    def abort(self) -> None:
        """Hang up now."""
        self._transport.abort()

    # --- its own ---

    def _take(self, piece: Piece) -> None:
        match piece:
            case Noise(length):
                self._hall.metrics.count("noise_bytes_total", length)
            case TooLarge(head):
                self._refuse(head, Reason.TOO_LARGE, "The message is larger than is taken here.")
            case Framed(message) if self._hall.stopping:
                self._refuse(message, Reason.TOO_BUSY, "The listener is being stopped. Send it again later.")
            case Framed(message):
                self._receive(message)

    def _receive(self, raw: bytes) -> None:
        message = Unanswered(since=self._loop.time(), connection=self, examined=self._hall.door.examine(raw))
        self._unanswered.append(message)
        self._hall.store(message)

    def _refuse(self, begin: bytes, reason: Reason, sentence: str) -> None:
        """Answer, in its turn, what is not stored: its sender has it still. `begin` holds its header if anything does."""
        header = header_of(begin)
        feed = self._hall.door.feed_of(header)
        self._hall.count(feed, ArrivalOutcome.REFUSED)
        self._hall.metrics.count("refusals_total", feed=feed, reason=reason)
        text = refusal_of(header, not_now(reason, sentence), now=self._hall.now())
        self._unanswered.append(Reply(since=self._loop.time(), text=text))

    def _time_frame(self) -> None:
        """Note when the frame that is coming in began."""
        if self._frames.in_frame and self._frames.frames_begun != self._frame:
            self._frame, self._frame_since = self._frames.frames_begun, self._loop.time()

    def _cut_frame(self) -> None:
        self._hall.metrics.count("frames_cut_total", how="too slow")
        if self._frames.head:  # of one that is too large it is empty: that was answered when it grew so
            self._refuse(self._frames.head, Reason.TOO_BUSY, "The message did not end in time. Send it again.")
        self._end("a message that did not end in time")

    def _end(self, why: str) -> None:
        _log.info("the connection from %s was ended: %s", self._from, why)
        self._ending = True
        self.send_answers()

    @property
    def _from(self) -> str:
        """The address of the sender's machine."""
        return str((self._transport.get_extra_info("peername") or ("nowhere",))[0])

    def _close_when_done(self) -> None:
        if self._ending and not self._unanswered:
            self._transport.close()
