"""The log of identifications: purposes that say something, lines only ever added."""

import json
from datetime import UTC, datetime

import pytest

from stratify.exceptions import KeyRefused
from stratify.identification_log import Identification, append, log_path, stated_purpose


def act(rows):
    return Identification(
        datetime(2026, 10, 1, tzinfo=UTC), "a.gp", "care planning", "0" * 16, "0f0f0f0f", rows, "f.csv", "a" * 64
    )


def test_log_keeps_every_line(tmp_path):
    key = tmp_path / "town.key"
    for rows in (1, 2, 3):
        append(key, act(rows))
    lines = log_path(key).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["rows"] for line in lines] == [1, 2, 3]
    assert log_path(key).parent == key.parent


def test_stated_purpose_is_trimmed():
    assert stated_purpose("  care \n planning  ") == "care planning"


@pytest.mark.parametrize("text", ["", "too short", "  a  b  c  "])
def test_stated_purpose_refuses_what_says_nothing(text):
    with pytest.raises(KeyRefused, match="at least 10"):
        stated_purpose(text)


@pytest.mark.parametrize("number", ["9990000018", "999 000 0018", "999-000-0018"])
def test_stated_purpose_refuses_a_persons_number_without_repeating_it(number):
    with pytest.raises(KeyRefused) as refused:
        stated_purpose(f"looking up {number}")
    assert number not in str(refused.value)
