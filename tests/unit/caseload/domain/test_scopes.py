"""Scopes: read strictly, joined, and granted only as far as they were allowed."""

from itertools import product

import pytest

from caseload.domain.scopes import LETTERS, Context, granted, may, parse_scopes

SYSTEM = Context.SYSTEM


def joined(*texts):
    return [str(scope) for scope in parse_scopes(texts)]


def within(asked, allowed, context=SYSTEM):
    return " ".join(map(str, granted(parse_scopes(asked.split()), parse_scopes(allowed.split()), context)))


@pytest.mark.parametrize("text", ["system/Flag.rs", "user/*.cruds", "system/Task.c", "user/CarePlan.r"])
def test_a_scope_is_written_as_it_is_read(text):
    assert joined(text) == [text]


@pytest.mark.parametrize(
    "text",
    ["", "system/Flag.", "system/Flag.sr", "system/Flag.rr", "system/Flag.read", "system/Flag.*", "patient/Flag.r", "system/flag.r", "Flag.r", "system/Flag.rs ", "system/Flag.rs?x=1", "launch", "system/.r"],
)  # fmt: skip
def test_what_is_no_scope_is_refused(text):
    with pytest.raises(ValueError, match="not a SMART v2 scope"):
        parse_scopes([text])


def test_letters_of_one_resource_are_joined_in_their_order():
    assert joined("system/Flag.s", "system/Flag.r", "user/Flag.u") == ["system/Flag.rs", "user/Flag.u"]


@pytest.mark.parametrize(
    ("asked", "allowed", "given"),
    [
        ("system/Flag.rs", "system/Flag.r", "system/Flag.r"),
        ("system/*.rs", "system/Flag.rs system/Task.cr", "system/Flag.rs system/Task.r"),
        ("system/Flag.rs", "system/*.r", "system/Flag.r"),
        ("system/*.cruds", "system/*.r system/Task.cu", "system/*.r system/Task.cu"),
        ("system/Flag.c", "system/Flag.rs", ""),
        ("system/Flag.r", "system/Task.r", ""),
        ("user/Flag.r", "user/Flag.r", ""),
        ("system/Flag.r", "user/Flag.r", ""),
        ("", "system/*.cruds", ""),
    ],
)
def test_what_is_granted_lies_within_what_was_asked_and_allowed(asked, allowed, given):
    assert within(asked, allowed) == given


def test_granted_is_exactly_the_intersection():
    """Every pair of scopes of two resources, or a star, with up to three letters: compared letter by letter."""
    names, letters = ("*", "Flag", "Task"), ("r", "rs", "cu", "cruds")
    every = [f"system/{name}.{some}" for name in names for some in letters]
    for asked, one, other in product(every, every, every):
        found = granted(parse_scopes([asked]), parse_scopes([one, other]), SYSTEM)
        for resource, letter in product(("Flag", "Task", "Patient"), LETTERS):
            both = may(parse_scopes([asked]), resource, letter) and may(parse_scopes([one, other]), resource, letter)
            assert may(found, resource, letter) == both
