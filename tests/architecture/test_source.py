"""Rules our own code keeps, each with the reason in its name."""

import ast
import re

from tests.architecture.source import ROOT, committed_files, named, python_files, tree_of

LONGEST_FILE = 400


def imports_of(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def calls_of(path):
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def test_no_file_is_longer_than_a_person_can_hold():
    long = [
        named(p)
        for p in python_files("interfaces", "stratify", "caseload", "tests", "benchmarks", "scripts")
        if len(p.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]
    assert long == []


def test_file_names_are_nouns_of_the_field():
    vague = re.compile(r"(^|_)(utils?|helpers?|manager|handler|common|misc)(_|\.|$)")
    assert [named(p) for p in python_files() if vague.search(p.name)] == []


def test_nothing_is_ever_pickled():
    banned = {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}
    found = [(named(p), name) for p in python_files() for name in imports_of(p) if name.split(".")[0] in banned]
    assert found == []
    assert [named(p) for p in committed_files() if p.suffix in {".pkl", ".pickle", ".joblib"}] == []


def test_one_module_opens_duckdb_connections():
    opening = [named(p) for p in python_files() if re.search(r"duckdb\.connect\(", p.read_text(encoding="utf-8"))]
    assert opening == ["interfaces/extracts/engine.py"]


def test_one_module_makes_temporary_folders_so_that_what_a_killed_process_left_is_cleared():
    making = [named(p) for p in python_files() if re.search(r"\btempfile\b", p.read_text(encoding="utf-8"))]
    assert making == ["interfaces/scratch.py"]


def test_a_pack_is_always_opened_with_the_mapping_files_of_the_places_own_configuration():
    without = [
        f"{named(path)}:{call.lineno}"
        for path in python_files("stratify", "caseload")
        for call in calls_of(path)
        if ast.unparse(call.func) == "open_pack" and "configured" not in {one.arg for one in call.keywords}
    ]
    assert without == []


def test_only_the_clock_asks_for_the_time():
    asking = re.compile(r"\b(datetime\.now|date\.today|time\.time|utcnow)\(")
    found = [named(p) for p in python_files() if asking.search(p.read_text(encoding="utf-8"))]
    assert [name for name in found if name not in {"stratify/clock.py", "caseload/clock.py"}] == []


def test_randomness_is_always_seeded():
    found = []
    for path in python_files():
        for call in calls_of(path):
            if ast.unparse(call.func) in {"np.random.default_rng", "random.Random", "numpy.random.default_rng"}:
                found += [f"{named(path)}:{call.lineno}"] * (not call.args and not call.keywords)
            elif ast.unparse(call.func).startswith(("np.random.seed", "random.rand", "random.choice")):
                found.append(f"{named(path)}:{call.lineno}")
    assert found == []


def test_public_functions_say_what_they_are_for():
    silent = []
    for path in python_files():
        for node in tree_of(path).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and ast.get_docstring(node) is None:
                silent.append(f"{named(path)}:{node.lineno} {node.name}")
    assert silent == []


def test_messages_are_not_given_a_persons_values():
    """An exception or a log call must not be handed anything named after what identifies a person."""
    personal = re.compile(
        r"^(nhs_number|nhs|family_name|given_name|date_of_birth|birth|postcode|address_line|phone|person|patient|record)$"
    )
    found = []
    for path in python_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                scope: ast.AST = node.exc
            elif isinstance(node, ast.Call) and re.match(r"(logger|logging|log)\.", ast.unparse(node.func)):
                scope = node
            else:
                continue
            shown = (part.value for part in ast.walk(scope) if isinstance(part, ast.FormattedValue))
            names = {ast.unparse(value).rsplit(".", 1)[-1] for value in shown}
            found += [f"{named(path)}:{node.lineno} {name}" for name in names if personal.match(name)]
    assert found == []


def test_no_comparison_in_tests_is_so_loose_that_a_wrong_sign_passes():
    loose = re.compile(r"\b(rtol|rel)\s*=\s*(0\.[1-9]|[1-9](?!\d*e-))")
    assert [named(p) for p in python_files("tests") if loose.search(p.read_text(encoding="utf-8"))] == []


def test_the_licence_is_stated_in_the_metadata_and_in_the_file():
    assert 'license = "MIT"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
