"""A form that was shown before somebody else's change is refused."""

from types import SimpleNamespace

import pytest

from caseload.actions.versions import check_version
from caseload.exceptions import Conflict


def test_row_as_the_form_showed_it_passes():
    check_version(SimpleNamespace(row_version=3), 3)


@pytest.mark.parametrize("shown", [2, 4])
def test_row_of_another_version_is_a_conflict_that_says_what_is_there_now(shown):
    with pytest.raises(Conflict) as caught:
        check_version(SimpleNamespace(row_version=3), shown, theirs={"Due": "9 October 2026"})
    assert caught.value.theirs == {"Due": "9 October 2026"}
    assert caught.value.http_status == 409


def test_conflict_without_words_has_none():
    with pytest.raises(Conflict) as caught:
        check_version(SimpleNamespace(row_version=3), 1)
    assert caught.value.theirs == {}
