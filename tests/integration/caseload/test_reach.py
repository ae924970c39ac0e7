"""Whom something that leaves may be about: for urgent care, for a warehouse, and for a program that is both."""

import pytest
from sqlalchemy import func, select

from caseload.domain.words import Role
from caseload.queries.reach import reachable
from caseload.queries.visible import openable
from caseload.tables import Person, UserRole
from tests.support.case_app import NOW
from tests.support.flag_work import FlagWork, asking, program


@pytest.fixture
def work(store, town):
    """Person 1 with a plan, a yes and a flag in force."""
    work = FlagWork(store, town)
    work.set()
    return work


def reached(store, user_id, now=NOW):
    with store.reading() as session:
        wanted = select(Person.id).where(reachable(asking(session, user_id, now), now)).order_by(Person.id)
        return list(session.execute(wanted).scalars())


def test_care_teams_reach_whom_they_may_open(store, town, work):
    for username in ("ash.manager", "navigator", "nurse", "ig"):
        with store.reading() as session:
            may_open = select(Person.id).where(openable(town.viewer(session, username), NOW)).order_by(Person.id)
            assert reached(store, town.users[username]) == list(session.execute(may_open).scalars()), username


def test_urgent_care_reaches_who_has_a_flag_in_force_in_its_place(store, town, work):
    assert reached(store, program(store, town, "urgent_care")) == [work.person_id]
    assert reached(store, program(store, town, "urgent_care", "Y90001", "near")) == [work.person_id]
    assert reached(store, program(store, town, "urgent_care", "Y90002", "far")) == []


def test_a_warehouse_reaches_who_said_no_to_nothing_and_is_not_restricted(store, town, work):
    warehouse = program(store, town, "warehouse", "Y90001")
    everybody = [town.people[number] for number in (1, 2, 3, 5)]  # person 4's record is restricted
    assert reached(store, warehouse) == everybody
    work.say("sharing_voluntary", "refused")
    assert reached(store, warehouse) == everybody[1:]
    work.say("sharing_voluntary", "given")
    assert reached(store, warehouse) == everybody


def test_who_said_no_is_looked_up_among_the_noes_alone(store, town, work):
    """A warehouse asks it of everybody of its place, and few say no."""
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL decides by how much there is")
    warehouse = program(store, town, "warehouse")
    with store.reading() as session:
        wanted = select(func.count()).select_from(Person).where(reachable(asking(session, warehouse), NOW))
        asked = wanted.compile(session.connection(), compile_kwargs={"render_postcompile": True})
        steps = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {asked}", tuple(asked.params[name] for name in asked.positiontup)
        )
        assert any("ix_consent_no" in step[3] for step in steps)


def test_a_program_with_both_roles_reaches_only_whom_both_reach(store, town, work):
    both = program(store, town, "warehouse")
    with store.writing() as session:
        place = session.execute(select(UserRole.place_id).where(UserRole.user_id == both)).scalar_one()
        session.add(UserRole(user_id=both, role=Role.URGENT_CARE, place_id=place, from_at=NOW))
    assert reached(store, both) == [work.person_id]
    work.say("sharing_voluntary", "refused")
    assert reached(store, both) == []


def test_a_record_that_was_merged_is_reached_by_nobody(store, town, work):
    users = [program(store, town, "urgent_care"), program(store, town, "warehouse"), town.users["ash.manager"]]
    work.person(merged_into_id=town.people[2])
    assert [work.person_id in reached(store, user_id) for user_id in users] == [False, False, False]
