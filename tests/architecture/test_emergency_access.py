"""Break-glass is for reading and for writing down what was done: what lasts asks for a relationship."""

import ast

from tests.architecture.source import python_files, tree_of

READS = frozenset({"person_for", "case_for", "openable"})
ALLOWED = {
    "contacts": "a contact is what was done",
    "tasks": "a task asks somebody who has a relationship to go on",
    "letters": "a letter is printed, nothing changes",
    "proposals": "a concern is for the practice to decide",
    "review": "a practice decides about its own people; deciding opens no record to anybody",
    "emergency": "asks whether an opening is needed at all",
    "restrictions": "frees a record whose named users have all left; asks for a relationship in every other case",
}
"""The actions that may be carried out on a record opened in an emergency, and why."""


def test_only_these_actions_are_for_a_record_opened_in_an_emergency():
    users = set()
    for path in python_files("caseload/actions"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "caseload.queries.visible":
                users |= {path.stem for alias in node.names if alias.name in READS}
    assert users == ALLOWED.keys()
