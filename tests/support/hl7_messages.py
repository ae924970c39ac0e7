"""HL7 v2 messages about nobody, put together field by field, in the manner of an English hospital's feed."""

from collections.abc import Mapping
from typing import Any

from interfaces.hl7v2.feed_rules import FeedRules, parse_feed_rules

NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050")
"""NHS numbers of the range that is never issued."""

Fields = Mapping[int, str]

_SHAPE = {
    "MSH": {3: "ROYALPAS", 4: "RYX", 5: "CARETIER", 6: "ICB", 7: "20261005083000", 11: "P"},
    "EVN": {2: "20261005082500", 6: "20261005081500"},
    "PID": {
        1: "1",
        3: "9990000018^^^NHS^NH~A123456^^^RYX^MR",
        5: "TESTPERSON^ADA^MAY^^MS^^L",
        7: "19440229",
        8: "2",
        11: "1 Example Road^Flat 2^Testham^^ZZ99 3VZ^^H",
        13: "07700900123^PRN",
        32: "NSTS01",
    },
    "PD1": {3: "EXAMPLE SURGERY^^Y90001"},
    "PV1": {
        1: "1",
        2: "I",
        3: "WARD 3^2^B^RYX01",
        4: "21",
        10: "300",
        14: "19",
        19: "V1001",
        44: "20261005081500",
    },
}


def feed_rules(**changed: Any) -> FeedRules:
    """The rules of the feed that these messages come from."""
    feed = {
        "name": "royal",
        "provider_code": "RYX",
        "sender": [{"application": "ROYALPAS", "facility": "RYX"}],
        "made_up_numbers": True,
        **changed,
    }
    return parse_feed_rules({"version": "test", "feed": [feed]})[0]


def segment(name: str, fields: Fields) -> str:
    """One segment from its fields by number; MSH-1 and MSH-2 are the usual ones unless given."""
    if name == "MSH":
        fields = {2: "^~\\&", **fields}
        first = 2
    else:
        first = 1
    return "|".join([name, *(fields.get(n, "") for n in range(first, max(fields, default=0) + 1))])


def message(
    trigger: str = "A01",
    *,
    version: str = "2.4",
    control_id: str = "M1",
    end: str = "\r",
    extra: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    **fields: Fields,
) -> str:
    """A message of MSH, EVN, PID, PD1 and PV1, with fields changed by segment (`pid={7: ""}`), and segments added or left out.

    >>> message("A31", without=("PD1", "PV1")).count("\\r")
    3
    """
    told = {name: {**usual, **fields.get(name.lower(), {})} for name, usual in _SHAPE.items()}
    told["MSH"] = {9: f"ADT^{trigger}", 10: control_id, 12: version, **told["MSH"]}
    lines = [segment(name, told[name]) for name in told if name not in without]
    return end.join([*lines, *extra]) + end


def sent(trigger: str = "A01", *, codec: str = "utf-8", **told: Any) -> bytes:
    """The same as bytes."""
    return message(trigger, **told).encode(codec)
