"""Several programs that act on one visit's messages at once leave the stay that one program leaves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from caseload.audit_chain import verify
from caseload.database import was_crossed, was_taken
from caseload.tables import HospitalEvent, HospitalMessage, HospitalStay, Notice, PersonIdentifier, Task
from tests.support.hospital_work import START, HospitalWork
from tests.support.plan_work import PlanWork

HOUR = timedelta(hours=1)
ACTS = [("A01", 0), ("A02", 1), ("A08", 2), ("A02", 3), ("A12", 4), ("A03", 5), ("A13", 6), ("A03", 7)]


@pytest.fixture
def hospital(store, town):
    PlanWork(store, town)
    return HospitalWork(store, town)


def apply_as_a_worker(hospital, message_id):
    """As the worker does it: done again where another was first."""
    for _ in range(20):
        try:
            return hospital.apply(message_id)
        except (StaleDataError, DBAPIError) as error:
            if not (isinstance(error, StaleDataError) or was_taken(error) or was_crossed(error)):
                raise
    raise AssertionError("another was first twenty times")


def at_once(hospital, ids, workers=8):
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda one: apply_as_a_worker(hospital, one), ids))


@pytest.mark.slow
def test_one_visits_messages_acted_on_at_once_give_one_stay(hospital):
    """Twice each: two programs may ask about the same message."""
    raws = [
        hospital.raw(trigger, local="A1", at=START + hours * HOUR, pv1={3: f"WARD {hours}"}) for trigger, hours in ACTS
    ]
    ids = hospital.store_raw(*reversed(raws))
    assert set(at_once(hospital, ids * 2)) == {"applied"}
    assert hospital.stays() == [("V1", "finished", "I", "WARD 7", 1)]
    assert len(hospital.encounters()) == 1
    with hospital.store.reading() as session:
        counts = [
            session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (HospitalEvent, HospitalStay, PersonIdentifier)
        ]
        assert counts == [len(ACTS), 1, 1]
        open_tasks = session.execute(select(Task.kind).where(Task.state == "open")).scalars().all()
        assert [kind.value for kind in open_tasks if kind.value.startswith("discharge")] == ["discharge_contact"]
        refs = session.execute(select(Task.rule_ref).where(Task.rule_ref.is_not(None))).scalars().all()
        assert len(refs) == len(set(refs))
        assert session.execute(select(func.count()).where(Notice.kind == "discharged")).scalar_one() >= 2
        verify(session, hospital.store.secrets.audit)


@pytest.mark.slow
def test_nothing_is_left_waiting_for_a_number_that_became_known_at_the_same_moment(hospital):
    """One message says by its NHS number whose number it is; the others know them by that number alone."""
    for visit in range(6):
        named = hospital.raw("A31", local=f"N{visit}", visit=None)
        others = [
            hospital.raw(trigger, person=None, local=f"N{visit}", visit=f"V{visit}", at=START + hours * HOUR)
            for trigger, hours in (("A01", 0), ("A02", 1), ("A08", 2))
        ]
        at_once(hospital, hospital.store_raw(*others[:2], named, *others[2:]))
    with hospital.store.reading() as session:
        assert set(session.execute(select(HospitalMessage.state)).scalars()) == {"applied"}
    assert [stay[:2] for stay in hospital.stays()] == [(f"V{visit}", "in-progress") for visit in range(6)]


@pytest.mark.slow
def test_merges_and_messages_of_both_numbers_at_once_belong_to_one_person(hospital, town):
    hospital.tell("A31", local="NEW", visit=None)
    raws = [
        hospital.raw("A40", person=None, local="NEW", visit=None, extra=["MRG|OLD^^^RYX^MR"]),
        hospital.raw("A01", person=None, local="OLD", visit="V1"),
        hospital.raw("A02", person=None, local="NEW", visit="V1", at=START + HOUR),
        hospital.raw("A08", person=None, local="OLD", visit="V1", at=START + 2 * HOUR),
    ]
    at_once(hospital, hospital.store_raw(*raws))
    with hospital.store.reading() as session:
        found = session.execute(select(HospitalMessage.state, HospitalMessage.person_id)).all()
        assert {tuple(one) for one in found} == {("applied", town.people[1])}
    assert [stay[0] for stay in hospital.stays()] == ["V1"]
