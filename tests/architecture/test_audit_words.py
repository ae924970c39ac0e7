"""Every code that is written to the audit log has words, and every one with words is written somewhere."""

import ast
import re

from caseload.actions.merges import STAYS
from caseload.domain.case_rules import EVENTS
from caseload.domain.task_rules import TaskStep
from caseload.domain.words import ConsentState
from caseload.presenters.audit import ACTION_WORDS
from caseload.presenters.deeds import PAGES
from caseload.queries.restrictions import LIFTED, NAMED, RESTRICTED
from tests.architecture.source import python_files, tree_of

COMPOSED = {
    "case.": set(EVENTS.values()),
    "consent.": {state.value for state in ConsentState},
    "person.": {RESTRICTED, NAMED, LIFTED, "merged", "unmerged"},
    "task.": {step.value for step in TaskStep},
}
"""The codes that are put together, by their beginning: the verbs there are."""
_CODE = re.compile(r"[a-z_]+\.[a-z_]+")


def codes_and_beginnings():
    codes, beginnings = {"view", "sign_in", "sign_out", "run.load"}, set()
    for path in python_files("caseload/actions"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
                codes.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings |= set(re.findall(r"^[a-z_]+\.$", node.values[0].value))
    return codes - STAYS, beginnings


def test_every_code_of_the_audit_log_has_words():
    codes, beginnings = codes_and_beginnings()
    assert beginnings == COMPOSED.keys()
    composed = {f"{beginning}{verb}" for beginning, verbs in COMPOSED.items() for verb in verbs}
    assert sorted((codes | composed) - ACTION_WORDS.keys()) == []
    assert sorted(ACTION_WORDS.keys() - codes - composed) == []


def test_no_two_codes_say_the_same():
    said = list(ACTION_WORDS.values())
    assert sorted(words for words in set(said) if said.count(words) > 1) == []


def test_words_of_pages_are_of_pages_there_are():
    endpoints = set()
    for path in (*python_files("caseload/pages"), *python_files("caseload/sign_in")):
        functions = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef))
        endpoints |= {f"{path.stem}.{function.name}" for function in functions}
    assert sorted(PAGES.keys() - endpoints) == []
