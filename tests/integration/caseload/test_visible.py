"""The edges of who may open whom: the first and the last moment, more than one role, who the person's practice is."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from caseload.clock import LONDON
from caseload.domain.permissions import Permission
from caseload.domain.words import ConsentPurpose, ConsentState, HandoverState, Role
from caseload.exceptions import NotThere
from caseload.queries.viewers import viewer_of
from caseload.queries.visible import case_for, person_for
from caseload.tables import CareTeamMember, Case, Consent, Handover, LeadAllocation, Person, User, UserRole
from tests.support.case_app import NOW
from tests.support.led_cases import led, opened

SECOND = timedelta(seconds=1)


def opens(store, town, username, number=1, now=NOW):
    with store.reading() as session:
        viewer = viewer_of(session, town.users[username], now)
        if viewer is None:
            return False
        try:
            person_for(session, viewer, now, town.people[number])
        except NotThere:
            return False
        return True


def said(store, town, number, state, purpose=ConsentPurpose.SHARING_HEALTH):
    with store.writing() as session:
        session.add(Consent(person_id=town.people[number], purpose=purpose, state=state, how="said", at=NOW))


def test_a_handover_opens_the_record_until_the_moment_it_lapses(store, town):
    case_id = led(store, town, 1, "ash.gp", "medical")
    with store.writing() as session:
        session.add(
            Handover(
                case_id=case_id,
                from_user_id=town.users["ash.gp"],
                to_user_id=town.users["nurse"],
                reason="x",
                state=HandoverState.REQUESTED,
                requested_at=NOW,
                requested_by=town.users["ash.gp"],
                expires_at=NOW + SECOND,
            )  # fmt: skip
        )
    assert [opens(store, town, "nurse", now=NOW + after) for after in (timedelta(0), SECOND)] == [True, False]


def test_a_place_on_the_care_team_opens_the_record_on_its_first_and_last_day(store, town):
    case_id = opened(store, town, 1)
    first, last = NOW.date(), NOW.date() + timedelta(days=2)
    with store.writing() as session:
        session.add(
            CareTeamMember(
                case_id=case_id,
                user_id=town.users["nurse"],
                role="nurse",
                from_on=first,
                until_on=last,
                added_at=NOW,
                added_by=town.users["ash.gp"],
            )  # fmt: skip
        )
    midnight = datetime(2026, 10, 5, tzinfo=LONDON)
    moments = [midnight - SECOND, midnight, midnight + timedelta(days=3) - SECOND, midnight + timedelta(days=3)]
    assert [opens(store, town, "nurse", now=moment) for moment in moments] == [False, True, True, False]


def test_leading_opens_the_record_from_the_moment_it_begins(store, town):
    case_id = led(store, town, 1, "nurse", "medical", code="persons_choice", note="x")
    assert opens(store, town, "nurse")
    with store.writing() as session:
        allocation = session.execute(select(LeadAllocation).where(LeadAllocation.case_id == case_id)).scalar_one()
        allocation.from_at = NOW + SECOND
    assert [opens(store, town, "nurse", now=NOW + after) for after in (timedelta(0), SECOND)] == [False, True]


def test_closing_the_case_ends_every_relationship_through_it(store, town):
    case_id = led(store, town, 1, "nurse", "medical", code="persons_choice", note="x")
    assert opens(store, town, "nurse")
    assert opens(store, town, "navigator")
    with store.writing() as session:
        case = session.get_one(Case, case_id)
        case.state, case.closed_at, case.closed_by = "closed", NOW, town.users["ash.gp"]
    assert not opens(store, town, "nurse")
    assert not opens(store, town, "navigator")
    assert opens(store, town, "ash.manager")


def test_a_role_opens_nothing_before_it_begins_or_after_it_ends(store, town):
    with store.writing() as session:
        role = session.execute(select(UserRole).where(UserRole.user_id == town.users["ash.manager"])).scalar_one()
        role.until_at = NOW + SECOND
    assert [opens(store, town, "ash.manager", now=NOW + after) for after in (timedelta(0), SECOND)] == [True, False]
    with store.writing() as session:
        session.get_one(UserRole, role_id(store, town, "ash.gp")).from_at = NOW + SECOND
    assert [opens(store, town, "ash.gp", now=NOW + after) for after in (timedelta(0), SECOND)] == [False, True]


def role_id(store, town, username):
    with store.reading() as session:
        return session.execute(select(UserRole.id).where(UserRole.user_id == town.users[username])).scalar_one()


def test_nobody_deactivated_opens_anything(store, town):
    with store.writing() as session:
        session.get_one(User, town.users["ash.gp"]).deactivated_at = NOW
    assert not opens(store, town, "ash.gp")


@pytest.mark.parametrize(
    ("states", "open_to_others"),
    [
        ((ConsentState.REFUSED,), False),
        ((ConsentState.GIVEN, ConsentState.WITHDRAWN), False),
        ((ConsentState.REFUSED, ConsentState.GIVEN), True),
    ],
)
def test_an_objection_to_sharing_is_in_force_at_once_for_everybody_but_the_own_practice(
    store, town, states, open_to_others
):
    led(store, town, 6, "birch.gp", "medical")  # a lead by role, employed by the person's own practice
    for state in states:
        said(store, town, 6, state)
    assert opens(store, town, "navigator", 6) is open_to_others
    assert opens(store, town, "chair", 6) is open_to_others
    assert opens(store, town, "birch.manager", 6)
    assert opens(store, town, "birch.gp", 6)


def test_an_objection_to_another_sector_or_another_purpose_changes_nothing(store, town):
    led(store, town, 1, "nurse", "medical", code="persons_choice", note="x")
    for purpose in ConsentPurpose:
        if purpose is not ConsentPurpose.SHARING_HEALTH:
            said(store, town, 1, ConsentState.REFUSED, purpose)
    assert opens(store, town, "nurse")
    assert opens(store, town, "navigator")


def test_the_practice_role_of_a_voluntary_organisation_does_not_outweigh_an_objection(store, town):
    with store.writing() as session:
        session.add(
            UserRole(
                user_id=town.users["volunteer"],
                role=Role.PRACTICE,
                place_id=town.places["Y90001"],
                from_at=NOW - timedelta(days=1),
            )  # fmt: skip
        )
    assert opens(store, town, "volunteer")
    said(store, town, 1, ConsentState.REFUSED, ConsentPurpose.SHARING_VOLUNTARY)
    assert not opens(store, town, "volunteer")


def test_an_administrator_who_is_on_a_care_team_still_opens_nobody(store, town):
    case_id = opened(store, town, 1)
    with store.writing() as session:
        session.add_all(
            CareTeamMember(
                case_id=case_id, user_id=town.users[username], role="nurse", from_on=NOW.date(), added_at=NOW,
                added_by=town.users["ash.gp"],
            )
            for username in ("admin", "ig", "integration")
        )  # fmt: skip
    assert not any(opens(store, town, username) for username in ("admin", "ig", "integration"))


def test_a_permission_of_one_role_does_not_reach_over_the_place_of_another(store, town):
    with store.writing() as session:
        session.add(
            UserRole(
                user_id=town.users["therapist"],
                role=Role.PRACTICE,
                place_id=town.places["Y90003"],
                from_at=NOW - timedelta(days=1),
            )  # fmt: skip
        )
    with store.reading() as session:
        viewer = town.viewer(session, "therapist")
        assert viewer.practices(Permission.RESTRICT_PERSON) == {town.places["Y90003"]}
        assert viewer.practices(Permission.OPEN_PERSON) == {
            town.places[code] for code in ("Y90001", "Y90002", "Y90003")
        }
    assert opens(store, town, "therapist", 10)
    assert not opens(store, town, "therapist", 1)


def test_missing_and_forbidden_are_the_same_answer(store, town):
    case_id = opened(store, town, 1)
    with store.reading() as session:
        nurse = town.viewer(session, "nurse")
        said = set()
        for ask, row_id in (
            (person_for, town.people[1]),
            (person_for, 99_999),
            (case_for, case_id),
            (case_for, 99_999),
        ):
            with pytest.raises(NotThere) as refused:
                ask(session, nurse, NOW, row_id)
            said.add(str(refused.value))
        assert len(said) == 1


def test_who_has_died_or_left_the_list_stays_open_to_their_practice(store, town):
    assert opens(store, town, "ash.manager", 5)
    assert opens(store, town, "birch.manager", 9)


def test_somebody_who_moves_practice_is_opened_by_the_new_one_and_not_by_the_old_one(store, town):
    with store.writing() as session:
        session.get_one(Person, town.people[1]).practice_id = town.places["Y90003"]
    assert not opens(store, town, "ash.manager")
    assert opens(store, town, "cedar.manager")
