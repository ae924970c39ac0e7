"""The exit codes that the documentation lists are those that the programs end with, both ways."""

import ast
import re

import pytest

from caseload.exceptions import EXIT_CODES as OF_CASELOAD
from interfaces.command_edge import EDGE_CODES
from stratify.exceptions import EXIT_CODES as OF_STRATIFY
from tests.architecture.source import ROOT, python_files, tree_of

DOCUMENTED = {"stratify": set(OF_STRATIFY), "caseload": set(OF_CASELOAD)}
ENDS = {"typer.Exit", "sys.exit", "SystemExit", "os._exit"}
SAID = re.compile(r"[Ee]xit(?: codes?)?:? \(?(\d+)\b")
CELL = re.compile(r"\|\s*(\d+)\s*\|")


def codes_in_the_source(program):
    """Of refusals (`exit_code` of a class), of the edge, and those written where a command ends."""
    found = set(EDGE_CODES)
    for path in python_files("interfaces", program):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                found |= {constant(one.value) for one in node.body if sets_exit_code(one)}
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ENDS:
                found |= {constant(argument) for argument in node.args if isinstance(argument, ast.Constant)}
    return found


def sets_exit_code(node):
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == "exit_code" for target in targets)


def constant(node):
    assert isinstance(node, ast.Constant), ast.unparse(node)
    return node.value


@pytest.mark.parametrize("program", DOCUMENTED)
def test_every_documented_exit_code_is_in_the_code_and_the_other_way_round(program):
    assert DOCUMENTED[program] == codes_in_the_source(program)


@pytest.mark.parametrize("program", DOCUMENTED)
def test_the_reference_lists_exactly_these(program):
    page = (ROOT / "docs" / "reference" / f"{program}.md").read_text(encoding="utf-8")
    table = page.split("## Exit codes", 1)[1]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(DOCUMENTED[program])


def test_codes_that_pages_and_commands_speak_of_are_documented_ones():
    known = DOCUMENTED["stratify"] | DOCUMENTED["caseload"]
    pages = [*sorted((ROOT / "docs").rglob("*.md")), *python_files("stratify", "caseload"), ROOT / "README.md"]
    spoken = {(path.name, int(code)) for path in pages for code in SAID.findall(path.read_text(encoding="utf-8"))}
    for path in pages:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".md" and "| exit code |" in text:
            spoken |= {(path.name, int(code)) for code in CELL.findall(text)}
    assert len(spoken) > 10
    assert [one for one in sorted(spoken) if one[1] not in known] == []
