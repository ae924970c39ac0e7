"""Twenty thousand broken messages, or a hundred thousand: every one is taken or refused, and answered."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from interfaces.hl7v2.acks import acknowledge, acks_wanted
from interfaces.hl7v2.adt import check_before_ack, read_adt
from interfaces.hl7v2.mllp import Framed, Frames, framed
from interfaces.hl7v2.reading import header_of, split_message
from interfaces.hl7v2.refusals import AckCode, MessageRefused
from interfaces.hl7v2.triggers import TRIGGERS
from tests.support.effort import effort
from tests.support.hl7_messages import feed_rules, sent

CASES = effort(20_000, long=100_000)
TYPED_CASES = effort(300, long=1_000)
NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
RULES = feed_rules()
MRG = "MRG|A999^^^RYX^MR||||V900"
WHOLE = [sent(code, extra=(MRG,) if "MRG" in trigger.needs else ()) for code, trigger in TRIGGERS.items()]
SIGNS = [
    b"|",
    b"^",
    b"~",
    b"\\",
    b"&",
    b"\r",
    b"\n",
    b'""',
    b"\x0b",
    b"\x1c",
    b"\x00",
    b"\xff",
    b"\xc3\xa9",
    b"\\X0D\\",
    b"20261399",
    b"MSH|",
    b"^^^NHS^NH",
]

Mutation = Callable[[random.Random, bytearray], None]


def _overwrite(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def _insert(chance: random.Random, data: bytearray) -> None:
    place = chance.randrange(len(data))
    data[place:place] = chance.choice(SIGNS)


def _cut(chance: random.Random, data: bytearray) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.randrange(1, 40)]


def _repeat(chance: random.Random, data: bytearray) -> None:
    start = chance.randrange(len(data))
    data[start:start] = data[start : start + chance.randrange(1, 80)]


def _swap_lines(chance: random.Random, data: bytearray) -> None:
    lines = bytes(data).split(b"\r")
    chance.shuffle(lines)
    data[:] = b"\r".join(lines)


def _break_off(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(1, len(data) + 1) :]


def _other_ends(chance: random.Random, data: bytearray) -> None:
    data[:] = bytes(data).replace(b"\r", chance.choice([b"\n", b"\r\n", b"\r\r"]))


MUTATIONS: list[Mutation] = [_overwrite, _insert, _cut, _repeat, _swap_lines, _break_off, _other_ends]


def _broken(chance: random.Random) -> bytes:
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(300))
    data = bytearray(chance.choice(WHOLE))
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        chance.choice(MUTATIONS)(chance, data)
        data = data or bytearray(b"M")
    return bytes(data)


def _outcome(raw: bytes) -> str:
    header = header_of(raw)
    acks_wanted(header)
    error: MessageRefused | None = None
    code = AckCode.AA
    try:
        check_before_ack(split_message(raw), RULES)
    except MessageRefused as refused:
        error, code = refused, refused.ack
    answer = acknowledge(header, code, now=NOW, control_id="R1", error=error)
    assert answer.startswith(b"MSH")
    assert answer.split(b"\r")[1].startswith(b"MSA" + answer[3:4] + code.encode())
    assert error is None or len(answer.split(b"\r")) == 4
    return error.reason.value if error else "taken"


@pytest.mark.slow(seconds=30)
def test_broken_messages_are_taken_or_refused_and_nothing_else() -> None:
    chance = random.Random(20261005)
    outcomes: Counter[str] = Counter()
    frames = Frames(4096)
    for _ in range(CASES):
        pieces = frames.feed(framed(_broken(chance).replace(b"\x1c", b"")))
        for piece in pieces:
            if isinstance(piece, Framed):
                outcomes[_outcome(piece.message)] += 1
    assert outcomes.total() >= CASES
    assert len(outcomes) >= 10, outcomes  # it reaches into every corner, and does not stop at the header
    assert outcomes["taken"] > CASES // 10, outcomes


@pytest.mark.slow
def test_broken_messages_that_are_taken_are_read_by_hl7apy_too_or_noted() -> None:
    """What passes the check is never refused afterwards, whatever hl7apy says to it."""
    chance = random.Random(5)
    read = 0
    while read < TYPED_CASES:
        message_bytes = _broken(chance)
        try:
            message = split_message(message_bytes)
            if check_before_ack(message, RULES) is None:
                continue
        except MessageRefused:
            continue
        read_adt(message, RULES)
        read += 1
