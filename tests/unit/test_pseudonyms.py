"""Pseudonyms are HMAC-SHA-256 of the NHS number, and nothing else is accepted for one."""

import hashlib
import hmac
from pathlib import Path

import numpy as np
import pytest

from interfaces import pseudonyms as border
from stratify.pseudonyms import PERSON, Key, pseudonym, pseudonyms
from tests.support.packs import nhs

KEY = Key("0f0f0f0f", bytes(range(32)))


@pytest.mark.parametrize("secret", [bytes(32), bytes(range(32)), b"\xff" * 32])
def test_pseudonym_is_the_standard_librarys_hmac(secret: bytes) -> None:
    expected = hmac.new(secret, b"caretier/person/v1:" + nhs(1).encode(), hashlib.sha256).hexdigest()[:32]
    assert pseudonym(Key("any", secret), nhs(1)) == expected


def test_pseudonym_of_a_fixed_number_never_changes() -> None:
    # Computed once with openssl: printf 'caretier/person/v1:9990000018' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00...1f
    assert pseudonym(KEY, "9990000018") == "5f7bd734740d8972060f94ba770fec58"


def test_pseudonyms_in_bulk_are_those_of_each_in_order() -> None:
    numbers = [nhs(number) for number in (3, 1, 2)]
    assert [name.decode() for name in pseudonyms(KEY, numbers)] == [pseudonym(KEY, number) for number in numbers]
    assert list(pseudonyms(KEY, np.array(numbers, dtype=object))) == list(pseudonyms(KEY, numbers))


def test_pseudonyms_of_nobody_are_none() -> None:
    assert len(pseudonyms(KEY, [])) == 0


def test_pseudonyms_under_two_keys_share_nothing() -> None:
    numbers = [nhs(number) for number in range(1, 50)]
    assert not set(pseudonyms(KEY, numbers)) & set(pseudonyms(Key("other", b"k" * 32), numbers))


def test_pseudonym_carries_the_domain_prefix() -> None:
    bare = hmac.new(KEY.secret, nhs(1).encode(), hashlib.sha256).hexdigest()[:32]
    assert pseudonym(KEY, nhs(1)) != bare
    assert PERSON.endswith(b":")


@pytest.mark.parametrize(
    "text", ["", "999000001", "99900000188", "999 000 0018", "999000001x", "٩٩٩٠٠٠٠٠١٨", "９９９００００018"]
)
def test_pseudonym_of_anything_but_ten_digits_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ValueError, match="ten digits") as refused:
        pseudonyms(KEY, [nhs(1), text])
    assert not text or text not in str(refused.value)


def test_nine_and_eleven_digits_do_not_make_two_tens() -> None:
    with pytest.raises(ValueError, match="ten digits"):
        pseudonyms(KEY, ["999000001", "89990000026"])


def test_key_shows_its_id_and_not_its_secret() -> None:
    shown = f"{KEY!r} {KEY}"
    assert "0f0f0f0f" in shown
    assert KEY.secret.hex() not in shown
    assert repr(KEY.secret) not in shown


def test_the_borders_plain_pseudonyms_equal_those_in_bulk() -> None:
    numbers = [nhs(number) for number in range(1, 200)]
    assert border.pseudonyms(KEY, numbers) == [name.decode() for name in pseudonyms(KEY, numbers)]


def test_a_key_has_the_id_of_its_secret() -> None:
    assert Key.of(KEY.secret) == Key(hashlib.sha256(b"caretier/key-id:" + KEY.secret).hexdigest()[:8], KEY.secret)


def test_the_border_knows_no_numerical_library() -> None:
    source = Path(border.__file__).read_text(encoding="utf-8")
    assert "numpy" not in source
