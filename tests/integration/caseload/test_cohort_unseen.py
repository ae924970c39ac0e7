"""A cohort of people whom its viewer may not open: said before they are taken, and on the board."""

import re

from caseload.domain.words import Role
from caseload.presenters.cohorts import unseen_words, why_unseen
from caseload.tables import Cohort
from tests.integration.caseload.test_cohort_actions import rows
from tests.integration.caseload.test_cohort_pages import names_on
from tests.support.led_cases import opened


def test_who_takes_people_they_may_not_open_is_told_before_and_on_the_board(client_as, get, post, store, town):
    """A navigator opens people of their place who have a case: of a cohort without cases nobody, until a practice accepts one."""
    client, page = (
        client_as("navigator"),
        f"/cohorts/new?place={town.places['NORTH']}&size=25&tiers=very_high&tiers=high&cases=without",
    )
    preview = get(client, page)
    why = "You can open people of your place while they have an open case: their practice accepts them first."
    assert "You may not open any of these 5 people" in preview
    assert "will not stand on your board until you may open them" in preview
    assert why in preview
    answer = post(client, "/cohorts/new", {"tiers": ["very_high", "high"], "name": "North"}, page=page)
    assert answer.status_code == 200
    (cohort,) = rows(store, Cohort)
    for view in ("", "?view=list"):
        board = get(client, f"/cohorts/{cohort.id}{view}")
        assert "There is nobody in this cohort whom you may open." in board
        assert "You may not open any of these 5 people" in board
        assert why in board
        assert "app-board__column" not in board
        assert not re.search(r"FAMILY|Family\d", board)
    opened(store, town, 1)
    board = get(client, f"/cohorts/{cohort.id}")
    assert "You may not open 4 of these 5 people" in board
    assert "Nobody whom you may open" in board
    assert names_on(board) == [1]


def test_the_reason_is_of_the_viewer_s_roles_and_never_of_a_person():
    by_case = "open case: their practice accepts them first"
    for role in Role:
        assert (by_case in why_unseen({role})) == (role in {Role.NAVIGATOR, Role.MDT_CHAIR})
    assert unseen_words(0, 25) == ""
    assert unseen_words(1, 1) == "You may not open this person: you are not shown who they are."
