"""config/hospital_feeds.toml: what is shipped names nobody's hospital, and a wrong file is refused whole."""

import re
from pathlib import Path

import pytest

from caseload import hospital_feeds
from caseload.exceptions import SettingsRefused
from caseload.hospital_feeds import feeds_to_take, hospital_feeds_in
from tests.support.hl7_messages import feed_rules

SHIPPED = Path(__file__).resolve().parents[3] / "config" / "hospital_feeds.toml"


def test_the_shipped_file_has_no_feed():
    assert hospital_feeds_in(SHIPPED) == ()


def test_the_shipped_example_can_be_uncommented(tmp_path):
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    example = lines.index("# [[feed]]")
    file = tmp_path / "feeds.toml"
    file.write_text("\n".join([*lines[:example], *(line.removeprefix("# ") for line in lines[example:])]))
    [feed] = hospital_feeds_in(file)
    assert (feed.name, feed.silence_minutes) == ("royal", 60)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "version"),
        ('version = "1"\nfeeds = []', "feeds"),
        ('version = "1"\n[[feed]]\nname = "Royal Infirmary"', "name"),
        ("version = ", "Invalid value"),
    ],
)
def test_a_file_that_is_wrong(tmp_path, text, found):
    file = tmp_path / "feeds.toml"
    file.write_text(text)
    with pytest.raises(SettingsRefused, match=found):
        hospital_feeds_in(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingsRefused, match="no file that can be read"):
        hospital_feeds_in(tmp_path / "none.toml")


def test_the_feeds_a_command_takes(monkeypatch):
    feeds = (feed_rules(), feed_rules(name="other", sender=[{"application": "X", "facility": "Y"}]))
    monkeypatch.setattr(hospital_feeds, "read_hospital_feeds", lambda _file: feeds)
    assert feeds_to_take("") == feeds_to_take("other") == feeds
    with pytest.raises(SettingsRefused, match="Choose one of: royal, other"):
        feeds_to_take("elsewhere")
    monkeypatch.setattr(hospital_feeds, "read_hospital_feeds", lambda _file: ())
    with pytest.raises(SettingsRefused, match=r"a feed in config/hospital_feeds\.toml\..* Say there who sends"):
        feeds_to_take("")


def test_a_file_of_feeds_that_the_settings_name_is_named_where_it_has_none(tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text('version = "1"\n', encoding="utf-8")
    with pytest.raises(SettingsRefused, match=rf"a feed in {re.escape(str(file))}\. Found none"):
        feeds_to_take("", str(file))
