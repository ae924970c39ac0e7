"""Rules the case app's own code keeps: permissions, one door for writing, one for reading, nobody anonymous."""

import ast
import inspect
import re
from functools import cache

import pytest

from caseload.app import PAGES, create_app
from caseload.database import open_database
from caseload.domain.permissions import PERMISSIONS, Permission
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.store import Store
from caseload.tables import Table
from tests.architecture.source import ROOT, named, python_files, tree_of


@pytest.fixture(scope="module")
def app():
    secret = "only for looking at the routes, never served"
    store = Store(open_database("sqlite://"), Secrets.of(secret))
    return create_app(settings_with(secret_key=secret), store=store)


def test_every_route_says_which_permission_it_needs(app):
    unmarked = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and "permission" not in vars(app.view_functions[rule.endpoint])
    ]
    assert unmarked == []


def test_every_number_in_an_address_is_declared_a_number(app):
    loose = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for name in rule.arguments
        if name.endswith("_id") and f"<int:{name}>" not in rule.rule
    ]
    assert loose == []


def test_every_permission_is_given_to_somebody_and_asked_for_somewhere(app):
    assert set(PERMISSIONS) == set(Permission)
    assert [permission for permission, roles in PERMISSIONS.items() if not roles] == []
    source = "\n".join(path.read_text(encoding="utf-8") for path in python_files("caseload"))
    unused = [one.name for one in Permission if f"Permission.{one.name}" not in source.replace("Permission.X", "")]
    assert unused == []


def test_every_blueprint_is_registered():
    modules = {module.__name__.rsplit(".", 1)[-1] for module in PAGES if module.__name__.startswith("caseload.pages")}
    with_pages = {path.stem for path in (ROOT / "caseload" / "pages").glob("*.py") if "Blueprint(" in path.read_text()}
    assert modules == with_pages


def functions_of_actions():
    for path in sorted((ROOT / "caseload" / "actions").glob("*.py")):
        for node in tree_of(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield path, node


@cache
def performed():
    """The names of the functions that pages carry out for the signed-in user, whatever a page calls them."""
    return frozenset(_performed())


def _performed():
    for path in python_files("caseload/pages", "caseload/sign_in"):
        imported = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for call in ast.walk(tree_of(path)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "perform" and call.args:
                name = ast.unparse(call.args[0]).rsplit(".", 1)[-1]
                yield imported.get(name, name)


def test_what_pages_carry_out_is_told_who_acts_and_when():
    wanted = performed()
    assert len(wanted) > 30
    found = {node.name: (path, node) for path, node in functions_of_actions() if node.name in wanted}
    assert wanted - found.keys() == set()
    wrong = []
    for path, node in found.values():
        keywords = {argument.arg for argument in node.args.kwonlyargs}
        if [argument.arg for argument in node.args.args] != ["session"] or not {"by", "now"} <= keywords:
            wrong.append(f"{named(path)}:{node.lineno} {node.name}")
    assert wrong == []


def test_what_pages_carry_out_tells_the_audit_log():
    """Directly, or through another action it calls."""
    bodies = {
        (path.stem, node.name): ast.unparse(node)
        for path in (ROOT / "caseload" / "actions").glob("*.py")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef)
    }
    files = {}
    for module, name in bodies:
        files.setdefault(name, []).append(module)

    @cache
    def calls(module, name):
        called = set(re.findall(r"\b(\w+)\(", bodies[module, name])) & files.keys()
        return [(module, other) if module in files[other] else (files[other][0], other) for other in called]

    def tells(module, name):
        reached, ahead = set(), [(module, name)]
        while ahead:
            here = ahead.pop()
            if re.search(r"\brecord\(", bodies[here]):
                return True
            reached.add(here)
            ahead.extend(other for other in calls(*here) if other not in reached)
        return False

    wanted = {(path.stem, node.name) for path, node in functions_of_actions() if node.name in performed()}
    silent = sorted(name for module, name in wanted if not tells(module, name))
    assert silent == []


def test_actions_leave_committing_to_the_store():
    found = [
        f"{named(path)}:{call.lineno}"
        for path in python_files("caseload/actions", "caseload/intake", "caseload/pages", "caseload/sign_in")
        for call in ast.walk(tree_of(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith((".commit", ".rollback"))
    ]
    assert found == []


def test_pages_and_forms_ask_the_database_nothing():
    asking = re.compile(r"(?<![.\w])(?<!def )(select|insert|update|delete)\(|\.execute\(|\bsession\.(query|scalars?)\(")
    found = [
        named(path)
        for path in python_files("caseload/pages", "caseload/forms", "caseload/presenters", "caseload/sign_in")
        if asking.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_queries_write_nothing():
    writing = re.compile(r"\bsession\.(add|add_all|delete|merge|flush)\(|(?<![.\w])(insert|update|delete)\(")
    found = [named(path) for path in python_files("caseload/queries") if writing.search(path.read_text("utf-8"))]
    assert found == []


def test_queries_are_asked_by_somebody():
    """Everything a page may ask starts from the session; what is about people starts from the viewer as well."""
    import caseload.queries.visible as visible

    assert list(inspect.signature(visible.person_for).parameters)[:3] == ["session", "viewer", "now"]
    nameless = []
    for path in python_files("caseload/queries"):
        text = path.read_text(encoding="utf-8")
        if (
            re.search(r"select\([^)]*Person\.(family_name|given_name|nhs_number|name_key)", text)
            and "iewer" not in text
        ):
            nameless.append(named(path))
    assert nameless == []


def test_who_and_when_belong_together_in_the_database():
    """Where a table has `x_at` and `x_by` and both may be empty, a CHECK holds them together."""
    loose = []
    for table in Table.metadata.sorted_tables:
        checks = {str(constraint.name) for constraint in table.constraints}
        for column in table.columns:
            verb = column.name.removesuffix("_by")
            if verb != column.name and column.nullable and f"{verb}_at" in table.columns:
                both_empty = table.columns[f"{verb}_at"].nullable
                if both_empty and not any(name.endswith(f"{verb}_who_when") for name in checks):
                    loose.append(f"{table.name}.{column.name}")
    assert loose == []


def test_versioned_rows_are_never_updated_in_bulk():
    bulk = re.compile(r"\bupdate\((Person|Proposal|StagedDecision|Case|Handover|Task|CareTeamMember|User)\b")
    found = [named(path) for path in python_files("caseload/actions") if bulk.search(path.read_text("utf-8"))]
    assert found == []


def test_templates_hold_no_inline_style_script_or_outside_address():
    wrong = re.compile(r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*nonce)|(src|href)=\"https?://", re.I)
    folder = ROOT / "caseload" / "templates"
    found = [str(path.relative_to(ROOT)) for path in sorted(folder.rglob("*.html")) if wrong.search(path.read_text())]
    assert found == []
