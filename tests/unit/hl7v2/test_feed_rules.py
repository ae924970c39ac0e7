"""The rules of feeds: what a file says, what it cannot say, and what a message is known by."""

import re
import tomllib
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from interfaces.hl7v2.feed_rules import VERSIONS, ControlIds, Demographic, FeedRules, message_key, parse_feed_rules
from interfaces.hl7v2.reading import header_of
from tests.support.hl7_messages import feed_rules, sent

CONFIG = Path(__file__).parents[3] / "config" / "hospital_feeds.toml"
ROYAL: dict[str, Any] = {"name": "royal", "provider_code": "RYX", "sender": [{"application": "PAS", "facility": "RYX"}]}


def _parse(*feeds: dict[str, Any]) -> tuple[FeedRules, ...]:
    return parse_feed_rules({"version": "1", "feed": list(feeds)})


def test_file_that_is_delivered_has_no_feed_and_an_example_that_is_right_when_uncommented() -> None:
    text = CONFIG.read_text(encoding="utf-8")
    assert parse_feed_rules(tomllib.loads(text)) == ()
    head, _, example = text.partition("# [[feed]]")
    rules = parse_feed_rules(tomllib.loads(head + re.sub("(?m)^# ", "", "# [[feed]]" + example)))
    assert [(feed.name, feed.provider_code, feed.senders) for feed in rules] == [
        ("royal", "RYX", (("ROYALPAS", "RYX"),))
    ]
    assert rules[0].demographics == {Demographic.ADDRESS, Demographic.PHONE, Demographic.DEATH}
    assert (rules[0].silence, rules[0].quiet_until) == (timedelta(hours=1), time(6))


def test_feed_that_says_the_least_has_the_careful_defaults() -> None:
    (rules,) = _parse(ROYAL)
    assert rules.versions == VERSIONS
    assert rules.processing_ids == ("P",)
    assert rules.nhs_number_aliases == (("NHS", "NH"), ("NHS", ""), ("NHSNBR", "NHSNMBR"))
    assert (rules.made_up_numbers, rules.control_ids, rules.demographics) == (False, ControlIds.ONCE, frozenset())
    assert (rules.silence, rules.zone.key) == (None, "Europe/London")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Royal"},
        {"name": ""},
        {"provider_code": "ryx"},
        {"sender": []},
        {"sender": [{"application": "PAS"}]},
        {"sender": [{"application": "", "facility": "RYX"}]},
        {"versions": ["2.9"]},
        {"versions": []},
        {"processing_ids": ["X"]},
        {"charset": "EBCDIC"},
        {"time_zone": "Europe/Londinium"},
        {"nhs_number_aliases": ["CHI^NH"]},
        {"nhs_number_aliases": ["chi"]},
        {"nhs_number_aliases": ["HSC^NH"]},
        {"nhs_number_aliases": ["NHS^NI"]},
        {"nhs_number_aliases": ["RYX^MR"]},
        {"nhs_number_aliases": ["NHS^NH^X"]},
        {"nhs_number_aliases": ["^"]},
        {"control_ids": "weekly"},
        {"demographics": ["nhs_number"]},
        {"visit_number_from": ["PV1-50"]},
        {"silence_minutes": -1},
        {"silence_minutes": 7 * 24 * 60 + 1},
        {"quiet_from": time(1)},
        {"misspelt": 1},
    ],
)
def test_rules_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _parse({**ROYAL, **wrong})


def test_feeds_are_told_apart_by_name_and_by_sender() -> None:
    other = {**ROYAL, "name": "other"}
    with pytest.raises(ValidationError, match="every sender belongs to one feed"):
        _parse(ROYAL, other)
    with pytest.raises(ValidationError, match="a name of its own"):
        _parse(ROYAL, {**ROYAL, "sender": [{"application": "PAS2", "facility": "RYX"}]})
    assert len(_parse(ROYAL, {**other, "sender": [{"application": "PAS2", "facility": "RYX"}]})) == 2


def _key(raw: bytes, **rules: Any) -> str | None:
    return message_key(header_of(raw), feed_rules(**rules))


def test_message_is_known_by_its_sender_and_control_id() -> None:
    same = {_key(sent(control_id="7")), _key(sent("A03", control_id="7", msh={7: "20261006", 5: "X"}))}
    others = {
        _key(sent(control_id="07")),
        _key(sent(control_id="7", msh={3: "B"})),
        _key(sent(control_id="7", msh={4: "B"})),
    }
    assert len(same) == 1
    assert len(same | others) == 4
    assert all(key is not None and re.fullmatch("[0-9a-f]{64}", key) for key in same | others)


def test_message_of_a_feed_that_begins_again_daily_is_known_by_its_day_too() -> None:
    monday, later, tuesday = (
        _key(sent(msh={7: told}), control_ids="daily") for told in ("20261005083000", "20261005235959", "20261006")
    )
    assert monday == later != tuesday
    assert monday != _key(sent(msh={7: "20261005083000"}))


def test_message_without_a_control_id_is_known_by_nothing() -> None:
    assert _key(sent(control_id="")) is None
    assert _key(b"garbage") is None
