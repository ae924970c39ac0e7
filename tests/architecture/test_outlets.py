"""Nothing gives out a file, JSON or an e-mail that is not in the table of outlets."""

import ast

import pytest
import typer

from caseload.app import create_app
from caseload.commands import app as commands
from caseload.database import open_database
from caseload.domain.outlets import NOTHING_OF_ANYBODY, OUTLETS, known_ways
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.store import Store
from tests.architecture.source import named, python_files, tree_of
from tests.support.page_cases import CASES, NOT_A_PAGE

SECRET = "only for listing the addresses, never served"

ANSWERS_OF_THEIR_OWN = {
    "Response",
    "jsonify",
    "send_file",
    "send_from_directory",
    "make_response",
    "stream_with_context",
}
MAKES_ANSWERS = {
    "caseload/pages/governance.py", "caseload/pages/headline.py", "caseload/pages/health.py",
    "caseload/pages/lead.py", "caseload/pages/mdt_room.py", "caseload/pages/plan_copies.py", "caseload/sign_in/pages.py",
}  # fmt: skip
"""The pages that answer something other than a page; each of their addresses is accounted for below, and all of the API's."""

WRITES = {
    "caseload/api/export_files.py": "Bulk export",
    "caseload/audit_note.py": "the last number and hash of the audit log",
    "caseload/backup.py": "caseload backup",
    "caseload/commands.py": "Headline",
    "caseload/intake/demo.py": "caseload demo",
    "caseload/intake/demo_hospital.py": "caseload demo",
    "caseload/intake/digest.py": "Daily e-mail",
    "caseload/intake/gp_files.py": "Practice file",
    "caseload/intake/hospital/metrics.py": "figures of feeds, without anybody in them",
    "caseload/opening.py": "the secret of a new installation",
    "caseload/secrets.py": "the secret of a new installation",
}
"""The modules that write files or send e-mail, with the outlet or the reason."""


def app():
    store = Store(open_database("sqlite://"), Secrets.of(SECRET))
    return create_app(settings_with(secret_key=SECRET), store=store)


def command_names(title, group):
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from command_names(f"{title} {name}", command)
        else:
            yield f"{title} {name}"


def not_pages():
    """Endpoints that answer something other than a page: every one of the API, and those that are told as no pages."""
    served = app()
    leads_on = {name for name, why in NOT_A_PAGE.items() if why.startswith("sends on")}
    for endpoint, view in served.view_functions.items():
        of_api = view.__module__.startswith("caseload.api")
        if (of_api or endpoint in NOT_A_PAGE) and endpoint not in leads_on and endpoint not in CASES:
            yield endpoint


def calls(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield node, node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_every_address_that_is_no_page_is_accounted_for():
    assert sorted(set(not_pages()) - known_ways()) == []


def test_every_command_is_accounted_for():
    names = set(command_names("caseload", typer.main.get_command(commands)))
    assert sorted(names - known_ways()) == []


def test_the_tables_name_nothing_that_is_not_there():
    there = {*app().view_functions, *command_names("caseload", typer.main.get_command(commands))}
    assert sorted(known_ways() - there) == []
    both = {way for outlet in OUTLETS for way in outlet.made_by} & NOTHING_OF_ANYBODY.keys()
    assert sorted(both) == []


def test_no_other_module_answers_something_of_its_own():
    found = {
        named(path)
        for path in python_files("caseload/pages", "caseload/sign_in")
        if any(name in ANSWERS_OF_THEIR_OWN for _, name in calls(path))
    }
    assert sorted(found ^ MAKES_ANSWERS) == []


def test_no_other_module_writes_files_or_sends_e_mail():
    found = {named(path) for path in python_files("caseload") if writes(path)}
    assert sorted(found - WRITES.keys()) == []
    assert sorted(WRITES.keys() - found) == []


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda one: one.name)
def test_an_outlet_says_what_and_to_whom_and_by_which_rule(outlet):
    assert all((outlet.name, outlet.what, outlet.to_whom, outlet.rule, outlet.made_by))


def test_a_way_to_a_file_is_found(tmp_path):
    ways = ("path.write_text('x')", "open('x', 'w')", "import smtplib", "os.open('x', os.O_CREAT | os.O_WRONLY)")
    for number, source in enumerate(ways):
        path = tmp_path / f"{number}.py"
        path.write_text(source)
        assert writes(path), source
    reads = tmp_path / "reads.py"
    reads.write_text("open('a file').read()")
    assert not writes(reads)


def writes(path):
    tree = tree_of(path)
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    flags = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & {"O_WRONLY", "O_RDWR"}
    return "smtplib" in names or bool(flags) or any(_writes(node, name) for node, name in calls(path))


def _writes(node, name):
    if name in ("write_text", "write_bytes", "fdopen"):
        return True
    if name != "open":
        return False
    modes = [one.value for one in node.args if isinstance(one, ast.Constant)]
    modes += [one.value.value for one in node.keywords if one.arg == "mode" and isinstance(one.value, ast.Constant)]
    return any(isinstance(mode, str) and len(mode) <= 3 and set(mode) & set("wax") for mode in modes)
