"""How fast HL7 v2 messages are split, checked, answered and typed, beside python-hl7 and hl7apy on the same message.

    python benchmarks/hl7_reading.py [--seconds 3] [--rounds 3] [--json FILE]

Messages a second of processor time, the best of the rounds; the ratios hold on a busy machine, the rates are lower bounds.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import hl7  # noqa: E402
from hl7apy.parser import parse_message  # noqa: E402

from benchmarks.measuring import machine  # noqa: E402
from interfaces.hl7v2.acks import acknowledge, prepare  # noqa: E402
from interfaces.hl7v2.adt import check_before_ack, read_adt  # noqa: E402
from interfaces.hl7v2.mllp import Framed, Frames, framed  # noqa: E402
from interfaces.hl7v2.reading import split_message  # noqa: E402
from interfaces.hl7v2.refusals import AckCode  # noqa: E402
from tests.support.hl7_messages import feed_rules, message  # noqa: E402

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
MORE = (
    "PV2||||||||20261005|20261010",
    "NK1|1|TESTPERSON^BEN|SPO",
    "AL1|1|DA|PENICILLIN",
    "DG1|1||J44.1^COPD^I10",
    "ZU1|1",
)


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often a second of processor time it can be done."""
    work()
    done, begun = 0, time.process_time()
    while (spent := time.process_time() - begun) < seconds:
        work()
        done += 1
    return done / spent


def works() -> dict[str, Callable[[], object]]:
    """What is measured, the product first. All of it reads the same message of ten segments."""
    prepare()
    text = message(extra=MORE)
    raw, stream, rules = text.encode(), framed(text.encode()), feed_rules()
    split = split_message(raw)

    def before_the_answer() -> bytes:
        (piece,) = Frames(1_000_000).feed(stream)
        assert isinstance(piece, Framed)
        taken = split_message(piece.message)
        check_before_ack(taken, rules)
        return framed(acknowledge(taken.header, AckCode.AA, now=NOW, control_id="R1"))

    return {
        "split": lambda: split_message(raw),
        "check": lambda: check_before_ack(split, rules),
        "acknowledge": lambda: acknowledge(split.header, AckCode.AA, now=NOW, control_id="R1"),
        "frame, split, check, acknowledge": before_the_answer,
        "read, with hl7apy's opinion": lambda: read_adt(split, rules),
        "python-hl7 parse": lambda: hl7.parse(text),
        "hl7apy parse_message": lambda: parse_message(text),
        "hl7apy parse_message, no groups": lambda: parse_message(text, find_groups=False),
    }


def main(arguments: list[str]) -> None:
    """Measure, and print rates and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(arguments)
    measured = works()
    rates = dict.fromkeys(measured, 0.0)
    for _ in range(asked.rounds):
        for name, work in measured.items():
            rates[name] = max(rates[name], rate(work, asked.seconds))
    floor = rates["hl7apy parse_message"]
    print(f"{'':36}{'messages/s':>12}{'microseconds':>14}{'x hl7apy':>10}")
    for name, value in rates.items():
        print(f"{name:36}{value:12,.0f}{1e6 / value:14,.0f}{value / floor:10,.1f}")
    if asked.json:
        found = {"machine": machine(), "bytes": len(message(extra=MORE)), "messages_per_second": rates}
        asked.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
