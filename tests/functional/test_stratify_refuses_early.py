"""Options of `stratify` that cannot be right are refused before the work, not by a fault or after it."""

import pytest
from typer.testing import CliRunner

from interfaces.exceptions import UsageRefused
from stratify.commands import app
from stratify.exceptions import InputRefused, OutputRefused

SYNTH = ("synth", "{place}/borough", "--people", "500", "--index", "2026-10-01")
FIT = ("fit", "{place}/pack", "--index", "2026-10-01", "--key", "{place}/key", "--model", "{place}/model")
RUN = ("run", "{place}/pack", "--index", "2026-10-01", "--key", "{place}/key", "--score", "efi", "--out", "{place}/run")
EVALUATE = ("evaluate", "{place}/run", "--outcomes", "{place}/later", "--key", "{place}/key")
IMPORT = ("import-omop", "{place}/source", "--out", "{place}/pack")
CHECK = ("check-pack", "{place}/pack")
IDENTIFY = (
    "identify", "{place}/run", "{place}/pack", "--key", "{place}/key", "--purpose", "our monthly review",
    "--out", "{place}/people.csv",
)  # fmt: skip
DERIVE = ("derive-cutoffs", "{place}/run", "--name", "Here", "--out", "{place}/table.toml")


def stratify(place, *arguments):
    return CliRunner().invoke(app, [argument.replace("{place}", str(place)) for argument in arguments])


@pytest.mark.parametrize("command", [SYNTH, FIT, EVALUATE, IMPORT], ids=lambda command: command[0])
@pytest.mark.parametrize("seed", ["-1", str(2**31)])
def test_a_seed_the_libraries_cannot_take_is_a_usage_error(tmp_path, command, seed):
    found = stratify(tmp_path, *command, "--seed", seed).exception
    assert isinstance(found, UsageRefused)
    assert found.expected == "--seed to be a whole number from 0 to 2147483647"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    ("command", "option"),
    [(SYNTH, "--index"), (FIT, "--index"), (RUN, "--index"), (SYNTH, "--earlier"), (IMPORT, "--extracted-on")],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_day_nobody_can_have_meant_is_a_usage_error(tmp_path, command, option, day):
    found = stratify(tmp_path, *command, option, day).exception
    assert isinstance(found, UsageRefused)
    assert found.expected == f"{option} to be a day from 1900 to 2199"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", [SYNTH, CHECK, FIT, RUN, EVALUATE, IMPORT, IDENTIFY, DERIVE], ids=lambda command: command[0]
)
@pytest.mark.parametrize("file", ["{place}/nowhere/said.json", "{place}"], ids=["in no folder", "a folder"])
def test_a_result_that_cannot_be_written_is_refused_before_the_work(tmp_path, command, file):
    found = stratify(tmp_path, *command, "--json", file).exception
    assert isinstance(found, OutputRefused)
    assert "--json" in found.todo
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_is_refused_before_the_work(tmp_path):
    found = stratify(tmp_path, *EVALUATE, "--html", "{place}/nowhere/page.html").exception
    assert isinstance(found, OutputRefused)
    assert "--html" in found.todo


def test_a_place_without_a_name_is_refused_before_the_import(tmp_path):
    found = stratify(tmp_path, *IMPORT, "--place", " ").exception
    assert isinstance(found, InputRefused)
    assert "--place" in found.todo
    assert list(tmp_path.iterdir()) == []
