"""The check of pinned packages: a vulnerability fails it, a missing network does not, and it never passes in silence."""

import sys

import pytest

from scripts.advisories import NOT_REACHED, answer, asked
from tests.support.patience import PATIENCE

WHOLE = {"name": "flask", "version": "3.1.0", "vulns": []}
FAULTY = {"name": "jinja2", "version": "3.0.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.6"]}]}
UNKNOWN = {"name": "waitress", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def saying(text):
    return [sys.executable, "-c", f"print({text!r})"]


@pytest.mark.parametrize(
    ("known", "code", "said"),
    [
        ([WHOLE], 0, []),
        ([WHOLE, FAULTY], 1, ["jinja2 3.0.0: PYSEC-1, put right in 3.1.6"]),
        ([WHOLE, UNKNOWN], 0, ["Nothing was known of 1 packages, which were NOT checked: waitress."]),
        (None, 0, [NOT_REACHED]),
    ],
)
def test_what_is_known_decides(known, code, said):
    assert answer(known) == (code, said)


def test_who_answers_is_believed():
    assert asked(saying('{"dependencies": [{"name": "flask", "version": "3.1.0", "vulns": []}]}'), PATIENCE) == [WHOLE]


@pytest.mark.parametrize(
    "text", ["", "no answer", "{}", '{"dependencies": [{"name": "a", "skip_reason": "not found"}]}']
)
def test_no_answer_is_nobody_reached(text):
    assert asked(saying(text), PATIENCE) is None


def test_no_answer_in_time_is_nobody_reached():
    assert asked([sys.executable, "-c", "import time; time.sleep(600)"], 0.2) is None
