"""Which passwords are taken, and how they are kept."""

from importlib.resources import files

import pytest
from argon2 import PasswordHasher

from caseload import passwords

WHO = {"username": "ash.manager", "display_name": "Amina Okafor"}


@pytest.mark.parametrize(
    "password",
    [
        "plum river candle",
        "coffee-train-fish",
        "zq8vK2mw!pLs",
        "Ein schöner Tag im Mai",
        "correct horse with a battery",
        "the manager of ash trees",
        "ключ от старого дома",
        "x" * 4 + "quite another thing",
    ],
)
def test_password_that_is_long_and_uncommon_is_taken(password):
    assert passwords.refusal(password, **WHO) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("short1!aB", "at least 12"),
        ("elevenchars", "at least 12"),
        ("x" * 129, "at most 128"),
        ("ash.manager", "at least 12"),
        ("ash.manager12", "your username"),
        ("ASH.MANAGER.2026", "your username"),
        ("AminaOkafor1", "your name"),
        ("okafor.amina", "your name"),
        ("caretier2026", "this service"),
        ("Caseload-Caretier", "this service"),
        ("aaaaaaaaaaaaaaa", "pattern"),
        ("abababababab", "pattern"),
        ("tulip7tulip7tulip7", "pattern"),
        ("abcdefghijklmnop", "pattern"),
        ("987654321098", "pattern"),
        ("qwertyuiopas", "pattern"),
        ("lkjhgfdsaqwerty", "pattern"),
        ("1qaz2wsx3edc", "pattern"),
        ("manchesterunited", "many people"),
        ("Manchester United 1", "many people"),
        ("password1234", "many people"),
        ("P@ssw0rd2026", "many people"),
        ("Liverp00l2026!", "many people"),
        ("iloveyou!!!!2026", "many people"),
        ("correct horse battery staple", "many people"),
        ("Ｐａｓｓｗｏｒｄ１２３４", "many people"),
    ],
)
def test_password_that_is_easy_to_guess_is_refused_with_the_reason(password, why):
    assert why in passwords.refusal(password, **WHO)


def test_passwords_need_no_kinds_of_characters_and_never_run_out():
    assert passwords.refusal("only lower case words", **WHO) is None
    assert not hasattr(passwords, "expires")


def test_deny_list_has_thousands_of_words_and_no_line_nobody_could_type():
    text = files("caseload").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    words = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    assert len(words) > 4_000
    assert all(word == word.casefold() for word in words)


def test_password_is_kept_as_argon2id_with_a_salt_of_its_own():
    first, second = passwords.hashed("plum river candle"), passwords.hashed("plum river candle")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.matches(first, "plum river candle")
    assert not passwords.matches(first, "plum river candles")


def test_nobodys_password_and_a_broken_one_match_nothing():
    assert not passwords.matches(None, "the password of nobody")
    assert not passwords.matches("$argon2id$broken", "x")


def test_nobodys_password_is_checked_as_often_as_anybodys(monkeypatch):
    class Spy(PasswordHasher):
        checked = 0

        def verify(self, kept, password):
            Spy.checked += 1
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "_HASHER", Spy(time_cost=1, memory_cost=64, parallelism=1))
    for kept in (None, passwords.hashed("plum river candle")):
        Spy.checked = 0
        assert not passwords.matches(kept, "another password")
        assert Spy.checked == 1


def test_nobodys_password_costs_as_much_to_check_as_anybodys():
    assert passwords._nobodys().split("$")[2:4] == passwords.hashed("x").split("$")[2:4]


def test_password_of_weaker_parameters_is_outdated():
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
    assert not passwords.is_outdated(passwords.hashed("x"))


def test_temporary_password_follows_from_its_form_and_the_secret_alone():
    first = passwords.temporary("a" * 32, "secret")
    assert first == passwords.temporary("a" * 32, "secret")
    assert first not in {passwords.temporary("b" * 32, "secret"), passwords.temporary("a" * 32, "another")}
    assert len(first) == 19
    assert passwords.refusal(first, **WHO) is None
