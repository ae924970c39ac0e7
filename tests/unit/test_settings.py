"""What the environment may say, and who is asking."""

import os
import pwd

import pytest

from stratify.exceptions import ConfigRefused
from stratify.settings import read_settings


def test_the_user_is_the_account_and_not_what_the_environment_says():
    account = pwd.getpwuid(os.geteuid()).pw_name
    assert read_settings({"USER": "somebody.else", "LOGNAME": "somebody.else"}).user == account


def test_a_service_may_name_the_person_it_acts_for():
    assert read_settings({"CARETIER_USER": "a.gp"}).user == "a.gp"


def test_an_account_without_a_name_is_nobody(monkeypatch):
    def nobody(number):
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert read_settings({}).user == ""


@pytest.mark.parametrize("threads", ["0", "-1", "two", "\u0662", ""])
def test_threads_must_be_a_whole_number(threads):
    with pytest.raises(ConfigRefused, match="CARETIER_THREADS"):
        read_settings({"CARETIER_THREADS": threads})


def test_a_configuration_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigRefused, match="CARETIER_CONFIG"):
        read_settings({"CARETIER_CONFIG": str(tmp_path / "none")})
