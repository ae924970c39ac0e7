"""The change feed: every change of a flag or plan in the order of the commits, and only to who may know of it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count

import pytest
from sqlalchemy import event, select

from caseload.actions.consent import NOTHING, record_consent
from caseload.actions.views import record_view
from caseload.database import open_database
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.outward import OutwardResource
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.queries.changes import MOST, changes_since, last_change_id
from caseload.store import Store
from caseload.tables import Consent, OutwardChange
from tests.support.case_app import NOW
from tests.support.flag_work import FlagWork, asking, program
from tests.support.patience import PATIENCE
from tests.support.plan_work import PlanWork

FLAG, PLAN = OutwardResource.FLAG, OutwardResource.CARE_PLAN


@pytest.fixture
def work(store, town):
    """Person 1 with a plan and a yes, and nothing told yet of flags."""
    return FlagWork(store, town)


@pytest.fixture
def reader(store, town):
    """The account of the ambulance service's program."""
    return program(store, town, "urgent_care")


def written(store, resource):
    with store.reading() as session:
        wanted = select(OutwardChange).where(OutwardChange.resource == resource.value).order_by(OutwardChange.id)
        return [(row.row_id, row.person_id, row.gone) for row in session.execute(wanted).scalars()]


def told(store, user_id, resource=FLAG, after=0, count=50, now=NOW):
    with store.reading() as session:
        return changes_since(session, asking(session, user_id, now), now, resource, after, count)


def look(store, user_id, person_id):
    """The program was shown the person once."""
    with store.writing() as session:
        record_view(session, by=asking(session, user_id), now=NOW, page="api.read", people=[person_id])


# What is written


def test_every_step_of_a_flag_is_told(work, store):
    flag_id = work.set()
    work.change(flag_id, said="Ring us first.")
    work.end(flag_id)
    assert written(store, FLAG) == [(flag_id, work.person_id, False)] * 3


def test_a_refused_action_tells_nothing(work, store):
    with pytest.raises(Exception, match="after today"):
        work.set(review_on=NOW.date())
    assert written(store, FLAG) == []


def test_plans_are_told_once_they_hold_and_when_they_end(store, town):
    plans = PlanWork(store, town)
    first = plans.agreed()
    assert written(store, PLAN) == []
    plans.activate(first)
    assert written(store, PLAN) == [(first, town.people[1], False)]
    second = plans.agreed()
    plans.activate(second)
    assert sorted(written(store, PLAN)[1:]) == [(first, town.people[1], False), (second, town.people[1], False)]
    plans.withdraw(second)
    assert written(store, PLAN)[3:] == [(second, town.people[1], False)]
    plans.withdraw(plans.start())
    assert len(written(store, PLAN)) == 4


def test_an_answer_tells_everything_of_the_person_again(work, store):
    flag_id = work.set()
    work.end(flag_id)
    before = len(written(store, FLAG)), len(written(store, PLAN))
    work.say("sharing_urgent_care", "withdrawn")
    work.say("sharing_urgent_care", "given")
    assert written(store, FLAG)[before[0] :] == [(flag_id, work.person_id, True), (flag_id, work.person_id, False)]
    assert written(store, PLAN)[before[1] :] == [
        (work.plan_id, work.person_id, True), (work.plan_id, work.person_id, False),
    ]  # fmt: skip


def test_a_flag_that_opens_or_closes_the_record_tells_the_plans_too(work, store):
    before = written(store, PLAN)
    flag_id = work.set()
    work.change(flag_id, said="Ring us first.")  # opens nothing and closes nothing
    assert written(store, PLAN)[len(before) :] == [(work.plan_id, work.person_id, False)]
    work.change(flag_id, review_on=date(2026, 12, 1))
    work.end(flag_id)
    assert written(store, PLAN)[len(before) :] == [(work.plan_id, work.person_id, False)] * 3


@pytest.mark.parametrize(
    "values", [{"restricted": True}, {"date_of_death": date(2026, 10, 1)}, {"deregistered_on": date(2026, 10, 1)}]
)
def test_what_closes_the_record_tells_it_gone(work, store, values):
    flag_id = work.set()
    work.person(**values)
    assert written(store, FLAG)[1:] == [(flag_id, work.person_id, True)]


def test_another_detail_of_the_person_tells_nothing(work, store):
    work.set()
    work.person(phone="020 7946 0001")
    assert len(written(store, FLAG)) == 1


# Who is told


def test_a_reader_goes_on_from_the_last_number(work, store, reader):
    first = work.set()
    page = told(store, reader)
    assert [(row.row_id, row.person_id, row.gone) for row in page.rows] == [(first, work.person_id, False)]
    assert not page.more
    assert told(store, reader, after=page.last_id).rows == ()
    second = work.set(code="door")
    assert [row.row_id for row in told(store, reader, after=page.last_id).rows] == [second]
    with store.reading() as session:
        assert last_change_id(session, FLAG) == told(store, reader).last_id
        assert last_change_id(session, PLAN) == told(store, reader, PLAN).last_id != last_change_id(session, FLAG)


def test_a_page_is_as_long_as_was_asked_and_says_whether_there_is_more(work, store, reader):
    flags = [work.set(code=code) for code in ("has_care_plan", "door", "ring_first")]
    page = told(store, reader, count=2)
    assert [row.row_id for row in page.rows] == flags[:2]
    assert page.more
    rest = told(store, reader, after=page.last_id, count=2)
    assert [row.row_id for row in rest.rows] == flags[2:]
    assert not rest.more
    assert told(store, reader, count=10 * MOST).rows == told(store, reader).rows


def test_several_changes_of_one_flag_are_told_once(work, store, reader):
    flag_id = work.set()
    work.change(flag_id, said="Ring us first.")
    page = told(store, reader)
    assert [row.row_id for row in page.rows] == [flag_id]
    assert page.rows[0].change_id == page.last_id


def test_what_was_shown_before_is_told_as_gone(work, store, reader):
    flag_id = work.set()
    look(store, reader, work.person_id)
    work.say("sharing_urgent_care", "withdrawn")
    (row,) = told(store, reader).rows
    assert (row.row_id, row.gone) == (flag_id, True)


def test_what_was_never_shown_is_not_told_at_all(work, store, town, reader):
    work.set()
    look(store, town.users["ash.gp"], work.person_id)  # somebody else was shown the person
    work.say("sharing_urgent_care", "withdrawn")
    page = told(store, reader)
    assert page.rows == ()
    assert page.last_id > 0  # and is not looked at again


def test_a_plan_is_told_with_the_first_flag_and_gone_with_the_last(work, store, reader):
    begin = told(store, reader, PLAN).last_id
    flags = [work.set(code=code) for code in ("has_care_plan", "door")]
    page = told(store, reader, PLAN, after=begin)
    assert [(row.row_id, row.gone) for row in page.rows] == [(work.plan_id, False)]
    look(store, reader, work.person_id)
    work.end(flags[0])
    page = told(store, reader, PLAN, after=page.last_id)
    assert [(row.row_id, row.gone) for row in page.rows] == [(work.plan_id, False)]
    work.end(flags[1])
    page = told(store, reader, PLAN, after=page.last_id)
    assert [(row.row_id, row.gone) for row in page.rows] == [(work.plan_id, True)]


def test_a_program_of_another_place_is_told_nothing(work, store, town):
    work.set()
    elsewhere = program(store, town, "urgent_care", "Y90003", "elsewhere")
    assert told(store, elsewhere).rows == ()


def test_a_flag_past_its_date_is_told_as_gone_before_anybody_swept(work, store, reader):
    work.set(review_on=date(2026, 10, 6))
    look(store, reader, work.person_id)
    assert [row.gone for row in told(store, reader).rows] == [False]
    assert [row.gone for row in told(store, reader, now=NOW + timedelta(days=2)).rows] == [True]


# Many writers


@pytest.mark.slow
def test_a_reader_who_asks_again_and_again_misses_no_commit(store, town, database_url, reader):
    """Six writers commit at the same time, some of them late; the reader goes by numbers alone."""
    works = [FlagWork(store, town, number) for number in (1, 6)]
    for work in works:
        work.set()
        look(store, reader, work.person_id)
    start, written_all = told(store, reader).last_id, threading.Event()
    mine = Store(open_database(database_url), store.secrets)
    _commit_late_now_and_then(mine.engine)
    with ThreadPoolExecutor(7) as threads:
        reading = threads.submit(_read_on, mine, reader, start, written_all)
        writers = [threads.submit(_answer, mine, works[number % 2], town, 12) for number in range(6)]
        for writer in writers:
            writer.result(PATIENCE)
        written_all.set()
        seen = reading.result(PATIENCE)
    assert seen == _numbers(mine, start, 10**9)
    assert len(seen) >= 6 * 12
    mine.engine.dispose()


def _commit_late_now_and_then(engine):
    """Numbers are taken by then: without the lock, those of a commit that is late would be passed by others."""
    commits = count()

    @event.listens_for(engine, "commit")
    def late(_connection):
        if next(commits) % 3 == 0:
            time.sleep(0.05)


def _read_on(store, user_id, after, written_all):
    """Every number the reader was shown, in the order they were shown."""
    seen = []
    while True:
        last_time = written_all.is_set()
        with store.reading() as session:  # both are asked of one moment: what is committed later was not told here
            page = changes_since(session, asking(session, user_id), NOW, FLAG, after, 3)
            seen += _numbers_in(session, after, page.last_id)
        after = page.last_id
        if last_time and not page.more:
            return seen


def _answer(store, work, town, times):
    """More answers of the person, whatever holds: each is told to the feed for each of their flags."""
    for _ in range(times):
        said = Consent(
            person_id=work.person_id, purpose=ConsentPurpose.SHARING_HEALTH, state=ConsentState.GIVEN, how="said", at=NOW,
            by=town.users["ash.gp"],
        )  # fmt: skip
        with store.writing() as session:
            session.add(said)


def _numbers(store, after, last):
    with store.reading() as session:
        return _numbers_in(session, after, last)


def _numbers_in(session, after, last):
    wanted = select(OutwardChange.id).where(
        OutwardChange.resource == FLAG.value, OutwardChange.id > after, OutwardChange.id <= last
    )
    return list(session.execute(wanted.order_by(OutwardChange.id)).scalars())


def test_consent_by_a_form_is_told_with_its_flag_in_one_commit(work, store):
    """The ending and the answer are one transaction: nobody is told of one without the other."""
    flag_id = work.set()
    work.act(
        record_consent, "ash.manager", person_id=work.person_id, purpose=ConsentPurpose.CARE_COORDINATION,
        state=ConsentState.REFUSED, how=ConsentHow.SAID, seen_id=NOTHING,
    )  # fmt: skip
    assert written(store, FLAG)[1:] == [(flag_id, work.person_id, False), (flag_id, work.person_id, True)]
