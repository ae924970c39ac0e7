"""A flag that is set while something it stands on ends: wholly before it or wholly after it, never in between."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from caseload.actions.consent import record_consent
from caseload.actions.flag_endings import sweep_flags
from caseload.actions.flags import set_flag
from caseload.actions.plans import withdraw_plan
from caseload.actions.restrictions import restrict_person
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.restriction import RestrictReason
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.exceptions import NotNow, NotThere
from caseload.queries.flags import flag_in_force
from caseload.tables import CareFlag, Consent, Person, PlanVersion
from tests.support.at_once import at_once
from tests.support.case_app import NOW
from tests.support.flag_work import SAYS, FlagWork
from tests.support.patience import PATIENCE


@pytest.fixture
def work(store, town):
    """Person 1 with a plan and a yes."""
    return FlagWork(store, town)


def set_one(work):
    with work.store.writing() as session:
        by = work.town.viewer(session, "ash.gp")
        return set_flag(session, by=by, now=NOW, person_id=work.person_id, code="has_care_plan", **SAYS)


def active(store):
    with store.reading() as session:
        return session.execute(select(func.count()).where(CareFlag.state == "active")).scalar_one()


def say_no(session, work):
    seen = select(func.max(Consent.id)).where(Consent.purpose == "sharing_urgent_care")
    record_consent(
        session, by=work.town.viewer(session, "ash.manager"), now=NOW, person_id=work.person_id,
        purpose=ConsentPurpose.SHARING_URGENT_CARE, state=ConsentState.WITHDRAWN, how=ConsentHow.SAID,
        seen_id=session.execute(seen).scalar_one(),
    )  # fmt: skip


def restrict(session, work):
    restrict_person(
        session, by=work.town.viewer(session, "ash.manager"), now=NOW, person_id=work.person_id,
        row_version=session.get_one(Person, work.person_id).row_version, reason=next(iter(RestrictReason)),
        user_ids=[work.town.users["ash.gp"]],
    )  # fmt: skip


def withdraw(session, work):
    version = session.get_one(PlanVersion, work.plan_id).row_version
    withdraw_plan(
        session, by=work.town.viewer(session, "ash.manager"), now=NOW, version_id=work.plan_id, row_version=version,
        reason="Out of date",
    )  # fmt: skip


@pytest.mark.parametrize("ends", [say_no, restrict, withdraw])
def test_setting_waits_for_what_ends_it(store, work, ends):
    done, go_on = threading.Event(), threading.Event()

    def ending():
        with store.writing() as session:
            ends(session, work)
            done.set()
            assert go_on.wait(PATIENCE)

    with ThreadPoolExecutor(2) as threads:
        ended = threads.submit(ending)
        assert done.wait(PATIENCE)
        flag = threads.submit(set_one, work)
        threading.Timer(0.5, go_on.set).start()
        ended.result(PATIENCE)
        with pytest.raises((NotNow, NotThere)):
            flag.result(PATIENCE)
    assert active(store) == 0


@pytest.mark.parametrize("ends", [say_no, restrict, withdraw])
def test_what_ends_it_finds_a_flag_that_is_being_set(store, work, ends):
    done, go_on = threading.Event(), threading.Event()

    def setting():
        with store.writing() as session:
            by = work.town.viewer(session, "ash.gp")
            set_flag(session, by=by, now=NOW, person_id=work.person_id, code="has_care_plan", **SAYS)
            done.set()
            assert go_on.wait(PATIENCE)

    def ending():
        with store.writing() as session:
            ends(session, work)

    with ThreadPoolExecutor(2) as threads:
        flag = threads.submit(setting)
        assert done.wait(PATIENCE)
        ended = threads.submit(ending)
        threading.Timer(0.5, go_on.set).start()
        flag.result(PATIENCE)
        ended.result(PATIENCE)
    assert active(store) == 0
    with store.reading() as session:
        joined = select(CareFlag.id).join(Person, Person.id == CareFlag.person_id)
        assert session.execute(joined.where(flag_in_force(NOW))).all() == []


def test_of_many_who_set_the_same_flag_one_does(store, work):
    answers = at_once(6, lambda _: set_one(work))
    assert sum(isinstance(one, int) for one in answers) == 1
    assert all(isinstance(one, int | NotNow) for one in answers)
    assert active(store) == 1


def test_of_two_sweeps_at_once_one_writes_the_ending(store, work):
    flag_id = set_one(work)
    work.person(restricted=True)

    def sweep(_number):
        with store.writing() as session:
            return sweep_flags(session, now=NOW)

    assert sorted(at_once(2, sweep)) == [0, 1]
    assert [kind for kind, *_ in work.history(flag_id)] == ["set", "ended"]
