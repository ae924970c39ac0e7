"""Guesses and codes sent at the same moment, on every database."""

from threading import Barrier, Thread

import pytest

from caseload.sign_in.local import check_code, check_password
from caseload.web import App
from tests.support.accounts import PASSWORD, audit_details, code_at, give_password, give_second_factor, user_row
from tests.support.patience import PATIENCE


@pytest.fixture
def navigator(store, town, clock):
    """The id of a user with a password and a second factor."""
    give_password(store, town.users["navigator"], clock())
    give_second_factor(store, town.users["navigator"], clock())
    return town.users["navigator"]


def at_once(number, do):
    """Do it so many times at the same moment; the answers."""
    ready, answers = Barrier(number, timeout=PATIENCE), []

    def one(which):
        ready.wait()
        answers.append(do(which))

    threads = [Thread(target=one, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_guesses_sent_at_once_are_counted_one_by_one(store, navigator, settings, clock):
    app = App(store, settings, clock)
    answers = at_once(8, lambda which: check_password(app, clock(), "navigator", f"not the password {which}"))
    assert answers == [None] * 8
    assert user_row(store, navigator).failed_sign_ins == 5
    assert check_password(app, clock(), "navigator", PASSWORD) is None
    reasons = [detail["reason"] for _, detail in audit_details(store, "sign_in.refused")]
    assert (reasons.count("password"), reasons.count("locked")) == (5, 4)


def test_right_guess_among_too_many_at_once_is_refused_when_it_comes_after_the_lock(store, navigator, settings, clock):
    app = App(store, settings, clock)
    at_once(5, lambda which: check_password(app, clock(), "navigator", f"not the password {which}"))
    assert at_once(3, lambda _: check_password(app, clock(), "navigator", PASSWORD)) == [None] * 3


def test_code_sent_several_times_at_once_is_taken_once(store, navigator, settings, clock):
    app = App(store, settings, clock)
    answers = at_once(4, lambda _: check_code(app, clock(), navigator, code_at(clock())))
    assert sorted(answers) == [False, False, False, True]


def test_right_password_sent_several_times_at_once_is_right_every_time(store, navigator, settings, clock):
    app = App(store, settings, clock)
    answers = at_once(4, lambda _: check_password(app, clock(), "navigator", PASSWORD))
    assert {answer.user_id for answer in answers} == {navigator}
