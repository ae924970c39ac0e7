"""The headline over two simulated years: as it was lived, by SQL written by hand, and asked again when all is over."""

import pytest

from caseload.domain.headline import Exclusion, Row, headline_of, reporting_on
from caseload.presenters.headline_files import csv_text, in_order, json_of
from caseload.queries.headline import counts_on, headline_on, month_counts, places_with_codes, runs_taken_in
from tests.support.headline_history import Simulation
from tests.support.headline_sql import by_plain_sql

MONTHS = 24


def counted(store, day):
    with store.reading() as session:
        reporting = reporting_on(runs_taken_in(session), day)
        return {
            (one.practice_id, str(one.line)): (one.people, one.cases, one.led, one.joint)
            for one in counts_on(session, reporting)
        }


def as_files(store, day, bound=8):
    with store.reading() as session:
        found = headline_on(session, day, bound)
        return csv_text([(found, list(in_order(found)))], bound), json_of(found, bound)


def differences(found, expected):
    """The first few, in a line each: pytest would take minutes over two large tables."""
    keys = sorted(key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key))
    return [f"{key}: {found.get(key)} and not {expected.get(key)}" for key in keys][:5]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_two_years_are_counted_as_they_were_lived_and_as_plain_sql_counts_them(store, seed):
    made_then = {}
    lived = Simulation(store, seed).live(MONTHS, lambda day: made_then.update({day: as_files(store, day)}))
    assert len(lived.then) == MONTHS
    seen = set()
    for day, numbers in lived.then.items():
        assert differences(counted(store, day), numbers) == [], day
        if store.engine.dialect.name == "sqlite":
            assert differences(by_plain_sql(store, day), numbers) == [], day
        is_what_it_was = as_files(store, day) == made_then[day]
        assert is_what_it_was, day
        seen |= {line for _, line in numbers}
    assert seen == {str(row) for row in Row if row not in (Row.ALL, Row.AT_RISK)} | {str(one) for one in Exclusion}
    at_risk = [one for numbers in lived.then.values() for (_, line), one in numbers.items() if line == "high"]
    people, cases, with_lead, joint = (sum(numbers) for numbers in zip(*at_risk, strict=True))
    assert people > cases > with_lead > joint > 50


@pytest.mark.slow
def test_places_and_tiers_add_up_to_what_was_lived(store):
    lived = Simulation(store, 3, people=120).live(3)
    with store.reading() as session:
        places = places_with_codes(session)
        for day, numbers in lived.then.items():
            reporting = reporting_on(runs_taken_in(session), day)
            found = headline_of(reporting, places, counts_on(session, reporting), 1)
            at_risk = sum(
                people for (_, line), (people, *_) in numbers.items() if line in ("very_high", "high", "moderate")
            )
            everyone = at_risk + sum(people for (_, line), (people, *_) in numbers.items() if line == "rest")
            assert (found.number(1, Row.AT_RISK), found.number(1, Row.ALL)) == (at_risk, everyone)
            for line in Exclusion:
                assert found.number(1, line) == sum(people for (_, one), (people, *_) in numbers.items() if one == line)


def test_days_gone_by_are_asked_for_once_and_give_the_same(store):
    Simulation(store, 4, people=30).live(3)
    kept = {}
    with store.reading() as session:
        runs = runs_taken_in(session)
        today = runs[-1].index_date.replace(day=20)
        months = [reporting_on(runs, day) for day in (runs[0].index_date.replace(day=28), today)]
        first = month_counts(session, months, today, kept)
        assert [key[0] for key in kept] == [months[0].day]
        assert month_counts(session, months, today, kept) == first == {one: counts_on(session, one) for one in months}


class EmptiedByAnother(dict):
    """What is kept while a request on another thread, which knows of one merge more, takes it all away."""

    def __contains__(self, known):
        there = super().__contains__(known)
        self.clear()
        return there

    def __setitem__(self, known, counts):
        super().clear()

    def __iter__(self):
        found = list(super().__iter__())
        self.clear()
        return iter(found)


def test_months_are_counted_though_another_request_takes_away_what_is_kept(store):
    Simulation(store, 4, people=30).live(3)
    with store.reading() as session:
        runs = runs_taken_in(session)
        today = runs[-1].index_date.replace(day=20)
        months = [reporting_on(runs, day) for day in (runs[0].index_date.replace(day=28), today)]
        stale = EmptiedByAnother({(months[0].day, months[0].run.run_id, -1, 0): ()})
        found = month_counts(session, months, today, stale)
        assert found == {one: counts_on(session, one) for one in months}
        stale = EmptiedByAnother({(months[0].day, months[0].run.run_id, -1, 0): ()})
        assert month_counts(session, months[1:], today, stale) == {months[1]: counts_on(session, months[1])}
