"""Deactivating somebody at the very moment they are given a case, on every database."""

from datetime import timedelta
from threading import Barrier, Thread

from sqlalchemy import select

from caseload.actions.active_users import keep_active
from caseload.actions.mdt_series import change_series
from caseload.actions.users import deactivate_user
from caseload.domain.words import Role
from caseload.exceptions import NotNow
from caseload.queries.viewers import viewer_of
from caseload.tables import Case, LeadAllocation, MdtSeries, Organisation, User, UserRole
from tests.support.agenda_work import make_agendas
from tests.support.patience import PATIENCE

ROUNDS = 12


def test_nobody_is_deactivated_and_given_a_case_at_once(store, town, clock):
    nurses = [make_nurse(store, town, clock, number) for number in range(ROUNDS)]
    case_id = make_case(store, town, clock)
    outcomes = [race(store, town, clock, case_id, nurse, round_) for round_, nurse in enumerate(nurses)]
    assert all(sorted(outcome) in (["deactivated", "refused"], ["given", "refused"]) for outcome in outcomes), outcomes
    with store.reading() as session:
        held = select(User.id).join(LeadAllocation, LeadAllocation.user_id == User.id)
        assert session.execute(held.where(User.deactivated_at.is_not(None))).all() == []


def test_nobody_is_deactivated_and_made_to_chair_a_meeting_at_once(store, town, clock):
    agendas = make_agendas(store, town)
    nurses = [make_nurse(store, town, clock, number) for number in range(6)]
    with store.writing() as session:
        for nurse in nurses:
            session.add(UserRole(user_id=nurse, role=Role.NAVIGATOR, place_id=town.places["NORTH"], from_at=clock()))
    for nurse in nurses:
        series = agendas.row(MdtSeries, agendas.series_id)
        kept = ("name", "weekday", "starts", "venue", "coordinator_id", "quorum", "capacity", "row_version")
        given = {one: getattr(series, one) for one in kept} | {"series_id": series.id, "chair_id": nurse}

        def name(session, given=given):
            by = viewer_of(session, town.users["navigator"], clock())
            change_series(session, by=by, now=clock(), **given)

        outcome = both(store, town, clock, nurse, name)
        assert sorted(outcome) in (["deactivated", "refused"], ["given", "refused"]), outcome
    with store.reading() as session:
        chairs = select(User.id).join(MdtSeries, MdtSeries.chair_id == User.id)
        assert session.execute(chairs.where(User.deactivated_at.is_not(None))).all() == []


def race(store, town, clock, case_id, nurse, round_):
    """One thread deactivates, one gives them the case (for a moment); what became of each."""

    def give(session):
        keep_active(session, nurse)
        at = clock() + timedelta(minutes=round_)
        for earlier in session.execute(select(LeadAllocation).where(LeadAllocation.until_at.is_(None))).scalars():
            earlier.until_at = at
        session.flush()
        session.add(
            LeadAllocation(
                case_id=case_id, user_id=nurse, profession="nurse", from_at=at, rule_code="x", rule_version="1",
                sentence="x", confirmed_by=town.users["ash.manager"],
            )
        )  # fmt: skip

    return both(store, town, clock, nurse, give)


def both(store, town, clock, nurse, give):
    """One thread deactivates them, one gives them something; what became of each."""
    ready, outcomes = Barrier(2, timeout=PATIENCE), []

    def run(do, word):
        ready.wait()
        try:
            with store.writing() as session:
                do(session)
            outcomes.append(word)
        except NotNow:
            outcomes.append("refused")

    def deactivate(session):
        by = viewer_of(session, town.users["admin"], clock())
        deactivate_user(session, by=by, now=clock(), user_id=nurse)

    threads = [Thread(target=run, args=args) for args in ((deactivate, "deactivated"), (give, "given"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def make_nurse(store, town, clock, number):
    with store.writing() as session:
        user = User(
            username=f"nurse{number}", display_name=f"Nurse {number}", home_id=town.places["TRUST"], created_at=clock()
        )
        session.add(user)
        session.flush()
        session.add(UserRole(user_id=user.id, role="lead", place_id=town.places["EAST"], from_at=clock()))
        return user.id


def make_case(store, town, clock):
    with store.writing() as session:
        assert session.get(Organisation, town.places["EAST"]) is not None
        case = Case(person_id=town.people[1], state="open", opened_at=clock(), opened_by=town.users["ash.manager"])
        session.add(case)
        session.flush()
        return case.id
