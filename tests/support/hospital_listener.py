"""A listener behind a real socket of this machine, and senders that are not ours or do what no good sender does."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select

from caseload.actions.hospital_messages import hold_message
from caseload.domain.border_words import MessageState
from caseload.intake.hospital.door import Door
from caseload.intake.hospital.hall import Limits
from caseload.intake.hospital.listening import Listener, Port
from caseload.tables import HospitalMessage
from interfaces.hl7v2.mllp import Framed, Frames, framed
from interfaces.hl7v2.reading import field_of, split_message
from tests.support.case_app import NOW
from tests.support.hl7_messages import feed_rules
from tests.support.patience import PATIENCE

FEED = feed_rules()
LIMITS = Limits(
    message_bytes=1_048_576,
    frame_seconds=PATIENCE,
    idle_seconds=PATIENCE,
    connections=400,
    waiting_bytes=67_108_864,
    stop_seconds=PATIENCE,
)
"""No time runs out in a test that does not mean it to."""


def applied(session, now, message_id, feed):
    """Acts on a message by marking it, and nothing else."""
    session.get_one(HospitalMessage, message_id).state = MessageState.APPLIED
    return MessageState.APPLIED


def held(session, now, message_id, feed):
    """Acts on a message by holding it."""
    hold_message(session, now=now, message_id=message_id, reason="visit_number")
    return MessageState.HELD


class Listening:
    """A listener in a thread: where it is, and how to stop it."""

    def __init__(self, listener):
        self.listener, self.host, self.port = listener, "127.0.0.1", 0
        self.fault = None
        self._ready = threading.Event()
        self._tls = None
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        try:
            self.listener.run(Port("127.0.0.1", 0, self._tls), self._opened)
        except BaseException as fault:
            self.fault = fault
            self._ready.set()
            raise

    def _opened(self, host, port):
        self.host, self.port = host, port
        self._ready.set()

    def start(self, tls=None):
        self._tls = tls
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        assert self.fault is None

    def stop(self):
        if self._thread.is_alive():
            self.listener.stop()
            self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@contextmanager
def listening(
    store, *, feeds=(FEED,), only="", apply=applied, now=lambda: NOW, tls=None, **limits
) -> Iterator[Listening]:
    """A listener on a free port while the block lasts; `limits` are those of `Limits` that differ."""
    listener = Listener(store, Door(feeds, only), replace(LIMITS, **limits), now=now, apply=apply)
    running = Listening(listener)
    running.start(tls)
    try:
        yield running
    finally:
        running.stop()


class Sender:
    """A connection of bytes, with what comes back cut into answers."""

    def __init__(self, running, *, wrap=None, receives=0):
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if receives:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        try:
            self.socket.connect((running.host, running.port))
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if wrap is not None:
            plain = self.socket
            try:
                self.socket = wrap(plain)
            finally:
                if self.socket is plain:
                    plain.close()
        self._frames = Frames(1_048_576)
        self._answers = []

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def tell(self, message):
        """Send a message in its frame and answer what comes back."""
        self.send(framed(message))
        return self.answer()

    def answer(self):
        """The next answer; None where they hung up."""
        while not self._answers:
            data = self.socket.recv(65_536)
            if not data:
                return None
            self._answers += [Answer(piece.message) for piece in self._frames.feed(data) if isinstance(piece, Framed)]
        return self._answers.pop(0)

    def has_heard(self, seconds):
        """Whether something came, or they hung up, within so long."""
        with selectors.DefaultSelector() as heard:
            heard.register(self.socket, selectors.EVENT_READ)
            return bool(heard.select(seconds))


class Answer:
    """An acknowledgement, as its fields."""

    def __init__(self, raw):
        self.raw = raw
        self._message = split_message(raw)

    def __getattr__(self, name):
        """`answer.msa_1` is field 1 of MSA, its first component."""
        segment, _, number = name.partition("_")
        told = field_of(self._message.first(segment.upper()), int(number))
        return told if isinstance(told, str) else ""

    @property
    def segments(self):
        return [segment.name for segment in self._message.segments]

    def part(self, name, number, comp):
        """One component of a field."""
        told = field_of(self._message.first(name), number, comp=comp)
        return told if isinstance(told, str) else ""


def kept(store):
    """Every message here, oldest first: (control id, state, reason, bytes)."""
    with store.reading() as session:
        rows = session.execute(select(HospitalMessage).order_by(HospitalMessage.id)).scalars()
        return [(row.control_id, row.state.value, row.reason_code, row.raw) for row in rows]


def ids(store):
    """The control ids of the messages here, oldest first."""
    return [row[0] for row in kept(store)]
