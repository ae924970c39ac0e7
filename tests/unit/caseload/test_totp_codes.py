"""Codes of a second factor."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from cryptography.fernet import Fernet

from caseload import second_factor
from tests.support.accounts import SECRET, code_at

NOW = datetime(2026, 10, 5, 9, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


def test_code_of_rfc_6238_is_right():
    secret = b32encode(b"12345678901234567890").decode()
    assert second_factor.step_of(secret, "287082", datetime.fromtimestamp(59, UTC), None) == 1


@pytest.mark.parametrize(("seconds", "step"), [(0, STEP), (-30, STEP - 1), (30, STEP + 1)])
def test_code_of_this_half_minute_or_the_ones_beside_it_is_right(seconds, step):
    assert second_factor.step_of(SECRET, code_at(NOW + timedelta(seconds=seconds)), NOW, None) == step


@pytest.mark.parametrize("seconds", [-60, 60, 3600])
def test_code_of_another_time_is_wrong(seconds):
    assert second_factor.step_of(SECRET, code_at(NOW + timedelta(seconds=seconds)), NOW, None) is None


def test_code_that_was_used_or_is_older_than_the_used_one_is_wrong():
    code, before = code_at(NOW), code_at(NOW - timedelta(seconds=30))
    assert second_factor.step_of(SECRET, code, NOW, STEP) is None
    assert second_factor.step_of(SECRET, before, NOW, STEP) is None
    assert second_factor.step_of(SECRET, code, NOW, STEP - 1) == STEP


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "0000000", "１２３４５６", "💥"])
def test_code_that_is_none_is_wrong(code):
    assert second_factor.step_of(SECRET, code, NOW, None) is None


def test_code_is_taken_with_spaces():
    code = code_at(NOW)
    assert second_factor.step_of(SECRET, f" {code[:3]} {code[3:]}", NOW, None) == STEP


def test_secret_is_sealed_and_opens_only_with_its_key():
    key = Fernet.generate_key()
    kept = second_factor.sealed(SECRET, key)
    assert SECRET.encode() not in kept
    assert second_factor.opened(kept, key) == SECRET
    with pytest.raises(ValueError, match="does not open"):
        second_factor.opened(kept, Fernet.generate_key())


def test_square_is_an_image_that_asks_nobody():
    address = second_factor.square(second_factor.new_secret(), "ash.manager")
    assert address.startswith("data:image/svg+xml")
    assert "http" not in unquote(address).replace("http://www.w3.org/2000/svg", "")


def test_new_secrets_are_long_and_never_the_same():
    made = {second_factor.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(one) == 32 for one in made)
