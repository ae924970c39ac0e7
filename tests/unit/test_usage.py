"""What is typed wrongly is answered by both programs with one plain paragraph, exit code 2, and never what was typed."""

import signal
import sys

import pytest

import caseload.__main__
import stratify.__main__
from stratify.exceptions import ConfigRefused
from stratify.population import read_purpose

MAIN = {"stratify": stratify.__main__.main, "caseload": caseload.__main__.main}
TYPED = "9990000018"  # somebody's number, where it does not belong
SYNTH = "synth place --people 500 --index 2026-10-01"
RUN = "run pack --index 2026-10-01 --key key --out run"
USER = "add-user new.user --name New"

WRONG = {
    f"stratify fit --{TYPED}": "Expected only options that `stratify fit` has. Found another. `stratify fit --help` lists them.",
    "stratify synth place --indx 2026-10-01": "Found another. Did you mean --index?",
    "stratify fit pack --key key --model model": "Expected the option --index DATE. Found none.",
    "stratify fit --index 2026-10-01 --key key --model model": "Expected the argument PACK. Found none.",
    f"stratify {TYPED}": "Expected a command that `stratify` has. Found another, or none.",
    "stratify descibe": "Did you mean describe?",
    f"stratify describe {TYPED}": "Expected only options after `stratify describe`. Found more.",
    f"stratify make-key key {TYPED}": "Expected only FILE and options after `stratify make-key`. Found more.",
    "stratify make-key": "Expected the argument FILE. Found none.",
    "stratify synth place --people": "Expected a value after --people. Found none.",
    f"stratify evaluate run --everyone={TYPED}": "Expected --everyone without a value. Found one.",
    f"stratify {SYNTH} --people {TYPED}x": "Expected --people to be a whole number of at least 500.",
    "stratify synth place --people 10 --index 2026-10-01": "Expected --people to be a whole number of at least 500.",
    f"stratify {SYNTH} --seed {TYPED}x": "Expected --seed to be a whole number from 0 to 2147483647.",
    f"stratify {SYNTH} --index {TYPED}": "Expected --index to be a day written as 2026-09-30.",
    f"stratify {SYNTH} --index 0001-01-01": "Expected --index to be a day from 1900 to 2199.",
    f"stratify {SYNTH} --format {TYPED}": "Expected --format to be one of csv, parquet.",
    f"stratify {RUN} --score {TYPED}": "Expected --score to be one of hfrs, charlson, efi.",
    f"stratify {RUN} --threads {TYPED}x": "Expected --threads to be a whole number of at least 1.",
    f"caseload --{TYPED}": "Expected only options that `caseload` has. Found another.",
    f"caseload {TYPED}": "Expected a command that `caseload` has. Found another, or none.",
    f"caseload audit {TYPED}": "Expected a command that `caseload audit` has. Found another, or none.",
    "caseload check-run": "Expected the argument RUN. Found none.",
    "caseload replay": "Expected the argument FILE…. Found none.",
    f"caseload {USER} --role {TYPED}": "Expected --role to be one of practice, navigator, ",
    f"caseload serve --port {TYPED}": "Expected --port to be a whole number from 0 to 65535.",
    f"caseload proportions --as-at {TYPED}x": "Expected --as-at to be a day written as 2026-09-30.",
    f"caseload gp-files folder --day {TYPED}x": "Expected --day to be a day written as 2026-09-30.",
}


@pytest.fixture
def said(monkeypatch, capsys, tmp_path):
    """A command line in, exit code and both streams out; the program's own edge is in between."""
    database = f"sqlite:///{tmp_path / 'case.sqlite'}"
    monkeypatch.setenv("CARETIER_DATABASE_URL", database)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules["__main__"], "__package__", "")  # what a program is called is read from here
    before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]

    def answered(line):
        program = line.split()[0]
        monkeypatch.setattr(sys, "argv", line.split())
        with pytest.raises(SystemExit) as end:
            MAIN[program]()
        return end.value.code, *capsys.readouterr()

    yield answered
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.parametrize("line", WRONG)
def test_a_usage_error_is_one_plain_paragraph_without_what_was_typed(said, line, tmp_path):
    code, out, err = said(line)
    assert (code, out, err.count("\n")) == (2, "", 1), err
    assert WRONG[line] in err
    assert err.startswith("Expected ")
    assert TYPED not in err
    assert list(tmp_path.iterdir()) == []


IDENTIFY = "stratify identify run pack --key key --out people.csv"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            f"stratify check-pack pack --allow-gap {TYPED}",
            "Expected the name of a feed, such as admissions. Found another.",
        ),
        (f"{IDENTIFY} --purpose our-monthly-review --tier {TYPED}", "Expected a tier out of very_high, high, moderate"),
    ],
)
def test_a_value_that_names_nothing_is_not_repeated(said, line, expected):
    code, out, err = said(line)
    assert (code, out, err.count("\n")) == (1, "", 1), err
    assert err.startswith(expected)
    assert TYPED not in err


def test_a_purpose_that_is_none_is_not_repeated():
    with pytest.raises(ConfigRefused, match=r"Expected a purpose of objections\.toml\. Found only ") as refused:
        read_purpose(TYPED)
    assert TYPED not in str(refused.value)


@pytest.mark.parametrize("line", ["stratify", "caseload", "caseload audit"])
def test_a_program_without_a_command_shows_its_help(said, line):
    code, out, err = said(line)
    assert (code, out) == (2, "")
    assert err.startswith(f"Usage: {line} [OPTIONS] COMMAND")


@pytest.mark.parametrize("line", ["stratify", "stratify fit", "caseload", "caseload audit verify"])
def test_help_is_what_it_was_and_no_error(said, line):
    code, out, err = said(f"{line} --help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: {line} [OPTIONS]")
    assert "--help" in out
