"""What a person says of themselves: recorded with its day, never changed, trended on their page."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.emergency import open_in_emergency
from caseload.actions.measures import record_measures
from caseload.domain.emergency_access import EmergencyReason
from caseload.domain.plan_words import MeasureKind
from caseload.exceptions import NotNow, NotThere
from caseload.queries.measures import measures_of
from caseload.tables import PersonMeasure
from tests.support.assessing import act
from tests.support.case_app import NOW, audited

SAID = {"measured_on-day": "1", "measured_on-month": "10", "measured_on-year": "2026"}


def recorded(store, town, number=1, username="ash.gp", on=date(2026, 10, 1), now=NOW, **values):
    kinds = {MeasureKind(name): value for name, value in values.items()}
    return act(store, town, record_measures, username, now, person_id=town.people[number], measured_on=on, values=kinds)


def rows(store):
    with store.reading() as session:
        found = list(session.execute(select(PersonMeasure).order_by(PersonMeasure.id)).scalars())
        session.expunge_all()
        return found


def test_answers_of_a_day_are_rows_and_an_event(store, town):
    ids = recorded(store, town, independent=2, activation=3)
    assert [(row.id, row.kind.value, row.value, row.measured_on) for row in rows(store)] == [
        (ids[0], "activation", 3, date(2026, 10, 1)), (ids[1], "independent", 2, date(2026, 10, 1)),
    ]  # fmt: skip
    assert {row.by for row in rows(store)} == {town.users["ash.gp"]}
    assert audited(store)[-1] == ("measure.record", [town.people[1]])


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"on": date(2026, 10, 6), "activation": 1}, "measured_on"),
        ({"on": date(1941, 3, 1), "activation": 1}, "measured_on"),
        ({"number": 5, "on": date(2026, 9, 21), "activation": 1}, "measured_on"),
        ({}, "activation"),
        ({"activation": 5}, "activation"),
        ({"loneliness": 0}, "loneliness"),
        ({"involved": 6}, "involved"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(store, town, options, field):
    with pytest.raises(NotNow) as refused:
        recorded(store, town, **options)
    assert refused.value.field == field
    assert rows(store) == []


def test_who_may_not_open_the_person_records_and_reads_nothing(store, town):
    recorded(store, town, activation=3)
    for username in ("birch.manager", "volunteer", "navigator", "ig", "admin"):
        with pytest.raises(NotThere):
            recorded(store, town, username=username, activation=1)
        with store.reading() as session:
            assert measures_of(session, town.viewer(session, username), NOW, town.people[1]) == {}
    assert len(rows(store)) == 1


def test_an_emergency_opening_reads_and_does_not_record(store, town):
    recorded(store, town, activation=3)
    act(
        store, town, open_in_emergency, "nurse", nhs_number=town.nhs_numbers[1], reason="Found on the floor",
        reason_code=EmergencyReason.URGENT_CARE, minutes=60,
    )  # fmt: skip
    with store.reading() as session:
        assert len(measures_of(session, town.viewer(session, "nurse"), NOW, town.people[1])) == 1
    with pytest.raises(NotNow, match="emergency"):
        recorded(store, town, username="nurse", activation=1)


def test_of_one_day_the_last_recorded_counts_and_days_come_in_order(store, town):
    recorded(store, town, on=date(2026, 9, 1), loneliness=5)
    recorded(store, town, on=date(2026, 3, 1), loneliness=4)
    recorded(store, town, on=date(2026, 9, 1), loneliness=2, now=NOW + timedelta(minutes=1))
    with store.reading() as session:
        found = measures_of(session, town.viewer(session, "ash.gp"), NOW, town.people[1])
    assert list(found) == [MeasureKind.LONELINESS]
    assert [(row.measured_on, row.value) for row in found[MeasureKind.LONELINESS]] == [
        (date(2026, 3, 1), 4), (date(2026, 9, 1), 2),
    ]  # fmt: skip


def test_the_page_records_and_draws(store, town, client_as, get, post):
    url = f"/people/{town.people[1]}/measures"
    client = client_as("ash.gp")
    assert "Nothing has been recorded yet." in get(client, url)
    answer = post(client, url, {**SAID, "activation": "2", "confident": "4"})
    assert "Recorded, in the person’s own words." in answer.text
    html = get(client, url)
    assert html.count('<svg class="app-chart"') == 2
    assert "Level 2: knows a little, not yet sure of managing" in html
    assert "I feel able to manage my own health" in html
    assert len(rows(store)) == 2


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (SAID, "Select at least one answer"),
        ({**SAID, "activation": "5"}, "“Patient activation level”: select one of the answers"),
        ({**SAID, "measured_on-day": "", "activation": "1"}, "The day must include a day"),
        ({**SAID, "measured_on-year": "2027", "activation": "1"}, "The day must be today or in the past"),
    ],
)
def test_the_page_says_what_is_wrong_and_keeps_the_answers(store, town, client_as, post, sent, said):
    answer = post(
        client_as("ash.gp"),
        f"/people/{town.people[1]}/measures",
        {"supported": "9", **sent} if "select one" in said else sent,
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert "Error: The person’s own measures" in answer.text
    assert rows(store) == []


def test_after_a_death_nothing_is_recorded(town, client_as, get):
    html = get(client_as("ash.gp"), f"/people/{town.people[5]}/measures")
    assert "This person has died. What they said stays as it was." in html
    assert "Save the answers" not in html
